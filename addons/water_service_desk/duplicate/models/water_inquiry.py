from odoo import fields, models

from ...inquiry.models.water_inquiry import OPEN_STATES, STATES
from ..merging import merging_moves


class WaterInquiry(models.Model):
    """Several people ask the same: one is looked into, all are answered."""

    _name = "water.inquiry"
    _inherit = ["water.matter.mixin", "water.inquiry"]

    _merging_states = OPEN_STATES
    _told_states = ("answered",)
    _merged_template = "water_service_desk.mail_template_inquiry_merged"
    _joined_template = "water_service_desk.mail_template_inquiry_answer"
    _transitions = merging_moves(OPEN_STATES)

    repeat_of_id = fields.Many2one("water.inquiry")
    repeat_ids = fields.One2many("water.inquiry")
    similar_ids = fields.Many2many("water.inquiry")
    duplicate_of_id = fields.Many2one("water.inquiry")
    duplicate_ids = fields.One2many("water.inquiry")

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state == "merged":
            self._end_merged()
        elif state == "answered":
            self._answer_merged()

    def _portal_page(self):
        told = self._lead_case().state in STATES.names("told")
        return super()._portal_page() | ({"answer": self.answer} if told else {})
