from odoo import fields, models


class WaterTableImportWizard(models.TransientModel):
    """Planned outages come as tables of the works department, week by week."""

    _inherit = "water.table.import.wizard"

    kind = fields.Selection(
        selection_add=[("water.incident", "Planned Outages")],
        ondelete={"water.incident": "cascade"},
    )
