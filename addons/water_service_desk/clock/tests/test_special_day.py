from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import file_open, file_path, mute_logger

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ..models import water_calendar_day

FIELDS = ["date", "name", "kind", "calendar_id", "official"]
OPTIONS = {"has_headers": True, "quoting": '"', "separator": ",", "date_format": "%Y-%m-%d"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSpecialDayImport(WaterCommon):
    """Another region's holidays from a file: all or nothing, each error with its row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.days = cls.env["water.calendar.day"]
        cls.london = cls.env["resource.calendar"].create(
            {"name": "London office", "tz": "Europe/London"}
        )

    def _load(self, *rows, lang="en_US", login="manager"):
        days = self._as(login, self.days).with_context(lang=lang)
        return days.load(FIELDS, [list(row) for row in rows])

    def _faults(self, result):
        self.assertFalse(result["ids"])
        return {item["rows"]["from"]: item["message"] for item in result["messages"]}

    def test_days_of_one_calendar(self):
        result = self._load(
            ("2026-05-04", "Early May bank holiday", "off", "London office", "1"),
            ("2026-05-09", "Worked Saturday", "Make-up working day", "London office", "1"),
        )
        self.assertEqual((len(result["ids"]), result["messages"]), (2, []))
        due, provisional = self.london._water_due_at(local("2026-05-01 20:00"), 1, "working_day")
        self.assertEqual((due.isoformat(), provisional), ("2026-05-05T16:00:00", False))
        due, _provisional = self.london._water_due_at(local("2026-05-08 20:00"), 1, "working_day")
        self.assertEqual(due.date(), date(2026, 5, 9))
        due, provisional = self.london._water_due_at(local("2026-09-30 20:00"), 1, "working_day")
        self.assertEqual((due.date(), provisional), (date(2026, 10, 1), False))
        office = self.env.ref("water_service_desk.calendar_office")
        self.assertLocal(
            office._water_due_at(local("2026-05-05 20:00"), 1, "working_day")[0],
            "2026-05-06 17:30",
        )
        span = local("2026-09-30 20:00"), local("2026-10-09 20:00")
        for lang, name in (("zh_CN", "国庆节"), ("en_US", "National Day")):
            self.assertEqual(office.with_context(lang=lang)._water_days_off(*span), [name])

    @mute_logger("odoo.sql_db")
    def test_each_fault_is_told_with_its_row(self):
        rows = [
            ("2027-05-03", "Good", "off", "", "1"),
            ("2027-02-30", "No such date", "off", "", "1"),
            ("2027-05-04", "No such kind", "half", "", "1"),
            ("3027-05-05", "A slip of the pen", "off", "", "1"),
            ("2027-05-06", "No such calendar", "off", "Atlantis", "1"),
            ("", "No date", "off", "", "1"),
        ]
        faults = self._faults(self._load(*rows))
        self.assertEqual(set(faults), {1, 2, 3, 4, 5})
        self.assertIn("'2027-02-30' does not seem to be a valid date", faults[1])
        self.assertIn("'half' not found in selection field", faults[2])
        self.assertIn("check the year", faults[3])
        self.assertIn("Atlantis", faults[4])
        self.assertIn("Date", faults[5])
        self.assertFalse(self.days.search([("date", ">=", "2027-01-01")]))

    @mute_logger("odoo.sql_db")
    def test_faults_in_chinese(self):
        rows = [
            ("2027-02-30", "无此日", "放假", "", "1"),
            ("2027-05-04", "无此种类", "半天", "", "1"),
            ("3027-05-05", "年份写错", "放假", "", "1"),
        ]
        faults = self._faults(self._load(*rows, lang="zh_CN"))
        self.assertIn("不是一个有效的日期", faults[0])
        self.assertIn("没有在选中的字段", faults[1])
        self.assertIn("请核对", faults[2])

    @mute_logger("odoo.sql_db")
    def test_a_day_given_twice(self):
        """In the file, or in file and calendar: the row is named, nothing saved."""
        twice = [("2027-05-03", "A", "off", "", "1"), ("2027-05-03", "B", "work", "", "1")]
        for rows, lang, words in (
            (twice, "en_US", "special day of the calendar already"),
            (twice, "zh_CN", "该日期已是该日历的特殊日期"),
            ([("2026-10-01", "C", "off", "", "1")], "en_US", "special day of the calendar already"),
        ):
            with self.subTest(rows=rows, lang=lang):
                faults = self._faults(self._load(*rows, lang=lang))
                self.assertEqual(list(faults), [len(rows) - 1])
                self.assertIn(words, faults[len(rows) - 1])
        self.assertFalse(self.days.search([("date", ">=", "2027-01-01")]))

    def test_only_managers_import(self):
        for login in ("agent", "department", "supervisor", "quality"):
            with self.subTest(login=login):
                faults = self._faults(self._load(("2027-05-03", "A", "off", "", "1"), login=login))
                self.assertTrue(faults[0])
        with self.assertRaises(AccessError):
            self._as("agent", self.days).action_load_china()

    def test_only_managers_keep_the_working_hours(self):
        calendar = self.env.ref("water_service_desk.calendar_office")
        self._as("manager", calendar).name = "Office"
        lines = self._as("manager", calendar.attendance_ids)
        lines[0].hour_from = 9
        for login in ("agent", "department", "supervisor", "quality"):
            for record, values in ((calendar, {"name": "x"}), (lines, {"hour_from": 1})):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    self._as(login, record).write(values)

    def _import(self, content, kind, lang="en_US"):
        """Import a file as the screen does; returns Odoo's answer."""
        types = {
            "csv": "text/csv",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
        wizard = (
            self._as("manager", self.env["base_import.import"])
            .with_context(lang=lang)
            .create(
                {
                    "res_model": "water.calendar.day",
                    "file": content,
                    "file_type": types[kind],
                    "file_name": f"days.{kind}",
                }
            )
        )
        preview = wizard.parse_preview({**OPTIONS, "encoding": "", "date_format": ""})
        self.assertFalse(preview.get("error"), preview)
        options = {**OPTIONS, **preview["options"], "date_format": "%Y-%m-%d"}
        matches = preview["matches"]
        names = ["/".join(matches[n]) for n in range(len(preview["headers"]))]
        return wizard.execute_import(names, preview["headers"], options)

    def test_templates(self):
        """Each template is offered, matches every column by itself and imports as it is."""
        for lang, first in (("en_US", "special_days_en"), ("zh_CN", "special_days_zh")):
            offered = self.days.with_context(lang=lang).get_import_templates()
            self.assertEqual(len(offered), 4)
            self.assertIn(first, offered[0]["template"])
            for item in offered[:2]:
                with self.subTest(template=item["template"]), self.env.cr.savepoint() as point:
                    self.days.search([("date", ">=", "2026-01-01")]).unlink()
                    path = file_path(item["template"].lstrip("/"))
                    with file_open(path, "rb") as file:
                        result = self._import(file.read(), path.rsplit(".", 1)[1], lang)
                    self.assertFalse(result["messages"], result)
                    days = self.days.browse(result["ids"])
                    self.assertEqual(days.mapped("kind"), ["off", "work", "off"])
                    self.assertEqual(days.mapped("official"), [True, True, False])
                    point.rollback()

    @mute_logger("odoo.sql_db")
    def test_impossible_dates_of_a_file_are_told_row_by_row(self):
        rows = "date,name,kind\n2027-02-30,A,off\n2027-05-03,B,off\n2027-13-01,C,off\n"
        result = self._import(rows.encode(), "csv", "zh_CN")
        faults = self._faults(result)
        self.assertEqual(set(faults), {0, 2})
        self.assertIn("2027-13-01", faults[2])
        self.assertFalse(self.days.search([("date", ">=", "2027-01-01")]))

    def test_importing_the_year_settles_what_reached_it(self):
        with freeze_time(local("2026-12-30 10:00")):
            case = self._inquiry()
            clock = self._clock(case, "close")
            self.assertTrue(clock.provisional)
            self.assertIn("Provisional", clock.explanation)
            self._load(
                ("2027-01-01", "元旦", "off", "", "1"), ("2027-01-02", "元旦", "work", "", "1")
            )
        self.assertFalse(clock.provisional)
        self.assertLocal(clock.due_at, "2027-01-02 17:30")
        event = case.event_ids.filtered(lambda row: row.kind == "clock_replanned")
        self.assertEqual(
            event.payload,
            {
                "clock": "close",
                "old": local("2027-01-01 17:30").isoformat(),
                "new": local("2027-01-02 17:30").isoformat(),
                "reason": "Holidays have been announced.",
            },
        )
        self.assertWhole(case)

    def test_a_day_of_the_companys_own_makes_no_year_known(self):
        with freeze_time(local("2026-12-30 10:00")):
            clock = self._clock(self._inquiry(), "close")
            self.days.create({"name": "司庆", "date": "2027-03-01", "official": False})
        self.assertTrue(clock.provisional)
        self.assertLocal(clock.due_at, "2027-01-01 17:30")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStateCouncil(WaterCommon):
    """The State Council's days, the button, the scheduled action, and years that are missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["water.calendar.day"]
        cls.days.search([("date", ">=", "2027-01-01")]).unlink()

    def _messages(self):
        manager = self.users["manager"].partner_id
        return self.env["mail.message"].search([("partner_ids", "in", manager.ids)])

    def _cron(self, moment):
        with freeze_time(local(moment)), self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_holidays").sudo().method_direct_trigger()

    def test_the_button_loads_and_says_what_is_missing(self):
        self.days.search([("date", ">=", "2026-01-01")]).unlink()
        action = self._as("manager", self.days).action_load_china()
        params = action["params"]
        self.assertEqual(len(self.days.search([("date", ">=", "2026-01-01")])), 25)
        self.assertIn("25 special days", params["message"])
        self.assertEqual(params["type"], "warning")
        self.assertIn("2027 are not known yet", params["message"])

    def test_a_year_without_data(self):
        """A year unknown to the package gives a message, nothing is saved."""
        with self.assertRaisesRegex(UserError, "holidays of 2027, 2031"):
            self.days._load_china([2026, 2031, 2027])
        with patch.object(water_calendar_day, "chinese_calendar", None):
            with self.assertRaisesRegex(UserError, "Install the Python package"):
                self.days._load_china()

    def test_the_scheduled_action_loads_a_new_year(self):
        """Run weekly: the year comes with the package's update, whenever that is."""
        self.days.search([("date", ">=", "2026-01-01")]).unlink()
        self.company.water_calendar_id.water_china_years = "2025"
        clock = self._clock(
            self._inquiry(received_at=local("2026-02-13 09:00"), answer="x"), "close"
        )
        self.assertTrue(clock.provisional)
        before = self._messages()
        self._cron("2026-03-11 10:00")
        self.assertEqual(len(self.days.search([("date", ">=", "2026-01-01")])), 25)
        self.assertFalse(clock.provisional)
        self.assertLocal(clock.due_at, "2026-02-24 17:30")
        self.assertEqual(self._messages(), before)

    def test_deleted_days_stay_deleted(self):
        """The scheduled action brings years that never were there, not removed ones."""
        self.days.search([("date", ">=", "2026-09-01")]).unlink()
        self.days.search([("date", "<", "2026-01-01")]).unlink()
        left = self.days.search([])
        self._cron("2026-03-11 10:00")
        self.assertEqual(self.days.search([]), left)
        self._as("manager", self.days).action_load_china()  # by hand they come back
        self.assertTrue(self.days.search([("date", ">=", "2026-09-01")]))

    def test_managers_are_reminded_from_december_on(self):
        before = self._messages()
        self._cron("2026-11-30 10:00")
        self.assertEqual(self._messages(), before)
        self._cron("2026-12-07 10:00")
        message = self._messages() - before
        self.assertEqual(len(message), 1)
        self.assertIn("2027", message.body)
        self.assertIn("import the days", message.body)
        self.days.create({"name": "New Year", "date": "2027-01-01"})
        self._cron("2026-12-14 10:00")
        self.assertEqual(self._messages() - before, message)

    def test_a_changed_day_moves_open_clocks_alone(self):
        """The calendar changes later: open clocks follow with a log entry, others do not."""
        open_case, met = self._inquiry(), self._inquiry(answer="答复")
        self._as("agent", met).action_answer()
        due = self._clock(met, "close").due_at
        day = self.days.create({"name": "Flood", "date": "2026-03-12", "official": False})
        clock = self._clock(open_case, "close")
        self.assertLocal(clock.due_at, "2026-03-16 17:30")
        self.assertIn("Flood", clock.explanation)
        self.assertEqual(self._clock(met, "close").due_at, due)
        self.assertNotIn("clock_replanned", self._kinds(met))
        event = open_case.event_ids.filtered(lambda row: row.kind == "clock_replanned")
        self.assertEqual(
            event.payload,
            {
                "clock": "close",
                "old": local("2026-03-13 17:30").isoformat(),
                "new": local("2026-03-16 17:30").isoformat(),
                "reason": "The working time of the calendar has changed.",
            },
        )
        day.unlink()
        self.assertLocal(clock.due_at, "2026-03-13 17:30")

    def test_a_changed_day_at_either_end(self):
        """The first day after the receipt and the very day of the limit move it alike."""
        clock = self._clock(self._inquiry(), "close")
        for when in ("2026-03-12", "2026-03-13"):
            day = self.days.create({"name": "Flood", "date": when, "official": False})
            self.assertLocal(clock.due_at, "2026-03-16 17:30")
            day.unlink()
            self.assertLocal(clock.due_at, "2026-03-13 17:30")

    def test_a_changed_day_costs_no_queries_for_each_clock(self):
        """A year is announced while tens of thousands of clocks run."""

        def queries(number, day):
            cases = [self._inquiry() for __ in range(number)]
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            self.days.create({"name": "Flood", "date": day, "official": False})
            self.env.flush_all()
            self.assertLocal(self._clock(cases[-1], "close").due_at, "2026-03-16 17:30")
            count = self.env.cr.sql_log_count - count
            self.days.search([("date", "=", day)]).unlink()
            self._as("agent", self.env["water.inquiry"].union(*cases)).write({"state": "withdrawn"})
            return count

        few = queries(2, "2026-03-12")
        self.assertLessEqual(queries(30, "2026-03-12"), few + 3)

    def test_a_pause_is_counted_again_on_the_new_calendar(self):
        """Time gained by a pause stays, in working time across the new day off."""
        clock = self._clock(self._inquiry(received_at=local("2026-03-10 10:00")), "close")
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        self.days.create({"name": "Flood", "date": "2026-03-13", "official": False})
        self.assertEqual(clock.state, "paused")
        self.assertLocal(clock.next_check_at, "2026-03-12 10:00")
        with freeze_time(local("2026-03-12 10:00")):
            self._sweep()
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-16 17:30")
        self.days.create({"name": "Storm", "date": "2026-03-16", "official": False})
        self.assertLocal(clock.due_at, "2026-03-17 17:30")

    def test_absurd_dates(self):
        for value in ("0226-10-01", "2206-10-01"):
            with self.subTest(date=value), self.assertRaisesRegex(ValidationError, "year"):
                self.days.create({"name": "x", "date": value})
