from odoo import api, models

from ...base.links import OURS


class MailActivity(models.Model):
    """What the system asks of somebody who has left is asked of whoever goes on with the record.

    People name nobody who has left; rules, plans and records name him as long as nobody changes
    them, and what is due at night would wait for him.
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
        """Who goes on with what a to-do is about, where it is ours."""
        user = self.env["res.users"].browse(vals["user_id"])
        model = self.env["ir.model"].sudo().browse(vals.get("res_model_id") or ()).model
        name = vals.get("res_model") or model or ""
        if not name.startswith(OURS) or not vals.get("res_id"):
            return user.browse()
        # sudo: the record - who has it in hand
        return user._heir_of(self.env[name].sudo().browse(vals["res_id"]).exists())
