from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import DAY, CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationSums(CompensationCommon):
    """Payee and approver depend on other rows, exact to the day and the cent."""

    # -- whose and how many -----------------------------------------------------------------

    def test_how_it_is_paid(self):
        """Present and former customers get a credit note; a stranger's claim is a bill."""
        partners = self.env["res.partner"].create([{"name": f"人{n}"} for n in range(4)])
        stranger, holder, buyer, other = partners
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": holder.id, "address": "东城路8号", "active": False}
        )
        buyer.customer_rank = 1
        for values, kind in (
            ({"kind": "claim", "partner_id": stranger.id}, "other"),
            ({"kind": "claim", "partner_id": holder.id}, "customer"),
            ({"kind": "claim", "partner_id": buyer.id}, "customer"),
            ({"kind": "claim", "partner_id": other.id, "account_id": account.id}, "customer"),
            ({"kind": "goodwill", "partner_id": stranger.id}, "customer"),
        ):
            self.assertEqual(self._row(**values).payee_kind, kind, values)

    def test_how_many_approve(self):
        """As the band says; who proposes by hand never alone; where it is doubtful two."""
        bands = self.env["water.compensation.band"]
        nobody, agent = self.env["res.users"], self.users["agent"]
        for kind, proposer, note, least in (
            *(("entitlement", nobody, False, 0), ("penalty", nobody, False, 0)),
            *(("entitlement", agent, False, 1), ("goodwill", nobody, False, 1)),
            *(("refund", nobody, False, 1), ("entitlement", nobody, "x", 2)),
        ):
            row = SimpleNamespace(kind=kind, proposed_by_id=proposer, second_note=note)
            for approvers in range(4):
                needed = bands.new({"approvers": approvers})._needed(row)
                self.assertEqual(needed, max(approvers, least), (kind, note, approvers))

    def test_which_band_fits(self):
        """The company's before all companies', the kind's before all kinds', then the order."""
        bands = self.env["water.compensation.band"]
        bands.search([]).action_archive()
        elsewhere = self.env["res.company"].create({"name": "别处水务"})
        mine, kind = {"company_id": self.company.id}, {"kind": "goodwill"}
        rows = bands.create(
            [
                {"name": "T", "role": "manager", **values}
                for values in (
                    {**mine, **kind, "sequence": 50, "amount_from": 10},
                    {**mine, **kind, "sequence": 50, "amount_from": 20},
                    {**mine, **kind, "sequence": 60},
                    {**mine, "sequence": 10},
                    {**kind, "sequence": 5},
                    {"sequence": 1},
                    {"sequence": 2},
                )
            ]
        )
        bands.create(
            [
                {"name": "T", "role": "manager", "sequence": 0, **values}
                for values in (
                    *({**mine, "kind": "claim"}, {**kind, "company_id": elsewhere.id}),
                    *({**mine, **kind, "active": False}, {**mine, "amount_from": 100}),
                    {**mine, "amount_to": 99.99},
                )
            ]
        )
        row = self._row(kind="goodwill", amount=100)
        every = bands.search([])
        for band in rows:
            self.assertEqual(every._fitting(row), band)
            every -= band
        self.assertFalse(every._fitting(row))

    def test_entries_at_once(self):
        """Twenty at the click of who approves, one more and they wait for the next moment."""
        for count, payments in ((20, {"draft"}), (21, {"none"})):
            rows = self.env["water.compensation"].union(
                *(self._entitlement(f"e:{count}:{number}") for number in range(count))
            )
            self._as("supervisor", rows).action_approve()
            self.assertEqual(set(rows.mapped("payment_state")), payments)
            self.assertEqual(set(rows.mapped("move_queued")), {payments == {"none"}})

    # -- what else there was ----------------------------------------------------------------

    def test_in_twelve_months(self):
        """Proposed or approved to the same account, or person, in the company's last year."""
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        now = fields.Datetime.now()
        year, second = local("2025-03-11 10:00"), timedelta(seconds=1)
        mine = {"account_id": account.id, "state": "approved", "proposed_at": now - DAY}
        for amount, values in enumerate(
            (
                {},
                {"proposed_at": year},
                {"state": "proposed"},
                {"proposed_at": now},
                {"proposed_at": False},
            ),
            1,
        ):
            self._row(**{**mine, **values}, amount=10**amount)
        for values in (
            *({"proposed_at": year - second}, {"proposed_at": now + second}, {"state": "refused"}),
            *({"state": "draft"}, {"payment_state": "reversed"}, {"account_id": False}),
        ):
            self._row(**{**mine, **values}, amount=1)
        row = self._row(account_id=account.id, proposed_at=now, amount=7)
        self.assertEqual((row.repeat_count, row.repeat_amount), (5, 111110))

    def test_counted_together(self):
        """For the case whenever; for account or payee within thirty days; by people alone."""
        case, other = self._complaint(), self._complaint()
        now, month = fields.Datetime.now(), timedelta(days=30)
        mine = {"kind": "goodwill", "state": "approved", "proposed_at": now - DAY}
        stranger = self.env["res.partner"].create({"name": "路人"})
        for amount, values in enumerate(
            (
                {
                    "complaint_id": case.id,
                    "partner_id": stranger.id,
                    "proposed_at": now - 9 * month,
                },
                {"proposed_at": now - month + timedelta(seconds=1)},
                {"state": "proposed", "kind": "claim"},
            ),
            1,
        ):
            self._row(**{"complaint_id": other.id, **mine, **values}, amount=10**amount)
        for values in (
            *({"proposed_at": now - month}, {"state": "refused"}, {"state": "draft"}),
            *({"kind": "entitlement"}, {"proposed_at": False}, {"proposed_at": now + DAY}),
            {"partner_id": stranger.id},
        ):
            self._row(**{"complaint_id": other.id, **mine, **values}, amount=1)
        row = self._row(complaint_id=case.id, kind="goodwill", proposed_at=now, amount=5)
        self.assertEqual(row.joint_amount, 1115)
        rule = self._row(complaint_id=case.id, kind="entitlement", proposed_at=now, amount=5)
        self.assertEqual(rule.joint_amount, 5)

    # -- budgets ----------------------------------------------------------------------------

    def _budget(self, **values):
        values = {"date_from": "2026-03-01", "date_to": "2026-03-31", "amount": 100, **values}
        return self.env["water.compensation.budget"].create({"name": "三月", **values})

    def test_which_budgets_run(self):
        """From the first day to the last, both included."""
        budget = self._budget()
        for day, runs in (("02-28", False), ("03-01", True), ("03-31", True), ("04-01", False)):
            found = budget._of(self.company, fields.Date.to_date(f"2026-{day}"))
            self.assertEqual(budget in found, runs, day)

    def test_budgets_one_after_another(self):
        self._budget()
        self._budget(date_from="2026-04-01", date_to="2026-04-30")
        self._budget(kind="claim")
        self._budget(department_id=self.net.id)
        for values in (
            {"date_from": "2026-03-31", "date_to": "2026-04-30", "kind": False},
            {"kind": "claim"},
            {"department_id": self.net.id},
        ):
            with self.subTest(values), self.assertRefused("same purpose in this period"):
                self._budget(**values)

    def test_use_of_budget(self):
        """By approvals within its days, of its kind and department if named."""
        rows = [
            self._row(**{"state": "approved", "approved_on": "2026-03-11", **values, "amount": n})
            for n, values in (
                (
                    1,
                    {"kind": "goodwill", "department_id": self.net.id, "approved_on": "2026-03-01"},
                ),
                (
                    2,
                    {"kind": "goodwill", "department_id": self.lab.id, "approved_on": "2026-03-31"},
                ),
                (4, {"kind": "claim", "department_id": self.net.id}),
                (8, {"approved_on": "2026-02-28"}),
                (16, {"approved_on": "2026-04-01"}),
                (32, {"state": "withdrawn"}),
            )
        ]
        for values, used, covered in (
            *(({}, 7, 6), ({"kind": "goodwill"}, 3, 2)),
            *(({"department_id": self.net.id}, 5, 2),),
            ({"kind": "claim", "department_id": self.lab.id}, 0, 0),
        ):
            budget = self._budget(**values)
            with self.subTest(values):
                self.assertEqual((budget.used, budget.left_over), (used, 100 - used))
                self.assertEqual(budget.used_percent, used)
                self.assertEqual(sum(budget._covers(row) for row in rows), covered)

    def test_when_a_budget_warns(self):
        """At its percentage once, and over its amount once; changed, it begins anew."""
        for used, percent, warned, told in (
            *((79, 80, 0, 0), (80, 80, 0, 1), (100, 80, 0, 1), (101, 80, 0, 2)),
            *((90, 80, 1, 1), (101, 80, 1, 2), (101, 80, 2, 2), (80, 81, 0, 0)),
        ):
            budget = self._budget(warn_percent=percent)
            trusted(budget.sudo()).warned = warned
            spent = self._row(state="approved", approved_on="2026-03-11", amount=used)
            with patch.object(type(self.env["water.staff.message"]), "_tell") as tell:
                budget._warn()
            with self.subTest(used=used, percent=percent, warned=warned):
                self.assertEqual((budget.warned, tell.call_count), (told, int(told != warned)))
                budget.amount = 1000
                self.assertEqual(budget.warned, 0)
            trusted(spent.sudo()).state = "withdrawn"
            budget.unlink()
