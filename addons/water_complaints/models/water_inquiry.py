from odoo import models

from odoo.addons.water_service_desk.models.water_inquiry import WaterInquiry as Desk
from odoo.addons.water_service_desk.tools.transitions import Move
from odoo.addons.water_service_desk.tools.trust import trusted


class WaterInquiry(models.Model):
    _name = "water.inquiry"
    _inherit = ["water.inquiry.convert.mixin", "water.inquiry"]

    _clock_events = {
        **Desk._clock_events,
        "incident_joined": ("accept",),
        "incident_over": ("accept", "contact", "close", "feedback", "promise"),
    }
    _transitions = {
        **Desk._transitions,
        **{
            (state, "closed"): Move((), ("_need_incident_over",))
            for state in ("registered", "processing")
        },
        **{
            (state, "converted"): Move((), ("_need_complaint",))
            for state in ("registered", "processing", "answered")
        },
    }

    def _keep_incident_result(self, text):
        trusted(self.filtered(lambda case: not case.answer)).answer = text
