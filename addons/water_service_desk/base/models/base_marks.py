from odoo import api, models

from ..marks import MARKS


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _valid_field_parameter(self, field, name):
        # Odoo would copy them to related fields that do not declare them
        is_declared = not field.related or name in field._extra_keys__
        return (name in MARKS and is_declared) or super()._valid_field_parameter(field, name)
