from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows


class WaterCaseWizardMixin(models.AbstractModel):
    """A dialog about the cases that were open or ticked when it was called."""

    _name = "water.case.wizard.mixin"
    _inherit = "water.mixin"
    _description = "Dialog about Cases"

    #: the only case type of the dialog; None for all types
    _case_type = None

    case_model = fields.Char(
        required=True, readonly=True, default=lambda self: self.env.context.get("active_model")
    )
    case_ids = fields.Json(
        required=True, readonly=True, default=lambda self: self.env.context.get("active_ids")
    )
    case_names = fields.Char(string="Cases", compute="_compute_case_names")

    @api.depends("case_model", "case_ids")
    def _compute_case_names(self):
        for wizard in self:
            wizard.case_names = ", ".join(wizard._cases().mapped("name"))

    def _cases(self):
        """Return the cases of the dialog that the user may read.

        :raises UserError: if called without cases, or for records of another type
        """
        self.ensure_one()
        models_ = self.env["water.case.link.mixin"]._case_models().values()
        known = self.case_model in models_ and self._case_type in (None, self.case_model)
        numbers = windows.chosen(self.case_ids)
        if not (known and numbers):
            raise UserError(self.env._("Open this dialog from a case."))
        cases = self.env[self.case_model].browse(numbers)
        cases.check_access("read")
        return cases

    def _one(self):
        cases = self._cases()
        if len(cases) != 1:
            raise UserError(self.env._("Open this dialog from a case."))
        return cases
