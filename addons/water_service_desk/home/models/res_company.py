import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: A page of the web, or a path of this site.
ADDRESS = re.compile(r"(https?://[^\s/]+|/(?!/))[^\s]*", re.IGNORECASE)


class ResCompany(models.Model):
    _inherit = "res.company"

    water_manual_url = fields.Char(
        string="Address of the Manual",
        help="The first page of the manual, such as https://help.example.com/ or /manual/. The"
        " question mark at the top of each page leads to the chapter about it."
        " Empty: no such mark.",
    )

    @api.constrains("water_manual_url")
    def _check_water_manual_url(self):
        for company in self:
            url = company.water_manual_url
            if url and not ADDRESS.fullmatch(url):
                raise ValidationError(
                    self.env._("The address of the manual begins with https:// or with /.")
                )
