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
        if not self.env["water.attempt"]._take("delegate_code", str(self.id), MOST_CODES):
            raise TooManyError(self.env._("Enough codes were sent. Try again in an hour."))
        until = fields.Datetime.now() + PROOF_LASTS
        # sudo: water.account.delegate - written by this service alone
        row = trusted(self.sudo())
        row.write({"proof_salt": secrets.token_hex(16), "proof_until": until})
        template = self.env.ref("water_service_desk.mail_template_delegate_code")
        self.env["water.message"]._queue(template, row)

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
        attempts, who = self.env["water.attempt"], str(self.id)
        attempts._turn("delegate_try", who)
        if attempts._is_over("delegate_try", who, MOST_TRIES):
            raise TooManyError(self.env._("Too many wrong codes. Try again in an hour."))
        lasts = row.proof_salt and row.proof_until and row.proof_until > fields.Datetime.now()
        typed = "".join(clean_text(code, 20).split())
        if not (lasts and consteq(typed.encode(), row._proof_code().encode())):
            attempts._keep("delegate_try", who)
            raise UserError(
                self.env._("This is not the code that was sent last, or it has lapsed.")
            )
        trusted(row).write({"proof_salt": False, "proof_until": False})
