from odoo import models
from odoo.http import request
from odoo.tools import hmac

from ...base.scope import uses

#: Of whoever has given his password and not his code yet: which password it was.
PROVED = "water_proved"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        """Remember by which password somebody has come as far as to his second factor."""
        found = super()._login(credential, user_agent_env)
        user = self.browse(found["uid"])
        if request and user._mfa_type():
            request.session[PROVED] = user._water_proof()
        return found

    def _water_proof(self):
        """What changes when password, login or second factor do, or when somebody leaves."""
        facts = self._session_token_get_values()
        return hmac(self.env(su=True), "water_proof", facts)

    def _set_password(self):
        """Whoever gets another password, by a link or an administrator, proves himself anew.

        Odoo forgets the devices that need no second factor when somebody changes his own; those of
        whoever signs in with a password that is only stored in a newer way stay.
        """
        super()._set_password()
        # sudo: auth_totp.device - of whoever gets the password, whoever gives it
        self.env["auth_totp.device"].sudo().search([("user_id", "in", self.ids)])._remove()

    def _water_needs_second_factor(self):
        """Whether a role of this person demands a second factor, which is not set up yet.

        One that Odoo demands of everybody, such as a code by mail, is one as well.
        """
        self.ensure_one()
        return self._water_second_factor_demanded() and not self._mfa_type()

    def _water_second_factor_demanded(self):
        if not uses(self.env, "water_service_desk.group_use_second_factor"):
            return False
        demanding = self.env["res.groups"]._water_demanding()
        return bool(demanding and not demanding.isdisjoint(self._get_group_ids()))

    def _rpc_api_keys_only(self):
        """A password alone is not enough by remote calls either; keys of programs are."""
        return self._water_second_factor_demanded() or super()._rpc_api_keys_only()
