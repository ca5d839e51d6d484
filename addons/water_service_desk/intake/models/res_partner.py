from odoo import api, models
from odoo.tools import hmac


class ResPartner(models.Model):
    """Sign-up and password links."""

    _inherit = "res.partner"

    @api.private
    def signup_get_auth_param(self):
        """As Odoo, but only for letters of the system, not on remote requests.

        The link of a customer gives that login, and Odoo shows it to every internal user for any
        contact.
        """
        return super().signup_get_auth_param()

    def _get_login_date(self):
        """Return what a link depends on besides the time: the last sign-in and its addressee.

        It expires when password, login or address changes, by any user, and a newer link
        does not restore it.
        """
        date, users = super()._get_login_date(), self.sudo().user_ids
        users.flush_recordset(["login", "active"])
        # without Odoo's session cache, which keeps the first value under one name
        facts = [user._session_token_get_values() for user in users]
        return hmac(self.env(su=True), "water_link", (date, facts, self.sudo().email or ""))
