from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..colour import ENOUGH, channels, contrast_to_white

#: Default colour of pages.
BLUE = "#0b5c8a"


class ResCompany(models.Model):
    """The face of customers' pages, and the limits of signed-in customers."""

    _inherit = "res.company"

    water_portal_per_user = fields.Integer(
        string="Forms per Customer and Hour",
        default=60,
        help="Filings, answers, uploads and decisions that one signed-in customer may send"
        " within an hour. 0: no limit.",
    )

    water_page_colour = fields.Char(
        string="Colour of Customers' Pages",
        default=BLUE,
        help="Such as #0b5c8a. White words must be readable on it.",
    )

    _water_forms_sane = models.Constraint(
        "CHECK (water_portal_per_user >= 0)", "Limits of what customers send must not be negative."
    )

    @api.constrains("water_page_colour")
    def _check_page_colour(self):
        for company in self.filtered("water_page_colour"):
            colour = company.water_page_colour
            if not channels(colour) or contrast_to_white(colour) < ENOUGH:
                raise ValidationError(
                    self.env._(
                        "Choose a darker colour, written such as #0b5c8a: white words must be"
                        " readable on it."
                    )
                )

    def _water_colour(self):
        return self.water_page_colour or BLUE

    def _water_colour_channels(self):
        """Return the colour for ``rgba()``, such as ``11, 92, 138``."""
        return ", ".join(map(str, channels(self._water_colour())))
