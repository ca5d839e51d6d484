import csv
from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local

from ..compensation import calculate, moment
from ..models.water_compensation_rule import DOUBTFUL
from . import compensation_domain as domain
from .common import EXAMPLES, SchemeCommon

#: Amounts for: (60 h, 30 h 15 min) of an outage, or for one failure.
OUTAGE = {
    # England: first + whole 12 h beyond the limit
    "gss_en_2025_supply_emerg_household": (250, 100),
    "gss_en_2025_supply_emerg_business": (500, 200),
    "gss_en_2025_supply_strategic_household": (100, 0),
    "gss_en_2025_supply_strategic_business": (200, 0),
    "gss_en_2025_supply_planned_household": (300, 150),
    "gss_en_2025_supply_planned_business": (600, 300),
    # 2008: first + whole 24 h beyond the limit
    "gss_ew_2008_supply_emerg_household": (40, 20),
    "gss_ew_2008_supply_emerg_business": (100, 50),
    "gss_ew_2008_supply_strategic_household": (20, 0),
    "gss_ew_2008_supply_strategic_business": (50, 0),
    "gss_ew_2008_supply_planned_household": (40, 30),
    "gss_ew_2008_supply_planned_business": (100, 75),
    # whole 12 h from the beginning
    "dwrcymru_dwrcymru_vol_household": (150, 60),
    "dwrcymru_dwrcymru_vol_strategic_household": (150, 60),
    # 30 a month of basic fee, whole days
    "tw_bill_credit_tw_outage": (2, 1),
    "tw_bill_credit_tw_outage_main": (2, 1),
    # fictitious: first + whole 12 h beyond 24 h, 48 h, the announced end
    "cn_demo_d-supply_household": (140, 50),
    "cn_demo_d-supply_business": (500, 200),
    "cn_demo_d-supply-main_household": (80, 0),
    "cn_demo_d-supply-main_business": (300, 0),
    "cn_demo_d-supply-plan_household": (200, 110),
    "cn_demo_d-supply-plan_business": (700, 400),
    "cn_demo_d-water": (50, 30),
}
ONCE = {
    "gss_en_2025_appt_made_household": 40,
    "gss_en_2025_appt_kept_household": 50,
    "gss_en_2025_acct_query_household": 40,
    "gss_en_2025_acct_query_business": 40,
    "gss_en_2025_pay_arr_household": 40,
    "gss_en_2025_complaint_household": 40,
    "gss_ew_2008_appt_made_household": 20,
    "gss_ew_2008_appt_made_business": 20,
    "gss_ew_2008_appt_kept_household": 20,
    "gss_ew_2008_appt_kept_business": 20,
    "gss_ew_2008_acct_query_household": 20,
    "gss_ew_2008_acct_query_business": 20,
    "gss_ew_2008_pay_arr_household": 20,
    "gss_ew_2008_pay_arr_business": 20,
    "gss_ew_2008_complaint_household": 20,
    "gss_ew_2008_complaint_business": 20,
    "cn_demo_d-appt": 50,
    "cn_demo_d-complaint": 30,
    "cn_demo_d-query": 20,
}
PRESSURE = {
    "gss_en_2025_low_press_household": 50,
    "gss_ew_2008_low_press_household": 25,
    "gss_ew_2008_low_press_business": 25,
    "cn_demo_d-press": 30,
}
#: (announced 47 h before, announced 23 h before)
ANNOUNCED = {
    "gss_en_2025_plan_notice_household": (50, 50),
    "gss_ew_2008_plan_notice_household": (20, 20),
    "gss_ew_2008_plan_notice_business": (50, 50),
    "gss_wa_2008_plan_notice_wa_household": (0, 20),
    "gss_wa_2008_plan_notice_wa_business": (0, 50),
    "cn_demo_d-notice": (0, 30),
}
#: sewerage charge of 120, 480 and 9000 a year
SHARE = {
    "gss_en_2025_flood_int_household": (300, 480, 2000),
    "gss_ew_2008_flood_int_household": (150, 480, 1000),
    "gss_ew_2008_flood_int_business": (150, 480, 1000),
}
OTHER = {"cn_legal_loss": 800, "cn_demo_d-loss": 800, "cn_demo_d-leak": 234.38}
NO_CAPS = (0, 0, 0, 0, 0, False)
LEAK = {"usual": ["21"], "billed": "96", "water_price": "3.45", "waste_price": "1.4"}


