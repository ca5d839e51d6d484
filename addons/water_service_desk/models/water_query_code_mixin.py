# pylint: disable=missing-return  # hooks return nothing
from hmac import compare_digest
from secrets import choice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import hmac

from ..tools.filing import clean_text
from ..tools.trust import trusted

#: No sign that is taken for another when it is read out: no 0 O 1 I L.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: 31^12 is about 59 bits: not to be guessed, and short enough to be written down.
LENGTH = 12
GROUP = 4


class WaterQueryCodeMixin(models.AbstractModel):
    """A case that is asked for by its number and a secret (查询码), without a name (S3.2.1a).

    The secret is shown once, when it is made; only what it hashes to is kept.
    """

    _name = "water.query.code.mixin"
    _description = "Is Asked for by a Code"

    query_code_hash = fields.Char(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )
    query_code_at = fields.Datetime(string="Query Code Issued", readonly=True, copy=False)

    @api.model
    def _kept_fields(self):
        return super()._kept_fields() | {"query_code_hash", "query_code_at"}

    def _issue_query_code(self):
        """Make a new secret for the case; one that was issued before no longer opens it.

        :raises UserError: by anybody but the desk
        :return: the secret in groups, such as ``7KQ2-M9XA-4TRB``; it cannot be read again
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_desk():
            raise UserError(self.env._("Only the desk issues query codes."))
        secret = "".join(choice(SIGNS) for __ in range(LENGTH))
        now = fields.Datetime.now()
        digest = self._query_digest(self.name, secret)
        # sudo: case - nobody but this service touches the hash
        trusted(self.sudo()).write({"query_code_hash": digest, "query_code_at": now})
        self._log_events("code_issued")
        return "-".join(secret[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @api.model
    def _query_digest(self, number, secret):
        """What the database keeps of a secret: keyed, and bound to the number of its case."""
        return hmac(self.env(su=True), "water-query-code", (number, secret))

    @api.model
    def _find_by_query_code(self, number, code):
        """The case with this number and secret, or nothing; superuser rights are the caller's.

        A wrong secret, a case without one and a number that does not exist take the same way
        and the same time. How often somebody may try is limited by the page that asks.

        :param number: as typed
        :param code: as typed; case, blanks and hyphens do not matter
        """
        number = clean_text(number)[:64].strip().upper()
        secret = "".join(sign for sign in clean_text(code)[:64].upper() if sign.isalnum())
        # sudo: case - whoever knows the secret may see the case
        case = self.sudo().search([("name", "=", number)], limit=1)
        expected = case.query_code_hash or self._query_digest("", "")
        same = compare_digest(expected, self._query_digest(number, secret))
        return case if same and case.query_code_hash else case.browse()

    def action_issue_code(self):
        """Issue a query code and show it, this once."""
        code = self._issue_query_code()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Query code of %s", self.name),
                "message": self.env._(
                    "%s — read it out or write it down now: it is not shown again.", code
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
