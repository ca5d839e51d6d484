import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.water_complaints.archive import sealed_file, sealing
from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted

from .water_kpi import DEFINITION

#: Members of the sealed file with the rows behind the figures, one for each side of a definition.
ROWS = "rows"
BASIS = "basis"


class WaterKpiSheet(models.Model):
    """What a closed sheet keeps: numbers, definitions, and the ids of all rows behind them.

    The rows are kept when somebody checks the sheet, in the same moment in which it is counted;
    closing packs them with the numbers into a sealed file, which ``bin/verify-archive`` checks.
    """

    _name = "water.kpi.sheet"
    _inherit = ["water.kpi.sheet", "water.anchored.file.mixin"]

    basis = fields.Binary(attachment=True, readonly=True, copy=False, groups=fields.NO_ACCESS)

    def action_check(self):
        """Keep the rows behind the numbers with them, in the same moment."""
        result = super().action_check()
        for sheet in trusted(self.sudo()):
            content = json.dumps(sheet._rows_behind(), separators=(",", ":")).encode()
            sheet._keep(BASIS, "basis.json", "application/json", content)
        return result

    def action_back_to_draft(self):
        """What was kept of the rows goes with the check."""
        result = super().action_back_to_draft()
        for sheet in trusted(self.sudo()):
            sheet._files(BASIS).unlink()
        return result

    def _rows_behind(self):
        """``{"code.side": {model, dimensions, rows}}`` of all figures, as they are now."""
        found = {}
        for kpi in self.line_ids.kpi_id:
            for side in kpi._sides().values():
                names, rows = kpi._grouped_ids(
                    side, self.company_id, self.period_start, self._end()
                )
                kept = {"model": side["model"], "dimensions": names, "rows": rows}
                found[f"{kpi.code}.{side['side']}"] = kept
        return found

    def _basis(self):
        """The same as it was when the sheet was checked."""
        if self.state == "closed":
            members = sealing.unpacked(self._content())
            return {
                name.removeprefix(f"{ROWS}/").removesuffix(".json"): json.loads(content)
                for name, content in members.items()
                if name.startswith(f"{ROWS}/")
            }
        return json.loads(self._files(BASIS).raw)

    def _seal(self):
        """Pack the closed sheet and keep the file; its SHA-256 stands on the sheet."""
        self.ensure_one()
        basis = json.loads(self._files(BASIS).raw)
        rows = [(f"{ROWS}/{name}.json", sealing.dump(kept)) for name, kept in sorted(basis.items())]
        first = [(sealed_file.CASE, sealing.dump(self._data())), (sealed_file.EVENTS, b"")]
        content, _manifest = sealing.seal(
            [*first, *rows],
            {
                "archive_number": f"KPI-{self.name}",
                "case": self.name,
                "company": self.company_id.name,
                "event_head": None,
                "event_count": 0,
            },
        )
        self.digest = hashlib.sha256(content).hexdigest()
        self._files(BASIS).unlink()
        self._keep("file", f"kpi-{self.name}.zip", "application/zip", content)

    def _data(self):
        """The sheet for machines: its numbers and what they went by."""
        return {
            "format": "water-kpi-sheet",
            "version": 1,
            "number": self.name,
            "company": self.company_id.name,
            "kind": self.kind,
            "begins": self.period_start.isoformat(),
            "ends": self.period_end.isoformat(),
            "checked_by": self.checked_by_id.name,
            "checked_at": f"{self.checked_at.isoformat()}Z",
            "closed_by": self.closed_by_id.name,
            "closed_at": f"{self.closed_at.isoformat()}Z",
            "missing": self.notes or "",
            "definitions": [self._definition(kpi) for kpi in self.line_ids.kpi_id],
            "figures": [self._figure(line) for line in self.line_ids],
        }

    def _definition(self, kpi):
        names = sorted(DEFINITION - {"company_id", "valid_from"})
        return {name: kpi[name] or "" for name in names} | {
            "name": kpi.name,
            "source": kpi.source or "",
            "valid_from": kpi.valid_from.isoformat(),
        }

    def _figure(self, line):
        dimension, record_id = line._key()
        return {
            "code": line.kpi_id.code,
            "version": line.kpi_id.version,
            "of": dimension,
            "id": record_id or 0,
            "name": line.scope,
            "numerator": line.numerator,
            "denominator": line.denominator,
            "value": None if line.is_empty else line.value,
            "target": line.target_id.target if line.target_id else None,
            "light": line.light or "",
        }

    # -- anchors -------------------------------------------------------------------------------

    def _touched_since(self, since):
        """A sheet is closed long after it was made, and there are few: all of them."""
        return SQL("SELECT id FROM %s WHERE digest IS NOT NULL", SQL.identifier(self._table))

    def _chain_name(self):
        """Each company has a sheet of the same name."""
        return f"{self.company_id.id}/{self.name}"

    # -- the files -----------------------------------------------------------------------------

    def _keep(self, field, name, mimetype, content):
        self._files(field).unlink()
        trusted(self.env["ir.attachment"].sudo()).create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
                "res_field": field,
            }
        )
        self.invalidate_recordset([field])

    def _files(self, field):
        place = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        files = trusted(self.env["ir.attachment"].sudo())
        return files.search([*place, ("res_field", "=", field)])

    def _content(self):
        """The bytes of the sealed file."""
        return self.sudo()._files("file").raw

    def action_verify(self):
        """Check the sealed file against its digest, its own manifest and the anchors.

        :raises UserError: for a sheet that is not closed
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "closed":
                raise UserError(self.env._("Only a closed sheet has a sealed file."))
            try:
                sealed_file.check(sheet._content() or b"", sheet.digest)
            except sealed_file.BadFile as error:
                return windows.message(f"{sheet.name}: {error}", "danger")
            if faults := sheet.sudo()._anchor_faults():
                return windows.message("\n".join(faults), "danger")
        return windows.message(self.env._("The sealed file is whole, as it was sealed."))
