from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import INTEGRATION

#: How long the key of an integration works.
LASTS = timedelta(days=365)


class ResUsers(models.Model):
    _inherit = "res.users"

    water_is_integration = fields.Boolean(
        compute="_compute_water_is_integration", export_string_translation=False
    )

    @api.depends("group_ids")
    def _compute_water_is_integration(self):
        for user in self:
            user.water_is_integration = user.has_group(INTEGRATION)

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        """Close the older interfaces to integrations, since calls there are not counted.

        :raises AccessError: for an integration with a valid key
        """
        super()._check_uid_passwd(uid, passwd)
        caller = self.browse(uid)
        if caller.has_group(INTEGRATION):
            env = self.with_context(lang=caller.lang).env
            raise AccessError(
                env._("XML-RPC and JSON-RPC are closed to integrations: use /json/2.")
            )

    def write(self, vals):
        """An integration that is switched off, or is none any more, has no key."""
        asks = "active" in vals or any(name.endswith("group_ids") for name in vals)
        machines = self.filtered("water_is_integration") if asks else self.browse()
        sleeping = machines.filtered(lambda user: not user.active)
        result = super().write(vals)
        machines._end_keys(sleeping)
        return result

    def _end_keys(self, sleeping=()):
        """Delete the keys of users who are no working integration any more.

        A reactivated user's old keys may be in unknown hands; without its role an integration would
        read what every member of staff reads.

        :param sleeping: users that did not work before, whose keys are of that time
        """
        gone = self.filtered(lambda user: user in sleeping or not user._is_working_integration())
        # sudo: res.users.apikeys - of users who must not call any more
        self.env["res.users.apikeys"].sudo().search([("user_id", "in", gone.ids)])._remove()

    def _is_working_integration(self):
        return self.active and self.has_group(INTEGRATION)

    def action_water_new_key(self):
        """Create a key for an integration, and show it once.

        Integrations have no right to create one themselves.

        :raises AccessError: for anyone but an administrator
        :raises UserError: if this user is no integration
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator makes the key of an integration."))
        if not self.has_group(INTEGRATION):
            raise UserError(self.env._("%s is not an integration.", self.name))
        # sudo: res.users.apikeys - of the integration, for longer than its own rights reach
        keys = self.env["res.users.apikeys"].with_user(self).sudo()
        name = self.env._("Made by %s", self.env.user.name)
        key = keys._generate("rpc", name, fields.Datetime.now() + LASTS)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Key Is Shown Once"),
            "res_model": "res.users.apikeys.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }
