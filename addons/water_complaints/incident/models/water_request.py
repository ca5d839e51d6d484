from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Move
from odoo.addons.water_service_desk.request.models.water_request import OPEN_STATES


class WaterRequest(models.Model):
    """A repair that hangs on an incident is done when the incident is over."""

    _inherit = "water.request"
    _clock_events = {
        "incident_joined": ("accept", "dispatch"),
        "incident_told": ("contact",),
        "incident_over": ("accept", "contact", "on_site", "close", "feedback", "promise"),
    }
    _transitions = {(state, "closed"): Move((), ("_need_incident_over",)) for state in OPEN_STATES}

    def _keep_incident_result(self, text):
        told = self | self._merged_cases()
        trusted(told.filtered(lambda case: not case.result)).result = text
