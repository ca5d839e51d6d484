from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW, local

from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon

#: The standard's five working days end on 18 March; later ones end later.
LATE = "2026-03-19 10:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationMergedByStandard(AppealCommon, SchemeCommon, CompensationCommon):
    """A scheme that pays by the standard's date pays every customer who was promised it."""

    PROFILE = "cn_demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.neighbour = cls.env["res.partner"].create({"name": "邻居甲", "phone": "13700002222"})

    def _other(self, partner=None, **values):
        """Another customer's complaint about the same subject."""
        phone = {"phone": (partner or self.customer2).phone or "13700001111"}
        partner = partner or self.customer2
        return self._complaint(partner_id=partner.id, email_from="x@example.com", **phone, **values)

    def _merge(self, case, lead):
        self._as("supervisor", case).write(
            {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        )
        self.env.invalidate_all()

    def _owed(self, *cases):
        self.env.invalidate_all()
        return [len(case.sudo().compensation_ids) for case in cases]

    def _sweep_at(self, moment):
        with freeze_time(local(moment)):
            self._sweep()

    def test_all_who_were_promised_it_are_owed(self):
        lead, case = self._complaint(), self._other()
        self._merge(case, lead)
        self._sweep_at("2026-03-18 17:30")
        self.assertEqual(self._owed(lead, case), [0, 0])
        self._sweep_at(LATE)
        row = case.sudo().compensation_ids
        self.assertEqual((row.partner_id, row.amount), (self.customer2, 30))
        self.assertEqual(row.failed_at, self._clock(lead, "close").due_at)
        self.assertEqual(self._owed(lead, case), [1, 1])
        self._sweep_at("2026-03-20 10:00")
        self.assertEqual(self._owed(lead, case), [1, 1])

    def test_a_household_is_owed_once(self):
        """By phone, account or person, for any lead complaint."""
        lead, own = self._complaint(), self._complaint()
        first, second = self._other(), self._other()
        for case in (own, first, second):
            self._merge(case, lead)
        self._sweep_at(LATE)
        self.assertEqual(self._owed(lead, own, first, second), [1, 0, 1, 0])

    def test_a_household_that_has_it_already(self):
        """Late before merging: not compensated again when the lead case is late too."""
        lead, case = self._complaint(), self._other()
        self._sweep_at(LATE)
        with freeze_time(local(LATE)):
            again = self._other()
            self._merge(case, lead)
            self._merge(again, lead)
        self._sweep_at("2026-03-31 10:00")
        self.assertEqual(self._owed(lead, case, again), [1, 1, 0])

    def test_refused_or_reversed_is_no_payment(self):
        """Another delay of the household is compensated, as the first was not paid."""
        for act in ("_refuse", "_withdraw"):
            with self.subTest(act), freeze_time(NOW):
                phone = f"1370000{len(act):04d}"
                partner = self.env["res.partner"].create({"name": "另一户", "phone": phone})
                lead, first = self._complaint(), self._other(partner)
                self._sweep_at(LATE)
                getattr(self._as("supervisor", first.sudo().compensation_ids), act)("不予补偿")
                with freeze_time(local(LATE)):
                    again = self._other(partner)
                    for case in (first, again):
                        self._merge(case, lead)
                self._sweep_at("2026-03-31 10:00")
                self.assertEqual(self._owed(lead, first, again), [1, 1, 1])
                self.assertEqual(again.sudo().compensation_ids.state, "proposed")

    def test_own_date_after_case_date_has_passed(self):
        lead = self._complaint()
        self._sweep_at(LATE)
        with freeze_time(local(LATE)):
            case = self._other()
            own = self._clock(case, "close").due_at
            self._merge(case, lead)
        self._sweep_at("2026-03-20 10:00")
        self.assertEqual(self._owed(lead, case), [1, 0])
        self._sweep_at("2026-03-31 10:00")
        self.assertEqual(self._owed(lead, case), [1, 1])
        self.assertEqual(case.sudo().compensation_ids.failed_at, own)

    def test_undone_his_limit_is_that_of_the_standard_again(self):
        lead = self._complaint()
        self._sweep_at(LATE)
        with freeze_time(local(LATE)):
            case = self._other()
            self._merge(case, lead)
            acts.undo(self._as("supervisor", case), "不是一回事")
        self.assertNotIn("guarantee", self._running(case | lead).mapped("kind"))
        self._sweep_at("2026-03-31 10:00")
        self.assertEqual(self._owed(lead, case), [1, 1])
        self.assertEqual(case.sudo().compensation_ids.deadline_id, self._clock(case, "close"))

    def test_own_date_while_case_date_is_paused(self):
        case = self._other()
        with freeze_time(local("2026-03-13 10:00")):
            lead = self._complaint()
            clock = self._as("agent", self._clock(lead, "close"))
            pause = acts.pause(clock, "等资料", local("2026-03-20 10:00"))
            self._as("supervisor", pause).action_approve()
            self.assertEqual(pause.state, "running")
            self._merge(case, lead)
        self.assertEqual(self._clock(lead, "close").state, "paused")
        self._sweep_at(LATE)
        self.assertEqual(self._owed(lead, case), [0, 1])

    def test_own_date_before_paused_case_date(self):
        """A paused clock's earlier end does not help the customer."""
        lead = self._complaint()
        with freeze_time(local("2026-03-12 10:00")):
            case = self._other()
            clock = self._as("agent", self._clock(lead, "close"))
            pause = acts.pause(clock, "等资料", local("2026-03-25 10:00"))
            self._as("supervisor", pause).action_approve()
            self.assertEqual(pause.state, "running")
            self._merge(case, lead)
        self._sweep_at("2026-03-20 10:00")
        self.assertEqual(self._owed(lead, case), [0, 1])

    def test_no_compensation_for_answer_in_time(self):
        lead = self._complaint()
        self._sweep_at(LATE)
        with freeze_time(local(LATE)):
            case = self._other()
            self._merge(case, lead)
            self._trusted(lead.compensation_ids)._approve()  # before the customer is told
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(lead, "agent", self.net)
                self.env.invalidate_all()
        self._sweep_at("2026-03-31 10:00")
        self.assertEqual(self._owed(lead, case), [1, 0])

    def test_an_appeal_works_out_what_all_are_owed(self):
        lead, case = self._complaint(), self._other()
        self._merge(case, lead)
        self._sweep_at(LATE)
        rows = (lead | case).sudo().compensation_ids
        self.assertEqual(len(rows), 2)
        appeal = self.env["water.appeal"].new({"name": "AP-1", "complaint_id": lead.id})
        with patch.object(type(rows), "_recompute", autospec=True) as again:
            lead._appeal_decided(appeal)
        self.assertEqual(again.call_args.args[0], rows)
