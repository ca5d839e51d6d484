from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    water_incident_cases = fields.Integer(
        string="Cases that Make an Incident",
        default=3,
        help="So many cases of one kind in one supply zone propose an incident.",
    )
    water_incident_minutes = fields.Integer(string="Within Minutes", default=60)
    water_repeat_days = fields.Integer(
        string="Look Back for Repeats",
        default=30,
        help="Days within which complaints of the same telephone, account or address are shown.",
    )
    water_repeat_contacts = fields.Integer(
        string="Contacts that Alert",
        default=2,
        help="So many contacts on one matter, and the supervisors are told (E5).",
    )

    _water_repeats_sane = models.Constraint(
        "CHECK (water_repeat_days > 0 AND water_repeat_contacts >= 2)",
        "Look back one day at least, and alert at two contacts at the earliest.",
    )
    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    def _water_incident_span(self):
        """Cases so far apart belong together."""
        self.ensure_one()
        return timedelta(minutes=self.water_incident_minutes)
