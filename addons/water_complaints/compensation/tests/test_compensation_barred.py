from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensationBarred(CompensationCommon):
    """Whoever made the facts of a compensation does not decide on it."""

    def _refused(self, row, login="supervisor"):
        """``login`` may not decide, and nothing changes when he tries; another one may."""
        mine = self._as(login, row)
        self.assertFalse(mine.can_decide)
        for call in (mine.action_approve, lambda: mine._refuse("x")):
            with self.assertRaisesRegex(UserError, "had a hand in its facts"):
                call()
        self.assertEqual(row.state, "proposed")
        self.assertFalse(row.approval_ids)
        self._as("supervisor2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_payee(self):
        """Staff are customers too: nobody approves what is paid to himself."""
        self._refused(self._proposed(partner_id=self.users["supervisor"].partner_id.id))

    def test_who_registered_the_case(self):
        case = self._complaint("supervisor", received_at="2026-03-09 01:00:00")
        self._as("supervisor", case)._hand_over(self.users["agent2"], "换人")
        self._refused(self._proposed(case=case))

    def test_who_changed_the_band(self):
        row = self._proposed()
        band = row._bands()._fitting(row)
        band.with_user(self.users["supervisor"]).sudo().amount_to = band.amount_to + 1
        self._refused(row)

    def test_who_changed_the_budget(self):
        """Not who is warned of it: that is written by nobody."""
        budget = self.env["water.compensation.budget"].create(
            {"name": "2026", "date_from": "2020-01-01", "date_to": "2099-01-01", "amount": 100}
        )
        row = self._proposed()
        self._as("supervisor2", row).action_approve()
        self.assertTrue(budget.warned)
        row = self._proposed()
        self.assertTrue(self._as("supervisor2", row).can_decide)
        budget.with_user(self.users["supervisor"]).sudo().amount = 500
        self._refused(row)

    def test_who_changed_the_holder(self):
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        row = self._proposed(account_id=account.id)
        account.with_user(self.users["supervisor"]).sudo().partner_id = self.customer2
        self._refused(row)

    def test_who_made_the_incident(self):
        """Who started it, commanded it, or told of its end."""
        incident = (
            self.env["water.incident"]
            .with_user(self.users["supervisor"])
            .create(
                {
                    "subject": "爆管",
                    "zone_ids": self.env["water.zone"].search([], limit=1).ids,
                }
            )
        )
        row = self._proposed()
        self._trusted(row).incident_id = incident
        self._refused(row)
