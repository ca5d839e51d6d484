from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.true_only import true_only

from .water_compensation import LIVE

#: What an exemption can do away with.
BY_RULE = ("entitlement", "penalty")


class WaterCompensation(models.Model):
    """An exemption that has been asked for holds the money until it is decided (domain 4.1).

    Neither approved nor posted meanwhile, for what is paid is not claimed back. The last day to
    pay stays: whoever decides too late on the exemption owes the penalty.
    """

    _inherit = "water.compensation"

    is_held = fields.Boolean(
        string="On Hold", compute="_compute_hold", compute_sudo=True, search="_search_is_held"
    )
    hold_note = fields.Char(
        string="Exemptions to Decide",
        compute="_compute_hold",
        compute_sudo=True,
        help="Asked for, and not decided yet: nothing is approved or posted meanwhile.",
    )

    @api.depends("state", "kind", "exemption_ids.state", "incident_id.exemption_ids.state")
    @api.depends_context("lang")
    def _compute_hold(self):
        own, shared = self._waiting_exemptions()
        for row in self:
            found = own.get(row._exempted_id(), []) + shared.get(row.incident_id.id, [])
            counts = row.kind in BY_RULE and row.state in LIVE
            row.hold_note = ", ".join(dict.fromkeys(found)) if counts else False
            row.is_held = bool(row.hold_note)

    def _exempted_id(self):
        """Which compensation its exemptions are about: penalties go with what they are for."""
        return (self.penalty_of_id or self.corrects_id or self)._origin.id

    def _waiting_exemptions(self):
        """({compensation id: names}, {incident id: names}) of what waits for a decision."""
        ids = [row._exempted_id() for row in self]
        target = Domain("compensation_id", "in", ids)
        target |= Domain("incident_id", "in", self.incident_id.ids)
        # sudo: water.compensation.exemption - that one waits is told to whoever sees the money
        rows = self.env["water.compensation.exemption"].sudo()
        own, shared = {}, {}
        for row in rows.search(target & Domain("state", "=", "requested"), order="id"):
            found = own if row.compensation_id else shared
            target_id = (row.compensation_id or row.incident_id).id
            found.setdefault(target_id, []).append(row.code_id.name)
        return own, shared

    @api.model
    @true_only
    def _search_is_held(self):
        # sudo: water.compensation.exemption - that one waits is told to whoever sees the money
        rows = self.env["water.compensation.exemption"].sudo()
        waiting = rows.search([("state", "=", "requested")])
        ids, incidents = waiting.compensation_id.ids, waiting.incident_id.ids
        target = Domain("id", "in", ids) | Domain("incident_id", "in", incidents)
        target |= Domain("penalty_of_id", "in", ids) | Domain("corrects_id", "in", ids)
        return target & Domain("kind", "in", BY_RULE) & Domain("state", "in", LIVE)

    def _hold_fault(self):
        """Why it waits, in words."""
        return self.env._(
            "an exemption has been asked for and is decided first: %(names)s", names=self.hold_note
        )

    def _settle_by_rule(self):
        """Approve what a band leaves to the rule; what is held waits until it is decided."""
        bands = self._bands()
        settled = self.sudo().filtered(
            lambda row: (
                row.state == "proposed"
                and (band := bands._fitting(row))
                and band._needed(row) == 0
                and not row.is_held
            )
        )
        settled._approve()

    def action_open_exemptions(self):
        """Open the exemptions that it waits for, its own and those of its incident."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "water_compensation.action_compensation_exemption"
        )
        target = Domain("compensation_id", "=", self.sudo()._exempted_id())
        if self.incident_id:
            target |= Domain("incident_id", "=", self.incident_id.id)
        return {**action, "domain": list(target), "context": {}}
