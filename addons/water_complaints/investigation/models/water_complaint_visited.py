import base64
from io import BytesIO

from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterComplaint(models.Model):
    """Reports and photos of visits are offered as evidence."""

    _inherit = "water.complaint"

    def _on_visit_finished(self, visit):
        super()._on_visit_finished(visit)
        # sudo: water.visit, water.evidence - the visit's author was allowed to report it
        visit = visit.sudo()
        mine = self.sudo().investigation_ids.filtered(lambda row: row.visit_id == visit)
        common = {
            "complaint_id": self.id,
            "investigation_id": mine[:1].id,
            "taken_at": visit.arrived_at,
        }
        rows = self._visit_statement(visit) + self._visit_photos(visit)
        trusted(self.env["water.evidence"].sudo()).create([common | row for row in rows])

    def _visit_statement(self, visit):
        """The report, with the reading in it: nobody knows yet what was charged."""
        statement = {
            "kind": "statement",
            "title": self.env._("Report of the visit"),
            "stated_by": (visit.user_id or self.env.user).name,
            "stated_as": "staff",
            "note": visit._report_text(),
        }
        number = visit.has_reading and self.sudo().account_id.meter_no
        return [statement | ({"meter_number": number} if number else {})]

    def _visit_photos(self, visit):
        """The photos of the kinds that evidence takes."""
        title = self.env._("Photo of the visit")
        taken = visit.photo_ids.filtered(
            lambda file: not self._file_faults([(file.name, BytesIO(file.raw or b""))])
        )
        return [
            {
                "kind": "photo",
                "title": title,
                "file": base64.b64encode(file.raw),
                "file_name": file.name,
            }
            for file in taken
        ]
