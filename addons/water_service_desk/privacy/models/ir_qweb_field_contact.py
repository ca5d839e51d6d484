from odoo import api, models

from .res_partner import PRINTED


class IrQwebFieldContact(models.AbstractModel):
    """Print a contact with its address even where the user may not read it."""

    _inherit = "ir.qweb.field.contact"

    @api.model
    def value_to_html(self, value, options):
        """Render as Odoo does."""
        return super().value_to_html(value and value.with_context(water_printed=PRINTED), options)
