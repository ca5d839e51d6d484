import io

from openpyxl import load_workbook

from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

#: When requests came in, and how often a further material was asked for: 5 times in February.
REQUESTS = (
    ("2026-01-31 23:59", 4),
    ("2026-02-01 00:00", 2),
    ("2026-02-10 10:00", 0),
    ("2026-02-28 23:59", 3),
    ("2026-03-01 00:00", 7),
)


@tagged("post_install", "-at_install")
class TestKpiNumber(ComplaintCommon):
    """A figure without a denominator shows its numerator, also 0."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = cls._request_values(department_id=cls.net.id)
        for at, count in REQUESTS:
            case = cls.env["water.request"].create({**values, "received_at": local(at)})
            trusted(case.sudo()).second_request_count = count

    def _sheet(self, day):
        sheets = self.env["water.kpi.sheet"].with_user(self.users["quality"])
        sheet = sheets.create({"period_start": day})
        sheet.action_recount()
        return sheet

    def _line(self, sheet, dimension="company"):
        kpi = self.env.ref("water_quality.kpi_k34")
        return sheet.sudo().line_ids.filtered(
            lambda line: (line.kpi_id, line.dimension) == (kpi, dimension)
        )

    def test_content_of_sheet(self):
        """For the company and a department, on screen and in the file."""
        self._sheet("2026-01-17")
        sheet = self._sheet("2026-02-17")
        for dimension in ("company", "department"):
            line = self._line(sheet, dimension)
            shown = (line.value_text, line.parts_text, line.target_text, line.previous_text)
            self.assertEqual(shown, ("5", "5", "≤ 0", "+1"), dimension)
            self.assertEqual((line.value, line.light), (5, "missed"), dimension)
        content = sheet.with_user(self.users["manager"])._as_table()[1]
        rows = load_workbook(io.BytesIO(content)).worksheets[0].values
        row = next(row for row in rows if row[0] == "K34")
        self.assertEqual(row[2:6], (5, "", 5, 0))

    def test_background_of_figure(self):
        """The two requests that add up to it, without the one that asked only once."""
        sheet = self._sheet("2026-02-17")
        for state in ("draft", "checked"):
            action = self._line(sheet).with_user(self.users["quality"]).action_open_numerator()
            rows = self.env["water.request"].search(action["domain"])
            self.assertEqual(sorted(rows.mapped("second_request_count")), [2, 3], state)
            if state == "draft":
                sheet.action_check()

    def test_a_month_of_none(self):
        """Nought is a figure, and on target; it is no dash."""
        line = self._line(self._sheet("2025-11-17"))
        self.assertEqual((line.value_text, line.parts_text, line.light), ("0", "0", "met"))
