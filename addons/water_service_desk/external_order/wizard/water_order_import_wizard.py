import base64
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.dry_run import dry_run
from .. import order_file

#: Largest file in bytes.
MAX_FILE = 5 * 1024 * 1024
BADGES = {"created": "success", "unchanged": "secondary", "error": "danger"}


class WaterOrderImportWizard(models.TransientModel):
    """Import orders of another body from a file, and tell row by row what became of them."""

    _name = "water.order.import.wizard"
    _inherit = "water.mixin"
    _description = "Import Orders"

    file = fields.Binary(attachment=False, help="CSV or XLSX, with the headings of the template.")
    file_name = fields.Char()
    external_source = fields.Char(string="Forwarded by", required=True, default="12345")
    case_model = fields.Selection(
        selection=lambda self: self.env["water.stage"]._selection_model(),
        string="Case Type",
        required=True,
        default=lambda self: self.env["water.order.import"]._case_models()[-1],
        help="For rows without a kind.",
    )
    template = fields.Binary(compute="_compute_template")
    template_name = fields.Char(compute="_compute_template")
    state = fields.Selection(
        [("file", "Choose a file"), ("done", "Import Result"), ("checked", "Looked at")],
        default="file",
        required=True,
    )
    report = fields.Html(string="Import Result", readonly=True, sanitize=False)
    created_count = fields.Integer(string="Created", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    error_count = fields.Integer(string="Errors", readonly=True)

    @api.depends_context("lang")
    def _compute_template(self):
        content = base64.b64encode(order_file.template(self.env.lang or ""))
        for wizard in self:
            wizard.template = content
            wizard.template_name = self.env._("orders-template.xlsx")

    def action_template(self):
        """Download the template, in the user's language."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template/{self.template_name}?download=1",
            "target": "download",
        }

    def action_check(self):
        """Say what would become of each row; nothing is kept, and the file stays.

        :raises UserError: when the file cannot be read
        """
        return self._run(really=False)

    def action_import(self):
        """Register what is new; each row wholly or not at all.

        :raises UserError: when the file cannot be read
        """
        return self._run(really=True)

    def _run(self, really):
        self.ensure_one()
        self.check_access("write")
        service = self.env["water.order.import"]
        if self.case_model not in service._case_models():
            raise UserError(self.env._("Orders of this kind of case cannot be imported."))
        service, channels = service._for_importer(self.env[self.case_model])
        defaults = {"external_source": self.external_source}
        rows = self._rows()
        with dry_run(self.env, really):
            results = service._import(rows, defaults, self.case_model, channels)
        if not really:  # the cases are gone again
            results = [
                {**row, "case": "", "id": False} if row["result"] == "created" else row
                for row in results
            ]
        counts = Counter(row["result"] for row in results)
        self.write(
            {
                "state": "done" if really else "checked",
                "file": False if really else self.file,
                "report": self._report(results, really),
                "created_count": counts["created"],
                "unchanged_count": counts["unchanged"],
                "error_count": counts["error"],
            }
        )
        return self._reopened()

    def action_again(self):
        """Choose another file."""
        self.check_access("write")
        self.write({"state": "file", "report": False})
        return self._reopened()

    def _reopened(self):
        return windows.dialog(self._name, self.env._("Import Orders"), record_id=self.id)

    def _rows(self):
        content = base64.b64decode(self.file or b"")
        if not content:
            raise UserError(self.env._("Choose a file."))
        if len(content) > MAX_FILE:
            raise UserError(self.env._("The file is larger than 5 MB."))
        try:
            return order_file.read(content)
        except order_file.FileError as error:
            raise UserError(self._file_fault(error.kind)) from None

    def _file_fault(self, kind):
        return {
            "format": self.env._("This is neither a CSV nor an XLSX file."),
            "encoding": self.env._("Save the CSV file as UTF-8 or GB 18030."),
            "heading": self.env._(
                "The first line must hold the headings of the template, at least the order"
                " number and the content."
            ),
            "rows": self.env._("At most %s orders in one file.", order_file.MAX_ROWS),
            "size": self.env._("The workbook is too large."),
        }[kind]

    def _report(self, results, really):
        """A table, errors first."""
        labels = {
            "created": self.env._("Created") if really else self.env._("Would be new"),
            "unchanged": self.env._("Unchanged"),
            "error": self.env._("Error"),
        }
        lines = Markup("").join(
            Markup(
                "<tr><td>%s</td><td>%s</td><td><span class='badge text-bg-%s'>%s</span></td>"
                "<td>%s</td><td>%s</td></tr>"
            )
            % (
                row["row"],
                row["external_ref"],
                BADGES[row["result"]],
                labels[row["result"]],
                self._case_link(row),
                row["reason"],
            )
            for row in sorted(results, key=lambda row: (row["result"] != "error", row["row"]))
        )
        titles = (
            self.env._("Line"),
            self.env._("Order number"),
            self.env._("Result"),
            self.env._("Case"),
            self.env._("Reason"),
        )
        head = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        return Markup(
            "<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (head, lines)

    def _case_link(self, row):
        if not row.get("id"):
            return row["case"]
        return Markup("<a href='/odoo/%s/%s' target='_blank'>%s</a>") % (
            row["model"],
            row["id"],
            row["case"],
        )
