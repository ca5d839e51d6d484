from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_public_open = fields.Boolean(related="company_id.water_public_open", readonly=False)
    water_front_open = fields.Boolean(related="company_id.water_front_open", readonly=False)
    water_privacy_text = fields.Text(related="company_id.water_privacy_text", readonly=False)
    water_public_frames = fields.Char(related="company_id.water_public_frames", readonly=False)
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
