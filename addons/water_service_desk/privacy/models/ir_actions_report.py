from odoo import models
from odoo.exceptions import MissingError

from ...base.links import OURS


class IrActionsReport(models.Model):
    """Refuse to print records that do not exist."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        model = self.env.get(report.model)
        if model is not None and docids:
            records = model.browse(docids)
            if report.model.startswith(OURS) and records - records.exists():
                raise MissingError(self.env._("What is to be printed is not there."))
        return super()._get_rendering_context(report, docids, data)
