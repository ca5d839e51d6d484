from odoo import api, models
from odoo.http import request

from ..roles import AGENT, DEPARTMENT, QUALITY


class ResUsers(models.Model):
    """Gives new staff notifications in the application instead of by mail."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        """Set the inbox for new staff, unless the caller chooses."""
        users = super().create(vals_list)
        unsaid = self.browse(
            user.id
            for user, vals in zip(users, vals_list, strict=True)
            if "notification_type" not in vals
        )
        unsaid.filtered(lambda user: user._water_is_staff()).notification_type = "inbox"
        return users

    @api.model
    def _water_stranger(self):
        # sudo: website - only its public user and company
        website = self.env["website"].sudo() if request and "website" in self.env else None
        user = website is not None and website.get_current_website().user_id
        # read several times by each page: Odoo prevents its deletion
        return self.browse(
            user.id if user else self.env["ir.model.data"]._xmlid_to_res_id("base.public_user")
        )

    def _water_is_staff(self):
        """Return whether the user has one of our roles, and is no portal user."""
        roles = (AGENT, DEPARTMENT, QUALITY)
        return not self.share and any(self.has_group(role) for role in roles)
