from odoo import models
from odoo.http import request

from ...base.roles import INTEGRATION

#: What counts by itself, or is no question: receipts of messages come as often as messages go.
COUNTED = (
    "/json/2/water.api/",
    "/json/2/water.order.import/import_orders",
    "/json/2/water.message/report_delivery",
)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Count whatever else an integration calls: what is refused costs time as well.

        :raises TooManyError: above the company's limit
        """
        super()._pre_dispatch(rule, args)
        user = request.env.user
        cls._water_speak()
        if request.httprequest.path.startswith(COUNTED) or not user:
            return
        if user.has_group(INTEGRATION):
            request.env["water.api.call"]._count(request.httprequest.path[:64])

    @classmethod
    def _water_speak(cls):
        """The interface answers in the language that the header asks for; the body goes before."""
        if not request.httprequest.path.startswith(COUNTED[0]):
            return
        lang = request.env["ir.http"].get_nearest_lang(request.best_lang)
        if lang:
            request.update_context(lang=lang)
