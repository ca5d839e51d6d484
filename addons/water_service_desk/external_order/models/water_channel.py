from odoo import fields, models


class WaterChannel(models.Model):
    """The limit for signing a body's orders (签收)."""

    _inherit = "water.channel"

    sign_minutes = fields.Integer(
        string="Sign within (min)",
        help="The body's limit for signing its orders, from their receipt on. 0: it gives none.",
    )

    _sign_sane = models.Constraint(
        "CHECK (sign_minutes >= 0)", "A limit for signing is never negative."
    )
