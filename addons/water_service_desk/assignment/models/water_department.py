from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..in_hand import in_hand
from .water_case_ownership import WORKED_STATES


class WaterDepartment(models.Model):
    """A department is not closed while its work lies open: nobody else would do it."""

    _inherit = "water.department"

    #: whoever leads it, or is on call for it at night, is missed when he leaves
    _in_hand = dict.fromkeys(("manager_id", "deputy_id", "on_call_user_ids"), [])

    def _check_in_use(self):
        """:raises UserError: for a department that was closed"""
        closed = self.sudo().filtered(lambda row: not row.active)
        if closed:
            raise UserError(
                self.env._("%s has been closed: choose another department.", closed.mapped("name"))
            )

    @api.constrains("active")
    def _check_work_is_done(self):
        """:raises ValidationError: with how much is still to be done"""
        closed = self.filtered(lambda row: not row.active)
        here = [("department_id", "in", closed.ids), ("state", "in", WORKED_STATES)]
        # sudo: water.dispatch - open work is counted, whoever may see it
        count = self.env["water.dispatch"].sudo().search_count(here) if closed else 0
        if count:
            raise ValidationError(
                self.env._(
                    "%(count)s dispatches to %(departments)s are still open: have them finished,"
                    " or send them to others first.",
                    count=count,
                    departments=closed.mapped("name"),
                )
            )
        for model, field, domain in in_hand(self.env, self._name) if closed else ():
            # sudo: what lies with the department is counted, whoever may see it
            rows = self.env[model].sudo().search([(field, "in", closed.ids), *domain], limit=4)
            if rows:
                raise ValidationError(
                    self.env._(
                        "%(kind)s of %(departments)s lie open: %(rows)s. Have them finished, or"
                        " give them to others first.",
                        kind=self.env["ir.model"].sudo()._get(model).name,
                        departments=closed.mapped("name"),
                        rows=rows.mapped("display_name"),
                    )
                )
