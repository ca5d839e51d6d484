from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    _water_page_keys = frozenset({"water_filed", "water_track"})
