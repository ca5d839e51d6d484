from odoo import api, fields, models

from ...case.transitions import Missing, Refusal
from ..versions import version_of


class WaterCaseMixin(models.AbstractModel):
    """What goes out of a case may need a superior's signature first."""

    _inherit = "water.case.mixin"

    _counters = {"sign_off_count": "water.sign.off"}

    #: field with the answer or result that is signed before the customer is told; letters have a
    #: way of their own; whoever brings it brings ``told_author_ids``
    _signed_field = None

    sign_off_count = fields.Integer(string="Number of Signatures", compute="_compute_counts")
    signature_state = fields.Char(string="Sign-off", compute="_compute_signature_state")
    can_ask_signature = fields.Boolean(
        compute="_compute_signature_state", export_string_translation=False
    )

    @api.depends(
        lambda self: [
            *("state", "category_id", "severity", "channel_id"),
            *(name for name in (self._signed_field,) if name),
        ]
    )
    def _compute_signature_state(self):
        """What the form says of the signature that the answer needs."""
        for case in self:
            name = case._signed_field
            text = name and case[name]
            open_ = case._origin and case.state not in case._final_states
            missing = case._need_signature("answer", text) if open_ and text else []
            case.signature_state = str(missing[0]) if missing else False
            case.can_ask_signature = bool(missing) and not case._waiting_signature("answer", text)

    def _prepare_write(self, vals):
        """Whoever writes what the customer is told is one of its authors."""
        vals = super()._prepare_write(vals)
        name = self._signed_field
        if name and vals.get(name) and not self.env.su:
            vals = {**vals, "told_author_ids": [fields.Command.link(self.env.uid)]}
        return vals

    def _told_authors(self):
        """Who wrote what the customer is told."""
        # sudo: res.users - whoever wrote it does not sign it, whoever asks
        return self.sudo().told_author_ids if self._signed_field else self.env["res.users"]

    # -- what holds ---------------------------------------------------------------------------

    def _signatures(self, what, body, subject=False):
        """Signatures of this very version in this round of handling, with superuser rights.

        People who have left are not waited for, and no signature by a milder rule counts.
        """
        rule = self.env["water.sign.rule"]._rule_for(self, what)
        rows = self.env["water.sign.off"].sudo()
        found = rows.search(
            [
                (rows._case_field(self._name), "in", self._origin.ids),
                ("what", "=", what),
                ("handling_round", "=", self.handling_round),
                ("version", "=", version_of(subject, body)),
            ]
        )
        return found.filtered(
            lambda row: (
                (row.state != "waiting" or row.signer_ids)
                and not (rule and row.rule_id and rule._is_stricter(row.rule_id))
            )
        )

    def _waiting_signature(self, what, body, subject=False):
        """The row of this version that waits to be signed, or nothing."""
        rows = self._signatures(what, body, subject)
        return rows.filtered(lambda row: row.state == "waiting")[:1]

    def _need_signature(self, what, body, subject=False):
        """What is missing before these words may go out, by the rules of signing.

        :param what: ``answer``, ``letter`` or ``order``
        :return: messages; empty when nobody has to sign, or this version is signed
        """
        self.ensure_one()
        rule = self.env["water.sign.rule"]._rule_for(self, what)
        if not rule:
            return []
        states = set(self._signatures(what, body, subject).mapped("state"))
        if "signed" in states:
            return []
        if "waiting" in states:
            words = self.env._("it waits to be signed, by the rule “%s”", rule.name)
            return [Missing(words, "action_open_signatures")]
        words = self.env._("have it signed first, by the rule “%s”", rule.name)
        return [Missing(words, "action_ask_signature")]

    def _check_signed(self, what, body, subject=False):
        """:raises Refusal: for words that a superior has not signed as they stand"""
        for case in self:
            missing = case._need_signature(what, body, subject)
            if missing:
                head = self.env._("%s does not go out yet:", case.name)
                raise Refusal(head, case, missing)

    def _after_transition(self, origins, state):
        """What waits for a signature does so no longer than the case lasts."""
        super()._after_transition(origins, state)
        if state in self._final_states:
            rows = self.env["water.sign.off"].sudo()
            link = (rows._case_field(self._name), "in", self.ids)
            rows.search([link, ("state", "=", "waiting")])._lapse()

    def _who_waits(self):
        """Whoever is to be told, for the superior's signature."""
        text = self._signed_field and self[self._signed_field]
        return super()._who_waits() + (self._need_signature("answer", text) if text else [])

    def _signed_version(self, what):
        """The newest version of this round that is signed or waits to be, with superuser rights:
        what a dialog begins with.
        """
        rows = self.env["water.sign.off"].sudo()
        return rows.search(
            [
                (rows._case_field(self._name), "in", self._origin.ids),
                ("what", "=", what),
                ("handling_round", "=", self.handling_round),
                ("state", "in", ("waiting", "signed")),
            ],
            limit=1,
        )

    # -- asking -------------------------------------------------------------------------------

    def action_ask_signature(self):
        """Have the answer signed as it stands (rights and rule are checked there).

        :return: the list of signatures
        """
        self.ensure_one()
        text = self._signed_field and self[self._signed_field]
        self.env["water.sign.off"]._ask(self, "answer", text or "")
        return self.action_open_signatures()

    def action_open_signatures(self):
        """Open what was signed, or waits to be."""
        return self._open_children("water.sign.off", self.env._("Sign-offs"))
