from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensation(CompensationCommon):
    """Proposed by one, decided by others."""

    # -- proposing ------------------------------------------------------------------------------

    def test_facts_come_from_the_case(self):
        """Number, payee, department and zone are taken over; the state begins at the beginning."""
        case = self._complaint_at("handling")
        row = self._compensation(case=case)
        self.assertTrue(row.name.startswith("BC"))
        self.assertEqual((row.partner_id, row.state), (self.customer, "draft"))
        self.assertEqual(row.department_id, case.department_id)
        self.assertEqual(row.case_category, case.category_id.name)
        self.assertEqual(row.payment_state, "none")

    def test_proposal_says_what_is_missing(self):
        """Amount, reason and payee, each in words."""
        row = self._compensation(amount=0, reason=False)
        with self.assertRefused("enter the amount", row) as caught:
            self._as("agent", row).action_propose()
        text = str(caught.exception)
        self.assertIn("amount", text)
        self.assertIn("reason", text)
        self.assertEqual(row.state, "draft")

    def test_no_band_no_proposal(self):
        """Without a band it cannot be proposed; the message names whom to ask."""
        self.env["water.compensation.band"].search([]).action_archive()
        row = self._compensation()
        with self.assertRaisesRegex(UserError, "no approval band"):
            self._as("agent", row).action_propose()

    def test_entered_by_hand(self):
        """Entitlements, states and payments cannot be written by hand."""
        for values in (
            {"kind": "entitlement"},
            {"kind": "penalty"},
            {"state": "approved"},
            {"payment_state": "paid"},
            {"origin_key": "x"},
            {"trace": "x"},
            {"approved_on": "2026-01-01"},
        ):
            with self.subTest(values), self.assertRefused("kept by the system|come from rules"):
                self._compensation("manager", **values)
            row = self._compensation()
            with (
                self.subTest(values),
                self.assertRefused("kept by the system|come from rules|no such step", row),
            ):
                self._as("manager", row).write(values)

    def test_proposed_is_fixed(self):
        """The amount is fixed after the proposal, even for managers."""
        row = self._proposed()
        for values in ({"amount": 1}, {"reason": "x"}, {"partner_id": self.customer2.id}):
            before = row.read(list(values))
            with self.subTest(values), self.assertRaisesRegex(UserError, "has been proposed"):
                self._as("manager", row).write(values)
            self.assertEqual(row.read(list(values)), before)

    def test_negative_amount(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._compensation(amount=-1)

    def test_never_deleted(self):
        row = self._compensation()
        with self.assertRaisesRegex(UserError, "never deleted"):
            row.unlink()
        self.assertTrue(row.exists())

    def test_proposed_once(self):
        """Repeated calculation, in one call or two, makes one compensation."""
        first = self._entitlement()
        rows = self.env["water.compensation"]
        values = {"kind": "entitlement", "partner_id": self.customer.id, "amount": 50}
        again = rows._propose(
            [{**values, "origin_key": "rule:1"}, {**values, "origin_key": "rule:2"}] * 2
        )
        self.assertEqual(again[0], first)
        self.assertEqual(len(set(again.ids)), 2)
        self.assertEqual(rows.search_count([("origin_key", "like", "rule:%")]), 2)

    def test_bulk_is_cheap(self):
        """A hundred are proposed with few queries."""
        rows = self.env["water.compensation"]
        values = {"kind": "entitlement", "partner_id": self.customer.id, "amount": 50}
        rows._propose([{**values, "origin_key": "warm"}])
        self.env.flush_all()
        with self.assertQueryCount(30):
            rows._propose([{**values, "origin_key": f"k{number}"} for number in range(100)])
            self.env.flush_all()

    # -- deciding -------------------------------------------------------------------------------

    def test_supervisor_approves(self):
        row = self._approved()
        self.assertEqual((row.state, row.approved_on), ("approved", fields.Date.today()))
        self.assertEqual(row.approval_ids.user_id, self.users["supervisor"])
        self.assertEqual(self._steps(row.complaint_id), ["proposed", "approved"])
        self.assertFalse(row.complaint_id._verify_events())

    def test_four_eyes(self):
        """Neither the proposer nor the handler nor the person complained of decides."""
        row = self._proposed("supervisor")
        self._refused("supervisor", row)
        case = self._complaint("supervisor2")
        self._refused("supervisor2", self._proposed(case=case))
        boss = self._complaint()
        self._trusted(boss).write({"person_complained_id": self.users["supervisor"].id})
        about = self._proposed(case=boss)
        with self.assertRaises(AccessError):  # the user does not even see it
            self._as("supervisor", about).action_approve()
        self.assertEqual((about.state, about.approval_ids.ids), ("proposed", []))
        self._as("supervisor2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def _refused(self, login, row, words="this is decided by|does not decide|approved it already"):
        before = row.approval_ids
        with self.assertRaisesRegex(UserError, words):
            self._as(login, row).action_approve()
        self.assertEqual((row.state, row.approval_ids), ("proposed", before))
        self.assertFalse(self._as(login, row).can_decide)

    def test_a_new_round_begins_at_nothing(self):
        """Approvals of another amount do not count: both decide on the new one."""
        row = self._entitlement(amount=6000)
        self._as("manager", row).action_approve()
        self.assertIn("1 of 2", row.approval_text)
        row._reprice(7000, "新的计算")
        self.assertEqual((row.state, row.round), ("proposed", 1))
        self.assertIn("0 of 2", row.approval_text)
        self._as("manager2", row).action_approve()
        self.assertEqual(row.state, "proposed")  # the manager has approved 6,000, not this
        self.assertFalse(self._as("manager2", row).can_decide)
        self._as("manager", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_a_refusal_is_no_approval(self):
        """Stored as a decision of the round, but not counted."""
        row = self._proposed(amount=6000)
        acts.refuse(self._as("manager", row), "没有依据")
        self.assertEqual(row.approval_ids.mapped("decision"), ["refused"])
        self.assertFalse(row._approved_by())
        self.assertEqual((len(row._approved_by()), row.state), (0, "refused"))
        self.assertFalse(row.approved_on)

    def test_nothing_is_no_amount_to_decide_on(self):
        """An amount of zero needs no decision."""
        row = self._entitlement(amount=0)
        self.assertEqual(row.state, "proposed")
        with self.assertRaisesRegex(UserError, "there is no amount to decide on"):
            self._as("supervisor", row).action_approve()
        self.assertFalse(row.approval_ids)
        self.assertEqual((row.state, row.payment_state), ("proposed", "none"))
        mine = self._compensation(amount=0)
        with self.assertRaisesRegex(UserError, "enter the amount"):
            self._as("agent", mine).action_propose()
        self.assertEqual((mine.state, mine.proposed_by_id.id), ("draft", False))

    def test_no_such_step(self):
        """States move along the table alone, even for the system itself."""
        draft, refused = self._compensation(), self._proposed()
        acts.refuse(self._as("supervisor", refused), "没有依据")
        for row, state in ((draft, "approved"), (draft, "refused"), (refused, "proposed")):
            before = row.state
            with self.subTest(state), self.assertRaisesRegex(AccessError, "no such step"):
                self._trusted(row).write({"state": state})
            self.assertEqual(row.state, before)

    def test_no_band(self):
        """Agents, quality and finance do not decide what the band gives to supervisors."""
        row = self._proposed()
        for login in ("agent2", "finance"):
            self._refused(login, row)
        with self.assertRaises(AccessError):
            self._as("quality", row).action_approve()
        with self.assertRaises(AccessError):
            self._as("department", row).action_approve()

    def test_bands_by_amount(self):
        """500 is a supervisor's, above it a manager's, above 5,000 two managers'."""
        self.assertEqual(self._approved(amount=500).state, "approved")
        row = self._proposed(amount=500.01)
        self._refused("supervisor", row)
        self._as("manager", row).action_approve()
        self.assertEqual(row.state, "approved")
        large = self._proposed(amount=5000.01)
        self._as("manager", large).action_approve()
        self.assertEqual(large.state, "proposed")
        self.assertIn("1", large.approval_text)
        self._refused("manager", large)
        self._as("manager2", large).action_approve()
        self.assertEqual(large.state, "approved")

    def test_band_of_company_and_kind_comes_first(self):
        """Finance decides where its band says so."""
        self.env["water.compensation.band"].create(
            {
                "name": "T",
                "kind": "claim",
                "company_id": self.company.id,
                "role": "finance",
                "sequence": 99,
            }
        )
        row = self._proposed(kind="claim")
        self._refused("supervisor", row)
        self._as("finance", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_named_people(self):
        band = self.env.ref("water_compensation.compensation_band_small")
        band.write({"role": False, "user_ids": [(6, 0, self.users["agent2"].ids)]})
        row = self._proposed()
        self._refused("supervisor", row)
        self._as("agent2", row).action_approve()
        self.assertEqual(row.state, "approved")

    def test_band_without_people(self):
        band = self.env.ref("water_compensation.compensation_band_small")
        with self.assertRaises(ValidationError):
            band.role = False

    def test_rule_approves_at_once(self):
        """A band without approvers settles what a rule gives, never what people propose."""
        self.env.ref("water_compensation.compensation_band_small").approvers = 0
        self.assertEqual(self._entitlement().state, "approved")
        self.assertEqual(self._proposed().state, "proposed")

    def test_deputy(self):
        """A deputy decides for the absent approver on those days only."""
        band = self.env.ref("water_compensation.compensation_band_small")
        band.write({"role": False, "user_ids": [(6, 0, self.users["supervisor"].ids)]})
        row = self._proposed()
        self._refused("supervisor2", row)
        self._delegate("supervisor", "supervisor2")
        self._as("supervisor2", row).action_approve()
        self.assertEqual(row.approval_ids.on_behalf_of_id, self.users["supervisor"])
        with freeze_time("2026-12-30"):
            self._refused("supervisor2", self._proposed())

    def test_deputy_of_a_barred_person(self):
        """A barred user cannot decide through a deputy either."""
        band = self.env.ref("water_compensation.compensation_band_small")
        band.write({"role": False, "user_ids": [(6, 0, self.users["supervisor"].ids)]})
        self._delegate("supervisor", "supervisor2")
        self._refused("supervisor2", self._proposed("supervisor"))

    def test_users_cannot_appoint_themselves(self):
        for login, away, deputy in (
            ("supervisor2", "supervisor", "supervisor2"),
            ("manager", "supervisor", "manager"),
        ):
            with self.subTest(login), self.assertRaises(AccessError):
                self._delegate(away, deputy, login)
        with self.assertRaises(ValidationError):  # who sees none decides on none
            self._delegate("supervisor", "department")

    def _delegate(self, away, deputy, login=None):
        today = fields.Date.today()
        self._as(login or away, self.env["water.compensation.delegation"]).create(
            {
                "user_id": self.users[away].id,
                "deputy_id": self.users[deputy].id,
                "date_from": today,
                "date_to": fields.Date.add(today, days=7),
            }
        )

    def test_several_at_once(self):
        """The good ones are approved, the others are named with the reason."""
        rows = self._proposed() | self._proposed("supervisor") | self._proposed(amount=900)
        answer = self._as("supervisor", rows).action_approve()
        self.assertEqual(rows.mapped("state"), ["approved", "proposed", "proposed"])
        self.assertIn(rows[1].name, answer["params"]["message"])
        self.assertIn(rows[2].name, answer["params"]["message"])

    def test_refusal(self):
        """It needs a reason, which the proposer reads, and is final."""
        row = self._proposed()
        mine = self._as("supervisor", row)
        with self.assertRaisesRegex(UserError, "reason"):
            acts.refuse(mine, " ")
        self.assertEqual((row.state, row.approval_ids.ids), ("proposed", []))
        wizard = self._as("supervisor", self.env["water.compensation.wizard"]).create(
            {"compensation_ids": row.ids, "step": "refuse", "reason": "没有依据"}
        )
        wizard.action_save()
        self.assertEqual((row.state, row.refuse_reason), ("refused", "没有依据"))
        partner = self.users["agent"].partner_id
        told = self.env["mail.message"].search([("partner_ids", "in", partner.ids)], limit=1)
        self.assertIn("没有依据", told.body)
        with self.assertRaisesRegex(UserError, "it is “Refused” by now"):
            mine.action_approve()
        self.assertEqual(row.state, "refused")

    def test_withdrawal(self):
        """The proposer takes it back before the decision, afterwards a supervisor."""
        row = self._proposed()
        acts.withdraw(self._as("agent", row), "客户不要")
        self.assertEqual(row.state, "withdrawn")
        row = self._approved()
        with self.assertRaisesRegex(UserError, "a supervisor or the approver can withdraw"):
            acts.withdraw(self._as("agent", row), "客户不要")
        self.assertEqual(row.state, "approved")
        acts.withdraw(self._as("supervisor2", row), "客户不要")
        self.assertEqual(row.state, "withdrawn")

    # -- what a decider has to know -------------------------------------------------------------

    def test_repeats(self):
        """Others of the same customer in twelve months are counted, refused ones are not."""
        self._approved(amount=30)
        refused = self._proposed(amount=40)
        acts.refuse(self._as("supervisor", refused), "x")
        with freeze_time("2027-03-01 02:00:00"):
            row = self._proposed(amount=10)
            self.env.flush_all()
            row.invalidate_recordset()
            self.assertEqual((row.repeat_count, row.repeat_amount), (1, 30))
        with freeze_time("2027-03-20 02:00:00"):
            row = self._proposed(amount=10)
            row.invalidate_recordset()
            self.assertEqual(row.repeat_count, 1)  # the first is more than a year old by now

    def test_shared_values_of_case(self):
        """Proposed and approved ones count, drafts do not."""
        case = self._complaint()
        draft = self._compensation(case=case, amount=1)
        proposed = self._proposed(case=case, amount=20)
        self._approved(case=case, amount=300)
        self.assertEqual(case.compensation_count, 3)
        self.assertIn("320.00", case.compensation_total)
        self.assertTrue(self._as("agent", draft).can_propose)
        self.assertFalse(self._as("finance", draft).can_propose)
        self.assertFalse(self._as("agent", proposed).can_propose)

    def test_budget(self):
        """Approved amounts use the budget; it warns once per threshold and never blocks."""
        budget = self.env["water.compensation.budget"].create(
            {
                "name": "2026",
                "kind": "goodwill",
                "date_from": "2026-01-01",
                "date_to": "2026-06-30",
                "amount": 200,
                "user_ids": self.users["manager"].ids,
            }
        )
        self.assertEqual(budget._people(), self.users["manager"])
        row = self._proposed()
        self.assertIn("50", row.budget_note)
        self._as("supervisor", row).action_approve()
        self.assertEqual((budget.used, budget.left_over, budget.warned), (100, 100, 0))
        self._approved(amount=70)
        self.assertEqual(budget.warned, 1)
        exact = self._proposed(amount=30)
        self.assertIn("(100 %)", exact.budget_note)
        self._as("supervisor", exact).action_approve()
        self.assertEqual((budget.used, budget.warned), (200, 1))  # used up is not over
        over = self._proposed(amount=80)
        self.assertIn("over by", over.budget_note)
        self._as("supervisor", over).action_approve()
        self.assertEqual((over.state, budget.warned), ("approved", 2))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["manager"].partner_id.ids)]
        )
        self.assertEqual(len(told.filtered(lambda m: "budget" in (m.subject or ""))), 2)
        self._as("manager", budget).write({"name": "2026 H1", "warned": 0})
        self.assertEqual((budget.name, budget.warned), ("2026 H1", 2))  # who was told stays

    def test_budget_twice(self):
        values = {"name": "x", "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 1}
        self.env["water.compensation.budget"].create(values)
        with self.assertRaises(ValidationError):
            self.env["water.compensation.budget"].create({**values, "date_from": "2026-06-01"})

    def test_an_undecided_compensation_keeps_a_case_from_the_end(self):
        """Not proposed to close with the incident before the decision."""
        case = self._complaint()
        row = self._proposed(case=case)
        self.assertIn("a compensation is not decided yet", case.sudo()._who_waits())
        self._as("supervisor", row).action_approve()
        self.assertNotIn("a compensation is not decided yet", case.sudo()._who_waits())
