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
        help="Proved by a code; the contact's own number may be anyone's.",
    )

    _water_phone_uniq = models.UniqueIndex(
        "(water_phone) WHERE water_phone IS NOT NULL", "This telephone number has a login already."
    )

    @api.model
    def _get_login_domain(self, login):
        """Let customers use a proved telephone as login, in any notation.

        If another user has the number itself as login, on a telephone of another person by now, it
        means that user alone: a login never stands for two people.
        """
        # sudo: res.company - the country for reading numbers, before the sign-in
        company = self._water_stranger().sudo().company_id
        number = company._water_phone(clean_text(login, 40)) or ""
        domain = Domain(super()._get_login_domain(login))
        # sudo: res.users - whether there is one, before the sign-in
        if not number.startswith("+") or self.sudo().search_count(domain, limit=1):
            return domain
        return Domain("water_phone", "=", number)

    def _check_credentials(self, credential, env):
        """Accept a proved telephone as credential of customers; staff need a password."""
        if credential.get("type") != "water_code":
            return super()._check_credentials(credential, env)
        is_his = credential.get("proof") is PROVED and credential.get("user") == self.id
        if not is_his or not self._is_portal():
            raise AccessDenied
        return {"uid": self.id, "auth_method": "water_code", "mfa": "default"}

    @api.model
    def _water_of_phone(self, number):
        """Return the customer with this telephone login, with sudo, or an empty recordset.

        :param number: in international form
        """
        # sudo: res.users - proved by the caller, or not shown
        users = self.sudo().search([("water_phone", "=", number)], limit=1) if number else self
        return users.filtered(lambda user: user._is_portal())

    @api.model
    def _water_may_sign_up(self):
        company = self.env.company.sudo()
        return company.water_phone_sign_up

    @api.model
    def _water_sign_up(self, number):
        """Create a login for the proved telephone without one.

        :param number: in international form
        :raises UserError: if the company does not offer such logins
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
        users = self.sudo().with_context(active_test=False)
        is_taken = users.search_count([("login", "=", number)], limit=1)
        return f"{number}/{secrets.token_hex(4)}" if is_taken else number

    def _water_keep_phone(self, number):
        """Make the proved telephone the login of this customer alone.

        :param number: proved just now
        """
        # sudo: res.users - checked by the code; other users lose the number
        users = self.sudo().with_context(active_test=False)
        users.search([("water_phone", "=", number), ("id", "!=", self.id)]).water_phone = False
        users.flush_model(["water_phone"])
        users.water_phone = number
