from odoo import fields, models


class ResCompany(models.Model):
    """How much one person may look at and take out."""

    _inherit = "res.company"

    water_reveal_limit = fields.Integer(
        string="Reveals per Hour",
        default=20,
        help="How many customers one person may look at within an hour; their supervisor is told at"
        " the last. 0: no limit.",
    )
    water_export_limit = fields.Integer(
        string="Large Export",
        default=200,
        help="Exports and bulk reads above so many records are told to quality. 0: never.",
    )

    _water_looks_sane = models.Constraint(
        "CHECK (water_reveal_limit >= 0 AND water_export_limit >= 0)",
        "Limits of reveals and exports must not be negative.",
    )

    def _water_export_most(self):
        """Return the lowest of the companies' limits; 0 without one.

        A user of several companies must not exceed the limit of any.
        """
        # sudo: res.company - users may know their limits
        limits = self.sudo().mapped("water_export_limit")
        return min((limit for limit in limits if limit > 0), default=0)
