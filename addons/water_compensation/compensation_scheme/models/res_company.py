from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

#: settings that decide on money; changes are logged
SCHEME = ("water_compensation_profile_id", "water_compensation_rate")


class ResCompany(models.Model):
    """The compensation scheme of a company."""

    _inherit = "res.company"

    water_compensation_profile_id = fields.Many2one(
        "water.compensation.profile",
        string="Scheme of Compensation",
        help="Customers are compensated by its rules. Empty: only on application, by individual "
        "decision.",
    )
    water_compensation_rate = fields.Float(
        string="Rate of the Scheme",
        digits=(12, 6),
        help="What one unit of the scheme's currency is in the company's.",
    )

    def write(self, vals):
        """Which scheme held, and at which rate, stays known when it is changed back."""
        names = [name for name in self._decides_on_money() if name in vals]
        if not names or not self.pool.ready:
            return super().write(vals)
        history = self.env["water.setting.change"]
        before = history._stored(self, names)
        done = super().write(vals)
        history._keep("changed", self, before, history._stored(self, names))
        self.env.registry.clear_cache()  # of the schemes by day
        return done

    def _water_scheme_on(self, day):
        """Return (scheme, rate) of the company for failures of ``day``.

        By the history of settings, the value at the end of that day. Days before the first scheme
        use the first one.

        :param day: date in the company's time zone
        """
        number, rate = self._water_scheme_values(self.id, day)
        # sudo: water.compensation.profile - the amount does not depend on the user
        return self.env["water.compensation.profile"].sudo().browse(number or ()), rate

    @api.model
    @tools.ormcache("company_id", "day")
    def _water_scheme_values(self, company_id, day):
        company = self.sudo().browse(company_id)
        history = self.env["water.setting.change"]._of(company)
        present = (company.water_compensation_profile_id.id, company.water_compensation_rate)
        return tuple(
            history._value_on(name, day, value) for name, value in zip(SCHEME, present, strict=True)
        )

    @api.constrains("water_compensation_profile_id", "water_compensation_rate", "currency_id")
    def _check_compensation_rate(self):
        """A scheme in another currency needs a rate."""
        for company in self:
            profile = company.water_compensation_profile_id
            foreign = profile.currency_id != company.currency_id and profile._has_sums()
            if foreign and company.water_compensation_rate <= 0:
                raise ValidationError(
                    self.env._(
                        "The amounts of “%(scheme)s” are in %(foreign)s, the books of %(company)s"
                        " in %(own)s: enter the rate at which they are counted, or choose a"
                        " scheme in %(own)s.",
                        scheme=profile.display_name,
                        foreign=profile.currency_id.name,
                        company=company.name,
                        own=company.currency_id.name,
                    )
                )
