from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .meeting_common import MeetingCommon

NOTHING = {"words": [], "messages": [], "files": {}}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsParts(MeetingCommon):
    """A matter that goes on under another number, and rows of another company."""

    def _part(self, case, **values):
        values = {"subject": "账单不对", "description": "对账单有疑问", **values}
        values["category_id"] = self._category("bl02").id
        part = acts.split(self._as("agent", case), values, NOTHING, "两件事")
        self.env.invalidate_all()
        return part.with_env(self.env)

    def _converted(self, case):
        """The complaint that an inquiry becomes."""
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        new = acts.convert(self._as("agent", case), values, "不满意")
        return new.with_env(self.env)

    # -- who had it before ------------------------------------------------------------------------

    def test_a_part_of_what_is_handled_again(self):
        """The person the customer was dissatisfied with gets no part of it."""
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        part = self._part(case)
        self.assertEqual(self._barred(part), self.users["department"])
        self.assertEqual(part.handling_round, 2)
        self.assertEqual(part.user_id, self.users["agent"])

    def test_rehandled_inquiry_becomes_complaint(self):
        """The order's second handling continues, without the inquiry's handler."""
        order = {"external_source": "12345", "external_ref": "P-1"}
        case = self._inquiry(external_due_at=local("2026-03-16 12:00"), **order)
        case.answer = "已解答"
        self._as("agent", case).action_answer()
        acts.answer_order(self._as("agent", case), "已解答")
        acts.rehandle_order(self._as("agent", case), "市民不满意")
        self.env.invalidate_all()
        self.assertEqual(self._barred(case), self.users["agent"])
        new = self._converted(case)
        self.env.invalidate_all()
        self.assertEqual((new.external_rehandle_count, new.external_state), (1, "open"))
        self.assertEqual(self._barred(new), self.users["agent"])
        self.assertEqual((new.handling_round, new.user_id.id), (2, False))
        self.assertWhole(case)
        self.assertWhole(new)

    def _seniors(self, case):
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
        return self.users["senior"] in self._appeal(case).eligible_ids

    def test_participant_before_split(self):
        """This user judges neither."""
        case = self._complaint()
        acts.contact(self._as("senior", case), "已联系客户")
        part = self._part(case)
        self.assertFalse(self._seniors(part))
        other = self._part(self._complaint())
        self.assertTrue(self._seniors(other))

    def test_customer_joined_after_split(self):
        """Later work there is separate."""
        case = self._complaint()
        part = self._part(case)
        with at("2026-03-11 11:00"):
            acts.contact(self._as("senior", case), "已联系客户")
            self.assertTrue(self._seniors(part))

    def test_an_appeal_on_one_half(self):
        """The other is told, closed and filed meanwhile; a decision belongs to one alone."""
        case = self._complaint()
        part = self._part(case)
        for one in (case, part):
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(one, "agent", self.net)
        appeal = self._appeal(part)
        self.assertNotIn(case.appeal_ids.mapped("state"), (["filed"], ["review"]))
        for step in ("confirmed", "callback", "archived"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
        self.env.invalidate_all()
        with self.assertRefused("is decided first, or taken back", part):
            self._step_confirmed(part, "agent", self.net)
        self._accepted(appeal)
        wrong = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
        self._decided(appeal, "upheld", leaves_figures=True, **wrong)
        self.env.invalidate_all()
        rows = [(one.state, one.validity, one.counts_for_rates) for one in (case, part)]
        self.assertEqual(rows, [("archived", "valid", True), ("notified", "invalid", False)])
        self._step_confirmed(part, "agent", self.net)
        self.assertWhole(case)
        self.assertWhole(part)

    def test_participant_before_filing(self):
        """The order comes again after the archive was shut: a new number, the same matter."""
        case = self._order("2026-03-20 17:30", "P-2")
        acts.contact(self._as("senior", case), "已联系客户")
        for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
        acts.answer_order(self._as("agent", case), "已办理")
        self._step_callback(case, "agent", self.net)
        self._step_archived(case, "agent", self.net)
        with at("2026-03-12 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
            again.sudo().dispatch_ids._cancel()
            self.assertIn(self.users["senior"], again._involved_people())
            self.assertNotIn(self.users["chair"], again._involved_people())

    def test_answering_user(self):
        case = self._inquiry()
        acts.contact(self._as("senior", case), "已联系客户")
        new = self._converted(case)
        self.assertIn(self.users["senior"], new._involved_people())

    # -- an order that was only returned ----------------------------------------------------------

    def test_returned_by_its_agent_and_sent_again(self):
        """Unanswered: no second handling, no exclusions, no alarms."""
        president = self._new_user("president", "base.group_user", email="vp@example.com")
        self.net.deputy_id = president
        case = self._order("2026-03-20 17:30", "P-3", department_id=self.net.id)
        acts.return_order(self._as("supervisor", case), "不属我司", "《条例》第三条", "住建局")
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        with at("2026-03-12 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "仍由你单位办理").with_env(
                self.env
            )
            self.assertEqual((again.external_rehandle_count, again.handling_round), (0, 1))
            self.assertEqual(again.user_id, self.users["agent"])
            self.assertFalse(self._barred(again))
            told = self.env["mail.message"].search(
                [("id", ">", last), ("partner_ids", "in", president.partner_id.ids)]
            )
            self.assertFalse(told)
            acts.return_order(self._as("supervisor", again), "不属我司", "《条例》第三条", "住建局")
        with at("2026-03-13 10:00"):
            third = acts.rehandle_order(self._as("agent", again), "上级指定").with_env(self.env)
            acts.answer_order(self._as("agent", third), "已办理")
            acts.rehandle_order(self._as("agent", third), "市民不满意")
            self.assertEqual(third.external_rehandle_count, 1)
            self.assertIn(self.users["agent"], self._barred(third, self.users["agent"]))
        self.assertWhole(case | again | third)

    def test_returned_in_its_second_round(self):
        """An earlier answer makes it a second handling, and excludes its handler."""
        case = self._order("2026-03-20 17:30", "P-4")
        acts.answer_order(self._as("agent", case), "在办")
        acts.rehandle_order(self._as("agent", case), "市民不满意", local("2026-03-20 17:30"))
        self.env.invalidate_all()
        acts.return_order(self._as("supervisor", case), "不属我司", "《条例》第三条", "住建局")
        again = acts.rehandle_order(self._as("agent", case), "仍由你单位办理").with_env(self.env)
        self.assertEqual((again.external_rehandle_count, again.handling_round), (1, 2))
        self.assertEqual(self._barred(again), self.users["agent"])
        self.assertFalse(again.user_id)

    # -- the day of another company ---------------------------------------------------------------

    def _auckland(self):
        """The second company works in Auckland, where it is tomorrow already."""
        calendar = self.company.water_calendar_id.copy({"tz": "Pacific/Auckland"})
        self.company2.sudo().water_calendar_id = calendar
        both = self._new_user(
            "both",
            "base.group_user,water_service_desk.group_supervisor",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | self.company2).ids)],
            tz="Asia/Shanghai",
        )
        return both, (self.company.id, self.company2.id)

    def test_approved_on_the_day_of_its_company(self):
        """And it counts in the budget that begins there on that day."""
        self._auckland()
        budgets = self.env["water.compensation.budget"]
        tomorrow = {"date_from": "2026-03-12", "date_to": "2026-12-31", "amount": 1000}
        budget = budgets.create({"name": "善意", "company_id": self.company2.id, **tomorrow})
        with at("2026-03-11 23:30"):
            case = self._complaint("su", company_id=self.company2.id)
            row = self._compensation("su", case=case, company_id=self.company2.id)
            here = self._compensation("su")
            for one in (row, here):
                trusted(one.sudo()).state = "proposed"
            (row | here).sudo()._approve()
        self.assertEqual(row.approved_on, fields.Date.to_date("2026-03-12"))
        self.assertEqual(here.approved_on, fields.Date.to_date("2026-03-11"))
        self.assertEqual(budget.used, 100)

    def test_a_deputy_begins_on_the_day_of_his_company(self):
        both, companies = self._auckland()
        rows = self.env["water.compensation.delegation"].with_user(both)
        rows = rows.with_context(allowed_company_ids=companies)
        deputy = self.users["supervisor"]
        deputy.sudo().company_ids += self.company2
        values = {"deputy_id": deputy.id, "date_to": "2026-03-20", "user_id": both.id}
        values["company_id"] = self.company2.id
        with at("2026-03-11 23:30"):
            with self.assertRaisesRegex(ValidationError, "today at the earliest"):
                rows.create({**values, "date_from": "2026-03-11"})
            rows.create({**values, "date_from": "2026-03-12"})
            nobody = self.env["res.users"]
            self.assertEqual(rows._absent(deputy, self.company2, nobody), both)
            self.assertFalse(rows._absent(deputy, self.company, nobody))

    def test_overdue_by_the_day_of_its_company(self):
        """Corrective actions and their reminders: due yesterday there, today here."""
        self._auckland()
        rows = self.env["water.improvement"]
        values = {
            "subject": "整改",
            "due_on": "2026-03-11",
            "owner_id": self.users["supervisor"].id,
        }
        with at("2026-03-11 23:30"):
            here, there = (
                rows.create({**values, "company_id": company.id})
                for company in (self.company, self.company2)
            )
            self.assertEqual((here.is_overdue, there.is_overdue), (False, True))
            late = rows.search([("is_overdue", "=", True), ("id", "in", (here | there).ids)])
            self.assertEqual(late, there)
            self._trigger("water_quality.ir_cron_improvements")
        self.assertEqual((here.escalation, there.escalation), (0, 1))
        self.assertEqual(there.reminded_on, fields.Date.to_date("2026-03-12"))

    # -- a pause, a deputy, a body that waits -----------------------------------------------------

    def test_split_while_the_clock_stands_still(self):
        """The other matter does not wait for what the first one waits for."""
        case = self._complaint()
        clock = self._clock(case, "close")
        self._stop(clock, "2026-03-13 10:00")
        part = self._part(case)
        theirs = self._clock(part, "close")
        self.assertEqual((clock.state, theirs.state), ("paused", "running"))
        self.assertLocal(theirs.due_at, "2026-03-18 17:30")
        self.assertFalse(theirs.pause_ids)
        self.assertWhole(case | part)

    def test_made_a_complaint_while_the_clock_stands_still(self):
        """The pause ends with the inquiry; the complaint has its own time from the receipt."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        self._stop(clock, "2026-03-13 10:00")
        new = self._converted(case)
        self.assertEqual(clock.state, "void")
        self.assertFalse({"requested", "running"} & set(clock.pause_ids.mapped("state")))
        self.assertLocal(self._clock(new, "close").due_at, "2026-03-18 17:30")
        self.assertWhole(case)
        self.assertWhole(new)

    def test_withdrawn_while_a_body_waits(self):
        """The customer takes it back; the body is answered all the same, and the clock says so."""
        case = self._order("2026-03-20 17:30", "Q-1")
        self._as("agent", case).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        clock = self._clock(case, "external")
        self.assertTrue(clock.is_pending)
        self.assertEqual(self._clock(case, "close").state, "void")
        acts.answer_order(self._as("agent", case), "市民已撤诉")
        self.assertEqual(clock.state, "met")
        with at("2026-03-13 10:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民再次反映").with_env(self.env)
        self.assertEqual((again.external_rehandle_count, again.state), (1, "registered"))
        self.assertWhole(case | again)

    def test_a_deputy_of_the_unit_complained_of(self):
        case = self._complaint(person_complained_id=self.users["agent2"].id)
        back = local("2026-03-13 08:30")
        with self.assertRefused("about yourself|is restricted", case):
            acts.appoint_deputy(self._as("supervisor", case), self.users["agent2"], back, "休假")
        part = self._part(case)
        with self.assertRefused("about yourself|is restricted", part):
            acts.appoint_deputy(self._as("supervisor", part), self.users["agent2"], back, "休假")

    # -- found by the machine ----------------------------------------------------------------------

    def test_filed_appeal_is_not_linked_again(self):
        """Its chain is valid in the archive and stays unchanged."""
        case, other = self._complaint_at("archived"), self._complaint()
        with self.assertRefused("it can no longer be added to", case):
            acts.link(self._as("agent", case), other, "同一件事")
        self.assertNotIn("repeat_linked", case.event_ids.mapped("kind"))

    def test_a_guarantee_merged_into_what_was_told(self):
        """The customer is told at once: the guarantee is met, and no clock runs."""
        lead = self._complaint_at("confirmed")
        case = self._complaint(partner_id=self.customer2.id)
        values = case._given_clock("guarantee", local("2026-03-25 17:30"), "书面答复")
        clock = self.env["water.deadline"]._start([values])
        self._merge(case, lead)
        self.assertEqual((acts.case_of(clock), clock.state), (lead, "met"))
        acts.undo(self._as("supervisor", case), "不是一件事")
        facts = (acts.case_of(clock), clock.state, clock.met_at, clock.due_at)
        self.assertEqual(facts, (case, "running", False, local("2026-03-25 17:30")))
        self.assertTrue(clock.next_check_at, "the sweep looks at it again")
