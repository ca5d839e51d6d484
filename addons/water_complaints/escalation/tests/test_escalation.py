from datetime import timedelta
from types import SimpleNamespace

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import in_words
from odoo.addons.water_service_desk.clock.models.water_standard_line import INTERNAL

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestEscalation(ComplaintCommon):
    """Escalated by hand, with the reason (S3.2.5)."""

    second_company = True

    def _told(self, user, case):
        messages = self.env["mail.message"].sudo()
        found = messages.search([("partner_ids", "in", user.partner_id.ids)])
        return found.filtered(lambda message: case.name in (message.subject or ""))

    def test_people_on_each_level(self):
        """Head, executive and general manager, unless barred; otherwise empty."""
        head, deputy, general = (self.users[name] for name in ("department", "quality", "manager"))
        self.net.write({"manager_id": head.id, "deputy_id": deputy.id})
        self.company.water_general_manager_id = general
        case = self._complaint_at("dispatched")
        for level, user in (
            *(("supervisor", head), ("vice_president", deputy), ("general_manager", general)),
        ):
            self.assertEqual(case._escalation_person(level), user, level)
            other = self._complaint(department_id=self.net.id, person_complained_id=user.id)
            self.assertNotEqual(other._escalation_person(level), user, level)
        self.assertEqual(len(self._complaint()._escalation_person("supervisor")), 1)
        self.assertFalse(self._complaint()._escalation_person("vice_president"))

    def test_the_dialog_proposes_who_stands_there(self):
        self.net.deputy_id = self.users["quality"]
        case = self._complaint_at("dispatched")
        dialogs = self._as("agent", self.env["water.escalate.wizard"])
        about = {"active_model": case._name, "active_ids": case.ids}
        dialog = dialogs.with_context(**about).create({"level": "vice_president", "reason": "急"})
        self.assertEqual(dialog.user_id, self.users["quality"])
        self.assertEqual(dialog.action_save(), {"type": "ir.actions.act_window_close"})
        self.assertEqual(case.escalated_to_id, self.users["quality"])
        inquiry = {"active_model": "water.inquiry", "active_ids": self._inquiry().ids}
        with self.assertRefused("Open this dialog from a case"):
            dialogs.with_context(**inquiry).create({"reason": "急"})

    def test_escalated(self):
        """On the card, in the chain, and told with the reason; by each of those who work on it."""
        user = self.users["manager"]
        for login, state in (
            *(("agent", "registered"), ("department", "investigating"), ("quality", "callback")),
            ("su", "registered"),
        ):
            case = self._complaint_at(state)
            acts.escalate(self._as(login, case), "general_manager", "媒体关注", user)
            with self.subTest(login):
                self.assertEqual(
                    (case.escalation_level, case.escalation_reason, case.escalated_to_id),
                    ("general_manager", "媒体关注", user),
                )
                self.assertEqual(case.escalated_at, fields.Datetime.now())
                event = case.event_ids.filtered(lambda row: row.kind == "escalated")
                self.assertEqual(
                    event.payload,
                    {"level": "general_manager", "reason": "媒体关注", "to": user.id},
                )
                self.assertIn("媒体关注", self._told(user, case).body)

    def test_escalated_twice_at_once(self):
        """The same again within a minute is one; with another reason, or later, it is a new one."""
        case, user = self._complaint(), self.users["manager"]

        def escalate(login, reason):
            acts.escalate(self._as(login, case), "general_manager", reason, user)
            return len(case.event_ids.filtered(lambda row: row.kind == "escalated"))

        self.assertEqual(escalate("agent", "媒体关注"), 1)
        self.assertEqual(escalate("supervisor", "媒体关注"), 1)
        self.assertEqual(escalate("agent", "记者已到现场"), 2)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.assertEqual(escalate("agent", "记者已到现场"), 3)

    def test_not_escalated(self):
        """Without a reason or a reader, and by users who do not work on it."""
        case = self._complaint(person_complained_id=self.users["manager"].id)
        supervisor, mine = self.users["supervisor"], self._as("agent", case)
        nobody = "choose a member of staff|Choose a person who can see"
        for reason, user, words in (
            (" ", supervisor, "why it cannot wait"),
            ("急", self.env["res.users"], nobody),
            *(("急", self.users[login], nobody) for login in ("plain", "manager", "foreign")),
        ):
            with self.subTest(words=words), self.assertRefused(words, case):
                acts.escalate(mine, "supervisor", reason, user)
        filed = self._as("agent", self._complaint_at("archived"))
        with self.assertRefused("it can no longer be added to"):
            acts.escalate(filed, "supervisor", "急", supervisor)
        machine = self._as("integration", self._complaint("integration"))
        with self.assertRaises(AccessError):
            acts.escalate(machine, "supervisor", "急", supervisor)

    def test_how_often_it_was_urged(self):
        """Times and not people; whom the last time, each once."""
        rows = [
            {"at": at, "step": step, "who": who}
            for at, step, who in (
                *(("一", "催办", "甲"), ("一", "催办", "乙")),
                *(
                    ("二", "催办", "甲"),
                    ("三", "督办", "丙"),
                    ("三", "督办", "丁"),
                    ("三", "督办", "丙"),
                ),
            )
        ]
        told = self.env["water.complaint"]._notified_of
        self.assertEqual(
            told(SimpleNamespace(_reminded=lambda: rows)),
            {"times": "3 times, the last on 三", "last_step": "督办", "last_who": "丙 and 丁"},
        )
        nothing = {"times": "", "last_step": "", "last_who": ""}
        self.assertEqual(told(SimpleNamespace(_reminded=list)), nothing)

    def test_content_of_supervision_order(self):
        """Late by one second after the customer's due date."""
        case = self._complaint_at("dispatched")
        clocks = self._running(case).sorted("due_at")
        promised = clocks.filtered(lambda clock: clock.kind not in INTERNAL)
        self.assertTrue(promised)
        self.assertNotEqual(clocks, promised)
        with freeze_time(promised[0].due_at):
            self.assertEqual(case._supervision_lines(), [])
        with freeze_time(promised[0].due_at + timedelta(seconds=1)):
            (line,) = case._supervision_lines()
            self.assertEqual(line["due"], in_words(promised[0].due_at))
            self.assertEqual(line["times"], "")
        with freeze_time(promised[-1].due_at + timedelta(days=1)):
            lines = case._supervision_lines()
        found = [line["due"] for line in lines]
        self.assertEqual(found, [in_words(clock.due_at) for clock in promised])

    def test_recipients_of_clock_reminder(self):
        """The oldest first, with the step of the ladder."""
        case = self._complaint_at("investigating")
        clock = self._clock(case, "close")
        self.assertEqual(clock._reminded(), [])
        for days in (2, 9):
            with freeze_time(clock.due_at + timedelta(days=days)):
                self._sweep()
        rows = clock._reminded()
        notices = self.env["water.escalation.notice"].search([("deadline_id", "=", clock.id)])
        self.assertEqual(len(rows), len(notices))
        first, last = notices.sorted("id")[0], notices.sorted("id")[-1]
        for row, notice in ((rows[0], first), (rows[-1], last)):
            self.assertEqual((row["step"], row["who"]), (notice.step_id.name, notice.user_id.name))
            self.assertEqual(row["at"], in_words(notice.at))
