from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetings(MeetingCommon):
    """Orders, appeals, money and the turn of the year in rare combinations."""

    def _extend(self, clock, days):
        rows = acts.extend(self._as("agent", clock), "等检定", days)
        self._as("supervisor", rows).action_approve()
        self.env.invalidate_all()

    # -- orders that were merged -----------------------------------------------------------------

    def test_our_own_limit_of_a_merged_order_is_extended(self):
        """The lead keeps the earlier date until it is extended itself."""
        lead = self._complaint(partner_id=self.customer2.id)
        order = self._order("2026-03-17 17:30", "M-1")
        self._merge(order, lead)
        close, external = self._clock(lead, "close"), self._clock(order, "external")
        self.assertLocal(close.due_at, "2026-03-16 17:30")
        self._extend(external, 1)
        self.assertLocal(external.due_at, "2026-03-17 17:30")
        self.assertLocal(close.due_at, "2026-03-16 17:30")
        self.assertLocal(lead.promised_at, "2026-03-16 17:30")
        self._extend(close, 1)
        self.assertLocal(close.due_at, "2026-03-17 17:30")
        self._undo(order)
        self.assertLocal(close.due_at, "2026-03-17 17:30")
        self.assertLocal(external.due_at, "2026-03-17 17:30")

    def test_returned_taken_anew_and_merged(self):
        """The body sends it again: a new round beside the returned one, merged, answered once."""
        order = self._order("2026-03-20 17:30", "M-4")
        acts.return_order(self._as("supervisor", order), "不属我司", "《条例》第三条", "住建局")
        self.assertEqual((order.state, order.external_state), ("rejected", "returned"))
        with at("2026-03-12 10:00"):
            again = acts.rehandle_order(self._as("agent", order), "仍由你单位办理").with_env(
                self.env
            )
            lead = self._complaint("agent2", partner_id=self.customer2.id)
            self._merge(again, lead)
            self.assertEqual(again.state, "merged")
            self.assertLocal(lead.promised_at, "2026-03-17 17:30")
            for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
                getattr(self, f"_step_{step}")(lead, "agent", self.net)
                self.env.invalidate_all()
            self._step_callback(lead, "agent", self.net)
            with self.assertRefused(again.name, lead):
                self._as("quality", lead).action_archive_case()
            acts.answer_order(self._as("agent", again), "已办理")
            self._step_archived(lead, "agent", self.net)
        self.assertEqual((order.state, order.external_state), ("rejected", "returned"))
        self.assertWhole(order | again | lead)

    # -- appeals ---------------------------------------------------------------------------------

    def _again_under_appeal(self, case):
        """Appealed, and taken up again by the customer's word meanwhile, as was possible once."""
        appeal = self._appeal(case)
        with patch.object(type(case), "_check_appeal_over", lambda _self: None):
            acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        self.assertEqual((case.state, appeal.state), ("dispatched", "filed"))
        return appeal

    def test_withdrawn_while_an_appeal_is_open(self):
        """Withdrawing a complaint needs its appeal withdrawn first."""
        case = self._complaint_at("notified")
        appeal = self._again_under_appeal(case)
        values = {"state": "withdrawn", "end_reason": "客户撤诉"}
        with self.assertRefused(appeal.name, case):
            self._as("agent", case).write(values)
        acts.withdraw(self._as("agent", appeal), "客户撤回")
        self._as("agent", case).write(values)
        self.assertEqual(case.state, "withdrawn")

    def test_returned_while_an_appeal_is_open(self):
        """Nor can its order go back to the body meanwhile."""
        case = self._order("2026-03-20 17:30", "M-5")
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
        appeal = self._again_under_appeal(case)
        with self.assertRefused(appeal.name, case):
            acts.return_order(self._as("supervisor", case), "不属我司", "《条例》第三条", "住建局")

    def test_withdrawn_while_money_is_approved(self):
        """An approved amount is paid on time; the customer needs to do no more."""
        case = self._complaint_at("handling")
        row = self._approved(case=case)
        self._as("agent", case).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        self.env.invalidate_all()
        self.assertEqual((case.state, row.state), ("withdrawn", "approved"))
        clock = case.deadline_ids.filtered(lambda clock: clock.kind == "payment")
        self.assertEqual(clock.mapped("is_pending"), [True] * len(clock))
        self._run("entries")
        self._post(row)
        self._pay(row)
        self.env.invalidate_all()
        self.assertEqual(row.payment_state, "paid")
        self.assertFalse(clock.filtered("is_pending"))
        self.assertWhole(case)

    # -- handled again -----------------------------------------------------------------------------

    def _by_the_desk(self, case, login):
        """Handled and told by the desk, without a department."""
        work = self._as(login, case)
        work.action_handle()
        self._conclude(work)
        work.resolution = "已更正账单"
        work.action_verify()
        self._notify(case, login)

    def test_a_department_at_first_and_then_the_desk(self):
        """Not satisfied twice: neither the department's handler nor the desk's gets it again."""
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        users = self.users["department"]
        self.assertEqual(self._barred(case), users)
        users |= self._new_user("net2", "base.group_user,water_service_desk.group_department")
        self.net.member_ids |= users
        lead = self._lead(case).with_user(users[-1])
        acts.reject(lead, "不属我部门")
        acts.hand_over(self._as("supervisor", case), self.users["agent2"], "重办")
        self._by_the_desk(case, "agent2")
        acts.contest(self._as("agent", case), "还是没有解决")
        self.env.invalidate_all()
        self.assertEqual(self._barred(case), self.users["department"] | self.users["agent2"])

    def test_former_deputy_does_not_get_it_again(self):
        """A deputy handled it over the holidays; the deputyship is over when the customer
        objects.
        """
        with at("2026-04-03 09:00"):
            case = self._complaint()
            acts.readback(self._as("agent", case))
            back = local("2026-04-07 08:30")  # over Qingming
            acts.appoint_deputy(self._as("supervisor", case), self.users["agent2"], back, "休假")
            self._by_the_desk(case, "agent2")
        with at("2026-04-07 09:00"):
            self._trigger("water_service_desk.ir_cron_deputies")
            self.assertEqual(case.user_id, self.users["agent"])
            acts.contest(self._as("agent", case), "没有解决")
            self.env.invalidate_all()
        self.assertEqual(self._barred(case), self.users["agent"] | self.users["agent2"])

    # -- the turn of a year ----------------------------------------------------------------------

    def test_numbers_are_of_the_companys_year(self):
        """Visitors have no time zone: half past midnight on 1 January is the new year's."""
        nobody = self.env.ref("base.public_user")
        nobody.tz = False
        with at("2027-01-01 00:30"):
            cases = self.env["water.complaint"].with_user(nobody).sudo().with_context(tz=False)
            case = cases.create(self._complaint_values())
            self.assertTrue(case.name.startswith("TS202701"), case.name)
            staff = self._as("agent", self.env["water.inquiry"]).with_context(tz="Europe/Berlin")
            self.assertTrue(staff.create(self._inquiry_values()).name.startswith("ZX202701"))

    def test_the_time_to_return_an_order_over_a_new_year(self):
        """Two working days, counted again when the holidays are loaded."""
        with at("2026-12-30 10:00"):
            order = self._order("2027-01-15 17:30", "M-6")
            fixed = self._order(
                "2027-01-15 17:30", "M-7", external_return_until=local("2027-01-01 12:00")
            )
            self.assertLocal(order.external_return_until, "2027-01-01 17:30")
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
            self.env.invalidate_all()
        with at("2027-01-04 10:00"):
            self.assertLocal(order.external_return_until, "2027-01-04 17:30")
            self.assertLocal(fixed.external_return_until, "2027-01-01 12:00")
            acts.return_order(self._as("supervisor", order), "不属我司", "《条例》第三条", "住建局")
        self.assertEqual(order.external_state, "returned")

    # -- two companies ---------------------------------------------------------------------------

    def test_the_day_of_a_paper_is_that_of_its_company(self):
        """It is tomorrow in Auckland; a user of both companies is in Shanghai."""
        calendar = self.company.water_calendar_id.copy({"tz": "Pacific/Auckland"})
        self.company2.sudo().water_calendar_id = calendar
        both = self._new_user(
            "both",
            "base.group_user,water_service_desk.group_supervisor",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | self.company2).ids)],
            tz="Asia/Shanghai",
        )
        with at("2026-03-11 23:30"):
            here = self._order("2026-03-20 17:30", "M-8")
            there = self._order("2026-03-20 17:30", "M-8", "su", company_id=self.company2.id)
            cases = self.env["water.complaint"].with_user(both)
            cases = cases.with_context(allowed_company_ids=(self.company.id, self.company2.id))
            tomorrow = fields.Date.to_date("2026-03-12")
            due = local("2026-03-25 17:30")
            acts.extend_order(cases.browse(there.id), due, tomorrow, "12345-1")
            self.assertEqual(there.external_due_at, due)
            with self.assertRefused("today at the latest", here):
                acts.extend_order(cases.browse(here.id), due, tomorrow, "12345-1")
