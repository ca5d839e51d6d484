from odoo import api, fields, models


class ResCompany(models.Model):
    """How long complaints are kept, and their numbers."""

    _inherit = "res.company"

    water_retention_years = fields.Integer(
        string="Keep Complaints (Years)",
        default=5,
        help="Years from the archiving on; a category may say otherwise. Then the case is proposed"
        " for destruction.",
    )
    _water_retention_sane = models.Constraint(
        "CHECK (water_retention_years BETWEEN 1 AND 100)", "Choose 1 to 100 years."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Each company has archive numbers of its own."""
        companies = super().create(vals_list)
        self.env["ir.sequence"].sudo()._water_add_archive(companies)
        return companies

    @api.model
    def _water_install_archives(self):
        sequences = self.env["ir.sequence"].sudo()
        known = sequences.search([("code", "=", "water.archive")]).company_id
        sequences._water_add_archive(self.search([("id", "not in", known.ids)]))
