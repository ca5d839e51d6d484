from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.compensation import calculate
from ...compensation_scheme.tests.common import SchemeCommon
from ...compensation_scheme.tests.test_compensation_math import inputs

#: The limit now reaches a year without published holidays.
YEAR_END = local("2026-12-22 10:00")


@tagged("post_install", "-at_install")
class TestCompensationProvisional(SchemeCommon):
    """Money and dates that are not certain: no penalty, told in words, settled once."""

    def _load(self, *days, at=YEAR_END):
        with freeze_time(at):
            self.env["water.calendar.day"].create(
                [{"name": "元旦", "date": day, "kind": "off"} for day in days]
            )

    def _missed(self, planned_at=YEAR_END):
        with freeze_time(planned_at):
            case = self._complaint_at("dispatched")
            begin = planned_at + timedelta(days=1)
            visit = self._as("agent", case)._plan_visit(self.net, begin, begin + timedelta(hours=2))
        with freeze_time(visit.slot_to + timedelta(seconds=1)):
            self._sweep()
        return self.compensations.search([("visit_id", "=", visit.id)])

    def test_no_penalty_by_a_date_that_was_provisional(self):
        row = self._missed()
        self.assertTrue(row.due_on.year == 2027 and row.due_provisional)
        with freeze_time("2027-03-01 02:00:00"):
            self.assertNotIn(row, self.compensations.search(self.compensations._penalty_domain()))

    def test_words(self):
        row = self._missed()
        self.assertIn("This day is provisional", row.calculation)
        chinese = row.with_context(lang="zh_CN")
        self.assertIn("暂定", chinese._due_words())

    def test_settled_told_once_and_logged(self):
        row = self._missed()
        old = row.due_on
        self._load(date(2027, 1, 1), date(2027, 1, 4), at=YEAR_END + timedelta(days=2))
        self.assertGreater(row.due_on, old)
        self.assertFalse(row.due_provisional)
        told = self.env["water.message"].search([("subject", "like", "new day of payment")])
        self.assertEqual(len(told), 1)
        self._load(date(2027, 10, 1), at=YEAR_END + timedelta(days=3))
        told = self.env["water.message"].search([("subject", "like", "new day of payment")])
        self.assertEqual(len(told), 1)
        with freeze_time(f"{row.due_on + timedelta(days=1)} 02:00:00"):
            self.assertIn(row, self.compensations.search(self.compensations._penalty_domain()))

    def test_moved_by_a_day_of_the_old_year_it_is_provisional_still(self):
        """Ten working days from 23 December: 6 January, and one more for the day off."""
        row = self._missed()
        self.assertEqual(row.due_on, date(2027, 1, 6))
        self._load(date(2026, 12, 28), at=YEAR_END + timedelta(days=2))
        self.assertEqual((row.due_on, row.due_provisional), (date(2027, 1, 7), True))

    def test_loaded_when_the_day_is_over(self):
        """The day was never certain: it moves without a penalty."""
        row = self._missed()
        self._load(date(2027, 1, 1), at=local("2027-01-20 10:00"))
        self.assertEqual((row.due_on, row.due_provisional), (date(2027, 1, 7), True))
        with freeze_time(local("2027-01-20 10:00")):
            self.assertNotIn(row, self.compensations.search(self.compensations._penalty_domain()))

    def test_a_day_off_within_the_days_to_pay(self):
        """Entered later it moves open limits, once announced; limits now or then over stay."""
        row = self._missed(local("2026-04-02 10:00"))
        self.assertDue(row, "2026-04-20")
        row._start_payment_clocks()
        clock = self._clock(row.complaint_id, "payment")
        off = {"name": "台风", "date": "2026-04-15", "kind": "off", "official": False}
        with freeze_time(local("2026-04-08 10:00")):
            day = self.env["water.calendar.day"].create(off)
        self.assertDue(row, "2026-04-21")
        self.assertLocal(clock.due_at, "2026-04-21 23:59:59")
        self.assertFalse(row.due_provisional)
        told = self.env["water.message"].search([("subject", "like", "new day of payment")])
        self.assertEqual(len(told), 1)
        with freeze_time(local("2026-04-08 11:00")):  # a Saturday that is free anyway
            self.env["water.calendar.day"].create({**off, "date": "2026-04-11"})
        event = self._events(row.complaint_id)
        self.assertEqual(event.payload["reason"], "The working time of the calendar has changed.")
        for moment in ("2026-04-21 10:00", "2026-04-22 10:00"):
            with freeze_time(local(moment)), self.subTest(moment), self.env.cr.savepoint() as point:
                day.unlink()
                self.assertEqual(row.due_on, date(2026, 4, 21))
                point.rollback()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            day = self.env["water.calendar.day"].search([("date", "=", off["date"])])

    def test_days_to_pay_go_by_the_hours_of_then(self):
        """The company has chosen other hours since; its new days do not move promises."""
        row = self._missed(local("2026-04-02 10:00"))
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        off = {"name": "台风", "date": "2026-04-15", "kind": "off", "official": False}
        with freeze_time(local("2026-04-08 10:00")):
            self.env["water.calendar.day"].create(off)
            row.action_recompute()
            self.assertDue(row, "2026-04-20")
            self.env["water.calendar.day"].create({**off, "calendar_id": old.id})
            self.assertDue(row, "2026-04-21")
            acts.withdraw(row, "已另行处理")
            off["date"] = "2026-04-16"
            self.env["water.calendar.day"].create({**off, "calendar_id": old.id})
        self.assertEqual(row.due_on, date(2026, 4, 21), "nobody is paid any more")

    def _events(self, case):
        events = case.event_ids.filtered(lambda row: row.kind == "clock_replanned")
        return events.filtered(lambda row: row.payload["clock"] == "payment").sorted("id")

    def test_a_limit_that_was_provisional_costs_nothing(self):
        """The guaranteed answer reached into a year without published holidays."""
        with freeze_time(YEAR_END):
            case = self._complaint()
        clock = self._clock(case, "guarantee")
        self.assertTrue(clock.provisional and clock.promised_provisional)
        with freeze_time(clock.due_at + timedelta(days=1)):
            self._sweep()
        self.assertEqual(clock.state, "running")  # its days are not known yet
        self.assertFalse(self._of_case(case))

    def test_late_by_the_companys_day(self):
        """The penalty begins by the company's day, regardless of the user's time zone."""
        row = self._missed()
        self._load(date(2027, 1, 1), at=YEAR_END + timedelta(days=2))
        late = local(f"{row.due_on + timedelta(days=1)} 00:30")
        rows = self.compensations.with_context(tz="UTC")
        with freeze_time(late):
            self.assertIn(row, rows.search(rows._penalty_domain()))
            self.assertTrue(row.with_context(tz="America/New_York").is_late)
        with freeze_time(late - timedelta(hours=1)):
            self.assertNotIn(row, rows.search(rows._penalty_domain()))
        with freeze_time(late):
            acts.refuse(self._as("supervisor", row), "客户取消预约")
            row.invalidate_recordset(["is_late"])
            self.assertFalse(row.is_late, "nothing is owed")
            self.assertNotIn(row, rows.search([("is_late", "=", True)]))
            self.assertNotIn(row, rows.search(rows._penalty_domain()))

    def test_the_trace_says_when_to_pay_and_why(self):
        row = self._missed()
        self.assertIn("working days from the failure", row.calculation)
        self.assertIn(row.rule_id.source, row.calculation)

    def test_the_trace_says_from_where_further_periods_count(self):
        terms = {"method": "fixed", "first": "50", "further": "50", "further_hours": "24"}
        for since, after, words in (
            ("limit", "", "Further periods count from the limit."),
            ("begin", "48", "Further periods count from 48 h after the beginning."),
        ):
            rule = {**terms, "further_from": since, "further_after": after or None}
            outcome = calculate(inputs(rule, 60))
            text = self.env["water.compensation"]._tell_steps(
                outcome.steps, self.company.currency_id, self.company
            )
            self.assertIn(words, text)

    def test_an_unknown_bill_caps_nothing_and_asks(self):
        terms = {"method": "fixed", "first": "50", "cap_bill": True}
        unknown = calculate(inputs(terms, 60, bill={}))
        self.assertEqual(unknown.amount, 50)
        self.assertIn("cap_bill_unknown", dict(unknown.steps))
        text = self.env["water.compensation"]._tell_steps(
            unknown.steps, self.company.currency_id, self.company
        )
        self.assertIn("cap not applied, the bill is unknown", text)
        known = calculate(inputs(terms, 60, bill={"annual_water": "30"}))
        self.assertEqual(known.amount, 30)
        self.assertNotIn("cap_bill_unknown", dict(known.steps))
        self.assertTrue(self.compensations._is_bill_unknown(unknown))
        self.assertFalse(self.compensations._is_bill_unknown(known))

    def test_an_unknown_bill_is_a_to_do_until_it_is_known(self):
        """The cap asks the case handler for the bill; entering it calculates the compensation."""
        account = self.env["water.account"].create(
            {"code": "B-1", "partner_id": self.customer.id, "address": "东城路"}
        )
        case = self._complaint(account_id=account.id)
        rule = self._rule("gss_en_2025_supply_emerg_household")
        rule = rule or self.env["water.compensation.rule"].search([], limit=1)
        trusted(rule).write({"cap_bill": True})
        values = {
            "origin_key": f"test:{case.id}",
            "company_id": self.company.id,
            "account_id": account.id,
            "complaint_id": case.id,
            "partner_id": self.customer.id,
            "failed_at": local("2026-03-02 10:00"),
        }
        facts = {"begin": "2026-03-01T00:00:00", "end": "2026-03-03T00:00:00"}
        rows = self.compensations._work_out([{"values": values, "rule": rule, "facts": facts}])
        self.assertTrue(rows.bill_unknown)
        kind = self.env.ref("water_compensation.mail_activity_type_bill")
        to_do = case.activity_ids.filtered(lambda row: row.activity_type_id == kind)
        self.assertEqual(to_do.user_id, self.users["agent"])
        self.assertIn("B-1", to_do.summary)
        action = self._as("agent", rows).action_enter_bill()
        self.assertEqual((action["res_model"], action["res_id"]), ("water.account", account.id))
        self.compensations._work_out([{"values": values, "rule": rule, "facts": facts}])
        self.assertEqual(case.activity_ids.filtered(lambda r: r.activity_type_id == kind), to_do)
        before = rows.amount
        self._as("agent", account).annual_water_bill = 10
        self.env.invalidate_all()
        self.assertFalse(rows.bill_unknown)
        self.assertFalse(case.activity_ids.filtered(lambda r: r.activity_type_id == kind))
        self.assertLess(rows.amount, before)
        self.assertEqual(rows.amount, 10)
