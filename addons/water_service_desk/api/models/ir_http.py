from odoo import models
from odoo.exceptions import AccessError
from odoo.http import request

from ...base.roles import INTEGRATION
from .ir_model_access import OPEN

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
            request.water_is_ours = True  # whatever it calls is told in words
            request.env["water.api.call"]._count(request.httprequest.path[:64])
            cls._water_keep_off(args.get("__model__") or args.get("model"))

    @classmethod
    def _water_keep_off(cls, model):
        """Refuse a machine what it has no right on before Odoo's methods look at its values.

        :param model: its name, or nothing
        :raises AccessError: for a model that is neither ours nor its own user's
        """
        if model and model not in OPEN and not model.startswith("water."):
            words = request.env._("The interface gives no right on this. See its manual.")
            raise AccessError(words)

    @classmethod
    def _water_speak(cls):
        """The interface answers in the language that the header asks for; the body goes before."""
        if not request.httprequest.path.startswith(COUNTED[0]):
            return
        lang = request.env["ir.http"].get_nearest_lang(request.best_lang)
        if lang:
            request.update_context(lang=lang)
