from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_mail_flood = fields.Integer(related="company_id.water_mail_flood", readonly=False)
    water_mail_max_mb = fields.Integer(related="company_id.water_mail_max_mb", readonly=False)
    water_mail_spam_score = fields.Float(related="company_id.water_mail_spam_score", readonly=False)
    water_mail_keep_days = fields.Integer(related="company_id.water_mail_keep_days", readonly=False)
