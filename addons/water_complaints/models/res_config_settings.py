from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_incident_cases = fields.Integer(related="company_id.water_incident_cases", readonly=False)
    water_incident_minutes = fields.Integer(
        related="company_id.water_incident_minutes", readonly=False
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
        related="company_id.water_compensation_profile_id", readonly=False
    )
    water_compensation_rate = fields.Float(
        related="company_id.water_compensation_rate", readonly=False
    )
    water_compensation_foreign = fields.Boolean(
        compute="_compute_water_compensation_foreign", export_string_translation=False
    )

    @api.depends("water_compensation_profile_id", "company_id")
    def _compute_water_compensation_foreign(self):
        for settings in self:
            currency = settings.water_compensation_profile_id.currency_id
            own = settings.company_id.currency_id
            settings.water_compensation_foreign = bool(currency) and currency != own
