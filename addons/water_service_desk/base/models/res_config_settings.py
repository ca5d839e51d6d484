from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_hotline = fields.Char(related="company_id.water_hotline", readonly=False)
    water_calendar_id = fields.Many2one(related="company_id.water_calendar_id", readonly=False)
    water_pause_days = fields.Integer(related="company_id.water_pause_days", readonly=False)
    water_general_manager_id = fields.Many2one(
        related="company_id.water_general_manager_id", readonly=False
    )
    water_return_days = fields.Integer(related="company_id.water_return_days", readonly=False)
    water_message_user_id = fields.Many2one(
        related="company_id.water_message_user_id", readonly=False
    )
    water_call_from = fields.Float(related="company_id.water_call_from", readonly=False)
    water_call_until = fields.Float(related="company_id.water_call_until", readonly=False)
    water_call_attempts = fields.Integer(related="company_id.water_call_attempts", readonly=False)
    water_reveal_limit = fields.Integer(related="company_id.water_reveal_limit", readonly=False)
    water_export_limit = fields.Integer(related="company_id.water_export_limit", readonly=False)
    water_api_limit = fields.Integer(related="company_id.water_api_limit", readonly=False)
    water_mail_flood = fields.Integer(related="company_id.water_mail_flood", readonly=False)
    water_mail_max_mb = fields.Integer(related="company_id.water_mail_max_mb", readonly=False)
    water_mail_spam_score = fields.Float(related="company_id.water_mail_spam_score", readonly=False)
    water_mail_keep_days = fields.Integer(related="company_id.water_mail_keep_days", readonly=False)
    water_webhook_networks = fields.Char(
        string="Internal Networks of Webhooks",
        config_parameter="water_service_desk.webhook_networks",
        help="Webhooks reach public addresses only, and these, such as 10.1.0.0/16.",
    )
    water_visit_notice_hours = fields.Integer(
        related="company_id.water_visit_notice_hours", readonly=False
    )
    water_visit_cutoff_hours = fields.Integer(
        related="company_id.water_visit_cutoff_hours", readonly=False
    )
    water_visit_window_hours = fields.Integer(
        related="company_id.water_visit_window_hours", readonly=False
    )
    water_visit_days = fields.Integer(related="company_id.water_visit_days", readonly=False)
    water_delegate_invites = fields.Integer(
        related="company_id.water_delegate_invites", readonly=False
    )
    water_upload_max_files = fields.Integer(
        related="company_id.water_upload_max_files", readonly=False
    )
    water_upload_max_mb = fields.Integer(related="company_id.water_upload_max_mb", readonly=False)
    water_public_open = fields.Boolean(related="company_id.water_public_open", readonly=False)
    water_public_per_source = fields.Integer(
        related="company_id.water_public_per_source", readonly=False
    )
    water_public_per_phone = fields.Integer(
        related="company_id.water_public_per_phone", readonly=False
    )
    water_public_per_session = fields.Integer(
        related="company_id.water_public_per_session", readonly=False
    )
    water_public_work = fields.Integer(related="company_id.water_public_work", readonly=False)
    water_track_attempts = fields.Integer(related="company_id.water_track_attempts", readonly=False)
    water_track_opens = fields.Integer(related="company_id.water_track_opens", readonly=False)
    water_track_actions = fields.Integer(related="company_id.water_track_actions", readonly=False)
    water_challenge_per_source = fields.Integer(
        related="company_id.water_challenge_per_source", readonly=False
    )
    water_portal_per_user = fields.Integer(
        related="company_id.water_portal_per_user", readonly=False
    )
    water_call_per_user = fields.Integer(related="company_id.water_call_per_user", readonly=False)
