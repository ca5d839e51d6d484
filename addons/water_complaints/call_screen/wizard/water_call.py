from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.words import strip_invisible

#: Incidents at the caller's address that are told of.
SHOWN = 3


class WaterCall(models.TransientModel):
    _inherit = "water.call"

    demand = fields.Char(help="What the customer asks for; a complaint needs it.")
    similar_ids = fields.Many2many("water.complaint", compute="_compute_similar")
    same_as_id = fields.Many2one(
        "water.complaint",
        string="Same Matter as",
        help="The new complaint is linked to it as a repeat.",
    )

    @api.depends("account_id", "partner_id", "phone", "address", "is_anonymous")
    def _compute_similar(self):
        """Find recent complaints from the same telephone, account or address."""
        complaints = self.env["water.complaint"]
        for call in self:
            draft = complaints.new(
                {
                    "phone": call.phone,
                    "account_id": call.account_id.id,
                    "partner_id": call.partner_id.id,
                    "address": call.address,
                    "is_anonymous": call.is_anonymous,
                    "company_id": self.env.company.id,
                }
            )
            call.similar_ids = complaints._find_similar(draft._similar_facts())

    incident_id = fields.Many2one("water.incident", compute="_compute_incident")

    @api.depends("account_id", "partner_id", "match_ids", "zone_id", "address")
    def _compute_incident(self):
        """Show the running incident the caller can be told of; late planned work is
        another case.
        """
        for call in self:
            running = call._incidents().filtered(lambda row: not row._is_past_announced_end())
            call.incident_id = running[:1]

    def _alerts(self):
        """Put incidents at any address of the caller first (S2.1.0)."""
        found = []
        for incident in self._incidents():
            words = incident._spoken_alert()
            others = incident._accounts_hit(self._accounts_of_caller() - self.account_id)
            is_his = incident._accounts_hit(self.account_id) or not others
            places = format_list(self.env, others.mapped("address"))
            named = self.env._("%(place)s: %(words)s", place=places, words=words)
            found.append(words if is_his else named)
        return found + super()._alerts()

    def _accounts_of_caller(self):
        return self.account_id | self.match_ids._origin

    def _incidents(self):
        """Return incidents and planned outages at the caller's possible places.

        These are all accounts in question, the zone, and the typed address.
        """
        incidents, accounts = self.env["water.incident"], self._accounts_of_caller()
        zones = self.zone_id | accounts.zone_id
        typed = self.address if self.address != self.account_id.address else ""
        zones |= self.env["water.zone"]._at(typed, self.company_id)
        here = Domain("zone_ids", "in", zones.ids) | Domain("account_ids", "in", accounts.ids)
        street = zones._street(typed)
        if street:
            here |= Domain("address", "ilike", street) | Domain("subject", "ilike", street)
        elif not (accounts or zones):
            return incidents
        running = Domain("state", "=", "open") & Domain("company_id", "=", self.company_id.id)
        found = incidents.search(here & running)
        own = found.filtered(lambda row: row._accounts_hit(self.account_id))
        return (own | found)[:SHOWN]

    def _running_cases(self):
        """Add other customers' complaints about the same problem to the caller's own."""
        rows = super()._running_cases()
        return rows + [case for case in self.similar_ids._origin if case not in rows]

    @api.onchange("account_id", "zone_id", "address", "category_id")
    def _onchange_late_outage(self):
        late = self._incidents().filtered(lambda row: row._is_past_announced_end())[:1]
        self.category_id = late._late_category_for(self.category_id) or self.category_id

    def action_tell_and_register(self):
        """Tell the caller about the incident, count the household and link the case (告知并登记).

        :raises UserError: without an incident at the caller's address
        """
        incident = self.incident_id
        if not incident:
            raise UserError(self.env._("No current outages at this address."))
        hit = incident._accounts_hit(self._accounts_of_caller())
        if not self.account_id and len(hit) == 1:
            self.account_id = hit
        if not incident._takes(self.category_id, self.occurred_at):
            self.category_id = incident._joining_categories()[:1]
        if not (strip_invisible(self.verbatim) or strip_invisible(self.description)):
            self.description = self.env._("Asked about: %s", incident.subject)
            self.subject = self.subject or incident.subject
        model = "water.inquiry" if self.category_id.for_inquiry else "water.request"
        case = self._register_case(model, occurred_at=self.occurred_at)
        # sudo: water.inquiry, water.request - whether the case just made stands on one
        if not case.sudo().incident_id:
            case._join_incident(incident)
        case._log_notified()
        self._count_affected(incident, case)
        return True

    def _count_affected(self, incident, case):
        """Count one more household; a caller without an account gets news by the case itself."""
        if self.account_id:
            incident._count_me(self.account_id, self.account_id.partner_id)
        else:
            incident._count_stranger(f"{case._name},{case.id}", self.address, "", "")

    def action_register_complaint(self):
        """Register a complaint and go straight on to reading it back (S3.2.1d)."""
        case = self._register_case("water.complaint", occurred_at=self.occurred_at)
        if self.same_as_id:
            case._link_repeat(self.same_as_id)
        return case.action_readback()
