import re

from odoo import api, fields, models
from odoo.fields import Domain

from ...privacy.masking import mask_phone

#: How many accounts and cases the screen shows at once.
SHOWN = 8


class WaterCall(models.TransientModel):
    """Who is it, and what do we know: one indexed query for each source (S2.1.0)."""

    _inherit = "water.call"

    query = fields.Char(string="Who Calls", help="Telephone number, account or meter number, name.")
    match_ids = fields.Many2many("water.account", compute="_compute_matches")
    match_count = fields.Integer(compute="_compute_matches")
    account_id = fields.Many2one(
        "water.account",
        compute="_compute_account",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_customer",
        store=True,
        readonly=False,
        precompute=True,
    )
    contact_name = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
    )
    phone = fields.Char(compute="_compute_contact", store=True, readonly=False, precompute=True)
    address = fields.Char(compute="_compute_contact", store=True, readonly=False, precompute=True)
    zone_id = fields.Many2one(related="account_id.zone_id")
    flag_ids = fields.Many2many(related="account_id.flag_ids")
    call_from = fields.Float(related="account_id.call_from")
    call_until = fields.Float(related="account_id.call_until")
    alerts = fields.Char(compute="_compute_knowledge_of_caller")
    overview = fields.Html(compute="_compute_knowledge_of_caller", sanitize=False)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    # -- who ----------------------------------------------------------------------------------

    @api.depends("query")
    def _compute_matches(self):
        for call in self:
            call.match_ids = call._find_accounts()
            call.match_count = len(call.match_ids)

    def _find_accounts(self):
        """Accounts by number, meter, telephone or beginning of the holder's name."""
        text, accounts = (self.query or "").strip(), self.env["water.account"]
        if not text:
            return accounts
        domain = Domain("code", "=", text) | Domain("meter_no", "=", text)
        found = accounts.search(domain, limit=SHOWN)
        holders = found or self._find_partners(text)
        return found or accounts.search([("partner_id", "in", holders.ids)], limit=SHOWN)

    def _find_partners(self, text):
        """People by telephone number, or by the beginning of their name."""
        number = self._sanitize(text)
        start = re.sub(r"([\\%_])", r"\\\1", text)  # typed signs are no wildcards
        domain = [("phone_sanitized", "=", number)] if number else [("name", "=like", f"{start}%")]
        return self.env["res.partner"].search(domain, limit=SHOWN)

    @api.model
    def _sanitize(self, text):
        """The number in its international form, or nothing when ``text`` is none."""
        if not text or sum(char.isdigit() for char in text) < 5:
            return False
        return self.env.company._water_phone(text)

    @api.depends("match_ids")
    def _compute_account(self):
        """The only match is taken; among several the agent chooses."""
        for call in self:
            matches = call.match_ids._origin  # on a form they are shadows of the accounts
            call.account_id = matches if len(matches) == 1 else False

    @api.depends("account_id", "query")
    def _compute_customer(self):
        for call in self:
            known = call._find_partners(call.query) if call.query else self.env["res.partner"]
            caller = known if len(known) == 1 else self.env["res.partner"]
            call.partner_id = call.account_id.partner_id or caller

    @api.depends("account_id", "partner_id", "query")
    def _compute_contact(self):
        """The number that rings is the one to call back, whoever holds the account."""
        for call in self:
            dialled = call.query if self._sanitize(call.query) and not call._is_number() else False
            call.contact_name = call.partner_id.name
            call.phone = dialled or call.partner_id.phone
            call.address = call.account_id.address

    def _is_number(self):
        """Whether what was typed is an account or meter number."""
        return bool(self.match_ids) and self.query in (
            *self.match_ids.mapped("code"),
            *self.match_ids.mapped("meter_no"),
        )

    # -- what we know ---------------------------------------------------------------------------

    @api.model
    def _case_types(self):
        """The case models, by the order in which the screen shows them."""
        return list(self.env["water.case.link.mixin"]._case_models().values())[::-1]

    def _case_domain(self):
        """The caller's cases: of his account, of his person, or of his telephone number."""
        number = self._sanitize(self.phone)
        parts = [
            Domain(name, "=", value)
            for name, value in (
                ("account_id", self.account_id.id),
                ("partner_id", self.partner_id.id),
                ("phone_normalized", number),
            )
            if value
        ]
        return Domain.OR(parts)

    def _recent_cases(self, model):
        """The newest cases of ``model`` of the caller, open ones first."""
        found = self.env[model].search(self._case_domain(), order="id desc", limit=SHOWN)
        return found.sorted(lambda case: case.state in case._final_states)

    def _alerts(self):
        """Sentences that the agent must see first; addons add outages and appointments."""
        names = [flag.name for flag in self.flag_ids]
        flags = [self.env._("Note: %(flags)s", flags=names)] if names else []
        vexatious = self.partner_id._vexatious_alert()
        flags += [vexatious] if vexatious else []
        return flags + [
            self.env._(
                "Appointment of %(case)s: %(slot)s", case=visit.case_name, slot=visit.slot_text
            )
            for visit in self._open_visits()
        ]

    def _open_visits(self):
        """The appointments of the caller's repairs and applications that are still to come."""
        visits = self.env["water.visit"]
        if not (self.account_id or self.partner_id or self._sanitize(self.phone)):
            return visits
        open_states = Domain("state", "in", ("planned", "confirmed", "arrived"))
        return visits.search(
            open_states & Domain("request_id", "any", self._case_domain()), limit=SHOWN
        )

    @api.depends("account_id", "partner_id", "phone")
    def _compute_knowledge_of_caller(self):
        for call in self:
            call.alerts = " · ".join(call._alerts())
            known = call.account_id or call.partner_id or self._sanitize(call.phone)
            rows = known and [
                case for model in self._case_types() for case in call._recent_cases(model)
            ]
            call.overview = rows is not False and self.env["ir.qweb"]._render(
                "water_service_desk.call_overview",
                {"rows": rows or [], "masked": mask_phone(call.phone)},
            )
