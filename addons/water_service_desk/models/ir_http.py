import werkzeug.exceptions

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Refuse a body that is too large with a page people can read.

        Routes marked ``water_upload=True`` take as much as the company's upload limits say.
        """
        super()._pre_dispatch(rule, args)
        if not rule.endpoint.routing.get("water_upload"):
            return
        company = request.env.company.sudo()
        limit = (company.water_upload_max_files * company.water_upload_max_mb + 1) * 1024 * 1024
        request.httprequest.max_content_length = limit
        if (request.httprequest.content_length or 0) > limit:
            response = request.render(
                "water_service_desk.portal_too_large",
                {"help": company._water_upload_help()},
                status=413,
            )
            response.flatten()
            werkzeug.exceptions.abort(response)

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [*super()._get_translation_frontend_modules_name(), "water_service_desk"]
