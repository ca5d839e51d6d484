from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from ...base.event_chain import seal
from ...base.tests.common import WaterCommon
from ...base.tests.doors import Sent
from ...base.trust import trusted
from ..scrub import GONE

NAME, PHONE, MAIL, PLACE = "欧阳水清", "13612349876", "ouyang@customer.example", "东城路8号2单元301"
#: tables that speak of an inquiry
TABLES = (
    "water_inquiry",
    "water_case_event",
    "water_message",
    "water_dispatch",
    "water_callback",
    "water_deadline",
    "water_privacy_log",
)
SECRETS = (NAME, PHONE, "+8613612349876", MAIL, PLACE)
REASON = "客户本人来电要求删除"


@tagged("post_install", "-at_install")
class TestErasure(WaterCommon):
    """The person goes, what happened stays, and the chain can be verified (PIPL art. 47)."""

    def setUp(self):
        super().setUp()
        self.person = self.env["res.partner"].create(
            {"name": NAME, "phone": PHONE, "email": MAIL, "street": PLACE}
        )
        self.case = self._inquiry(
            partner_id=self.person.id,
            address=PLACE,
            subject=f"{NAME}问水价",
            description=f"请回电 {PHONE} 或 138-1111-2222",
            verbatim=f"我是{NAME}, 住{PLACE}",
        )

    def _finish(self, case):
        """The short way to the end, with everything on the way that holds personal data."""
        self._dispatch(case, note=f"联系{NAME}")
        self._as("department", self._lead(case)).action_accept()
        self._as("department", case).reveal(["phone"], "other", f"回访{NAME}")
        case._take_message(f"我是{NAME}, 电话 {PHONE}")
        case.message_post(body=f"我是{NAME}", message_type="email", author_id=self.person.id)
        case.message_post(body=f"已告知{NAME}", author_id=self.users["agent"].partner_id.id)
        self.env["ir.attachment"].create(
            {
                "name": "身份证.txt",
                "raw": NAME.encode(),
                "res_model": case._name,
                "res_id": case.id,
            }
        )
        trusted(self.env["water.message"]).create(
            {
                "inquiry_id": case.id,
                "subject": f"{NAME}您好",
                "medium": "sms",
                "address": PHONE,
                "partner_id": self.person.id,
                "body": f"{NAME}您好",
                "params": {"name": NAME},
            }
        )
        self._finish_lead(case, result=f"已联系{NAME}")
        agent = self._as("agent", case)
        agent.write({"answer": f"已答复{NAME}"})
        agent.action_answer()
        agent.action_close()
        self.env.flush_all()
        self.env.invalidate_all()

    def _wizard(self, login, records, reason=REASON):
        wizards = self._as(login, self.env["water.erasure.wizard"]).with_context(
            active_model=records._name, active_ids=records.ids
        )
        return Sent(wizards).create({"reason": reason})

    def _everything(self, case):
        """All that the database holds about a case, as text."""
        self.env.flush_all()
        found = []
        for table in TABLES:
            column = SQL.identifier("t", "id" if table == "water_inquiry" else "inquiry_id")
            query = "SELECT row_to_json(t)::text FROM %s t WHERE %s = %s"
            found += self.env.execute_query(SQL(query, SQL.identifier(table), column, case.id))
        here = SQL("m.model = %s AND m.res_id = %s", case._name, case.id)
        found += self.env.execute_query(
            SQL("SELECT row_to_json(m)::text FROM mail_message m WHERE %s", here)
        )
        found += self.env.execute_query(
            SQL(
                "SELECT row_to_json(v)::text FROM mail_tracking_value v JOIN mail_message m"
                " ON m.id = v.mail_message_id WHERE %s",
                here,
            )
        )
        return "\n".join(text for (text,) in found)

    def test_case(self):
        """No table contains the person; state, times and category stay."""
        self._finish(self.case)
        for secret in SECRETS:
            self.assertIn(secret, self._everything(self.case), "there is something to erase")
        before = self.case.read(["state", "category_id", "received_at", "closed_at", "name"])
        self._wizard("manager", self.case).action_erase()
        left = self._everything(self.case)
        for secret in SECRETS:
            self.assertNotIn(secret, left)
        self.assertNotIn("138-1111-2222", left)
        self.env.invalidate_all()
        self.assertEqual(self.case.read(list(before[0])), before)
        self.assertRecordValues(
            self.case,
            [{"contact_name": GONE, "phone": False, "email_from": False, "address": "东城路***"}],
        )
        self.assertFalse(self.case.partner_id)
        self.assertEqual(self.case.subject, f"{GONE}问水价")
        self.assertTrue(self.case.erased_at)
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", "water.inquiry"), ("res_id", "=", self.case.id)]
            )
        )

    def test_chain(self):
        """The chain is whole; the erasure is on it, and in the log with its reason."""
        self._finish(self.case)
        self.assertWhole(self.case)
        count = self.case.event_count
        kept = {event: set(event.payload or {}) for event in self.case.event_ids}
        self._wizard("manager", self.case).action_erase()
        self.assertWhole(self.case)
        for event, names in kept.items():  # what happened stays, but for files and words
            names -= {"text", "files", "photos", "signed_by"}
            self.assertEqual(set(event.payload or {}), names, event.kind)
        self.assertEqual(self.case.event_count, count + 1)
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.payload["reason"]), ("erased", REASON))
        log = self.env["water.privacy.log"].search([("kind", "=", "erase")], limit=1)
        self.assertRecordValues(
            log,
            [
                {
                    "user_id": self.users["manager"].id,
                    "inquiry_id": self.case.id,
                    "record_name": self.case.name,
                    "note": REASON,
                }
            ],
        )

    def test_words_taken_out_behind_the_back(self):
        """Without an erasure on the chain, missing words are a fault."""
        event = self.case.event_ids.sorted("id")[0]
        trusted(event).write({"payload": {}, "payload_seal": seal(event.payload)})
        self.env.flush_all()
        self.env.invalidate_all()
        altered = f"{self.case.name}: event no. {event.id} was altered."
        self.assertEqual(self._chain(self.case), altered)
        for values in ({"payload": {}}, {"payload": {}, "payload_seal": "x", "digest": "x"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                trusted(event).write(values)
        with self.assertRaises(AccessError):
            self._as("manager", event).write({"payload": {}, "payload_seal": "x"})

    def test_twice(self):
        """Erasing again changes nothing."""
        self._finish(self.case)
        self._wizard("manager", self.case).action_erase()
        erased_at, count = self.case.erased_at, self.case.event_count
        self._wizard("manager", self.case).action_erase()
        self.assertEqual((self.case.erased_at, self.case.event_count), (erased_at, count))

    def test_orders_stay_known(self):
        """The name of an order's body is no personal text (``_technical``), even with a person's
        name in it.
        """
        self._finish(self.case)
        trusted(self.case).write({"external_source": NAME, "external_ref": f"{NAME}-1"})
        self._wizard("manager", self.case).action_erase()
        self.assertEqual((self.case.external_source, self.case.external_ref), (NAME, f"{NAME}-1"))

    def test_remaining_records(self):
        """A running case and one under legal hold stay; the dialog says so before."""
        wizard = self._wizard("manager", self.case)
        self.assertIn("not finished", wizard.hindrances)
        with self.assertRaisesRegex(UserError, "not finished"):
            wizard.action_erase()
        self._finish(self.case)
        self._as("manager", self.case).legal_hold = True
        with self.assertRaisesRegex(UserError, "legal hold"):
            self._wizard("manager", self.case).action_erase()
        self.assertEqual(self.case.phone, PHONE)

    def test_all_or_nothing(self):
        """One that has to stay keeps the others too."""
        self._finish(self.case)
        running = self._inquiry()
        with self.assertRefused("it is not finished", self.case):
            self._wizard("manager", self.case | running).action_erase()
        self.assertEqual(self.case.phone, PHONE)

    def test_who(self):
        """Privacy officers only, with a reason; the marks cannot be set."""
        self._finish(self.case)
        for login in ("agent", "supervisor", "quality", "department", "plain"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._wizard(login, self.case).action_erase()
        with self.assertRefused("it cannot be blank", self.case):
            self._wizard("manager", self.case, " ").action_erase()
        for login, values in (
            ("manager", {"erased_at": "2026-03-11 02:00:00"}),
            ("agent", {"legal_hold": True}),
            ("supervisor", {"legal_hold": True}),
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("Only privacy officers|kept by the system", self.case),
            ):
                self._as(login, self.case).write(values)
        with self.assertRefused("Only privacy officers"):
            self._inquiry("agent", legal_hold=True)

    def test_wrong_model(self):
        """The dialog erases only records with customers."""
        for model in ("res.users", "ir.attachment", "nonsense", "water.erasure.mixin"):
            wizard = self.env["water.erasure.wizard"].create(
                {"model": model, "record_ids": [1], "reason": "x"}
            )
            with self.subTest(model=model), self.assertRefused("no personal data here"):
                wizard.action_erase()

    # -- contacts and accounts ----------------------------------------------------------------

    def test_contact(self):
        """The contact goes with its finished cases; an open account or case keeps it."""
        account = self.env["water.account"].create(
            {
                "code": "30003",
                "partner_id": self.person.id,
                "address": PLACE,
                "identity_masked": "11010519491231002X",
            }
        )
        wizard = self._wizard("manager", self.person)
        self.assertIn("open account", wizard.hindrances)
        self.assertIn(self.case.name, wizard.hindrances)
        self._finish(self.case)
        account.active = False
        self._wizard("manager", account).action_erase()
        self.assertFalse(account.sudo().identity_number)
        self._wizard("manager", self.person).action_erase()
        self.assertEqual(self.person.name, f"Erased customer {self.person.id}")
        self.assertFalse(self.person.phone or self.person.email or self.person.street)
        self.assertFalse(self.person.active)
        self.assertTrue(self.case.erased_at)
        self.assertWhole(self.case)
        for secret in SECRETS:
            self.assertNotIn(secret, self._everything(self.case))

    def test_where_he_is_not_linked(self):
        """Saved filters, the privacy log and mails are erased; others' stay."""
        filters = self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "water.inquiry", "domain": domain}
                for name, domain in (
                    (f"{NAME}的事", f"[('phone', '=', '{PHONE}')]"),
                    ("别人", "[('phone', '=', '13900001111')]"),
                )
            ]
        )
        log = self.env["water.privacy.log"]._keep(
            "export", "water.inquiry", domain=f'[["email_from", "=", "{MAIL}"]]', note=NAME
        )
        mails = self.env["mail.mail"].create(
            [
                {"email_to": f"{NAME} <{MAIL}>", "body_html": NAME, "state": "sent"},
                {"email_to": "else@customer.example", "body_html": "x", "state": "sent"},
            ]
        )
        self._finish(self.case)
        self._wizard("manager", self.person).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(filters.mapped("name"), [f"{GONE}的事", "别人"])
        self.assertEqual(filters[0].domain, f"[('phone', '=', '{GONE}')]")
        self.assertIn("13900001111", filters[1].domain)
        self.assertEqual((log.domain, log.note), (f'[["email_from", "=", "{GONE}"]]', GONE))
        self.assertEqual(mails.exists(), mails[1])

    def test_login(self):
        """An erased customer cannot sign in, and the login is gone."""
        login = self.users["portal2"]
        self._wizard("manager", self.customer2).action_erase()
        self.assertFalse(login.active)
        self.assertEqual(login.login, f"erased-{login.id}")

    def test_colleague(self):
        """Staff cannot be erased."""
        with self.assertRaisesRegex(UserError, "colleague"):
            self._wizard("manager", self.users["agent"].partner_id).action_erase()

    # -- retention rules ----------------------------------------------------------------------

    def _rule(self, **values):
        rule = self.env.ref("water_service_desk.recycle_inquiry")
        rule.write({"active": True, **values})
        return rule

    def test_rule_proposes(self):
        """Finished long ago: proposed; running, young, held or erased: not."""
        old, held, young = self.case, self._inquiry(), self._inquiry()
        for case in (old, held):
            self._finish(case)
        self._as("manager", held).legal_hold = True
        rule = self._rule()
        with freeze_time("2029-03-12 02:00:00"):
            rule._recycle_records()
            proposed = rule.recycle_record_ids.mapped("res_id")
            self.assertIn(old.id, proposed)
            self.assertFalse({held.id, young.id} & set(proposed))
            self.assertEqual(self.case.phone, PHONE, "a proposal is not carried out by itself")
            mine = rule.recycle_record_ids.filtered(lambda row: row.res_id == old.id)
            mine.action_validate()
        self.assertTrue(old.erased_at)
        self.assertEqual(old.state, "closed")
        self.assertWhole(old)
        self.assertFalse(mine.exists())

    def test_rule_refused(self):
        """Holds since the proposal keep their records; the others are erased."""
        other = self._inquiry()
        for case in (self.case, other):
            self._finish(case)
        rule = self._rule()
        with freeze_time("2029-03-12 02:00:00"):
            rule._recycle_records()
            rows = rule.recycle_record_ids.filtered(
                lambda row: row.res_id in (self.case.id, other.id)
            )
            self._as("manager", self.case).legal_hold = True
            answer = rows.action_validate()
        self.assertIn(self.case.name, answer["params"]["message"])
        self.assertFalse(self.case.erased_at)
        self.assertTrue(other.erased_at)

    def test_rules_never_delete(self):
        """Neither archiving nor deleting nor erasing unseen can be set up for our records."""
        for values in (
            {"recycle_action": "unlink"},
            {"recycle_mode": "automatic"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._rule(**values)
        event = self.env["ir.model"]._get("water.case.event").id
        for action in ("unlink", "water_erase"):
            with self.subTest(action=action), self.assertRaises(ValidationError):
                self.env["data_recycle.model"].create(
                    {"name": "x", "res_model_id": event, "recycle_action": action}
                )

    # -- looking a person up --------------------------------------------------------------------

    def _lookup(self, **values):
        wizard = self.env["privacy.lookup.wizard"].create({"name": NAME, **values})
        wizard.action_lookup()
        return {(line.res_model, line.res_id): line for line in wizard.line_ids}

    def test_lookup(self):
        """By mail, number, and name alone: cases, contact, messages, account."""
        self._finish(self.case)
        account = self.env["water.account"].create(
            {"code": "30004", "partner_id": self.person.id, "address": "x"}
        )
        message = self.env["water.message"].search([("inquiry_id", "=", self.case.id)])
        wanted = {(row._name, row.id) for row in (self.case, self.person, account, *message)}
        for values in (
            {"email": MAIL},
            {"phone": "136 1234 9876"},
            {"email": MAIL, "phone": PHONE},
        ):
            with self.subTest(values=values):
                found = self._lookup(**values)
                self.assertLessEqual(wanted, set(found))
                self.assertTrue(found["water.inquiry", self.case.id].can_erase)
        walked_in = self._inquiry(partner_id=False, contact_name=NAME, phone="13000000000")
        self.assertIn(("water.inquiry", walked_in.id), self._lookup(phone="13000000000"))
        strangers = self._lookup(name="无此人", phone="13999999999")
        self.assertFalse([key for key in strangers if key[0].startswith("water.")])

    def test_lookup_deletes_nothing(self):
        """Odoo's own button does not get past the guards of our records."""
        line = self._lookup(email=MAIL)["water.inquiry", self.case.id]
        with self.assertRefused("never deleted", self.case):
            line.action_unlink()
        self.assertTrue(self.case.exists())
