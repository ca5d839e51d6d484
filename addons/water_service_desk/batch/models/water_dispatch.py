from odoo import models
from odoo.exceptions import UserError

REPORT = "water_service_desk.action_report_work_order"


class WaterDispatch(models.Model):
    """A work order on paper, for who goes out without a telephone."""

    _inherit = "water.dispatch"

    def action_print(self):
        """Print the work orders (their own access rules apply)."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("None of them has been dispatched yet."))
        return self.env.ref(REPORT).report_action(self)

    def _order_link(self):
        """Return the link of the code on paper: the case, for users who may read it."""
        case = self._case()
        return f"{self.get_base_url()}/mail/view?model={case._name}&res_id={case.id}"
