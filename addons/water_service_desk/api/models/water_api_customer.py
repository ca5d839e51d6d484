from odoo import api, fields, models

from ...base.trust import trusted


class WaterApiCustomer(models.Model):
    """A customer under the reference of a channel, such as a WeChat binding.

    Name, address or telephone alone identify no customer: only a reference created by the same
    channel, or account number and telephone together (S2.2.4).
    """

    _name = "water.api.customer"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Customer of a Channel"
    _order = "id desc"
    _rec_name = "reference"
    _allow_sudo_commands = False

    channel_id = fields.Many2one("water.channel", required=True, readonly=True, ondelete="restrict")
    reference = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _reference_uniq = models.UniqueIndex(
        "(company_id, channel_id, reference)", "This reference is taken already."
    )

    @api.model
    def _customer(self, channel, reference):
        """Return the customer of a reference of the channel, or an empty recordset."""
        # sudo: water.api.customer - narrowed to a channel of the caller
        known = self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("channel_id", "=", channel.id),
                ("reference", "=", reference),
            ],
            limit=1,
        )
        return known.partner_id

    @api.model
    def _bind(self, channel, reference, partner, contact):
        """Store the customer of a new reference; create one if unknown.

        :param partner: res.partner recognised by account and telephone, or empty
        :param contact: {name, phone, email, language} as received
        """
        if not partner:
            # sudo: res.partner - a channel brings in customers of its own
            partner = (
                self.env["res.partner"]
                .sudo()
                .create(
                    {
                        "name": contact["name"] or reference,
                        "phone": contact["phone"] or False,
                        "email": contact["email"] or False,
                        "lang": contact["language"] or self.env.company.sudo().partner_id.lang,
                    }
                )
            )
        values = {"channel_id": channel.id, "reference": reference, "partner_id": partner.id}
        # sudo: water.api.customer - written by this service alone
        trusted(self.sudo()).create({**values, "company_id": self.env.company.id})
        return partner

    @api.model
    def _by_account(self, code, phone):
        """Return the account with this number whose holder has this telephone, or an empty one."""
        # sudo: water.account, res.partner - both facts together prove who is asking
        account = (
            self.env["water.account"]
            .sudo()
            .search([("code", "=", code), ("company_id", "=", self.env.company.id)], limit=1)
        )
        company = self.env.company.sudo()
        known = company._water_phone(account.partner_id.phone)
        return account if known and known == company._water_phone(phone) else account.browse()
