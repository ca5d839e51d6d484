from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted

from .water_incident_news import read_by_customer


class WaterIncidentContact(models.Model):
    """A person who is told news of an incident: the holder of an account, or a caller."""

    _name = "water.incident.contact"
    _inherit = [
        "water.readonly.mixin",
        "water.case.link.mixin",
        "water.addressee.mixin",
        "water.reveal.link.mixin",
        "water.mixin",
    ]
    _description = "Told about an Incident"
    _dossier_order = 72
    _dossier = ("notice_id", "told_at", "is_reached", "called_at", "called_by_id")
    _order = "served_first desc, id"
    _rec_name = "partner_id"
    _allow_sudo_commands = False
    _case_required = False

    notice_id = fields.Many2one(
        "water.incident.notice", required=True, readonly=True, index=True, ondelete="restrict"
    )
    account_id = fields.Many2one("water.account", readonly=True, index="btree_not_null")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    served_first = fields.Boolean(readonly=True)
    told_at = fields.Datetime(string="Told at", readonly=True)
    message_ids = fields.One2many("water.message", "incident_contact_id", string="Messages")
    is_reached = fields.Boolean(
        string="Reached",
        compute="_compute_is_reached",
        store=True,
        help="Their message has arrived; being sent is not enough.",
    )

    _waiting_idx = models.Index("(notice_id, served_first DESC, id) WHERE told_at IS NULL")

    needs_call = fields.Boolean(
        string="To Be Called", readonly=True, help="No message reached this customer at the end."
    )
    caller_id = fields.Many2one("res.users", string="Taken by", readonly=True)
    called_at = fields.Datetime(string="Called at", readonly=True)
    called_by_id = fields.Many2one("res.users", string="Told by", readonly=True)
    case_contact = fields.Char(string="Contact", compute="_compute_case_contact")
    what_to_say = fields.Text(string="What to Say", related="notice_id.body")

    _needs_call_idx = models.Index("(notice_id, served_first DESC, id) WHERE needs_call IS TRUE")

    @api.model
    def _readonly_message(self):
        return self.env._("Who was told is kept by the system.")

    @api.depends("message_ids.state")
    def _compute_is_reached(self):
        for row in self:
            row.is_reached = any(message._has_reached() for message in row.message_ids)

    def _log_notified(self):
        for incident, rows in self.sudo().grouped(lambda row: row.notice_id.incident_id).items():
            for link, model in self._case_models().items():
                own = rows._cases_domain(link) & incident._open_children_domain(model)
                self.env[model].sudo().search(own)._log_notified()

    def _cases_domain(self, link):
        """Return the domain of the cases of one type whose customers these people are.

        :param link: the field that leads to a case of the type
        """
        own = Domain("id", "in", self[link].ids) | Domain("partner_id", "in", self.partner_id.ids)
        return own | self._strangers()

    def _strangers(self):
        named = [row for row in (row._case_or_none() for row in self) if row is not None]
        cases, people = [case for case in named if not case.partner_id], self.partner_id
        mails = {case.email_normalized for case in cases}
        phones = {case.phone_normalized for case in cases if not case.email_normalized}
        known = self._filed_at(
            people.mapped("email_normalized"), people.mapped("phone_sanitized")
        ) & Domain("is_anonymous", "=", False)
        return Domain("partner_id", "=", False) & (self._filed_at(mails, phones) | known)

    @api.model
    def _filed_at(self, mails, phones):
        """Return the domain of cases with one of these mail addresses, or telephone numbers if
        without mail.
        """
        by_phone = Domain("phone_normalized", "in", list({*phones} - {False}))
        by_phone &= Domain("email_normalized", "=", False)
        return Domain("email_normalized", "in", list({*mails} - {False})) | by_phone

    @api.depends(lambda self: ["notice_id.company_id", *self._case_paths("company_id")])
    def _compute_company(self):
        for row in self:
            row.company_id = row.notice_id.company_id

    @api.depends(lambda self: self._case_paths("is_restricted"))
    def _compute_is_restricted(self):
        """Treat the holder of an account as unrestricted: the news are public."""
        for row in self:
            case = row._case_or_none()
            row.is_restricted = case is not None and case.is_restricted

    @api.model
    def _without_copies(self, vals):
        return {key: vals[key] for key in vals.keys() - self._copied_fields()}

    # -- contact with the customer ------------------------------------------------------------

    def _message_case(self):
        """Return the case; the holder of an account has none and gets the message directly."""
        return self

    def _message_link(self):
        case = self._case_or_none()
        link = {} if case is None else {self._case_field(case._name): case.id}
        return {**link, "incident_contact_id": self.id}

    def _message_route(self, gateways, has_text, medium=None, must=False):
        case = self._case_or_none()
        if case is not None:
            return case._message_route(gateways, has_text, medium, must)
        return super()._message_route(gateways, has_text, medium, must)

    def _message_wanted(self, kind):
        """Let customers switch off news of planned work alone."""
        return not self.notice_id.incident_id.is_planned or super()._message_wanted(kind)

    def _is_urgent_news(self):
        """Send news about bad water, and red or orange incidents, at night too."""
        incident = self.notice_id.incident_id
        return incident.nature == "quality" or incident.level in ("1", "2")

    def _message_address(self, medium):
        stranger = self._stranger()
        if stranger:
            return {"mail": stranger.email, "sms": stranger.phone}.get(medium)
        partner = self.partner_id
        return {
            "mail": partner.email,
            "wechat": partner.water_wechat_openid,
            "sms": partner.phone_sanitized,
        }[medium]

    def _customer_lang(self):
        case = self._case_or_none()
        return super()._customer_lang() if case is None else case._customer_lang()

    def _customer_name(self):
        case = self._case_or_none()
        return self.partner_id.name or "" if case is None else case._customer_name()

    def _customer_link(self):
        row = self.sudo().affected_id
        if not row:
            case = self._case_or_none()
            return f"{self.get_base_url()}/my" if case is None else case._customer_link()
        path = row.incident_id._page_path()
        key = f"?me={row._token()}" if self.env.su else ""  # none for the staff
        return f"{self.get_base_url()}{path}{key}"

    def _mail_address(self):
        case = self._case_or_none()
        return self._stranger().email or (
            self.partner_id.email if case is None else case.email_from
        )

    # -- words of the messages ------------------------------------------------------------------

    def _customer_due(self):
        return self.notice_id.expected_at

    def _customer_number(self):
        case = self._case_or_none()
        return self.notice_id.incident_id.name if case is None else case.name

    def _news_subject(self):
        incident = self.notice_id.incident_id
        subject = read_by_customer(incident, "subject")
        if incident.state == "dismissed":
            return self.env._("Does not take place: %s", subject)
        name = "end_subject" if self.notice_id.kind == "restored" else "news_subject"
        return incident.kind_id._worded(name, {"subject": subject}) or subject

    def _news_text(self):
        return read_by_customer(self.notice_id, "body")

    def _news_expected(self):
        """Return the expected end as a sentence, for planned work with the beginning.

        The news themselves may name it already; a time that has passed is left out.
        """
        notice = self.notice_id
        incident = notice.incident_id
        end = notice.expected_at or (incident.is_planned and incident._end_ahead())
        if notice.kind == "restored" or not end or end < fields.Datetime.now():
            return ""
        if incident._local(end) in self._news_text():
            return ""
        until = self._customer_time(end)
        if notice.begin_at and not incident._has_begun():
            since = self._customer_time(notice.begin_at)
            return self.env._("Time: %(since)s until %(until)s.", since=since, until=until)
        return incident.kind_id._worded("expected_text", {"until": until})

    def _news_help(self):
        """Return what customers may do whom the news do not help, with the hotline."""
        is_off = self.notice_id.incident_id.state == "dismissed"
        is_over = self.notice_id.kind == "restored"
        if not self.company_id.sudo().water_hotline:
            return "" if is_off or is_over else self.env._("You need not report it again.")
        if is_off:
            return self.env._("If you have any questions, please call us.")
        if is_over:
            return self.env._("If it is not so at your place, please call us.")
        return self.env._(
            "If you depend on water for medical reasons, or need anything else, please call us."
            " You need not report it again."
        )

    def _news_number(self):
        return self.env._("Your number: %(number)s.", number=self._customer_number())

    # -- incident call -------------------------------------------------------------------------
    # The telephone list of an incident's end: customers whom no message reached.
    #
    # Agents share the list. A completed call closes the customer's cases without open matters, as a
    # message does.

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_case_contact(self):
        for row in self:
            # sudo: case - masked; the caller reveals more by the eye
            case = row.sudo()._case_or_none()
            masked = case is not None and f"{case.contact_masked} {case.phone_masked}".strip()
            row.case_contact = masked or False

    @api.depends_context("uid")
    def _compute_can_reveal(self):
        """Hide the button for rows without a case: holders of accounts are on no list."""
        with_case = self.filtered(lambda row: row.sudo()._case_or_none() is not None)
        super(WaterIncidentContact, with_case)._compute_can_reveal()
        (self - with_case).can_reveal = False

    def _ask_to_call(self):
        """Put customers on the call list who have a number and no other open matter."""
        rows = self.filtered(lambda row: row._case_or_none() is not None and not row.called_at)
        listed = rows.filtered(lambda row: row._case_or_none()._can_be_called())
        trusted(listed.filtered(lambda row: not row._has_own_matters_only())).needs_call = True

    def _has_own_matters_only(self):
        cases = [case for found in self._open_cases() for case in found]
        return bool(cases) and all(case._why_stays_open() for case in cases)

    def _open_cases(self):
        """The customer's open cases of the incident, by type."""
        # sudo: case - of the customer who was, or is to be, told about them
        return [
            self.env[model]
            .sudo()
            .search(
                self._cases_domain(link) & self.notice_id.incident_id._open_children_domain(model)
            )
            for link, model in self._case_models().items()
        ]

    def action_call(self):
        """Say that the user calls this customer now, so that no colleague does.

        :raises AccessError: by users outside the desk
        :raises UserError: for a customer who was called already
        """
        for row in self._to_call():
            row.caller_id = self.env.user
        return True

    def action_called(self):
        """The customer has heard by telephone that it is over; their cases are closed.

        :raises AccessError: by users outside the desk
        :raises UserError: for a customer who was called already
        """
        for row in self._to_call():
            row.write(
                {
                    "needs_call": False,
                    "caller_id": self.env.uid,
                    "called_by_id": self.env.uid,
                    "called_at": fields.Datetime.now(),
                }
            )
            row._log_notified()
            for cases in row._open_cases():
                cases._close_with_incident(row.notice_id.body)
        return True

    def _to_call(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents call the customers of an incident."))
        # sudo: water.incident.contact - each reader of the list ticks it off
        rows = trusted(self.sudo())
        if rows.filtered(lambda row: not row.needs_call):
            raise UserError(self.env._("A colleague has called this customer already."))
        return rows
