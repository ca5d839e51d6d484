from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

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

    @api.depends("company_id")
    def _compute_water_compensation(self):
        for settings in self:
            company = settings.company_id
            settings.water_compensation_profile_id = company.water_compensation_profile_id
            settings.water_compensation_rate = company.water_compensation_rate

    def _inverse_water_compensation(self):
        """Save scheme and rate together: one without the other may be refused."""
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
