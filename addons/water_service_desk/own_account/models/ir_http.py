from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    _water_page_keys = frozenset({"water_own_code", "water_sign_in"})
