from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows

REPORT = "water_quality.action_report_kpi_sheet"


class WaterKpiSheet(models.Model):
    """What is opened, printed and saved of a sheet."""

    _inherit = "water.kpi.sheet"

    def action_open_lines(self):
        """Open all figures of the sheet that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("water_quality.action_kpi_line")
        return {
            **action,
            "name": self.env._("Key Figures %s", self.name),
            "domain": [("sheet_id", "=", self.id)],
            "context": {"search_default_by_kpi": 1},
        }

    def action_print(self):
        """Print the sheet in the regulator's form.

        :raises UserError: for a sheet that was never counted
        """
        self._check_printed(REPORT)
        return self.env.ref(REPORT).report_action(self)

    def _check_printed(self, report_name):
        """A sheet without figures is no report.

        :raises UserError: for a sheet that was never counted
        """
        self.check_access("read")
        if not all(self.mapped("counted_at")):
            raise UserError(self.env._("Count the sheet first."))

    def action_save_table(self):
        """Save the figures that the reader may see as a file for spreadsheets."""
        self.ensure_one()
        self.check_access("read")
        url = f"/water/kpi/sheet/{self.id}/table"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_add(self):
        """Open the dialog that puts an addendum beside a closed figure."""
        self.ensure_one()
        self._check_role()
        return windows.dialog(
            "water.kpi.addendum",
            self.env._("Addendum"),
            {"water_sheet_id": self.id},
        )

    def _form_lines(self):
        """The figures of the company, in the order of the form."""
        return self.company_line_ids.sorted(lambda line: (line.sequence, line.id))

    def _form_rows(self):
        """The lines of the form: figures of the company with what is said of each."""
        lines = self._form_lines()
        lights = dict(lines._fields["light"]._description_selection(self.env))
        return [
            {
                "code": line.kpi_id.code,
                "name": line.kpi_id.name,
                "parts": line.parts_text,
                "value": line.value_text,
                "target": line.target_text,
                "light": lights.get(line.light, "–"),
                "previous": line.previous_text,
                "last_year": line.last_year_text,
                "source": line.kpi_id.source or "",
            }
            for line in lines
        ]

    def _form_head(self):
        """The titles over :meth:`_form_rows`, in the same order."""
        return {
            "code": self.env._("No."),
            "name": self.env._("Key Figure"),
            "parts": self.env._("Numerator / Denominator"),
            "value": self.env._("This Period"),
            "target": self.env._("Target"),
            "light": self.env._("vs. Target"),
            "previous": self.env._("vs. Last Period"),
            "last_year": self.env._("vs. Last Year"),
            "source": self.env._("Source"),
        }

    def _form_facts(self):
        """Who counted, checked and closed, and when: ``[(label, text)]``."""
        local = self.with_context(tz=self.company_id._water_tz())

        def moment(at):
            return at and fields.Datetime.context_timestamp(local, at).strftime("%Y-%m-%d %H:%M")

        people = (
            (self.env._("Counted"), "", self.counted_at),
            (self.env._("Checked by"), self.checked_by_id.sudo().name, self.checked_at),
            (self.env._("Closed by"), self.closed_by_id.sudo().name, self.closed_at),
        )
        return [
            (label, " ".join(filter(None, (name, moment(at)))) or "–") for label, name, at in people
        ]
