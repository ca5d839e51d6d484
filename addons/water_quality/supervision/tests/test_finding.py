from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time("2026-03-18 02:00:00")
class TestFinding(ComplaintCommon):
    """An external finding: answered by the department, checked by another person, in time."""

    def _finding(self, login="quality", **values):
        values = {
            "subject": "营业厅排队过久",
            "description": "排队一小时",
            "reference": "水务〔2026〕12号",
            "owner_id": self.users["agent"].id,
            **values,
        }
        return self._as(login, self.env["water.supervision.finding"]).create(values)

    def _answered(self, words):
        finding = self._finding()
        self._as("agent", finding).answer = words
        self._as("agent", finding).action_answer()
        return finding

    def test_due_in_working_days(self):
        """Ten working days, the day of receipt not counted, until close of business."""
        self.assertEqual(self._finding().reply_due_at, local("2026-04-01 17:30"))
        self.company.water_supervision_days = 3
        self.assertEqual(self._finding().reply_due_at, local("2026-03-23 17:30"))

    def test_due_over_the_golden_week(self):
        """Counted by office hours: holidays are off, and Saturday 10 October is a working day."""
        self.assertNotEqual(self.company.resource_calendar_id, self.company.water_calendar_id)
        with freeze_time(local("2026-09-30 10:00")):
            self.assertEqual(self._finding().reply_due_at, local("2026-10-20 17:30"))

    def test_its_date_moves_with_a_reason_on_record(self):
        """By another person than the author, before it has passed; correcting the receipt does
        not move it.
        """
        finding = self._finding(reply_due_at=local("2026-03-27 12:00"))
        checker = self._as("quality", finding)
        checker.received_at = local("2026-03-17 12:00")
        self.assertEqual(finding.reply_due_at, local("2026-03-27 12:00"))
        later = {"reply_due_at": local("2026-04-03 12:00")}
        with self.assertRefused("Say why the date moves", finding):
            checker.write(later)
        later["date_reason"] = "水务〔2026〕15号同意延期"
        finding.department_id = self.net
        self.net.manager_id = self.users["supervisor"]
        with self.assertRefused("cannot change the due date", finding):
            self._as("supervisor", finding).write(later)
        with freeze_time(local("2026-03-27 12:01")):
            with self.assertRefused("has passed", finding):
                checker.write(later)
        self._as("agent", finding).answer = "已整改"
        self._as("agent", finding).action_answer()
        trusted(finding).reminded_at = local("2026-03-26 10:00")
        checker.write(later)
        self.assertFalse(finding.reminded_at, "whoever checks it is reminded of the new date")
        self.assertIn("2026-03-27 12:00 → 2026-04-03 12:00", finding.date_moves)
        self.assertIn("15号", finding.date_moves)

    def _day(self, date, **values):
        values = {"name": "停电", "kind": "off", "official": False, **values}
        return self.env["water.calendar.day"].create({"date": date, **values})

    def test_its_own_date_follows_days_entered_later(self):
        """Recorded with the reason; dates of the body or set by hand stay."""
        own, named, moved = self._finding(), self._finding(), self._finding()
        named = self._finding(reply_due_at=local("2026-03-27 12:00"))
        self._as("quality", moved).write(
            {"reply_due_at": local("2026-04-01 12:00"), "date_reason": "水务〔2026〕15号"}
        )
        self._as("quality", own).received_at = local("2026-03-17 12:00")
        day = self._day("2026-03-20")
        self.assertEqual(own.reply_due_at, local("2026-04-02 17:30"))
        self.assertIn("2026-04-01 17:30 → 2026-04-02 17:30", own.date_moves)
        self.assertIn("The working time of the calendar has changed.", own.date_moves)
        self.assertEqual(named.reply_due_at, local("2026-03-27 12:00"))
        self.assertEqual(moved.reply_due_at, local("2026-04-01 12:00"))
        with freeze_time(local("2026-04-02 10:00")):  # a day of the past would end it yesterday
            day.unlink()
        self.assertEqual(own.reply_due_at, local("2026-04-02 17:30"))

    def test_limit_keeps_calendar_of_its_promise(self):
        finding, late, over = self._finding(), self._finding(), self._finding()
        trusted(late)._keep_breach()
        trusted(over).state = "replied"
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        self.company.water_supervision_days = 3
        self._day("2026-03-19")
        self.assertEqual(finding.reply_due_at, local("2026-04-01 17:30"))
        self._day("2026-03-19", calendar_id=old.id)
        self.assertEqual(finding.reply_due_at, local("2026-04-02 17:30"))
        for row in (late, over):
            self.assertEqual(row.reply_due_at, local("2026-04-01 17:30"))

    def test_stays_where_hours_are_gone(self):
        """Removed hours leave no limit to count: a date is entered instead."""
        finding = self._finding()
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新"})
        empty = self.env["resource.calendar"].create({"name": "空", "tz": "Asia/Shanghai"})
        empty.attendance_ids.unlink()
        trusted(finding).counted_calendar_id = empty
        self._day("2026-03-20")
        self.assertEqual(finding.reply_due_at, local("2026-04-01 17:30"))

    def test_provisional_in_words_until_the_year_is_known(self):
        with freeze_time(local("2026-12-28 10:00")):
            finding = self._finding()
            due = finding.reply_due_at
            self.assertEqual(due, local("2027-01-11 17:30"))
            self.assertIn("provisional", finding._due_line("Asia/Shanghai"))
            self._day("2027-01-01", official=True)
            self.assertEqual(finding.reply_due_at, local("2027-01-12 17:30"))
            self.assertIn("Holidays have been announced.", finding.date_moves)
            self.assertNotIn("provisional", finding._due_line("Asia/Shanghai"))

    def test_former_owner_cannot_move_date(self):
        """The author wants it back with more time."""
        finding = self._finding(owner_id=self.users["quality"].id)
        mine = self._as("quality", finding)
        mine.owner_id = self.users["agent"]
        later = {"reply_due_at": local("2026-04-03 12:00"), "date_reason": "太忙"}
        with self.assertRefused("cannot change the due date", finding):
            mine.write(later)
        self._as("supervisor", finding).write(later)
        self.assertIn("太忙", finding.date_moves)

    def test_body_names_the_date(self):
        named = local("2026-03-20 12:00")
        finding = self._finding(reply_due_at=named)
        self.assertEqual(finding.reply_due_at, named)
        with self.assertRaisesRegex(ValidationError, "answered after it was received"):
            self._finding(reply_due_at=local("2026-03-17 12:00"))

    def test_way(self):
        finding = self._finding()
        own = self._as("agent", finding)
        with self.assertRaisesRegex(UserError, "Write down the answer"):
            own.action_answer()
        self.assertEqual(finding.state, "open")
        own.answer = "已增开两个窗口"
        own.action_answer()
        self.assertEqual((finding.state, finding.answered_by_id), ("answered", self.users["agent"]))
        with self.assertRaisesRegex(AccessError, "waits for its check"):
            own.answer = "改一改"
        checker = self._as("supervisor", finding)
        with self.assertRaisesRegex(UserError, "what is missing"):
            checker.action_return()
        checker.return_reason = "从何时起?"
        checker.action_return()
        self.assertEqual(finding.state, "open")
        own.action_answer()
        self.assertFalse(finding.return_reason)
        checker.action_reply()
        self.assertEqual((finding.state, finding.replied_by_id), ("replied", checker.env.user))
        self.assertFalse(finding.breached_at)
        with self.assertRaisesRegex(UserError, "not changed any more"):
            checker.subject = "x"
        checker.action_close()
        self.assertEqual(finding.state, "closed")

    def test_author_cannot_check_own_answer(self):
        finding = self._finding(answer="已整改")
        self._as("quality", finding).action_answer()
        with self.assertRaisesRegex(AccessError, "Another person must check"):
            self._as("quality", finding).action_reply()
        with self.assertRaisesRegex(AccessError, "Quality and supervisors check"):
            self._as("agent", finding).action_reply()
        self.assertEqual(finding.state, "answered")

    def test_author_cannot_check_words_submitted_by_another(self):
        """Written before submission or after a return: this user is one of its authors."""
        finding = self._finding(answer="质量科代拟")
        self._as("agent", finding).action_answer()
        with self.assertRaisesRegex(AccessError, "Another person must check"):
            self._as("quality", finding).action_reply()
        checker = self._as("supervisor", finding)
        self.assertTrue(checker.can_reply)
        checker.return_reason = "改一改"
        checker.action_return()
        checker.answer = "主管改写"
        self._as("agent", finding).action_answer()
        checker.invalidate_recordset()
        self.assertFalse(checker.can_reply)
        with self.assertRaisesRegex(AccessError, "Another person must check"):
            checker.action_reply()
        self._as("manager", finding).action_reply()
        self.assertEqual(finding.state, "replied")

    def test_owner_writes_the_answer_alone(self):
        finding = self._finding()
        with self.assertRaisesRegex(AccessError, "quality the rest"):
            self._as("agent", finding).reply_due_at = local("2027-01-01 00:00")
        with self.assertRaises(AccessError):
            self._as("agent2", finding).answer = "x"
        with self.assertRaises(AccessError):
            self._as("quality", finding).state = "closed"
        self.assertFalse(finding.answer)

    def test_not_closed_while_measures_run(self):
        finding = self._answered("整改")
        self._as("quality", finding).action_reply()
        known = self._as("quality", finding).action_measure()["context"]
        self.assertEqual(known["default_finding_id"], finding.id)
        row = self.env["water.improvement"].create(
            {"subject": "x", "finding_id": finding.id, "owner_id": self.users["agent"].id}
        )
        self.assertEqual(row.origin, "supervision")
        with self.assertRaisesRegex(UserError, "still open"):
            self._as("quality", finding).action_close()
        trusted(row).state = "cancelled"
        self._as("quality", finding).action_close()

    def test_closed_problem_takes_no_measures(self):
        """Neither a new one, nor one that was given out for something else."""
        finding = self._answered("整改")
        self._as("quality", finding).action_reply()
        self._as("quality", finding).action_close()
        measures = self._as("quality", self.env["water.improvement"])
        other = measures.create({"subject": "y"})
        refused = f"{finding.name} is closed: no measure is added"
        with self.assertRefused(refused):
            measures.create({"subject": "x", "finding_id": finding.id})
        with self.assertRefused(refused, other):
            other.finding_id = finding

    def test_reminder_and_breach_once_each(self):
        finding = self._finding()
        finding.flush_recordset()
        watch = self.env["water.supervision.finding"]._cron_watch
        with freeze_time("2026-03-30 02:00:00"):
            watch()
        self.assertFalse(finding.reminded_at)
        with freeze_time("2026-03-31 02:00:00"):
            watch()
        self.assertTrue(finding.reminded_at)
        self.assertFalse(finding.breached_at)
        with freeze_time("2026-04-01 09:30:00"):  # 17:30 itself is in time
            watch()
        self.assertFalse(finding.breached_at)
        with freeze_time("2026-04-01 09:30:01"):
            watch()
        self.assertEqual(finding.breached_at, finding.reply_due_at)
        self.assertEqual(finding.breached_user_id, self.users["agent"])
        self._as("quality", finding).owner_id = self.users["agent2"]
        self.assertEqual(finding.breached_user_id, self.users["agent"], "stays with who had it")
        count = len(finding.message_ids)
        with freeze_time("2026-04-02 02:00:00"):
            watch()
        self.assertEqual(len(finding.message_ids), count)

    def test_late_answer_is_a_breach_without_the_scheduled_action(self):
        finding = self._answered("已整改")
        with freeze_time("2026-04-02 02:00:00"):
            self._as("quality", finding).action_reply()
        self.assertEqual(finding.breached_at, finding.reply_due_at)

    def test_hidden_from_whom_it_is_about(self):
        case = self._complaint("agent2", person_complained_id=self.users["agent"].id)
        with self.assertRaisesRegex(ValidationError, "about this owner"):
            self._finding(complaint_id=case.id)
        finding = self._finding(owner_id=self.users["agent2"].id, complaint_id=case.id)
        found = self._as("agent2", self.env["water.supervision.finding"]).search([])
        self.assertIn(finding, found)
        self.assertNotIn(
            finding, self._as("agent", self.env["water.supervision.finding"]).search([])
        )

    def test_person_concerned_is_not_told(self):
        """Neither as the head who would answer for it, nor of the actions about it."""
        head = self.users["department"]
        values = {"name": "被诉科", "code": "SVX", "manager_id": head.id}
        unit = self.env["water.department"].create(values)
        case = self._complaint("agent2", person_complained_id=head.id)
        about = {"complaint_id": case.id, "department_id": unit.id}
        finding = self._finding(owner_id=False, **about)
        with freeze_time("2026-04-02 02:00:00"):
            self._trigger("water_quality.ir_cron_supervision")
        self.assertTrue(finding.breached_at)
        told = self.env["mail.message"].search([("partner_ids", "in", head.partner_id.ids)])
        self.assertFalse(told.filtered(lambda row: finding.subject in f"{row.subject}{row.body}"))
        self.assertFalse(told.filtered(lambda row: finding.name in f"{row.subject}{row.body}"))
        rows = self._as("quality", self.env["water.improvement"])
        values = {"subject": "整改", "finding_id": finding.id, "department_id": unit.id}
        with self.assertRaisesRegex(ValidationError, "about this owner"):
            rows.create({**values, "owner_id": head.id})
        measure = rows.create({**values, "owner_id": self.users["agent2"].id})
        own = self._as("department", self.env["water.improvement"]).with_user(head)
        self.assertNotIn(measure, own.search([]))
        with self.assertRaises(AccessError):
            own.browse(measure.id).read(["finding_id"])

    def test_measure_about_his_own_case_is_hidden(self):
        """The measure stands two links away from the case."""
        him = self.users["quality"]
        findings = self.env["water.supervision.finding"]
        values = {"subject": "抽查", "description": "未按时告知"}
        for case in (self._complaint(), self._complaint(partner_id=him.partner_id.id)):
            finding = findings.create({**values, "complaint_id": case.id})
            measure = self.env["water.improvement"].create(
                {"subject": "整改", "finding_id": finding.id, "owner_id": self.users["agent"].id}
            )
            seen = measure.with_user(him).search([("id", "=", measure.id)])
            self.assertEqual(bool(seen), case.partner_id != him.partner_id)
