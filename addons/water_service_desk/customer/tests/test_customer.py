"""One page per customer: what the reader may see, logged."""

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, WaterPeople, local
from ...base.trust import trusted
from ...clock.models.water_standard_line import INTERNAL
from ..models import water_customer


class CustomerPeople(WaterPeople):
    @classmethod
    def _make_people(cls):
        super()._make_people()
        cls.zone = cls.env["water.zone"].create({"name": "东城片区", "code": "T-EAST"})
        cls.account = cls._account(cls.customer, "T700001", "东城路12号3-501")
        cls.neighbour = cls._account(cls.customer2, "T700002", "东城路14号1-101")

    @classmethod
    def _account(cls, holder, code, address, **values):
        return cls.env["water.account"].create(
            {
                "partner_id": holder.id,
                "code": code,
                "address": address,
                "zone_id": cls.zone.id,
                **values,
            }
        )

    def _page(self, subject, login="agent"):
        page = self._as(login, self.env["water.customer"]).page(subject._name, subject.id)
        return page, {part["key"]: part for part in page["sections"]}

    def _names(self, part):
        return [row["name"] for row in part["rows"]]

    def _case(self, **values):
        return self._inquiry(**{"account_id": self.account.id, **values})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCustomer(CustomerPeople, WaterCommon):
    second_company = True

    def test_customer_with_phone_only(self):
        """Only this customer's cases are found by it; anonymous ones have no page."""
        alone = {"partner_id": False, "contact_name": "无户号张先生", "phone": "139 0000 1111"}
        first, second = self._inquiry(**alone), self._inquiry(**alone)
        self._inquiry(**alone, is_anonymous=True)
        self._case(phone="139 0000 1111", partner_id=False, contact_name="别人")
        page, parts = self._page(first)
        self.assertEqual((page["name"], page["phone"]), ("无户号张先生", first.phone))
        self.assertEqual(set(self._names(parts["cases"])) >= {first.name, second.name}, True)
        shown = {row["id"] for row in parts["cases"]["rows"]}
        self.assertLessEqual(shown, set(self._of_number(first).ids))
        self.assertTrue(self._as("agent", first).is_customer_known)
        window = self._as("agent", first).action_customer()
        self.assertEqual(window["context"]["active_model"], "water.inquiry")
        known = self._case()
        for case in (known, self._inquiry(**alone, is_anonymous=True)):
            with self.subTest(case=case.name), self.assertRaisesRegex(UserError, "Open the page"):
                self._page(case)
        with self.assertRaises(AccessError):
            self._page(first, login="department")
        log = self.env["water.privacy.log"].search([("kind", "=", "customer")], limit=1)
        self.assertEqual(log.user_id, self.users["agent"])

    def test_anonymous_customer_is_not_found_by_phone(self):
        """Anonymous cases appear neither on the page nor on the call screen."""
        nameless = self._inquiry(
            partner_id=False, contact_name=False, phone=self.customer.phone, is_anonymous=True
        )
        self.assertEqual(nameless.phone_normalized, self.customer.phone_sanitized)
        for subject in (self.customer, self.account):
            parts = self._page(subject)[1]
            self.assertNotIn(nameless.name, self._names(parts["cases"]))
        calls = self._as("agent", self.env["water.call"])
        known = calls.new({"partner_id": self.customer.id, "phone": self.customer.phone})
        self.assertNotIn(nameless, known._recent_cases("water.inquiry"))
        unknown = calls.new({"phone": self.customer.phone})
        self.assertIn(nameless, unknown._recent_cases("water.inquiry"))

    def _of_number(self, case):
        nobody = [("partner_id", "=", False), ("account_id", "=", False)]
        number = [("phone_normalized", "=", case.phone_normalized), ("is_anonymous", "=", False)]
        return case.search([*nobody, *number])

    def test_cases_open_ones_first(self):
        """Of the account, the person, and the phone, with counts."""
        done = self._case(subject="已办结")
        trusted(done).write({"state": "closed"})
        by_account = self._case(partner_id=False, contact_name="家人")
        by_person = self._inquiry()
        by_phone = self._inquiry(partner_id=False, contact_name="张", phone="138 1234 5678")
        self._inquiry(partner_id=self.customer2.id)
        for subject in (self.account, self.customer):
            _page, parts = self._page(subject)
            names = self._names(parts["cases"])
            running = {by_account.name, by_person.name, by_phone.name}
            self.assertEqual((set(names[:3]), names[3:]), (running, [done.name]), subject)
            self.assertEqual(parts["cases"]["tallies"][0]["count"], 4)
            self.assertEqual(parts["cases"]["rows"][3]["due"], False)

    def test_open_ones_however_old(self):
        """Frequent calls do not push open cases out of view."""
        old = self._case(subject="老问题")
        newer = [self._case(subject=str(number)) for number in range(3)]
        trusted(self.env["water.inquiry"].concat(*newer)).write({"state": "closed"})
        self.patch(water_customer, "LOOKED_AT", 2)
        _page, parts = self._page(self.account)
        self.assertEqual(self._names(parts["cases"])[0], old.name)

    def test_previous_holder(self):
        """Events under the previous holder stay theirs, on the account's page too."""
        before = self._case()
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.account.partner_id = self.customer2
            after = self._case(partner_id=self.customer2.id)
            _page, parts = self._page(self.account)
            self.assertEqual(self._names(parts["cases"]), [after.name])
            _page, parts = self._page(self.customer)
            self.assertEqual(self._names(parts["cases"]), [before.name])
            self.assertEqual(before._customer(), self.customer)
            self.assertEqual(after._customer(), self.account)

    def test_bills_and_balance_of_the_holder_before(self):
        """By the company's day: midnight UTC of 11 March is still the tenth."""
        bills = trusted(self.env["water.account.bill"])
        for number, day in (("B-1", "2026-03-10"), ("B-2", "2026-03-11")):
            bills._receive(self.account, number, {"issued_on": day, "amount": 8})
            values = {"read_on": day, "value": int(day[-2:])}
            self.env["water.account.reading"]._receive(self.account, number, values)
        values = {"balance": -8, "balance_at": local("2026-03-10 23:59:59")}
        trusted(self.account).write(values)
        values = {"partner_id": self.customer2.id, "holder_since": local("2026-03-11 00:00")}
        self.account.write(values)
        page, parts = self._page(self.account)
        self.assertEqual([row["note"] for row in parts["bills"]["rows"]], ["T700001 · B-2"])
        self.assertEqual([row["text"] for row in parts["readings"]["rows"]], ["11 m³"])
        account = next(row for row in page["accounts"] if row["code"] == "T700001")
        self.assertEqual((account["balance"], account["owes"]), ("", False))

    def test_a_case_of_the_second_of_the_change(self):
        """A case received at that second belongs to the new holder."""
        moments = (local("2026-03-09 23:59:58"), local("2026-03-09 23:59:59"))
        before, after = (self._case(received_at=moment) for moment in moments)
        self.account.write({"partner_id": self.customer2.id, "holder_since": moments[1]})
        self.env.invalidate_all()
        self.assertEqual(before._customer(), self.customer)
        self.assertEqual(after._customer(), self.account)
        self.assertEqual(self._names(self._page(self.account)[1]["cases"]), [after.name])

    def test_promises(self):
        """Missed ones are shown; internal notes are none."""
        case = self._case()
        self._dispatch(case)
        clocks = case.deadline_ids
        internal = clocks.filtered(lambda clock: clock.kind in INTERNAL)
        late, kept = (clocks - internal)[:1], self._case().deadline_ids[:1]
        broken = {"state": "breached", "breached_at": late.due_at}
        trusted(late | internal).write(broken)
        trusted(kept).write({"state": "met", "met_at": fields.Datetime.now()})
        _page, parts = self._page(self.account)
        counts = {part["text"]: part["ids"] for part in parts["promises"]["tallies"]}
        self.assertTrue(internal)
        self.assertEqual((counts["Not kept"], counts["Kept"]), (late.ids, kept.ids))
        self.assertEqual(parts["promises"]["rows"][0]["tone"], "danger")

    def test_visits_calls_bills_delegates(self):
        case = self.env["water.request"].create(
            self._request_values(account_id=self.account.id, address=False)
        )
        slot = self._later(hours=3), self._later(hours=5)
        acts.plan_visit(self._as("agent", case), self.net, *slot, purpose="查勘")
        self.env["water.call.record"]._report(
            {
                "call": "C-1",
                "phone": "13812345678",
                "offered_at": "2026-03-10T09:30:00+08:00",
                "agent": "water_agent",
            }
        )
        bills = trusted(self.env["water.account.bill"])
        for number, volume in (("B-1", 20), ("B-2", 10)):
            bills._receive(
                self.account,
                number,
                {"issued_on": "2026-03-01", "volume": volume, "amount": volume * 4},
            )
        trusted(self.env["water.account.delegate"]).create(
            {
                "account_id": self.account.id,
                "holder_id": self.customer.id,
                "name": "李娜",
                "date_from": "2026-01-01",
                "state": "active",
            }
        )
        _page, parts = self._page(self.account)
        self.assertEqual(parts["visits"]["rows"][0]["text"], "查勘")
        self.assertEqual(parts["visits"]["tallies"][0]["text"], "To come")
        self.assertEqual(parts["calls"]["rows"][0]["note"], "Without a case")
        self.assertEqual([row["bar"] for row in parts["bills"]["rows"]], [50, 100])
        self.assertEqual(self._names(parts["delegates"]), ["李娜"])
        self.assertNotIn("readings", parts, "there are none")

    def test_neighbours(self):
        """Open cases of others: the same category in the zone, or the same address."""
        mine = self._case()
        same = self._inquiry(partner_id=self.customer2.id, account_id=self.neighbour.id)
        here = self._inquiry(
            partner_id=self.customer2.id,
            address="东城路12号 3-501",
            category_id=self._category("bl02").id,
        )
        self._inquiry(
            partner_id=self.customer2.id,
            account_id=self.neighbour.id,
            category_id=self._category("bl02").id,
        )
        over = self._inquiry(partner_id=self.customer2.id, account_id=self.neighbour.id)
        trusted(over).write({"state": "closed"})
        _page, parts = self._page(self.account)
        self.assertEqual(set(self._names(parts["neighbours"])), {same.name, here.name})
        self.assertNotIn(mine.name, self._names(parts["neighbours"]))
        trusted(mine).write({"state": "closed"})
        _page, parts = self._page(self.account)
        self.assertEqual(self._names(parts["neighbours"]), [here.name], "no matter of his is open")

    def test_flags_and_warnings(self):
        self.account.flag_ids = self.env.ref("water_service_desk.customer_flag_dialysis")
        self._as("supervisor", self.customer)._mark_vexatious(True, "天天来电", date(2026, 9, 1))
        page, _parts = self._page(self.account)
        self.assertEqual([flag["first"] for flag in page["flags"]], [True])
        self.assertIn("before others: Dialysis", page["alerts"][0])
        self.assertIn("repeated abuse", page["alerts"][1])

    # -- rights ---------------------------------------------------------------------------------

    def test_customer_without_page(self):
        for login in ("portal1", "plain", "integration"):
            with self.subTest(login=login), self.assertRaisesRegex(AccessError, "for staff"):
                self._page(self.account, login)
        with self.assertRaises(AccessError):
            self._page(self.account, "foreign")
        with self.assertRaisesRegex(AccessError, "accounts of their work"):
            self._page(self.customer, "department")
        for model, number in (("res.users", 1), ("water.account", "1"), ("water.account", 0)):
            words = "from an account" if number else "not there any more"
            with self.subTest(number=number), self.assertRaisesRegex(UserError, words):
                self.env["water.customer"].with_user(self.users["agent"]).page(model, number)

    def test_department(self):
        """It sees its own case of the account, masked, without money; others are not counted."""
        with self.assertRaises(AccessError):
            self._page(self.account, "department")
        case, other = self._case(), self._case(subject="别的")
        self._dispatch(case)
        trusted(self.env["water.account.bill"])._receive(
            self.account, "B-1", {"issued_on": "2026-03-01", "volume": 2, "amount": 8}
        )
        page, parts = self._page(self.account, "department")
        self.assertEqual(self._names(parts["cases"]), [case.name])
        self.assertEqual(parts["cases"]["tallies"][0]["count"], 1)
        shown = str(page)
        for word in ("张伟", "13812345678", "12号", other.name):
            with self.subTest(word=word):
                self.assertNotIn(word, shown)
        self.assertFalse(parts.keys() & {"bills", "calls", "delegates", "compensations"})

    def test_restricted(self):
        """A case that the agent may not see is nowhere, not even in a number."""
        self.users["agent2"].water_department_ids = False
        category = self._category("gn").copy({"code": "GN99", "restricted": True})
        secret = self._case(login="su", category_id=category.id)
        secret.write({"first_responsible_id": self.users["supervisor"].id})
        trusted(secret).write({"user_id": self.users["supervisor"].id})
        self.assertIn(secret.name, str(self._page(self.account, "supervisor")))
        page, parts = self._page(self.account)
        self.assertNotIn(secret.name, str(page))
        self.assertEqual((parts["cases"]["tallies"], parts["promises"]["tallies"]), ([], []))

    def test_is_kept(self):
        """The privacy log names the account or the contact, once within the hour."""
        for _time in range(2):
            self._page(self.account)
            self._page(self.customer)
        log = self.env["water.privacy.log"].search(
            [("kind", "=", "customer"), ("user_id", "=", self.users["agent"].id)]
        )
        self.assertEqual(log.mapped("model"), ["res.partner", "water.account"])
        self.assertEqual(log.account_id, self.account)
        self.assertEqual(log[1].record_name, "T700001")
        self.assertNotIn(self.customer.name, str(log.mapped("record_name")))

    # -- the way there --------------------------------------------------------------------------

    def test_one_click(self):
        case = self._case()
        call = self._as("agent", self.env["water.call"])._pick_up("13812345678")
        for record in (case, call, self.account):
            with self.subTest(record=record):
                action = self._as("agent", record).action_customer()
                self.assertEqual(action["path"], "water-customer")
                context = {"active_model": "water.account", "active_id": self.account.id}
                self.assertEqual(action["context"], context)
        action = self._as("agent", self.customer).action_water_customer()
        self.assertEqual(action["context"]["active_model"], "res.partner")
        nobody = self._inquiry(partner_id=False, contact_name="路人", is_anonymous=True)
        self.assertEqual([case.is_customer_known, nobody.is_customer_known], [True, False])
        with self.assertRaisesRegex(UserError, "Neither account, contact nor"):
            nobody.action_customer()
        with self.assertRaisesRegex(UserError, "who calls"):
            self._as("agent", self.env["water.call"])._pick_up("10000").action_customer()

    # -- speed ----------------------------------------------------------------------------------

    def test_queries_do_not_grow(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page(self.account)
            return self.env.cr.sql_log_count - before

        self._case()
        self._inquiry(partner_id=self.customer2.id, account_id=self.neighbour.id)
        self._page(self.account)
        few = queries()
        for _number in range(7):
            self._case()
            self._inquiry(partner_id=self.customer2.id, account_id=self.neighbour.id)
        self.assertLessEqual(queries(), few)

    def test_no_table_is_read_through(self):
        """Each source has an index, for one customer among a million."""
        self._case()
        scope = self.env["water.customer"]._scope(self.account)
        service = self.env["water.customer"].with_user(self.users["agent"])
        domain = service._case_domain(scope.person, scope.accounts)
        asked = {
            **{model: domain for model in scope.cases},
            "water.deadline": service._of_cases("water.deadline", scope),
            "water.visit": [("request_id", "in", [1, 2])],
            "water.call.record": [
                "|",
                ("partner_id", "=", self.customer.id),
                ("inquiry_id", "in", [1]),
            ],
            "water.account.bill": self.env["water.account.bill"]._present_domain(scope.accounts),
            "water.account.delegate": [("account_id", "in", self.account.ids)],
            "water.inquiry": service._neighbour_domain(scope),
        }
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for model, wanted in asked.items():
            rows = self.env[model].sudo()
            self.env.cr.execute(SQL("EXPLAIN %s", rows._search(wanted).select()))
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            with self.subTest(model=model):
                self.assertNotIn(f"Seq Scan on {rows._table}", plan)


@tagged("post_install", "-at_install")
class TestCustomerPage(CustomerPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_tour(self):
        """From a case to the customer, to another case, and by the address again."""
        case = self._case(subject="水价问题")
        self._case(subject="发票抬头")
        self.start_tour(
            f"/odoo/water-inquiries/{case.id}", "water_customer_tour", login="water_agent"
        )
        self.start_tour(
            f"/odoo/{self.account.id}/water-customer",
            "water_customer_again_tour",
            login="water_agent",
        )
