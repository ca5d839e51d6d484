from odoo.http import Controller, request, route

from odoo.addons.water_service_desk.base.downloads import sent_file


class WaterArchiveController(Controller):
    """The one door through which a sealed file leaves the house."""

    @route("/water/archive/<int:archive_id>", type="http", auth="user", methods=["GET"])
    def archive(self, archive_id, **kw):
        """Save a sealed file; one that was destroyed is gone (410)."""
        archive = request.env["water.archive"].browse(archive_id)
        return sent_file(archive, archive._download, "application/zip", refused=410)