@tagged("post_install", "-at_install")
class TestCompensationRule(SchemeCommon):
    """The rules that are shipped, every one of them, and what a rule must be."""

    second_company = True

    def _shipped(self):
        prefix = "compensation_rule_"
        rows = self.env["ir.model.data"].search(
            [("module", "=", "water_compensation"), ("model", "=", "water.compensation.rule")]
        )
        return {
            row.name.removeprefix(prefix): self.env["water.compensation.rule"].browse(row.res_id)
            for row in rows
        }

    def _by_rule(self, rule, facts):
        data = rule._inputs(self.company, facts, self.account)
        return float(calculate(data | {"rate": "1"}).amount)

    # -- the table --------------------------------------------------------------------------------

    def test_every_shipped_rule(self):
        """Each is active and tested here, or is inactive and not found."""
        self.account = self._account(monthly_basic_fee=30, annual_water_bill=5000)
        tables = {
            **{name: self._outages for name in OUTAGE},
            **{name: self._once for name in ONCE},
            **{name: self._pressure for name in PRESSURE},
            **{name: self._announced for name in ANNOUNCED},
            **{name: self._share for name in SHARE},
            **{name: self._other for name in OTHER},
        }
        shipped = self._shipped()
        self.assertFalse(tables.keys() - shipped.keys())
        for name, rule in shipped.items():
            with self.subTest(rule=name):
                if name in tables:
                    self.assertTrue(rule.active)
                    tables[name](name, rule)
                    self.assertEqual(self._found(rule), rule)
                else:
                    self.assertFalse(rule.active, "a rule in use has no case here")
                    self.assertNotEqual(self._found(rule), rule)

    def _found(self, rule):
        """The rule that its scheme finds for its own failure and customers."""
        rules = self.env["water.compensation.rule"]
        wanted = (rule.trigger, rule.customer_class or "household", date(2026, 3, 11))
        return rules.browse(rules._rule_id(rule.profile_id.id, self.company.id, *wanted))

    def _outages(self, name, rule):
        begin = local("2026-03-11 08:00")
        limit = rule._limit_of(begin, self.company._water_calendar())
        for hours, amount in zip((60, 30.25), OUTAGE[name], strict=True):
            end = begin + timedelta(hours=hours)
            spans = {"begin": moment(begin), "limit": moment(limit), "end": moment(end)}
            self.assertEqual(self._by_rule(rule, spans), amount, hours)

    def _once(self, name, rule):
        self.assertEqual(self._by_rule(rule, {}), ONCE[name])

    def _pressure(self, name, rule):
        begin = local("2026-03-02 08:00")
        for minutes, amount in ((61, PRESSURE[name]), (60, 0)):
            spells = [
                [moment(first), moment(first + timedelta(minutes=minutes)), "x"]
                for first in (begin, begin + timedelta(days=28))
            ]
            self.assertEqual(self._by_rule(rule, {"occasions": spells}), amount, minutes)

    def _announced(self, name, rule):
        begin = local("2026-03-11 08:00")
        end = begin + timedelta(hours=6)
        for hours, amount in zip((47, 23), ANNOUNCED[name], strict=True):
            given = begin - timedelta(hours=hours)
            notice = {"begin": moment(begin), "end": moment(end), "given": moment(given)}
            self.assertEqual(self._by_rule(rule, {"notice": notice}), amount, hours)

    def _share(self, name, rule):
        for charge, amount in zip((120, 480, 9000), SHARE[name], strict=True):
            self.account.annual_sewerage_charge = charge
            self.assertEqual(self._by_rule(rule, {}), amount, charge)

    def _other(self, name, rule):
        facts = {"claim": {"claimed": "800"}, "leak": LEAK}
        self.assertEqual(self._by_rule(rule, facts), OTHER[name])

    def test_unverified_figures_are_switched_off(self):
        for name, rule in self._shipped().items():
            with self.subTest(rule=name):
                self.assertEqual(rule.active, rule.tag not in DOUBTFUL)
                self.assertTrue(rule.source)
                self.assertTrue(rule.active or rule.doubt)

    def test_terms_of_the_sources(self):
        """Every row of the British schemes: figures, caps, evidence, and off what is no V."""
        shipped = {
            name for name in self._shipped() if name.startswith(("gss_en_2025", "gss_ew_2008"))
        }
        seen = set()
        for scheme in domain.SCHEMES:
            for code, customers, figures, tag in domain.rows(scheme):
                name = f"{scheme}_{code}_{customers}"
                seen.add(name)
                with self.subTest(rule=name):
                    rule = self._rule(name)
                    self.assertEqual(self._figures(rule), figures)
                    self.assertEqual((rule.tag, rule.active), (tag, tag == "V"))
                    self.assertEqual(self._caps(rule), domain.CAPS.get((scheme, code), NO_CAPS))
                    begin = "2025-10-01" if code in domain.OCTOBER else domain.SCHEMES[scheme][1]
                    self.assertEqual(fields.Date.to_string(rule.valid_from), begin)
        self.assertEqual(seen, shipped, "no rule without its row, no row without its rule")

    def _figures(self, rule):
        unit = "wd" if rule.limit_unit == "working_day" else ""
        limit = f"{rule.limit_amount:g}{unit}" if rule.limit_amount else "-"
        names = ("first_amount", "further_amount", "further_hours", "pay_days", "late_penalty")
        first, further, hours, days, late = (f"{rule[name] or 0:g}" for name in names)
        texts = [first, further, hours, limit, days, late]
        return ["-" if text == "0" else text for text in texts]

    def _caps(self, rule):
        names = ("share_percent", "least_amount", "cap_event", "cap_count", "cap_year", "cap_bill")
        return tuple(rule[name] for name in names)

    def test_late_penalties(self):
        """Household £40 in England, as read; businesses' for supply was not found: none."""
        for name, amount in (
            ("gss_en_2025_appt_kept_household", 40),
            ("gss_en_2025_supply_emerg_household", 40),
            ("gss_en_2025_supply_emerg_business", 0),
            ("gss_en_2025_acct_query_business", 40),
            ("gss_ew_2008_supply_emerg_business", 50),
            ("gss_ew_2008_appt_kept_household", 10),
        ):
            self.assertEqual(self._rule(name).late_penalty, amount, name)

    def test_example_is_clearly_fictitious(self):
        profile = self.env.ref("water_compensation.compensation_profile_cn_demo")
        self.assertTrue(profile.is_fictitious)
        self.assertIn("虚构", profile.name)
        self.assertEqual(set(profile.rule_ids.mapped("tag")), {"F"})
        for rule in profile.rule_ids:
            self.assertIn("示例，虚构", rule.name)

    def test_no_scheme_is_chosen_for_a_company(self):
        self.assertFalse(self.company2.water_compensation_profile_id)

    # -- which rule holds -------------------------------------------------------------------------

    def _find(self, trigger="supply", customer_class="household", day="2026-03-11"):
        rules = self.env["water.compensation.rule"]
        return rules._rule_for(self.company, trigger, customer_class, fields.Date.to_date(day))

    def test_sorted_by_date(self):
        self.assertEqual(self._find(day="2025-07-02").code, "SUPPLY_EMERG")
        self.assertFalse(self._find(day="2025-07-01"))

    def test_own_rule_of_a_company_before_that_of_all(self):
        rule = self._rule("gss_en_2025_supply_emerg_household")
        own = rule.copy({"company_id": self.company.id, "first_amount": 80})
        self.assertEqual(self._find(), own)
        own.active = False
        self.assertEqual(self._find(), rule)

    # -- versions ---------------------------------------------------------------------------------

    def _use(self):
        self._account()
        incident = self._incident("2026-03-09 08:00")
        return self._restored(incident, "2026-03-11 09:00")

    def test_used_rule_is_replaced(self):
        row = self._use()
        old = self._as("manager", self._rule("gss_en_2025_supply_emerg_household"))
        with self.assertRaisesRegex(UserError, "new version"):
            old.first_amount = 60
        old.name = "Supply not back in time"  # how it is called is no term
        action = old.action_new_version()
        new = old.browse(action["res_id"])
        new.first_amount = 60
        new.action_unarchive()
        self.assertFalse(old.valid_to or new.active)
        self._confirm_changes(new)
        self.assertEqual((old.valid_to, new.valid_from), (date(2026, 3, 10), date(2026, 3, 11)))
        self.assertEqual((new.version, new.code), (2, "SUPPLY_EMERG"))
        self.assertEqual(self._find(day="2026-03-10").id, old.id)
        self.assertEqual(self._find(day="2026-03-11").id, new.id)
        row.action_recompute()
        self.assertEqual(row.rule_id.id, old.id)  # the failure was before
        with self.assertRefused("make a new version", old):
            old.with_env(self.env).unlink()

    def test_only_managers_keep_rules(self):
        rule = self._rule("gss_en_2025_supply_emerg_household")
        for login in ("agent", "supervisor", "quality", "finance"):
            with self.assertRaises(AccessError):
                self._as(login, rule).first_amount = 1
            with self.assertRaises(AccessError):
                self._as(login, rule).action_new_version()

    # -- confirming -------------------------------------------------------------------------------

    def test_confirming(self):
        rule = self._as("manager", self._rule("gss_en_2025_appt_kept_business"))
        with self.assertRaisesRegex(ValidationError, "no source"):
            rule.active = True
        with self.assertRaisesRegex(UserError, "which law"):
            rule.action_confirm()
        with self.assertRaisesRegex(UserError, "button"):
            rule.confirmed_at = fields.Datetime.now()
        rule.confirm_note = "SI 2025/662 reg 6, read on 1 March"
        rule.action_confirm()
        self.assertFalse(rule.active)
        self._confirm_changes(rule)
        self.assertTrue(rule.active)
        self.assertEqual(rule.confirmed_by_id, self.users["manager"])
        self.assertEqual(self._find("appointment", "business").id, rule.id)
        rule.action_switch_off()
        self._confirm_changes(rule)
        self.assertFalse(self._find("appointment", "business"))
        with self.assertRaises(AccessError):
            self._as("supervisor", rule).action_confirm()

    def test_confirming_needs_an_amount(self):
        rule = self._as("manager", self._rule("gss_en_2025_psr_household"))
        rule.confirm_note = "SI 2025/662"
        with self.assertRaisesRegex(ValidationError, "no amount"):
            rule.action_confirm()

    def test_parts_of_a_bill_need_no_amount(self):
        rule = self._as("manager", self._rule("tw_bill_credit_tw_outage"))
        rule.month_days = 31
        rule._check_amount()
        self.assertTrue(rule._has_amount())

    # -- bad input --------------------------------------------------------------------------------

    def _new(self, **values):
        return self._as("manager", self.env["water.compensation.rule"]).create(
            {
                "name": "x",
                "code": "X",
                "profile_id": self.env.ref("water_compensation.compensation_profile_cn_legal").id,
                "trigger": "appointment",
                "first_amount": 10,
                "valid_from": "2026-01-01",
                **values,
            }
        )

    def test_without_an_amount(self):
        with self.assertRaisesRegex(ValidationError, "no amount"):
            self._new(first_amount=0)
        self.assertTrue(self._new(code="Y", first_amount=0, active=False))

    @mute_logger("odoo.sql_db")
    def test_negative(self):
        for name in ("first_amount", "further_amount", "cap_event", "late_penalty", "pay_days"):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._new(**{name: -1})

    @mute_logger("odoo.sql_db")
    def test_ends_before_it_begins(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._new(valid_to="2025-12-31")

    def test_period_without_length(self):
        with self.assertRaisesRegex(ValidationError, "how long"):
            self._new(further_amount=5)

    def test_overlapping_validity(self):
        savepoint = self.env.cr.savepoint
        first = self._new(valid_to="2026-06-30")
        self._confirm_changes(first)
        with self.assertRaisesRegex(ValidationError, "same failure on the same days"), savepoint():
            self._new(code="Y", valid_from="2026-06-30")
        self._confirm_changes(self._new(code="V", valid_from="2026-07-01"))
        with self.assertRaisesRegex(ValidationError, "same failure"), savepoint():
            self._new(code="W", valid_from="2026-03-01")  # as two others
        with self.assertRaisesRegex(ValidationError, "same failure"), self.env.cr.savepoint():
            first.valid_to = False
        self.assertTrue(self._new(code="Z", customer_class="business"))

    def test_currency_of_another_country_asks_for_a_rate(self):
        profile = self.env.ref("water_compensation.compensation_profile_gss_ew_2008")
        self._choose(False, rate=0)
        refused = self.assertRaisesRegex(ValidationError, "enter the rate")
        with refused, self.env.cr.savepoint():
            self.company.water_compensation_profile_id = profile
        settings = self.env["res.config.settings"].create(
            {"water_compensation_profile_id": profile.id, "water_compensation_rate": 9.2}
        )
        settings.execute()
        self.assertEqual(self.company.water_compensation_profile_id, profile)
        self.assertEqual(self.company.water_compensation_rate, 9.2)

    def test_scheme_without_sums_needs_no_rate(self):
        self._choose("tw_bill_credit", rate=0)
        self.assertTrue(self._find())

    def test_scheme_is_not_based_on_itself(self):
        profile = self.env.ref("water_compensation.compensation_profile_gss_ew_2008")
        with self.assertRaisesRegex(ValidationError, "itself"):
            profile.base_id = self.env.ref("water_compensation.compensation_profile_dwrcymru")
        with self.assertRaisesRegex(ValidationError, "same currency"):
            profile.base_id = self.env.ref("water_compensation.compensation_profile_cn_demo")


@tagged("post_install", "-at_install")
class TestExamples(ComplaintCommon):
    """Schemes of other countries are imported from their tables."""

    def test_manager_imports_every_table(self):
        codes = ("GSS-EN-2025", "TW-BILL-CREDIT")
        profiles = self._as("manager", self.env["water.compensation.profile"])
        self.assertFalse(profiles.search([("code", "in", codes)]))
        for name in EXAMPLES:
            room = "water_compensation/compensation_scheme/examples/water.compensation"
            with file_open(f"{room}.{name}.csv") as file:
                head, *rows = csv.reader(file)
            model = profiles if name == "profile" else profiles.rule_ids
            found = model.load(head, rows)
            self.assertEqual((len(found["ids"] or ()), found["messages"]), (len(rows), []))
        self.assertEqual(len(profiles.search([("code", "in", codes)])), 2)
