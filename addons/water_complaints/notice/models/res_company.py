from odoo import fields, models


class ResCompany(models.Model):
    """Settings of letters."""

    _inherit = "res.company"

    water_authority = fields.Char(
        help="The authority in charge of water supply, named in letters: name and telephone.",
    )
