from odoo import models


class IrActionsReport(models.Model):
    """Who prints a record has read it: a hundred printed are a hundred read (S2.2.4)."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        model = self.env.get(report.model)
        if model is not None and docids:
            records = model.browse(docids)
            if hasattr(model, "_export_masks"):
                records._note_seen(records.ids, None)
            else:  # a letter shows whoever stands behind it
                records._note_behind(model._fields, "_classic_read")
        return super()._get_rendering_context(report, docids, data)
