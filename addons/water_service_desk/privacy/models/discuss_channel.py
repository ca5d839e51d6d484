from odoo import models
from odoo.exceptions import AccessError


class DiscussChannel(models.Model):
    """Members of a conversation are shown by their names, whoever has invited them."""

    _inherit = "discuss.channel"

    def add_members(
        self, partner_ids=None, guest_ids=None, invite_to_rtc_call=False, post_joined_message=True
    ):
        """As Odoo does; nobody is invited by a number to learn from the list who it is.

        Whoever has written what a thread begins with is named there already.

        :raises AccessError: for contacts that are closed to whoever invites them
        """
        invited = self.env["res.partner"].browse(partner_ids or [])
        if not self.env.su:
            # sudo: mail.message - who wrote what the thread begins with
            known = invited._filtered_access("read") | self.sudo().from_message_id.author_id
            if invited - known:
                raise AccessError(self.env._("Whom you invite is closed to you."))
        return super().add_members(partner_ids, guest_ids, invite_to_rtc_call, post_joined_message)
