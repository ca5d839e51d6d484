from odoo import models
from odoo.exceptions import UserError


class WaterComplaint(models.Model):
    """What departments write into a complaint, and that nobody writes into an archived one."""

    _inherit = "water.complaint"

    _worker_fields = frozenset({"user_id", "state", "stage_id", "resolution"})
    _open_facts = frozenset({"demand", "resolution"})

    def _check_write(self, vals):
        if any(case.state == "archived" for case in self):
            raise UserError(self.env._("An archived complaint is not changed any more."))
        super()._check_write(vals)
