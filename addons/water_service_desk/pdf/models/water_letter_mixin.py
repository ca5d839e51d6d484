import secrets

from odoo import api, fields, models
from odoo.tools import format_date

#: Letters and digits of a check code that nobody takes for another one.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: So many of them cannot be guessed: 32¹² are 10¹⁸.
LENGTH = 12
#: Public page that says whether a letter is ours.
CHECK_PAGE = "/water/letter"


def new_code():
    """A check code such as ``K7QFM2XP9DHA``."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class WaterLetterMixin(models.AbstractModel):
    """A record that goes to the customer as a letter, in his language and by his calendar."""

    _name = "water.letter.mixin"
    _description = "Goes out as a Letter"

    check_code = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: new_code(),
        help="With it whoever holds the letter sees on the public page that it is ours.",
    )

    def _letter_lang(self):
        return self.sudo()._message_case()._customer_lang()

    def _letter_salutation(self):
        return self.sudo()._message_case()._customer_greeting()

    def _letter_date(self, moment):
        """The customer's calendar day of ``moment`` (naive UTC), written out."""
        zone = self.sudo()._message_case()._customer_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return format_date(self.env, local.date(), date_format="long")

    def _letter_check(self):
        """Where it is seen that the letter is ours: ``(address, code in groups)``.

        Nothing for what has not gone out, such as a preview, or went out before there were codes.
        """
        if not (self.name and self.check_code):
            return None
        code = self.check_code
        groups = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
        return f"{self.company_id.sudo().get_base_url()}{CHECK_PAGE}?code={code}", groups

    def _letter_day(self):
        """The naive UTC moment at which the letter went out; heirs know theirs."""
        return self.create_date

    @api.model
    def _find_letter(self, typed):
        """The letter with a check code, whatever its model; empty where there is none.

        :param typed: code as a stranger has typed it
        """
        code = "".join(sign for sign in (typed or "").upper() if sign in ALPHABET)
        heirs = self.env.registry.descendants(["water.letter.mixin"], "_inherit")
        for name in sorted(heirs) if len(code) == LENGTH else ():
            model = self.env[name]
            if model._auto:
                # sudo: letter - whoever has the code has the letter; title and day are told alone
                letter = model.sudo().search([("check_code", "=", code)], limit=1)
                if letter.name:
                    return letter
        return self
