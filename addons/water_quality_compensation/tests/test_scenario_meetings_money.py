from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation_scheme.tests.common import SchemeCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon
from .test_scenario_meetings_parts import NOTHING


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsMoney(SchemeCommon, MeetingCommon):
    """Money where a matter is split, merged, appealed or booked back."""

    def _part(self, case, **values):
        values = {"subject": "水黄", "description": "水是黄的", **values}
        values["category_id"] = self._category("bl03").id
        part = acts.split(self._as("agent", case), values, NOTHING, "两件事")
        self.env.invalidate_all()
        return part.with_env(self.env)

    def _sweep_at(self, moment):
        with at(moment):
            self._sweep()
        self.env.invalidate_all()

    def _owed(self, *cases):
        return [sum(case.sudo().compensation_ids.mapped("amount")) for case in cases]

    def _on(self, case, *states):
        for state in states:
            getattr(self, f"_step_{state}")(case, "agent", self.net)
            self.env.invalidate_all()

    # -- split -----------------------------------------------------------------------------------

    def test_two_parts_of_what_came_in_once(self):
        """Each is answered, and both by the guaranteed day; a late amount is paid once."""
        case = self._complaint()
        part = self._part(case)
        clocks = [self._clock(one, "guarantee") for one in (case, part)]
        self.assertEqual({clock.state for clock in clocks}, {"running"})
        self.assertEqual(clocks[0].due_at, clocks[1].due_at)
        self._sweep_at("2026-03-30 10:00")
        self.assertEqual({clock.state for clock in clocks}, {"breached"})
        self.assertEqual(sorted(self._owed(case, part)), [0, 40])

    def test_one_part_answered_and_the_other_late(self):
        """The answer is incomplete: compensation is due, whichever is late."""
        for late in (0, 1):
            with self.subTest(late=late), at("2026-03-11 10:00"):
                case = self._complaint(address=f"东城路{late}号")
                both = (case, self._part(case))
                self._on(both[1 - late], "dispatched", "investigating", "handling", "notified")
                self._sweep_at("2026-03-30 10:00")
                self.assertEqual(self._owed(both[late], both[1 - late]), [40, 0])

    def test_three_parts(self):
        case = self._complaint()
        first = self._part(case)
        second = self._part(first)
        self._sweep_at("2026-03-30 10:00")
        self.assertEqual(sorted(self._owed(case, first, second)), [0, 0, 40])

    def test_a_part_of_another_customer(self):
        """The two were never one case: each is guaranteed an answer."""
        case = self._complaint()
        part = self._part(case, contact_name="李娜", phone="13700009999")
        self._as("agent", part).partner_id = self.customer2
        self._sweep_at("2026-03-30 10:00")
        self.assertEqual(self._owed(case, part), [40, 40])

    def test_both_parts_in_one_outage(self):
        """One compensation for the account's outage, however its complaints are split."""
        home = self._account(partner_id=self.customer.id)
        incident = self._incident("2026-03-10 08:00")
        case = self._complaint(account_id=home.id, category_id=self._category("ot03").id)
        part = self._part(case)
        rows = self._restored(incident, "2026-03-11 08:00")
        self.assertEqual(rows.mapped("account_id"), home)
        self.assertEqual(len(rows), 1)
        self.assertFalse((case | part).sudo().compensation_ids - rows)

    def test_goodwill_for_both_parts_is_decided_as_one_sum(self):
        case = self._complaint()
        part = self._part(case)
        first = self._proposed(case=case, amount=100)
        second = self._proposed(case=part, amount=100)
        self.assertEqual((first.joint_amount, second.joint_amount), (100, 200))

    def test_goodwill_in_a_second_handling_is_decided_with_the_first(self):
        """One matter under two numbers, a quarter of a year apart: 400 and 400 are 800."""
        case = self._order("2026-03-25 17:30", "G-1")
        self._approved(case=case, amount=400)
        self._filed(case)
        with freeze_time(local("2026-06-15 10:00")):
            again = acts.rehandle_order(self._as("agent", case), "市民不满意").with_env(self.env)
            self.assertNotEqual(again, case)
            second = self._proposed(case=again, amount=400)
            other = self._proposed(case=self._complaint(), amount=400)
        self.assertEqual((second.joint_amount, other.joint_amount), (800, 800))

    # -- an appeal after the money ---------------------------------------------------------------

    def _paid(self, case, amount=100):
        row = self._approved(case=case, amount=amount, partner_id=self.customer.id)
        self._run("entries")
        self._post(row)
        self._pay(row)
        self.env.invalidate_all()
        self.assertEqual(row.payment_state, "paid")
        return row

    def _upheld(self, case, **values):
        facts = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
        return self._first(case, "upheld", **facts, **values)

    def test_paid_and_the_finding_falls(self):
        """Nothing is reclaimed automatically: a person reviews it, and it stays paid."""
        case = self._complaint_at("notified")
        row = self._paid(case)
        appeal = self._upheld(case)
        self.env.invalidate_all()
        self.assertEqual((row.state, row.payment_state, row.amount), ("approved", "paid", 100))
        self.assertEqual(row.recheck_appeal_id, appeal)
        kind = self.env.ref("water_compensation.mail_activity_type_recheck")
        self.assertIn(kind, case.activity_ids.activity_type_id)
        self.assertEqual(case.sudo().compensation_ids, row)
        self._as("supervisor", row)._confirm_again("已付款，不追回")
        self.assertFalse(row.recheck_appeal_id)
        self.assertEqual(
            self.env["account.move"].search_count(
                [("invoice_origin", "=", row.name), ("state", "!=", "cancel")]
            ),
            1,
        )

    def test_paid_and_more_is_granted_instead(self):
        """The difference alone; twice decided, it is one difference."""
        case = self._complaint_at("notified")
        row = self._paid(case)
        self._first(case, "upheld", grant_amount=150, grant_on_id=row.id)
        self.env.invalidate_all()
        rows = case.sudo().compensation_ids
        self.assertEqual(sorted(rows.mapped("amount")), [50, 100])
        more = rows - row
        self._as("supervisor", more).action_approve()
        self._run("entries")
        self._post(more)
        self._pay(more)
        self._second(case, "upheld", grant_amount=170, grant_on_id=row.id)
        self.env.invalidate_all()
        self.assertEqual(sum(case.sudo().compensation_ids.mapped("amount")), 170)

    def test_paid_and_less_is_granted_instead(self):
        """The customer keeps it, and a member of staff is told."""
        case = self._complaint_at("notified")
        row = self._paid(case)
        self._first(case, "partly", grant_amount=60, grant_on_id=row.id)
        self.env.invalidate_all()
        self.assertEqual(case.sudo().compensation_ids, row)
        self.assertEqual((row.amount, row.payment_state), (100, "paid"))

    def test_merged_and_the_finding_falls(self):
        """Grants to the customer of a merged complaint are reviewed as well."""
        lead = self._complaint(partner_id=self.customer2.id, phone="13700009999")
        case = self._complaint()
        self._merge(case, lead)
        self._on(lead, "dispatched", "investigating", "handling")
        rows = self._proposed(case=lead, partner_id=self.customer2.id)
        rows |= self._proposed(case=case, partner_id=self.customer.id)
        self._as("supervisor2", rows).action_approve()
        self._on(lead, "notified")
        appeal = self._upheld(lead)
        self.env.invalidate_all()
        self.assertEqual(rows.recheck_appeal_id, appeal)
        self.assertEqual(rows.filtered("is_held"), rows)

    # -- who decides on money of one matter ------------------------------------------------------

    def test_case_handler_cannot_decide_on_money(self):
        """Not on that of a merged customer, whose facts the user recorded."""
        lead = self._complaint("supervisor", partner_id=self.customer2.id, phone="13700009999")
        case = self._complaint()
        row = self._proposed(case=case)
        self._merge(case, lead)
        with self.assertRefused("had a hand in its facts does not decide", row):
            self._as("supervisor", row).action_approve()
        self._as("supervisor2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_person_concerned_cannot_decide_on_money(self):
        about = {"person_complained_id": self.users["supervisor"].id}
        lead = self._complaint("agent2", partner_id=self.customer2.id, phone="13700009999", **about)
        case = self._complaint()
        row = self._proposed(case=case)
        case.with_user(self.users["manager"]).write(
            {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        )
        self.env.invalidate_all()
        with self.assertRefused("had a hand in its facts does not decide", row):
            self._as("supervisor", row).action_approve()

    def test_no_compensation_for_anonymous_complaint(self):
        """The holder of a named account did not complain, and is not told."""
        home = self._account(partner_id=self.customer.id)
        case = self._complaint(partner_id=False, is_anonymous=True, account_id=home.id)
        self._sweep_at("2026-03-30 10:00")
        self.assertEqual(self._clock(case, "guarantee").state, "breached")
        self.assertFalse(case.sudo().compensation_ids)

    # -- booked back -----------------------------------------------------------------------------

    def _reversed(self, row):
        move = self._as("finance", row.sudo().move_id)
        move._reverse_moves(cancel=True)
        self.env.invalidate_all()
        self.assertEqual((row.state, row.payment_state), ("approved", "reversed"))

    def test_booked_back_and_paid_anew(self):
        """Booked to the wrong bank: the entry is taken back, and made once more."""
        row = self._approved(partner_id=self.customer.id)
        self._run("entries")
        self._post(row)
        first = row.sudo().move_id
        self._reversed(row)
        self._as("finance", row).action_make_entry()
        self.env.invalidate_all()
        self.assertNotEqual(row.sudo().move_id, first)
        self.assertEqual(row.payment_state, "draft")
        self._post(row)
        self._pay(row)
        self.env.invalidate_all()
        self.assertEqual(row.payment_state, "paid")

    def test_booked_back_while_the_holder_changes(self):
        """Another payee: decided again, and then booked to them."""
        home = self._account(partner_id=self.customer.id)
        incident = self._incident("2026-03-01 10:00")
        row = self._restored(incident, "2026-03-02 11:00")
        self._as("manager", row).action_approve()
        self._run("entries")
        self._post(row)
        self._reversed(row)
        with at("2026-03-12 09:00"):
            values = {"partner_id": self.customer2.id, "holder_since": local("2026-02-20 09:00")}
            self._as("agent", home).write(values)
        self.env.invalidate_all()
        self.assertEqual((row.partner_id, row.state), (self.customer2, "proposed"))
        with at("2026-03-13 09:00"):
            self._as("manager2", row).action_approve()
            self._run("entries")
        self.assertEqual(row.payment_state, "draft")
        self.assertEqual(row.sudo().move_id.partner_id, self.customer2)
