from werkzeug.wsgi import wrap_file

from odoo.http import Controller, Response, content_disposition, request, route


class AnchorFile(Controller):
    """The door through which anchors leave the database by hand."""

    @route(
        "/water/anchor/<int(min=1,max=2147483647):anchor_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def fetch(self, anchor_id, **kw):
        """The file of an anchor, piece by piece; absent and forbidden are alike."""
        anchor = request.env["water.anchor"].browse(anchor_id).exists()
        if not anchor or not anchor.has_access("read"):
            raise request.not_found()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Disposition", content_disposition(anchor.file_name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        body = wrap_file(request.httprequest.environ, anchor._spooled())
        return Response(body, headers=headers, direct_passthrough=True)
