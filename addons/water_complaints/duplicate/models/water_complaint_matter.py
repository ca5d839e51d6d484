from odoo import fields, models

from odoo.addons.water_service_desk.case.transitions import Move
from odoo.addons.water_service_desk.duplicate.merging import merging_moves

from ...complaint.models.water_complaint import OPEN_STATES


class WaterComplaint(models.Model):
    """Several people complain of the same: one complaint is handled, all are answered (E5)."""

    _name = "water.complaint"
    _inherit = ["water.matter.mixin", "water.complaint"]

    _merging_states = OPEN_STATES
    _his_alone = {"confirmed": "notified", "callback": "notified"}
    _merged_template = "water_complaints.mail_template_merged"
    _transitions = {
        **merging_moves(OPEN_STATES),
        ("registered", "rejected"): Move(needs=("_need_no_joined",)),
    }

    repeat_of_id = fields.Many2one("water.complaint")
    repeat_ids = fields.One2many("water.complaint")
    similar_ids = fields.Many2many("water.complaint")
    duplicate_of_id = fields.Many2one("water.complaint")
    duplicate_ids = fields.One2many("water.complaint")


class WaterInquiry(models.Model):
    """Nobody who relies on an inquiry is left behind when it becomes a complaint."""

    _inherit = "water.inquiry"

    _transitions = {
        (state, "converted"): Move(needs=("_need_no_joined",))
        for state in ("registered", "processing", "answered")
    }
