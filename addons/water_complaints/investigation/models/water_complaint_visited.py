import base64
from io import BytesIO

from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterComplaint(models.Model):
    """Reports, photos and readings of visits are offered as evidence."""

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
        rows = self._visit_statement(visit) + self._visit_readings(visit)
        rows += self._visit_photos(visit)
        trusted(self.env["water.evidence"].sudo()).create([common | row for row in rows])

    def _visit_statement(self, visit):
        name = (visit.user_id or self.env.user).name
        statement = {"kind": "statement", "stated_by": name, "stated_as": "staff"}
        title = self.env._("Report of the visit")
        return [statement | {"title": title, "note": visit._report_text()}]

    def _visit_readings(self, visit):
        """The reading, when the number of the meter is known: it stands in the report anyway."""
        number = self.sudo().account_id.meter_no
        if not (visit.has_reading and visit.meter_reading and number):
            return []
        title = self.env._("Meter reading of the visit")
        reading = {"kind": "reading", "meter_number": number}
        return [reading | {"title": title, "reading_found": visit.meter_reading}]

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
