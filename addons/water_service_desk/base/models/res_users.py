from odoo import api, models
from odoo.http import request

from ..roles import AGENT, DEPARTMENT, QUALITY


class ResUsers(models.Model):
    """New staff hear of their work inside the application; by mail whoever chooses it."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        """Give new staff the inbox, unless whoever makes them chooses."""
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
        """Whoever has not signed in: where there are websites, the stranger of this one.

        Each website has one of its own, who belongs to its company.
        """
        # sudo: website - which user stands for a stranger, and of which company he is
        website = self.env["website"].sudo() if request and "website" in self.env else None
        user = website is not None and website.get_current_website().user_id
        # asked for several times by each page: Odoo lets nobody delete it, so it is there
        return self.browse(
            user.id if user else self.env["ir.model.data"]._xmlid_to_res_id("base.public_user")
        )

    def _water_is_staff(self):
        """Whether the user has one of our roles, and no customer's page."""
        roles = (AGENT, DEPARTMENT, QUALITY)
        return not self.share and any(self.has_group(role) for role in roles)
