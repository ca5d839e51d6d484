from odoo import fields, models

from .water_bulletin_plan import LANGUAGES


class WaterBulletinCopy(models.Model):
    """To whom a bulletin was sent, when, and in which language: the sent list, kept for good."""

    _name = "water.bulletin.copy"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Copy of a Bulletin"
    _order = "id"
    _rec_name = "address"

    bulletin_id = fields.Many2one(
        "water.bulletin", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="bulletin_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", string="Reader", readonly=True, ondelete="restrict")
    address = fields.Char(required=True, readonly=True)
    language = fields.Selection(LANGUAGES, required=True, readonly=True)
    sent_at = fields.Datetime(required=True, readonly=True)
