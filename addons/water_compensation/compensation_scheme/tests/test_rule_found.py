from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local

from ..models.water_compensation_rule import DOUBTFUL, FIGURES, SUMS, RuleSpec
from .common import SchemeCommon

TODAY, DAY = date(2026, 3, 11), timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRuleFound(SchemeCommon):
    """Which rule holds for whom from which day until which, and what it needs to hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})

    def _new_rule(self, **values):
        facts = {"name": "T", "code": "T", "profile_id": self.profile.id, "first_amount": 50}
        values = {**facts, "trigger": "appointment", "valid_from": TODAY, **values}
        return self.env["water.compensation.rule"].create(values)

    def test_match(self):
        """Scheme, failure, company and class, from its first day to its last."""
        spec = RuleSpec(1, 5, 7, "leak", "household", TODAY, TODAY + DAY, True, 0, "hour")
        facts = {"profile_id": 5, "company_id": 7, "trigger": "leak", "day": TODAY}
        facts["customer_class"] = "household"
        everybody = spec._replace(company_id=False, customer_class=False, valid_to=False)
        for values, fits, fits_everybody in (
            *(({}, True, True), ({"profile_id": 6}, False, False)),
            *(({"trigger": "loss"}, False, False), ({"company_id": 8}, False, True)),
            *(({"customer_class": "business"}, False, True),),
            *(({"day": TODAY - DAY}, False, False), ({"day": TODAY + DAY}, True, True)),
            ({"day": TODAY + 2 * DAY}, False, True),
        ):
            self.assertIs(spec.fits(**{**facts, **values}), fits, values)
            self.assertIs(everybody.fits(**{**facts, **values}), fits_everybody, values)

    def test_the_narrowest_is_found(self):
        """The company's before all companies', the class's before all customers'; else the base."""
        with freeze_time("2000-01-01"):  # the scheme of all days
            self.company.water_compensation_profile_id = self.profile
        other = self.env["res.company"].create({"name": "别处水务"})
        rows = [
            self._new_rule(code=f"T{number}", **values)
            for number, values in enumerate(
                (
                    {"company_id": self.company.id, "customer_class": "household"},
                    {"company_id": self.company.id},
                    {"customer_class": "household"},
                    {},
                )
            )
        ]
        self._new_rule(code="T8", company_id=other.id, customer_class="household")
        base = self.env["water.compensation.profile"].create({"name": "B", "code": "B-9"})
        below = self._new_rule(code="B", profile_id=base.id)
        self.profile.base_id = base

        def find(customers="household", day=TODAY):
            rules = self.env["water.compensation.rule"]
            return rules._rule_for(self.company, "appointment", customers, day)

        self.assertEqual(find("business"), rows[1])
        self.assertEqual(find(False), rows[0])  # households if unknown
        for rule in rows:
            self.assertEqual(find(), rule)
            rule.active = False
        self.assertEqual(find(), below)
        self.assertFalse(find(day=TODAY - DAY))
        with freeze_time("2000-01-01"):
            self.company.water_compensation_profile_id = False
        self.assertFalse(find())

    def test_rules_one_after_another(self):
        """The day after is free; the last day itself is not, nor any day of one without an end."""
        self._new_rule(valid_to=TODAY + DAY)
        self._new_rule(code="T2", valid_from=TODAY + 2 * DAY, valid_to=TODAY + 3 * DAY)
        self._new_rule(code="T3", valid_from=TODAY - 9 * DAY, valid_to=TODAY - DAY)
        for values in (
            *({"customer_class": "household"}, {"company_id": self.company.id}),
            *({"trigger": "loss"}, {"active": False}),
        ):
            self._new_rule(code="-".join(values), **values)
        for first, last in (
            *((TODAY + DAY, TODAY + DAY), (TODAY + 3 * DAY, False), (TODAY - 20 * DAY, False)),
            *((TODAY - DAY, TODAY - DAY), (TODAY - 20 * DAY, TODAY - 9 * DAY)),
        ):
            with self.subTest(first=first, last=last):
                refused = self.assertRaisesRegex(ValidationError, "same failure on the same days")
                with refused, self.env.cr.savepoint():
                    self._new_rule(code="T5", valid_from=first, valid_to=last)

    def test_next_version(self):
        """From today, or the day after the old one began; that one ends the day before."""
        for begun, begins in (
            (TODAY - DAY, TODAY),
            (TODAY, TODAY + DAY),
            (TODAY + DAY, TODAY + 2 * DAY),
        ):
            profile = self.profile.copy({"code": f"T{begun}"})
            rule = self._new_rule(profile_id=profile.id, valid_from=begun, tag="V")
            version = rule.browse(rule.action_new_version()["res_id"])
            self.assertEqual((version.valid_from, version.version), (begins, 2))
            self.assertEqual((rule.valid_to, version.valid_to), (begins - DAY, False))
            self.assertEqual((version.tag, version.active), ("P", True))
            third = rule.browse(version.action_new_version()["res_id"])
            self.assertEqual(third.version, 3)
        rule = self._new_rule(tag="I", active=False, trigger="loss")
        version = rule.browse(rule.action_new_version()["res_id"])
        self.assertEqual((version.tag, version.active), ("I", False))

    def test_unread_figures(self):
        """Unverified by its tag until a manager confirms it."""
        tags = [tag for tag, _label in self.env["water.compensation.rule"]._fields["tag"].selection]
        for tag in tags:
            rule = self.env["water.compensation.rule"].new({"tag": tag})
            self.assertIs(rule.is_doubtful, tag in DOUBTFUL, tag)
            rule.confirmed_at = fields.Datetime.now()
            self.assertIs(rule.is_doubtful, False, tag)
        self.assertEqual(set(DOUBTFUL), {"VI", "I", "K", "NF"})

    def test_something_can_come_of_it(self):
        """Sums of a fixed one, a share of a share; claimed or billed amounts need neither."""
        draft = self.env["water.compensation.rule"].new
        for method, values, has_amount in (
            *(("fixed", {}, False), ("fixed", {"first_amount": 1}, True)),
            *(("fixed", {"further_amount": 1}, True), ("fixed", {"share_percent": 1}, False)),
            *(("share", {}, False), ("share", {"share_percent": 1}, True)),
            *(("leak", {"waste_percent": 1}, True), ("leak", {"first_amount": 1}, False)),
            *(("claim", {}, True), ("bill_days", {}, True)),
        ):
            self.assertIs(draft({"method": method, **values})._has_amount(), has_amount, values)
        self.assertFalse(draft({})._has_sums())
        for name in FIGURES:
            self.assertIs(draft({name: 1})._has_sums(), name in SUMS, name)

    def test_inputs_of_calculation(self):
        """The rate where sums are in another currency; the bill where the rule goes by it."""
        account = self._account(annual_water_bill=300)
        self.company.water_compensation_rate = 9
        foreign = self.env["res.currency"].with_context(active_test=False)
        foreign = foreign.search([("id", "!=", self.company.currency_id.id)], limit=1)
        elsewhere = self.profile.copy({"code": "T-8", "currency_id": foreign.id})
        for values, rate, has_bill in (
            *(({}, "1", False), ({"profile_id": elsewhere.id}, "9", False)),
            *(({"profile_id": elsewhere.id, "method": "claim", "first_amount": 0}, "1", False),),
            *(({"cap_bill": True}, "1", True), ({"method": "bill_days"}, "1", True)),
            ({"method": "share", "share_percent": 5}, "1", True),
        ):
            rule = self._new_rule(code="-".join(values) or "T", **values)
            inputs = rule._inputs(self.company, {"begin": "x"}, account)
            with self.subTest(values):
                self.assertEqual((inputs["rate"], inputs["begin"]), (rate, "x"))
                self.assertEqual(inputs.get("bill"), {"annual_water": "300"} if has_bill else None)
            rule.active = False

    def test_limits(self):
        """None: it is late from the beginning; hours by the clock; days by the calendar."""
        calendar, begin = self.company._water_calendar(), local("2026-03-13 16:30")  # a Friday
        draft = self.env["water.compensation.rule"].new
        for amount, unit, due in (
            *((0, "hour", begin), (12, "hour", begin + timedelta(hours=12))),
            (1, "working_day", local("2026-03-16 17:30")),
        ):
            rule = draft({"limit_amount": amount, "limit_unit": unit})
            self.assertEqual(rule._limit_of(begin, calendar), due, (amount, unit))

    # -- open work -----------------------------------------------------------

    def test_first_run(self):
        """A real scheme with confirmed rules."""
        missing = self.env["water.setup"]._missing_scheme
        self.company.water_compensation_profile_id = False
        self.assertIn("No scheme is chosen", missing(self.company)[0])
        self.company.water_compensation_profile_id = self.profile
        self.assertEqual(missing(self.company), [])
        rule = self._new_rule(tag="I", active=False)
        self.assertEqual(missing(self.company), [])  # inactive rules raise no warning
        self.env.cr.execute(
            "UPDATE water_compensation_rule SET active = true WHERE id = %s", [rule.id]
        )
        self.env.invalidate_all()
        self.assertIn("Unconfirmed rules", missing(self.company)[0])
        self.profile.is_fictitious = True
        self.assertIn("invented example", missing(self.company)[0])

    def test_rate_is_asked_for(self):
        """Only for amounts in another currency."""
        foreign = self.env["res.currency"].with_context(active_test=False)
        foreign = foreign.search([("id", "!=", self.company.currency_id.id)], limit=1)
        elsewhere = self.profile.copy({"code": "T-8", "currency_id": foreign.id})
        settings = self.env["res.config.settings"].new({"company_id": self.company.id})
        for profile, has_rule, asks in (
            *((self.profile, True, False), (elsewhere, False, False), (elsewhere, True, True)),
            (self.env["water.compensation.profile"], False, False),
        ):
            if has_rule:
                self._new_rule(profile_id=profile.id)
            settings.water_compensation_profile_id = profile
            self.assertIs(bool(settings.water_compensation_foreign), asks, profile.code)
