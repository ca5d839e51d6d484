from odoo import api, fields, models


class WaterAccount(models.Model):
    """A customer account (户号): who takes water where, through which meter."""

    _name = "water.account"
    _description = "Customer Account"
    _order = "code"
    _rec_names_search = ["code", "address", "partner_id.name"]
    _check_company_auto = True

    code = fields.Char(string="Account Number", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Holder", required=True, index=True, ondelete="restrict"
    )
    address = fields.Char(string="Premises", required=True, index="trigram")
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index=True)
    meter_no = fields.Char(string="Meter Number", index="btree_not_null")
    customer_class = fields.Selection(
        [("household", "Household"), ("business", "Business")],
        required=True,
        default="household",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _code_uniq = models.Constraint(
        "UNIQUE (code, company_id)", "An account with this number exists already."
    )

    @api.depends("code", "address")
    def _compute_display_name(self):
        for account in self:
            account.display_name = f"{account.code} {account.address or ''}".strip()
