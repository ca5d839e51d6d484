from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaterIncidentTanker(models.Model):
    """A place where a tanker gives out water while the supply is off (送水点)."""

    _name = "water.incident.tanker"
    _inherit = ["water.mixin"]
    _description = "Tanker Point"
    _order = "incident_id, starts_at, id"
    _rec_name = "place"

    incident_id = fields.Many2one(
        "water.incident", required=True, index=True, ondelete="cascade", check_company=True
    )
    place = fields.Char(required=True, help="As customers find it.")
    starts_at = fields.Datetime(string="From")
    ends_at = fields.Datetime(string="Until")
    latitude = fields.Float(digits=(9, 6), help="In degrees: with the longitude it is on the map.")
    longitude = fields.Float(digits=(9, 6))
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)

    _on_earth = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "The tanker's place lies outside of the map.",
    )

    @api.constrains("starts_at", "ends_at")
    def _check_times(self):
        for point in self:
            if point.starts_at and point.ends_at and point.ends_at <= point.starts_at:
                raise ValidationError(self.env._("The tanker leaves after it has come."))
