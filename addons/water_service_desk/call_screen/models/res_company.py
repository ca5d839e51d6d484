from odoo import fields, models


class ResCompany(models.Model):
    """Limits of telephones."""

    _inherit = "res.company"

    water_call_per_user = fields.Integer(
        string="Calls Picked Up",
        default=30,
        help="Callers that one agent's telephone may open within a minute. 0: no limit.",
    )

    water_call_greeting = fields.Text(
        string="Greeting on the Telephone",
        translate=True,
        help="What the agent says first; {company} and {badge} stand for the names.",
    )

    _water_telephones_sane = models.Constraint(
        "CHECK (water_call_per_user >= 0)", "Limits of telephones must not be negative."
    )
