from odoo import fields, models


class WaterTableImportWizard(models.TransientModel):
    """Results of a survey come as a table."""

    _inherit = "water.table.import.wizard"

    kind = fields.Selection(
        selection_add=[("water.satisfaction.survey.line", "Results of a Survey")],
        ondelete={"water.satisfaction.survey.line": "cascade"},
    )

    def _check_may(self, rows):
        """Let those who keep surveys import results."""
        if rows._name == "water.satisfaction.survey.line":
            rows = self.env["water.satisfaction.survey"]
        super()._check_may(rows)
