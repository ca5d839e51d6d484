from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.transitions import Move
from odoo.addons.water_service_desk.inquiry.models.water_inquiry import WaterInquiry as Desk

#: Codes of the channels through which queries come in writing.
WRITTEN = frozenset({"PORTAL", "WEB", "APP", "WECHAT", "EMAIL", "LETTER"})


class WaterInquiry(models.Model):
    _name = "water.inquiry"
    _inherit = ["water.inquiry.convert.mixin", "water.inquiry"]

    #: what became a complaint is told by the chain and the words of the complaint itself
    _dossier = False

    compensation_ids = fields.One2many(inverse_name="inquiry_id")

    _clock_events = {
        **Desk._clock_events,
        "incident_joined": ("accept",),
        "answered": (*Desk._clock_events["answered"], "guarantee"),
        "incident_over": ("accept", "contact", "close", "feedback", "promise", "guarantee"),
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

    def _answer_trigger(self):
        """A guarantee is given for queries in writing alone."""
        return "query_answer" if self.channel_id.code in WRITTEN else False

    def _keep_incident_result(self, text):
        trusted(self.filtered(lambda case: not case.answer)).answer = text
