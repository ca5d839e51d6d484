from odoo import api, models

from odoo.addons.water_service_desk.case.outline import Drawing, read_outline


class WaterIncident(models.Model):
    """The map of outages, drawn from the zones' outlines: no third party sees who looks at it."""

    _inherit = "water.incident"

    @api.model
    def _page_map(self, company, incidents):
        """What the page draws, or nothing when no zone has an outline.

        :param incidents: what goes on
        :return: {width, height, zones: [{name, path, x, y, look, line, anchor}],
            tankers: [{x, y, place}]}
        """
        # sudo: water.zone - names and outlines are public
        zones = self.env["water.zone"].sudo().search([("company_id", "in", [False, company.id])])
        outlines = {zone: read_outline(zone.outline) for zone in zones if zone.outline}
        if not outlines:
            return None
        drawing = Drawing(outlines.values())
        return {
            "width": drawing.width,
            "height": drawing.height,
            "zones": [
                self._map_zone(drawing, zone, rings, incidents) for zone, rings in outlines.items()
            ],
            "tankers": self._map_tankers(drawing, incidents),
        }

    @api.model
    def _map_zone(self, drawing, zone, rings, incidents):
        here = incidents.filtered(lambda row: zone in row.zone_ids)
        worst = here.filtered(lambda row: row._page_when() == "now")[:1] or here[:1]
        x, y = drawing.middle(rings)
        look = ""
        if worst:
            look = "planned" if worst._page_when() == "planned" else worst.kind
        return {
            "name": zone.name,
            "path": drawing.path(rings),
            "x": x,
            "y": y,
            "look": look,
            "line": " ".join(worst._page_line()) if worst else "",
            "anchor": worst and f"#outage_{worst.id}",
        }

    @api.model
    def _map_tankers(self, drawing, incidents):
        placed = incidents.tanker_ids.filtered(lambda point: point.latitude or point.longitude)
        spots = [(point.place, drawing.spot(point.longitude, point.latitude)) for point in placed]
        return [
            {"place": place, "x": x, "y": y}
            for place, (x, y) in spots
            if 0 <= x <= drawing.width and 0 <= y <= drawing.height
        ]
