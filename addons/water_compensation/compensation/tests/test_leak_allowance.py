from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestLeakAllowance(BillCommon):
    """Relief after a leak, by readings and normal use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._choose("cn_demo")
        cls.account = cls._account()

    def test_half_of_the_water_all_of_the_waste_water(self):
        """96 m³ billed, 21 normal: 75 × 3.45 × 50 % + 75 × 1.40."""
        application = self._application()
        self.assertEqual((application.normal_volume, application.leaked_volume), (21, 75))
        self.assertIs(application.action_submit(), True)
        row = application.sudo().compensation_id
        self.assertEqual((row.kind, row.state, row.amount), ("allowance", "proposed", 234.38))
        self.assertEqual(row.partner_id, self.customer)
        for words in ("75 m³", "3.45", "1.4", "50%", "100%"):
            self.assertIn(words, row.calculation)
        self.assertFalse(row._penalty_values())
        with self.assertRaisesRegex(UserError, "handed in"):
            application.action_submit()
        with self.assertRefused("is settled", application):
            application.billed_volume = 900
        with self.assertRaisesRegex(UserError, "handed in"):
            application.usage_ids[0].volume = 1

    def test_no_period_is_carried_into_what_was_handed_in(self):
        """The figures that were decided on stay: no row comes there from a draft."""
        handed_in = self._application()
        handed_in.action_submit()
        row = self._as("agent", self._application().usage_ids[0])
        for values in ({"allowance_id": handed_in.id}, {"volume": 1, "allowance_id": handed_in.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                row.write(values)
        self.assertEqual(handed_in.normal_volume, 21)

    def test_author_cannot_decide(self):
        """Authors of the application or of its normal use, even if another user submits it."""
        for write in (
            lambda row: row.write({"billed_volume": 97}),
            lambda row: row.usage_ids[:1].write({"volume": 25}),
        ):
            with self.subTest(), self.env.cr.savepoint() as point:
                application = self._application()
                write(self._as("supervisor", application))
                application.action_submit()
                row = application.sudo().compensation_id
                self.assertIn(self.users["supervisor"], row._barred())
                self.assertNotIn(self.users["manager"], row._barred())
                point.rollback()
            self.env.invalidate_all()

    def test_worked_out_again_it_keeps_account_and_facts(self):
        """Readings, account and day of the failure stay; unchanged facts make no change."""
        application = self._application()
        application.action_submit()
        row = application.sudo().compensation_id
        names = ("account_id", "failed_at", "paid_from", "origin_key", "facts", "amount", "state")
        before = {name: row[name] for name in names}
        self.assertEqual((row.account_id, "leak" in row.facts), (self.account, True))
        version = row.version_ids
        row.with_user(self.users["supervisor"]).action_recompute()
        self.assertEqual({name: row[name] for name in names}, before)
        self.assertEqual(row.version_ids, version)

    def test_once_in_two_years(self):
        self._application().action_submit()
        again = self._application(period_from="2026-02-01", period_to="2026-04-01")
        with self.assertRaisesRegex(UserError, "once in 24 months"):
            again.action_submit()
        early = self._application(period_from="2027-12-01", period_to="2028-01-31")
        with self.assertRaisesRegex(UserError, "once in 24 months"):
            early.action_submit()
        later = self._application(period_from="2027-12-01", period_to="2028-02-01")
        later.action_submit()
        self.assertEqual(later.state, "submitted")

    def test_once_for_two_contacts_of_one_payee(self):
        """The account goes from one person of a company to the next: the company had its own."""
        firm = self.env["res.partner"].create({"name": "东城物业公司", "is_company": True})
        first, second = self.env["res.partner"].create(
            [{"name": f"物业员工{n}", "parent_id": firm.id} for n in range(2)]
        )
        self.account = self._account(9, partner_id=first.id)
        application = self._application()
        application.action_submit()
        self.assertEqual(application.sudo().compensation_id.partner_id, first)
        self.account.write({"partner_id": second.id, "holder_since": "2026-02-01 00:00:00"})
        again = self._application(period_from="2026-02-02", period_to="2026-04-01")
        with self.assertRaisesRegex(UserError, "once in 24 months"):
            again.action_submit()

    def test_once_though_there_were_two(self):
        """The scheme gave it twice before it said once in so many months."""
        rule = self._rule("cn_demo_d-leak")
        months = rule.once_months
        trusted(rule).once_months = 0
        for first, last in (("2025-12-01", "2026-01-01"), ("2026-01-01", "2026-02-01")):
            self._application(period_from=first, period_to=last).action_submit()
        trusted(rule).once_months = months
        with self.assertRaisesRegex(UserError, "once in 24 months"):
            self._application(period_from="2026-02-01", period_to="2026-03-01").action_submit()

    def test_the_same_period_twice_is_refused(self):
        trusted(self._rule("cn_demo_d-leak")).once_months = 0
        self._application().action_submit()
        with self.assertRefused("2025-12-01 to 2026-02-01 has been refunded already"):
            self._application().action_submit()

    def test_cancelled_it_is_not_handed_in(self):
        """A mistaken application is kept without effect."""
        application = self._application()
        self.assertIs(application.action_cancel(), True)
        self.assertEqual(application.state, "cancelled")
        for again in (application.action_submit, application.action_cancel):
            with self.assertRefused("handed in already", application):
                again()
        other = self._application()
        other.action_submit()
        self.assertTrue(other.sudo().compensation_id)

    def test_missing_values_are_named_at_once(self):
        application = self._application(billed_volume=0, repaired_on=False)
        application.with_env(self.env).proof_ids = False
        with self.assertRaisesRegex(UserError, "Repaired On, Billed .m³., and Proof of Repair"):
            application.action_submit()

    def test_refusals_in_words(self):
        for values, words in (
            ({"is_negligent": True}, "left to run"),
            ({"first_read_on": "2026-02-09"}, "after the repair"),
            ({"second_read_on": "2026-02-20"}, "two weeks"),
            ({"second_reading": 1819}, "read again"),
            ({"second_reading": 1850}, "look for the leak"),
            ({"billed_volume": 20, "second_reading": 1821}, "No use above normal"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._application(**values).action_submit()

    def test_just_enough(self):
        """Read on the day of repair and two weeks later, without consumption."""
        days = {"first_read_on": "2026-02-10", "second_read_on": "2026-02-24"}
        application = self._application(second_reading=1820, **days)
        application.action_submit()
        self.assertEqual(application.state, "submitted")
        with self.assertRaisesRegex(UserError, "two weeks"):
            self._application(**days | {"second_read_on": "2026-02-23"}).action_submit()

    def test_as_fast_as_before(self):
        """62 m³ in 62 days: as much in two weeks is 14 m³, less than that is a tight pipe."""
        for reading, is_tight in ((1834, False), (1833.99, True)):
            application = self._application(billed_volume=62, second_reading=reading)
            with self.subTest(reading):
                self.assertEqual(application._refusals() == [], is_tight)

    def test_a_reading_below_the_first_says_so_alone(self):
        """Wrong readings cannot prove that nothing leaks."""
        application = self._application(second_reading=1819)
        [words] = application._refusals()
        self.assertIn("read again", words)

    def test_rule_of_the_last_billed_day(self):
        """Repaired after the rule had ended: earlier bills still follow it."""
        trusted(self._rule("cn_demo_d-leak")).valid_to = "2026-02-01"
        with self.assertRaisesRegex(UserError, "no rule for leaks"):
            self._application(period_to="2026-02-02").action_submit()
        application = self._application()
        application.action_submit()
        self.assertEqual(application.rule_id, self._rule("cn_demo_d-leak"))

    def test_no_rule_for_leaks(self):
        self._choose("cn_legal")
        with self.assertRaisesRegex(UserError, "no rule for leaks"):
            self._application().action_submit()

    def test_only_the_desk(self):
        with self.assertRaises(AccessError):
            self._application("department")
        with self.assertRaises(AccessError):
            self._as("finance", self._application()).action_submit()
