from odoo import fields, models


class ResCompany(models.Model):
    """Limits of invitations."""

    _inherit = "res.company"

    water_delegate_invites = fields.Integer(
        string="Invitations of Delegates",
        default=10,
        help="Invitations that one holder may send within a day. 0: no limit.",
    )

    _water_invitations_sane = models.Constraint(
        "CHECK (water_delegate_invites >= 0)", "Limits of invitations must not be negative."
    )
