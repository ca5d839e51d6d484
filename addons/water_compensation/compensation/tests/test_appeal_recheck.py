from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.tests.doors import Sent

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealRecheck(AppealCommon):
    """A grant on a finding that changed is reviewed before it is paid."""

    def _goodwill(self, case, **values):
        rows = self._as("agent", self.env["water.compensation"])
        values = {"complaint_id": case.id, "kind": "goodwill", "amount": 80, **values}
        row = rows.create({"reason": "表示歉意", "partner_id": self.customer.id, **values})
        row.action_propose()
        return row.with_env(self.env)

    def _fallen(self, case):
        return self._first(
            case, "upheld", corrected_finding="not_upheld", corrected_liability="customer"
        )

    def _confirm(self, row, login, reason="已承诺客户"):
        dialogs = self._as(login, self.env["water.compensation.wizard"])
        values = {"compensation_ids": row.ids, "step": "keep", "reason": reason}
        Sent(dialogs).create(values).action_save()

    def test_held_until_confirmed(self):
        case = self._complaint_at("archived")
        row = self._goodwill(case)
        appeal = self._fallen(case)
        self.assertEqual((row.recheck_appeal_id, row.is_held), (appeal, True))
        self.assertIn(row, row.search([("is_held", "=", True)]))
        kind = self.env.ref("water_compensation.mail_activity_type_recheck")
        to_do = case.activity_ids.filtered(lambda act: act.activity_type_id == kind)
        self.assertTrue(to_do)
        self.assertIn(row.name, to_do[0].summary)
        self.assertNotIn(self.users["senior"], to_do.user_id)  # the user decided the appeal
        with self.assertRefused("look at it again first"):
            self._as("supervisor", row).action_approve()
        for login, reason, words in (
            ("senior", "x", "this is decided by"),
            ("agent", "x", "this is decided by"),
            ("supervisor", " ", "it cannot be blank"),
        ):
            with self.subTest(login), self.assertRaisesRegex(UserError, words):
                self._confirm(row, login, reason)
        self.assertTrue(row.is_held)
        self._confirm(row, "supervisor")
        self.assertEqual((row.is_held, row.recheck_appeal_id.ids), (False, []))
        self.assertFalse(to_do.exists())
        kept = row.approval_ids.filtered(lambda entry: entry.decision == "kept")
        self.assertEqual((kept.user_id, kept.reason), (self.users["supervisor"], "已承诺客户"))
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_approved_is_not_paid(self):
        """A waiting entry is not posted; once the appeal is withdrawn, it can be."""
        case = self._complaint_at("archived")
        row = self._goodwill(case)
        self._as("supervisor", row).action_approve()
        self._fallen(case)
        self.assertEqual((row.state, row.is_held), ("approved", True))
        if not row.move_id:
            self._as("finance", row).action_make_entry()
        with self.assertRefused("look at it again first"):
            self._as("finance", row.move_id).action_post()
        self.assertEqual(row.move_id.state, "draft")
        acts.withdraw(self._as("supervisor", row), "客户责任")
        self.assertEqual((row.state, row.recheck_appeal_id.ids), ("withdrawn", []))
        kind = self.env.ref("water_compensation.mail_activity_type_recheck")
        self.assertFalse(case.activity_ids.filtered(lambda act: act.activity_type_id == kind))

    def test_nothing_where_the_finding_stays(self):
        """A decision that does not change the finding holds no money."""
        case = self._complaint_at("archived")
        row = self._goodwill(case)
        self._first(case, "rejected")
        self._second(case, "partly", corrected_finding="upheld")
        self.assertFalse(row.is_held)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHeldPayment(CompensationCommon, AppealCommon):
    """An entry that is held after posting is not paid."""

    def test_posted_entry_is_not_paid_meanwhile(self):
        case = self._complaint_at("archived")
        row = self._proposed(case=case, amount=80, partner_id=self.customer.id)
        self._as("supervisor", row).action_approve()
        if not row.move_id:
            self._as("finance", row).action_make_entry()
        self._as("finance", row.move_id).action_post()
        change = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
        self._first(case, "upheld", **change)
        self.assertEqual((row.payment_state, row.is_held), ("posted", True))
        wizards = self._as("finance", self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=row.move_id.ids
        )
        with self.assertRefused("look at it again first"):
            wizards.create({}).action_create_payments()
        self.assertEqual((row.payment_state, row.move_id.payment_state), ("posted", "not_paid"))
        acts.fill(self._as("supervisor", row), "action_confirm", "action_save", reason="已承诺客户")
        wizards.create({}).action_create_payments()
        self.env.invalidate_all()
        self.assertEqual(row.payment_state, "paid")
