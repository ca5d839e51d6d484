from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterCaseMixin(models.AbstractModel):
    """A form of the staff is saved once.

    Where the connection is lost after a case was kept, its agent reads of a fault and saves again:
    there were two. So each new form has a key, as those of customers have.
    """

    _inherit = "water.case.mixin"

    form_key = fields.Char(
        compute="_compute_form_key",
        readonly=False,
        default=lambda self: uuid4().hex,
        export_string_translation=False,
    )

    @api.depends()
    def _compute_form_key(self):
        """None once it is saved."""
        self.form_key = False

    @api.model
    def _refuse_new(self, vals_list):
        super()._refuse_new(vals_list)
        keys = [key for vals in vals_list if (key := self._staff_key(vals))]
        if not keys:
            return
        # sudo: case - asked by a key that only who has saved it knows
        if saved := self.sudo().search([("submission_key", "in", keys)], limit=1):
            raise UserError(
                self.env._("This form has been saved already, as %s: go on there.", saved.name)
            )

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        # several at once come of no form, and may have been begun with the same values
        key = self._staff_key(vals_list[0]) if len(vals_list) == 1 else False
        if key:
            vals_list[0]["submission_key"] = key

    @api.model
    def _staff_key(self, vals):
        """By what the form is known: to whoever fills it in, beside the keys of the doors.

        What no form has been given is no key.
        """
        key = vals.get("form_key")
        is_given = isinstance(key, str) and len(key) <= 64 and key.isalnum()
        return f"staff:{self.env.uid}:{key}" if is_given else False
