from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSettingChange(CompensationCommon):
    """Settings about money change openly, by two people, and never backwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.band = cls.env.ref("water_compensation.compensation_band_small")

    def _history(self, record):
        return self.env["water.setting.change"]._of(record)

    def test_changed_and_changed_back(self):
        """Each change is in the history with user, time and values; it cannot be altered."""
        budget = self.env["water.compensation.budget"].create(
            {"name": "2026", "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 100}
        )
        for first, second, amount in (("manager", "manager2", 900), ("manager2", "manager", 100)):
            self._as(first, budget).amount = amount
            self._as(second, self._history(budget)[-1:]).action_approve()
        rows = self._history(budget)
        self.assertEqual(rows.mapped("kind"), ["created", "changed", "changed"])
        self.assertEqual(set(rows.mapped("state")), {"done"})
        self.assertEqual(rows[1].values, {"amount": [100.0, 900.0]})
        self.assertEqual(rows[2].values, {"amount": [900.0, 100.0]})
        self.assertEqual(rows[1:].mapped("user_id"), self.users["manager"] | self.users["manager2"])
        self.assertEqual(rows[2].decided_by_id, self.users["manager"])
        self.assertEqual(rows[1].at, fields.Datetime.now())
        for login in ("manager", "finance"):
            self.assertTrue(self._as(login, rows).read(["text"]))
        with self.assertRaises(AccessError):
            self._as("supervisor", rows).read(["text"])
        for call in (
            lambda: self._as("manager", rows[:1]).write({"label": "x"}),
            lambda: self._as("manager", rows[:1]).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_decision_goes_by_the_bands_of_now(self):
        """Earlier proposals too; an archived band does not decide."""
        row = self._proposed()
        self.band.write({"role": "finance_manager", "user_ids": [Command.clear()]})
        row.invalidate_recordset(["can_decide"])
        self.assertFalse(self._as("supervisor", row).can_decide)
        self.band.write({"role": "supervisor"})
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "approved")
        self.band.active = False
        self.assertNotEqual(self._bands()._fitting(self._compensation()), self.band)

    def _bands(self):
        return self.env["water.compensation.band"]._all_of(self.company)

    def test_a_band_waits_for_another_manager(self):
        """The old value stays until another manager confirms the change."""
        self._as("manager", self.band).approvers = 2
        change = self._history(self.band)
        self.assertEqual((change.state, change.values), ("waiting", {"approvers": [1, 2]}))
        self.assertEqual((self.band.approvers, self.band.has_waiting), (1, True))
        for login in ("manager", "finance"):
            with self.assertRaises(AccessError):
                self._as(login, change).action_approve()
        with self.assertRaisesRegex(UserError, "another manager confirms or refuses it first"):
            self._as("manager2", self.band).approvers = 3
        self._as("manager2", change).action_approve()
        self.assertEqual((self.band.approvers, self.band.has_waiting), (2, False))
        self.assertEqual(len(self._history(self.band)), 1)

    def test_a_new_band_waits_as_well(self):
        """Archived until confirmed, then as entered."""
        values = {"name": "T", "role": False, "user_ids": self.users["agent2"].ids, "sequence": 1}
        band = self._as("manager", self.env["water.compensation.band"]).create(values)
        row = self._proposed()
        self.assertFalse(band.active or self._as("agent2", row).can_decide)
        self._as("manager2", self._history(band)).action_approve()
        row.invalidate_recordset(["can_decide"])
        self.assertTrue(self._as("agent2", row).can_decide)

    def test_an_archived_band_is_edited_freely_and_used_again_by_two(self):
        """The second manager reads all of the setting, which is not edited meanwhile."""
        self.band.active = False
        mine = self._as("manager", self.band)
        mine.approvers = 0
        mine.active = True
        change = self._history(self.band)[-1:]
        self.assertEqual((self.band.approvers, self.band.active), (0, False))
        self.assertIn("How Many: – → 0", change.text)
        with self.assertRaisesRegex(UserError, "another manager"):
            mine.approvers = 5
        self._as("manager2", change).action_approve()
        self.assertTrue(self.band.active)

    def test_a_change_that_cannot_be_is_refused_at_once(self):
        """Constraints apply before confirmation; a violation leaves no trace."""
        mine = self._as("manager", self.band)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            mine.write({"role": False, "user_ids": [Command.clear()]})
        self.assertFalse(self._history(self.band))

    def test_two_change_budgets_and_rules_too(self):
        """Amount and figure stay until another manager has confirmed them."""
        budget = self.env["water.compensation.budget"].create(
            {"name": "2026", "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 100}
        )
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        rule = self.env["water.compensation.rule"].create(
            {"name": "T", "code": "T", "profile_id": profile.id, "trigger": "loss"}
            | {"first_amount": 1}
        )
        for record, name in ((budget, "amount"), (rule, "first_amount")):
            with self.subTest(record._name):
                before = record[name]
                self._as("manager", record)[name] = 900
                self.assertEqual(record[name], before)
                self._as("manager2", self._history(record)[-1:]).action_approve()
                self.assertEqual(record[name], 900)
                with self.assertRaisesRegex(UserError, "Archive it instead"):
                    self._as("manager", record).unlink()

    def test_refused(self):
        """A refused change never applies; its author is told why."""
        self._as("manager", self.band).write({"approvers": 0, "user_ids": self.users["agent2"].ids})
        change = self._history(self.band)
        with self.assertRaises(AccessError):
            self._as("finance", change).action_refuse()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            acts.refuse(self._as("manager2", change), "　")
        refusals = self._as("manager2", self.env["water.refusal.wizard"])
        context = self._as("manager2", change).action_refuse()["context"]
        refusals.with_context(**context).create({"reason": "先经财务"}).action_refuse()
        self.assertEqual((change.state, change.refusal_reason), ("refused", "先经财务"))
        told = self.env["mail.message"].search([("subject", "ilike", "the change was refused")])
        self.assertEqual(told.notified_partner_ids, self.users["manager"].partner_id)
        self.assertIn("先经财务", told.body)
        self.assertEqual((self.band.approvers, len(self.band.user_ids)), (1, 0))
        self.assertFalse(self.band.has_waiting)
        row = self._proposed()
        self.assertFalse(self._as("agent2", row).can_decide)
        self.assertTrue(self._as("supervisor", row).can_decide)

    def test_changing_user_takes_it_back(self):
        """After a withdrawal the band is edited again, and no message is sent."""
        mine = self._as("manager", self.band)
        mine.approvers = 2
        acts.refuse(self._as("manager", self._history(self.band)), "写错了")
        self.assertEqual(self._history(self.band).state, "withdrawn")
        mine.approvers = 3
        self.assertEqual(self._history(self.band)[-1:].values, {"approvers": [1, 3]})

    def test_a_band_is_never_deleted(self):
        with self.assertRaisesRegex(AccessError, "archive it instead"):
            self.band.unlink()

    def test_deputies(self):
        """No deputies for past days, and none appointed by barred users."""
        deputies = self.env["water.compensation.delegation"]
        span = {"date_from": "2026-03-10", "date_to": "2026-03-20"}
        pair = {"user_id": self.users["supervisor"].id, "deputy_id": self.users["finance"].id}
        with self.assertRaisesRegex(ValidationError, "today at the earliest"):
            self._as("manager", deputies).create({**pair, **span})
        case = self._complaint("manager")
        row = self._proposed(case=case)
        span["date_from"] = "2026-03-11"
        mine = self._as("manager", deputies).create({**pair, **span})
        self.assertFalse(self._as("finance", row).can_decide)
        self._as("manager", mine).unlink()
        self._as("manager2", deputies).create({**pair, **span})
        row.invalidate_recordset(["can_decide"])
        self.assertTrue(self._as("finance", row).can_decide)

    def test_deputy_of_former_employee(self):
        """A manager who has left has no deputies."""
        away, row = self.users["manager"], self._proposed(amount=900)
        self._as("manager", self.env["water.compensation.delegation"]).create(
            {
                "user_id": away.id,
                "deputy_id": self.users["finance"].id,
                "date_from": "2026-03-11",
                "date_to": "2026-03-20",
            }
        )
        self.assertTrue(self._as("finance", row).can_decide)
        away.active = False
        row.invalidate_recordset(["can_decide"])
        self.assertFalse(self._as("finance", row).can_decide)

    def test_rule_never_backwards(self):
        """No rule of days that are over while something of those days is open."""
        rules = self.env["water.compensation.rule"]
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        values = {"name": "T", "profile_id": profile.id, "trigger": "appointment"}
        span = {"valid_from": "2026-01-01", "valid_to": "2026-03-10"}
        old = rules.create({**values, "code": "A", "first_amount": 10, **span})
        row = self._entitlement(rule_id=old.id, trigger="appointment", failed_at="2026-03-09")
        self.assertEqual(row.state, "proposed")
        old.active = False
        rules = self._as("manager", rules)
        fresh = {**values, "first_amount": 1000}
        refusal = "goes by the rule by which it was proposed"
        with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
            rules.create({**fresh, "code": "B", "valid_from": "2026-03-01"})
        later = rules.create({**fresh, "code": "C", "valid_from": "2026-03-11"})
        self._as("manager2", self._history(later)).action_approve()
        with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
            later.valid_from = "2026-03-01"
        self.assertEqual(fields.Date.to_string(later.valid_from), "2026-03-11")
