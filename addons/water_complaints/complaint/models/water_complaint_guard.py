# pylint: disable=missing-return  # hooks return nothing
from odoo import api, models
from odoo.exceptions import UserError

#: What the customer said of the result; nobody touches it afterwards.
ANSWER_FIELDS = frozenset(
    {"confirm_mode", "satisfaction_result", "satisfaction_process", "customer_remark"}
)


class WaterComplaint(models.Model):
    """What nobody writes into a complaint by hand, and when the customer's answer is taken."""

    _inherit = "water.complaint"

    _worker_fields = frozenset({"user_id", "state", "stage_id", "plan", "resolution"})

    def _check_write(self, vals):
        if any(case.state == "archived" for case in self):
            raise UserError(self.env._("An archived complaint is not changed any more."))
        if ANSWER_FIELDS & vals.keys() and any(case.state != "notified" for case in self):
            raise UserError(self.env._("The customer's answer is recorded once, after the notice."))
        super()._check_write(vals)

    @api.model
    def _kept_at_birth(self):
        return super()._kept_at_birth() | ANSWER_FIELDS
