from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import AppealCommon, appeal_clock, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealDecision(AppealCommon):
    """How appeals end: third ones, decisions, corrections, and readers (E6-E8)."""

    second_company = True

    def test_third_identical_appeal(self):
        """Decided for good: only new evidence, in words and files, admitted by a supervisor."""
        case = self._complaint_at("archived")
        self._first(case)
        self._second(case)
        # the customer's page offers it, with new evidence
        self.assertTrue(case._portal_can("appeal"))
        file = ("照片.txt", "水表照片".encode())
        for values, evidence in (
            ({}, ()),
            ({"new_evidence": "新照片"}, ()),
            ({"new_evidence": " "}, (file,)),
        ):
            with self.assertRaisesRegex(UserError, "final answer"):
                self._appeal(case, evidence=evidence, **values)
        appeal = self._appeal(case, evidence=(file,), new_evidence="找到换表当天的照片")
        self.assertEqual((appeal.level, appeal.needs_admission), ("2", True))
        self.assertFalse(case._portal_can("appeal"))  # one at a time
        self.assertEqual(appeal.evidence_ids.raw, file[1])
        self.assertEqual(appeal.evidence_ids.res_model, "water.appeal")
        self._second_panel(appeal)
        with self.assertRaisesRegex(UserError, "admits the appeal"):
            self._as("supervisor", appeal).action_accept()
        with self.assertRaises(AccessError):
            acts.admit(self._as("agent", appeal), "x")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            acts.admit(self._as("supervisor", appeal), " ")
        acts.admit(self._as("supervisor", appeal), "照片为新证据")
        self._letter("supervisor", self._as("supervisor", appeal).action_accept())
        self.assertEqual(appeal.state, "review")
        self.assertEqual(appeal._verify_events(), [])

    def _second_panel(self, appeal):
        """Three more people of whom none had a part yet."""
        people = {
            name: self._new_user(name, f"base.group_user,water_service_desk.{group}")
            for name, group in (
                ("chair3", "group_manager"),
                ("one3", "group_supervisor"),
                ("two3", "group_supervisor"),
            )
        }
        self._as("supervisor", appeal).write(
            {
                "reviewer_id": people["chair3"].id,
                "member_ids": [(6, 0, [people["one3"].id, people["two3"].id])],
            }
        )

    def test_new_participant_can_no_longer_decide(self):
        """A reviewer who becomes the handler is replaced."""
        case = self._complaint_at("notified")
        appeal = self._accepted(self._appeal(case))
        acts.hand_over(self._as("supervisor", case), self.users["senior"], "换人跟进")
        work = self._as("senior", appeal)
        work.write({"decision": "rejected", "decision_text": "维持。"})
        with self.assertRefused("Choose another person instead of", appeal):
            work.action_decide()
        self._as("supervisor", appeal).reviewer_id = self.users["chair"]
        self._decided(appeal, reviewer="chair")
        self.assertEqual(appeal.decided_by_id, self.users["chair"])

    def test_a_member_with_a_part_is_replaced_after_voting(self):
        """Other panel members are not affected; the vote of a replaced one no longer counts."""
        case = self._complaint_at("notified")
        self._first(case)
        appeal = self._accepted(self._appeal(case), "chair", ("member1", "member2"))
        self._vote_all(appeal, "rejected")
        acts.hand_over(self._as("supervisor", case), self.users["member1"], "换人跟进")
        chair = self._as("chair", appeal)
        chair.write({"decision": "rejected", "decision_text": "维持。"})
        with self.assertRefused("Choose another person instead of", appeal):
            chair.action_decide()
        other = self._new_user("other", "base.group_user,water_service_desk.group_supervisor")
        panel = [(6, 0, (self.users["member1"] | other).ids)]
        with self.assertRefused("Choose another person instead of", appeal):
            self._as("supervisor", appeal).member_ids = panel
        panel = [(6, 0, (self.users["member2"] | other).ids)]
        self._as("supervisor", appeal).member_ids = panel
        self.assertEqual(appeal._majority(), "rejected")
        acts.vote(appeal.with_user(other), "upheld", "应予支持")
        self._decided(appeal, reviewer="chair")

    def test_not_admissible(self):
        """Appeals without new facts are refused by letter, without a review."""
        case = self._complaint_at("notified")
        appeal = self._appeal(case)
        head = self._as("senior", appeal)
        head.write({"decision": "upheld", "decision_text": "x"})
        with self.assertRaisesRegex(UserError, "Acknowledge the appeal first"):
            head.action_decide()
        self._decided(appeal, "not_admissible")
        self.assertRecordValues(appeal, [{"state": "decided", "decision": "not_admissible"}])
        self.assertEqual(set(appeal.deadline_ids.mapped("state")), {"met"})

    def test_withdrawn(self):
        """Withdrawn: its clocks end, and the customer can appeal again in time."""
        case = self._complaint_at("notified")
        appeal = self._appeal(case)
        for login, reason in (("department", "x"), ("quality", "x")):
            with self.assertRaises(AccessError):
                acts.withdraw(self._as(login, appeal), reason)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            acts.withdraw(self._as("agent", appeal), "")
        acts.withdraw(self._as("agent", appeal), "客户已满意")
        self.assertEqual(appeal.state, "withdrawn")
        self.assertEqual(set(appeal.deadline_ids.mapped("state")), {"void"})
        with self.assertRefused("is settled", appeal):
            acts.withdraw(self._as("agent", appeal), "x")
        self.assertEqual(self._appeal(case).level, "1")

    def test_external(self):
        """External appeal: its number, its limit, and our statement."""
        case = self._complaint_at("archived")
        with self.assertRaisesRegex(UserError, "Give the number"):
            self._appeal(case, external_body="12345")
        outside = {"external_body": "市信访局", "external_number": "XF-2026-7"}
        with self.assertRaisesRegex(UserError, "in the future"):
            self._appeal(case, **outside, external_due_at=local("2026-03-10 12:00"))
        self.assertFalse(case.appeal_ids)
        appeal = self._appeal(case, **outside, external_due_at=local("2026-03-18 12:00"))
        clock = appeal.deadline_ids
        self.assertRecordValues(
            appeal, [{"level": "external", "external_number": "XF-2026-7", "state": "filed"}]
        )
        self.assertEqual((clock.kind, clock.appeal_step), ("appeal", "statement"))
        self.assertLocal(clock.due_at, "2026-03-17 17:30")
        self.assertTrue(clock.is_pending)
        head = self._as("supervisor", appeal)
        with self.assertRaisesRegex(AccessError, "Only a supervisor states"):
            acts.state(self._as("agent", appeal), "情况说明")
        with self.assertRaisesRegex(UserError, "Write what the body is told"):
            acts.state(head, " ")
        self.assertEqual(clock.state, "running")
        acts.state(head, "情况说明")
        self.assertEqual((clock.state, appeal.stated_by_id), ("met", self.users["supervisor"]))
        self.assertIn("stated", appeal.event_ids.mapped("kind"))
        head.write({"decision": "partly", "decision_text": "热线办要求复查。"})
        head.action_decide()
        self.assertEqual(appeal.state, "decided")

    def test_the_statement_waits_no_longer_than_the_body(self):
        """Neither extension nor pause moves our statement beyond the limit of the other body."""
        outside = {"external_body": "市信访局", "external_number": "XF-2026-7"}
        limit = local("2026-03-18 12:00")
        appeal = self._appeal(self._complaint_at("archived"), external_due_at=limit, **outside)
        clock = self._as("supervisor", appeal.deadline_ids)
        for ask in (
            lambda: acts.extend(clock, "等检定", 2),
            lambda: acts.pause(clock, "等检定", local("2026-03-13 12:00")),
        ):
            with self.assertRefused("body waits until 2026-03-18 12:00", appeal.deadline_ids):
                ask()
        acts.extend(clock, "等检定", 2, "hour")
        self.assertEqual(clock.pause_ids.state, "requested")

    def test_the_statement_follows_the_days(self):
        """Our limit before that of the body is counted again when days become known, or others."""
        outside = {"external_body": "市信访局", "external_number": "XF-2026-8"}
        with at("2026-12-28 10:00"):
            case = self._complaint_at("archived")
            limit = local("2027-01-05 12:00")
            clock = self._appeal(case, external_due_at=limit, **outside).deadline_ids
            self.assertLocal(clock.due_at, "2027-01-04 17:30")
            self.assertTrue(clock.provisional and clock.promised_provisional)
            for day in ("2027-01-01", "2027-01-04"):
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
        self.assertLocal(clock.due_at, "2026-12-31 17:30")
        self.assertFalse(clock.provisional or clock.promised_provisional)
        moves = clock.appeal_id.event_ids.filtered(lambda row: row.kind == "clock_replanned")
        self.assertEqual(moves.sorted("id")[-1:].payload["new"], clock.due_at.isoformat())
        limit = local("2026-03-18 12:00")
        case = self._complaint_at("archived")
        clock = self._appeal(case, external_due_at=limit, **outside).deadline_ids
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-03-17", "kind": "off"})
        self.assertLocal(clock.due_at, "2026-03-16 17:30")

    def test_external_without_a_limit(self):
        """A body that names no limit has our statement within the days of the panel."""
        outside = {"external_body": "消费者协会", "external_number": "315-88"}
        clock = self._appeal(self._complaint_at("archived"), **outside).deadline_ids
        self.assertLocal(clock.due_at, "2026-03-25 17:30")

    # -- what follows -----------------------------------------------------------------------------

    def test_filed_complaint_is_not_touched(self):
        """Both levels on a filed complaint: its row, its chain and its digest stay."""
        case = self._complaint_at("archived")
        before = (case.event_count, case.event_head, case.state, case.finding, case.resolution)
        self._first(case)
        self._second(case, "partly", corrected_finding="partly", leaves_figures=True)
        case.invalidate_recordset()
        after = (case.event_count, case.event_head, case.state, case.finding, case.resolution)
        self.assertEqual(after, before)
        self.assertEqual(case.finding_final, "partly")
        self.assertTrue(case.leaves_figures)
        self.assertFalse(case.counts_for_rates)  # one statement: it is in no figure
        self.assertIn(case, case.search([("leaves_figures", "=", True)]))
        self.assertWhole(case)
        self.assertEqual(case.appeal_ids._verify_events(), [])

    def test_upheld_and_handled_again(self):
        """The matter goes back to work, to others than before; the next answer starts anew."""
        case = self._complaint_at("confirmed")
        self._first(case, "upheld", reopen=True, remedy="重新抄表")
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))
        with self.assertRefused("had it before, another person takes it", case):
            self._as("supervisor", case).user_id = self.users["department"]
        self.assertIn("appeal_decided", self._kinds(case))
        self.assertEqual(case._appeal_level(), "1")
        self.assertWhole(case)

    def test_upheld_after_filing(self):
        """The filed appeal stays; the matter continues in a new complaint."""
        case = self._complaint_at("archived")
        appeal = self._first(case, "upheld", reopen=True, remedy="重新抄表")
        again = appeal.follow_up_id
        self.assertEqual((case.state, again.state), ("archived", "dispatched"))
        self.assertEqual((again.partner_id, again.demand), (case.partner_id, case.demand))
        self.assertTrue(self._clock(again, "close"))
        self.assertEqual(again.handling_round, 2)
        self.assertIn(self.users["department"], self._barred(again, self.users["department"]))
        with self.assertRaisesRegex(UserError, "another person"):
            self._as("department", self._lead(again)).action_accept()
        self.assertEqual(self._lead(again).state, "sent")

    def test_rejected_is_not_reopened(self):
        appeal = self._accepted(self._appeal(self._complaint_at("notified")))
        work = self._as("senior", appeal)
        work.write({"decision": "rejected", "decision_text": "x", "reopen": True})
        with self.assertRaisesRegex(UserError, "Only an appeal that is upheld"):
            work.action_decide()

    def test_hook_hears_once(self):
        """Compensation is told of each decision, with the appeal."""
        heard = []
        model = type(self.env["water.complaint"])
        self.patch(model, "_appeal_decided", lambda case, appeal: heard.append((case, appeal)))
        case = self._complaint_at("notified")
        appeal = self._first(case)
        self.assertEqual(heard, [(case, appeal)])

    def test_visible_to(self):
        """A confidential complainant's appeal is hidden from the person complained of."""
        case = self._complaint_at(
            "notified",
            is_confidential=True,
            department_complained_id=self.lab.id,
            person_complained_id=self.users["agent2"].id,
        )
        appeal = self._appeal(case)
        for login, seen in (
            ("agent", True),
            ("department", True),
            ("supervisor", True),
            ("quality", True),
            ("agent2", False),
            ("department2", False),
            ("foreign", False),
        ):
            found = self._as(login, self.env["water.appeal"]).search([("id", "=", appeal.id)])
            self.assertEqual(bool(found), seen, login)

    def test_words_of_its_chain_are_erased(self):
        """Erasure includes the chain of the appeal, which stays valid."""
        appeal = self._accepted(self._appeal(self._complaint_at("notified")))
        clock = appeal_clock(appeal, "decision").with_user(self.users["senior"])
        acts.pause(clock, "等张伟(13900001234)的检定报告", local("2026-03-11 12:00"))
        acts.withdraw(self._as("agent", appeal), "x")
        case = appeal.complaint_id.sudo()
        trusted(case).state = "withdrawn"
        with freeze_time("2040-01-01 02:00:00"):
            acts.erase(case, "本人要求")
        self.env.flush_all()
        self.env.invalidate_all()
        told = str(appeal.event_ids.mapped("payload"))
        for word in ("张伟", "13900001234"):
            self.assertNotIn(word, told)
        self.assertEqual(appeal._verify_events(), [])
        self.assertWhole(case)

    def test_digests_are_no_words(self):
        """A digest in which eleven digits look like a telephone number keeps no case from being
        erased, and is not altered.
        """
        appeal = self._accepted(self._appeal(self._complaint_at("notified")))
        acts.withdraw(self._as("agent", appeal), "x")
        case, looks = appeal.complaint_id.sudo(), "ab13912345678" + "c" * 51
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE water_appeal_event SET previous_digest = %s WHERE previous_digest IS NOT NULL",
            [looks],
        )
        self.env.invalidate_all()
        trusted(case).state = "withdrawn"
        with freeze_time("2040-01-01 02:00:00"):
            acts.erase(case, "本人要求")
        self.assertIn(looks, appeal.event_ids.mapped("previous_digest"))

    def test_erased_chain_is_noticed(self):
        appeal = self._appeal(self._complaint_at("notified"))
        self.env.cr.execute("UPDATE water_appeal_event SET kind = 'decided'")
        self.env.invalidate_all()
        self.assertEqual(len(appeal._verify_events()), 1)
