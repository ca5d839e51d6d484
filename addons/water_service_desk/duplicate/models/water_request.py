from odoo import fields, models

from ...base.roles import AGENT
from ...case.transitions import Move

STATES = ("registered", "notified", "accepted", "processing")
UNDONE = ("rejected", "withdrawn")


class WaterRequest(models.Model):
    """Several people report the same fault, or one applies twice: one is worked on."""

    _name = "water.request"
    _inherit = ["water.matter.mixin", "water.request"]

    _final_states = frozenset({"closed", "rejected", "withdrawn", "merged"})
    _merging_states = STATES
    _merged_template = "water_service_desk.mail_template_request_merged"
    _joined_template = "water_service_desk.mail_template_result"
    _transitions = {
        **{(state, "merged"): Move(AGENT, ("_need_original",)) for state in STATES},
        **{("merged", state): Move((), ("_need_unmerging",)) for state in STATES},
        **{(state, end): Move(needs=("_need_no_joined",)) for state in STATES for end in UNDONE},
    }

    state = fields.Selection(
        selection_add=[("merged", "Merged")], ondelete={"merged": "set default"}
    )
    repeat_of_id = fields.Many2one("water.request")
    repeat_ids = fields.One2many("water.request")
    similar_ids = fields.Many2many("water.request")
    duplicate_of_id = fields.Many2one("water.request")
    duplicate_ids = fields.One2many("water.request")

    def _after_merged(self, origins):
        self._end_merged()

    def _after_feedback(self, origins):
        super()._after_feedback(origins)
        self._answer_merged()

    def _portal_titles(self):
        words = self.env._("Handled together with another report")
        return super()._portal_titles() | {"merged": words}

    def _portal_page(self):
        told = self._lead_case().state in ("feedback", "closed")
        return super()._portal_page() | ({"answer": self.result} if told else {})
