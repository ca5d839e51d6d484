from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

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
    water_joint_days = fields.Integer(related="company_id.water_joint_days", readonly=False)
    water_late_entry_minutes = fields.Integer(
        related="company_id.water_late_entry_minutes", readonly=False
    )
    water_compensation_tax_ids = fields.Many2many(
        related="company_id.water_compensation_tax_ids", readonly=False
    )
