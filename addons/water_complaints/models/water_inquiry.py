from odoo import fields, models

from odoo.addons.water_service_desk.models.water_inquiry import WaterInquiry as Desk
from odoo.addons.water_service_desk.tools.transitions import Move
from odoo.addons.water_service_desk.tools.trust import trusted


class WaterInquiry(models.Model):
    _inherit = "water.inquiry"

    compensation_ids = fields.One2many(inverse_name="inquiry_id")

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
    }

    def _keep_incident_result(self, text):
        trusted(self.filtered(lambda case: not case.answer)).answer = text
