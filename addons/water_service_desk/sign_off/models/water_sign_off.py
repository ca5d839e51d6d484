from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...base.telling import tell_staff
from ...base.true_only import true_only
from ...base.trust import trusted
from ...base.words import strip_invisible
from ..versions import version_of
from .water_sign_rule import WHAT


class WaterSignOff(models.Model):
    """A letter or an answer for a superior to sign, and the decision (签发).

    A signature holds for this version only; any change needs a new one.
    """

    _name = "water.sign.off"
    _inherit = [
        "water.readonly.mixin",
        "water.decision.mixin",
        "water.never.deleted.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Signature before It Goes out"
    _order = "id desc"
    _rec_name = "case_name"
    _waiting_state = "waiting"
    _approved_state = "signed"
    _refusable_states = ("waiting",)
    _in_hand = {"signer_ids": [("state", "=", "waiting")]}
    _sealed_with_case = True
    _dossier_order = 46
    _dossier = (
        *("what", "subject", "body", "version", "state", "handling_round", "asked_by_id"),
        *("asked_at", "decided_by_id", "decided_at", "refusal_reason"),
    )

    what = fields.Selection(WHAT, string="What Goes out", required=True, readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Text(string="Words to Sign", required=True, readonly=True)
    shown_body = fields.Html(string="As the Customer Reads It", compute="_compute_shown_body")
    version = fields.Char(
        required=True, readonly=True, help="Digest of the text: no other text can go out."
    )
    state = fields.Selection(
        [
            ("waiting", "To sign"),
            ("signed", "Signed off"),
            ("refused", "Refused"),
            ("replaced", "Replaced by a newer version"),
            ("lapsed", "Lapsed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    rule_id = fields.Many2one("water.sign.rule", readonly=True, ondelete="set null")
    handling_round = fields.Integer(string="Round of Handling", readonly=True, default=1)
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    asked_at = fields.Datetime(required=True, readonly=True)
    author_ids = fields.Many2many(
        "res.users", "water_sign_off_author_rel", string="Written by", readonly=True
    )
    signer_ids = fields.Many2many(
        "res.users", "water_sign_off_signer_rel", string="May Sign", readonly=True
    )
    can_decide = fields.Boolean(search="_search_can_decide")

    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")

    @api.model
    def _readonly_message(self):
        return self.env._("What is signed is kept by the system: ask with the button of the case.")

    @api.depends("body", "what")
    def _compute_shown_body(self):
        for row in self:
            row.shown_body = row.body if row.what == "letter" else plaintext2html(row.body or "")

    @api.model
    @true_only
    def _search_can_decide(self):
        return (
            Domain("state", "=", "waiting")
            & Domain("signer_ids", "in", self.env.uid)
            & Domain("author_ids", "not in", self.env.uid)
        )

    # -- asking -------------------------------------------------------------------------------

    @api.model
    def _ask(self, case, what, body, subject=False):
        """Ask a superior to sign ``body``; older versions are replaced.

        :param case: one case that the user may write
        :param what: key of :data:`WHAT`
        :raises UserError: without text, where no signature is needed, and where nobody may sign
        :return: water.sign.off
        """
        case.ensure_one()
        case.check_access("write")
        case._check_unsealed()
        rule = self.env["water.sign.rule"]._rule_for(case, what)
        if not rule:
            raise UserError(self.env._("No signature needed: it can go out."))
        if not strip_invisible(body):
            raise UserError(self.env._("Write the words first."))
        authors = case._authors_of_text() | self.env.user
        signers = rule._signers(case) - authors
        if not signers:
            raise UserError(
                self.env._(
                    "Rule “%s” leaves no one who may sign: authors cannot sign their own text.",
                    rule.name,
                )
            )
        row = self._keep_asked(
            case,
            {
                "what": what,
                "subject": subject,
                "body": body,
                "version": version_of(subject, body),
                "rule_id": rule._origin.id,
                "author_ids": [fields.Command.set(authors.ids)],
                "signer_ids": [fields.Command.set(signers.ids)],
            },
        )
        case._log_events("signature_asked", row._payload())
        row._tell(signers, lambda case: case.env._("%s: to be signed by you", case.name))
        return row.with_env(self.env)

    @api.model
    def _keep_asked(self, case, values):
        """Store a version to sign, in place of earlier ones.

        :return: water.sign.off as superuser
        """
        # sudo: water.sign.off - written by a checked service alone
        rows = trusted(self.sudo())
        link = {self._case_field(case._name): case.id}
        domain = [(name, "=", value) for name, value in {**link, "what": values["what"]}.items()]
        rows.search([*domain, ("state", "in", ("waiting", "signed"))]).write({"state": "replaced"})
        asked = {"asked_by_id": self.env.uid, "asked_at": fields.Datetime.now()}
        return rows.create({**link, **values, **asked, "handling_round": case.handling_round})

    def _payload(self, **more):
        return {"what": self.what, "version": self.version, **more}

    def _tell(self, people, subject):
        tell_staff(self.sudo()._case(), people, subject)

    # -- deciding ------------------------------------------------------------------------------
    # The signer is named by the rule, or a deputy, and never an author of the text.

    def _decision_error(self, approves=True):
        error = super()._decision_error(approves)
        if error:
            return error
        # sudo: water.sign.off - its case may be closed to the user
        row = self.sudo()
        if self.env.user in row.author_ids:
            return UserError(self.env._("You cannot sign what you wrote yourself."))
        if self.env.user not in row.signer_ids:
            return UserError(self.env._("Only whom the rule names signs this, or their deputy."))
        return None

    def _check_decision(self, approves=True):
        super()._check_decision(approves)
        for row in self.sudo():
            row._case()._check_unsealed()

    def _after_approved(self):
        self.sudo()._case()._log_events("signed", self._payload())
        self._tell(self.asked_by_id, lambda case: case.env._("%s: signed", case.name))

    def _after_refused(self, reason):
        self.sudo()._case()._log_events("signature_refused", self._payload(reason=reason))
        self._tell(self.asked_by_id, lambda case: case.env._("%s: not signed", case.name))

    def _lapse(self):
        """Withdraw the request because the case has ended."""
        trusted(self.sudo()).state = "lapsed"
        for row in self.sudo():
            row._case()._log_events("signature_lapsed", row._payload())
            people = row.asked_by_id | row.signer_ids
            row._tell(people, lambda case: case.env._("%s: nothing left to sign", case.name))
