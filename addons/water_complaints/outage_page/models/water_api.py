from odoo import api, models

from odoo.addons.water_service_desk.api.models.water_case_api import iso


class WaterApi(models.AbstractModel):
    """Outages and notices about the water for apps, shown before people file a case."""

    _inherit = "water.api"

    @api.model
    def outages(self, place=None):
        """Return current and planned outages, at a place or everywhere.

        :param place: address or account number
        :return: list of ``id``, ``when`` (``now``, ``planned``), ``nature`` (``planned``,
            ``outage``, ``pressure``, ``quality``, ``other``), ``line`` and ``end`` (in words),
            ``area``, ``reason``, ``begin``, ``expected_end``, ``news`` and ``path`` of the page
        """
        self._enter("outages")
        incidents, company = self.env["water.incident"], self.env.company
        text = self._read_search(place, "place")
        found = incidents._known_at(text, company) if text else incidents._shown(company)
        return [self._outage(row) for row in found]

    @api.model
    def _outage(self, incident):
        card = incident._page_card()
        names = ("id", "when", "nature", "line", "end", "area", "reason", "path")
        return {
            **{name: card[name] for name in names},
            "begin": iso(incident.aware_at),
            "expected_end": iso(incident._expected_end() or None),
            "news": [{"at": iso(row.at), "text": row.body} for row in incident._page_notices()],
        }
