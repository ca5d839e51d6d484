import io
from datetime import timedelta

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.pdf.tests.common import in_earnest

from ...appeal.tests.common import at
from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon
from ...notice.tests.common import text_of, wkhtml


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSatisfaction(ComplaintCommon):
    """Dissatisfied customers are looked at, silent ones are asked once more (S3.2.3d, E4)."""

    second_company = True

    def _confirmed(self, result, process, **values):
        case = self._complaint_at("notified", **values)
        acts.confirm(self._as("agent", case), "oral", result, process, "还是不满意")
        return case

    def _settle(self, review, outcome, login="supervisor", note="已与客户当面沟通"):
        dialogs = self._as(login, self.env["water.review.wizard"])
        dialog = dialogs.create({"review_id": review.id, "outcome": outcome, "note": note})
        dialog.action_save()

    def _mails(self, case):
        return self.env["mail.mail"].search(
            [("model", "=", "water.complaint"), ("res_id", "=", case.id)]
        )

    # -- low scores -------------------------------------------------------------------------------

    def test_scores(self):
        """One or two of five for either question opens a review, three does not."""
        for result, process, opened in (
            ("5", "5", False),
            ("3", "3", False),
            ("2", "5", True),
            ("5", "1", True),
            ("1", "1", True),
        ):
            with self.subTest(result=result, process=process):
                case = self._confirmed(result, process)
                self.assertEqual(bool(case.review_ids), opened)

    def test_a_call_that_is_asked_for_after_the_confirmation(self):
        """Found by the machine: promised but on no board; the complaint could be archived."""
        case = self._complaint_at("callback")
        call = acts.call_back(self._as("agent", case), self._later(hours=3), "还有一事")
        promise = self._clock(case, "promise")
        self.assertEqual((promise.state, promise.is_pending), ("running", True))
        with self.assertRaisesRegex(UserError, "make the call-back first"):
            self._as("quality", case).action_archive_case()
        self.assertEqual((case.state, call.state), ("callback", "open"))
        with freeze_time(self._later(hours=3, minutes=5)):
            work = self._as("agent", call)
            work.outcome = "solved"
            work.action_done()
            self.assertFalse(promise.is_pending)
            self._as("quality", case).action_archive_case()
        self.assertEqual((case.state, promise.state), ("archived", "met"))

    def test_clock_of_one_working_day(self):
        """Due at the next working day's close of business, on the duty board, met by settling."""
        with at("2026-09-30 16:40"):
            review = self._confirmed("1", "2").review_ids
        self.assertRecordValues(
            review,
            [
                {
                    "origin": "score",
                    "rank": "supervisor",
                    "score_result": "1",
                    "score_process": "2",
                    "remark": "还是不满意",
                    "state": "open",
                }
            ],
        )
        clock = review.deadline_ids
        self.assertEqual((clock.kind, clock.is_pending), ("feedback", True))
        self.assertLocal(clock.due_at, "2026-10-08 17:30")
        with at("2026-10-08 17:30"):
            self._settle(review, "explained")
        self.assertEqual((clock.state, clock.met_at), ("met", local("2026-10-08 17:30")))
        self.assertEqual(review.done_by_id, self.users["supervisor"])

    def test_late(self):
        with at("2026-03-11 10:00"):
            review = self._confirmed("1", "1").review_ids
        with at("2026-03-13 08:31"):
            self._sweep()
            self.assertTrue(review.is_late)
        self.assertEqual(review.deadline_ids.state, "breached")

    def test_not_filed_before(self):
        """An unreviewed dissatisfaction blocks archiving."""
        case = self._confirmed("1", "1", is_anonymous=True)
        with self.assertRaisesRegex(UserError, "look at why the customer is not satisfied"):
            self._as("quality", case).action_archive_case()
        self._settle(case.review_ids, "explained")
        self._as("quality", case).action_archive_case()
        self.assertEqual(case.state, "archived")

    def test_viewing_users(self):
        """A supervisor who did not handle it; agents, departments and handlers do not."""
        case = self._complaint_at("notified", login="supervisor")
        acts.confirm(self._as("supervisor", case), "oral", "1", "1", "x")
        review = case.review_ids
        for login in ("agent", "quality", "department", "foreign", "plain", "portal1"):
            with self.subTest(login), self.assertRaises(AccessError):
                self._settle(review, "explained", login)
        with self.assertRaisesRegex(AccessError, "did not handle"):
            self._settle(review, "explained")
        self._settle(review, "explained", "manager")
        self.assertEqual(review.state, "done")
        with self.assertRaisesRegex(UserError, "looked at already"):
            self._settle(review, "explained", "manager")

    def test_second_time_one_level_up(self):
        """Not satisfied again: a manager looks at it, a supervisor does not."""
        case = self._confirmed("1", "1")
        self._settle(case.review_ids, "rehandled")
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self._told_again(case)
        acts.confirm(self._as("agent", case), "oral", "2", "2", "还是不行")
        review = case.review_ids.filtered(lambda row: row.state == "open")
        self.assertEqual(review.rank, "manager")
        with self.assertRaisesRegex(AccessError, "Manager"):
            self._settle(review, "explained")
        self._settle(review, "explained", "manager")
        self.assertWhole(case)

    def test_rehandled_by_another_person(self):
        case = self._confirmed("1", "1")
        self._settle(case.review_ids, "rehandled")
        self.assertFalse(case.user_id)
        with self.assertRaisesRegex(UserError, "another person"):
            self._as("supervisor", case).user_id = self.users["department"]
        self.assertEqual(self._lead(case).state, "sent")
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-18 17:30")

    def test_appeal_supported(self):
        case = self._confirmed("1", "1")
        self._settle(case.review_ids, "appeal")
        self.assertRecordValues(case.appeal_ids, [{"state": "filed", "reason": "还是不满意"}])

    def test_words_are_needed(self):
        review = self._confirmed("1", "1").review_ids
        for outcome, note in ((False, "x"), ("explained", " ")):
            with self.assertRaisesRegex(UserError, "Choose what came of it"):
                acts.settle(self._as("supervisor", review), outcome, note)
        self.assertEqual(review.state, "open")

    def test_not_by_hand(self):
        review = self._confirmed("1", "1").review_ids
        for login in (*self.users, "su"):
            mine = self._as(login, review)
            for name, call in (
                ("create", lambda mine=mine: mine.browse().create({})),
                ("write", lambda mine=mine: mine.write({"state": "done"})),
                ("unlink", lambda mine=mine: mine.unlink()),
            ):
                with self.subTest(login=login, way=name), self.assertRaises(AccessError):
                    call()

    def test_not_contested_while_it_is_reviewed(self):
        """At the desk as on the customer's page: the matter is not handled again beside that."""
        case = self._complaint_at("notified")
        appeal = acts.appeal(self._as("agent", case), reason="不认可")
        with self.assertRaisesRegex(UserError, appeal.name):
            acts.contest(self._as("agent", case), "水压还是低")
        self.assertEqual((case.state, case.reopen_count), ("notified", 0))
        acts.withdraw(self._as("agent", appeal), "改为重新办理")
        acts.contest(self._as("agent", case), "水压还是低")
        self.assertEqual(case.reopen_count, 1)

    def test_contested(self):
        """A rejected result is handled again at once, and looked at."""
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "水压还是低")
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertRecordValues(case.review_ids, [{"origin": "contested", "remark": "水压还是低"}])
        note = case.dispatch_ids.sorted("id")[-1].note
        self.assertIn("水压还是低", note)
        self.assertNotEqual(note, "水压还是低", "his words, and that they are his")
        self._settle(case.review_ids, "rehandled")
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))

    def test_call_back(self):
        """A low rating is reviewed; an unsolved case goes to another person."""
        case = self._complaint_at("confirmed")
        call = self._as("quality", case.callback_ids.filtered(lambda row: row.state == "open"))
        call.write({"outcome": "not_solved", "score": "1", "remark": "又没水了"})
        call.action_done()
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))
        self.assertRecordValues(
            case.review_ids, [{"origin": "callback", "score_result": "1", "remark": "又没水了"}]
        )

    def test_right_is_told(self):
        """A dissatisfied customer is told the next steps and rights instead of thanks."""
        self.customer.email = "zhang@example.com"
        case = self._confirmed("1", "1")
        mails = self._mails(case).filtered("email_to").sorted("id")
        mail = mails[-1]
        self.assertIn("reviewing", mail.subject)
        self.assertIn("within one working day", mail.body_html)
        self.assertIn("March 26, 2026", mail.body_html)
        self.assertNotIn(
            "Thank you – you have confirmed", "".join(self._mails(case).mapped("subject"))
        )

    # -- silence ----------------------------------------------------------------------------------

    def _confirm_cron(self):
        cron = self.env.ref("water_complaints.ir_cron_confirm").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_asked_once_more_then_closed(self):
        """Five days, and five more: never before, never twice, never as satisfied."""
        self.customer.email = "zhang@example.com"
        case = self._complaint_at("notified")
        told = case.notified_at
        steps = (
            (timedelta(days=5, minutes=-1), "notified", False),
            (timedelta(days=5), "notified", True),
            (timedelta(days=6), "notified", True),
            (timedelta(days=10, minutes=-1), "notified", True),
            (timedelta(days=10), "confirmed", True),
        )
        for later, state, asked in steps:
            with freeze_time(told + later):
                self._confirm_cron()
            case.invalidate_recordset()
            self.assertEqual((case.state, bool(case.asked_again_at)), (state, asked), later)
        self.assertRecordValues(
            case,
            [{"confirm_mode": "unanswered", "satisfaction_result": False, "is_unconfirmed": True}],
        )
        self.assertEqual(self._kinds(case).count("asked_again"), 1)
        asked = self._mails(case).filtered(lambda mail: "been solved?" in mail.subject)
        self.assertEqual(len(asked), 1)
        last = told + timedelta(days=10)
        self.assertIn(f"{last:%B} {last.day}, {last.year}", asked.body_html, "until when")
        subjects = self._mails(case).mapped("subject")
        self.assertFalse([text for text in subjects if "confirmed the result" in text])
        closed = self._mails(case).filtered(lambda mail: "We have closed" in mail.subject)
        self.assertEqual(len(closed), 1, "nobody is thanked for what he has not said")
        self.assertIn("March 26, 2026", closed.body_html, "how long he may appeal still")
        self.assertFalse(case.review_ids)
        self.assertIn(case, case.search([("is_unconfirmed", "=", True)]))
        self.assertWhole(case)

    def test_no_right_is_named_that_has_ended(self):
        """Asked once more when the days for an appeal are over: it does not speak of it."""
        self.customer.email = "zhang@example.com"
        for days, named in ((15, True), (3, False)):
            self.company.water_appeal_days = days
            case = self._complaint_at("notified")
            with freeze_time(case.notified_at + timedelta(days=5)):
                self._confirm_cron()
            asked = self._mails(case).filtered(lambda mail: "been solved?" in mail.subject)
            self.assertEqual("You keep your right to appeal" in asked.body_html, named)

    def test_no_questions_during_appeal(self):
        """Neither asked nor closed as unanswered; when it is decided, the days begin anew."""
        case = self._complaint_at("notified")
        told = case.notified_at
        appeal = acts.appeal(self._as("agent", case), reason="不同意")
        appeal = appeal.with_env(self.env)
        for days in (6, 12):
            with freeze_time(told + timedelta(days=days)):
                self._confirm_cron()
        case.invalidate_recordset()
        self.assertEqual((case.state, case.asked_again_at), ("notified", False))
        decided = told + timedelta(days=13)
        with freeze_time(decided):
            work = appeal.sudo()
            work.write({"decision": "not_admissible", "decision_text": "无新内容"})
            work._decide()
        for days, state, asked in ((4, "notified", False), (5, "notified", True)):
            with freeze_time(decided + timedelta(days=days)):
                self._confirm_cron()
            case.invalidate_recordset()
            self.assertEqual((case.state, bool(case.asked_again_at)), (state, asked), days)

    def test_never_where_it_is_switched_off(self):
        self.company.water_confirm_days = 0
        case = self._complaint_at("notified")
        with freeze_time(case.notified_at + timedelta(days=60)):
            self._confirm_cron()
        self.assertEqual((case.state, case.asked_again_at), ("notified", False))

    def test_a_new_result_is_asked_about_anew(self):
        case = self._complaint_at("notified")
        with freeze_time(case.notified_at + timedelta(days=5)):
            self._confirm_cron()
        acts.contest(self._as("agent", case), "不同意")
        self._serve_again(case)
        self._notify(case)
        self.assertFalse(case.asked_again_at)

    # -- urged -------------------------------------------------------------------------------------

    def test_urged_the_day_after(self):
        """E1: one working day late the handler is urged, the head has a copy; named after five."""
        self.net.manager_id = self.users["senior_net"] = self._new_user(
            "senior_net", "base.group_user,water_service_desk.group_department"
        )
        self.net.member_ids |= self.net.manager_id
        case = self._complaint_at("investigating")
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-03-18 17:30")
        with at("2026-03-20 08:31"):
            self._sweep()
        told = {(row["step"], row["who"]) for row in clock._reminded()}
        worker, head = self.users["department"].name, self.net.manager_id.name
        self.assertIn(("One working day late: urged to finish", worker), told)
        copy = "One working day late: copy to the head of the department"
        self.assertIn((copy, head), told)
        named = "Five working days late: named in the company, copy to the head of the department"
        self.assertNotIn((named, head), told)
        with at("2026-03-26 08:31"):
            self._sweep()
        self.assertIn((named, head), {(row["step"], row["who"]) for row in clock._reminded()})
        self.company.external_report_layout_id = self.env.ref("web.external_layout_boxed")
        with at("2026-03-26 09:00"):
            lines = case._supervision_lines()
            with wkhtml("install"), in_earnest():
                reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
                name = "water_complaints.report_water_supervision"
                order = reports._render_qweb_pdf(name, case.ids)[0]
        self.assertIn("Completion", [line["kind"] for line in lines])
        self.assertGreater(len(lines), 2)
        self.assertEqual(len(PdfReader(io.BytesIO(order)).pages), 1)
        text = text_of(order)
        self.assertIn("SupervisionOrder", text)
        for words in (case.name, case.subject, case.department_id.name):  # in a layout with boxes
            self.assertIn("".join(words.split()), text)
