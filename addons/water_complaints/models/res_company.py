from datetime import timedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    water_incident_cases = fields.Integer(
        string="Cases that Make an Incident",
        default=3,
        help="So many cases of one kind in one supply zone propose an incident.",
    )
    water_incident_minutes = fields.Integer(string="Within Minutes", default=60)

    water_retention_years = fields.Integer(
        string="Keep Complaints (Years)",
        default=5,
        help="Years from the archiving on; a category may say otherwise. Then the case is proposed"
        " for destruction.",
    )

    _water_retention_sane = models.Constraint(
        "CHECK (water_retention_years BETWEEN 1 AND 100)", "Choose 1 to 100 years."
    )
    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Each company has archive numbers of its own."""
        companies = super().create(vals_list)
        self.env["ir.sequence"].sudo()._water_add_archive(companies)
        return companies

    @api.model
    def _water_install_archives(self):
        """Archive numbers for the companies that are there already."""
        sequences = self.env["ir.sequence"].sudo()
        known = sequences.search([("code", "=", "water.archive")]).company_id
        sequences._water_add_archive(self.search([]) - known)

    def _water_incident_span(self):
        """Cases so far apart belong together."""
        self.ensure_one()
        return timedelta(minutes=self.water_incident_minutes)
