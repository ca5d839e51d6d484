from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_appeal_days = fields.Integer(related="company_id.water_appeal_days", readonly=False)
    water_receipt_days = fields.Integer(related="company_id.water_receipt_days", readonly=False)
    water_review_days = fields.Integer(related="company_id.water_review_days", readonly=False)
    water_panel_days = fields.Integer(related="company_id.water_panel_days", readonly=False)
    water_confirm_days = fields.Integer(related="company_id.water_confirm_days", readonly=False)
    water_authority = fields.Char(related="company_id.water_authority", readonly=False)
    water_incident_cases = fields.Integer(related="company_id.water_incident_cases", readonly=False)
    water_incident_minutes = fields.Integer(
        related="company_id.water_incident_minutes", readonly=False
    )
    water_repair_hours = fields.Integer(related="company_id.water_repair_hours", readonly=False)
    water_repair_hours_large = fields.Integer(
        related="company_id.water_repair_hours_large", readonly=False
    )
    water_repair_large_above = fields.Integer(
        related="company_id.water_repair_large_above", readonly=False
    )
    water_repeat_days = fields.Integer(related="company_id.water_repeat_days", readonly=False)
    water_repeat_contacts = fields.Integer(
        related="company_id.water_repeat_contacts", readonly=False
    )
    water_compensation_product_id = fields.Many2one(
        related="company_id.water_compensation_product_id", readonly=False
    )
    water_compensation_account_id = fields.Many2one(
        related="company_id.water_compensation_account_id", readonly=False
    )
    water_compensation_journal_id = fields.Many2one(
        related="company_id.water_compensation_journal_id", readonly=False
    )
    water_compensation_bill_journal_id = fields.Many2one(
        related="company_id.water_compensation_bill_journal_id", readonly=False
    )
    water_compensation_tax_ids = fields.Many2many(
        related="company_id.water_compensation_tax_ids", readonly=False
    )
    water_compensation_profile_id = fields.Many2one(
        "water.compensation.profile",
        string="Scheme of Compensation",
        compute="_compute_water_compensation",
        inverse="_inverse_water_compensation",
    )
    water_compensation_rate = fields.Float(
        digits=(12, 6),
        string="Rate of the Scheme",
        compute="_compute_water_compensation",
        inverse="_inverse_water_compensation",
    )
    water_compensation_foreign = fields.Boolean(
        compute="_compute_water_compensation_foreign", export_string_translation=False
    )
    water_retention_years = fields.Integer(
        related="company_id.water_retention_years", readonly=False
    )

    @api.depends("company_id")
    def _compute_water_compensation(self):
        for settings in self:
            company = settings.company_id
            settings.water_compensation_profile_id = company.water_compensation_profile_id
            settings.water_compensation_rate = company.water_compensation_rate

    def _inverse_water_compensation(self):
        """Scheme and rate belong together: one without the other may be refused."""
        for settings in self:
            settings.company_id.write(
                {
                    "water_compensation_profile_id": settings.water_compensation_profile_id.id,
                    "water_compensation_rate": settings.water_compensation_rate,
                }
            )

    @api.depends("water_compensation_profile_id", "company_id")
    def _compute_water_compensation_foreign(self):
        for settings in self:
            profile = settings.water_compensation_profile_id
            other = profile.currency_id != settings.company_id.currency_id
            settings.water_compensation_foreign = other and profile._has_sums()
