import secrets

from odoo import api, fields, models
from odoo.tools import format_date

#: Unambiguous letters and digits for check codes.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: Long enough not to be guessed: 32¹² are 10¹⁸.
LENGTH = 12
#: Public page that says whether a letter is ours.
CHECK_PAGE = "/water/letter"


def new_code():
    """A check code such as ``K7QFM2XP9DHA``."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class WaterLetterMixin(models.AbstractModel):
    """A letter to the customer, in their language and time zone."""

    _name = "water.letter.mixin"
    _description = "Goes out as a Letter"

    check_code = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: new_code(),
        help="Holders of the letter can verify it on the public page with this code.",
    )

    def _letter_lang(self):
        return self.sudo()._message_case()._customer_lang()

    def _letter_salutation(self):
        return self.sudo()._message_case()._customer_greeting()

    def _letter_date(self, moment):
        zone = self.sudo()._message_case()._customer_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return format_date(self.env, local.date(), date_format="long")

    def _letter_check(self):
        """Return the public proof of the letter: ``(address, code in groups)``.

        None for previews, and for letters from before there were codes.
        """
        if not (self.name and self.check_code):
            return None
        code = self.check_code
        groups = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
        return f"{self.company_id.sudo().get_base_url()}{CHECK_PAGE}?code={code}", groups

    def _letter_day(self):
        """Return the naive UTC moment of sending; heirs know it."""
        return self.create_date

    @api.model
    def _find_letter(self, typed):
        """Return the letter of a check code, of any model, or an empty recordset.

        :param typed: code as typed by a stranger
        """
        code = "".join(sign for sign in (typed or "").upper() if sign in ALPHABET)
        heirs = self.env.registry.descendants(["water.letter.mixin"], "_inherit")
        for name in sorted(heirs) if len(code) == LENGTH else ():
            model = self.env[name]
            if model._auto:
                # sudo: letter - the code proves the letter; only title and day are shown
                letter = model.sudo().search([("check_code", "=", code)], limit=1)
                if letter.name:
                    return letter
        return self
