from odoo import models


class WaterCaseLinkMixin(models.AbstractModel):
    """What belongs to a case leaves the house masked and logged, as the case itself.

    Of a case whose customer was erased nothing is written that could tell of him again.
    """

    _name = "water.case.link.mixin"
    _inherit = ["water.case.link.mixin", "water.export.mixin"]

    def _check_case_open(self):
        """Refuse people what the system itself may note of a case that has forgotten its customer.

        :raises AccessError: for one of these
        """
        super()._check_case_open()
        if self.env.su:
            return
        # sudo: case - asked whether it was erased, nothing of it
        found = [row.sudo()._case_or_none() for row in self]
        owners = {(case._name, case.id) for case in found if case is not None}
        self.env["mail.message"]._check_water_erased(owners)
