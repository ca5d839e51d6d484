import base64
import binascii
import logging
from collections import Counter

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import mute_logger

from ...base import windows
from ...base.dry_run import dry_run
from ...base.roles import SUPERVISOR
from ...external_order import order_file
from ...intake.filing import clean_text

_logger = logging.getLogger(__name__)

#: Largest file in bytes, longest text of a cell, and lines that the report shows.
MAX_FILE, MAX_CELL, SHOWN = 5 * 1024 * 1024, 100_000, 500
BADGES = {"created": "success", "changed": "info", "unchanged": "secondary", "error": "danger"}


class WaterTableImportWizard(models.TransientModel):
    """Reads a table, says line by line what would become of it, then does just that.

    Looking first is the same work, taken back. Models that take tables say by which columns
    (``_table_columns``) and what becomes of a row (``_take_row``).
    """

    _name = "water.table.import.wizard"
    _inherit = "water.mixin"
    _description = "Import a Table"

    kind = fields.Selection(
        [
            ("water.account", "Accounts"),
            ("water.zone", "Supply Zones"),
            ("water.order.import", "Orders of Other Bodies"),
        ],
        string="What It Holds",
        required=True,
        default="water.account",
    )
    external_source = fields.Char(string="Forwarded by", required=True, default="12345")
    case_model = fields.Selection(
        selection=lambda self: self.env["water.stage"]._selection_model(),
        string="Case Type",
        required=True,
        default=lambda self: self.env["water.order.import"]._case_models()[-1],
        help="For rows without a kind.",
    )
    file = fields.Binary(attachment=False, help="CSV or XLSX, with the headings of the template.")
    file_name = fields.Char()
    template = fields.Binary(compute="_compute_template")
    template_name = fields.Char(compute="_compute_template")
    state = fields.Selection(
        [("file", "Choose a file"), ("checked", "Looked at"), ("done", "Import Result")],
        default="file",
        required=True,
        readonly=True,
    )
    report = fields.Html(string="Import Result", readonly=True, sanitize=False)

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_template(self):
        for wizard in self:
            rows = self.env[wizard._table_model()]
            columns, lang = rows._table_columns, self.env.lang or ""
            content = order_file.sheet(lang, columns, rows._table_example)
            wizard.template = base64.b64encode(content)
            wizard.template_name = f"{wizard._table_model()}.xlsx"

    def action_template(self):
        """Download the template, in the user's language."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template/{self.template_name}?download=1",
            "target": "download",
        }

    def action_check(self):
        """Show what would happen to each line, without saving anything.

        :raises UserError: when the file cannot be read
        """
        return self._run(really=False)

    def action_import(self):
        """Take each line wholly or not at all, and say what became of it.

        :raises UserError: when the file cannot be read
        """
        return self._run(really=True)

    def action_again(self):
        """Choose another file."""
        self.check_access("write")
        self.write({"state": "file", "file": False, "report": False})
        return self._reopened()

    # -- the work -------------------------------------------------------------------------------

    def _table_model(self):
        kinds = dict(self._fields["kind"].get_description(self.env)["selection"])
        return self.kind if self.kind in kinds else "water.account"

    def _run(self, really):
        self.ensure_one()
        self.check_access("write")
        rows = self.env[self._table_model()]
        self._check_may(rows)
        told = self._told(rows)
        with dry_run(self.env, really):
            results = [self._take(rows, line) for line in told]
        if not really:  # the transaction was rolled back, so the records are gone
            results = [
                {**row, "note": ""} if row["result"] == "created" else row for row in results
            ]
        values = {"state": "done" if really else "checked", "report": self._report(results, really)}
        self.write({**values, **({"file": False} if really else {})})
        return self._reopened()

    def _check_may(self, rows):
        if rows._name == "water.order.import":
            rows._for_importer(self.env[self.case_model])
            return
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor imports this table."))
        rows.check_access("create")

    def _told(self, rows):
        """``{column: text}`` of each line, and ``row``, where it stands."""
        try:
            content = base64.b64decode(self.file or b"", validate=True)
        except binascii.Error:
            raise UserError(self._fault("format")) from None
        if not content:
            raise UserError(self.env._("Choose a file."))
        if len(content) > MAX_FILE:
            raise UserError(self.env._("The file is larger than 5 MB."))
        columns = rows._table_columns
        try:
            needed = getattr(rows, "_table_needed", (next(iter(columns)),))
            found = order_file.read(content, columns, needed)
        except order_file.FileError as error:
            raise UserError(self._fault(error.kind)) from None
        known = {}
        if rows._name == "water.order.import":  # for orders without these columns
            kind = self.case_model.removeprefix("water.")
            known = {"external_source": self.external_source, "kind": kind}
        return [{"row": line.pop("row"), **known, **_texts(line)} for line in found]

    def _fault(self, kind):
        return {
            "format": self.env._("This is neither a CSV nor an XLSX file."),
            "encoding": self.env._("Save the CSV file as UTF-8 or GB 18030."),
            "heading": self.env._("The first line must hold the headings of the template."),
            "rows": self.env._("At most %s lines in one file.", order_file.MAX_ROWS),
            "size": self.env._("The workbook is too large."),
        }[kind]

    @api.model
    def _take(self, rows, line):
        """Import one line and return ``{row, key, result, note}``; a refused line saves nothing."""
        key = line.get(next(iter(rows._table_columns)), "")
        said = {"row": line.pop("row"), "key": key}
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                result, note = rows._take_row(line)
            return {**said, "result": result, "note": note}
        except UserError as error:
            return {**said, "result": "error", "note": str(error)}
        except psycopg2.OperationalError:
            raise  # the whole request is tried again
        except psycopg2.Error as error:
            _logger.warning("A line could not be saved: %s", type(error).__name__)
            return {**said, "result": "error", "note": self.env._("It could not be saved.")}

    # -- reports --------------------------------------------------------------------------------

    def _report(self, results, really):
        """Numbers, and a table of the lines: refused ones first."""
        labels = self._labels(really)
        counts = Counter(row["result"] for row in results)
        badge = Markup("<span class='badge text-bg-%s me-2'>%s: %s</span>")
        numbers = Markup("").join(
            badge % (BADGES[key], label, counts[key]) for key, label in labels.items()
        )
        order = list(reversed(BADGES))
        shown = sorted(results, key=lambda row: (order.index(row["result"]), row["row"]))[:SHOWN]
        line = Markup(
            "<tr><td>%s</td><td>%s</td><td><span class='badge text-bg-%s'>%s</span></td>"
            "<td>%s</td></tr>"
        )
        body = Markup("").join(
            line
            % (row["row"], row["key"], BADGES[row["result"]], labels[row["result"]], row["note"])
            for row in shown
        )
        more = len(results) - len(shown)
        rest = Markup("<p>%s</p>") % self.env._("And %s lines more.", more) if more else ""
        table = Markup("<table class='table table-sm mt-2'><tbody>%s</tbody></table>") % body
        return Markup("<div>%s</div>") % numbers + table + rest

    def _labels(self, really):
        if really:
            words = (self.env._("New"), self.env._("Corrected"), self.env._("Unchanged"))
        else:
            words = (
                self.env._("Would be new"),
                self.env._("Would change"),
                self.env._("Would stay as it is"),
            )
        return dict(zip(BADGES, (*words, self.env._("Not taken")), strict=True))

    def _reopened(self):
        return windows.dialog(self._name, self.env._("Import a Table"), record_id=self.id)


def _texts(line):
    """Return the cells as text; whole numbers lose the ``.0`` that a spreadsheet adds."""
    told = {}
    for name, cell in line.items():
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        told[name] = clean_text(str(cell), MAX_CELL)
    return told
