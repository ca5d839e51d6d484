from odoo import models


class WaterMatterMixin(models.AbstractModel):
    """Whoever's contact was merged hears as well how far the matter is, in his own case."""

    _inherit = "water.matter.mixin"

    def _keep_news(self, text):
        row = super()._keep_news(text)
        for case in self._joined_cases():
            case._keep_news(self._words_for(case, {"text": text})["text"])
        return row

    def _start_next_news(self, at):
        """News goes on as long as the standard of any of the contacts promises it."""
        clocks = super()._start_next_news(at)
        if clocks:
            return clocks
        office = self.company_id.sudo()._water_calendar()
        values = [
            self.sudo()._clock_values(line, at, office)
            for case in self._joined_cases()
            for line in case._promised_lines("received", ("news",), {}, office)
        ]
        first = sorted(values, key=lambda row: row["due_at"])[:1]
        return self.env["water.deadline"]._start(first)
