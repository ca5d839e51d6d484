import re

from odoo import api, fields, models
from odoo.fields import Domain

#: Fewer signs of an address are found in half of the city.
SHORTEST = 3
#: How many accounts and cases the screen shows at once.
SHOWN = 8


class WaterCall(models.TransientModel):
    """Who is it, and what do we know: one indexed query for each source (S2.1.0)."""

    _inherit = "water.call"

    query = fields.Char(
        string="Who Calls",
        help="Telephone, account, meter or case number, name, address, initials of either.",
    )
    match_ids = fields.Many2many("water.account", compute="_compute_matches")
    match_count = fields.Integer(compute="_compute_matches")
    account_id = fields.Many2one(
        "water.account",
        compute="_compute_account",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_customer",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    contact_name = fields.Char(
        compute="_compute_contact", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    phone = fields.Char(
        compute="_compute_contact", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    address = fields.Char(
        compute="_compute_address", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_zone",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Of the account; without one, by the address where that lies in one zone alone.",
    )
    flag_ids = fields.Many2many(related="account_id.flag_ids", related_sudo=False)
    call_from = fields.Float(related="account_id.call_from", related_sudo=False)
    call_until = fields.Float(related="account_id.call_until", related_sudo=False)
    alerts = fields.Char(compute="_compute_knowledge_of_caller")
    running = fields.Json(
        string="Cases", compute="_compute_knowledge_of_caller", export_string_translation=False
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    # -- who ----------------------------------------------------------------------------------

    @api.depends("query")
    def _compute_matches(self):
        for call in self:
            call.match_ids = call._find_accounts()
            call.match_count = len(call.match_ids)

    def _find_accounts(self):
        """Accounts by what was typed; what is told apart at once is asked first."""
        text, accounts = (self.query or "").strip(), self.env["water.account"]
        if not text:
            return accounts
        case = self._known_case(text)
        if case is not None:
            return case.account_id
        domain = Domain("code", "=", text) | Domain("meter_no", "=", text)
        found = accounts.search(domain, limit=SHOWN)
        holders = found or self._find_partners(text)
        found = found or accounts.search([("partner_id", "in", holders.ids)], limit=SHOWN)
        return found or (accounts if holders else self._find_at(text))

    @api.model
    def _known_case(self, text):
        """The case whose number was typed, or None."""
        return self.env["water.case.link.mixin"]._case_by_number(text) if "-" in text else None

    def _find_partners(self, text):
        """People by telephone number, by the beginning of their name, or of its initials."""
        case = self._known_case(text)
        if case is not None:
            return case.partner_id
        number = self._sanitize(text)
        start = re.sub(r"([\\%_])", r"\\\1", text)  # typed signs are no wildcards
        domain = Domain("phone_sanitized", "=", number) if number else self._named(start)
        return self.env["res.partner"].search(domain, limit=SHOWN)

    @api.model
    def _named(self, start):
        named = Domain("name", "=like", f"{start}%")
        is_short = not (start.isascii() and start.isalpha() and len(start) > 1)
        return named if is_short else named | Domain("water_initials", "=like", f"{start.lower()}%")

    def _find_at(self, text):
        """Accounts by a part of the address, or by its initials."""
        accounts = self.env["water.account"]
        if len(text) < SHORTEST or self._sanitize(text):
            return accounts
        start = re.sub(r"([\\%_])", r"\\\1", text)
        here = Domain("address", "like", start)
        if text.isascii() and text.isalnum():
            here |= Domain("address_initials", "like", text.lower())
        return accounts.search(here, limit=SHOWN)

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
            text = (call.query or "").strip()
            known = call._find_partners(text) if text else self.env["res.partner"]
            caller = known if len(known) == 1 else self.env["res.partner"]
            call.partner_id = call.account_id.partner_id or caller

    @api.depends("account_id", "partner_id", "query")
    def _compute_contact(self):
        """The number that rings is the one to call back, whoever holds the account."""
        for call in self:
            case, told = call._known_case(call.query or ""), call._told_by_case()
            dialled = call.query if case is None and call._is_dialled() else False
            call.contact_name = call.partner_id.name or told.contact_name
            call.phone = dialled or call.partner_id.phone or told.phone

    @api.depends("account_id", "partner_id", "query")
    def _compute_address(self):
        """By itself: one that is given stands while the rest is worked out, and tells the zone."""
        for call in self:
            call.address = call.account_id.address or call._told_by_case().address

    def _told_by_case(self):
        """The case whose number was typed, where it is the caller's own; else nothing."""
        case = self._known_case(self.query or "")
        is_his = case is not None and case.partner_id == self.partner_id
        return case if is_his else self.env["water.inquiry"]

    @api.depends("account_id", "address")
    def _compute_zone(self):
        """Whoever has no account is somewhere, too: what goes on there is said (S2.1.0)."""
        zones = self.env["water.zone"]
        for call in self:
            call.zone_id = call.account_id.zone_id or zones._at(call.address, call.company_id)

    def _is_dialled(self):
        return bool(self._sanitize(self.query)) and not self._is_number()

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
        """The caller's cases: of his account, of his person, or of his telephone number.

        Beside a name nothing stands that was filed without one.
        """
        number = self._sanitize(self.phone)
        links = {"account_id": self.account_id.id, "partner_id": self.partner_id.id}
        parts = [Domain(name, "=", value) for name, value in links.items() if value]
        if number:
            named = Domain("is_anonymous", "=", False) if parts else Domain.TRUE
            parts.append(Domain("phone_normalized", "=", number) & named)
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

    @api.depends("account_id", "partner_id", "match_ids", "phone", "zone_id", "address")
    def _compute_knowledge_of_caller(self):
        for call in self:
            call.alerts = " · ".join(call._alerts())
            call.running = [call._running_row(case) for case in call._running_cases()]

    def _running_cases(self):
        """The caller's cases, open ones of all types first."""
        if not (self.account_id or self.partner_id or self._sanitize(self.phone)):
            return []
        rows = [case for model in self._case_types() for case in self._recent_cases(model)]
        return sorted(rows, key=lambda case: case.state in case._final_states)

    def _running_row(self, case):
        """What the screen says of a case of the caller."""
        return {
            "model": case._name,
            "id": case.id,
            "name": case.name,
            "subject": case.subject,
            "stage": case.stage_id.name,
            "next": case.next_step or "",
            "is_open": case.state not in case._final_states,
            "can_urge": case.can_urge,
            "urged": case.urge_count,
        }
