from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests.doors import Sent
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.steps import MAJOR
from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestMajor(ComplaintCommon):
    """A major complaint is reported to the vice-president before it is handled (E2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.president = cls._new_user(
            "president", "base.group_user,water_service_desk.group_manager"
        )
        cls.net.deputy_id = cls.president

    def _told(self, user, case):
        messages = (
            self.env["mail.message"].sudo().search([("partner_ids", "in", user.partner_id.ids)])
        )
        return messages.filtered(lambda message: case.name in f"{message.subject} {message.body}")

    def test_handling_waits_for_the_report(self):
        """Neither the desk nor the department begins before; afterwards both may."""
        case = self._complaint(major_media=True, department_id=self.net.id)
        self.assertTrue(case.is_major)
        self.assertTrue(self._told(self.president, case))
        self.assertTrue(self._told(self.users["supervisor"], case))
        self._step_dispatched(case, "agent", self.net)
        refused = self.assertRaisesRegex(UserError, "executive in charge first")
        with refused, self.env.cr.savepoint():
            self._as("department", self._lead(case)).action_accept()
        other = self._complaint(major_legal=True)
        acts.readback(self._as("agent", other))
        with self.assertRaisesRegex(UserError, "executive in charge first"):
            self._as("agent", other).action_handle()
        self.assertEqual(case.state, "dispatched")
        self._report(case)
        self._as("department", self._lead(case)).action_accept()
        self.assertEqual(case.state, "investigating")
        self.assertWhole(case)

    def _report(self, case, login="agent", **values):
        wizards = self._as(login, self.env["water.report.wizard"])
        values = {"note": "电话报告, 指示当日现场处置", **values}
        about = {"active_model": case._name, "active_ids": case.ids}
        wizard = Sent(wizards.with_context(**about)).create(values)
        wizard.action_save()
        return wizard

    def test_report(self):
        """Proposed to the vice-president in charge, dated, told, and in the chain."""
        case = self._complaint(major_injury=True, department_id=self.net.id)
        self.assertEqual(self._report(case).user_id, self.president)
        self.assertEqual(case.major_reported_to_id, self.president)
        self.assertTrue(case.major_reported_at)
        event = case.event_ids.filtered(lambda row: row.kind == "major_reported")
        self.assertEqual(event.payload["to"], self.president.id)
        self.assertIn("现场处置", event.payload["note"])

    def test_bad_reports(self):
        plain = self._complaint()
        case = self._complaint(major_group=True, person_complained_id=self.users["quality"].id)
        for target, values, words in (
            (plain, {"user_id": self.president.id}, "no major complaint"),
            (case, {"user_id": self.president.id, "note": "  "}, "it cannot be blank"),
            (case, {"user_id": False}, "Name the person"),
            (case, {"user_id": self.users["quality"].id}, "is concerned"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._report(target, **values)
        self.assertFalse((plain | case).filtered("major_reported_at"))
        with self.assertRaises(AccessError):
            self._report(case, login="department", user_id=self.president.id)

    def test_marked_later(self):
        """Marked in the course of handling: the people hear of it; unmarked with a reason only."""
        case = self._complaint_at("investigating")
        self._as("agent", case).write({"major_media": True, "major_group": True})
        self.assertTrue(self._told(self.president, case))
        work = self._as("agent", case)
        with self.assertRaisesRegex(UserError, "no major complaint any more"):
            work.major_media = False
        work.write({"major_media": False, "triage_reason": "记者并未到场"})
        self.assertTrue(case.is_major)
        marked = case.event_ids.filtered(lambda row: row.kind == "major_marked").sorted("id")
        self.assertEqual(marked[0].payload["note"], "Media and Group of People")
        self.assertEqual(marked[-1:].payload["reason"], "记者并未到场")
        work.write({"major_group": False, "triage_reason": "只有一户"})
        self.assertFalse(case.is_major)
        with self.assertRaises(AccessError):
            self._as("department", case).major_legal = True
        self.assertWhole(case)

    def test_each_kind_is_enough(self):
        """Each criterion of the form alone; without any it is an ordinary complaint."""
        self.assertFalse(self._complaint().is_major)
        for kind in MAJOR:
            case = self._complaint(**{kind: True})
            self.assertIs(case.is_major, True, kind)
            self.assertEqual(case._major_label(), case._fields[kind].string)
            self.assertEqual(self._kinds(case).count("major_marked"), 1, kind)

    def test_notified_people(self):
        """The executive, the responsible person and supervisors, each once."""
        case = self._complaint(department_id=self.net.id)
        self._as("manager", case).major_media = True
        told = {login for login in self.users if self._told(self.users[login], case)}
        self.assertLessEqual({"agent", "supervisor"}, told)
        self.assertTrue(self._told(self.president, case))
        self.assertFalse({"agent2", "department", "plain"} & told)
        self._report(case, user_id=self.president.id)
        count = len(self._told(self.users["supervisor"], case))
        self._as("manager", case).major_injury = True
        self.assertEqual(len(self._told(self.users["supervisor"], case)), count)
        self.assertEqual(self._kinds(case).count("major_marked"), 2)

    def test_repeated_writing_marks_no_change(self):
        """An unmarked complaint needs no withdrawal and no reason."""
        case = self._complaint(major_media=True)
        work = self._as("agent", case)
        work.write({"major_media": True, "major_legal": False})
        self.assertEqual(self._kinds(case).count("major_marked"), 1)
        trusted(case.sudo()).major_legal = True
        self.assertEqual(self._kinds(case).count("major_marked"), 1)

    def test_the_report_lets_it_go_on(self):
        """An ordinary one needs none; a major one needs it once."""
        plain, case = self._complaint(), self._complaint(major_group=True)
        self.assertEqual(plain._need_report(), [])
        (missing,) = case._need_report()
        self.assertEqual(missing.place, "action_report")
        self._report(case, user_id=self.president.id)
        self.assertEqual(case._need_report(), [])
        self.assertEqual(case.major_report_note, "电话报告, 指示当日现场处置")

    def test_person_concerned_is_not_told(self):
        case = self._complaint(
            major_media=True, department_id=self.net.id, person_complained_id=self.president.id
        )
        self.assertFalse(self._told(self.president, case))
        self.assertFalse(case._vice_president() & self.president)
