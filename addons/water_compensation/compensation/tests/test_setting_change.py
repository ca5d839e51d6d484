from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local

from .common import CompensationCommon

#: After the days in which a band is at rest.
LATER = "2026-03-20 02:00:00"
LAST = "2026-03-29 02:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSettingChange(CompensationCommon):
    """What decides on money is changed in sight, by two, and never backwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.band = cls.env.ref("water_compensation.compensation_band_small")

    def _history(self, record):
        return self.env["water.setting.change"]._of(record)

    def test_changed_and_changed_back(self):
        """Each way is in the history with who, when, from and to; nobody alters it."""
        budget = self._as("manager", self.env["water.compensation.budget"]).create(
            {"name": "2026", "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 100}
        )
        budget.amount = 900
        self._as("manager2", budget).amount = 100
        rows = self._history(budget)
        self.assertEqual(rows.mapped("kind"), ["created", "changed", "changed"])
        self.assertEqual(set(rows.mapped("state")), {"done"})  # a budget waits for nobody
        self.assertEqual(rows[1].values, {"amount": [100.0, 900.0]})
        self.assertEqual(rows[2].values, {"amount": [900.0, 100.0]})
        self.assertEqual(rows[1:].mapped("user_id"), self.users["manager"] | self.users["manager2"])
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

    def test_who_changed_back_decides_nothing(self):
        """A band changed and changed back: neither of the two decides, in the days around it."""
        self.band.with_user(self.users["supervisor"]).sudo().approvers = 3
        self.band.with_user(self.users["supervisor2"]).sudo().approvers = 1
        with freeze_time("2026-03-12 02:00:00"):
            row = self._proposed()
            for login in ("supervisor", "supervisor2"):
                with self.assertRaisesRegex(UserError, "had a hand in its facts"):
                    self._as(login, row).action_approve()
            self._as("manager", row).action_approve()
            self.assertEqual(row.state, "approved")

    def test_never_backwards(self):
        """What is open goes by the band in which it was proposed; what comes, by the new one."""
        row = self._proposed()
        with freeze_time(LATER):
            self.band.write({"role": "finance_manager", "user_ids": [Command.clear()]})
            self.assertTrue(self._as("supervisor", row).can_decide)
            fresh = self._proposed()
            self.assertFalse(self._as("supervisor", fresh).can_decide)
            self._as("supervisor", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_archived_and_brought_back(self):
        """A band that is gone for a moment opens nothing to those of another one."""
        row = self._proposed()
        with freeze_time(LATER):
            self.band.active = False
            self.env["water.compensation.band"].create(
                {"name": "T", "role": False, "user_ids": self.users["agent2"].ids}
            )
            self.assertFalse(self._as("agent2", row).can_decide)
            self.assertTrue(self._as("supervisor", row).can_decide)
            self.band.active = True
            self.assertFalse(self._as("agent2", self._proposed()).can_decide)

    def test_from_a_day_to_come(self):
        """A change may wait for its day; it never holds from a day that is over."""
        with self.assertRaisesRegex(ValidationError, "never backwards"):
            self.band.write({"approvers": 2, "change_from": "2026-03-10"})
        self.assertEqual(self.band.approvers, 1)
        self.band.write({"approvers": 2, "change_from": "2026-03-20"})
        self.assertEqual(self._history(self.band).effective_at, local("2026-03-20 00:00"))
        before = self._proposed()
        self._as("supervisor", before).action_approve()
        self.assertEqual(before.state, "approved")
        with freeze_time(LATER):
            after = self._proposed()
            self._as("supervisor", after).action_approve()
            self.assertEqual(after.state, "proposed")

    def test_own_band(self):
        """One's own band changes when another manager has confirmed it, not before."""
        mine = self._as("manager", self.band)
        mine.approvers = 2
        change = self._history(self.band)
        self.assertEqual((change.state, change.effective_at), ("waiting", False))
        self.assertTrue(self.band.has_waiting)
        row = self._proposed()
        self.assertEqual(row._bands()._fitting(row).approvers, 1)
        for login in ("manager", "finance"):
            with self.assertRaises(AccessError):
                self._as(login, change).action_confirm()
        self._as("manager2", change).action_confirm()
        self.assertFalse(self.band.has_waiting)
        with freeze_time(LATER):
            later = self._proposed()
            self.assertEqual(later._bands()._fitting(later).approvers, 2)

    def test_refused(self):
        """What is refused never holds, the band is as it was, and who changed it hears why."""
        self._as("manager", self.band).write({"approvers": 0, "user_ids": self.users["agent2"].ids})
        change = self._history(self.band)
        with self.assertRaises(AccessError):
            self._as("manager", change).action_refuse()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            self._as("manager2", change)._refuse("　")
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

    def test_again_within_days(self):
        """A band that was changed some days ago is changed again by two, whoever it is."""
        self.band.write({"role": "finance_manager"})
        plain = self._history(self.band)
        self.assertEqual(plain.state, "done")
        self.users["manager"].group_ids -= self.env.ref("account.group_account_manager")
        with freeze_time("2026-03-15 02:00:00"):
            self._as("manager", self.band).approvers = 2
            self.assertEqual(self._history(self.band)[-1:].state, "waiting")
        with freeze_time(LAST):
            self._as("manager2", self._history(self.band)[-1:]).action_confirm()
            self._as("manager", self.band).approvers = 1
            self.assertEqual(self._history(self.band)[-1:].state, "done")

    def test_marks_are_kept(self):
        for values in ({"has_waiting": False}, {"settled_at": "2020-01-01 00:00:00"}):
            with self.assertRaisesRegex(AccessError, "kept by the system"):
                self._as("manager", self.band).write(values)
        with self.assertRaisesRegex(AccessError, "archive it instead"):
            self.band.unlink()

    def test_deputies(self):
        """No deputy for days that are over, and none whom somebody barred has appointed."""
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
        self.assertEqual(
            self._history(mine).mapped("kind") if mine.exists() else ["created", "deleted"],
            ["created", "deleted"],
        )
        self.assertTrue(self._as("finance", row).can_decide)

    def test_scheme_and_rate(self):
        """The scheme chosen and chosen back bars whoever did it."""
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        company = self.company.with_user(self.users["supervisor"]).sudo()
        company.water_compensation_profile_id = profile
        company.water_compensation_profile_id = False
        row = self._proposed()
        with self.assertRaisesRegex(UserError, "had a hand in its facts"):
            self._as("supervisor", row).action_approve()
        other = self.company.with_user(self.users["supervisor2"]).sudo()
        for days in (0, 30):
            other.water_joint_days = days
        row.invalidate_recordset(["can_decide"])
        self.assertFalse(self._as("supervisor2", row).can_decide)

    def test_deputy_of_whoever_has_left(self):
        """Nobody decides in the place of a manager who does not work here any more."""
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

    def test_rule(self):
        """A rule raised, used and lowered again: both are known."""
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        rule = self._as("manager", self.env["water.compensation.rule"]).create(
            {
                "name": "T",
                "code": "T",
                "profile_id": profile.id,
                "trigger": "loss",
                "first_amount": 1,
            }
        )
        rule.first_amount = 1000
        rule.first_amount = 1
        rows = self._history(rule)
        self.assertEqual(
            [row.values.get("first_amount") for row in rows[1:]], [[1, 1000], [1000, 1]]
        )
        self.assertEqual(rows[1].at - rows[2].at, timedelta())

    def test_rule_never_backwards(self):
        """No rule of days that are over while something of those days is open."""
        rules = self._as("manager", self.env["water.compensation.rule"])
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        values = {"name": "T", "profile_id": profile.id, "trigger": "appointment"}
        span = {"valid_from": "2026-01-01", "valid_to": "2026-03-10"}
        old = rules.create({**values, "code": "A", "first_amount": 10, **span})
        row = self._entitlement(rule_id=old.id, trigger="appointment", failed_at="2026-03-09")
        self.assertEqual(row.state, "proposed")
        old.active = False
        fresh = {**values, "first_amount": 1000}
        refusal = "goes by the rule by which it was proposed"
        with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
            rules.create({**fresh, "code": "B", "valid_from": "2026-03-01"})
        later = rules.create({**fresh, "code": "C", "valid_from": "2026-03-11"})
        with self.assertRaisesRegex(UserError, refusal), self.env.cr.savepoint():
            later.valid_from = "2026-03-01"
        self.assertEqual(fields.Date.to_string(later.valid_from), "2026-03-11")
