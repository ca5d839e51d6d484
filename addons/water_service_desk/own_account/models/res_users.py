import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.fields import Command, Domain

from ...intake.filing import clean_text
from ...privacy.masking import mask_phone

#: Marks a telephone that this process has just proved; no client can send it.
PROVED = object()


class ResUsers(models.Model):
    """Customers who sign in by a code to their telephone, besides the password as Odoo has it."""

    _inherit = "res.users"

    water_phone = fields.Char(
        string="Signs In by Telephone",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Proved by a code; what stands in the contact may be anybody's.",
    )

    _water_phone_uniq = models.UniqueIndex(
        "(water_phone) WHERE water_phone IS NOT NULL", "This telephone number has a login already."
    )

    @api.model
    def _get_login_domain(self, login):
        """A proved telephone is a login as well, however its owner writes it.

        Where somebody has the number itself as his login, from a telephone that is another's by
        now, it means him alone: what is typed never stands for two people.
        """
        # sudo: res.company - in which country numbers are read, for whoever has not signed in
        company = self._water_stranger().sudo().company_id
        number = company._water_phone(clean_text(login, 40)) or ""
        domain = Domain(super()._get_login_domain(login))
        # sudo: res.users - whether there is one, for whoever has not signed in
        if not number.startswith("+") or self.sudo().search_count(domain, limit=1):
            return domain
        return Domain("water_phone", "=", number)

    def _check_credentials(self, credential, env):
        """A proved telephone is a credential of customers; what staff may needs a password."""
        if credential.get("type") != "water_code":
            return super()._check_credentials(credential, env)
        is_his = credential.get("proof") is PROVED and credential.get("user") == self.id
        if not is_his or not self._is_portal():
            raise AccessDenied
        return {"uid": self.id, "auth_method": "water_code", "mfa": "default"}

    @api.model
    def _water_of_phone(self, number):
        """The customer who signs in by this telephone, with sudo; or nobody.

        :param number: in its international form
        """
        # sudo: res.users - whose telephone it is has been proved, or is told to nobody
        users = self.sudo().search([("water_phone", "=", number)], limit=1) if number else self
        return users.filtered(lambda user: user._is_portal())

    @api.model
    def _water_may_sign_up(self):
        company = self.env.company.sudo()
        return company.water_phone_sign_up

    @api.model
    def _water_sign_up(self, number):
        """Make the login of whoever has proved a telephone that nobody has.

        :param number: in its international form
        :raises UserError: when the company gives no logins in this way
        """
        if not self._water_may_sign_up():
            raise UserError(self.env._("There is no login with this telephone number."))
        # sudo: res.users - the company lets customers in who have proved their telephone
        users = self.sudo().with_context(no_reset_password=True)
        known = users.with_context(active_test=False).search([("login", "=", number)])
        if known and not (known.active and known._is_portal()):
            raise UserError(self.env._("There is no login with this telephone number."))
        user = users.create(self._water_sign_up_values(number))
        user._water_keep_phone(number)
        return user

    @api.model
    def _water_sign_up_values(self, number):
        return {
            "name": mask_phone(number.removeprefix("+86")),
            "login": self._water_free_login(number),
            "phone": number,
            "lang": self.env.lang or self.env.company.partner_id.lang,
            "company_id": self.env.company.id,
            "company_ids": [Command.set(self.env.company.ids)],
            "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
        }

    @api.model
    def _water_free_login(self, number):
        """The number, or one that nobody has: whoever took it as a login has proved nothing, and
        may have a password to it.
        """
        users = self.sudo().with_context(active_test=False)
        is_taken = users.search_count([("login", "=", number)], limit=1)
        return f"{number}/{secrets.token_hex(4)}" if is_taken else number

    def _water_keep_phone(self, number):
        """The customer signs in by this telephone from now on; nobody else does.

        :param number: that he has just proved
        """
        # sudo: res.users - his own, checked by the code; the number is nobody else's any more
        users = self.sudo().with_context(active_test=False)
        users.search([("water_phone", "=", number), ("id", "!=", self.id)]).water_phone = False
        users.flush_model(["water_phone"])
        users.water_phone = number
