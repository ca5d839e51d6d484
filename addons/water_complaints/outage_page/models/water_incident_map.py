import json

from odoo import api, models

from odoo.addons.water_service_desk.base.words import sentences


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
        drawing, drawn = self.env["water.zone"]._map(company, incidents._map_looks())
        return drawn and {**drawn, "tankers": self._map_tankers(drawing, incidents)}

    def _map_looks(self):
        """How the zones of these incidents stand out; of several, what goes on comes first."""
        # sudo: water.zone - names and outlines are public
        return {zone: self._map_look(zone) for zone in self.sudo().zone_ids}

    def _map_look(self, zone):
        here = self.filtered(lambda row: zone in row.sudo().zone_ids)
        worst = here.filtered(lambda row: row._page_when() == "now")[:1] or here[:1]
        return {
            "look": "planned" if worst._page_when() == "planned" else worst.kind,
            "line": sentences(worst._page_line()),
            "anchor": f"#outage_{worst.id}",
        }

    @api.model
    def _street_map(self, company, incidents):
        """What a street map shows, as JSON; None where the company has no tile server.

        :param incidents: what goes on
        """
        tiles = company._water_tiles()
        if not tiles:
            return None
        looks = incidents._map_looks()
        areas = [{**look, "shape": zone._shape()} for zone, look in looks.items() if zone.outline]
        placed = incidents.tanker_ids.filtered(lambda point: point.latitude or point.longitude)
        spots = [{"place": p.place, "at": [p.latitude, p.longitude]} for p in placed]
        return {**tiles, "drawn": json.dumps({"areas": areas, "tankers": spots})}

    @api.model
    def _map_tankers(self, drawing, incidents):
        placed = incidents.tanker_ids.filtered(lambda point: point.latitude or point.longitude)
        spots = [(point.place, drawing.spot(point.longitude, point.latitude)) for point in placed]
        return [
            {"place": place, "x": x, "y": y}
            for place, (x, y) in spots
            if 0 <= x <= drawing.width and 0 <= y <= drawing.height
        ]
