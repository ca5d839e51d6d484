import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from ...compensation_scheme.compensation import calculate, canonical
from ...compensation_scheme.tests.common import SchemeCommon


@tagged("post_install", "-at_install")
class TestCompensationTrigger(SchemeCommon):
    """Appointments and answers: a broken promise is owed for automatically."""

    # -- S-8: appointments ------------------------------------------------------------------------

    def _appointment(self, **values):
        """Friday 3 April 2026, 09:00 to 11:00, agreed on two days before."""
        with freeze_time(local("2026-04-01 10:00")):
            case = self._complaint_at("dispatched", **values)
            return self._as("agent", case)._plan_visit(
                self.net, local("2026-04-03 09:00"), local("2026-04-03 11:00")
            )

    def _owed_for(self, visit):
        return self.compensations.search([("visit_id", "=", visit.id)])

    def test_missed_appointment(self):
        """Owed at 11:00 without an application, payable by 20 April; £40 when paid late."""
        visit = self._appointment()
        with freeze_time(local("2026-04-03 10:59")):
            self._sweep()
        self.assertFalse(self._owed_for(visit))
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        row = self._owed_for(visit)
        self.assertOwed(row, 50)
        self.assertEqual(row.failed_at, local("2026-04-03 11:00"))
        self.assertDue(row, "2026-04-20")
        self.assertEqual((row.complaint_id, row.partner_id), (visit.complaint_id, self.customer))
        self.assertEqual(row._penalty_values()["amount"], 40)
        with freeze_time(local("2026-04-03 11:42")):
            self._as("department", visit.with_env(self.env)).action_arrive()
            self._sweep()
        self.assertEqual(self._owed_for(visit), row)

    def test_arrived_late_before_anybody_has_looked(self):
        """The crew's own report is as good as the sweep."""
        visit = self._appointment()
        with freeze_time(local("2026-04-03 11:42")):
            self._as("department", visit.with_env(self.env)).action_arrive()
            self._sweep()
        self.assertOwed(self._owed_for(visit), 50)

    def test_customer_cancels(self):
        visit = self._appointment()
        with freeze_time(local("2026-04-03 10:30")):
            acts.cancel_visit(
                self._as("agent", visit.with_env(self.env)), "客户临时外出", "customer"
            )
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        self.assertFalse(self._owed_for(visit))
        self.assertEqual(visit.compensation_reason, "customer_cancelled")

    def test_called_off_with_a_merging_that_was_a_mistake(self):
        """An appointment cancelled in time by merging stays cancelled without compensation."""
        visit = self._appointment()
        case, lead = visit.complaint_id, self._complaint()
        merging = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一件事"}
        with freeze_time(local("2026-04-01 10:30")):
            self._as("supervisor", case).write(merging)
            self.assertEqual(visit.state, "cancelled")
            acts.undo(self._as("supervisor", case), "是两件事")
        self.assertEqual((visit.state, visit.compensation_reason), ("cancelled", "in_time"))
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        self.assertFalse(self._owed_for(visit))

    def test_customer_not_at_home(self):
        visit = self._appointment()
        worker = self._as("department", visit.with_env(self.env))
        with freeze_time(local("2026-04-03 10:30")):
            worker.action_arrive()
            worker.write({"outcome": "no_access", "result": "敲门无人应答"})
            worker.action_finish()
            self._sweep()
        self.assertFalse(self._owed_for(visit))
        self.assertEqual(visit.compensation_reason, "not_home")

    def test_we_cancel_less_than_a_day_before(self):
        visit = self._appointment()
        with freeze_time(local("2026-04-02 09:01")):
            acts.cancel_visit(self._as("agent", visit.with_env(self.env)), "人员不足", "company")
        row = self._owed_for(visit)
        self.assertOwed(row, 50)
        self.assertEqual(row.failed_at, local("2026-04-02 09:01"))

    def test_we_move_it_a_day_before(self):
        visit = self._appointment()
        later = (local("2026-04-07 09:00"), local("2026-04-07 11:00"))
        with freeze_time(local("2026-04-02 09:00")):
            acts.move_visit(self._as("agent", visit.with_env(self.env)), *later, "检修", "company")
        self.assertFalse(self._owed_for(visit))
        self.assertEqual(visit.compensation_reason, "in_time")
        with freeze_time(local("2026-04-06 20:00")):
            acts.move_visit(self._as("agent", visit.with_env(self.env)), *later, "检修", "company")
        self.assertOwed(self._owed_for(visit), 50)

    def test_cancelled_by_phone_and_found_out_later(self):
        """Recorded as missed, then the recording is found: an exemption reduces it to 0."""
        visit = self._appointment()
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        row = self._owed_for(visit)
        exemption = self._exempt(row, "customer_cancelled")
        self._as("supervisor", exemption).action_approve()
        self.assertOwed(row, 0)
        self.assertIn("cancelled", row.calculation)

    def test_business_rule_is_inferred_and_switched_off(self):
        account = self._account(customer_class="business")
        visit = self._appointment(account_id=account.id)
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        self.assertFalse(self._owed_for(visit))

    def test_no_payee(self):
        visit = self._appointment(partner_id=False, contact_name="王女士", phone="13900001111")
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        self.assertTrue(visit.missed_at)
        self.assertFalse(self._owed_for(visit))

    # -- answers ----------------------------------------------------------------------------------

    def test_complaint_not_answered_in_ten_working_days(self):
        """A clock of its own beside the standard's five days; missed, it costs £40."""
        case = self._complaint()
        clock = self._clock(case, "guarantee")
        self.assertLocal(clock.due_at, "2026-03-25 17:30")
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-18 17:30")
        with freeze_time(local("2026-03-18 17:30:01")):
            self._sweep()
        self.assertFalse(self._of_case(case))
        with freeze_time(local("2026-03-25 17:30:01")):
            self._sweep()
            self._sweep()
        row = self._of_case(case)
        self.assertOwed(row, 40)
        self.assertEqual((row.deadline_id, row.rule_id.code), (clock, "COMPLAINT"))
        self.assertDue(row, "2026-04-09")
        self.assertWhole(case)

    def test_complaint_answered_in_time(self):
        case = self._complaint_at("notified")
        self.assertEqual(self._clock(case, "guarantee").state, "met")
        with freeze_time(local("2026-04-30 17:30:01")):
            self._sweep()
        self.assertFalse(self._of_case(case))

    def test_complaint_withdrawn(self):
        case = self._complaint_at("withdrawn")
        self.assertEqual(self._clock(case, "guarantee").state, "void")

    def test_query_in_writing_alone(self):
        letter = self._inquiry(channel_id=self._channel("letter").id)
        call = self._inquiry()
        self.assertTrue(self._clock(letter, "guarantee"))
        self.assertFalse(self._clock(call, "guarantee"))
        with freeze_time(local("2026-03-25 17:30:01")):
            self._sweep()
        rows = self.compensations.search([("inquiry_id", "in", (letter | call).ids)])
        self.assertEqual(rows.inquiry_id, letter)
        self.assertOwed(rows, 40)

    def test_scheme_that_goes_by_the_standards_clock(self):
        """No limit of its own: the clock of the service standard is the promise."""
        self._choose("cn_demo")
        case = self._complaint()
        self.assertFalse(self._clock(case, "guarantee"))
        with freeze_time(local("2026-03-18 17:30:01")):
            self._sweep()
        row = self._of_case(case)
        self.assertOwed(row, 30)

    def test_amounts_of_another_currency(self):
        """£50 and £40 at the rate of the settings, in the currency of the books."""
        self._choose("gss_en_2025", rate=9.2)
        row = self._missed()
        self.assertOwed(row, 460)
        self.assertEqual(row.currency_id, self.company.currency_id)
        self.assertIn("9.2", row.calculation)
        self.assertEqual(row._penalty_values()["amount"], 368)

    # -- the record -------------------------------------------------------------------------------

    def _missed(self):
        visit = self._appointment()
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        return self._owed_for(visit)

    def test_calculation_is_reproducible(self):
        """The inputs alone give the same bytes, even if the rule has changed."""
        row = self._missed()
        version = row.version_ids
        self._rule("gss_en_2025_appt_kept_household").with_user(
            self.users["manager"]
        ).action_new_version()
        again = calculate(json.loads(version.inputs))
        self.assertEqual(canonical(again.steps), version.steps)
        self.assertEqual(float(again.amount), version.amount)
        self.assertEqual(json.loads(version.inputs)["rule"]["code"], "APPT_KEPT")
        row.action_recompute()
        row.with_user(self.users["supervisor"]).action_recompute()
        self.assertEqual(row.version_ids, version)  # unchanged facts make no change

    def test_one_failure_is_worked_out_again(self):
        """It stores account, time and facts; the calculation names user and reason."""
        account = self._account(annual_sewerage_charge=480)
        case = self._complaint(account_id=account.id)
        row = self._entitlement(case, "gss_en_2025_flood_int_household")
        before = {name: row[name] for name in ("account_id", "failed_at", "origin_key", "facts")}
        self.assertEqual(before["account_id"], account)
        account.annual_sewerage_charge = 600
        row.with_user(self.users["supervisor"]).action_recompute()
        self.assertEqual({name: row[name] for name in before}, before)
        first, second = row.version_ids.sorted("number")
        self.assertEqual(first.user_id, self.users["agent"])
        self.assertEqual(second.user_id, self.users["supervisor"])
        self.assertEqual(second.reason, "Worked out again by hand")
        self.assertEqual((first.amount, second.amount, row.amount), (480, 600, 600))

    def test_refusal_stays(self):
        """Other facts do not bring back what a supervisor has refused."""
        account = self._account(annual_sewerage_charge=480)
        case = self._complaint(account_id=account.id)
        row = self._entitlement(case, "gss_en_2025_flood_int_household")
        acts.refuse(row.with_user(self.users["supervisor"]), "没有依据")
        account.annual_sewerage_charge = 600
        row.action_recompute()
        self.assertEqual((row.state, row.amount), ("refused", 480))
        self.assertEqual(row.version_ids.mapped("amount"), [480])

    def test_spans_of_time(self):
        """Whole hours are told without minutes."""
        spans = [self.compensations._span(minutes) for minutes in (0, 59, 120, 150)]
        self.assertEqual(spans, ["0 h", "0 h 59 min", "2 h", "2 h 30 min"])

    def test_nothing_to_work_out_without_a_rule(self):
        """Goodwill is a decision: refused by hand, left alone among others."""
        goodwill = self._as("agent", self.compensations).create(
            {
                "complaint_id": self._complaint().id,
                "kind": "goodwill",
                "amount": 80,
                "reason": "致歉",
            }
        )
        row = self._missed()
        with self.assertRaisesRegex(UserError, "No rule has worked this out"):
            self._as("supervisor", row | goodwill).action_recompute()
        (row | goodwill)._recompute()
        self.assertEqual((goodwill.amount, goodwill.state), (80, "draft"))
        self.assertFalse(goodwill.version_ids or goodwill.trace)
        self.assertEqual(row.version_ids.mapped("amount"), [row.amount])

    def test_calculation_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        row = self._missed()
        self.assertIn("50.00", row.calculation)
        chinese = row.with_context(lang="zh_CN").calculation
        self.assertIn("50.00", chinese)
        self.assertNotIn("For the failure", chinese)
        self.assertEqual(row.with_context(lang="zh_CN").version_ids.text, chinese)

    def test_calculation_is_kept(self):
        row = self._missed()
        for login in ("supervisor", "manager"):
            with self.assertRaises(AccessError):
                self._as(login, row.version_ids).amount = 1
        with self.assertRaises(AccessError):
            row.version_ids.unlink()
        with self.assertRefused("kept by the system", row):
            self._as("supervisor", row).write({"facts": {}})

    # -- by hand ----------------------------------------------------------------------------------

    def _entitlement(self, case, rule, login="agent", **values):
        wizard = self._as(login, self.env["water.entitlement.wizard"]).create(
            {
                "complaint_id": case.id,
                "rule_id": self._rule(rule).id,
                "note": "污水倒灌室内",
                "failed_at": local("2026-03-10 10:00"),
                **values,
            }
        )
        action = wizard.action_propose()
        return self.compensations.browse(action["res_id"])

    def test_sewer_flooding_by_the_yearly_charge(self):
        account = self._account(annual_sewerage_charge=480)
        case = self._complaint(account_id=account.id)
        row = self._entitlement(case, "gss_en_2025_flood_int_household")
        self.assertOwed(row, 480)
        self.assertEqual(row.kind, "entitlement")
        self.assertEqual(self._entitlement(case, "gss_en_2025_flood_int_household"), row)

    def test_one_failure_a_day_by_the_companys_day(self):
        """At seven and at nine it is the same failure; late and early next day they are two."""
        case = self._complaint(account_id=self._account(annual_sewerage_charge=480).id)
        rows = [
            self._entitlement(case, "gss_en_2025_flood_int_household", failed_at=local(moment))
            for moment in ("2026-03-09 07:00", "2026-03-09 22:00", "2026-03-10 07:00")
        ]
        self.assertEqual(rows[0], rows[1])
        self.assertNotEqual(rows[1], rows[2])

    def test_nothing_by_hand_that_the_rule_does_not_know(self):
        case = self._complaint()
        with self.assertRaisesRegex(UserError, "does not hold"):
            self._entitlement(case, "gss_en_2025_flood_int_business")
        with self.assertRaisesRegex(UserError, "future"):
            self._entitlement(
                case, "gss_en_2025_flood_int_household", failed_at=local("2026-03-12 10:00")
            )
        with self.assertRaises(AccessError):
            self._entitlement(case, "gss_en_2025_flood_int_household", login="department")

    def test_old_scheme_low_pressure_must_be_claimed(self):
        """£25, once a year."""
        self._choose("gss_ew_2008")
        account = self._account()
        first, second = (self._complaint(account_id=account.id) for __ in range(2))
        self.assertOwed(self._entitlement(first, "gss_ew_2008_low_press_household"), 25)
        with self.assertRaisesRegex(UserError, "cap"):
            self._entitlement(second, "gss_ew_2008_low_press_household")

    def test_claim_for_loss_needs_evidence(self):
        """Where the scheme knows no fixed sums, a loss is claimed with proof."""
        self._choose("cn_legal")
        case = self._complaint()
        values = {"complaint_id": case.id, "kind": "claim", "amount": 800, "reason": "地板泡水"}
        row = self._as("agent", self.compensations).create(values)
        self.assertEqual(row.sudo().rule_id.code, "LOSS")
        with self.assertRaisesRegex(ValidationError, "proves"):
            self.compensations._propose([{**values, "origin_key": "x", "rule_id": row.rule_id.id}])

    def test_goodwill_is_no_entitlement(self):
        case = self._complaint()
        row = self._as("agent", self.compensations).create(
            {"complaint_id": case.id, "kind": "goodwill", "amount": 75}
        )
        self.assertFalse(row.rule_id)
        self.assertFalse(row._penalty_values())
        with self.assertRaisesRegex(UserError, "decision"):
            self._as("supervisor", row).action_recompute()
