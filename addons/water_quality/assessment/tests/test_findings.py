from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.tests.upload_samples import PNG

from .common import AssessmentCommon

FEBRUARY = local("2026-02-10 10:00")
MARCH = "2026-03-01"
EARLIER, LATER = local("2026-01-31 23:59"), local("2026-03-01 00:00")


@tagged("post_install", "-at_install")
class TestFindings(AssessmentCommon):
    """System entries: final findings of the period, each with its case, without duplicates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put(cls.clock, state="void")

    def _found(self, kind):
        """The sources of one kind that a fresh draft would enter for the department."""
        assessment = self.env["water.assessment"].search([]) or self._drawn()
        assessment.action_draw_up()
        entries = self._entries(assessment, kind).filtered(lambda entry: entry.state == "counts")
        return entries.mapped("source")

    def test_limits_that_nothing_excuses(self):
        for values, counts in (
            ({"state": "breached", "due_at": FEBRUARY}, True),
            ({"excuse_state": "asked"}, False),
            ({"excuse_state": "excused"}, False),
            ({"excuse_state": "refused"}, True),
            ({"provisional": True}, False),
            ({"provisional": False, "promised_provisional": True}, False),
            ({"promised_provisional": False, "due_at": EARLIER}, False),
            ({"due_at": local("2026-02-01 00:00")}, True),
            ({"due_at": LATER}, False),
        ):
            with self.subTest(values):
                self._put(self.clock, **values)
                self.assertEqual(
                    self._found("overdue"), [f"water.deadline,{self.clock.id}"] * counts
                )

    def test_cases_left_out_of_figures(self):
        self._put(self.clock, state="breached", due_at=FEBRUARY)
        self.assertTrue(self._found("overdue"))
        self._put(self.case, leaves_figures=True)
        self.assertFalse(self._found("overdue"))
        self._put(self.case, leaves_figures=False, state="withdrawn")
        self.assertFalse(self._found("overdue"))

    def test_calls_of_cases_left_out_of_figures(self):
        values = {"complaint_id": self.case.id, "kind": "follow_up", "due_at": FEBRUARY}
        trusted(self.env["water.callback"]).create(values)
        self.assertTrue(self._found("missed_callback"))
        self._put(self.case, leaves_figures=True)
        self.assertFalse(self._found("missed_callback"))

    def _dispatches(self, *rows):
        values = {"complaint_id": self.case.id, "sent_at": FEBRUARY, "department_id": self.net.id}
        values["sent_by_id"] = self.users["department2"].id
        return trusted(self.env["water.dispatch"]).create([{**values, **row} for row in rows])

    def test_buck_passing_is_what_was_ruled_back(self):
        ruling = {"is_ruling": True, "state": "accepted"}
        _first, second = self._dispatches({"state": "rejected"}, ruling)
        self.assertEqual(self._found("buck_passing"), [f"water.dispatch,{second.id}"])
        self._put(second, department_id=self.lab.id)
        self.assertFalse(self._found("buck_passing"))
        self._put(second, department_id=self.net.id, is_ruling=False)
        self.assertFalse(self._found("buck_passing"))

    def test_wrong_dispatch_counts_against_the_sender(self):
        wrong = self.env["water.dispatch.reason"].search([("is_wrong", "=", True)], limit=1)
        row = self._dispatches({"state": "rejected", "reject_reason_id": wrong.id})
        self.users["department2"].water_department_ids = self.lab
        self.assertEqual(self._found("wrong_dispatch"), [f"water.dispatch,{row.id}"])
        entry = self.env["water.assessment.entry"].search([("kind", "=", "wrong_dispatch")])
        self.assertEqual(entry.department_id, self.lab)
        self._dispatches({"state": "finished"})  # it was not wrong after all
        self.assertFalse(self._found("wrong_dispatch"))

    def test_wrong_dispatch_by_member_of_two_departments(self):
        """Against the department that had the case before, or none."""
        wrong = self.env["water.dispatch.reason"].search([("is_wrong", "=", True)], limit=1)
        meters = self.env.ref("water_service_desk.department_mtr")
        sender = self.users["department2"]
        sender.water_department_ids = self.lab | meters
        before, row = self._dispatches(
            {"state": "finished", "department_id": self.lab.id},
            {"state": "rejected", "reject_reason_id": wrong.id},
        )
        for first, second in ((self.lab, meters), (meters, self.lab)):
            self._put(first, sequence=1)
            self._put(second, sequence=2)
            with self.subTest(first=first.code):
                self.assertEqual(sender.water_department_ids[:1], first)
                self.assertEqual(self._found("wrong_dispatch"), [f"water.dispatch,{row.id}"])
                entries = self.env["water.assessment.entry"].search(
                    [("kind", "=", "wrong_dispatch"), ("state", "=", "counts")]
                )
                self.assertEqual(entries.department_id, self.lab)
        self._put(before, state="cancelled")
        self.assertFalse(self._found("wrong_dispatch"))

    def test_missed_call_back(self):
        values = {"complaint_id": self.case.id, "kind": "follow_up", "due_at": FEBRUARY}
        call = trusted(self.env["water.callback"]).create(values)
        self.assertEqual(self._found("missed_callback"), [f"water.callback,{call.id}"])
        self._put(call, state="done", done_at=FEBRUARY)
        self.assertFalse(self._found("missed_callback"))
        self._put(call, state="void", done_at=None)
        self.assertFalse(self._found("missed_callback"))

    def test_a_missed_call_that_is_excused(self):
        """By its limit: requested, granted, or never certain."""
        values = {"complaint_id": self.case.id, "kind": "follow_up", "due_at": FEBRUARY}
        call = trusted(self.env["water.callback"]).create(values)
        self._put(self.clock, kind="callback", due_at=FEBRUARY, state="breached")
        for values, counts in (
            ({"excuse_state": "asked"}, False),
            ({"excuse_state": "excused"}, False),
            ({"excuse_state": "refused"}, True),
            ({"excuse_state": None, "promised_provisional": True}, False),
            ({"promised_provisional": False, "due_at": EARLIER, "excuse_state": "excused"}, True),
        ):
            with self.subTest(values):
                self._put(self.clock, **values)
                found = [f"water.callback,{call.id}"] * counts
                self.assertEqual(self._found("missed_callback"), found)

    def _attitude(self):
        """A complaint about the department's manners that was upheld, closed in February."""
        category = self.env["water.category"].search(
            [("about_staff", "=", True), ("for_complaint", "=", True), ("parent_id", "!=", False)],
            limit=1,
        ) or self._category("bl02")
        category.about_staff = True
        case = self.case
        self._put(
            case,
            category_id=category.id,
            department_complained_id=self.net.id,
            state="archived",
            closed_at=FEBRUARY,
            finding="upheld",
            finding_final="upheld",
        )
        return case

    def test_attitude_upheld_and_final(self):
        case = self._attitude()
        self.assertEqual(self._found("attitude"), [f"water.complaint,{case.id}"])
        for values in (
            {"finding_final": "not_upheld"},
            {"finding_final": "upheld", "state": "handling"},
        ):
            self._put(case, **values)
            self.assertFalse(self._found("attitude"))

    def test_attitude_of_what_was_handled_again_under_another_number(self):
        """One matter costs once, and by the last finding."""
        case = self._attitude()
        again = self._case_of(category_id=case.category_id.id)
        about = {"complaint_id": case.id, "level": "1", "reason": "x", "demand": "x"}
        appeal = trusted(self.env["water.appeal"]).create(about)
        self._put(appeal, state="decided", decided_at=FEBRUARY, follow_up_id=again.id)
        later = {"department_complained_id": self.net.id, "state": "archived", "is_follow_up": True}
        self._put(again, **later, closed_at=FEBRUARY)
        first, second = (f"water.complaint,{row.id}" for row in (case, again))
        for before, now, found in (
            ("upheld", None, [first]),
            ("upheld", "partly", [first]),
            ("upheld", "not_upheld", []),
            ("not_upheld", "upheld", [second]),
            ("not_upheld", "not_upheld", []),
        ):
            self._put(case, finding_final=before, is_judged_again=bool(now))
            self._put(again, finding_final=now)
            with self.subTest((before, now)):
                self.assertEqual(self._found("attitude"), found)

    def test_drop_on_rehandling_is_undone(self):
        case = self._attitude()
        draft = self._drawn()
        entry = self._entries(draft, "attitude")
        self._put(entry, assessment_state="confirmed")
        self._put(draft, state="confirmed", checked_by_id=self.users["quality"].id)
        self._put(draft.line_ids, state="confirmed")
        again = self._case_of(category_id=case.category_id.id)
        about = {"complaint_id": case.id, "level": "1", "reason": "x", "demand": "x"}
        appeal = trusted(self.env["water.appeal"]).create(about)
        self._put(appeal, state="decided", decided_at=FEBRUARY, follow_up_id=again.id)
        self._put(case, is_judged_again=True)
        self._put(again, is_follow_up=True, state="confirmed", finding_final="not_upheld")
        again.sudo()._after_confirmed({again.id: "notified"})
        self.assertEqual(self._line(draft).addendum_ids.mapped("points"), [5])

    def test_appeal_alters_the_draft_but_nothing_confirmed(self):
        case = self._attitude()
        draft = self._drawn()
        appeals = trusted(self.env["water.appeal"])
        appeal = appeals.create(
            {"complaint_id": case.id, "level": "1", "reason": "x", "demand": "x"}
        )
        self._put(appeal, state="review")
        draft.action_draw_up()
        entry = self._entries(draft, "attitude")
        self.assertEqual(entry.state, "dropped")  # with an appeal: not final
        self._put(appeal, state="decided", decided_at=LATER)
        self._put(case, finding_final="upheld")
        case.sudo()._appeal_decided(appeal)
        self.assertEqual(entry.state, "counts")
        self._as("quality", draft).action_publish()
        self._put(case, finding_final="not_upheld")
        case.sudo()._appeal_decided(appeal)
        self.assertEqual((entry.state, self._line(draft).deducted), ("dropped", 0))
        self._put(entry, state="counts", assessment_state="confirmed")
        self._put(draft, state="confirmed", checked_by_id=self.users["quality"].id)
        before = self.env["mail.message"].search_count([("subject", "ilike", case.name)])
        case.sudo()._appeal_decided(appeal)
        self.assertEqual(entry.state, "counts")
        after = self.env["mail.message"].search_count([("subject", "ilike", case.name)])
        self.assertGreater(after, before)

    def test_dropped_while_not_final_counts_once_it_is(self):
        """In the next period, once, however often the case is closed."""
        case = self._attitude()
        first = self._drawn()
        self._as("quality", first).action_publish()
        entry = self._entries(first, "attitude")
        for state, held in (("dropped", 1), ("counts", 0), ("struck", 0)):
            self._put(entry, state=state)
            self._put(self.sheet, period_start="2026-03-01")
            with self.subTest(state), freeze_time("2026-04-02"):
                second = self.env["water.assessment"].search([("period_start", "=", MARCH)])
                second = second or self._drawn(period_start="2026-03-15")
                second.action_draw_up()
                found = self._entries(second, "attitude")
                self.assertEqual(len(found.filtered(lambda row: row.state == "counts")), held)
        self._put(entry, state="counts")
        self._as("quality", second).action_publish()
        self._put(case, closed_at=local("2026-04-10 10:00"))
        self._put(self.sheet, period_start="2026-04-01")
        with freeze_time("2026-05-06"):
            third = self._drawn(period_start="2026-04-01")
        self.assertFalse(self._entries(third, "attitude"))

    def test_drop_after_confirmation_is_undone(self):
        """An addendum is drafted with what it has cost; a second person agrees to it."""
        self._put(self.clock, state="breached", due_at=FEBRUARY)
        draft = self._drawn()
        entry = self._entries(draft, "overdue")
        self._put(entry, assessment_state="confirmed")
        self._put(draft, state="confirmed", checked_by_id=self.users["quality"].id)
        self._put(draft.line_ids, state="confirmed")
        line = self._line(draft)
        before = line._score_now()
        self._put(self.clock, excuse_state="asked")
        self._as("supervisor", self.clock).action_excuse()
        drafted = line.addendum_ids
        self.assertRecordValues(
            drafted, [{"entry_id": entry.id, "points": 2, "second_by_id": False}]
        )
        self.assertEqual((drafted.user_id, entry.state), (self.users["supervisor"], "counts"))
        self.assertEqual(line._score_now(), before)
        self._as("manager", drafted).action_agree()
        self.assertEqual(line._score_now(), before + 2)
        entry._follow_findings(lambda one: "again")
        self.assertEqual(line.addendum_ids, drafted)

    def test_reversals_heed_the_limit_of_their_kind(self):
        """A finding beyond the cap of its kind cost nothing and gives nothing back."""
        self._put(self.clock, state="breached", due_at=FEBRUARY)
        draft = self._drawn()
        entry = self._entries(draft, "overdue")
        self._by_hand(draft)
        self._put(self.scheme.rule_ids.filtered(lambda row: row.kind == "overdue"), most=3)
        self._put(entry, assessment_state="confirmed")
        self._put(draft, state="confirmed", checked_by_id=self.users["quality"].id)
        self._put(self.clock, state="met")
        entry._follow_findings(lambda one: "met after all")
        self.assertEqual(self._line(draft).addendum_ids.points, 1)

    def _by_hand(self, draft):
        values = {"line_id": self._line(draft).id, "kind": "overdue", "reason": "电话核实"}
        return self._as("quality", self.env["water.assessment.entry"]).create(values)

    def test_praise(self):
        praise = self.env.ref("water_service_desk.category_pr99")
        inquiry = self._inquiry(category_id=praise.id)
        self._put(inquiry, department_id=self.net.id, state="closed", closed_at=FEBRUARY)
        self.assertEqual(self._found("praise"), [f"water.inquiry,{inquiry.id}"])

    # -- false completion ----------------------------------------------------------------------

    def _suspected(self):
        work = self._dispatches({"state": "finished"})
        values = {"finished_at": FEBRUARY, "accepted_by_id": self.users["department"].id}
        self._put(work, **values)
        call = {"complaint_id": self.case.id, "kind": "follow_up", "due_at": FEBRUARY}
        call = trusted(self.env["water.callback"]).create(call)
        self._put(call, state="done", done_at=local("2026-02-12 10:00"), outcome="not_solved")
        self._trigger("water_quality.ir_cron_false_completions")
        return self.env["water.false.completion"].search(
            [("source", "=", f"water.callback,{call.id}")]
        )

    def test_proposed_once_by_what_the_customer_says(self):
        row = self._suspected()
        self.assertEqual((row.department_id, row.user_id), (self.net, self.users["department"]))
        self.assertEqual((row.about, row.at), (self.case.name, FEBRUARY))
        self._trigger("water_quality.ir_cron_false_completions")
        self.assertEqual(
            self.env["water.false.completion"].search_count([("source", "=", row.source)]), 1
        )

    def test_unreachable_by_tries_within_minutes(self):
        """Attempts are checked for the caller; tries that give the customer time are fine."""
        calls = trusted(self.env["water.callback"])
        proposals, agent = self.env["water.false.completion"], self.users["agent"]
        values = {"complaint_id": self.case.id, "kind": "follow_up", "due_at": FEBRUARY}
        for minutes, is_hasty in ((0, True), (7, True), (8, False)):
            call = calls.create(values)
            for number in range(3):
                at = fields.Datetime.add(FEBRUARY, minutes=number * minutes)
                tried = {"callback_id": call.id, "result": "busy", "user_id": agent.id, "at": at}
                trusted(self.env["water.callback.attempt"]).create(tried)
            self._put(call, state="done", done_at=FEBRUARY, outcome="unreachable")
            self._trigger("water_quality.ir_cron_false_completions")
            row = proposals.search([("source", "=", f"water.callback,{call.id}")])
            with self.subTest(minutes=minutes):
                self.assertEqual(row.mapped("origin"), ["hasty"] * is_hasty)
                self.assertEqual(row.user_id, agent if is_hasty else agent.browse())

    def test_the_home_of_quality_says_why_and_whose(self):
        row = self._suspected()
        item = self.env.ref("water_quality.home_false_completion")
        said = item._row(self._as("quality", row))  # the reader's own rights hold for the row
        self.assertEqual(said["name"], self.case.name)
        words = ["Customer says it is not solved", self.net.name, self.users["department"].name]
        self.assertEqual(said["text"].split(" · "), words)

    def test_visits_without_a_photo_and_the_sample(self):
        slot = {"slot_from": local("2026-02-10 09:00"), "slot_to": FEBRUARY}
        visit = {"complaint_id": self.case.id, "department_id": self.net.id, "state": "done"}
        visits = trusted(self.env["water.visit"]).create([{**visit, **slot} for _ in range(2)])
        photo = self.env["ir.attachment"].create({"name": "x.png", "raw": PNG})
        trusted(visits[1]).photo_ids = photo
        proposals = self.env["water.false.completion"]
        self._trigger("water_quality.ir_cron_false_completions")
        found = proposals.search([("origin", "=", "visit")]).mapped("source")
        self.assertIn(f"water.visit,{visits[0].id}", found)
        self.assertNotIn(f"water.visit,{visits[1].id}", found)
        work = self._dispatches({"state": "finished"})
        self._put(work, finished_at=FEBRUARY)
        proposals._propose(work, "sample")
        self.assertTrue(proposals.search([("source", "=", f"water.dispatch,{work.id}")]))

    def test_decided_by_quality_and_looked_at_twice(self):
        row = self._suspected()
        first, second = self._as("quality", row), self._as("manager", row)
        with self.assertRaisesRegex(UserError, "finding and why"):
            first.action_uphold()
        with self.assertRaises(AccessError):
            self._as("supervisor", row).action_uphold()
        first.reason = "现场未见施工痕迹"
        first.action_uphold()
        self.assertFalse(self._found("false_completion"))
        self.assertFalse(first.can_look)
        with self.assertRaisesRegex(AccessError, "Another person"):
            first.action_second_look()
        second.action_second_look()
        self._put(row, second_at=FEBRUARY)
        self.assertEqual(self._found("false_completion"), [f"water.false.completion,{row.id}"])
        entry = self.env["water.assessment.entry"].search([("kind", "=", "false_completion")])
        self.assertIn(self.users["manager"], entry._barred())

    def test_department_members_cannot_decide(self):
        row = self._suspected()
        self.net.member_ids |= self.users["quality"]
        with self.assertRaises(AccessError):
            self._as("quality", row).reason = "x"
        self._put(row, user_id=self.users["quality"].id)
        mine = self._as("quality", self.env["water.false.completion"])
        self.assertNotIn(row.id, mine.search([]).ids)
