import os
import random
from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW, local

from ...compensation_scheme.compensation import moment
from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon

#: what may happen, and how often as compared with the others
EVENTS = {
    "new": 5,
    "approve": 6,
    "refuse": 1,
    "withdraw": 2,
    "post": 4,
    "pay": 1,
    "delete": 1,
    "make": 2,
    "reverse": 1,
    "reprice": 3,
    "run": 1,
}
IS_LONG = bool(os.environ.get("WATER_LONG"))
TIMES = 1000 if IS_LONG else 250


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationBalance(CompensationCommon):
    """In any order of events, the books equal the sum of the compensations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # by rule at once, so that many events come to the books as often as they can
        cls.env.ref("water_compensation.compensation_band_small").amount_to = 100000
        moves = cls.env["water.compensation"].search([]).move_id
        moves.filtered(lambda move: move.state == "posted").button_draft()  # of the demo data

    def test_many_events(self):
        """Random events, valid and invalid; invalid ones make no change."""
        self.random, done, refused = random.Random(652), Counter(), Counter()
        self.rows = self.env["water.compensation"]
        names, weights = list(EVENTS), list(EVENTS.values())
        for _number in range(TIMES):
            name = self.random.choices(names, weights)[0]
            try:
                with self.env.cr.savepoint():
                    getattr(self, f"_do_{name}")()
                done[name] += 1
            except UserError:
                refused[name] += 1
        self.assertEqual(set(done), set(EVENTS), "each kind of event has really happened")
        self.assertGreater(sum(done.values()), TIMES / 3)
        self.assertGreater(sum(refused.values()), TIMES / 20)
        self._check_balance()

    def _any(self, **facts):
        """One of the compensations, more often than not one that fits."""
        fitting = self.rows.filtered(lambda row: all(row[key] == facts[key] for key in facts))
        rows = fitting if fitting and self.random.random() < 0.8 else self.rows
        if not rows:
            raise UserError("none")  # pylint: disable=translation-required
        return self.random.choice(rows)

    def _do_new(self):
        key = f"event:{self.random.randrange(TIMES)}"  # some come twice
        self.rows |= self._entitlement(key, amount=self.random.randrange(1, 5000) / 100)

    def _do_approve(self):
        self._as("supervisor", self._any(state="proposed")).action_approve()

    def _do_refuse(self):
        acts.refuse(self._as("supervisor", self._any(state="proposed")), "x")

    def _do_withdraw(self):
        login = self.random.choice(("supervisor", "manager", "agent2"))
        acts.withdraw(self._as(login, self._any(state="approved")), "x")

    def _do_post(self):
        self._as("finance", self._any(payment_state="draft").move_id).action_post()

    def _do_pay(self):
        self._pay(self._any(payment_state="posted"))

    def _do_delete(self):
        self._as("finance", self._any(payment_state="draft").move_id).unlink()

    def _do_make(self):
        self._as("finance", self._any(state="approved", payment_state="none")).action_make_entry()

    def _do_reverse(self):
        self._as("finance", self._any(needs_reversal=True)).action_reverse()

    def _do_reprice(self):
        row = self._any()
        row._reprice(self.random.randrange(1, 8000) / 100, "x")
        self.rows |= row.correction_ids

    def _do_run(self):
        self.rows._make_entries()

    def _check_balance(self):
        self.env.flush_all()
        self.env.invalidate_all()
        moves = self.env["account.move"].search([("water_compensation_id", "in", self.rows.ids)])
        live = moves.filtered(lambda move: move.state != "cancel")
        self.assertEqual(len(live), len(live.water_compensation_id), "one for each, never two")
        self.assertEqual(live, self.rows.move_id & live, "and each is known to its compensation")
        booked = self.rows.filtered(lambda row: row.payment_state in ("posted", "paid"))
        taken_back = self.rows.filtered("needs_reversal")
        self.assertEqual(booked - taken_back, booked.filtered(lambda r: r.state == "approved"))
        self.assertGreater(len(booked), TIMES / 40)
        self.assertTrue(self.rows.filtered(lambda row: row.payment_state == "reversed"))
        self.assertAlmostEqual(self._ledger(moves), sum(booked.mapped("amount")), 2)

    def _ledger(self, moves):
        """Credit notes less reversals, as they stand on the accounts, not on the entries."""
        posted = (moves | moves.reversal_move_ids).filtered(lambda move: move.state == "posted")
        lines = posted.line_ids.filtered(lambda line: line.display_type == "product")
        return sum(lines.mapped("balance"))


#: what may happen to failures whose facts are not certain yet
CHANGES = {
    "facts": 6,
    "approve": 5,
    "post": 4,
    "pay": 1,
    "reverse": 1,
    "unpost": 1,
    "delete": 1,
    "make": 1,
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationLedger(SchemeCommon, CompensationCommon):
    """The versions of each calculation add up to its balance in the books."""

    FAILURES = 12

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("water_compensation.compensation_band_small").amount_to = 100000
        cls.account = cls._account()
        cls.rule = cls._rule("gss_en_2025_supply_emerg_household")

    def test_versions_add_up_to_the_ledger(self):
        """Facts change before and after approval, posting and payment, in any order."""
        self.random, done, refused = random.Random(2008594), Counter(), 0
        names, weights = list(CHANGES), list(CHANGES.values())
        for _number in range(220):
            name = self.random.choices(names, weights)[0]
            try:
                with self.env.cr.savepoint():
                    getattr(self, f"_do_{name}")()
                done[name] += 1
            except UserError:
                refused += 1
        self.assertEqual(set(done), set(CHANGES), "each kind of event has really happened")
        self.assertLess(refused, sum(done.values()), "most of it is lawful")
        kept = Counter()
        self._settle()
        for root in self._roots():
            with self.subTest(root=root.origin_key):
                kept += self._check(root)
        self.assertGreaterEqual(kept["versions"], 4 * self.FAILURES)
        for name in ("replaced", "differences", "paid"):
            self.assertGreater(kept[name], 2, name)

    def _check(self, root):
        """Owed by the last version, or the sum paid before if that is more; so the ledger."""
        family = root | root.correction_ids
        versions = root.version_ids.sorted("number").mapped("amount")
        steps = [after - before for before, after in zip([0, *versions], versions, strict=False)]
        live = family.filtered(lambda row: row.state == "approved" or not row.amount)
        paid = sum(live.filtered(lambda row: row.payment_state == "paid").mapped("amount"))
        owed = max(sum(steps), paid)
        self.assertEqual(sum(live.mapped("amount")), owed)
        self.assertEqual(self._ledger(family), owed)
        return Counter(
            versions=len(versions),
            replaced=root.is_replaced,
            differences=len(root.correction_ids),
            paid=bool(paid),
        )

    def _ledger(self, rows):
        moves = self.env["account.move"].search([("water_compensation_id", "in", rows.ids)])
        posted = (moves | moves.reversal_move_ids).filtered(lambda move: move.state == "posted")
        lines = posted.line_ids.filtered(lambda line: line.display_type == "product")
        return sum(lines.mapped("balance"))

    def _roots(self):
        return self.compensations.search([("origin_key", "=like", "ledger:%")])

    def _all(self):
        roots = self._roots()
        return roots | roots.correction_ids

    def _settle(self):
        for _round in range(3):
            self.env.invalidate_all()
            rows = self._all().filtered("amount")
            rows.filtered("needs_reversal").with_user(self.users["finance"]).action_reverse()
            for row in rows.filtered(lambda row: row.state == "proposed"):
                self._as("supervisor", row).action_approve()
            for row in rows.filtered("can_make_entry"):
                self._as("finance", row).action_make_entry()
            for row in rows.filtered(lambda r: (r.state, r.payment_state) == ("approved", "draft")):
                self._post(row)
        waiting = self._all().filtered(lambda row: row.needs_reversal or row.state == "proposed")
        self.assertFalse(waiting.filtered("amount"))

    def _one(self, **facts):
        rows = self._all().filtered(lambda row: all(row[key] == facts[key] for key in facts))
        if not rows:
            raise UserError("none")  # pylint: disable=translation-required
        return self.random.choice(rows)

    def _do_facts(self):
        begin = local("2026-03-02 08:00")
        end = begin + timedelta(hours=self.random.choice((6, 13, 20, 30, 44, 60, 90)))
        limit = begin + timedelta(hours=12)
        values = {
            "origin_key": f"ledger:{self.random.randrange(self.FAILURES)}",
            "company_id": self.company.id,
            "account_id": self.account.id,
            "partner_id": self.customer.id,
            "failed_at": limit,
            "paid_from": end,
        }
        spans = {"begin": moment(begin), "limit": moment(limit), "end": moment(end)}
        self.compensations._work_out([{"values": values, "rule": self.rule, "facts": spans}], "x")

    def _do_approve(self):
        self._as("supervisor", self._one(state="proposed")).action_approve()

    def _do_post(self):
        self._post(self._one(state="approved", payment_state="draft"))

    def _do_pay(self):
        self._pay(self._one(payment_state="posted"))

    def _do_reverse(self):
        self._as("finance", self._one(needs_reversal=True)).action_reverse()

    def _do_unpost(self):
        self._as("accountant", self._one(payment_state="posted").move_id).button_draft()

    def _do_delete(self):
        self._as("finance", self._one(payment_state="draft").move_id).unlink()

    def _do_make(self):
        self._as("finance", self._one(state="approved", payment_state="none")).action_make_entry()
