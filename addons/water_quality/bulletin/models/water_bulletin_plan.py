from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

KINDS = [("day", "Daily"), ("week", "Weekly"), ("month", "Monthly"), ("year", "Yearly")]
LANGUAGES = [("zh_CN", "Chinese"), ("en_US", "English")]


class WaterBulletinPlan(models.Model):
    """Which bulletins a company gets, who reads them, and whether they go out by themselves."""

    _name = "water.bulletin.plan"
    _inherit = ["water.choice.name.mixin", "water.mixin"]
    _description = "Plan of Bulletins"
    _order = "company_id, kind"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, string="Rhythm", required=True, default="month")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Readers",
        domain="[('share', '=', False)]",
        help="Each gets it by mail in the language of the screen.",
    )
    addresses = fields.Text(
        string="Other Addresses", help="Such as the regulator's; a mail address a line."
    )
    language = fields.Selection(
        LANGUAGES, string="Language of Others", required=True, default="zh_CN"
    )
    is_automatic = fields.Boolean(
        string="Sent by Itself",
        help="Otherwise a person reads, edits and sends it. Customers' words are sent only after a "
        "person has read them.",
    )
    days = fields.Integer(
        string="Days to Edit", default=1, help="After so many days a bulletin is sent by itself."
    )

    _kind_uniq = models.Constraint(
        "UNIQUE (company_id, kind)", "There is a plan for this rhythm already."
    )
    _days_sane = models.Constraint("CHECK (days BETWEEN 0 AND 60)", "Choose 0 to 60 days.")

    @api.constrains("addresses")
    def _check_addresses(self):
        for plan in self:
            for line in (plan.addresses or "").splitlines():
                if line.strip() and not email_normalize(line):
                    raise ValidationError(self.env._("This is no mail address: %s", line.strip()))

    def _readers(self):
        """``[(res.users, address, language)]``; other addresses have no user."""
        known = dict(LANGUAGES)
        found = [
            (user, user.email, user.lang if user.lang in known else self.language)
            for user in self.user_ids.sudo()
            if user.active and user.email
        ]
        lines = map(email_normalize, (self.addresses or "").splitlines())
        nobody = self.env["res.users"]
        return found + [(nobody, address, self.language) for address in filter(None, lines)]
