from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..outline import Drawing, read_outline


class WaterZone(models.Model):
    """A supply zone (供水片区): where incidents spread and crews are sent."""

    _name = "water.zone"
    _inherit = ["water.code.mixin", "water.mixin"]
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

    # -- the map ------------------------------------------------------------------------------

    @api.model
    def _map(self, company, looks):
        # sudo: water.zone - names and outlines are public
        zones = self.sudo().search([("company_id", "in", [False, company.id])])
        outlines = {zone: read_outline(zone.outline) for zone in zones if zone.outline}
        if not outlines:
            return None, None
        drawing = Drawing(outlines.values())
        drawn = [zone._map_zone(drawing, rings, looks) for zone, rings in outlines.items()]
        return drawing, {"width": drawing.width, "height": drawing.height, "zones": drawn}

    def _map_zone(self, drawing, rings, looks):
        x, y = drawing.middle(rings)
        plain = {"look": "", "line": "", "anchor": False}
        shape = {"name": self.name, "path": drawing.path(rings), "x": x, "y": y}
        return shape | plain | looks.get(self, {})

    def _shape(self):
        """Return the outline as a GeoJSON geometry."""
        return {"type": "MultiPolygon", "coordinates": [[r] for r in read_outline(self.outline)]}

    @api.model
    def _looks(self, company):
        """Hook: how zones of a company stand out on the map of staff: {zone: {look, line}}."""
        return {}
