import io
import json
import tempfile
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.water_complaints.archive import sealed_file, sealing
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .sheet_common import FEBRUARY, KpiSheetCommon


@tagged("post_install", "-at_install")
class TestKpiSheet(KpiSheetCommon, HttpCase):
    """A month is counted, checked by one, closed by another, and never moves again."""

    def test_figures_and_lights(self):
        line = self._line()
        self.assertEqual((line.numerator, line.denominator, line.value), (2, 3, 66.67))
        self.assertEqual((line.value_text, line.parts_text), ("66.67 %", "2 / 3"))
        self.assertEqual((line.target_text, line.light), ("≥ 99.00 %", "missed"))
        empty = self._line("K09")
        self.assertEqual((empty.value_text, empty.light, empty.is_empty), ("–", False, True))
        self.assertEqual(self._line(dimension="person").user_id, self.users["agent"])
        self.assertEqual(self.sheet.period_start, FEBRUARY)
        self.assertEqual(self.sheet.name, "2026-02")

    def test_closed_by_two_in_a_browser(self):
        """Quality checks, the manager closes: the figure is sealed, and stays."""
        for login, step in (("quality", "check"), ("manager", "close")):
            self.users[login].lang = "en_US"  # the tours read English words
            path = f"/odoo/water-kpi-sheets/{self.sheet.id}"
            self.start_tour(path, f"water_kpi_{step}_tour", login=f"water_{login}")
            self.env.invalidate_all()
        sheet = self.sheet.sudo()
        people = (sheet.checked_by_id, sheet.closed_by_id)
        self.assertEqual(people, (self.users["quality"], self.users["manager"]))
        self.assertTrue(sheet.digest)

    def test_missing_values_are_shown(self):
        self.assertIn("28 days", self.sheet.notes)
        self.assertIn("accounts", self.sheet.notes)
        calls = {"offered": 10, "answered": 9, "answered_fast": 8, "abandoned": 1, "name": "甲组"}
        self.env["water.call.statistic"].create(
            [{**calls, "day": date(2026, 2, day)} for day in range(1, 29)]
        )
        self.env["water.base.figure"].create(
            {"kind": "accounts", "month": FEBRUARY, "quantity": 20000}
        )
        self.sheet.action_recount()
        self.assertFalse(self.sheet.notes)
        self.assertEqual(self._line("K01").value_text, "90.00 %")

    def test_compared_with_what_was(self):
        for month, state in (("2026-01", "met"), ("2025-02", "breached")):
            self.env.cr.execute(
                "UPDATE water_deadline SET due_at = %s, state = %s WHERE id = %s",
                (local(f"{month}-15 10:00"), state, self.clocks[0].id),
            )
            self.env.invalidate_all()
            self._sheet("manager", period_start=f"{month}-01").action_recount()
        self.sheet.action_recount()
        line = self._line()
        self.assertEqual(line.value_text, "50.00 %")
        self.assertEqual((line.previous_text, line.last_year_text), ("−50 points", "+50 points"))

    def test_closed_figure_stays_for_comparison(self):
        """Recounting last month's draft does not affect others."""
        self.env.cr.execute(
            "UPDATE water_deadline SET due_at = %s WHERE id = %s",
            (local("2026-01-15 10:00"), self.clocks[0].id),
        )
        self.env.invalidate_all()
        january = self._sheet("manager", period_start="2026-01-01")
        january.action_recount()
        self._closed()
        self.assertEqual(self._line().previous_text, "−50 points")
        self.env.cr.execute(
            "UPDATE water_deadline SET state = 'breached' WHERE id = %s", self.clocks[0].ids
        )
        self.env.invalidate_all()
        january.action_recount()
        self.assertEqual(self._line(sheet=january).value, 0)
        self.assertEqual(self._line().previous_text, "−50 points")

    def test_limits_that_the_sweep_has_not_come_to(self):
        """They ended in the period: missed when it is checked, and not left out of every month."""
        clock = self.clocks[0]
        trusted(clock).write({"state": "running", "next_check_at": clock.due_at})
        self.sheet.action_check()
        self.assertEqual((clock.state, clock.breached_at), ("breached", clock.due_at))
        line = self._line()
        self.assertEqual((line.numerator, line.denominator), (1, 3))
        events = self.case.event_ids.filtered(lambda row: row.kind == "clock_breached")
        self.assertNotIn(self.users["quality"], events.user_id)

    def test_months_without_accounts_are_said(self):
        quarter = self._sheet("quality", kind="quarter", period_start="2025-10-01")
        figure = {"kind": "accounts", "quantity": 20000}
        self.env["water.base.figure"].create({**figure, "month": "2025-11-01"})
        quarter.action_recount()
        self.assertIn("Customer accounts: 2 months", quarter.notes)

    def test_a_running_period_is_not_closed(self):
        march = self._sheet("quality", period_start="2026-03-01")
        march.action_recount()
        with self.assertRaisesRegex(UserError, "runs until"):
            march.action_check()

    def test_provisional_limits_hinder(self):
        self.env.cr.execute(
            "UPDATE water_deadline SET provisional = true, state = 'running' WHERE id = %s",
            self.clocks[0].ids,
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "1 time limits of the period are provisional"):
            self.sheet.action_check()

    def test_closed_by_two(self):
        with self.assertRaisesRegex(UserError, "checked before it is closed"):
            self._as("manager", self.sheet).action_close()
        manager = self._as("manager", self.sheet)
        manager.action_check()
        self.assertFalse(manager.can_close)
        with self.assertRaisesRegex(UserError, "cannot close"):
            manager.action_close()
        manager.action_back_to_draft()
        self.sheet.action_check()
        with self.assertRaises(AccessError):
            self.sheet.action_close()
        with self.assertRaisesRegex(UserError, "Only a draft"):
            self.sheet.action_recount()
        with self.assertRaises(AccessError):
            self._as("agent", self.sheet).action_recount()
        self.assertTrue(manager.can_close)
        manager.action_close()
        self.assertEqual(self.sheet.state, "closed")
        self.assertEqual(self.sheet.closed_by_id, self.users["manager"])
        with self.assertRaisesRegex(UserError, "Only a checked sheet"):
            self.sheet.action_back_to_draft()
        with self.assertRaisesRegex(UserError, "sheet|kept"):
            self.sheet.write({"kind": "year"})

    def test_a_closed_sheet_does_not_move(self):
        """Neither its numbers nor its rows, regardless of what happens to the cases."""
        sheet = self._closed()
        line = self._as("manager", self._line())
        self.env.cr.execute("UPDATE water_deadline SET state = 'met', due_at = now()")
        self.env.invalidate_all()
        self.assertEqual((line.numerator, line.denominator), (2, 3))
        opened = line.action_open_denominator()
        self.assertEqual(opened["res_model"], "water.deadline")
        self.assertEqual(opened["domain"], [("id", "in", sorted(self.clocks.ids))])
        met = self.clocks[0] | self.clocks[2]
        self.assertEqual(
            line.action_open_numerator()["domain"], [("id", "in", met.sorted("id").ids)]
        )
        person = self._as("manager", self._line(dimension="person"))
        self.assertEqual(
            person.action_open_numerator()["domain"], [("id", "in", met.sorted("id").ids)]
        )
        self.assertEqual(sheet.action_verify()["params"]["type"], "success")

    def test_another_file_and_its_digest(self):
        """Exchanged together in the database, they are told of by the anchor of that night."""
        sheet = self._closed()
        anchor = self.env["water.anchor"]._draw()
        self.assertEqual(sheet.action_verify()["params"]["type"], "success")
        self.assertEqual(anchor._link_faults(), [])
        self.assertFalse(self.env["water.anchor"]._draw().line_ids.filtered("chain"))
        parts = [(sealed_file.CASE, sealing.dump({"number": sheet.name})), ("events.jsonl", b"")]
        facts = {"archive_number": "x", "case": sheet.name, "event_head": None, "event_count": 0}
        forged = sealing.seal(parts, facts)[0]
        trusted(sheet.sudo())._keep("file", "x.zip", "application/zip", forged)
        trusted(sheet.sudo()).digest = sealed_file.sha256(forged)
        answer = sheet.action_verify()["params"]
        self.assertIn("not the file of anchor", answer["message"])
        self.assertIn("not the file of anchor", anchor.action_check()["params"]["message"])

    def test_definitions_of_closed_sheets_stay(self):
        kpi = self._as("manager", self._line().kpi_id)
        kpi.name = "及时核实"
        self._closed()
        kpi.purpose = "说明"
        with self.assertRaisesRegex(UserError, "new version"):
            kpi.numerator_domain = "[('state', '=', 'breached')]"
        with self.assertRaisesRegex(UserError, "Archive it"):
            kpi.unlink()

    def test_sealed_file(self):
        """Anyone can check it outside the system; it contains numbers and definitions."""
        sheet = self._closed()
        content = sheet._content()
        manifest = sealed_file.check(content, sheet.digest)
        self.assertEqual(manifest["case"], "2026-02")
        members = sealing.unpacked(content)
        data = json.loads(members["case.json"])
        row = next(row for row in data["figures"] if (row["code"], row["of"]) == ("K10", "company"))
        self.assertEqual((row["numerator"], row["denominator"], row["version"]), (2, 3, 1))
        self.assertIn(
            "met", next(r for r in data["definitions"] if r["code"] == "K10")["numerator_domain"]
        )
        self.assertIn(str(self.clocks[1].id), members["rows/K10.denominator.json"].decode())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "sheet.zip")
            path.write_bytes(content)
            self.assertEqual(sealed_file.main([str(path), "--digest", sheet.digest]), 0)
            path.write_bytes(content.replace(b'"numerator": 2', b'"numerator": 3'))
            self.assertEqual(sealed_file.main([str(path)]), 1)

    def test_addendum(self):
        self._closed()
        line = self._line()
        self.env.cr.execute(
            "UPDATE water_deadline SET state = 'met' WHERE id = %s", self.clocks[1].ids
        )
        self.env.invalidate_all()
        addenda = self._as("quality", self.env["water.kpi.addendum"])
        with self.assertRaisesRegex(UserError, "reason"):
            addenda.create({"line_id": line.id, "reason": "　 "})
        row = addenda.create({"line_id": line.id, "reason": "复核后改判为按时", "numerator": 99})
        self.assertEqual((row.closed_text, row.value_text), ("66.67 % (2 / 3)", "100.00 %"))
        self.assertEqual((row.numerator, row.user_id), (3, self.users["quality"]))
        self.assertEqual(line.value_text, "66.67 %")
        self.assertIn(row, self.sheet.addendum_ids)
        page = self._pages()["Addenda"]
        self.assertIn((0.6667, 1, "复核后改判为按时"), [r[1:] for r in page])
        with self.assertRaises(AccessError):
            row.reason = "x"
        january = self._sheet("quality", period_start="2026-01-01")
        january.action_recount()
        with self.assertRaisesRegex(UserError, "Only a closed sheet"):
            addenda.create({"line_id": self._line(sheet=january).id, "reason": "复核后改判"})

    def test_people_see_their_own(self):
        """For a closed sheet, for heads too."""
        self.users["department"].group_ids |= self.env.ref("water_service_desk.group_department")
        self.net.member_ids |= self.users["agent"]
        self.net.manager_id = self.users["department2"]
        lines = self._as("agent", self.env["water.kpi.line"])
        mine = [("dimension", "=", "person"), ("sheet_id", "=", self.sheet.id)]
        self.assertFalse(lines.search(mine))
        self._closed()
        line = self._line(dimension="person")
        for login in ("agent", "department2", "manager"):
            self.assertEqual(self._as(login, lines).search(mine).ids, line.ids, login)
        for login in ("agent2", "supervisor", "quality", "foreign"):
            self.assertFalse(self._as(login, lines).search(mine), login)

    def _pages(self):
        content = self._as("manager", self.sheet)._as_table()[1]
        return {page.title: list(page.values) for page in load_workbook(io.BytesIO(content))}

    def test_the_table_says_what_the_screen_says(self):
        """Two people of one name are two columns."""
        second = self.users["agent2"]
        (self.users["agent"] | second).name = "王芳"
        trusted(self.clocks[1].sudo()).breached_user_id = second
        self.sheet.action_recount()
        pages = self._pages()
        row = next(row for row in pages["Key Figures"] if row[0] == "K10")
        self.assertEqual(row[2:6], (2, 3, 0.6667, 0.99))
        self.assertEqual(list(pages["Person"][0]).count("王芳"), 2)
        row = next(row for row in pages["Person"] if row[0] == "K10")
        self.assertEqual(set(row[2:]) - {"–"}, {1, 0})

    def test_without_figures_no_paper(self):
        """Neither by the button nor at the address of the report."""
        sheet = self._sheet("quality", period_start="2026-01-17")
        with self.assertRaisesRegex(UserError, "Count the sheet"):
            sheet.action_print()
        with self.assertRaisesRegex(UserError, "Count the sheet"):
            self.env["ir.actions.report"]._render_qweb_html(
                "water_quality.report_kpi_sheet", sheet.ids
            )

    def test_table_and_print(self):
        self._closed()
        name, content = self._as("supervisor", self.sheet)._as_table()
        self.assertEqual((name, content[:2]), ("kpi-2026-02.xlsx", b"PK"))
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("water_quality.report_kpi_sheet", self.sheet.ids)[0]
            .decode()
        )
        for words in ("66.67 %", "2 / 3", "≥ 99.00 %", "28 days", self.sheet.digest):
            self.assertIn(words, html)

    def test_table_counts(self):
        """A number on screen is a number in the file, formatted alike."""
        self._closed()
        pages = load_workbook(io.BytesIO(self._as("supervisor", self.sheet)._as_table()[1]))
        rows = {row[0].value: row for row in pages.worksheets[0].iter_rows()}
        head = {cell.value: place for place, cell in enumerate(rows["No."])}
        code = self._line().kpi_id.code
        shown = {title: rows[code][place] for title, place in head.items()}
        names = ("Numerator", "Denominator", "This Period", "Target")
        self.assertEqual([shown[name].value for name in names], [2, 3, 0.6667, 0.99])
        self.assertEqual(shown["This Period"].number_format, "0.00%")
        self.assertEqual(shown["Target"].number_format, '"≥ "0.00%')
        self.assertEqual(rows["K09"][head["This Period"]].value, "–")
        parts = [row for page in pages.worksheets[1:] for row in page.iter_rows()]
        mine = [row for row in parts if row[0].value == code]
        self.assertTrue(mine)
        self.assertTrue(all(cell.data_type == "n" for row in mine for cell in row[2:3]))

    def test_table_by_its_address(self):
        path = f"/water/kpi/sheet/{self.sheet.id}/table"
        for login, status in (("supervisor", 200), ("department", 404), ("portal1", 404)):
            self.authenticate(*[self.users[login].login] * 2)
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, status, login)
            if status == 200:
                self.assertEqual(answer.content[:2], b"PK")
                self.assertIn("kpi-2026-02.xlsx", answer.headers["Content-Disposition"])

    def test_sheets_of_what_has_ended(self):
        """The last month is drafted every night until it is checked."""
        self._trigger("water_quality.ir_cron_kpi_sheet")
        sheets = self.env["water.kpi.sheet"].search([("company_id", "=", self.company.id)])
        periods = {(row.kind, row.name): row for row in sheets}
        self.assertEqual(
            set(periods), {("month", "2026-02"), ("quarter", "2025-Q4"), ("year", "2025")}
        )
        self.assertEqual(periods["month", "2026-02"], self.sheet.with_env(self.env))
        self.assertTrue(all(sheets.mapped("counted_at")))
        self.sheet.action_check()
        before = self.sheet.counted_at
        self._trigger("water_quality.ir_cron_kpi_sheet")
        self.assertEqual(self.sheet.counted_at, before)
