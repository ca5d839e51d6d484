from odoo import fields, models


class ResCompany(models.Model):
    """How the company is watched from outside."""

    _inherit = "res.company"

    water_supervision_phone = fields.Char(
        string="Supervision Telephone",
        help="Where customers complain about the service itself; shown on pages.",
    )
    water_supervision_days = fields.Integer(
        string="Answer to Supervision",
        default=10,
        help="Working days within which a finding from outside is answered, where the body names"
        " no other date.",
    )

    _supervision_days_sane = models.Constraint(
        "CHECK (water_supervision_days BETWEEN 1 AND 250)",
        "Findings from outside are answered within 1 to 250 working days.",
    )
