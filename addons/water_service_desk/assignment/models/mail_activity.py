from odoo import api, models

from ...base.links import OURS


class MailActivity(models.Model):
    """Reassigns the system's to-dos for users who have left.

    Rules, plans and records may still name a former user, and a to-do for that user would wait for
    ever.
    """

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._without_gone(vals_list) if self.env.su else vals_list)

    @api.model
    def _without_gone(self, vals_list):
        """``vals_list`` with to-dos about our records given to who goes on with them."""
        users = self.env["res.users"].browse(
            {vals.get("user_id") for vals in vals_list} - {None, False}
        )
        gone = set((users - users.filtered("active")).ids)
        if not gone:
            return vals_list
        return [
            {**vals, "user_id": self._heir_for(vals).id or vals["user_id"]}
            if vals.get("user_id") in gone
            else vals
            for vals in vals_list
        ]

    @api.model
    def _heir_for(self, vals):
        """Return who takes over the record of a to-do, if it is ours."""
        user = self.env["res.users"].browse(vals["user_id"])
        model = self.env["ir.model"].sudo().browse(vals.get("res_model_id") or ()).model
        name = vals.get("res_model") or model or ""
        if not name.startswith(OURS) or not vals.get("res_id"):
            return user.browse()
        # sudo: the record - who has it in hand
        return user._heir_of(self.env[name].sudo().browse(vals["res_id"]).exists())
