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
    flag_ids = fields.Many2many(
        "water.customer.flag", string="Flags", help="Shown to whoever picks up the telephone."
    )
    call_from = fields.Float(
        string="Call Between", help="Local time from which the customer likes to be called."
    )
    call_until = fields.Float(string="and", help="Local time until which he likes to be called.")
    holder_name = fields.Char(
        related="partner_id.name", string="Holder's Name", readonly=False, store=False
    )
    holder_phone = fields.Char(
        related="partner_id.phone", string="Holder's Phone", readonly=False, store=False
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _call_sane = models.Constraint(
        "CHECK (call_from >= 0 AND call_until <= 24 AND call_from <= call_until)",
        "Choose a time of day to call that begins before it ends.",
    )
    _code_uniq = models.Constraint(
        "UNIQUE (code, company_id)", "An account with this number exists already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """An import names the holder; he is looked up, and made when he is new."""
        self.check_access("create")  # before holders are made
        holders = {}
        for vals in vals_list:
            name, phone = vals.pop("holder_name", False), vals.pop("holder_phone", False)
            if name and not vals.get("partner_id"):
                vals["partner_id"] = self._holder(holders, name.strip(), phone)
        return super().create(vals_list)

    @api.model
    def _holder(self, known, name, phone):
        """The partner of that name and telephone number, made when there is none yet.

        :param known: {(name, phone): id} of the same batch, filled here
        """
        if (name, phone) not in known:
            # sudo: res.partner - who may make an account may name its holder
            partners = self.env["res.partner"].sudo()
            domain = [("name", "=", name), ("phone", "=", phone)]
            # without a number nobody tells namesakes apart: they stay two people
            partner = phone and partners.search(domain, limit=1)
            partner = partner or partners.create({"name": name, "phone": phone})
            if not phone:
                return partner.id
            known[name, phone] = partner.id
        return known[name, phone]

    @api.model
    def get_import_templates(self):
        """The table that an import of accounts is filled into."""
        return [
            {
                "label": self.env._("Import Template for Accounts"),
                "template": "/water_service_desk/static/import/water_account.csv",
            }
        ]

    @api.depends("code", "address")
    def _compute_display_name(self):
        for account in self:
            account.display_name = f"{account.code} {account.address or ''}".strip()
