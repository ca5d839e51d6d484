from odoo import fields, models


class ResCompany(models.Model):
    """The time limits of appeals."""

    _inherit = "res.company"

    water_appeal_days = fields.Integer(
        string="Days to Appeal", default=15, help="Calendar days from the notice (S3.2.5)."
    )
    water_receipt_days = fields.Integer(
        string="Receipt of Appeals", default=1, help="Working days until an appeal is acknowledged."
    )
    water_review_days = fields.Integer(
        string="Review of Appeals", default=5, help="Working days until the first level decides."
    )
    water_panel_days = fields.Integer(
        string="Decision of the Panel", default=10, help="Working days until the company decides."
    )

    _water_appeals_sane = models.Constraint(
        "CHECK (water_appeal_days > 0 AND water_receipt_days > 0 AND water_review_days > 0"
        " AND water_panel_days > 0)",
        "Give the time limits of appeals in whole days, one at least.",
    )
