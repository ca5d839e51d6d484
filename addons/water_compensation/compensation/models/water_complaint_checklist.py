from odoo import api, models

from odoo.addons.water_complaints.archive.models.water_complaint import ABSENT, DONE, MISSING


class WaterComplaint(models.Model):
    """Whether compensations are decided is an item of the archive checklist (S3.2.4b)."""

    _inherit = "water.complaint"

    @api.model
    def _checklist_items(self):
        items = super()._checklist_items()
        chain = items.pop("chain")  # stays the last
        compensation = (self.env._("Compensation"), "water.compensation")
        return {**items, "compensation": compensation, "chain": chain}

    def _item_compensation(self):
        rows = self._rows_of("water.compensation")
        if self._undecided_compensations():
            return MISSING, self.env._("a compensation is not decided yet")
        if self._has_rows("water.compensation") and rows:
            return DONE, self.env._("%s entitlements", len(rows))
        return ABSENT, self.env._("none was due or claimed")
