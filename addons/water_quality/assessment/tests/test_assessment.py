import io

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import LATE, AssessmentCommon

#: five working days after the eleventh of March, at close of business
LAST = local("2026-03-18 17:30")


@tagged("post_install", "-at_install")
class TestAssessment(AssessmentCommon, HttpCase):
    """Drawn up, objected to in time, checked by one and confirmed by another."""

    second_company = True

    def test_score(self):
        """An uncounted figure has no weight; the missed limit costs its points."""
        assessment = self._drawn()
        line = self._line(assessment)
        self.assertEqual(assessment.period_start.isoformat(), "2026-02-01")
        self.assertEqual((line.base, line.deducted, line.score), (50, 2, 48))
        self.assertEqual(
            [(row.value_text, row.points_text) for row in line.result_ids],
            [("66.67 %", "30.00"), ("–", "–")],
        )
        entry = self._entries(assessment)
        self.assertEqual((entry.kind, entry.points, entry.about), ("overdue", -2, self.case.name))
        self.assertEqual(
            (line.rank, line.stars, line.is_noticed, line.is_ordered), (1, 1, True, True)
        )
        empty = self._line(assessment, self.lab)
        self.assertEqual((empty.score_text, empty.rank, empty.stars), ("–", 0, 0))
        self.assertFalse(empty.is_noticed)

    def test_weights_and_steps_are_refused_with_the_line(self):
        first, second = self.scheme.item_ids
        for words, record, values in (
            (
                "部门月考核: the weights add up to 90",
                self.scheme,
                {"item_ids": [Command.update(second.id, {"weight": 30})]},
            ),
            ("0–60 and 50–95 overlap", first.step_ids[1], {"begins": 50, "ends": 95}),
            (
                "≥ 90 and 95–99 overlap",
                first,
                {"step_ids": [Command.create({"begins": 95, "ends": 99})]},
            ),
            ("More stars", self.scheme, {"star_4": 99}),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                with self.env.cr.savepoint():
                    record.write(values)

    def test_edges_of_steps_and_targets(self):
        item, plain = self.scheme.item_ids
        self.assertEqual(
            [item._share(value) for value in (59.99, 60, 89.99, 90, 100)], [0, 50, 50, 100, 100]
        )
        self.assertEqual([plain._share(value) for value in (96.99, 97)], [0, 100])
        self.assertEqual(
            [self.scheme._stars(score) for score in (95, 94.99, 80, 59.99)], [5, 4, 3, 1]
        )
        self._kpi("K09").direction = "down"
        self.assertEqual([plain._share(value) for value in (97, 97.01)], [100, 0])

    def test_only_after_the_period_and_its_closed_sheet(self):
        with self.assertRaisesRegex(UserError, "runs until 2026-03-31"):
            self._drawn(period_start="2026-03-05")
        with self.assertRaisesRegex(UserError, "Close the sheet"):
            self._drawn(period_start="2026-01-05")
        self.scheme.item_ids[0].weight = 50
        with self.assertRaisesRegex(ValidationError, "add up to 90"), self.env.cr.savepoint():
            self._drawn()
        self.scheme.item_ids.unlink()
        with self.assertRaisesRegex(UserError, "no items"):
            self._drawn()

    def test_most_of_a_kind(self):
        self.scheme.rule_ids.filtered(lambda rule: rule.kind == "overdue").most = 3
        line = self._line(self._drawn())
        values = {"line_id": line.id, "kind": "overdue", "reason": "电话核实"}
        self._as("quality", self.env["water.assessment.entry"]).create(dict(values))
        self.assertEqual((line.deducted, line.score), (3, 47))

    def test_manual_entry_needs_reason_and_not_on_oneself(self):
        line = self._line(self._drawn())
        entries = self._as("quality", self.env["water.assessment.entry"])
        values = {"line_id": line.id, "kind": "praise", "reason": "锦旗一面", "about": "RX-1"}
        for wrong in ({"reason": " "}, {"kind": "x"}):
            with self.assertRaisesRegex(UserError, "reason"):
                entries.create({**values, **wrong})
        with self.assertRaisesRegex(UserError, "no points"):
            entries.create({**values, "kind": "other"})
        entry = entries.create({**values, "points": 50})
        self.assertEqual((entry.points, line.rewarded, line.score), (2, 2, 50))
        with self.assertRaises(AccessError):
            entry.points = 5
        self.net.manager_id = self.users["quality"]
        with self.assertRaisesRegex(AccessError, "You cannot decide on yourself"):
            entries.create(values)
        with self.assertRaises(AccessError):
            self._as("department", self.env["water.assessment.entry"]).create(values)

    def test_head_cannot_assess_own_department(self):
        self.net.manager_id = self.users["quality"]
        assessment = self._drawn("manager")
        for step in ("action_draw_up", "action_publish"):
            with self.assertRaisesRegex(AccessError, "yourself or your own"):
                getattr(self._as("quality", assessment), step)()

    def test_published_by_the_hours_that_hold(self):
        """A company that has chosen none of its own works by the office hours all the same."""
        self.company.water_calendar_id = False
        self.assertEqual(self._published().objection_until, LAST)

    def test_the_time_to_object_follows_days_entered_later(self):
        """Until it is over; by the hours by which it was published."""
        assessment = self._published()
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        days = self.env["water.calendar.day"]
        days.create({"name": "停电", "date": "2026-03-12", "kind": "off"})
        self.assertEqual(assessment.objection_until, LAST)
        days.create({"name": "停电", "date": "2026-03-13", "kind": "off", "calendar_id": old.id})
        self.assertEqual(assessment.objection_until, local("2026-03-19 17:30"))

    def test_objection_in_time_to_the_second(self):
        assessment = self._published()
        self.assertEqual(assessment.objection_until, LAST)
        entry = self._entries(assessment)
        with self.assertRaisesRegex(UserError, "reason"):
            self._object(entry, reason=" ")
        with self.assertRaises(AccessError):
            self._object(entry, "department2")
        with freeze_time(LATE):
            self.assertFalse(self._as("department", entry).can_object)
            with self.assertRaisesRegex(UserError, "over"):
                self._object(entry)
        with freeze_time(LAST):
            entry.invalidate_recordset()
            self.assertTrue(self._as("department", entry).can_object)
            objection = self._object(entry)
        self.assertEqual(
            (objection.state, objection.filed_by_id), ("open", self.users["department"])
        )
        with freeze_time(LATE), self.assertRaisesRegex(UserError, "open objections"):
            self._as("quality", assessment).action_check()

    def test_objection_wins(self):
        assessment = self._published()
        entry = self._entries(assessment)
        objection = self._object(entry)
        with self.assertRaises(AccessError):
            self._as("department", objection).write({"answer": "x"})
        self.lab.manager_id = self.users["quality"]  # of another department: this user decides
        judge = self._as("quality", objection)
        with self.assertRaisesRegex(UserError, "decision and why"):
            judge.action_allow()
        judge.answer = "改约有录音为证"
        judge.action_allow()
        line = self._line(assessment)
        self.assertEqual((entry.state, line.deducted, line.score), ("struck", 0, 50))
        with self.assertRaisesRegex(UserError, "is decided"):
            judge.action_refuse()

    def test_objection_to_a_figure_and_one_that_fails(self):
        assessment = self._published()
        entry, figure = self._entries(assessment), self._line(assessment).result_ids[0]
        against = self._object(entry, entry_id=False, result_id=figure.id)
        lost = self._object(entry)
        for objection, step in ((against, "action_allow"), (lost, "action_refuse")):
            judge = self._as("manager", objection)
            judge.answer = "已核对原始记录"
            getattr(judge, step)()
        line = self._line(assessment)
        self.assertEqual((figure.is_left_out, line.score_text, entry.state), (True, "–", "counts"))

    def test_enterer_cannot_decide(self):
        assessment = self._drawn()
        values = {
            "line_id": self._line(assessment).id,
            "kind": "attitude",
            "reason": "来电投诉属实",
        }
        entry = self._as("quality", self.env["water.assessment.entry"]).create(values)
        self._as("quality", assessment).action_publish()
        judge = self._as("quality", self._object(entry.with_env(self.env)))
        self.assertFalse(judge.can_decide)
        with self.assertRaisesRegex(AccessError, "Another person must decide"):
            judge.answer = "x"
        self.assertTrue(self._as("manager", judge.with_env(self.env)).can_decide)

    def test_confirmed_by_two(self):
        assessment = self._published()
        with freeze_time(LAST), self.assertRaisesRegex(UserError, "not over"):
            self._as("quality", assessment).action_check()
        with self.assertRaisesRegex(UserError, "checked before"):
            self._as("manager", assessment).action_confirm()
        with freeze_time(LATE):
            self._as("manager", assessment).action_check()
            with self.assertRaisesRegex(AccessError, "cannot confirm"):
                self._as("manager", assessment).action_confirm()
            with self.assertRaisesRegex(AccessError, "Managers confirm"):
                self._as("quality", assessment).action_confirm()
        with self.assertRaisesRegex(UserError, "not edited"):
            self._as("quality", assessment).write({"period_start": "2026-01-01"})

    def test_the_scheme_stands_still(self):
        """Limits, weights and points are fixed between publication and confirmation."""
        assessment = self._published()
        scheme = self._as("manager", self.scheme)
        item, rule = scheme.item_ids[:1], scheme.rule_ids[:1]
        for change in (
            lambda: scheme.write({"notice_below": 0}),
            lambda: scheme.write({"item_ids": [Command.update(item.id, {"weight": 50})]}),
            lambda: item.write({"target": 1}),
            lambda: item.step_ids[:1].unlink(),
            lambda: rule.copy({"kind": "other"}),
            lambda: rule.write({"most": 1}),
            rule.unlink,
        ):
            with self.assertRaisesRegex(UserError, "stands still"):
                change()
        scheme.name = "部门考核"
        self._confirmed(assessment)
        scheme.notice_below = 75
        self.assertEqual(self.scheme.notice_below, 75)

    def test_published_version_counts(self):
        """A scheme that changes after the draft has the draft drawn up anew, entries included."""
        assessment = self._drawn()
        scheme, quality = self._as("manager", self.scheme), self._as("quality", assessment)
        rule = scheme.rule_ids.filtered(lambda row: row.kind == "overdue")
        for change in (
            lambda: scheme.write({"star_5": 96}),
            lambda: scheme.item_ids[:1].write({"target": 98}),
            lambda: rule.write({"points": 7}),
            lambda: rule.write({"most": 1}),
        ):
            change()
            self.assertFalse(quality.can_publish)
            with self.assertRaisesRegex(UserError, "Draw the assessment up first"):
                quality.action_publish()
            quality.action_draw_up()
        self.assertEqual(self._entries(assessment, "overdue").mapped("points"), [-7])
        shown = assessment.line_ids.mapped("score")
        quality.action_publish()
        assessment._settle()
        self.assertEqual(assessment.line_ids.mapped("score"), shown)

    def _waits_at_home(self, login):
        """Number of addenda waiting on the user's home page."""
        item = self.env.ref("water_quality.home_assessment_addendum")
        sections = self._as(login, self.env["water.home.item"]).home()["sections"]
        (decide,) = [section for section in sections if section["key"] == "decide"]
        rows = [row for row in decide["rows"] if row["item"] == item.id]
        (told,) = [found for found in decide["items"] if found["id"] == item.id]
        self.assertEqual(told["count"], len(rows))
        return len(rows)

    def test_addendum_beside_what_is_confirmed(self):
        assessment = self._confirmed()
        line = self._line(assessment)
        with self.assertRaises(AccessError):
            self._as("quality", line).write({"score": 100})
        addenda = self._as("quality", self.env["water.assessment.addendum"])
        for wrong in ({"points": 2, "reason": " "}, {"points": 0, "reason": "x"}):
            with self.assertRaisesRegex(UserError, "points and the reason"):
                addenda.create({"line_id": line.id, **wrong})
        addendum = addenda.create({"line_id": line.id, "points": 2, "reason": "免责认定在后"})
        self.assertEqual((line.score, line.score_text), (48, "48.00"))
        with self.assertRaisesRegex(AccessError, "Another person must agree"):
            addendum.action_agree()
        second = self._as("manager", addendum)
        self.assertEqual((addendum.can_agree, second.can_agree), (False, True))
        self.assertEqual((self._waits_at_home("quality"), self._waits_at_home("manager")), (0, 1))
        second.action_agree()
        self.assertEqual((line.score, line.score_text), (48, "50.00"))
        self.assertEqual(self._waits_at_home("manager"), 0)
        with self.assertRaisesRegex(UserError, "counts already"):
            second.action_agree()
        with self.assertRaises(AccessError):
            addendum.points = 3
        for hat in ({"manager_id": self.users["quality"].id}, {"manager_id": False}):
            self.net.write({**hat, "member_ids": [Command.link(self.users["quality"].id)]})
            with self.subTest(hat), self.assertRaisesRegex(AccessError, "your own department"):
                addenda.create({"line_id": line.id, "points": 2, "reason": "x"})

    def test_saved_for_payroll_and_letters(self):
        assessment = self._published()
        with self.assertRaisesRegex(UserError, "Confirm"):
            self._as("quality", assessment)._as_table()
        with self.assertRaises(AccessError):
            self._as("department", assessment)._as_table()
        path = f"/water/assessment/{assessment.id}/table"
        self.authenticate(*[self.users["quality"].login] * 2)
        self.assertEqual(self.url_open(path).status_code, 409)
        letter = f"/report/html/water_quality.report_assessment_notice/{assessment.id}"
        order = f"/report/html/water_quality.report_assessment_order/{assessment.line_ids[0].id}"
        for address in (letter, order):
            self.assertEqual(self.url_open(address).status_code, 422, "nobody is blamed yet")
        self._confirmed(assessment)
        self.assertEqual(self.url_open(letter).status_code, 200)
        self.assertEqual(self.url_open(path).content[:2], b"PK")
        self.authenticate(*[self.users["department"].login] * 2)
        self.assertEqual(self.url_open(path).status_code, 404)
        name, content = self._as("quality", assessment)._as_table()
        rows = list(load_workbook(io.BytesIO(content)).active.values)
        self.assertIn((1, self.net.name, 50, -2, 0, 0, 48, 1), rows)
        self.assertRegex(name, "xlsx$")
        reports = self.env["ir.actions.report"].with_context(lang="en_US")
        notice, _kind = reports._render_qweb_html(
            "water_quality.report_assessment_notice", assessment.ids
        )
        self.assertIn(self.net.name, notice.decode())
        line = self._line(assessment)
        self.assertTrue(self._as("quality", line).action_print_order())
        order, _kind = reports._render_qweb_html("water_quality.report_assessment_order", line.ids)
        self.assertIn(self.case.name, order.decode())
        with self.assertRaisesRegex(UserError, "no supervision order"):
            self._as("quality", self._line(assessment, self.lab)).action_print_order()

    def test_score_of_the_whole(self):
        """The mean of what the reader may see: of all, or only the own one."""
        assessment = self._drawn()
        mine, other = self._line(assessment), self._line(assessment, self.lab)
        trusted(assessment.line_ids).is_empty = True
        for line, score in ((mine, 48), (other, 71)):
            trusted(line).write({"score": score, "is_empty": False})
        self._as("quality", assessment).action_publish()
        self.env.invalidate_all()
        self.assertEqual(self._as("quality", assessment).score, 59.5)
        self.env.invalidate_all()
        self.assertEqual(self._as("department", mine).assessment_id.score, 48)

    def test_people_see_their_own(self):
        assessment = self._drawn()
        lines = self._as("department", self.env["water.assessment.line"])
        self.assertFalse(lines.search([]))
        self._as("quality", assessment).action_publish()
        self.assertEqual(lines.search([]).department_id, self.net)
        self.assertEqual(self._as("department", self._entries(assessment)).about, self.case.name)
        foreign = self._as("foreign", self.env["water.assessment.line"])
        self.assertFalse(foreign.search([]))

    def test_people_by_their_own_figures(self):
        self.net.member_ids = self.users["department"] | self.users["agent"]
        self._put(self.sheet.line_ids, dimension="person", user_id=self.users["agent"].id)
        scheme = self._scheme(subject="person", department_ids=[Command.set(self.net.ids)])
        assessment = self._drawn(scheme_id=scheme.id)
        scores = {line.user_id: line.score_text for line in assessment.line_ids}
        self.assertEqual(scores[self.users["agent"]], "48.00")
        self.assertEqual(scores[self.users["department"]], "–")
        entry = self._entries(assessment)
        self.assertEqual(
            (entry.user_id, entry.department_id), (self.users["agent"], entry.department_id[:0])
        )

    def test_late_final_decision_counts_next_time(self):
        self._put(self.clock, excuse_state="asked")
        first = self._published()
        self.assertFalse(self._entries(first))
        self._put(self.clock, excuse_state="refused")
        self._put(self.sheet, period_start="2026-03-01")
        with freeze_time("2026-04-02"):
            second = self._drawn(period_start="2026-03-01")
        self.assertEqual(self._entries(second).kind, "overdue")
        self._put(self.sheet, period_start="2026-04-01")
        self._as("quality", second).action_publish()
        with freeze_time("2026-05-06"):
            third = self._drawn(period_start="2026-04-01")
        self.assertFalse(self._entries(third))
