from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows


class WaterErasureWizard(models.TransientModel):
    """Erases the personal data of selected records, with a reason (PIPL art. 47)."""

    _name = "water.erasure.wizard"
    _inherit = "water.mixin"
    _description = "Erase Personal Data"

    model = fields.Char(
        required=True, readonly=True, default=lambda self: self.env.context.get("active_model")
    )
    record_ids = fields.Json(
        required=True, readonly=True, default=lambda self: self.env.context.get("active_ids")
    )
    names = fields.Char(string="Of", compute="_compute_names")
    hindrances = fields.Text(string="Has to Stay", compute="_compute_names")
    reason = fields.Text(required=True)

    @api.depends("model", "record_ids")
    def _compute_names(self):
        """Show before the button is pressed which data will be erased, and which have to stay."""
        for wizard in self:
            # sudo: what hinders is worked out by the records, which the user may read
            records = wizard._records().sudo()
            wizard.names = ", ".join(record._erasure_name() for record in records)
            wizard.hindrances = "\n".join(
                f"{record._erasure_name()}: {reason}"
                for record in records
                for reason in record._erasure_hindrances()
            )

    def _records(self):
        self.ensure_one()
        model = self.env.get(self.model)
        if model is None or not hasattr(model, "_anonymise") or model._abstract:
            raise UserError(self.env._("There is no personal data here that could be erased."))
        records = model.browse(windows.chosen(self.record_ids or []) or [])
        records._check_eraser()
        return records

    def action_erase(self):
        """Erase the data for good.

        :raises UserError: if one of the records has to stay; then no data are erased
        """
        self._records()._anonymise(self.reason)
        return {"type": "ir.actions.act_window_close"}
