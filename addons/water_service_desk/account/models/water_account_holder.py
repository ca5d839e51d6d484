from odoo import fields, models

from ...base.roles import CONTACT_GROUPS


class WaterAccountHolder(models.Model):
    """A former holder of an account, and until when; earlier cases stay theirs."""

    _name = "water.account.holder"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Former Holder of an Account"
    _order = "until desc, id desc"
    _rec_name = "until"

    account_id = fields.Many2one(
        "water.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Holder",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=CONTACT_GROUPS,
    )
    until = fields.Datetime(string="Held Until", required=True, readonly=True)
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
