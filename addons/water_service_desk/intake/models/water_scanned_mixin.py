from odoo import fields, models
from odoo.fields import Domain

from ...base.telling import tell_staff


class WaterScannedMixin(models.AbstractModel):
    """A record whose files the virus scanner has not seen, or has found a virus in later.

    An heir says who hears of a virus (``_file_handlers``).
    """

    _name = "water.scanned.mixin"
    _description = "Has Files from Outside"

    file_warning = fields.Char(string="Virus Scans", compute="_compute_file_warning")

    def _compute_file_warning(self):
        doubtful = Domain("water_unscanned", "=", True) | Domain("water_virus", "!=", False)
        # sudo: ir.attachment - names of the record's own files
        files = self.env["ir.attachment"].sudo()
        found = files.search(doubtful & self._files_domain()).grouped("res_id")
        for record in self:
            record.file_warning = self._warning_of(found.get(record._origin.id, files))

    def _files_domain(self):
        return Domain("res_model", "=", self._name) & Domain("res_id", "in", self._origin.ids)

    def _warning_of(self, files):
        infected = files.filtered("water_virus")
        parts = []
        if infected:
            names = ", ".join(infected.mapped("name"))
            parts.append(self.env._("Holds a virus and is not given out any more: %s.", names))
        if files - infected:
            names = ", ".join((files - infected).mapped("name"))
            text = self.env._("Not checked for viruses yet, open with care: %s.", names)
            parts.append(text)
        return " ".join(parts)

    def _on_infected(self, file):
        """Hook: a virus was found later in a stored file of the record."""
        tell_staff(
            self,
            self._file_handlers(),
            lambda row: row.env._("%s: a file holds a virus", row.name),
            lambda row: row.env._("It is no longer read: %s", file.name),
        )

    def _file_handlers(self):
        """Return the res.users who work with the files."""
        raise NotImplementedError
