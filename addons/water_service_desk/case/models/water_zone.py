from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..outline import read_outline


class WaterZone(models.Model):
    """A supply zone (供水片区): where incidents spread and crews are sent."""

    _name = "water.zone"
    _description = "Supply Zone"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")
    outline = fields.Text(
        help="GeoJSON of its area (longitude and latitude, as geographic systems export them):"
        " customers see it on the map of outages.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A zone with this code exists already."
    )

    @api.constrains("outline")
    def _check_outline(self):
        for zone in self:
            try:
                read_outline(zone.outline)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The outline of “%s” is no GeoJSON of an area: a Polygon or MultiPolygon"
                        " with longitude and latitude.",
                        zone.name,
                    )
                ) from error
