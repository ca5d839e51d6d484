from odoo import models

from odoo.addons.water_service_desk.case.transitions import Move


class WaterInquiry(models.Model):
    """Keep linked cases attached when an inquiry becomes a complaint."""

    _inherit = "water.inquiry"

    _transitions = {
        (state, "converted"): Move(needs=("_need_no_joined",))
        for state in ("registered", "processing", "answered")
    }
