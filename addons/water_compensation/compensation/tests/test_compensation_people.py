import re

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationPeople(CompensationCommon):
    """Visibility by role."""

    def test_payee_named_by_staff_is_paid(self):
        """A holder entered later does not lose money, with or without an incident."""
        account = self.env["water.account"].create(
            {"code": "H-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        zone = self.env["water.zone"].create({"code": "T-DC", "name": "东城片区"})
        incident = self.env["water.incident"].create({"subject": "爆管", "zone_ids": zone.ids})
        rows = self._proposed(account_id=account.id) | self._proposed(account_id=account.id)
        self._trusted(rows).failed_at = "2026-04-01 02:00:00"
        self._trusted(rows[1]).incident_id = incident
        self._as("agent", account).partner_id = self.customer2
        self.assertEqual(rows.partner_id, self.customer)
        self.assertFalse(rows[0]._rightful() | rows[1]._rightful())

    def test_finance_and_the_case(self):
        """Number and category, without the customer's words."""
        case = self._complaint(subject="秘密的事", description="很私密的话")
        row = self._as("finance", self._proposed(case=case))
        self.assertEqual(row.read(["case_name"])[0]["case_name"], case.name)
        self.assertEqual(row.case_category, case.category_id.name)
        for name in ("complaint_id", "case_subject", "request_id", "inquiry_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                row.read([name])
        for ask in (
            lambda: self._as("finance", case).read(["subject"]),
            lambda: row.search([("complaint_id.subject", "ilike", "秘密")]),
            lambda: row.web_read({"complaint_id": {"fields": {"subject": {}}}}),
            row.action_compensate if hasattr(row, "action_compensate") else row.copy,
        ):
            with self.assertRaises(AccessError):
                ask()
        known = row.read()[0]
        self.assertNotIn("秘密的事", str(known))
        self.assertNotIn("很私密的话", str(known))

    def test_budget_without_owner(self):
        """All managers of the company hear of it, and those of no other."""
        values = {"name": "x", "date_from": "2026-01-01", "date_to": "2026-12-31", "amount": 1}
        budget = self.env["water.compensation.budget"].create(values)
        people = budget._people()
        self.assertIn(self.users["manager"], people)
        elsewhere = self.env["res.company"].create({"name": "别处水务"})
        self.users["manager2"].write(
            {"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id}
        )
        self.assertEqual(budget._people(), people - self.users["manager2"])

    def test_payee_of_what_the_rules_propose(self):
        """Finance says how an entitlement is booked as well; its kind stays what it is."""
        row = self._entitlement()
        self._as("finance", row).write({"payee_kind": "other"})
        self.assertEqual((row.payee_kind, row.kind), ("other", "entitlement"))

    def test_form_of_finance(self):
        """Finance can open the whole form; it contains no complaint text."""
        row = self._as("finance", self._proposed())
        views = row.get_views([(False, "list"), (False, "form"), (False, "search")])
        for view in ("list", "form"):
            self.assertNotIn('name="complaint_id"', views["views"][view]["arch"])
        spec = {name: {} for name in views["models"]["water.compensation"]["fields"]}
        self.assertTrue(row.web_read(spec))

    def test_finance_and_the_contacts(self):
        """Finance sees payees with bank accounts and partners of entries, no other customers."""
        contacts = self.env["res.partner"].create([{"name": f"客户{n}"} for n in range(5)])
        payee, idle, drafted, booked, buyer = contacts
        banks = self.env["res.partner.bank"].create(
            [
                {"acc_number": f"6222{number}", "partner_id": contact.id}
                for number, contact in enumerate(payee | idle)
            ]
        )
        row = self._proposed(partner_id=payee.id)
        self._complaint(partner_id=idle.id)
        self._compensation(partner_id=drafted.id)
        self._complaint(partner_id=booked.id)
        self.env["account.move"].create({"move_type": "out_invoice", "partner_id": booked.id})
        self.env.flush_all()
        self.env.invalidate_all()
        finance = self._as("finance", contacts).with_context(active_test=False)
        self.assertEqual(
            finance.search([("id", "in", contacts.ids)]), payee | booked | buyer, "no more"
        )
        self.assertEqual(self._as("finance", row).partner_id.read(["name"])[0]["name"], "客户0")
        found = self._as("finance", banks).search([("id", "in", banks.ids)])
        self.assertEqual(found.mapped("acc_number"), ["62220"])
        with self.assertRaises(AccessError):
            self._as("finance", idle).read(["phone"])
        self.assertTrue(self._as("agent", idle).read(["phone"]))

    def test_departments_see_no_money(self):
        case = self._complaint_at("handling")
        row = self._proposed(case=case)
        with self.assertRaises(AccessError):
            self._as("department", row).read(["amount"])
        with self.assertRaises(AccessError):
            self._as("department", case).read(["compensation_total"])
        views = self._as("department", case).get_views([(False, "form")])
        self.assertNotIn("compensation", views["views"]["form"]["arch"])

    def test_person_complained_of(self):
        case = self._complaint()
        row = self._proposed(case=case)
        self._trusted(case).write({"person_complained_id": self.users["finance"].id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._as("finance", row).search([("id", "=", row.id)]))

    def test_agent_decides_nothing(self):
        """The button is not there, and the call behind it is refused."""
        row = self._proposed()
        mine = self._as("agent2", row)
        self.assertFalse(mine.can_decide)
        with self.assertRaises(Exception):  # noqa: B017  what kind of refusal is told elsewhere
            mine.action_approve()
        self.assertEqual(row.state, "proposed")
        self.assertFalse(row.sudo().move_id)

    def test_sentences(self):
        """Whole sentences with reason, amount and payment."""
        case = self._complaint()
        self._proposed(
            case=case, reason="内部讨论"
        )  # goodwill is not promised before it is approved
        self.assertEqual(case._compensation_sentences(), [])
        row = self._approved(case=case, amount=88, reason="错过上门时间。")
        sentence = case._compensation_sentences()[0]
        self.assertIn("错过上门时间", sentence)
        self.assertIn("88", sentence)
        self._post(row)
        self.assertIn("redited", case._compensation_sentences()[0])

    def test_export_is_masked(self):
        """Finance cannot export names."""
        rows = self._as("finance", self.env["water.compensation"])
        self.assertFalse(rows._exports_plain())
        for name in ("partner_id", "reason", "trace", "account_id"):
            self.assertTrue(self.env["water.export"]._mask(rows, name), name)
        self.assertEqual(self.env["water.export"]._mask(rows, "partner_id")("张伟"), "张*")
        self.assertFalse(self.env["water.export"]._mask(rows, "amount"))

    def test_titles_of_the_page(self):
        """The customer sees the state of the payment."""
        row = self._proposed()
        self.assertEqual(row._portal_group_title("payment"), "To be paid")
        self._as("supervisor", row).action_approve()
        self.assertEqual(row._portal_group_title("payment"), "Being paid")

    def test_another_person_is_told(self):
        """A payee who is not the customer gets mail at their own address."""
        person = {"name": "路人甲", "email": "jia@example.com", "phone": "13500001111"}
        row = self._compensation(partner_id=self.env["res.partner"].create(person).id)
        self.assertEqual(row._message_address("mail"), "jia@example.com")


@tagged("post_install", "-at_install")
class TestCompensationPortal(HttpCase, CompensationCommon):
    """The customer's pages."""

    def test_own_alone(self):
        case = self._complaint()
        row = self._approved(case=case, amount=88, reason="错过上门时间")
        hidden = self._proposed(case=case, reason="还没有批准")
        foreign = self._approved(partner_id=self.customer2.id, reason="别人的事")
        self.authenticate("water_portal1", "water_portal1")
        page = self.url_open("/my/compensations").text
        self.assertIn(row.name, page)
        self.assertIn("错过上门时间", page)
        for other in (hidden, foreign):
            self.assertNotIn(other.name, page)
        one = self.url_open(f"/my/complaints/{case.id}").text
        self.assertIn("错过上门时间", one)
        self.assertNotIn("还没有批准", one)
        self.assertEqual(self.url_open("/my/compensations/page/999").status_code, 200)
        self.authenticate("water_portal2", "water_portal2")
        self.assertNotIn(row.name, self.url_open("/my/compensations").text)
        self.assertEqual(self.url_open(f"/my/complaints/{case.id}").status_code, 404)

    def _list(self, query):
        page = html.fromstring(self.url_open(f"/my/compensations{query}").text)
        heads = page.xpath("//h2[contains(@class, 'o_water_group')]/span[1]")
        amounts = page.xpath("//*[contains(@class, 'o_water_compensation ')]//p[1]")
        numbers = [re.search(r"\d+(?=\.)", amount.text_content())[0] for amount in amounts]
        return [head.text_content().strip() for head in heads], numbers

    def test_list(self):
        """Searched, filtered, sorted and grouped; rubbish does no harm; bills tell of it."""
        case = self._complaint()
        small = self._approved(case=case, amount=11, reason="错过上门时间")
        large = self._approved(case=case, amount=99, reason="水压不足")
        foreign = self._approved(partner_id=self.customer2.id, amount=55, reason="别人的事")
        self._post(small)
        self.authenticate("water_portal1", "water_portal1")
        self.assertEqual(self._list(""), ([], ["99", "11"]))
        self.assertEqual(self._list("?sortby=oldest")[1], ["11", "99"])
        self.assertEqual(self._list("?sortby=amount")[1], ["99", "11"])
        self.assertEqual(self._list("?search=水压")[1], ["99"])
        self.assertEqual(self._list("?filterby=paid")[1], ["11"])
        self.assertEqual(self._list("?filterby=open")[1], ["99"])
        self.assertEqual(self._list("?filterby=back")[1], [])
        self.assertEqual(len(self._list("?groupby=payment")[0]), 2)
        for groupby in ("kind", "month", "account"):
            heads, amounts = self._list(f"?groupby={groupby}")
            self.assertEqual((len(heads), len(amounts)), (1, 2), groupby)
        for query in ("?groupby=id&sortby=x&filterby=%00", "?page=x"):
            self.assertEqual(len(self._list(query)[1]), 2, query)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["compensation_count", "compensation_waiting"]}
        )
        self.assertEqual(answer, {"compensation_count": 2, "compensation_waiting": 0})
        self._look_at_bills(small, large, foreign)

    def _look_at_bills(self, small, large, foreign):
        move = small.sudo().move_id
        move.payment_state = "not_paid"
        page = self.url_open(f"/my/invoices/{move.id}").text
        self.assertIn('id="water_compensation"', page)
        self.assertIn(small.name, page)
        self.assertNotIn(large.name, page)
        self.assertNotIn("sidebar_timeago", page, "what we owe is not overdue for him")
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        line = [Command.create({"name": "水费", "price_unit": 500})]
        bill = self._as("accountant", self.env["account.move"]).create(
            {**values, "invoice_line_ids": line}
        )
        bill.action_post()
        trusted(large.sudo()).invoice_id = bill.sudo()  # relates to it, is paid by another entry
        page = self.url_open(f"/my/invoices/{bill.id}").text
        self.assertIn(large.name, page)
        self.assertIn("sidebar_timeago", page)
        self.assertEqual(self.url_open("/my/invoices").status_code, 200)
        link = move.with_user(self.env.ref("base.user_admin")).sudo().get_portal_url()
        self.authenticate("water_portal2", "water_portal2")
        page = self.url_open(link).text  # passed on: the bill is shown, the compensation is not
        self.assertNotIn(small.name, page.partition("invoice_content")[2])
        self.assertNotIn(small.name, self.url_open(f"/my/invoices/{move.id}").text)

    def test_the_home_shows_how_much(self):
        """The home page offers no approval of hidden compensations."""
        row = self._proposed(amount=88)
        item = self._as("supervisor", self.env.ref("water_compensation.home_compensation")).sudo()
        text = item._row(self._as("supervisor", row))["text"]
        self.assertIn("88.00", text.partition(" · ")[0])
        self.assertIn(row.complaint_id.subject, text)
        self._as("supervisor", row).action_approve()
        to_post = self.env.ref("water_compensation.home_compensation_post")
        text = (
            to_post.with_user(self.users["finance"]).sudo()._row(self._as("finance", row))["text"]
        )
        self.assertIn("88.00", text)
        self.assertNotIn(row.complaint_id.subject, text, "finance does not read cases")
        self.assertTrue(self._as("finance", self.env["water.home.item"]).home()["sections"])
