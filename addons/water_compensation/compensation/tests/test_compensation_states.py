from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import DAY, PAYMENTS, STATES, TODAY, CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationStates(CompensationCommon):
    """Allowed actions and messages of a compensation in each state."""

    # -- by the day -------------------------------------------------------------------------

    def test_late(self):
        """Owed and not paid by its last day, or paid after it; found as it is shown."""
        for values, is_late, left in (
            ({}, False, 0),
            ({"due_on": TODAY}, False, 0),
            ({"due_on": TODAY - DAY}, True, -1),
            ({"due_on": TODAY + 3 * DAY}, False, 3),
            ({"due_on": TODAY - DAY, "state": "proposed"}, True, -1),
            ({"due_on": TODAY - DAY, "state": "draft"}, False, -1),
            ({"due_on": TODAY - DAY, "state": "refused"}, False, -1),
            ({"due_on": TODAY - DAY, "state": "withdrawn"}, False, -1),
            ({"due_on": TODAY - DAY, "amount": 0}, False, -1),
            ({"due_on": TODAY - DAY, "payment_state": "draft"}, True, -1),
            ({"due_on": TODAY - DAY, "payment_state": "posted"}, True, -1),
            ({"due_on": TODAY - DAY, "payment_state": "reversed"}, False, -1),
            ({"due_on": TODAY - DAY, "payment_state": "paid", "paid_on": TODAY - DAY}, False, 0),
            ({"due_on": TODAY - DAY, "payment_state": "paid", "paid_on": TODAY}, True, 0),
            ({"payment_state": "paid", "paid_on": TODAY}, False, 0),
        ):
            row = self._row(**{"state": "approved", **values})
            found = row.search([("is_late", "=", True), ("id", "=", row.id)])
            with self.subTest(values):
                self.assertEqual((row.is_late, row.days_left), (is_late, left))
                self.assertEqual(bool(found), is_late)

    def test_paid_on_time(self):
        """Among those that are paid and had a limit: by its last day, or later."""
        for payment, due, paid, settled in (
            *(("paid", TODAY, TODAY, (True, 1)), ("paid", TODAY, TODAY + DAY, (True, 0))),
            *(("posted", TODAY, TODAY, (False, 0)), ("paid", False, TODAY, (False, 0))),
            ("paid", TODAY, False, (False, 0)),
        ):
            row = self._row(state="approved", due_on=due, payment_state=payment, paid_on=paid)
            self.assertEqual((row.is_settled, row.in_time), settled, (payment, due, paid))

    def test_penalties_of_what_is_late(self):
        """For an entitlement with a certain day and no valid penalty yet."""
        values = {"state": "approved", "due_on": TODAY - DAY}
        for more, penalty, counts in (
            *(({}, None, True), ({"kind": "goodwill"}, None, False)),
            *(({"due_provisional": True}, None, False), ({}, {"is_replaced": False}, False)),
            ({}, {"is_replaced": True, "state": "withdrawn"}, True),
        ):
            row = self._row(**values, **more)
            if penalty:
                self._row(kind="penalty", penalty_of_id=row.id, **penalty)
            found = row.search(row._penalty_domain())
            self.assertEqual(row in found, counts, (more, penalty))

    def test_amount_of_a_penalty(self):
        """By the rule of the entitlement, in the currency of the books; 0 is not late."""
        profile = self.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        rules = self.env["water.compensation.rule"].create(
            [
                {
                    "name": "T",
                    "code": f"T{amount}",
                    "profile_id": profile.id,
                    "trigger": "appointment",
                    "first_amount": 50,
                    "late_penalty": amount,
                    "customer_class": customers,
                }
                for amount, customers in ((40, "household"), (0, "business"))
            ]
        )
        self.company.water_compensation_rate = 9
        for values, amount in (
            *(({}, 40), ({"rule_id": rules[1].id}, None), ({"amount": 0}, None)),
            ({"kind": "goodwill"}, None),
        ):
            row = self._row(**{"rule_id": rules[0].id, "state": "approved", **values})
            self.assertEqual(row._penalty_values().get("amount"), amount, values)
        foreign = self.env["res.currency"].with_context(active_test=False)
        profile.currency_id = foreign.search([("id", "!=", self.company.currency_id.id)], limit=1)
        self.assertEqual(self._row(rule_id=rules[0].id)._penalty_values()["amount"], 360)

    # -- by state and payment ---------------------------------------------------------------

    def test_each_state_and_payment(self):
        """Each property is tested for every state, so that none is forgotten."""
        live = {"draft", "proposed", "approved"}
        for state in STATES:
            for payment in PAYMENTS:
                row = self._row(state=state, payment_state=payment)
                replaced = self._row(state=state, payment_state=payment, is_replaced=True)
                with self.subTest(state=state, payment=payment):
                    self.assertEqual(
                        row.needs_reversal,
                        state == "withdrawn" and payment in ("posted", "paid"),
                    )
                    self.assertEqual(
                        row.can_ask_exemption, state in live and payment in ("none", "draft")
                    )
                    self.assertIs(
                        bool(row._is_decided_against()), state not in live and payment != "paid"
                    )
                    self.assertFalse(replaced._is_decided_against())
                    self.assertEqual(row._owed_now(), 50 if state in live else 0)

    def test_other_kinds_know_no_exemption(self):
        for kind in ("goodwill", "claim", "penalty", "refund", "allowance"):
            self.assertFalse(self._row(kind=kind, state="proposed").can_ask_exemption, kind)

    def test_user_requesting_entry(self):
        """Finance or a supervisor, for approved compensations without an entry in force."""
        for state, payment, login, may in (
            *(("approved", "none", "finance", True), ("approved", "none", "supervisor", True)),
            *(("approved", "reversed", "finance", True), ("approved", "none", "agent", False)),
            *(("approved", "draft", "finance", False), ("approved", "posted", "finance", False)),
            *(("approved", "paid", "finance", False), ("proposed", "none", "finance", False)),
            ("withdrawn", "none", "finance", False),
        ):
            row = self._row(state=state, payment_state=payment)
            mine = self._as(login, row)
            self.assertIs(mine.can_make_entry, may, (state, payment, login))

    def test_withdrawing_users(self):
        """The proposer until the decision; supervisors and approvers until payment."""
        band = self.env.ref("water_compensation.compensation_band_small")
        band.write({"role": "finance"})
        for state, payment, logins in (
            ("draft", "none", ["agent", "finance", "manager", "supervisor"]),
            ("proposed", "none", ["agent", "finance", "manager", "supervisor"]),
            ("approved", "none", ["finance", "manager", "supervisor"]),
            ("approved", "posted", ["finance", "manager", "supervisor"]),
            ("approved", "paid", []),
            ("refused", "none", []),
            ("withdrawn", "none", []),
        ):
            row = self._row(
                state=state,
                payment_state=payment,
                proposed_by_id=self.users["agent"].id,
                proposed_at=False,
                complaint_id=self._complaint().id,
            )
            names = ("agent", "agent2", "finance", "manager", "supervisor")
            found = [login for login in names if self._as(login, row).can_withdraw]
            self.assertEqual(sorted(found), logins, (state, payment))

    def test_waiting_for_review(self):
        """Held in any state until it is confirmed or no longer payable."""
        appeal = trusted(self.env["water.appeal"].sudo()).create(
            {"complaint_id": self._complaint().id, "reason": "不认可", "level": "1"}
        )
        for state in STATES:
            for payment in ("none", "posted", "paid"):
                plain = self._row(kind="goodwill", state=state, payment_state=payment)
                row = self._row(
                    kind="goodwill",
                    state=state,
                    payment_state=payment,
                    recheck_appeal_id=appeal.id,
                )
                waits = state in ("draft", "proposed", "approved") and payment != "paid"
                with self.subTest(state=state, payment=payment):
                    self.assertEqual((row.needs_recheck, row.is_held), (waits, waits))
                    held = row.search([("is_held", "=", True), ("id", "in", (row + plain).ids)])
                    self.assertEqual(held, row if waits else row.browse())
                    self.assertEqual(row.hold_note, appeal.name if waits else False)
                    self.assertEqual((plain.needs_recheck, plain.is_held), (False, False))

    def test_exemption_holds_payment(self):
        """Kinds from rules and delays, while an exemption is requested; searchable as shown."""
        code = self.env["water.compensation.exemption.code"].search(
            [("effect", "=", "void")], limit=1
        )
        for kind in ("entitlement", "penalty", "goodwill", "claim"):
            for state in STATES:
                row = self._row(kind=kind, state=state)
                exemption = self.env["water.compensation.exemption"].create(
                    {"compensation_id": row.id, "code_id": code.id, "note": "x"}
                )
                held = kind in ("entitlement", "penalty")
                held = held and state in ("draft", "proposed", "approved")
                mine = [("is_held", "=", True), ("id", "=", row.id)]
                with self.subTest(kind=kind, state=state):
                    self.assertEqual(row.is_held, held)
                    self.assertEqual(bool(row.search(mine)), held)
                    trusted(exemption).state = "refused"
                    self.assertEqual((row.is_held, bool(row.search(mine))), (False, False))

    def test_where_the_payment_stands_in_words(self):
        for values, words in (
            ({"payment_state": "paid", "paid_on": TODAY}, "Paid on 2026-03-11"),
            ({"payment_state": "posted", "due_on": TODAY}, "Credited"),
            ({"payment_state": "reversed", "due_on": TODAY}, "Taken back"),
            ({"state": "proposed", "due_on": TODAY}, "Being examined"),
            ({"due_on": TODAY}, "Payable by 2026-03-11"),
            ({}, "Being paid"),
        ):
            row = self._row(**{"state": "approved", **values})
            self.assertEqual(row._payment_words(), words, values)
        row = self._row(state="approved", due_on=TODAY, due_provisional=True)
        self.assertEqual(row._payment_words(), f"Payable by {row._say_provisional('2026-03-11')}")
        trusted(row.sudo()).write({"payment_state": "paid", "paid_on": TODAY})
        self.assertEqual(row._payment_words(), "Paid on 2026-03-11")

    def test_the_calculation_in_one_line(self):
        for trace, reason, line in (
            *((False, False, ""), (False, "迟到。", "迟到"), ("甲。\n\n乙.", "迟到", "甲 · 乙")),
            ("长" * 300, False, "长" * 200),
        ):
            self.assertEqual(self._row(trace=trace, reason=reason).trace_line, line)

    # -- the clock of the payment -----------------------------------------------------------

    def _clocks(self, case, *states):
        clocks = case.deadline_ids.filtered(lambda clock: clock.kind == "payment")
        return clocks.filtered(lambda clock: not states or clock.state in states)

    def test_one_clock_for_what_is_still_to_be_paid(self):
        """Until the end of its last day; none for a day that is over, nor without a day."""
        for days, count in ((0, 1), (1, 1), (-1, 0), (None, 0)):
            due = TODAY + days * DAY if days is not None else False
            case = self._complaint()
            rows = [self._row(complaint_id=case.id, due_on=due) for __ in range(2)]
            for row in rows:
                row._start_payment_clocks()
            self.assertEqual(len(self._clocks(case)), count, days)
        trusted(self._clocks(case).sudo()).state = "void"
        self._row()._start_payment_clocks()  # of no case

    def test_a_new_clock_where_the_first_is_over(self):
        for state, count in (("running", 1), ("paused", 1), ("met", 2), ("void", 2)):
            case = self._complaint()
            row = self._row(complaint_id=case.id, due_on=TODAY + DAY)
            row._start_payment_clocks()
            trusted(self._clocks(case).sudo()).state = state
            row._start_payment_clocks()
            self.assertEqual(len(self._clocks(case)), count, state)

    def test_the_clock_ends_with_the_last_one(self):
        """Other amounts of the same due day keep it running; paid, refused or later ones do not."""
        for values, is_void in (
            *(
                ({"state": "approved"}, False),
                ({"state": "approved", "payment_state": "posted"}, False),
            ),
            *(
                ({"state": "approved", "payment_state": "paid"}, True),
                ({"state": "proposed"}, True),
                ({"state": "approved", "due_on": TODAY + 2 * DAY}, True),
            ),
        ):
            case = self._complaint()
            row = self._row(complaint_id=case.id, due_on=TODAY + DAY, state="approved")
            row._start_payment_clocks()
            self._row(complaint_id=case.id, **{"due_on": row.due_on, **values})
            trusted(row.sudo()).state = "withdrawn"
            row._after_dropped()
            state = self._clocks(case).state
            self.assertEqual(state, "void" if is_void else "running", values)

    def test_when_all_was_paid(self):
        """At the end of the last booked day, and never later than now."""
        for days, moment in (
            *(([-3, -1], local("2026-03-10 23:59:59")), ([-1, 0], NOW), ([], NOW), ([-1, 2], NOW)),
        ):
            case = self._complaint()
            for day in days:
                paid = {"payment_state": "paid", "paid_on": TODAY + day * DAY}
                self._row(complaint_id=case.id, due_on=TODAY, **paid)
            self._row(complaint_id=case.id, due_on=TODAY)
            other = {"payment_state": "paid", "paid_on": TODAY}
            self._row(complaint_id=case.id, due_on=TODAY + DAY, **other)
            found = self.env["water.compensation"]._paid_at(case, TODAY)
            self.assertEqual(found, fields.Datetime.to_datetime(moment), days)

    def test_payment_message(self):
        """Paid and taken back are two things; withdrawn ones keep no case waiting."""
        case = self._complaint()
        paid = self._row(complaint_id=case.id, state="approved", payment_state="paid")
        back = self._row(complaint_id=case.id, state="approved", payment_state="reversed")
        owing = self._row(complaint_id=case.id, state="approved", payment_state="posted")
        (paid | back)._after_paid()
        self.assertEqual(self._steps(case), ["paid", "reversed"])
        self.assertFalse(self._events(case, "paid"))
        trusted(owing.sudo()).payment_state = "paid"
        owing._after_paid()
        (event,) = self._events(case, "paid")
        self.assertEqual(event.payload["numbers"], [owing.name])

    # -- decided anew -----------------------------------------------------------------------

    def test_which_round_a_new_amount_is(self):
        """The first until decided, then the next."""
        row = self._entitlement()
        row._reprice(60, "x")
        self.assertEqual((row.round, row.amount, row.state), (0, 60, "proposed"))
        self._as("supervisor", row).action_approve()
        row._reprice(70, "x")
        self.assertEqual((row.round, row.amount, row.state), (1, 70, "proposed"))
        self.assertEqual((row.approved_on, row.move_queued), (False, False))
        row._reprice(70, "y")  # the same again
        self.assertEqual((row.round, row.trace), (1, "y"))

    def test_penalties_go_with_what_they_are_for(self):
        """Those that are not paid; back again, they can come again."""
        row = self._row(state="approved")
        kinds = {
            state: self._row(kind="penalty", penalty_of_id=row.id, state=state) for state in STATES
        }
        paid = self._row(
            kind="penalty", penalty_of_id=row.id, state="approved", payment_state="paid"
        )
        row._after_dropped()
        self.assertEqual((paid.state, paid.is_replaced), ("approved", False))
        for state, penalty in kinds.items():
            ends = state in ("draft", "proposed", "approved")
            with self.subTest(state):
                self.assertEqual(penalty.state, "withdrawn" if ends else state)
                self.assertEqual(penalty.is_replaced, ends)

    def test_late_penalty_in_all(self):
        row = self._row(state="approved")
        for number, state in enumerate(STATES):
            self._row(kind="penalty", penalty_of_id=row.id, state=state, amount=10**number)
        self.assertEqual(row.late_penalty, 111)
