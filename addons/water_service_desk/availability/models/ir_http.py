from odoo import models
from odoo.http import request

from .. import outage


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Keep the hotline where it can be read while the database is away."""
        result = super()._pre_dispatch(rule, args)
        outage.HOTLINES[request.db] = request.env["res.company"]._water_main_hotline()
        return result
