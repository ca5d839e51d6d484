from odoo import fields, models


class ResCompany(models.Model):
    """How customers sign in by telephone."""

    _inherit = "res.company"

    water_phone_sign_up = fields.Boolean(
        string="New Customers Sign In by Telephone",
        help="Customers without a login get one by the code sent to their phone.",
    )
    water_code_template = fields.Char(
        string="Gateway Template of Codes",
        help="Code under which the provider has approved the text, where they ask for one; it is"
        " filled with “code” and “minutes”.",
    )
