from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.bill_common import BillCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon
from .test_scenario_meetings_parts import NOTHING


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsTurns(BillCommon, MeetingCommon):
    """A matter that turns out to be another one, of another place, or another one's."""

    def _on(self, case, *states):
        for state in states:
            getattr(self, f"_step_{state}")(case, "agent", self.net)
            self.env.invalidate_all()

    def _states(self, case):
        return {clock.kind: clock.state for clock in case.deadline_ids}

    # -- another category --------------------------------------------------------------------------

    def test_another_family_after_some_limits_were_met(self):
        """Met clocks stay met; running ones follow the new standard; additional ones start."""
        case = self._complaint()
        with at("2026-03-11 11:00"):
            acts.contact(self._as("agent", case), "已联系客户")
        self._on(case, "dispatched", "investigating")
        with at("2026-03-12 10:00"):
            mine = self._as("supervisor", case)
            other = {"category_id": self._category("st04").id, "severity": "complex"}
            acts.retriage(mine, other, "实为廉洁举报")
            acts.replan(mine, "类别有误")
            self.env.invalidate_all()
            states = self._states(case)
            self.assertEqual((states["contact"], states["close"]), ("met", "running"))
            self.assertLocal(self._clock(case, "close").due_at, "2026-04-01 17:30")
            self.assertEqual(states["plan"], "running")
            self.assertLocal(self._clock(case, "plan").due_at, "2026-03-19 17:30")
            back = {"category_id": self._category("bl02").id, "severity": "normal"}
            acts.retriage(mine, back, "确为估抄")
            self.env.invalidate_all()
        self.assertEqual(self._states(case)["plan"], "void")
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-18 17:30")
        self.assertEqual(len(case.deadline_ids.filtered(lambda row: row.kind == "contact")), 1)
        self.assertWhole(case)

    def test_another_family_after_one_was_missed(self):
        """Missed stays missed, and nothing starts twice."""
        case = self._complaint()
        with at("2026-03-16 10:00"):
            self._sweep()
            self.assertEqual(self._states(case)["verify"], "breached")
            mine = self._as("supervisor", case)
            acts.retriage(mine, {"category_id": self._category("st04").id}, "实为廉洁举报")
            acts.replan(mine, "类别有误")
        self.env.invalidate_all()
        verify = case.deadline_ids.filtered(lambda row: row.kind == "verify")
        self.assertEqual(verify.mapped("state"), ["breached"])

    def test_another_category_that_is_always_an_emergency(self):
        """As grave as if it had been known from the start, and its clocks begin at once."""
        case = self._complaint()
        category = self._category("bl02").copy({"code": "T-E", "emergency_trigger": "always"})
        with at("2026-03-11 14:00"):
            self._as("agent", case).category_id = category
        self.env.invalidate_all()
        self.assertEqual(case.severity, "emergency")
        self.assertIn("severity_changed", self._kinds(case))
        self.assertIn("on_site", self._states(case))
        with self.assertRefused("never stopped", case):
            acts.extend(self._as("agent", self._clock(case, "close")), "等", 1, "hour")

    # -- parts -------------------------------------------------------------------------------------

    def _part(self, case):
        values = {"subject": "水黄", "description": "水是黄的"}
        values["category_id"] = self._category("bl03").id
        part = acts.split(self._as("agent", case), values, NOTHING, "两件事")
        self.env.invalidate_all()
        return part.with_env(self.env)

    def test_a_part_is_refused_and_the_other_was_missed(self):
        """Each for itself: refusing the one neither heals the other nor is late with it."""
        self._choose("gss_en_2025", rate=1)
        case = self._complaint()
        part = self._part(case)
        with at("2026-03-19 09:00"):
            self._sweep()
        with at("2026-03-20 09:00"):
            self._ended(part, "rejected")
            self.env.invalidate_all()
        self.assertEqual(part.state, "rejected")
        self.assertEqual(self._clock(case, "close").state, "breached")
        self.assertFalse(self._running(part).filtered("is_pending"))
        with at("2026-03-30 10:00"):
            self._sweep()
        self.env.invalidate_all()
        rows = (case | part).sudo().compensation_ids
        self.assertEqual(rows.mapped("amount"), [40])
        self.assertEqual(rows.complaint_id, case)

    # -- people ------------------------------------------------------------------------------------

    def _heard(self, user, since):
        found = self.env["mail.message"].search(
            [("id", ">", since), ("partner_ids", "in", user.partner_id.ids)]
        )
        return found.filtered(lambda row: row.message_type != "user_notification" or row.subject)

    def test_person_on_call_is_complained_of(self):
        """At night this user is not notified; another is."""
        accused = self._new_user("oncall", "base.group_user,water_service_desk.group_department")
        self.net.member_ids |= accused
        self.net.on_call_user_ids = [Command.set(accused.ids)]
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        with at("2026-03-12 02:00"):
            case = self._complaint(
                severity="emergency", triage_reason="爆管", person_complained_id=accused.id
            )
            acts.readback(self._as("agent", case))
            self._dispatch(case)
        for moment in ("2026-03-12 02:40", "2026-03-12 09:00"):
            with at(moment):
                self._sweep()
        notices = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)]
        )
        self.assertNotIn(accused, notices.user_id)
        self.assertTrue(notices)
        self.assertFalse(self._heard(accused, last))
        with self.assertRaises(AccessError):
            case.with_user(accused).read(["subject"])

    def test_the_unit_on_call_is_complained_of_in_confidence(self):
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        with at("2026-03-12 02:00"):
            case = self._complaint(
                severity="emergency",
                triage_reason="爆管",
                is_confidential=True,
                department_complained_id=self.net.id,
            )
            acts.readback(self._as("agent", case))
            self._dispatch(case, self.lab)
        with at("2026-03-12 02:40"):
            self._sweep()
        with at("2026-03-12 09:00"):
            self._sweep()
        for user in self.net.member_ids | self.net.on_call_user_ids:
            self.assertFalse(self._heard(user, last), user.login)

    def test_an_order_about_a_unit_in_confidence(self):
        case = self._order(
            "2026-03-20 17:30",
            "T-1",
            is_confidential=True,
            department_complained_id=self.net.id,
        )
        member = self.net.member_ids[:1]
        found = self.env["water.complaint"].with_user(member)
        self.assertFalse(found.search([("external_ref", "=", "T-1")]))
        with self.assertRaises(AccessError):
            case.with_user(member).read(["subject"])
        with self.assertRaises(AccessError):
            case.deadline_ids.with_user(member).read(["due_at"])
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(case, "agent", self.lab)
            self.env.invalidate_all()
        acts.answer_order(self._as("agent", case), "已核实处理")
        self.assertEqual(self._clock(case, "external").state, "met")
        self.assertWhole(case)

    # -- orders ------------------------------------------------------------------------------------

    def test_filed_on_the_day_on_which_the_body_sends_it_again(self):
        """The archive is shut: a case an hour later has a number and a date of its own."""
        with at("2026-03-16 10:00"):
            case = self._order("2026-03-16 17:30", "T-2")
            self._on(case, "dispatched", "investigating", "handling", "notified", "confirmed")
            self._step_callback(case, "agent", self.net)
            acts.answer_order(self._as("agent", case), "已办理")
            self._step_archived(case, "agent", self.net)
        with at("2026-03-16 11:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
            self.assertNotEqual(again, case)
            self.assertEqual(case.state, "archived")
            self.assertLocal(again.external_due_at, "2026-03-19 17:30")
            self.assertTrue(self._clock(again, "external").is_pending)
        self.assertWhole(case)
        self.assertWhole(case | again)

    # -- merging -----------------------------------------------------------------------------------

    def test_a_question_whose_lead_becomes_a_complaint(self):
        """An ended inquiry keeps no open person: the two are separated first."""
        lead = self._inquiry(category_id=self._category("bl02").id)
        case = self._inquiry(
            category_id=self._category("bl02").id,
            partner_id=self.customer2.id,
            phone="13700009999",
            email_from="li@example.com",
        )
        self._merge(case, lead)
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        mine = self._as("agent", lead)
        with self.assertRefused(f"{case.name} is merged into it", lead):
            acts.convert(mine, values, "不满意")
        self._undo(case)
        acts.convert(mine, values, "不满意")
        self.env.invalidate_all()
        self.assertEqual(lead.state, "converted")
        self.assertTrue(self._clock(case, "close").is_pending)

    # -- calls -------------------------------------------------------------------------------------

    def test_three_calls_in_vain_over_a_long_holiday(self):
        """Only on working days in calling hours; after three tries the customer counts as
        unreachable.
        """
        self.company.write({"water_call_from": 8.5, "water_call_until": 20})
        with at("2026-09-30 16:00"):
            case = self._complaint_at("confirmed")
            call = case.callback_ids
        self.assertLocal(call.due_at, "2026-10-10 17:30")
        for moment in ("2026-09-30 19:30", "2026-10-08 09:00", "2026-10-09 09:00"):
            with at(moment):
                self._as("quality", call).action_no_answer()
                self.env.invalidate_all()
                if call.state == "open":
                    self.assertGreater(call.next_attempt_at, local(moment))
        self.assertEqual((call.state, call.outcome), ("done", "unreachable"))
        self.assertEqual(self._clock(case, "callback").state, "met")

    # -- whose bill it was -------------------------------------------------------------------------

    def test_a_move_amid_the_bill_entered_after_it_was_handed_in(self):
        """Neither holder is paid for a shared bill: each applies separately."""
        self._choose("cn_demo")
        self.account = self._account(partner_id=self.customer.id, code="T-9")
        leak = self._application()
        leak.action_submit()
        row = leak.sudo().compensation_id
        with at("2026-03-12 09:00"):
            values = {"partner_id": self.customer2.id, "holder_since": local("2026-01-10 09:00")}
            self._as("agent", self.account).write(values)
            self.env.invalidate_all()
            self.assertFalse(self._as("supervisor", row).can_decide)
            with self.assertRefused("changed on 2026-01-10", row):
                self._as("supervisor", row).action_approve()
            acts.withdraw(self._as("supervisor", row), "两户分别申请")
            former = self._application(period_to="2026-01-10", billed_volume=60)
            present = self._application(period_from="2026-01-10", billed_volume=40)
            (former | present).action_submit()
            self.env.invalidate_all()
            rows = former.sudo().compensation_id | present.sudo().compensation_id
        self.assertEqual(rows.mapped("state"), ["proposed", "proposed"])
        self.assertEqual(rows.partner_id, self.customer | self.customer2)

    def test_a_move_amid_the_bill_entered_after_it_was_booked(self):
        self._choose("cn_demo")
        self.account = self._account(partner_id=self.customer.id, code="T-10")
        leak = self._application()
        leak.action_submit()
        row = leak.sudo().compensation_id
        self._as("supervisor", row).action_approve()
        self._run("entries")
        self._post(row)
        with at("2026-03-12 09:00"):
            values = {"partner_id": self.customer2.id, "holder_since": local("2026-01-10 09:00")}
            self._as("agent", self.account).write(values)
        with at("2026-03-25 09:00"):
            changes = self.env["water.account.change"].search([])
            self._as("supervisor2", changes).action_confirm()
            self.env.invalidate_all()
            with self.assertRefused("changed on 2026-01-10", row):
                self._pay(row)

    # -- incidents ---------------------------------------------------------------------------------

    def test_an_incident_declared_over_what_was_compensated(self):
        """One outage of one account is compensated once, by either way of payment."""
        self._choose("gss_en_2025", rate=1)
        home = self._account(partner_id=self.customer.id, code="T-11")
        case = self._complaint(account_id=home.id, category_id=self._category("ot03").id)
        gesture = self._approved(case=case, amount=50)
        incident = self._incident("2026-03-10 08:00")
        rows = self._restored(incident, "2026-03-11 09:00") - gesture
        self.assertEqual((len(rows), rows.account_id), (1, home))
        self.assertEqual((rows.amount, gesture.amount), (100, 50))

    def test_two_incidents_declared_over_the_same_hours(self):
        """Declared later for what one had counted already: no hour is paid twice."""
        self._choose("gss_en_2025", rate=1)
        home = self._account(partner_id=self.customer.id, code="T-12")
        first = self._restored(self._incident("2026-03-09 08:00"), "2026-03-10 09:00")
        self.assertEqual((first.account_id, first.amount), (home, 100))
        with at("2026-03-11 10:00"):
            later = self._incident("2026-03-09 08:30")
            rows = self._restored(later, "2026-03-11 11:00")
        self.env.invalidate_all()
        total = sum((first | rows).filtered(lambda row: row.state != "withdrawn").mapped("amount"))
        one = timedelta(hours=51) - timedelta(hours=12)
        self.assertLessEqual(total, 50 + 50 * int(one.total_seconds() // 43200))

    # -- money -------------------------------------------------------------------------------------

    def test_currencies_of_no_and_of_three_decimals(self):
        """Each account by itself, and each refund, is rounded as the currency is."""
        for name, digits in (("JPY", 0), ("KWD", 3)):
            with self.subTest(name):
                currency = self.env.ref(f"base.{name}")
                currency.active = True
                self.assertEqual(currency.decimal_places, digits)
                company = self.company2.sudo()
                company.currency_id = currency
                refund = self._refund_of(company)
                amount = 11.187969924812 * 3.1
                self.assertEqual(refund.refund_amount, round(amount, digits))

    def _refund_of(self, company):
        account = self.env["water.account"].create(
            {
                "code": f"C-{company.currency_id.name}",
                "partner_id": self.customer.id,
                "address": "东城路",
                "company_id": company.id,
            }
        )
        self.account = account
        return self._refund(login="su", company_id=company.id)
