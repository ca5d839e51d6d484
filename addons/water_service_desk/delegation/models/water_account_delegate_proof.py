import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ...base.keys import HIDDEN
from ...base.trust import trusted
from ...intake.filing import TooManyError, clean_text
from ..delegation import SCOPE

#: So long a code counts, and so many may be asked for and tried in an hour.
PROOF_LASTS = timedelta(minutes=15)
MOST_CODES, MOST_TRIES = 3, 5
#: All who hold the link together may err so many times more often: one of them shuts nobody out.
ALL = 4


class WaterAccountDelegate(models.Model):
    """Whoever holds the link of an invitation proves that he is who was invited.

    A link is forwarded, stands in histories and may be read over a shoulder: a code goes to the
    address that the holder has named, and whoever accepts has read it there.
    """

    _inherit = "water.account.delegate"

    proof_salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    proof_until = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)

    def _is_invited_login(self):
        """Whether the signed-in user has the invited address as his login, which we have given."""
        login, address = (self.env.user.login or "").lower(), (self.sudo().email or "").lower()
        return bool(address) and login == address

    def _send_proof(self):
        """Send a fresh code to the invited address; one before is void.

        :raises TooManyError: after some in an hour
        """
        self.ensure_one()
        mine, all_ = self._proof_limits("delegate_code", MOST_CODES)
        attempts = self.env["water.attempt"]
        if attempts._is_over(*all_) or not attempts._take(*mine):
            raise TooManyError(self.env._("Enough codes were sent. Try again in an hour."))
        attempts._keep(*all_[:2])
        until = fields.Datetime.now() + PROOF_LASTS
        # sudo: water.account.delegate - written by this service alone
        row = trusted(self.sudo())
        row.write({"proof_salt": secrets.token_hex(16), "proof_until": until})
        template = self.env.ref("water_service_desk.mail_template_delegate_code")
        self.env["water.message"]._queue(template, row)

    def _proof_limits(self, kind, most):
        """``(kind, by whom, how many)`` for the present user, and for everybody with the link."""
        mine = (kind, f"{self.id},{self.env.uid}", most)
        return mine, (f"{kind}_all", str(self.id), most * ALL)

    def _told_in_secret(self):
        """The code that he is sent, as long as it counts."""
        row = self.sudo()
        lasts = row.proof_salt and row.proof_until and row.proof_until > fields.Datetime.now()
        return super()._told_in_secret() | ({"code": row._proof_code()} if lasts else {})

    def _proof_code(self):
        """The six digits of the code that was sent last; in a draft of the staff there is none."""
        if not self.env.su:
            return HIDDEN
        row = self.sudo()
        digest = hmac(self.env(su=True), SCOPE, f"{row.id}:{row.nonce}:{row.proof_salt}")
        return f"{int(digest[:12], 16) % 1_000_000:06}"

    def _check_proof(self, code):
        """Take a code once it fits.

        :param code: as typed
        :raises TooManyError: after some wrong ones
        :raises UserError: when it does not fit, was never sent or has lapsed
        """
        if self._is_invited_login():
            return
        row = self.sudo()
        attempts, limits = self.env["water.attempt"], self._proof_limits("delegate_try", MOST_TRIES)
        attempts._turn("delegate_try", str(self.id))
        if any([attempts._is_over(*limit) for limit in limits]):
            raise TooManyError(self.env._("Too many wrong codes. Try again in an hour."))
        lasts = row.proof_salt and row.proof_until and row.proof_until > fields.Datetime.now()
        typed = "".join(clean_text(code, 20).split())
        if not (lasts and consteq(typed.encode(), row._proof_code().encode())):
            for kind, who, _most in limits:
                attempts._keep(kind, who)
            raise UserError(
                self.env._("This is not the code that was sent last, or it has lapsed.")
            )
        trusted(row).write({"proof_salt": False, "proof_until": False})
