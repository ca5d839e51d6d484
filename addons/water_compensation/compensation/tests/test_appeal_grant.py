from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealGrant(AppealCommon, CompensationCommon):
    """The decision on an appeal proposes its payment by itself, and others approve it."""

    def _granted(self, case, amount=200, decision="partly", **values):
        return self._first(case, decision, grant_amount=amount, **values)

    def test_decision_proposes_the_payment(self):
        """Once, with the decider, the former values, and none of the words of the case."""
        case = self._complaint_at("notified")
        before = self._approved(case=case, amount=30)
        appeal = self._granted(case, decision_text="复核认定：家属住院耽误")
        row = appeal.grant_ids
        self.assertEqual((row.amount, row.kind, row.state), (200, "goodwill", "proposed"))
        self.assertEqual((row.complaint_id, row.partner_id), (case, self.customer))
        self.assertEqual(row.proposed_by_id, self.users["senior"])
        self.assertIn(appeal.name, row.reason)
        for words in (appeal.name, before.name, "30", "200", self.users["senior"].name):
            self.assertIn(words, row.trace)
        self.assertNotIn("家属住院", row.trace)
        appeal.sudo()._grant()
        self.assertEqual(appeal.grant_ids, row)
        self.assertEqual(before.state, "approved")

    def test_day_of_the_decision(self):
        """The trace names the company's day, early in the morning as well."""
        case = self._complaint_at("notified")
        with at("2026-03-17 06:30"):
            self.assertIn("2026-03-17", self._granted(case).grant_ids.trace)

    def test_appeal_decider_cannot_approve(self):
        row = self._granted(self._complaint_at("notified")).grant_ids
        self.assertFalse(self._as("senior", row).can_decide)
        with self.assertRefused("had a hand in its facts", row):
            self._as("senior", row).action_approve()
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.payment_state, "draft")

    def test_corrects_what_was_granted(self):
        """Approved, not posted: the entry is cancelled and the new amount decided anew."""
        case = self._complaint_at("notified")
        row = self._approved(case=case, amount=30)
        move = row.move_id
        appeal = self._granted(case, 90, grant_on_id=row.id)
        self.assertEqual((row.amount, row.state, move.state), (90, "proposed", "cancel"))
        self.assertEqual(appeal.grant_ids, row)
        self.assertIn(appeal.name, row.trace)
        self._as("manager2", row).action_approve()
        self.assertEqual(row.move_id.amount_total, 90)

    def test_paid_already_gets_the_difference(self):
        case = self._complaint_at("notified")
        row = self._approved(case=case, amount=30)
        self._post(row)
        self._pay(row)
        appeal = self._granted(case, 90, grant_on_id=row.id)
        self.assertEqual((row.amount, row.payment_state), (30, "paid"))
        more = row.correction_ids
        self.assertEqual((more.amount, more.state), (60, "proposed"))
        self.assertEqual(appeal.grant_ids, row | more)
        self.assertFalse(self._as("senior", more).can_decide)

    def test_refused_in_words(self):
        """All drafts are decided before the letter goes out."""
        case = self._complaint_at("notified")
        appeal = self._accepted(self._appeal(case))
        work = self._as("senior", appeal)
        text = {"decision_text": "x", "grant_amount": 50}
        work.write({"decision": "rejected", **text})
        with self.assertRaisesRegex(UserError, "upheld grants money"):
            work.action_decide()
        with self.assertRaisesRegex(ValidationError, "not negative"), self.env.cr.savepoint():
            work.grant_amount = -1
        foreign = self._proposed()
        with self.assertRaisesRegex(ValidationError, "of this complaint"), self.env.cr.savepoint():
            work.write({"grant_on_id": foreign.id})
        row = self._proposed(case=case)
        work.write({"decision": "upheld", "grant_on_id": row.id})
        acts.refuse(self._as("supervisor2", row), "没有依据")
        with self.assertRaisesRegex(UserError, "leave “Instead of” empty"):
            work.action_decide()
        self.assertEqual((appeal.state, appeal.sudo().grant_ids.ids), ("review", []))
        work.grant_on_id = False
        self._letter("senior", work.action_decide())
        self.assertEqual(appeal.sudo().grant_ids.amount, 50)

    def test_only_the_reviewer_grants(self):
        appeal = self._accepted(self._appeal(self._complaint_at("notified")))
        for login in ("agent", "supervisor", "department"):
            with self.assertRefused("Only the reviewer", appeal):
                self._as(login, appeal).write({"grant_amount": 10})
