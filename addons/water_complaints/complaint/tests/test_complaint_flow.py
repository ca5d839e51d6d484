from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from . import acts
from .common import WAY, ComplaintCommon

STORY = ["created", "readback", "dispatched", "dispatch_accepted", "evidence_added"]
STORY += ["demand_judged", "verified"]
STORY += [
    "dispatch_finished",
    "notified",
    "confirmed",
    "closed",
    "callback_attempt",
    "callback_done",
    "archived",
]


@tagged("post_install", "-at_install")
class TestComplaintFlow(ComplaintCommon):
    """A complaint from the first word to the archive, and the ways that leave it."""

    def test_whole_story(self):
        """Registered, read back, dispatched, investigated, handled, notified, confirmed,
        called back, archived; by the people whose work it is."""
        case = self._complaint()
        self.assertRegex(case.name, r"^TS202603-\d{5,}$")
        for state in WAY[1:]:
            getattr(self, f"_step_{state}")(case, "agent", self.net)
            case.invalidate_recordset()
            self.assertEqual(case.state, state)
            self.assertEqual(case.stage_id.state, state)
        self.assertRecordValues(
            case,
            [
                {
                    "finding": "upheld",
                    "resolution": "已重新抄表并更正账单",
                    "confirm_mode": "oral",
                    "satisfaction_result": "5",
                    "satisfaction_process": "4",
                    "closed_at": fields.Datetime.now(),
                    "archived_at": fields.Datetime.now(),
                    "reopen_count": 0,
                    "handling_round": 1,
                    "deadline_state": "none",
                    "first_responsible_id": self.users["agent"].id,
                }
            ],
        )
        self.assertEqual([kind for kind in self._kinds(case) if kind != "moved"], STORY)
        self.assertWhole(case)

    def test_archived_is_read_only(self):
        """An archived complaint cannot change by field, state, dialog or clock."""
        case = self._complaint_at("archived")
        for login in (*self.users, "su"):
            for values in (
                {"subject": "x"},
                {"state": "handling"},
                {"resolution": "x"},
                {"user_id": self.users["agent2"].id},
                {"satisfaction_result": "1"},
            ):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRefused(
                        "complaint is not changed|there is no step|top-secret|not allowed to"
                    ),
                ):
                    self._as(login, case).write(values)
        with self.assertRefused("What was said about a case stays as it is"):
            self._as("manager", case).unlink()

    def test_readback(self):
        """Read back in spoken words, confirmed with the customer's correction (S3.2.1d)."""
        case = self._complaint("integration", channel_id=self._channel("app").id)
        work = self._as("agent", case)
        wizard = acts.dialog(work, "action_readback", correction="时间是上午")
        for words in ("张伟", "ends in 5678", "东城路8号2单元301", "按实际水量重新计费"):
            self.assertIn(words, wizard.summary)
        wizard.action_confirm()
        self.assertRecordValues(
            case,
            [
                {
                    "readback_at": fields.Datetime.now(),
                    "readback_by_id": self.users["agent"].id,
                    "readback_correction": "时间是上午",
                    "first_responsible_id": self.users["agent"].id,
                    "first_contact_at": fields.Datetime.now(),
                }
            ],
        )
        self.assertEqual(
            self._kinds(case), ["created", "assigned", "taken", "readback", "contacted"]
        )
        self.assertEqual(self._clock(case, "contact").state, "met")

    def test_readback_needs_the_facts(self):
        """Only recorded complaints can be read back."""
        case = self._complaint(demand=False)
        with self.assertRaisesRegex(UserError, "Demand"):
            acts.readback(self._as("agent", case))
        self.assertFalse(case.readback_at)

    def test_no_readback(self):
        """Letters and unreachable anonymous customers are not read back to."""
        letter = self._complaint(channel_id=self._channel("letter").id)
        unknown = self._complaint(
            is_anonymous=True, partner_id=False, contact_name=False, phone=False
        )
        for case in (letter, unknown):
            self._as("agent", case).action_handle()
            self.assertEqual(case.state, "investigating")

    def test_contest(self):
        """The customer rejects the result: counted, handled again, notified again."""
        case = self._complaint_at("notified")
        with self.assertRaisesRegex(UserError, "what is not right"):
            acts.contest(self._as("agent", case), "  ")
        acts.contest(self._as("agent", case), "金额还是不对")
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertEqual(case.handling_round, 2)
        self.assertFalse(case.confirm_mode)
        self.assertIn("contested", self._kinds(case))
        self._serve_again(case)
        with self.assertRaisesRegex(UserError, "notify the customer of the result"):
            self._as("agent", case).write({"state": "notified"})
        self._notify(case)
        self._step_confirmed(case, "agent", self.net)
        self.assertEqual(case.state, "confirmed")
        self.assertWhole(case)

    def test_callback_not_solved(self):
        """Told at the call-back that it is not solved: handled again, then called again."""
        case = self._complaint_at("confirmed")
        callback = self._as("quality", case.callback_ids)
        callback.outcome = "not_solved"
        callback.action_done()
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertFalse(case.closed_at)
        self.assertEqual(self._clock(case, "close").state, "running")
        self._told_again(case)
        self._step_confirmed(case, "agent", self.net)
        self.assertEqual(case.callback_ids.mapped("state").count("open"), 1)
        self.assertWhole(case)

    def test_sent_message_stays(self):
        """The result that the customer was told is written anew when it is handled again."""
        case = self._complaint_at("notified")
        for login in ("agent", "department", "manager"):
            with self.assertRefused("was told this already|not allowed to|access", case):
                self._as(login, case).resolution = "不予处理"
        acts.contest(self._as("agent", case), "水量仍不对")
        self._as("agent", case).resolution = "再次抄表后更正"
        self.assertEqual(case.resolution, "再次抄表后更正")

    def test_answer_is_recorded_once(self):
        """The customer's words cannot be changed later, or invented earlier."""
        values = (
            {"satisfaction_result": "5"},
            {"satisfaction_process": "5"},
            {"confirm_mode": "portal"},
            {"customer_remark": "很好"},
        )
        for state in ("registered", "handling", "confirmed", "callback"):
            case = self._complaint_at(state)
            for login in ("agent", "department", "quality", "manager"):
                for vals in values:
                    with (
                        self.subTest(state=state, login=login),
                        self.assertRefused(
                            "Only service agents change|answer is recorded once|top-secret records"
                        ),
                    ):
                        self._as(login, case).write(vals)

    def test_confirm_by_dialog(self):
        """The dialog asks for the score unless the customer does not answer."""
        case = self._complaint_at("notified")
        wizard = acts.dialog(self._as("agent", case), "action_confirm", mode="oral")
        self.assertIn(case.name, wizard.script)
        self.assertIn("anything else", wizard.script)
        with self.assertRaisesRegex(UserError, "thank the customer first"):
            wizard.action_save()
        wizard.anything_else = True
        with self.assertRaisesRegex(UserError, "how satisfied"):
            wizard.action_save()
        wizard.write({"mode": "unanswered"})
        wizard.action_save()
        self.assertEqual((case.state, case.confirm_mode), ("confirmed", "unanswered"))

    def test_anonymous(self):
        """No call-back for anonymous customers; archived at once."""
        case = self._complaint_at("confirmed", is_anonymous=True, partner_id=False)
        self.assertFalse(case.callback_ids)
        self._as("quality", case).action_archive_case()
        self.assertEqual(case.state, "archived")

    def test_ends(self):
        """Withdrawn, refused, merged: with a reason or an original, by the dialog."""
        original = self._complaint()
        for how, login, values in (
            ("withdrawn", "agent", {"reason": "客户撤诉"}),
            ("rejected", "supervisor", {"reason": "不属供水"}),
            ("merged", "agent", {"duplicate_of_id": original.id}),
        ):
            case = self._complaint()
            with self.subTest(how=how):
                if how != "merged":
                    with self.assertRaisesRegex(UserError, "Give the reason"):
                        acts.fill(self._as(login, case), "action_end", "action_end", how=how)
                values["how"] = how
                action = acts.fill(self._as(login, case), "action_end", "action_end", **values)
                if how == "rejected":
                    self._send_refusal(login, action)
                self.assertEqual(case.state, how)
                self.assertEqual(self._kinds(case)[-1], how)
                self.assertTrue(case.closed_at)
                self.assertEqual(set(case.deadline_ids.mapped("state")), {"void"})
                self.assertWhole(case)
        with self.assertRefused("cannot be moved to"):
            work, values = self._as("agent", self._complaint()), {"how": "rejected", "reason": "x"}
            acts.fill(work, "action_end", "action_end", **values)

    def _send_refusal(self, login, action):
        self.assertEqual(action["res_model"], "water.notice.wizard")
        letters = self._as(login, self.env["water.notice.wizard"])
        letter = letters.with_context(**action["context"]).create({})
        self.assertIn("不属供水", letter.body)
        letter.action_send()

    def test_no_original_is_a_duplicate_itself(self):
        first, second, third = self._complaint(), self._complaint(), self._complaint()
        second.duplicate_of_id = first
        for case, target in ((first, first), (third, second), (first, third)):
            with self.assertRaises(ValidationError):
                case.duplicate_of_id = target

    def test_department_cannot_rewrite_the_matter(self):
        """A department writes down its own work; the customer's matter is the desk's."""
        case = self._complaint_at("investigating")
        work = self._as("department", case)
        for values in (
            {"subject": "x"},
            {"severity": "urgent", "triage_reason": "x"},
            {"category_id": self._category("bl01").id},
            {"department_id": self.lab.id},
            {"demand": "x"},
            {"is_confidential": False},
            {"person_complained_id": False},
            {"partner_id": False},
            {"subject": "x", "plan": "y"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                work.write(values)
        work.write({"investigation": "a", "plan": "b", "resolution": "c", "finding": "partly"})
        self.assertEqual(case.finding, "partly")

    def test_finish_without_finding_stays_investigating(self):
        """The department's report is taken; the finding is left to the desk."""
        case = self._complaint_at("investigating")
        dispatch = self._as("department", self._lead(case))
        dispatch.result = "已处理"
        dispatch.action_finish()
        self.assertEqual((dispatch.state, case.state), ("finished", "investigating"))
        self.assertEqual(case.user_id, case.first_responsible_id)
        with self.assertRefused("choose the evidence that the conclusion rests") as caught:
            self._as("agent", case).action_verify()
        self.assertIn("choose the finding", str(caught.exception))

    def test_finish_from_the_complaint(self):
        """The department's buttons on the complaint work on its own dispatch."""
        case = self._complaint_at("dispatched")
        work = self._as("department", case)
        self.assertEqual(work.my_dispatch_state, "sent")
        work.action_accept_dispatch()
        self._conclude(work, resolution="已换表")
        work.action_arrived()
        work.action_finish_dispatch()
        self.assertEqual(self._lead(case).result, "已换表")
        self.assertEqual(case.state, "handling")
        self.assertEqual(case.user_id, case.first_responsible_id)
        self.assertEqual(self._as("agent", case).dispatch_state, "finished")

    def test_arrived_once_from_the_complaint(self):
        """A person who has arrived is not asked again; others are."""
        case = self._complaint()
        acts.readback(self._as("agent", case))
        self._dispatch(case, self.net, self.lab)
        for dispatch in case.dispatch_ids:
            login = "department" if dispatch.department_id == self.net else "department2"
            self._as(login, dispatch).action_accept()
        self._as("department", case).action_arrived()
        self.env.invalidate_all()
        self.assertTrue(self._as("department", self._lead(case)).has_arrived)
        self.assertTrue(self._as("department", case).my_dispatch_arrived)
        self.assertFalse(self._as("department2", case).my_dispatch_arrived)
        self._as("department2", case.dispatch_ids - self._lead(case)).action_arrived()
        self.env.invalidate_all()
        self.assertTrue(self._as("department2", case).my_dispatch_arrived)
        arch = etree.fromstring(case.get_view(view_type="form")["arch"])
        (button,) = arch.xpath("//button[@name='action_arrived']")
        self.assertIn("my_dispatch_arrived", button.get("invisible"))

    def test_support_does_not_lead(self):
        """A supporting department finishes its part without moving the complaint."""
        case = self._complaint()
        acts.readback(self._as("agent", case))
        self._dispatch(case, self.net, self.lab)
        support = case.dispatch_ids.filtered(lambda row: row.role == "support")
        work = self._as("department2", support)
        work.action_accept()
        self.assertEqual(case.state, "dispatched")
        work.result = "已化验"
        work.action_finish()
        self.assertEqual(case.state, "dispatched")
        self.assertFalse(case.resolution)

    def test_appeal_window(self):
        """Fifteen calendar days from the notice, or what the company promises."""
        case = self._complaint_at("handling")
        case.company_id.water_appeal_days = 20
        with freeze_time("2026-03-16 02:00:00"):
            notice = (
                self.env["water.notice"]
                .with_user(self.users["agent"])
                ._send(self._as("agent", case), self._notice_values())
            )
        self.assertEqual(fields.Date.to_string(notice.appeal_until), "2026-04-05")

    def test_unsolved_case_goes_to_another_person(self):
        """The department gets it again, but not the same person; counted (S3.2.4a)."""
        case = self._complaint_at("confirmed")
        callback = self._as("quality", case.callback_ids)
        callback.outcome = "not_solved"
        callback.action_done()
        case.invalidate_recordset()
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertFalse(case.user_id)
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        again = self._lead(case)
        self.assertEqual((again.department_id, again.state), (self.net, "sent"))
        with self.assertRaisesRegex(UserError, "another person takes it"):
            self._as("department", again).action_accept()
        self._as("supervisor", again).action_accept()
        self.assertEqual(case.user_id, self.users["supervisor"])
        self.assertWhole(case)

    def test_not_in_the_sample(self):
        """A complaint that was not drawn is filed with the record of that."""
        self._category("bl02").callback_percent = 0
        case = self._complaint_at("confirmed")
        self.assertEqual(
            (case.callback_ids.state, case.callback_ids.void_reason), ("void", "not_drawn")
        )
        self.assertFalse(self._clock(case, "callback"))
        self.assertFalse(case.waits_for_call)
        self._as("quality", case).action_archive_case()
        self.assertEqual(case.state, "archived")
        self.assertIn("callback_skipped", self._kinds(case))

    def test_work_given_after_the_confirmation_is_on_the_duty_board(self):
        """A visit that follows the confirmation sends people, who are waited for like others."""
        case, begin = self._complaint_at("confirmed"), self._later(hours=20)
        acts.plan_visit(self._as("department", case), self.net, begin, begin + timedelta(hours=2))
        sent = case.dispatch_ids.filtered(lambda row: row.role == "support")
        self.assertEqual((sent.state, sent.deadline_ids.state), ("sent", "running"))
        self.assertTrue(sent.deadline_ids.is_pending)

    def test_thanks(self):
        """A confirming customer is thanked by mail, once."""
        case = self._complaint_at("notified", email_from="zhang@example.com")
        acts.confirm(self._as("agent", case), "oral", "5", "5")
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", case._name), ("res_id", "=", case.id)])
        )
        thanks = [subject for subject in mails.mapped("subject") if "Thank you" in subject]
        self.assertEqual(len(thanks), 1)
