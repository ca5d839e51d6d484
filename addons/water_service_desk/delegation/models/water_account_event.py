from odoo import api, fields, models
from odoo.tools import format_datetime

from ...base.roles import CONTACT_GROUPS
from ...privacy.scrub import Scrubber

#: Events mailed to the holder at once; acts are listed on the page.
TOLD = frozenset(
    {
        "invited",
        "invited_again",
        "accepted",
        "declined",
        "revoked",
        "revoked_by_staff",
        "resigned",
        "handed_over",
    }
)


class WaterAccountEvent(models.Model):
    """One thing that happened to an account and those who act for it: written once, chained.

    Each row is bound to the one before by a digest, as the events of cases are, so that a
    missing or altered one is found (S2.2.4, design rule 5).
    """

    _name = "water.account.event"
    _inherit = ["water.chain.event.mixin", "water.addressee.mixin", "water.mixin"]
    _description = "Account Event"
    _rec_name = "kind"
    _said_again = {"delegate_id": "delegate", "case_name": "case", "action": "action"}
    _erased_columns = ("case_name",)

    account_id = fields.Many2one(
        "water.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    delegate_id = fields.Many2one(
        "water.account.delegate", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("invited", "Delegate invited"),
            ("invited_again", "Invited again"),
            ("accepted", "Invitation accepted"),
            ("declined", "Invitation declined"),
            ("revoked", "Revoked by the holder"),
            ("revoked_by_staff", "Revoked by staff"),
            ("resigned", "Given up by the delegate"),
            ("replaced", "Replaced by a newer one"),
            ("handed_over", "Ended: the account has another holder or is closed"),
            ("acted", "The delegate has acted"),
            ("erased", "Personal data erased"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(string="Acted by")
    partner_id = fields.Many2one(
        "res.partner",
        string="Told to",
        compute="_compute_partner_id",
        compute_sudo=True,
        groups=CONTACT_GROUPS,
    )
    case_name = fields.Char(string="Case", readonly=True)
    action = fields.Char(readonly=True, help="What was done on the case.")
    company_id = fields.Many2one(
        "res.company", related="account_id.company_id", store=True, index=True
    )

    @api.depends("delegate_id.holder_id", "change_id.partner_id")
    def _compute_partner_id(self):
        for event in self:
            event.partner_id = event.change_id.partner_id or event.delegate_id.holder_id

    @api.model
    def _log(self, delegates, kind, case=None, action=False):
        """Append one event for each delegation, and notify the holders of changes.

        :param delegates: water.account.delegate
        :param kind: see the field
        :param case: the case of an act, or None
        :param action: the act
        :return: the events
        """
        events = self.sudo().browse()
        for row in delegates.sudo():
            values = row._event_values(case, action)
            payload = values.pop("payload")
            events |= row.account_id._log_events(kind, payload, **values)
        if kind in TOLD:
            template = self.env.ref("water_service_desk.mail_template_delegate_news")
            self.env["water.message"]._queue(template, events)
        return events

    @api.model
    def _forget_case(self, case):
        about = [("case_name", "=", case.name), ("company_id", "=", case.company_id.id)]
        # sudo: water.account.event - reached from the erased case
        for delegate, events in self.sudo().search(about).grouped("delegate_id").items():
            gone = Scrubber([case.name])
            erased = events.filtered(lambda event, gone=gone: event._erase_payload(gone))
            payload = erased._erasure()
            delegate.account_id._log_events("erased", payload, delegate_id=delegate.id)

    # -- how the holder is told ---------------------------------------------------------------

    def _message_case(self):
        return self

    def _message_link(self):
        return {}

    def _message_address(self, medium):
        return self._addressee()._water_address(medium)

    def _mail_address(self):
        return self.sudo().partner_id.email

    def _customer_number(self):
        return self.account_id.code

    def _customer_due(self):
        return False

    def _customer_name(self):
        return self.sudo().partner_id.name or ""

    def _customer_link(self):
        return f"{self.get_base_url()}/my/delegates"

    def _news_sentence(self):
        """Return the event as a sentence in the language of the environment."""
        row = self.sudo().delegate_id
        words = {"name": row.name, "account": self.sudo().account_id.code}
        return {
            "invited": self.env._(
                "You have invited %(name)s to act for your account %(account)s.", **words
            ),
            "invited_again": self.env._(
                "You have sent %(name)s a new invitation to act for your account %(account)s.",
                **words,
            ),
            "accepted": self.env._(
                "%(name)s has accepted and may now act for your account %(account)s. The login is"
                " that of %(login)s.",
                login=row.partner_id.name or "",
                **words,
            ),
            "declined": self.env._(
                "%(name)s does not want to act for your account %(account)s.", **words
            ),
            "revoked": self.env._(
                "%(name)s may no longer act for your account %(account)s.", **words
            ),
            "revoked_by_staff": self.env._(
                "Our staff have ended that %(name)s may act for your account %(account)s.", **words
            ),
            "resigned": self.env._(
                "%(name)s has given up acting for your account %(account)s.", **words
            ),
            "handed_over": self.env._(
                "The account %(account)s has another holder or is closed: %(name)s may no longer"
                " act for it.",
                **words,
            ),
            "bound": self.env._(
                "%(name)s has bound your account %(account)s (%(proof)s) and may now act for it.",
                name=row.name_masked,
                account=self.sudo().account_id.code,
                proof=dict(row._fields["proof"]._description_selection(self.env)).get(row.proof),
            ),
        }.get(self.kind, "")

    def _portal_line(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        tz = self.account_id.company_id._water_reader_tz()
        return {
            "at": format_datetime(self.env, self.at, tz=tz, dt_format="yyyy-MM-dd HH:mm"),
            "who": self.delegate_id.name,
            "what": self._act_words() if self.kind == "acted" else kinds[self.kind],
            "case": self.case_name or "",
        }

    def _act_words(self):
        if self.action == "filed":
            return self.env._("has filed a case")
        for model in self.env["water.case.link.mixin"]._case_models().values():
            row = self.env[model]._portal_actions().get(self.action)
            if row:
                return self.env._(row.by_delegate)
        return self.env._("has answered")

    @api.model
    def _chain_link(self, model):
        return "account_id"
