from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _set_encrypted_password(self, uid, pw):
        """Whoever gets another password, by a link or an administrator, proves himself anew.

        Odoo forgets the devices that need no second factor when somebody changes his own.
        """
        super()._set_encrypted_password(uid, pw)
        # sudo: auth_totp.device - of whoever gets the password, whoever gives it
        self.env["auth_totp.device"].sudo().search([("user_id", "=", uid)])._remove()

    def _water_needs_second_factor(self):
        """Whether a role of this person demands a second factor, which is not set up yet.

        One that Odoo demands of everybody, such as a code by mail, is one as well.
        """
        self.ensure_one()
        return self._water_second_factor_demanded() and not self._mfa_type()

    def _water_second_factor_demanded(self):
        demanding = self.env["res.groups"]._water_demanding()
        return bool(demanding and not demanding.isdisjoint(self._get_group_ids()))

    def _rpc_api_keys_only(self):
        """A password alone is not enough by remote calls either; keys of programs are."""
        return self._water_second_factor_demanded() or super()._rpc_api_keys_only()
