from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...service_quality.tests.common import QualityCommon

BEGINS = local("2026-03-20 09:00")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-18 02:00:00")
class TestTraining(QualityCommon):
    """From the proposal to the skill, and what people may say of themselves."""

    def _training(self, *logins, login="quality", **values):
        values = {
            "subject": "沟通技巧",
            "starts_at": BEGINS,
            "trainer_id": self.users["supervisor"].id,
            **values,
        }
        training = self._as(login, self.env["water.training"]).create(values)
        training._invite(self.users["agent"].union(*(self.users[name] for name in logins)))
        return training

    def _planned(self, *logins, **values):
        training = self._training(*logins, **values)
        training.action_plan()
        return training

    def _line(self, training, login="agent"):
        lines = training.sudo().attendee_ids
        return lines.filtered(lambda row: row.user_id == self.users[login])

    def _said(self, training, login="agent", by="supervisor", **values):
        self._as(by, self._line(training, login)).write({"state": "attended", **values})

    def test_planned_with_all_it_takes(self):
        training = self._training(starts_at=False)
        self.assertRegex(training.name, "^PX202603-")
        with self.assertRefused("Say when, who teaches", training):
            training.action_plan()
        training.starts_at = BEGINS
        before = self.env["mail.mail"].sudo().search([])
        training.action_plan()
        self.assertEqual(training.state, "planned")
        told = (self.env["mail.mail"].sudo().search([]) - before).recipient_ids
        people = self.users["agent"] | self.users["supervisor"]
        self.assertEqual(told, people.partner_id)
        with self.assertRefused("Only what is proposed", training):
            training.action_plan()
        with self.assertRaisesRegex(ValidationError, "Say when"), self.env.cr.savepoint():
            training.starts_at = False  # the news: it may be put off, not left open

    def test_members_of_departments_are_invited_once(self):
        training = self._training(department_ids=[Command.set((self.net | self.lab).ids)])
        for _again in range(2):
            training.action_invite()
        people = self.users["agent"] | self.net.member_ids | self.lab.member_ids
        self.assertEqual(training.attendee_ids.user_id, people.filtered("active"))
        self.assertEqual(self._line(training, "department").department_id, self.net)

    def test_users_cannot_confirm_own_attendance(self):
        training = self._planned("quality", "department")
        for login in ("quality", "agent", "department"):
            with self.assertRaises(AccessError):
                self._said(training, login, by=login)
        with self.assertRaises(AccessError):
            self._said(training, "agent", by="department")
        with self.assertRaisesRegex(ValidationError, "trainer cannot be a participant"):
            training._invite(self.users["supervisor"])

    def test_signing_in_on_the_day(self):
        training = self._planned("department")
        mine = self._as("agent", self._line(training))
        for moment in ("2026-03-20 00:29:00", "2026-03-20 16:00:00"):
            with freeze_time(moment), self.assertRefused("on the day", mine.sudo()):
                mine.action_sign_in()
        with freeze_time("2026-03-20 00:30:00"):
            with self.assertRaises(AccessError):
                self._as("supervisor", self._line(training)).action_sign_in()
            mine.action_sign_in()
        self.assertEqual((mine.state, str(mine.signed_at)), ("attended", "2026-03-20 00:30:00"))

    def test_held_when_all_are_accounted_for(self):
        skill = self.env["water.skill"].create({"name": "沟通", "code": "T-S"})
        training = self._planned(
            "department", "agent2", skill_id=skill.id, has_exam=True, skill_level="3"
        )
        by_trainer = self._as("supervisor", training)
        with self.assertRefused("not begun", training):
            by_trainer.action_hold()
        with freeze_time("2026-03-20 03:00:00"):
            self._said(training)
            self._said(training, "department", score=55, is_marked=True)
            with self.assertRefused("Record the attendance", training):
                by_trainer.action_hold()
            with self.assertRaisesRegex(ValidationError, "Say why"):
                self._said(training, "agent2", state="excused")
            self._said(training, "agent2", state="excused", reason="病假")
            with self.assertRefused("points of the exam", training):
                by_trainer.action_hold()
            self._said(training, score=60, is_marked=True)
            by_trainer.action_hold()
        rows = self.env["water.skill.user"].search([("skill_id", "=", skill.id)])
        self.assertEqual(
            [(row.user_id, row.level, row.exam_on, row.exam_score) for row in rows],
            [(self.users["agent"], "3", date(2026, 3, 20), 60)],
        )
        self.assertEqual((training.state, training.attended_count), ("held", 2))
        with self.assertRefused("not changed", training):
            training.subject = "x"
        with self.assertRefused("not changed", self._line(training)):
            self._said(training, by="quality", state="absent")
        again = self.env["water.training"].browse(training.action_again()["res_id"])
        self.assertEqual(
            again.attendee_ids.user_id, self.users["department"] | self.users["agent2"]
        )
        self.assertEqual((again.state, again.again_of_id), ("proposed", training))

    def test_only_the_trainer_or_quality_records(self):
        training = self._planned()
        with freeze_time("2026-03-20 03:00:00"):
            self._said(training)
            with self.assertRaises(AccessError):
                self._as("department", training).action_hold()
            with self.assertRaises(AccessError):
                self._as("agent", training).action_cancel()
            self._as("quality", training).action_hold()

    def test_called_off_with_a_reason(self):
        training = self._planned()
        with self.assertRefused("Say why", training):
            training.action_cancel()
        training.cancel_reason = "讲师生病"
        before = self.env["mail.mail"].sudo().search([])
        training.action_cancel()
        told = self.env["mail.mail"].sudo().search([]) - before
        self.assertIn(self.users["agent"].partner_id, told.recipient_ids)
        self.assertEqual(training.state, "cancelled")

    @freeze_time("2031-03-18 02:00:00")
    def test_plan_of_a_year(self):
        plan = self._as("quality", self.env["water.training.plan"]).create({"year": 2031})
        with self.assertRefused("Plan a training", plan):
            self._as("manager", plan).action_approve()
        with self.assertRaisesRegex(ValidationError, "another year"):
            # the first hour of the next year where the company is
            self._training(plan_id=plan.id, starts_at=local("2032-01-01 00:30"))
        training = self._planned("department", plan_id=plan.id, starts_at=local("2031-03-20 09:00"))
        with self.assertRaises(AccessError):
            plan.action_approve()
        self._as("manager", plan).action_approve()
        with self.assertRefused("not changed", plan):
            plan.objective = "x"
        with freeze_time("2031-03-20 03:00:00"):
            self._said(training)
            self._said(training, "department", state="absent")
            self._as("supervisor", training).action_hold()
        staff = len(plan._staff())
        self.assertEqual((plan.held_count, plan.coverage), (1, f"1 / {staff}"))

    def test_new_standard_asks_for_a_training(self):
        documents = self._as("quality", self.env["water.staff.document"])
        asking, silent = documents.create(
            [
                {"name": "规范", "code": "T-1"},
                {"name": "规范", "code": "T-2", "asks_training": False},
            ]
        )
        (asking | silent).action_put_in_force()
        training = asking.training_ids
        self.assertEqual((training.state, training.kind), ("proposed", "standard"))
        self.assertEqual(training.sudo().attendee_ids.user_id, asking._staff())
        self.assertFalse(silent.training_ids)
        asking.action_new_version()

    def _upheld(self, number):
        cases = self.env["water.complaint"].create(
            [self._complaint_values(department_id=self.net.id) for _n in range(number)]
        )
        trusted(cases).write(
            {"finding": "upheld", "state": "confirmed", "closed_at": local("2026-03-10 10:00")}
        )
        return cases

    def _proposed(self):
        """Trainings that the scheduled action proposes, or to which it adds something."""
        sources = self.env["water.training.source"]
        before = sources.search([])
        self._trigger("water_quality.ir_cron_trainings")
        return (sources.search([]) - before).training_id

    def test_upheld_complaints_propose_a_lesson_once(self):
        cases = self._upheld(2)
        self.assertFalse(self._proposed())
        cases |= self._upheld(1)
        lesson = self._proposed()
        self.assertEqual(lesson.source_ids.complaint_id, cases)
        self.assertEqual((lesson.kind, lesson.department_ids), ("lesson", self.net))
        self.assertEqual(lesson.attendee_ids.user_id, self.net.member_ids.filtered("active"))
        self.assertFalse(self._proposed())
        self._upheld(2)
        self.assertFalse(self._proposed())
        more = self._upheld(1)
        self.assertEqual(self._proposed(), lesson)
        self.assertLess(more, lesson.source_ids.complaint_id)
        self.assertEqual(len(lesson.content.splitlines()), 2)
        self.assertNotIn(cases[:1].subject, lesson.content)

    def test_uncounted_work_teaches_nothing(self):
        """Found right and then merged, withdrawn, left out, or judged again: once, or never."""
        cases = self._upheld(3)
        for values in (
            {"state": "merged"},
            {"state": "withdrawn"},
            {"state": "archived", "leaves_figures": True},
            {"leaves_figures": False, "is_judged_again": True},
        ):
            trusted(cases[0]).write(values)
            with self.subTest(values):
                self.assertFalse(self._proposed())
        trusted(cases[0]).is_judged_again = False
        self.assertTrue(self._proposed())

    def test_days_of_the_company(self):
        """Ninety days back is a day in Shanghai, which begins eight hours before that of UTC."""
        cases = self._upheld(3)
        trusted(cases).closed_at = local("2025-12-17 23:59")
        self.assertFalse(self._proposed())
        trusted(cases).closed_at = local("2025-12-18 00:00")
        self.assertTrue(self._proposed())

    def test_invited_learn_the_lesson_and_not_the_case(self):
        self._upheld(3)
        lesson = self._proposed()
        lesson.write({"starts_at": BEGINS, "trainer_name": "外聘"})
        lesson.action_plan()
        read = self._as("department", lesson).read()[0]
        self.assertNotIn("source_ids", read)
        with self.assertRaises(AccessError):
            self._as("department", lesson.source_ids).read(["complaint_id"])
        case = lesson.source_ids.complaint_id[:1]
        trusted(case).person_complained_id = self.users["quality"]
        seen = self._as("quality", self.env["water.training.source"])
        self.assertNotIn(case.id, seen.search([]).complaint_id.ids)

    def test_lesson_by_hand(self):
        case = self._upheld(1)
        with self.assertRaises(AccessError):
            self._as("agent", case).action_lesson()
        window = self._as("quality", case).action_lesson()
        training = (
            self._as("quality", self.env["water.training"])
            .with_context(**window["context"])
            .create({})
        )
        self.assertEqual(training.source_ids.complaint_id, case)
        self.assertEqual(training.department_ids, self.net)

    def test_reminders(self):
        training = self._planned()
        mails = self.env["mail.mail"].sudo()
        for moment, words in (
            ("2026-03-18 02:00:00", "Training:"),
            ("2026-03-19 02:00:00", None),
            ("2026-03-20 10:00:00", "to be recorded"),
        ):
            before = mails.search([])
            with freeze_time(moment):
                self._trigger("water_quality.ir_cron_training_reminders")
            told = mails.search([]) - before
            with self.subTest(moment=moment):
                self.assertEqual(bool(told), bool(words))
                if words:
                    self.assertIn(words, " ".join(told.mapped("subject")))
        self.assertEqual(training.reminded_on, date(2026, 3, 20))

    def test_one_source_a_line(self):
        training, case = self._training(), self._upheld(1)
        rows = self.env["water.training.source"]
        for values in ({}, {"complaint_id": case.id, "inspection_id": self._inspection().id}):
            with self.assertRaisesRegex(ValidationError, "one complaint, inspection"):
                rows.create({"training_id": training.id, **values})
