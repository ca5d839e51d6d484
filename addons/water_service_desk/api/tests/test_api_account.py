"""Accounts in an app: the billing system hands in, customers bind and read."""

import contextlib

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon, local
from ...intake.filing import FilingError, TooManyError
from ...own_account.binding import LIMITS


@tagged("post_install", "-at_install")
class TestApiAccount(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine = cls.users["integration"]
        cls.machine.water_channel_ids = cls._channel("wechat")
        cls.billing = cls._new_user(
            "billing", "base.group_user,water_service_desk.group_integration"
        )
        channel = cls._channel("app")
        channel.is_billing = True
        cls.billing.water_channel_ids = channel
        cls.api = cls.env["water.api"].with_user(cls.machine).with_context(lang="en_US")
        cls.biller = cls.env["water.api"].with_user(cls.billing).with_context(lang="en_US")
        cls.account = cls.env["water.account"].create(
            {
                "code": "A-77",
                "partner_id": cls.customer.id,
                "address": "东城路8号",
                "meter_no": "SH-1",
            }
        )
        cls.env["water.gateway"].search([]).active = False

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time("2026-11-20 02:00:00"))
        self.enterContext(self.enter_registry_test_mode())

    def bill(self, **values):
        return {
            "number": "B-1",
            "account_number": "A-77",
            "issued_on": "2026-10-01",
            "due_on": "2026-10-20",
            "volume": 21.5,
            "amount": 86.4,
            **values,
        }

    def bind(self, **facts):
        facts = {"account_number": "A-77", "holder_name": self.customer.name, **facts}
        return self.api.bind({"reference": "openid-1", "name": "李娜"}, facts)

    def test_billing_system(self):
        """Rows are kept one by one; the same number again is a correction."""
        rows = [self.bill(), self.bill(number="B-2", account_number="X"), self.bill(amount="1"), 5]
        answer = self.biller.report_bills(rows)
        self.assertEqual([row["result"] for row in answer], ["created", "error", "error", "error"])
        self.assertEqual(set(answer[1]["errors"]), {"account_number"})
        self.assertEqual(set(answer[2]["errors"]), {"amount"})
        again = self.biller.report_bills([self.bill(state="paid")])
        self.assertEqual(again[0]["result"], "updated")
        (bill,) = self.account.bill_ids
        self.assertEqual((bill.state, bill.amount), ("paid", 86.4))
        reading = {"number": "R-1", "account_number": "A-77", "read_on": "2026-09-28", "value": 7}
        wrong = {**reading, "number": "R-2", "read_on": "yesterday", "kind": "guessed"}
        answer = self.biller.report_readings([reading, wrong])
        self.assertEqual([row["result"] for row in answer], ["created", "error"])
        self.assertEqual(set(answer[1]["errors"]), {"read_on", "kind"})
        balance = {"account_number": "A-77", "balance": -86.4}
        balance["balance_at"] = "2026-10-02T08:00:00+08:00"
        self.assertEqual(self.biller.report_balances([balance])[0]["result"], "updated")
        self.assertEqual(str(self.account.balance_at), "2026-10-02 00:00:00")

    @freeze_time("2026-10-05 00:00:00")
    def test_balances_out_of_order(self):
        """Times use the company's clock; late data does not overwrite newer."""
        for moment, amount, result, kept in (
            ("2026-10-02T08:00:00", -86.4, "updated", (-86.4, "2026-10-02 00:00:00")),
            ("2026-10-01T08:00:00+08:00", -9, "unchanged", (-86.4, "2026-10-02 00:00:00")),
            ("2026-10-02T08:00:00+08:00", -80, "updated", (-80, "2026-10-02 00:00:00")),
            ("2026-10-05T23:59:00+08:00", 5, "updated", (5, "2026-10-05 15:59:00")),
            ("2026-10-03T08:00:00+08:00", 1, "updated", (1, "2026-10-03 00:00:00")),
            ("0001-01-01T00:00:00+08:00", 2, "error", (1, "2026-10-03 00:00:00")),
        ):
            row = {"account_number": "A-77", "balance": amount, "balance_at": moment}
            with self.subTest(moment):
                self.assertEqual(self.biller.report_balances([row])[0]["result"], result)
                account = self.account
                self.assertEqual((account.balance, str(account.balance_at)), kept)

    @freeze_time("2026-10-05 15:30:00")  # half past eleven at night, where the company is
    def test_impossible_cases(self):
        """Rows that no meter and no bill can give are refused, each by the field that is wrong."""
        reading = {"number": "R-1", "account_number": "A-77", "read_on": "2026-10-05", "value": 0}
        balance = {"account_number": "A-77", "balance": 1, "balance_at": "2026-10-05T23:59+08:00"}
        tried = (
            ("readings", reading, ({"value": -0.01}, {"value": 1e12}, {"read_on": "2026-10-06"})),
            ("readings", reading, ({"value": float("nan")}, {"value": True})),
            ("bills", self.bill(), ({"issued_on": "2026-11-06"}, {"issued_on": "2062-10-01"})),
            (
                "bills",
                self.bill(),
                ({"amount": 1e12}, {"volume": -1.1e9}, {"amount": float("inf")}),
            ),
            ("bills", self.bill(), ({"currency": "USD"}, {"currency": 156})),
            ("balances", balance, ({"balance_at": "2026-10-06T00:00+08:00"}, {"balance": -1e12})),
            ("balances", balance, ({"currency": "EUR"},)),
        )
        for what, row, faults in tried:
            for fault in faults:
                with self.subTest(what, **fault):
                    report = getattr(self.biller, f"report_{what}")
                    (wrong, right) = report([{**row, **fault}, row])
                    self.assertEqual(set(wrong["errors"]), set(fault))
                    self.assertEqual((wrong["result"], right["errors"]), ("error", {}))
        turned = self.bill(period_from="2026-09-30", period_until="2026-09-01")
        self.assertEqual(set(self.biller.report_bills([turned])[0]["errors"]), {"period_until"})
        (bill,) = self.account.bill_ids
        self.assertEqual((bill.amount, bill.period_from), (86.4, False))

    @freeze_time("2026-10-05 02:00:00")
    def test_possible_cases(self):
        """A bill printed for the next month, a credit, a period of one day, our currency."""
        own = self.env.company.currency_id.name
        rows = [
            self.bill(issued_on="2026-11-05", currency=own),
            self.bill(number="B-2", amount=-86.4, volume=-21.5),
            self.bill(number="B-3", period_from="2026-09-30", period_until="2026-09-30"),
        ]
        self.assertEqual([row["errors"] for row in self.biller.report_bills(rows)], [{}] * 3)

    def test_only_the_billing_system(self):
        """Other integrations cannot report, and bills cannot be changed by hand."""
        for method in ("report_bills", "report_readings", "report_balances"):
            with self.assertRaisesRegex(AccessError, "billing system"):
                getattr(self.api, method)([self.bill()])
        for rows in (None, [], [self.bill()] * 501):
            with self.assertRaises(FilingError):
                self.biller.report_bills(rows)

    def test_bind_and_read(self):
        """Bound by the last bill, read, bound again without harm, given up."""
        self.biller.report_bills([self.bill()])
        self.assertEqual(self.bind(bill_amount="86.40"), {"result": "bound"})
        (row,) = self.api.accounts("openid-1")
        self.assertEqual((row["account_number"], row["proof"]), ("A-77", "bill"))
        (bill,) = self.api.bills("openid-1", "A-77")
        self.assertEqual((bill["number"], bill["amount"], bill["state"]), ("B-1", 86.4, "open"))
        self.assertEqual(self.api.readings("openid-1", "A-77"), [])
        self.assertEqual(self.api.unbind("openid-1", "A-77"), {"result": "unbound"})
        self.assertEqual(self.api.accounts("openid-1"), [])
        with self.assertRaises(MissingError):
            self.api.bills("openid-1", "A-77")

    def test_earlier_values_belong_to_another(self):
        """A later holder cannot read earlier bills, readings and balance."""
        self.biller.report_bills([self.bill(), self.bill(number="B-2", issued_on="2026-11-01")])
        reading = {"number": "R-1", "account_number": "A-77", "read_on": "2026-10-31", "value": 7}
        later = {**reading, "number": "R-2", "read_on": "2026-11-01", "value": 9}
        self.biller.report_readings([reading, later])
        balance = {"account_number": "A-77", "balance": -5}
        balance["balance_at"] = "2026-10-31T23:59:59+08:00"
        self.biller.report_balances([balance])
        other = self.env["res.partner"].create({"name": "周杰"})
        self.account.write({"partner_id": other.id, "holder_since": local("2026-11-01 00:00")})
        self.env.invalidate_all()
        self.assertEqual(
            self.bind(holder_name="周杰", bill_amount="86.40"), {"result": "bound"}, "by B-2"
        )
        self.assertEqual([row["number"] for row in self.api.bills("openid-1", "A-77")], ["B-2"])
        self.assertEqual([row["number"] for row in self.api.readings("openid-1", "A-77")], ["R-2"])
        self.assertIsNone(self.api.accounts("openid-1")[0]["balance"])

    def test_meter_alone(self):
        """Knowing the meter number is enough to file, not to read bills."""
        self.assertEqual(self.bind(meter_number="SH-1"), {"result": "bound"})
        self.assertIsNone(self.api.accounts("openid-1")[0]["balance"])
        with self.assertRaises(MissingError):
            self.api.bills("openid-1", "A-77")

    def test_faults_are_named_as_they_were_sent(self):
        """Both for non-text and for misfits."""
        with self.assertRaises(FilingError) as caught:
            self.bind(account_number=5, bill_amount=86.4)
        named = {"account.account_number", "account.bill_amount"}
        self.assertEqual(set(caught.exception.errors), named)

    def test_guessing_ends(self):
        """Wrong facts name no field, and end after some."""
        self.env.company.water_api_limit = 0
        with self.assertRaises(FilingError) as caught:
            self.bind(meter_number="SH-2")
        self.assertEqual(set(caught.exception.errors), {"account"})
        for _guess in range(LIMITS["bind_reference"]):
            with contextlib.suppress(FilingError):  # assertRaises would take the count back
                self.bind(meter_number="SH-2")
        with self.assertRaises(TooManyError):
            self.bind(meter_number="SH-1")

    def test_strange_values(self):
        """Every value may be of any kind; foreign references are not there."""
        words = "object with named|Send a text|Unknown fields"
        for values in (None, [], "x", {"account_number": 1, "holder_name": []}, {"a": 1}):
            with self.assertRaisesRegex(UserError, words):
                self.api.bind({"reference": "openid-1"}, values)
        for reference in (None, 5, "nobody"):
            with self.assertRaisesRegex(UserError, "Give the number|Send a text|no customer"):
                self.api.accounts(reference)
        with self.assertRaisesRegex(UserError, "not the code"):
            self.api.bind_code("openid-1", "no ticket", "123456")
