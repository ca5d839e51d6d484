from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Move
from odoo.addons.water_service_desk.inquiry.models.water_inquiry import OPEN_STATES


class WaterInquiry(models.Model):
    """An inquiry about an incident is answered by its end."""

    _inherit = "water.inquiry"
    _clock_events = {
        "incident_joined": ("accept", "dispatch"),
        "incident_told": ("contact",),
        "incident_over": ("accept", "contact", "on_site", "close", "feedback", "promise"),
    }
    _transitions = {(state, "closed"): Move((), ("_need_incident_over",)) for state in OPEN_STATES}

    def _keep_incident_result(self, text):
        told = self | self._merged_cases()
        trusted(told.filtered(lambda case: not case.answer)).answer = text
