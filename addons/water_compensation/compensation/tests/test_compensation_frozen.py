from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon

#: After the days that payments wait.
LATER = "2026-03-19 02:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationFrozen(CompensationCommon):
    """Payments wait for a second person after a change of holder, payee, bank or contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, user in cls.users.items():  # no two of the staff are one by their mail
            user.email = f"{login}@example.com"
        cls.account = cls.env["water.account"].create(
            {"code": "H-1", "partner_id": cls.customer.id, "address": "东城路8号"}
        )

    def _row(self, **values):
        return self._approved(account_id=self.account.id, **values)

    def _changes(self):
        return self.env["water.account.change"].search([], order="id")

    def _waits(self, row, words):
        """Neither posted nor paid, and it says why."""
        row.invalidate_recordset(["freeze_note"])
        self.assertIn(words, row.freeze_note)
        with self.assertRefused(words):
            self._post(row)
        self.assertEqual(row.payment_state, "draft")

    def test_affected_by_change(self):
        """Decisions on money of the account or contact restart; others do not."""
        stranger = self.env["res.partner"].create({"name": "外人"})
        paid = self._approved(amount=90)
        self._post(paid)
        self._pay(paid)
        refused = self._proposed(amount=80)
        acts.refuse(self._as("supervisor", refused), "不予补偿")
        elsewhere = self._approved(partner_id=stranger.id, amount=70)
        mine = self._row(partner_id=stranger.id) | self._approved(amount=60)
        self.assertEqual((elsewhere.state, refused.state), ("approved", "refused"))
        path = (
            "odoo.addons.water_compensation.compensation.models.water_account_change.force_conflict"
        )
        with patch(path) as met:
            self._as("agent", self.account).partner_id = self.customer2
        [call] = met.call_args_list
        self.assertEqual(call.args[0] & (mine | elsewhere | refused | paid), mine)

    def test_withdrawn_waits_for_reversal_unpaid(self):
        row = self._approved(amount=88)
        self._post(row)
        acts.withdraw(self._as("supervisor", row), "弄错了")
        self.assertTrue(row.needs_reversal)
        with self.assertRefused("not approved any more", row):
            self._pay(row)
        self._as("finance", row).action_reverse()
        self.assertEqual((row.payment_state, row.needs_reversal), ("reversed", False))

    def test_holder_changed_and_changed_back(self):
        row = self._row()
        self._as("agent", self.account).partner_id = self.customer2
        self._as("agent2", self.account).partner_id = self.customer
        self._waits(row, "Another holder on 2026-03-11")
        first, second = self._changes()
        self._as("supervisor", first).action_confirm()
        self._waits(row, "payments wait until 2026-03-18")
        self._as("supervisor", second).action_confirm()
        self._as("supervisor", first | second)._release("双方到场")
        row.invalidate_recordset(["freeze_note"])
        self.assertFalse(row.freeze_note)
        self._post(row)
        self._pay(row)
        self.assertEqual(row.payment_state, "paid")
        self._as("agent", self.account).partner_id = self.customer2
        row.invalidate_recordset(["freeze_note"])
        self.assertFalse(row.freeze_note)  # paid ones are not affected

    def test_reversal_does_not_pay(self):
        """A booked entry is reversed while payments wait."""
        row = self._row()
        self._post(row)
        self._as("agent", self.account).partner_id = self.customer2
        move = self._as("finance", row.sudo().move_id)
        dialogs = move.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        dialogs.create({"journal_id": move.journal_id.id}).reverse_moves()
        move.reversal_move_ids.action_post()
        self.assertEqual(row.payment_state, "reversed")

    def test_days_run_out(self):
        """Confirmed, it is paid when the days are over; unconfirmed, never."""
        row = self._row()
        self.customer.with_user(self.users["agent"]).sudo().phone = "13700000000"
        with freeze_time(LATER):
            self._waits(row, "to be confirmed by a second person")
            self._as("supervisor", self._changes()).action_confirm()
            row.invalidate_recordset(["freeze_note"])
            self._post(row)
        self.assertEqual(row.payment_state, "posted")

    def test_posted_before_the_change(self):
        """Posted already: it is not paid."""
        row = self._row()
        self._post(row)
        self.env["res.partner.bank"].create(
            {"partner_id": self.customer.id, "acc_number": "6222 0001"}
        )
        row.invalidate_recordset(["freeze_note"])
        with self.assertRefused("Another bank account"):
            self._pay(row)
        self.assertEqual(row.payment_state, "posted")

    def test_withdrawn_meanwhile(self):
        """A withdrawn compensation is reversed, however recent the change."""
        row = self._row()
        self._post(row)
        self._as("agent", self.account).partner_id = self.customer2
        acts.withdraw(self._as("supervisor", row), "搞错了")
        self._as("finance", row).action_reverse()
        self.assertEqual(row.payment_state, "reversed")

    def test_payee_without_account(self):
        person = self.env["res.partner"].create({"name": "王五", "phone": "13711112222"})
        row = self._approved(partner_id=person.id)
        person.with_user(self.users["agent"]).sudo().phone = "13700000000"
        self._waits(row, "Another contact")

    def test_foreign_payee(self):
        """Named on the compensation alone: the holder is told, and a second person confirms."""
        person = self.env["res.partner"].create({"name": "王五"})
        row = self._proposed(account_id=self.account.id, partner_id=person.id)
        change = self._changes()
        self.assertEqual((change.kind, change.partner_id), ("payee", self.customer))
        self.assertEqual(change.old_email, "portal1@example.com")
        self.assertIn("payee_named", self.account.event_ids.mapped("kind"))
        self._as("supervisor", row).action_approve()
        self._as("supervisor2", row).action_approve()
        self._waits(row, "Another payee")
        with self.assertRaisesRegex(AccessError, "supervisor confirms"):
            self._as("agent2", change).action_confirm()
