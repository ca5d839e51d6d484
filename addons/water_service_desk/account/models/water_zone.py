import re

from odoo import api, models
from odoo.fields import Domain

#: A street ends where the number of the house begins.
HOUSE = re.compile(r"[0-9０-９#(（,，]")
#: Shorter texts fit everywhere.
SHORTEST = 2
#: A place that fits more zones is too vague.
MOST_ZONES = 5


class WaterZone(models.Model):
    """Finding the zone of a typed place."""

    _inherit = "water.zone"

    @api.model
    def _street(self, place):
        street = HOUSE.split(place or "")[0].strip()
        return street if len(street) >= SHORTEST else ""

    @api.model
    def _named_in(self, place, company):
        # sudo: water.zone - names are public
        zones = self.sudo().search([("company_id", "in", [False, company.id])])
        return zones.filtered(lambda zone: zone.name in place or place in zone.name)

    @api.model
    def _on_street(self, place, company):
        """The zones in which accounts of the street lie that a typed place begins with."""
        street = self._street(place)
        if not street:
            return self.sudo().browse()
        # sudo: water.account - only where the street lies is told
        accounts = self.env["water.account"].sudo()
        there = Domain("company_id", "=", company.id) & Domain("address", "ilike", street)
        there &= Domain("zone_id", "!=", False)
        rows = accounts._read_group(there, ["zone_id"], limit=MOST_ZONES)
        return self.sudo().browse(zone.id for (zone,) in rows)

    @api.model
    def _at(self, place, company):
        """Return the zone of a typed place, or an empty recordset if ambiguous."""
        place = (place or "").strip()
        if len(place) < SHORTEST:
            return self.browse()
        found = self._named_in(place, company) or self._on_street(place, company)
        return self.browse(found.id) if len(found) == 1 else self.browse()
