from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.roles import CONTACT_GROUPS
from ...base.trust import trusted


class WaterAccountHolder(models.Model):
    """Who held an account before, and until when: what happened then is his."""

    _name = "water.account.holder"
    _inherit = ["water.kept.mixin"]
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


class WaterAccount(models.Model):
    _inherit = "water.account"

    former_holder_ids = fields.One2many(
        "water.account.holder", "account_id", string="Former Holders", groups=CONTACT_GROUPS
    )
    holder_since = fields.Datetime(
        string="Holder since",
        copy=False,
        help="When the holder changed; enter it together with the new holder when it was earlier.",
    )

    def write(self, vals):
        """A new holder: who was it before stays known, with the moment of the change."""
        if "partner_id" not in vals:
            return super().write(vals)
        at = fields.Datetime.to_datetime(vals.get("holder_since")) or fields.Datetime.now()
        # sudo: water.account.holder - kept with the change, whoever may make it
        accounts = self.sudo()
        rows = [
            {"account_id": account.id, "partner_id": account.partner_id.id, "until": at}
            for account in accounts
            if account.partner_id.id != vals["partner_id"]
        ]
        result = super().write({**vals, "holder_since": at} if rows else vals)
        trusted(self.env["water.account.holder"].sudo()).create(rows)
        return result

    def _holder_at(self, moment):
        """{res.partner} who held the account at ``moment``.

        :param moment: naive UTC
        """
        later = self.sudo().former_holder_ids.filtered(lambda row: row.until > moment)
        # of those until the same second the first: a later one was put right, and never held it
        return later.sorted(lambda row: (row.until, row.id))[:1].partner_id or self.partner_id

    @api.constrains("holder_since")
    def _check_holder_since(self):
        """Nobody becomes the holder before the one before him did, nor since no day at all: what
        was before is another's, and would be shown to him.
        """
        for account in self:
            untils = account.sudo().former_holder_ids.mapped("until")
            since = account.holder_since
            if untils and not (since and since >= max(untils)):
                raise ValidationError(self.env._("The holder before came later than that."))
