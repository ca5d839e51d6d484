from odoo import fields, models
from odoo.exceptions import UserError

from ...base.windows import RELOAD


class WaterRelationWizard(models.TransientModel):
    """Put a case above or below another one, found by its number."""

    _name = "water.relation.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Link with Another Case"

    number = fields.Char(string="Number of the Other Case", required=True)
    place = fields.Selection(
        [("above", "The other one stands above"), ("below", "The other one stands below")],
        string="How",
        required=True,
        default="below",
    )
    note = fields.Char(string="Why")

    def action_link(self):
        """Link the two (rights are checked by the link)."""
        case = self._one()
        rows = self.env["water.case.relation"]
        other = rows._case_by_number(self.number)
        if not other:
            raise UserError(self.env._("There is no case %s that you may see.", self.number))
        ends = (other, case) if self.place == "above" else (case, other)
        rows._link(*ends, self.note)
        return dict(RELOAD)
