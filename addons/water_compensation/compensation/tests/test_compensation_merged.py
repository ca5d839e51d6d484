from markupsafe import Markup

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensationMerged(SchemeCommon, CompensationCommon):
    """Money of two customers whose complaints are one matter."""

    def _merged(self, **values):
        lead = self._complaint(partner_id=self.customer2.id, email_from="lead@example.com")
        case = self._complaint(email_from="merged@example.com", **values)
        return lead, case

    def _merge(self, case, lead):
        self._as("supervisor", case).write(
            {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        )
        self.env.invalidate_all()

    def test_each_is_guaranteed_his_answer(self):
        """Not answered in ten working days: both are owed it, by the one clock of each."""
        lead, case = self._merged()
        self._merge(case, lead)
        with freeze_time(local("2026-03-30 10:00")):
            self._sweep()
        self.assertEqual(lead.sudo().compensation_ids.partner_id, self.customer2)
        self.assertEqual(case.sudo().compensation_ids.partner_id, self.customer)

    def test_once_where_it_is_one_customer(self):
        lead, case = self._complaint(), self._complaint()
        self._merge(case, lead)
        with freeze_time(local("2026-03-30 10:00")):
            self._sweep()
        self.assertEqual(len((lead | case).sudo().compensation_ids), 1)

    def test_undone_after_an_answer_it_follows_the_days_since(self):
        """The answer was about another case: the customer's limit runs on by the present
        calendar.
        """
        lead, case = self._merged()
        clock = self._clock(case, "guarantee")
        before = clock.due_at
        self._merge(case, lead)
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
        self.assertEqual(clock.state, "met")
        self.env["water.calendar.day"].create({"name": "停", "date": "2026-03-13", "kind": "off"})
        self.assertEqual(clock.due_at, before)
        acts.undo(self._as("agent", case), "不是一回事")
        self.env.invalidate_all()
        limit, _unknown = clock.calendar_id._water_due_at(
            clock.started_at, clock.amount, clock.unit
        )
        self.assertEqual((clock.state, clock.due_at), ("running", limit))
        self.assertGreater(limit, before)

    def test_undecided_it_keeps_the_matter_from_ending_with_an_incident(self):
        lead, case = self._merged()
        row = self._proposed(case=case, amount=45)
        self._merge(case, lead)
        self.assertIn("a compensation is not decided yet", lead.sudo()._who_waits())
        acts.refuse(self._as("supervisor", row), "不予同意")
        self.assertFalse(any("compensation" in text for text in lead.sudo()._who_waits()))

    def test_paid_on_due_day_regardless_of_case(self):
        for state in ("merged", "withdrawn"):
            with self.subTest(state):
                lead, case = self._merged()
                self._approved(case=case, amount=45, due_on="2026-03-25")
                clock = self._clock(case, "payment")
                self.assertEqual((clock.state, clock.is_pending), ("running", True))
                if state == "merged":
                    self._merge(case, lead)
                else:
                    self._as("supervisor", case).write({"state": state, "end_reason": "客户要求"})
                self.env.invalidate_all()
                self.assertEqual((clock.state, clock.is_pending), ("running", True))

    def test_payments_of_others_are_not_readable(self):
        """Each letter names the money of its own customer alone, however it was written."""
        for paid in (True, False):
            with self.subTest(paid=paid):
                self._check_letters(paid)

    def _check_letters(self, paid):
        lead, case = self._merged()
        self._approved(case=case, amount=45)
        self._merge(case, lead)
        for step in ("dispatched", "investigating", "handling"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
        dispatch = self._worker(self.net, self._lead(lead))
        dispatch.result = "已更正"
        dispatch.action_finish()
        about = {"active_model": "water.complaint", "active_ids": lead.ids}
        if paid:
            self._approved(case=lead, amount=123)
            said = lead.with_context(lang=lead._customer_lang())._compensation_sentences()[0]
            about["default_body"] = Markup("<p>已更正。%s请查收。</p>") % said
        dialogs = self._as("agent", self.env["water.notice.wizard"]).with_context(**about)
        dialogs.create({}).action_send()
        self.env.invalidate_all()
        self.assertEqual("123" in lead.notice_ids.body, paid)
        self.assertNotIn("123", case.notice_ids.body)
        self.assertIn("45.00", case.notice_ids.body)
        self.assertIn("已更正", case.notice_ids.body)
