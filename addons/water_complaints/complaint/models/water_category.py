from odoo import api, fields, models


class WaterCategory(models.Model):
    _inherit = "water.category"

    retention_years = fields.Integer(
        string="Keep Complaints (Years)",
        help="Years for which an archived complaint is kept; 0: as the family says, else the"
        " company's setting.",
    )

    is_claim = fields.Boolean(
        string="Claim of Its Own",
        help="Such as for flood damage: hangs on any incident of its area, and stays open when the"
        " incident is over.",
    )

    about_staff = fields.Boolean(
        string="About Members of Staff",
        help="The unit complained of does not look into such complaints itself.",
    )

    _retention_sane = models.Constraint(
        "CHECK (retention_years BETWEEN 0 AND 100)", "Choose 0 to 100 years."
    )

    @api.model
    def _mark_about_staff(self):
        """Mark the categories about staff once; later choices of the company stay (called
        by data).
        """
        codes = ("st01", "st04", "st05")
        marked = [self.env.ref(f"water_service_desk.category_{code}", False) for code in codes]
        fresh = self.browse(row.id for row in marked if row)
        if not self.with_context(active_test=False).search_count([("about_staff", "=", True)]):
            fresh.about_staff = True
