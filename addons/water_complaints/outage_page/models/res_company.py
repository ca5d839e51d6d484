import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: The OCA addon that contains Leaflet; not a dependency of ours.
LEAFLET = "web_leaflet_lib"
#: Where a tile lies: a site of TLS, then a path that names zoom, column and row.
TILES = re.compile(r"(https://[A-Za-z0-9.-]+(?::\d{1,5})?)/[^\s\"'<>;]*")
PLACES = ("{z}", "{x}", "{y}")


class ResCompany(models.Model):
    """A street map below the outages, from a tile server of the company's choice.

    Visitors' browsers call that server too, so there is no default.
    """

    _inherit = "res.company"

    water_tile_url = fields.Char(
        string="Tile Server",
        help="Where the tiles of a street map come from, such as"
        " https://tiles.example.com/{z}/{x}/{y}.png. Needs the addon Leaflet (web_leaflet_lib) of"
        " the Odoo Community Association. Empty: the map is drawn from the zones' outlines alone.",
    )
    water_tile_credit = fields.Char(
        string="Map Credit", help="Whose map it is; shown on it, as its owner asks for."
    )

    @api.constrains("water_tile_url")
    def _check_water_tile_url(self):
        for company in self.filtered("water_tile_url"):
            url = company.water_tile_url
            if not (TILES.fullmatch(url) and all(place in url for place in PLACES)):
                raise ValidationError(
                    self.env._(
                        "Write the tile server's address with https:// and the places of a tile,"
                        " such as https://tiles.example.com/{z}/{x}/{y}.png."
                    )
                )

    def _water_tiles(self):
        url = self.water_tile_url
        if not url or not self._has_leaflet():
            return None
        origin = TILES.fullmatch(url)[1]
        return {"url": url, "origin": origin, "credit": self.water_tile_credit or ""}

    @api.model
    def _has_leaflet(self):
        return LEAFLET in self.env.registry._init_modules
