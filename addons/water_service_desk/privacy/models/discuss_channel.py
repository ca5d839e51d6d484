from odoo import models
from odoo.exceptions import AccessError


class DiscussChannel(models.Model):
    """Members of a conversation are shown by name, no matter who has invited them."""

    _inherit = "discuss.channel"

    def add_members(
        self, partner_ids=None, guest_ids=None, invite_to_rtc_call=False, post_joined_message=True
    ):
        """As Odoo, but refuse contacts that the inviting user may not read, who would learn
        their names.

        The authors of the thread's first messages are visible already.

        :raises AccessError: for such contacts
        """
        invited = self.env["res.partner"].browse(partner_ids or [])
        if not self.env.su:
            # sudo: mail.message - authors of the thread's first messages
            known = invited._filtered_access("read") | self.sudo().from_message_id.author_id
            if invited - known:
                raise AccessError(self.env._("Whom you invite is closed to you."))
        return super().add_members(partner_ids, guest_ids, invite_to_rtc_call, post_joined_message)
