from odoo import api, models
from odoo.tools import hmac


class ResPartner(models.Model):
    """Links by which somebody makes himself a login, or sets a password."""

    _inherit = "res.partner"

    @api.private
    def signup_get_auth_param(self):
        """As Odoo does, for letters that the system writes, and for nobody who asks from outside.

        Whoever has the link of a customer becomes that customer, and logins are addresses and
        telephone numbers; Odoo gives both to every member of the staff, for any contact.
        """
        return super().signup_get_auth_param()

    def _get_login_date(self):
        """What a link holds for, besides the time: the last sign-in, and who it was meant for.

        It ends when the password, the login or the address changes, whoever changes them, and a
        newer one does not bring it back.
        """
        date, users = super()._get_login_date(), self.sudo().user_ids
        users.flush_recordset(["login", "active"])
        # not what Odoo keeps for a session: under one name, that of whoever came first is kept
        facts = [user._session_token_get_values() for user in users]
        return hmac(self.env(su=True), "water_link", (date, facts, self.sudo().email or ""))
