from odoo import fields, models

from ...request.models.water_request import OPEN_STATES, STATES
from ..merging import merging_moves

UNDONE = ("rejected", "withdrawn")


class WaterRequest(models.Model):
    """Several people report the same fault, or one applies twice: one is worked on."""

    _name = "water.request"
    _inherit = ["water.matter.mixin", "water.request"]

    _merging_states = OPEN_STATES
    _told_states = ("feedback",)
    _merged_template = "water_service_desk.mail_template_request_merged"
    _joined_template = "water_service_desk.mail_template_result"
    _transitions = merging_moves(OPEN_STATES, UNDONE)

    repeat_of_id = fields.Many2one("water.request")
    repeat_ids = fields.One2many("water.request")
    similar_ids = fields.Many2many("water.request")
    duplicate_of_id = fields.Many2one("water.request")
    duplicate_ids = fields.One2many("water.request")

    def _after_merged(self, origins):
        self._end_merged()

    def _portal_page(self):
        told = self._lead_case().state in STATES.names("told")
        return super()._portal_page() | ({"answer": self.result} if told else {})
