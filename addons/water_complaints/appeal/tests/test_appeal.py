from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake import scanner

from ...complaint.tests import acts
from .common import SUPERVISOR, AppealCommon, appeal_clock, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppeal(AppealCommon):
    """Appeals (S3.2.5, E6, E7): window, clocks, levels, decisions."""

    second_company = True

    # -- window and clocks ----------------------------------------------------------------------

    def test_told_to_an_app(self):
        """The interface lists appeals: who may still appeal for a complaint, none for other
        cases.
        """
        machine, channel = self.users["integration"], self._channel("app")
        machine.water_channel_ids = channel
        api = self.env["water.api"].with_user(machine)
        case = self._complaint_at("notified")
        api.env["water.api.entry"]._keep(case, channel, "wx-9")
        self.enterContext(self.enter_registry_test_mode())  # calls are counted by themselves
        told = api.appeals("wx-9")
        self.assertTrue(told["can_appeal"])
        self.assertEqual(told["until"], acts.appeal_until(case).isoformat())
        api.env["water.api.entry"]._keep(self._inquiry(), channel, "wx-10")
        nothing = {"can_appeal": False, "until": None, "appeals": []}
        self.assertEqual(api.appeals("wx-10"), nothing)

    def test_window_to_the_minute(self):
        """Fifteen calendar days, the last one included, by the customer's clock."""
        with at("2026-09-20 10:00"):
            case = self._complaint_at("notified")
        self.assertEqual(str(case.notice_ids.appeal_until), "2026-10-05")
        with at("2026-10-06 00:00"):
            with self.assertRaisesRegex(UserError, "last day to appeal was 2026-10-05"):
                self._appeal(case)
            with self.assertRefused("Only a supervisor admits a late appeal, and"):
                self._appeal(case, late_reason="客户住院")  # no supervisor
            with self.assertRefused("Only a supervisor admits a late appeal, and"):
                self._appeal(case, "supervisor")  # no reason
        with at("2026-10-05 23:59"):
            page = self._as("portal1", case)._portal_find(case.id)._portal_page()
            self.assertEqual(page["appeal_until"], "2026-10-05")
            appeal = self._appeal(case)
            page = self._as("portal1", case)._portal_find(case.id)._portal_page()
            self.assertEqual(page["appeal_until"], "")
        self.assertRecordValues(
            appeal, [{"state": "filed", "level": "1", "is_late": False, "round": 0}]
        )

    def test_unscanned_evidence(self):
        """The appeal says so, the scheduled look comes to it, and its reviewer hears of a virus."""
        case = self._complaint_at("notified")
        appeal = self._appeal(case, evidence=[("证据.png", b"bytes", True), ("图.png", b"x")])
        mine = self._as("supervisor", appeal)
        self.assertIn("Not checked for viruses yet, open with care: 证据.png", mine.file_warning)
        self.assertNotIn("图.png", mine.file_warning)
        trusted(case.sudo()).person_complained_id = self.users["member1"]
        hear = appeal._file_handlers()  # no reviewer yet
        self.assertIn(self.users["supervisor"], hear)
        self.assertNotIn(self.users["member1"], hear)
        self._accepted(appeal)
        file = appeal.evidence_ids.filtered("water_unscanned")
        with (
            patch.object(scanner, "find", lambda _address, stream: stream.read() != b"x" and "X"),
            mute_logger("odoo.addons.water_service_desk.intake.models.ir_attachment"),
        ):
            file._scan_again("unix:/nowhere")
        self.env.invalidate_all()
        self.assertIn("Holds a virus", self._as("senior", appeal).file_warning)
        subject = f"{appeal.name}: a file holds a virus"
        told = self.env["mail.message"].search([("subject", "=", subject)])
        self.assertEqual(told.notified_partner_ids, self.users["senior"].partner_id)
        with self.assertRaisesRegex(AccessError, "virus"):
            self._as("senior", file).read(["datas"])

    def test_two_at_the_same_moment(self):
        """The slower of two identical requests is told that it is being handled."""
        appeal = self._appeal(self._complaint_at("notified"))
        twin = {"complaint_id": appeal.complaint_id.id, "level": "1", "reason": "一样"}
        with mute_logger("odoo.sql_db"), self.assertRefused("being handled already", appeal):
            appeal._create_once(twin)

    def test_dialog_only_where_there_is_an_answer(self):
        """Refuse before the form is filled in if no appeal is possible."""
        case = self._as("agent", self._complaint())
        with self.assertRaisesRegex(UserError, "no answer yet"):
            case.action_appeal()

    def test_late_by_a_supervisor(self):
        with at("2026-09-20 10:00"):
            case = self._complaint_at("notified")
        with at("2026-10-06 00:00"):
            appeal = self._appeal(case, "supervisor", late_reason="客户住院")
        self.assertEqual((appeal.is_late, appeal.late_reason), (True, "客户住院"))
        listed = self._as("supervisor", case).action_open_appeals()
        self.assertEqual(self.env["water.appeal"].search(listed["domain"]), appeal)

    def test_clocks_over_the_holidays(self):
        """One and five working days, counted over National Day and its make-up Saturday."""
        with at("2026-09-30 16:40"):
            case = self._complaint_at("notified")
            first = self._appeal(case)
        self.assertLocal(appeal_clock(first, "receipt").due_at, "2026-10-08 17:30")
        self.assertLocal(appeal_clock(first, "decision").due_at, "2026-10-13 17:30")
        self.assertEqual(set(first.deadline_ids.mapped("kind")), {"appeal"})
        self.assertEqual(first.deadline_ids.complaint_id, case)
        with at("2026-10-08 17:30"):
            self._accepted(first)
        self.assertEqual(appeal_clock(first, "receipt").state, "met")
        with at("2026-10-13 17:31"):
            self._decided(first)
        clock = appeal_clock(first, "decision")
        self.assertEqual((clock.state, clock.met_at), ("breached", local("2026-10-13 17:31")))

    def test_due_is_what_is_still_open(self):
        """Clocks that are met or void are left aside, also those that were missed and met."""
        with at("2026-09-30 16:40"):
            appeal = self._appeal(self._complaint_at("notified"))
        receipt, decision = appeal_clock(appeal, "receipt"), appeal_clock(appeal, "decision")
        self.assertEqual((appeal.due_at, appeal.deadline_state), (receipt.due_at, "ok"))
        with at("2026-10-09 09:00"):  # a day late
            self._accepted(appeal)
        self.assertEqual((receipt.state, bool(receipt.met_at)), ("breached", True))
        self.assertEqual((appeal.due_at, appeal.deadline_state), (decision.due_at, "ok"))
        with at("2026-10-09 10:00"):
            decision._void()
        self.assertEqual((appeal.due_at, appeal.deadline_state), (False, "none"))

    def test_second_level_has_ten_days(self):
        with at("2026-04-03 09:00"):
            case = self._complaint_at("notified")
            self._first(case)
            appeal = self._appeal(case)
        self.assertEqual(appeal.level, "2")
        self.assertLocal(appeal_clock(appeal, "receipt").due_at, "2026-04-07 17:30")
        self.assertLocal(appeal_clock(appeal, "decision").due_at, "2026-04-20 17:30")

    def test_limits_are_settings(self):
        self.company.write({"water_review_days": 3, "water_receipt_days": 2})
        appeal = self._appeal(self._complaint_at("notified"))
        self.assertLocal(appeal_clock(appeal, "receipt").due_at, "2026-03-13 17:30")
        self.assertLocal(appeal_clock(appeal, "decision").due_at, "2026-03-16 17:30")

    def test_sweep_leaves_its_traces_with_the_appeal(self):
        """A breached clock of an appeal touches neither fields nor chain of the filed complaint."""
        case = self._complaint_at("archived")
        appeal = self._appeal(case)
        before = (case.event_count, case.event_head, case.write_date)
        with at("2026-03-19 09:00"):
            self._sweep()
        self.assertEqual(set(appeal.deadline_ids.mapped("state")), {"breached"})
        kinds = appeal.event_ids.mapped("kind")
        self.assertEqual((kinds.count("clock_breached"), appeal.deadline_state), (2, "breached"))
        self.assertEqual((case.event_count, case.event_head), before[:2])
        self.assertTrue(all(appeal.deadline_ids.mapped("is_pending")))
        self.assertEqual(appeal._verify_events(), [])

    # -- who may file, against what ---------------------------------------------------------------

    def test_only_what_was_answered(self):
        for state in ("registered", "dispatched", "investigating", "handling", "withdrawn"):
            with self.subTest(state), self.assertRaisesRegex(UserError, "no answer yet"):
                self._appeal(self._complaint_at(state))
        for state in ("notified", "confirmed", "callback", "archived", "rejected"):
            with self.subTest(state):
                self.assertEqual(self._appeal(self._complaint_at(state)).state, "filed")

    def test_one_at_a_time(self):
        case = self._complaint_at("notified")
        self._appeal(case)
        with self.assertRaisesRegex(UserError, "being handled already"):
            self._appeal(case)

    def test_reason_is_needed(self):
        case = self._complaint_at("notified")
        for reason in ("", "  ", False):
            with self.assertRaisesRegex(UserError, "does not agree"):
                self._appeal(case, reason=reason)
        self.assertFalse(case.appeal_ids)

    def test_only_the_desk_files(self):
        case = self._complaint_at("notified")
        for login in ("department", "quality", "integration", "plain", "portal1", "foreign"):
            with self.subTest(login), self.assertRaises(AccessError):
                self._appeal(case, login)

    def test_not_by_hand(self):
        """Creating, settling and deleting by hand is refused for all users."""
        case = self._complaint_at("notified")
        appeal = self._appeal(case)
        values = {"complaint_id": case.id, "level": "1", "reason": "x"}
        for login in (*self.users, "su"):
            mine = self._as(login, appeal)
            for name, call in (
                ("create", lambda mine=mine: mine.browse().create(values)),
                ("state", lambda mine=mine: mine.write({"state": "decided"})),
                ("decided", lambda mine=mine: mine.write({"decided_at": fields.Datetime.now()})),
                ("reason", lambda mine=mine: mine.write({"reason": "x"})),
                ("unlink", lambda mine=mine: mine.unlink()),
                ("event", lambda mine=mine: mine.event_ids.write({"kind": "decided"})),
            ):
                with self.subTest(login=login, way=name), self.assertRaises(AccessError):
                    call()

    # -- independence -----------------------------------------------------------------------------

    def test_reviewer_had_no_part(self):
        """Participants cannot review, regardless of their rank."""
        case = self._complaint_at("investigating")
        parts = {
            "chain": lambda user: acts.contact(case.with_user(user), "联系客户"),
            "notice": lambda user: (
                self.env["water.notice"]
                .with_user(user)
                ._send(case.with_user(user), self._notice_values(kind="acceptance"))
            ),
            "dispatch": lambda user: acts.dispatch(case.with_user(user), self.lab),
        }
        heads = {
            name: self._new_user(f"head_{name}", f"base.group_user,{SUPERVISOR}") for name in parts
        }
        for name, act in parts.items():
            act(heads[name])
        self._as("agent", self.env["water.notice"])._send(
            self._as("agent", case), self._notice_values()
        )
        stage = self.env["water.stage"]._of_state("water.complaint", "notified")
        trusted(case).write({"state": "notified", "stage_id": stage.id})
        appeal = self._as("supervisor", self._appeal(case))
        self.assertIn(self.users["senior"], appeal.eligible_ids)
        for name, user in heads.items():
            with self.subTest(name):
                self.assertNotIn(user, appeal.eligible_ids)
                with self.assertRaisesRegex(UserError, "took no part"):
                    appeal.reviewer_id = user
        for login in ("agent", "department", "agent2", "quality"):  # involved, or not senior
            with (
                self.subTest(login),
                self.assertRefused("An appeal is reviewed by a senior person who"),
            ):
                appeal.reviewer_id = self.users[login]

    def test_the_time_of_the_review_is_no_part_in_the_matter(self):
        """Users who request or approve more time for the appeal were not involved before."""
        appeal = self._accepted(self._appeal(self._complaint_at("notified")))
        reviewer, head = self.users["senior"], self.users["manager"]
        clock = appeal_clock(appeal, "decision")
        for until in (local("2026-03-11 12:00"), local("2026-03-20 12:00")):  # one holds at once
            pause = acts.pause(clock.with_user(reviewer), "等检定报告", until)
            if pause.state == "requested":
                pause.with_user(head).action_approve()
            clock.with_user(reviewer).action_resume()
        self.assertFalse((reviewer | head) & appeal._involved_people())
        kinds = {"clock_pause_asked", "clock_paused", "clock_resumed"}
        self.assertLessEqual(kinds, set(appeal.event_ids.mapped("kind")))
        self.assertFalse(kinds & set(appeal.complaint_id.event_ids.mapped("kind")))
        self._decided(appeal)

    def test_person_and_department_complained_of(self):
        self.lab.manager_id = self.users["senior"]
        case = self._complaint_at("notified", department_complained_id=self.lab.id)
        appeal = self._as("supervisor", self._appeal(case))
        self.assertNotIn(self.users["senior"], appeal.eligible_ids)
        with self.assertRefused("An appeal is reviewed by a senior person who"):
            appeal.reviewer_id = self.users["senior"]

    def test_the_second_level_is_others(self):
        """A manager chairs the panel; first-level reviewers are not members."""
        case = self._complaint_at("notified")
        self._first(case)
        head = self._as("supervisor", self._appeal(case))
        for values, words in (
            ({"reviewer_id": self.users["senior"].id}, "no part"),
            ({"reviewer_id": self.users["member1"].id}, "led by a manager"),
        ):
            with self.assertRaisesRegex(UserError, words):
                head.write(values)
        head.reviewer_id = self.users["chair"]
        with self.assertRaisesRegex(UserError, "at least 2 members"):
            head.action_accept()
        with self.assertRaisesRegex(UserError, "no further member"):
            head.member_ids = self.users["chair"]

    def test_only_supervisors_assign_only_the_reviewer_decides(self):
        appeal = self._appeal(self._complaint_at("notified"))
        with self.assertRaises(AccessError):
            self._as("agent", appeal).reviewer_id = self.users["senior"]
        with self.assertRaisesRegex(UserError, "Choose first who reviews"):
            self._as("supervisor", appeal).action_accept()
        self._accepted(appeal)
        for login in ("supervisor", "manager", "chair", "agent"):
            with self.subTest(login), self.assertRaises(AccessError):
                self._as(login, appeal).decision = "upheld"
        work = self._as("senior", appeal)
        self.assertTrue(work.can_decide, "the button is there, and says what is missing")
        with self.assertRaisesRegex(UserError, "Choose the decision"):
            work.action_decide()
        work.write({"decision": "rejected", "decision_text": "x"})
        with self.assertRaises(AccessError):
            self._as("chair", appeal).action_decide()

    # -- the panel --------------------------------------------------------------------------------

    def test_majority(self):
        """More than half of chair and members decide; each votes once."""
        case = self._complaint_at("notified")
        self._first(case)
        appeal = self._accepted(self._appeal(case), "chair", ("member1", "member2"))
        acts.vote(self._as("member1", appeal), "upheld", "证据充分")
        chair = self._as("chair", appeal)
        chair.write({"decision": "upheld", "decision_text": "支持。"})
        with self.assertRaisesRegex(UserError, "more than half"):
            chair.action_decide()
        with self.assertRaises(AccessError):
            acts.vote(self._as("member1", appeal), "rejected", "改票")
        with self.assertRaises(AccessError):
            acts.vote(self._as("senior", appeal), "rejected", "外人")
        acts.vote(self._as("member2", appeal), "rejected", "维持")
        acts.vote(chair, "upheld", "同意")
        with self.assertRaisesRegex(UserError, "begun to vote"):
            self._as("supervisor", appeal).member_ids = [(5,)]
        chair.decision = "rejected"
        with self.assertRaisesRegex(UserError, "more than half"):
            chair.action_decide()
        self._decided(appeal, "upheld", "chair")
        self.assertEqual(appeal.state, "decided")
        self.assertEqual(appeal.notice_ids.sorted("id")[-1].kind, "final")
        self.assertFalse(appeal.notice_ids.sorted("id")[-1].appeal_until)

    # -- again and again --------------------------------------------------------------------------
