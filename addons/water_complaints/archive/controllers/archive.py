from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Controller, content_disposition, request, route


class WaterArchiveController(Controller):
    """The one door through which a sealed file leaves the house."""

    @route("/water/archive/<int:archive_id>", type="http", auth="user", methods=["GET"])
    def archive(self, archive_id, **kw):
        """Save a sealed file; who may not have it, and what is not there, look alike."""
        archive = request.env["water.archive"].browse(archive_id)
        try:
            name, content = archive._download()
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(str(error), status=410)
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
