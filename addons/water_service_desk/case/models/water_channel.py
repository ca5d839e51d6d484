from odoo import fields, models


class WaterChannel(models.Model):
    """The door a case came through (S3.2.1a 渠道畅通)."""

    _name = "water.channel"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Intake Channel"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    needs_readback = fields.Boolean(
        string="Read-back Required",
        default=True,
        help="The matter is read back to the customer before it is dispatched (S3.2.1d).",
    )
    is_live = fields.Boolean(
        string="Face to Face or by Phone",
        help="Customer and agent talk while the case is registered.",
    )
    is_external_body = fields.Boolean(
        string="Forwarded by Another Body", help="Such as the 12345 hotline or an authority."
    )

    integration_user_ids = fields.Many2many(
        "res.users",
        "water_channel_user_rel",
        "channel_id",
        "user_id",
        string="Integrations",
        help="Machines that hand in, read back and add to the cases of this channel, no others.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A channel with this code exists already.")
