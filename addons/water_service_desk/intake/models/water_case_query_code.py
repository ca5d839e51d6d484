import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hash_sign

from ...base.trust import trusted
from ..filing import clean_text

#: Without the letters and digits that people mix up when they read or hear them.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 10
#: A code without a case, so that a wrong number costs as much as a wrong code.
NOBODY = f"{'00' * 16}${'00' * 32}"


#: A link in a mail or message opens its case for so long, in hours: as long as cases take.
LINK_HOURS = 24 * 45
SCOPE = "water_service_desk.track"


def _hash(code, salt):
    """The salted hash of a code: some ten milliseconds of work and four megabytes."""
    return hashlib.scrypt(code.encode(), salt=salt, n=2**12, r=8, p=1, dklen=32).hex()


class WaterCaseMixin(models.AbstractModel):
    """A case that its customer follows with number and secret code, without an account.

    For whoever files anonymously or without signing in (S2.2.4, S3.2.1a). The code is shown
    once; kept is its salted hash.
    """

    _inherit = "water.case.mixin"

    query_code_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    query_code_at = fields.Datetime(string="Query Code Issued", readonly=True, copy=False)

    _reactions = {"partner_id": ("_on_another_customer",)}

    def _on_another_customer(self, before, vals):
        """What was entered for somebody else is opened by its own customer, not by the former one.

        A stranger who is found out to be a customer keeps his code, and so does whoever stood in
        the contacts twice, with the same telephone.
        """
        for case in self.sudo().filtered("query_code_hash"):
            former, now = before[case.id]["partner_id"].sudo(), case.partner_id
            is_same = former.phone_sanitized and former.phone_sanitized == now.phone_sanitized
            if former and now and former != now and not is_same:
                trusted(case).write({"query_code_hash": False, "query_code_at": False})

    def _erase_values(self, scrubber):
        """Nobody opens a case any more that has forgotten its customer."""
        return {**super()._erase_values(scrubber), "query_code_hash": False}

    def _issue_query_code(self):
        """Give the case a new code; an older one is void from then on.

        :return: the code as it is shown to the customer, this once: ``ABCDE-FGHJK``
        """
        self.ensure_one()
        code = "".join(secrets.choice(LETTERS) for _i in range(LENGTH))
        salt = secrets.token_bytes(16)
        # sudo: case - the hash is read and written by this mixin alone
        trusted(self.sudo()).write(
            {
                "query_code_hash": f"{salt.hex()}${_hash(code, salt)}",
                "query_code_at": fields.Datetime.now(),
            }
        )
        self._log_events("query_code_issued")
        return f"{code[:5]}-{code[5:]}"

    @api.model
    def _find_by_query_code(self, number, code):
        """The case of this type with number and code, with superuser rights; or empty.

        :param number: as typed
        :param code: as typed; spaces, dashes and small letters do not matter
        """
        case = self._by_number(clean_text(number, 40).upper())
        return case if case._fits_query_code(code) else self.sudo().browse()

    @api.model
    def _by_number(self, number):
        """The case with this number, read together with its hash in one query."""
        # sudo: case - whoever asks still has to know the code
        return self.sudo().search_fetch([("name", "=", number)], ["query_code_hash"], limit=1)

    def _fits_query_code(self, code):
        """Whether ``code`` is that of the case; never for none, at the same price."""
        salt, kept = (self.query_code_hash or NOBODY).split("$")
        typed = re.sub(r"[^A-Z0-9]", "", clean_text(code, 40).upper())
        fits = consteq(_hash(typed, bytes.fromhex(salt)), kept)
        return fits and bool(self.query_code_hash)

    def _code_mark(self):
        """What says that the code is still the same, "" without one: a browser keeps it, and what
        it has opened is closed with the code that opened it.
        """
        # sudo: case - a digest of the hash, never the hash
        kept = self.sudo().query_code_hash or ""
        return hashlib.sha256(kept.encode()).hexdigest()[:16] if kept else ""

    # -- links in mails and messages ----------------------------------------------------------

    def _has_login(self):
        """Whether the customer has an account of his own."""
        # sudo: res.users - that there is an account is told to nobody, it chooses a link
        return any(user.active for user in self.sudo().partner_id.user_ids)

    def _customer_link(self):
        """Whoever has no account gets a link that opens this case alone, for a time.

        It is the customer's: a draft or a preview that the staff reads has the door in its place.
        """
        if self._has_login():
            return super()._customer_link()
        if not self.env.su:
            return self._customer_door()
        return f"{self.get_base_url()}/water/track/link/{self._track_token()}"

    def _customer_door(self):
        """Whoever has no account gets there with number and code."""
        return (
            super()._customer_door() if self._has_login() else f"{self.get_base_url()}/water/track"
        )

    def _track_token(self):
        """A signed word that opens this case alone, until it expires or the address changes."""
        self.ensure_one()
        return hash_sign(
            self.env(su=True), SCOPE, self._track_claims(), expiration_hours=LINK_HOURS
        )

    def _track_claims(self):
        """What the link says: the case, and a mark of where it was sent."""
        # sudo: case - a digest of the address, never the address
        case = self.sudo()
        reach = f"{case.name}:{case.email_normalized or ''}:{case.phone_normalized or ''}"
        if case.erased_at:  # however it was sent, as by WeChat: it opens nothing any more
            reach += f":{case.erased_at}"
        return [self._name, self.id, hashlib.sha256(reach.encode()).hexdigest()[:16]]

    @api.model
    def _of_track_claims(self, claims):
        """The case of a verified link, with superuser rights; nothing once it was redirected."""
        case = self.sudo().browse(claims[1]).exists()
        return case if case and case._track_claims() == claims else self.sudo().browse()
