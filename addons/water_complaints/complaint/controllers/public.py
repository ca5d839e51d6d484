from odoo.addons.water_service_desk.public_page.controllers.track import WaterTrack


class WaterComplaintPublic(WaterTrack):
    """Complaints on the public page, anonymous ones too (S2.2.4)."""

    def _public_kinds(self):
        return {"complaint": ("water.complaint", None), **super()._public_kinds()}
