from odoo.http import request, route

from .portal_request import WaterRequestPortal


class WaterMaterialPortal(WaterRequestPortal):
    """The customer hands in what his application needs, material by material."""

    @route(
        "/my/requests/<int:case_id>/material",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def request_material(self, case_id, **kw):
        """Hand in one material of an application."""
        return self._water_action("water.request", case_id, "material", kw)

    def _water_done(self):
        words = request.env._(
            "Thank you. We check what you have handed in and tell you the result."
        )
        return super()._water_done() | {"material": words}
