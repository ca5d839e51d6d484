import base64
import binascii
from collections import Counter

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ...base import windows
from ...base.dry_run import dry_run
from ...base.roles import SUPERVISOR
from ...intake.filing import FilingError
from .. import call_facts

#: Most unreadable lines that are named.
NAMED = 20


class WaterCallImportWizard(models.TransientModel):
    """Imports a telephone system's calls from a file; importing it again changes nothing."""

    _name = "water.call.import.wizard"
    _inherit = "water.mixin"
    _description = "Import Calls"

    file = fields.Binary(attachment=False, help="CSV with a line of headings.")
    file_name = fields.Char()
    headings = fields.Char(compute="_compute_headings")
    report = fields.Text(string="Import Result", readonly=True)

    def _compute_headings(self):
        is_chinese = (self.env.lang or "").startswith("zh")
        titles = [names[0 if is_chinese else 1] for names in call_facts.COLUMNS.values()]
        self.headings = ", ".join(titles)

    def action_check(self):
        """Show the result of each line without storing it; the file stays.

        :raises AccessError: for anyone below supervisor
        :raises UserError: for a file that cannot be read
        """
        return self._run(really=False)

    def action_import(self):
        """Import each line completely or not at all, and show the results.

        :raises AccessError: for anyone below supervisor
        :raises UserError: for a file that cannot be read
        """
        return self._run(really=True)

    def _run(self, really):
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("Only a supervisor imports calls."))
        rows = self._rows()
        with dry_run(self.env, really):
            taken = [(line, *self._take(told)) for line, told in rows]
        report = self._words(taken, really)
        self.write({"report": report, **({"file": False} if really else {})})
        return windows.dialog(self._name, self.env._("Import Calls"), record_id=self.id)

    def _take(self, told):
        """Return ``(result, error)`` of one line."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return self.env["water.call.record"]._report(told)[1], ""
        except FilingError as error:
            return "error", " ".join(error.errors.values())
        except UniqueViolation:
            return "error", self.env._("It is being reported at this moment: import it again.")

    def _rows(self):
        try:
            return call_facts.read(base64.b64decode(self.file or b"", validate=True))
        except (binascii.Error, call_facts.FileError) as error:
            raise UserError(self._fault(getattr(error, "kind", "encoding"))) from None

    def _fault(self, kind):
        return {
            "size": self.env._("The file is larger than 5 MB."),
            "encoding": self.env._("Save the CSV file as UTF-8 or GB 18030."),
            "heading": self.env._("The first line must hold the headings, at least that of calls."),
            "rows": self.env._("At most %s calls in one file.", call_facts.MAX_ROWS),
        }[kind]

    def _words(self, taken, really):
        """Return numbers and errors; for a check also the results of the other lines."""
        counts = Counter(result for _line, result, _words in taken)
        known = {name: counts[name] for name in ("created", "changed", "unchanged", "error")}
        text = self.env._(
            "New: %(created)s. Completed: %(changed)s. Known already: %(unchanged)s."
            " Not taken: %(error)s.",
            **known,
        )
        lines = [f"{line}: {words}" for line, _result, words in taken if words][:NAMED]
        if not really:
            would = {
                "created": self.env._("Would be new"),
                "changed": self.env._("Would change"),
                "unchanged": self.env._("Would stay as it is"),
            }
            lines += [f"{line}: {would[kind]}" for line, kind, words in taken if not words][:NAMED]
            lines.insert(0, self.env._("No records yet."))
        return "\n".join([text, *lines])
