from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.phone_validation.tools import phone_validation

from ..roles import SUPERVISOR

#: How long a span of the settings lasts at most, by the unit in its name: a hundred years. Longer
#: ones lead out of the calendar, and end scheduled actions and letters of all companies.
LONGEST = {"days": 36_500, "hours": 876_000, "minutes": 52_560_000}


def _longest(field):
    """Return the maximum of a setting; None if it is no span of time.

    :param field: of res.company, with its unit in the name
    """
    is_ours = field.name.startswith("water_") and field.type == "integer" and field.store
    units = LONGEST.keys() & set(field.name.split("_")) if is_ours else ()
    return max((LONGEST[unit] for unit in units), default=None)


def check_most(records, name, most):
    """Refuse a span of time that leads out of the calendar, or is none.

    :param records: with the field ``name``
    :param most: in the unit of the field
    :raises ValidationError: names the field and its bounds
    """
    if any(not 0 <= record[name] <= most for record in records):
        label = records._fields[name]._description_string(records.env)
        message = records.env._("“%(setting)s” is 0 at least and %(most)s at most.")
        raise ValidationError(message % {"setting": label, "most": most})


class ResCompany(models.Model):
    _inherit = "res.company"

    water_hotline = fields.Char(string="Service Hotline", help="Shown to customers on letters.")

    @api.constrains(lambda self: [f.name for f in self._fields.values() if _longest(f)])
    def _check_water_spans(self):
        for name, field in self._fields.items():
            most = _longest(field)
            if most:
                check_most(self, name, most)

    def _water_phone(self, text):
        """Return a telephone number in international form (E164); unchanged if invalid.

        :param text: as typed, read as a number of the company's country
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
        """Return how customers can object, as letters name it.

        By telephone only if the company has a hotline.
        """
        # sudo: res.company - the hotline is public
        if self.sudo().water_hotline:
            return self.env._("on your customer page, by telephone or at any service counter")
        return self.env._("on your customer page or at any service counter")

    def _water_asked_user(self):
        """Return a supervisor of the company as a last resort, or an empty recordset."""
        self.ensure_one()
        # sudo: res.groups - that a supervisor exists is no secret
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda u: u.active and self in u.company_ids)
        return people.sorted("id")[:1]
