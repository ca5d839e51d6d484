from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.html_editor.controllers.main import HTML_Editor

from ..visitor_http import guarding


class Editor(HTML_Editor):
    """Link previews are fetched for staff alone: strangers and customers have no editor."""

    @route()
    def link_preview_metadata(self, preview_url):
        """Return the preview of a page, for staff if link previews are switched on."""
        previews = request.env["mail.link.preview"]
        if not (request.env.user._is_internal() and previews._is_link_preview_enabled()):
            return False
        with guarding(request.env):
            return super().link_preview_metadata(preview_url)

    @route()
    def add_url(self, url, *args, **kwargs):
        """A picture of another server, whose type is asked for there."""
        if not request.env.user._is_internal():
            raise NotFound
        with guarding(request.env):
            return super().add_url(url, *args, **kwargs)
