from odoo import fields, models

from odoo.addons.phone_validation.tools import phone_validation

from ..roles import SUPERVISOR


class ResCompany(models.Model):
    _inherit = "res.company"

    water_hotline = fields.Char(string="Service Hotline", help="Shown to customers on letters.")

    def _water_phone(self, text):
        """A telephone number in its international form (E164); as typed when it is none.

        :param text: as people write it, read as a number of the company's country
        """
        country = self.country_id
        return text and phone_validation.phone_format(
            text,
            country.code or "CN",
            country.phone_code or 86,
            force_format="E164",
            raise_exception=False,
        )

    def _water_ways(self):
        """Where customers may say that they do not agree, as letters name it.

        By telephone only where the company has told them a number to call.
        """
        # sudo: res.company - what stands in letters is no secret
        if self.sudo().water_hotline:
            return self.env._("on your customer page, by telephone or at any service counter")
        return self.env._("on your customer page or at any service counter")

    def _water_asked_user(self):
        """Who is asked where nobody else is: a supervisor of the company, if there is one."""
        self.ensure_one()
        # sudo: res.groups - that a supervisor exists is no secret
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda u: u.active and self in u.company_ids)
        return people.sorted("id")[:1]
