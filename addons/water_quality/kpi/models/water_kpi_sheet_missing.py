from odoo import api, models

from .water_kpi_sheet import LAST_YEAR

#: Key figures that need the calls of every day.
CALLS = "water.call.statistic"


class WaterKpiSheet(models.Model):
    """Tells on the face of a sheet what is not known of its period."""

    _inherit = "water.kpi.sheet"

    def _missing(self):
        """Return what is not known of the period, for the face of the sheet."""
        days = self.env[CALLS]._missing_days(self.company_id, self.period_start, self._end())
        months = self._months_of_accounts()
        missing = LAST_YEAR["month"] // LAST_YEAR[self.kind] - months
        return {"days": days, "accounts": not months, "months": months and missing}

    @api.depends("missing")
    @api.depends_context("lang")
    def _compute_notes(self):
        """A line for each thing that is missing, in the reader's language."""
        for sheet in self:
            missing, facts = sheet.missing or {}, []
            if missing.get("days"):
                words = self.env._("Calls: %s days of the period are not on record.")
                facts.append(words % missing["days"])
            if missing.get("accounts"):
                facts.append(
                    self.env._(
                        "Customer accounts of the period are not on record: no rates by them."
                    )
                )
            if missing.get("months"):
                words = self.env._("Customer accounts: %s months of the period are not on record.")
                facts.append(words % missing["months"])
            sheet.notes = "\n".join(facts)

    def _months_of_accounts(self):
        """Return the number of months whose accounts are on record."""
        period = [("month", ">=", self.period_start), ("month", "<", self._end())]
        mine = [("company_id", "=", self.company_id.id), ("kind", "=", "accounts"), *period]
        return self.env["water.base.figure"]._read_group(mine, [], ["month:count_distinct"])[0][0]
