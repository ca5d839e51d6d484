"""An erased person is found in no table, after any contact with the service."""

import re

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.delegation.tests.common import DelegateCommon

NAME, PHONE, PLACE = "欧阳水清", "13612349876", "柳荫巷77号"
MAIL = "ouyang@erased.example"
WORDS = (NAME, PHONE, PLACE, MAIL)
#: blocked addresses stay known so that no one writes to them
KEPT = frozenset({"mail_blacklist", "phone_blacklist"})


@tagged("post_install", "-at_install")
class TestErasedEverywhere(DelegateCommon, ComplaintCommon):
    """One person in every part: delegate, former and later holder, caller, customer of an app."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.customer2
        cls.person.write({"name": NAME, "phone": PHONE, "email": MAIL, "street": PLACE})
        cls.users["portal2"].login = MAIL
        cls.users["supervisor2"] = cls._new_user(
            "supervisor2", "water_service_desk.group_supervisor", email="s2@example.com"
        )

    def _tables(self):
        """Every table of the database that this registry keeps."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        self.env.cr.execute(query)
        return sorted({name for (name,) in self.env.cr.fetchall()} - KEPT)

    def _left(self):
        """``{table: text around the person's words}``, of every row with some."""
        self.env.flush_all()
        around = re.compile(rf".{{0,40}}(?:{'|'.join(WORDS)}).{{0,20}}")
        found, wanted = {}, [f"%{word}%" for word in WORDS]
        for name in self._tables():
            query = "SELECT t::text FROM %s t WHERE t::text LIKE ANY(%s)"
            rows = self.env.execute_query(SQL(query, SQL.identifier(name), wanted))
            if rows:
                found[name] = [around.findall(text) for (text,) in rows]
        return found

    def _acts_for_another(self):
        """Named by the holder; both are told."""
        row = self._invite(name=NAME, email=MAIL)
        self._answer(row)
        row._end("revoked", "revoked")

    def _held_an_account(self):
        """Before and after another holder; a second person confirms both."""
        for account, holders in (
            (self.account2, (self.person, self.customer)),
            (self.account2, (self.person, self.customer)),
        ):
            for holder in holders:
                self._as("supervisor", account).partner_id = holder

    def _calls(self):
        calls = self.env["water.call.record"]
        calls._report({"call": "c-1", "phone": PHONE, "direction": "in"})

    def _is_known_to_an_app(self):
        channel = self._channel("wechat")
        contact = {"name": NAME, "phone": PHONE, "email": MAIL}
        self.env["water.api.customer"]._bind(channel, "openid-9", self.person, contact)

    def _complains(self):
        case = self._complaint(partner_id=self.person.id, address=PLACE, description=f"我是{NAME}")
        self._as("supervisor", case).write({"state": "withdrawn", "end_reason": f"{NAME}来电"})
        return case

    def _is_refused(self):
        values = self._request_values(partner_id=self.person.id, email_from=MAIL)
        case = self._as("agent", self.env["water.request"]).create(values)
        reason = self.env.ref("water_service_desk.reason_area")
        asked = acts.ask_decision(case, "refusal", reason, f"{NAME}改日再来", f"{NAME}电话{PHONE}")
        self._as("supervisor", asked).action_approve()
        self.env["water.request.decision.wizard"].search([]).unlink()  # as the vacuum does
        self.assertIn(NAME, str(case.notice_ids.mapped("content")))

    def _is_paid(self):
        """Proposed and refused outside a case: text and a document mention the person."""
        rows = self._as("agent", self.env["water.compensation"])
        values = {"kind": "goodwill", "partner_id": self.person.id, "amount": 20}
        row = rows.create({**values, "reason": f"{NAME}，{PLACE}"})
        row.action_propose()
        here = {"res_model": row._name, "res_id": row.id}
        self.env["ir.attachment"].create({"name": f"{NAME}.txt", "raw": b"x", **here})
        acts.refuse(self._as("supervisor", row), "不符合条件")
        return row.sudo()

    def _mails_go_out(self):
        """Those that Odoo keeps stay, the others are gone when they are sent."""
        mails = self.env["mail.mail"].search([])
        mails.filtered("auto_delete").unlink()
        mails.exists().write({"state": "sent"})

    def test_in_whatever_table(self):
        parts = (
            self._acts_for_another,
            self._held_an_account,
            self._calls,
            self._is_known_to_an_app,
            self._complains,
            self._is_refused,
            self._is_paid,
        )
        for part in parts:
            part()
        self._mails_go_out()
        self.assertTrue(self._left())
        with self._years_later():
            acts.erase(self.person.sudo(), "本人要求")
        self.env.invalidate_all()
        self._mails_go_out()
        for name, texts in self._left().items():
            with self.subTest(name):
                self.assertFalse(texts)

    def test_barred_person_is_not_named_again(self):
        """Erased people cannot be named for cases, accounts or money, nor in remaining records."""
        case, paid = self._complains(), self._is_paid()
        self._mails_go_out()
        with self._years_later():
            acts.erase(self.person.sudo(), "本人要求")
        agent = {"partner_id": self.person.id}
        values = {"kind": "goodwill", "amount": 20, "reason": f"{NAME}来电"}
        ways = {
            "a case": lambda: self._complaint(**agent),
            "another case": lambda: self._as("agent", self._inquiry()).write(agent),
            "an account": lambda: self.account.sudo().write(agent),
            "money": lambda: self._as("agent", paid.browse()).create({**values, **agent}),
            "a case that forgot him": lambda: self._as("agent", paid.browse()).create(
                {**values, "partner_id": self.customer.id, "complaint_id": case.id}
            ),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "was erased"):
                with self.env.cr.savepoint():
                    way()

    def test_named_person_by_user(self):
        """Not in what a delegate was told while the person held the account."""
        for name in ("name", "phone", "email", "street"):
            self.customer[name], self.person[name] = self.person[name], self.customer[name]
        for login, name in (("portal2", "lina@login.example"), ("portal1", MAIL)):
            self.users[login].login = name
            self.env.flush_all()
        row = self._invite(name="李娜", email=self.person.email)
        self._answer(row)
        heir = self.env["res.partner"].create({"name": "继承人"})
        (self.account | self.account2).sudo().partner_id = heir
        self._mails_go_out()
        self.assertTrue(self._left())
        acts.erase(self.customer.sudo(), "本人要求")
        self.env.invalidate_all()
        self._mails_go_out()
        for name, texts in self._left().items():
            with self.subTest(name):
                self.assertFalse(texts)

    def test_outbox(self):
        """No messages go to an erased person, and no alarm is raised about it."""
        case = self._complains()
        message = trusted(self.env["water.message"]).create(
            {
                "complaint_id": case.id,
                "subject": "x",
                "medium": "sms",
                "address": PHONE,
                "partner_id": self.person.id,
                "gateway_id": self._gateway().id,
                "body": f"{NAME}您好",
                "next_try_at": self._later(hours=8),
            }
        )
        with self._years_later():
            acts.erase(case.sudo(), "本人要求")
        self.assertRecordValues(
            message, [{"state": "given_up", "next_try_at": False, "failure_code": "cancelled"}]
        )
        self.assertFalse(case.activity_ids)
        with self.assertRefused("Only what has failed", message):
            self._as("supervisor", message).action_retry()
        self.assertFalse(self._as("supervisor", message).can_retry)

    def _years_later(self):
        return freeze_time(fields.Datetime.add(fields.Datetime.now(), years=5, days=1))

    def _gateway(self):
        return self.env["water.gateway"].create(
            {
                "name": "x",
                "medium": "sms",
                "url": "https://sms.example/send",
                "company_id": self.company.id,
            }
        )
