from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon

OPTIONS = {"has_headers": True, "quoting": '"', "separator": ",", "date_format": "%Y-%m-%d"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestImportDates(WaterCommon):
    """“2027年5月3日” is a date in any imported table of ours; Odoo stopped at the first one."""

    def _read(self, model, kind, *typed, **options):
        wizard = self.env["base_import.import"].new({"res_model": model})
        rows = [[text] for text in typed]
        wizard._parse_date_from_data(rows, 0, "occurred_at", kind, options)
        return [row[0] for row in rows]

    def test_days_and_moments(self):
        days = ("2026年11月28日", "2026 年 3 月 2 号", "2026-05-05")
        self.assertEqual(
            self._read("water.request", "date", *days), ["2026-11-28", "2026-03-02", "2026-05-05"]
        )
        moments = ("2026年11月28日 9时5分", "2026年11月28日", "2026年11月28日 14:30:10")
        told = ["2026-11-28 09:05:00", "2026-11-28 00:00:00", "2026-11-28 14:30:10"]
        self.assertEqual(self._read("water.request", "datetime", *moments), told)

    def test_beside_rows_of_another_format(self):
        read = self._read(
            "water.request", "date", "2026年11月28日", "1.2.26", date_format="%d.%m.%y"
        )
        self.assertEqual(read, ["2026-11-28", "2026-02-01"])

    def test_invalid_day_keeps_typed_text(self):
        """Where its row is told by what loads it."""
        self.assertEqual(
            self._read("water.calendar.day", "date", "2027年2月30日"), ["2027年2月30日"]
        )

    def test_a_file(self):
        wizard = self._as("manager", self.env["base_import.import"]).create(
            {
                **{"res_model": "water.calendar.day", "file_type": "text/csv"},
                "file": "date,name,kind\n2027年5月3日,A,off\n2027-05-04,B,off\n".encode(),
                "file_name": "days.csv",
            }
        )
        names = ["date", "name", "kind"]
        result = wizard.execute_import(names, names, OPTIONS)
        self.assertFalse(result["messages"], result)
        days = self.env["water.calendar.day"].browse(result["ids"])
        self.assertEqual([str(day.date) for day in days], ["2027-05-03", "2027-05-04"])
