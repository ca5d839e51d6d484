from odoo import fields, models

#: Settings by which limits of incidents are worked out: {field of the incident: settings}.
LIMITS = {
    "repair_due_at": {
        *("water_repair_hours", "water_repair_hours_large", "water_repair_large_above"),
    },
    "lead_needed": {
        *("water_planned_hours", "water_planned_long", "water_planned_long_hours"),
    },
}


class ResCompany(models.Model):
    """When cases make an incident, and how long repairs may take."""

    _inherit = "res.company"

    # How long before a planned outage customers are told (城市供水条例 art. 22; S2.1.3).
    water_planned_hours = fields.Integer(
        string="Announce a Planned Outage Hours Before",
        default=24,
        help="城市供水条例 art. 22: users are told 24 hours before.",
    )
    water_planned_long = fields.Integer(
        string="Long above Hours",
        default=12,
        help="Practice of several companies: an outage above 12 hours is announced earlier.",
    )
    water_planned_long_hours = fields.Integer(
        string="Announce a Long One Hours Before",
        default=48,
        help="Practice of several companies: 48 hours before an outage of more than 12 hours.",
    )
    _water_planned_sane = models.Constraint(
        "CHECK (water_planned_hours > 0 AND water_planned_long > 0"
        " AND water_planned_long_hours >= water_planned_hours)",
        "A planned outage is announced some hours before, a long one no later than others.",
    )

    water_incident_cases = fields.Integer(
        string="Cases that Make an Incident",
        default=3,
        help="So many cases of one kind in one supply zone propose an incident.",
    )
    water_incident_minutes = fields.Integer(string="Within Minutes", default=60)
    water_repair_hours = fields.Integer(
        string="Repair a Pipe within Hours",
        default=24,
        help="From the moment it is known; holidays do not extend it.",
    )
    water_repair_hours_large = fields.Integer(
        string="Repair a Large Main within Hours",
        default=48,
        help="For pipes above the diameter chosen here.",
    )
    water_repair_large_above = fields.Integer(string="Large above Diameter (mm)", default=500)
    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )
    _water_repair_sane = models.Constraint(
        "CHECK (water_repair_hours > 0 AND water_repair_hours_large >= water_repair_hours"
        " AND water_repair_large_above > 0)",
        "A repair takes an hour at least, and that of a large main no less than that of others.",
    )

    def write(self, vals):
        """Recompute limits of running incidents; past ones were judged by the limits of
        their time.
        """
        done = super().write(vals)
        for name, settings in LIMITS.items():
            if settings & vals.keys():
                self._follow_limit(name)
        return done

    def _follow_limit(self, name):
        # sudo: water.incident - editors of the settings need no read access
        incidents = self.env["water.incident"].sudo()
        here = [("company_id", "in", self.ids), ("state", "in", ("proposed", "open"))]
        open_ = incidents.search(here)
        if name == "lead_needed":  # customers were told by the rule of then
            open_ = open_.filtered(lambda row: not row.notice_given_at)
        self.env.add_to_compute(incidents._fields[name], open_)
        open_.modified([name])
