from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationYear(CompensationCommon):
    """What a rule with a yearly cap counts: amounts, times, or both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["water.account"].create(
            {"code": "H-1", "partner_id": cls.customer.id, "address": "东城路8号"}
        )
        profile = cls.env["water.compensation.profile"].create({"name": "T", "code": "T-9"})
        values = {"name": "T", "code": "T", "profile_id": profile.id, "trigger": "appointment"}
        cls.rule = cls.env["water.compensation.rule"].create({**values, "first_amount": 50})

    def _owed(self, key, **values):
        values = {"failed_at": local("2026-03-02 10:00"), "account_id": self.account.id, **values}
        return self._entitlement(key, trigger="appointment", rule_id=self.rule.id, **values)

    def _usage(self, key="new", **values):
        values = {
            "origin_key": key,
            "company_id": self.company.id,
            "account_id": self.account.id,
            "failed_at": local("2026-03-09 10:00"),
            **values,
        }
        return self.env["water.compensation"]._year_usage([{"rule": self.rule, "values": values}])

    def test_either_cap_is_enough(self):
        self._owed("a")
        found = {"new": {"year_paid": "50", "year_count": 1}}
        for amount, count, expected in ((60, 0, found), (0, 2, found), (60, 2, found), (0, 0, {})):
            trusted(self.rule).write({"cap_year": amount, "cap_count": count})
            with self.subTest(amount=amount, count=count):
                self.assertEqual(self._usage(), expected)
        trusted(self.rule).cap_year = 60
        self.assertEqual(self._usage(account_id=False), {})  # outside the year

    def test_counted_cases_of_year(self):
        """Compensations of the account for the same failure in the fiscal year, except the row
        itself.
        """
        trusted(self.rule).cap_year = 1000
        other = self.account.copy({"code": "H-2"})
        self._owed("first", failed_at=local("2026-01-01 00:00"), amount=1)
        self._owed("last", failed_at=local("2026-12-31 23:59:59"), amount=2)
        self._owed("before", failed_at=local("2025-12-31 23:59:59"), amount=4)
        self._owed("after", failed_at=local("2027-01-01 00:00"), amount=8)
        self._owed("nothing", amount=0)
        self._owed("elsewhere", account_id=other.id, amount=16)
        self._owed("otherwise", amount=32)
        self._trusted(self._row("otherwise")).trigger = "loss"
        self._owed("refused", amount=64)
        acts.refuse(self._as("supervisor", self._row("refused")), "客户取消预约")
        self._owed("penalty", amount=128)
        self._trusted(self._row("penalty")).kind = "penalty"
        self.assertEqual(self._usage(), {"new": {"year_paid": "3", "year_count": 2}})
        third = self.account.copy({"code": "H-3"})
        nothing = {"new": {"year_paid": "0", "year_count": 0}}
        self.assertEqual(self._usage(account_id=third.id), nothing)
        self.assertEqual(self._usage("first"), {"first": {"year_paid": "2", "year_count": 1}})

    def _row(self, key):
        return self.env["water.compensation"].search([("origin_key", "=", key)])
