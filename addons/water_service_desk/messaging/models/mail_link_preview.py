from odoo import api, models

from ..visitor_http import guarding


class MailLinkPreview(models.Model):
    """Link previews, but never of internal addresses."""

    _inherit = "mail.link.preview"

    @api.model
    def _create_from_message_and_notify(self, message, request_url=None):
        with guarding(self.env):
            return super()._create_from_message_and_notify(message, request_url=request_url)

    @api.model
    def _search_or_create_from_url(self, url):
        with guarding(self.env):
            return super()._search_or_create_from_url(url)
