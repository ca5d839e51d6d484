from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    water_seal = fields.Image(
        string="Seal on Letters",
        max_width=600,
        max_height=600,
        groups="base.group_system",
        help="Picture of the company's seal, without background; it is printed over name and date"
        " of every letter. Without one, place is left on letters that go out on paper.",
    )
