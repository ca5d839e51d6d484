from odoo import models
from odoo.http import request
from odoo.tools import hmac

from ...base.scope import uses

#: session key: proof of the password of a user who has not entered the code yet
PROVED = "water_proved"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        """Remember in the session which password was used."""
        found = super()._login(credential, user_agent_env)
        user = self.browse(found["uid"])
        if request and user._mfa_type():
            request.session[PROVED] = user._water_proof()
        return found

    def _water_proof(self):
        """Return a hash that changes with password, login, second factor and active state."""
        facts = self._session_token_get_values()
        return hmac(self.env(su=True), "water_proof", facts)

    def _set_password(self):
        """Forget trusted devices whenever the password is reset by a link or an administrator.

        Odoo itself does so only when users change their own password. A rehash of the same password
        keeps the devices.
        """
        super()._set_password()
        # sudo: auth_totp.device - devices of the user whose password is set
        self.env["auth_totp.device"].sudo().search([("user_id", "in", self.ids)])._remove()

    def _water_needs_second_factor(self):
        """Return whether a role requires a second factor that is not set up yet.

        A second factor that Odoo requires of everybody, such as a code by mail, counts.
        """
        self.ensure_one()
        return self._water_second_factor_demanded() and not self._mfa_type()

    def _water_second_factor_demanded(self):
        if not uses(self.env, "water_service_desk.group_use_second_factor"):
            return False
        demanding = self.env["res.groups"]._water_demanding()
        return bool(demanding and not demanding.isdisjoint(self._get_group_ids()))

    def _rpc_api_keys_only(self):
        return self._water_second_factor_demanded() or super()._rpc_api_keys_only()
