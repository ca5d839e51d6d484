from odoo import api, fields, models

from ...base.roles import CONTACT_GROUPS

CHANNELS = [
    ("phone", "Phone"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("email", "Mail"),
    ("counter", "Counter"),
    ("on_site", "On site"),
    ("portal", "Customer page"),
]
OUTCOMES = [
    ("told", "Told"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("wrong_number", "Wrong number"),
    ("later", "Asked to call later"),
]


class WaterRequestFeedback(models.Model):
    """One attempt to tell a customer the result of a request (S2.3.3a), read-only."""

    _name = "water.request.feedback"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Feedback to the Customer"
    _order = "at desc, id desc"
    _rec_name = "at"
    _allow_sudo_commands = False
    _personal = ("told_to",)

    request_id = fields.Many2one(
        "water.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Told by", required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, string="Result of the Try", required=True, readonly=True)
    told_to = fields.Char(
        readonly=True, groups=CONTACT_GROUPS, help="Who was told.", water_mask="name"
    )
    note = fields.Char(readonly=True)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)

    @api.model
    def _readonly_message(self):
        return self.env._("Tell the result with the button; what was told is not changed.")
