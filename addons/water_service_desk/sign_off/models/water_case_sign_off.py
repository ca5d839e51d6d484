from odoo import api, fields, models

from ...case.transitions import Missing, Refusal
from ..versions import version_of


class WaterCaseMixin(models.AbstractModel):
    """Require a superior's signature for outgoing texts of a case."""

    _inherit = "water.case.mixin"

    _counters = {"sign_off_count": "water.sign.off"}

    #: field with the answer or result to sign; letters have their own way. Models that set it need
    #: the field ``told_author_ids``.
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
        for case in self:
            name = case._signed_field
            text = name and case[name]
            open_ = case._origin and case.state not in case._final_states
            missing = case._need_signature("answer", text) if open_ and text else []
            case.signature_state = str(missing[0]) if missing else False
            case.can_ask_signature = bool(missing) and not case._waiting_signature("answer", text)

    def _prepare_write(self, vals):
        """Record the user as an author of the text."""
        vals = super()._prepare_write(vals)
        name = self._signed_field
        if name and vals.get(name) and not self.env.su:
            vals = {**vals, "told_author_ids": [fields.Command.link(self.env.uid)]}
        return vals

    def _authors_of_text(self):
        # sudo: res.users - authors may not sign, regardless of who asked
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
        rows = self._signatures(what, body, subject)
        return rows.filtered(lambda row: row.state == "waiting")[:1]

    def _need_signature(self, what, body, subject=False):
        """Return why these words may not go out yet, by the rules for signatures.

        :param what: ``answer``, ``letter`` or ``order``
        :return: messages; empty when no signature is needed or this version is signed
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
        for case in self:
            missing = case._need_signature(what, body, subject)
            if missing:
                head = self.env._("%s does not go out yet:", case.name)
                raise Refusal(head, case, missing)

    def _after_transition(self, origins, state):
        """Withdraw requests for a signature when the case ends."""
        super()._after_transition(origins, state)
        if state in self._final_states:
            rows = self.env["water.sign.off"].sudo()
            link = (rows._case_field(self._name), "in", self.ids)
            rows.search([link, ("state", "=", "waiting")])._lapse()

    def _who_waits(self):
        """Add the missing signature to what the case waits for."""
        text = self._signed_field and self[self._signed_field]
        return super()._who_waits() + (self._need_signature("answer", text) if text else [])

    def _signed_version(self, what):
        """Return the newest version of this round that is signed or waiting, as superuser.

        Dialogs start with it.
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
        """Open the signed and waiting versions."""
        return self._open_children("water.sign.off", self.env._("Sign-offs"))
