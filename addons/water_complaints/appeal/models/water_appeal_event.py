from odoo import fields, models


class WaterAppealEvent(models.Model):
    """One thing that happened to an appeal. Written once by the service, never changed."""

    _name = "water.appeal.event"
    _inherit = ["water.chain.event.mixin", "water.mixin"]
    _description = "Event of an Appeal"
    _rec_name = "kind"
    _dossier_order = 92
    _dossier = True

    appeal_id = fields.Many2one(
        "water.appeal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_id = fields.Many2one(related="appeal_id.complaint_id", store=True, index=True)
    company_id = fields.Many2one(related="appeal_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("filed", "Appeal filed"),
            ("admitted", "Admitted once more"),
            ("acknowledged", "Appeal received"),
            ("voted", "Vote of the panel"),
            ("stated", "Stated to the other body"),
            ("decided", "Decided"),
            ("withdrawn", "Withdrawn"),
            ("clock_warned", "Time limit near"),
            ("clock_breached", "Time limit exceeded"),
            ("clock_pause_asked", "Pause or extension asked for"),
            ("clock_pause_refused", "Pause or extension refused"),
            ("clock_pause_lapsed", "Pause or extension lapsed"),
            ("clock_paused", "Time limit paused"),
            ("clock_resumed", "Time limit running again"),
            ("clock_extended", "Time limit extended"),
            ("clock_pause_withdrawn", "Pause or extension withdrawn"),
            ("clock_replanned", "Time limit worked out again"),
            ("erased", "Personal data erased"),
        ],
        required=True,
        readonly=True,
    )
