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

    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    def _water_incident_span(self):
        """Cases so far apart belong together."""
        self.ensure_one()
        return timedelta(minutes=self.water_incident_minutes)
