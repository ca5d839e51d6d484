from odoo import models
from odoo.exceptions import UserError

#: A dispatch that stands: the department has the work, or has done it.
STANDING = ("sent", "accepted", "finished")


class WaterCaseMixin(models.AbstractModel):
    """Whose work a case is says the dispatch that stands, and no hand beside it.

    A department that was merely written down would be charged with limits that another one misses.
    """

    _inherit = "water.case.mixin"

    def _check_write(self, vals):
        super()._check_write(vals)
        if "department_id" in vals:
            self._check_sent_to(vals["department_id"])

    def _check_sent_to(self, number):
        """Before it is sent the department may be foreseen, and after it has come back.

        :param number: id of the department that is written, or False
        :raises UserError: for another one than has the work
        """
        for case in self.filtered(lambda case: case.department_id.id != (number or False)):
            lead = case.sudo().dispatch_ids.filtered(
                lambda row, case=case: (
                    row.role == "lead"
                    and row.state in STANDING
                    and row.handling_round == case.handling_round
                )
            )[:1]
            if lead and number not in lead.department_id.ids:
                words = {"case": case.name, "department": lead.department_id.name}
                raise UserError(
                    self.env._(
                        "%(case)s is with %(department)s. Dispatch it to give it to another"
                        " department.",
                        **words,
                    )
                )
