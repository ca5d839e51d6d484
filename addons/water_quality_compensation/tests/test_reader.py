import json
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.mail.tools.discuss import Store
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.trust import trusted

#: customer data of these tests that only the desk may see
NAME, PHONE, MAIL = "欧阳水清", "13612349876", "ouyang@customer.example"
PLACE = "东城路8号2单元301"
ACCOUNT, IDENTITY = "20009876", "11010519491231002X"
SECRETS = (NAME, PHONE, "+8613612349876", MAIL, IDENTITY)
#: fields with the customer's name or contact
CLOSED = (
    "partner_id",
    "contact_name",
    "phone",
    "phone_normalized",
    "email_from",
    "email_normalized",
    "address",
)


@tagged("post_install", "-at_install")
class TestReader(ComplaintCommon):
    """A curious reader tries every channel; the customer's identity comes out of none (S2.2.4).

    ``department`` has the work in hand, ``plain`` is a colleague without a role, ``department2``
    has had the case and was relieved of it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": NAME, "phone": PHONE, "email": MAIL, "street": PLACE}
        )
        cls.account = cls.env["water.account"].create(
            {
                "code": ACCOUNT,
                "partner_id": cls.person.id,
                "address": PLACE,
                "identity_masked": IDENTITY,
            }
        )
        cls.other_account = cls.env["water.account"].create(
            {"code": "20001111", "partner_id": cls.customer2.id, "address": "西城路1号"}
        )

    def setUp(self):
        super().setUp()
        about = {"partner_id": self.person.id, "account_id": self.account.id}
        self.complaint = self._complaint(**about, address=PLACE)
        self._step_dispatched(self.complaint, "agent", self.net)
        self.inquiry = self._inquiry(**about, address=PLACE)
        self._dispatch(self.inquiry, self.net)
        requests = self._as("agent", self.env["water.request"])
        self.request = requests.create(self._request_values(**about, address=PLACE)).with_env(
            self.env
        )
        self._dispatch(self.request, self.net)
        self.cases = (self.complaint, self.inquiry, self.request)
        self._write_to_and_fro(self.complaint)
        self._as("department", self._lead(self.complaint)).action_accept()
        self.env.flush_all()
        self.env.invalidate_all()

    def _write_to_and_fro(self, case):
        """The customer's mail, the answer, and a message by the desk's service."""
        case.message_post(
            body=f"我是{NAME}", message_type="email", author_id=self.person.id, email_from=MAIL
        )
        case.message_post(body=f"{NAME}您好", message_type="email_outgoing")
        case.message_post(body="请今天去看看", author_id=self.users["agent"].partner_id.id)
        case.message_subscribe(partner_ids=self.person.ids)
        case._take_message("我下午在家")
        trusted(self.env["water.message"]).create(
            {
                "complaint_id": case.id,
                "subject": "x",
                "medium": "sms",
                "address": PHONE,
                "body": f"{NAME}您好",
            }
        )

    def assertNoSecret(self, answer):
        """No customer data in ``answer``, at any depth."""
        text = json.dumps(answer, default=str, ensure_ascii=False)
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def _readers(self):
        for case in self.cases:
            yield case, self._as("department", case)

    # -- the records themselves ---------------------------------------------------------------

    def test_there_is_something_to_hide(self):
        """The desk reads all of it, so that its absence below means something."""
        for case in self.cases:
            row = self._as("agent", case).read(list(CLOSED))[0]
            self.assertEqual(row["contact_name"], NAME)
            self.assertEqual(row["partner_id"], (self.person.id, NAME))
            self.assertEqual(row["phone"], PHONE)
            self.assertEqual(row["address"], PLACE)
        self.assertIn(NAME, self.complaint.message_ids[:9].mapped("author_id.name"))

    def test_reading_all_fields(self):
        """Everything that may be read, read at once: masked throughout."""
        for _case, mine in self._readers():
            row = {}
            for name in mine.fields_get():
                with suppress(AccessError), self.env.cr.savepoint():
                    row |= mine.read([name])[0]
            self.assertNoSecret(row)
            self.assertFalse(set(CLOSED) & set(row))
            self.assertGreater(len(row), 60, "most of the case is read")
            self.assertEqual(row["contact_masked"], "欧***")
            self.assertEqual(row["phone_masked"], "136****9876")
            self.assertNoSecret(mine.fields_get())

    def test_reading_one_field(self):
        for case, mine in self._readers():
            here = [("id", "=", case.id)]
            for name in CLOSED:
                for call in (
                    lambda mine=mine, name=name: mine.read([name]),
                    lambda mine=mine, name=name: mine.web_read({name: {}}),
                    lambda mine=mine, name=name, here=here: mine.search_read(here, [name]),
                    lambda mine=mine, name=name, here=here: mine.web_search_read(here, {name: {}}),
                    lambda mine=mine, name=name: mine.export_data([name]),
                    lambda mine=mine, name=name: mine.mapped(name),
                    lambda mine=mine, name=name: mine.copy_data(),
                ):
                    with self.subTest(case=case._name, name=name):
                        self.assertRefusedOrEmpty(call)

    def assertRefusedOrEmpty(self, call):
        try:
            with self.env.cr.savepoint():
                answer = call()
        except (AccessError, UserError):
            return
        self.assertNoSecret(answer)

    def test_searching_is_no_oracle(self):
        """No search, order or grouping by a closed field tells one customer from another."""
        for case, mine in self._readers():
            model = mine.browse()
            for name, value in zip(
                CLOSED, (self.person.id, NAME, PHONE, "+86" + PHONE, MAIL, MAIL, PLACE), strict=True
            ):
                for call in (
                    lambda m=model, n=name, v=value: m.search([(n, "=", v)]),
                    lambda m=model, n=name, v=value: m.search_count([(n, "in", [v])]),
                    lambda m=model, n=name: m.search([], order=n),
                    lambda m=model, n=name: m.formatted_read_group([], [n], ["__count"]),
                    lambda m=model, n=name: m.read_progress_bar([], n, {"field": "state"}),
                ):
                    with self.subTest(case=case._name, name=name), self.assertRaises(AccessError):
                        call()

    def test_searching_by_way_of_others(self):
        """Paths over rows of the case, its thread and its followers find nothing."""
        mine = self._as("department", self.env["water.complaint"])
        dispatches = self._as("department", self.env["water.dispatch"])
        for model, domain in (
            (mine, [("partner_id.name", "ilike", NAME[:2])]),
            (mine, [("account_id.partner_id.name", "ilike", NAME[:2])]),
            (mine, [("account_id.identity_number", "=", IDENTITY)]),
            (mine, [("account_id.holder_name", "ilike", NAME[:2])]),
            (mine, [("message_partner_ids.name", "ilike", NAME[:2])]),
            (mine, [("message_partner_ids", "ilike", NAME[:2])]),
            (mine, [("message_follower_ids.partner_id.name", "ilike", NAME[:2])]),
            (mine, [("message_follower_ids.email", "ilike", MAIL[:4])]),
            (mine, [("message_ids.author_id.name", "ilike", NAME[:2])]),
            (mine, [("message_ids.email_from", "ilike", MAIL[:4])]),
            (mine, [("message_ids.body", "ilike", NAME)]),
            (mine, [("customer_message_ids.address", "=", PHONE)]),
            (dispatches, [("complaint_id.phone", "=", PHONE)]),
            (dispatches, [("complaint_id.contact_name", "ilike", NAME[:2])]),
            (dispatches, [("complaint_id.partner_id", "ilike", NAME[:2])]),
        ):
            with self.subTest(domain=domain):
                self.assertRefusedOrEmpty(lambda m=model, d=domain: m.search_read(d, ["id"]))
                try:
                    with self.env.cr.savepoint():
                        self.assertFalse(model.search(domain))
                except (AccessError, UserError):
                    continue

    def test_names_that_complete(self):
        """Autocompletion does not know the customer."""
        for login in ("department", "department2", "plain"):
            for model in ("water.account", "water.complaint", "water.inquiry", "water.request"):
                mine = self._as(login, self.env[model])
                for typed in (NAME, NAME[:2], PHONE, MAIL):
                    with self.subTest(login=login, model=model):
                        self.assertRefusedOrEmpty(lambda m=mine, t=typed: m.name_search(t))
                        self.assertRefusedOrEmpty(
                            lambda m=mine, t=typed: m.name_search(t) and [NAME, "found him"]
                        )

    def test_contacts(self):
        """Department staff read colleagues and their own company, no customer."""
        partners = self._as("department", self.env["res.partner"])
        self.assertFalse(partners.search([("id", "in", (self.person | self.customer).ids)]))
        self.assertFalse(partners.name_search(NAME))
        self.assertFalse(partners.search([("phone", "=", PHONE)]))
        with self.assertRaises(AccessError):
            partners.browse(self.person.id).read(["name"])
        colleagues = self.users["agent"].partner_id | self.users["department"].partner_id
        self.assertEqual(partners.search([("id", "in", colleagues.ids)]), colleagues)
        self.assertTrue(partners.browse(self.company.partner_id.id).read(["name"]))
        self.assertTrue(self._as("agent", self.person).read(["phone"]))
        users = self._as("department", self.env["res.users"])
        self.assertFalse(users.search([("id", "=", self.users["portal1"].id)]))
        self.assertTrue(users.search([("id", "=", self.users["agent"].id)]))

    def test_both_roles(self):
        """Users who also work at the desk read customers as the desk does."""
        self.users["department"].group_ids += self.env.ref("water_service_desk.group_agent")
        self.assertTrue(self._as("department", self.person).read(["phone"]))
        self.assertTrue(self._as("department", self.complaint).read(["phone"]))
        self.assertTrue(self._as("department", self.other_account).read(["address"]))

    def test_accounts(self):
        """Only the accounts of the work in hand, and those without their holder."""
        accounts = self._as("department", self.env["water.account"])
        both = [("id", "in", (self.account | self.other_account).ids)]
        self.assertEqual(accounts.search(both), self.account)
        self.assertNoSecret(accounts.browse(self.account.id).read())
        self.assertFalse(self._as("department2", self.env["water.account"]).search(both))
        for case in self.cases:
            self._as("agent", self._lead(case)).sudo()._cancel()
        self.env.invalidate_all()
        self.assertFalse(accounts.search(both))
        with self.assertRaises(AccessError):
            accounts.browse(self.account.id).read(["address"])

    def test_address(self):
        """Whole while the work is with the department, then the street alone."""
        mine = self._as("department", self.inquiry)
        dispatch = self._as("department", self._lead(self.inquiry))
        dispatch.action_accept()
        self.assertEqual(mine.address_shown, PLACE)
        self.assertEqual(dispatch.case_address, PLACE)
        self.assertEqual(mine.address_masked, "东城路***")
        dispatch.result = "已核实"
        dispatch.action_finish()
        self.env.invalidate_all()
        self.assertEqual(mine.address_shown, "东城路***")
        self.assertEqual(dispatch.case_address, "东城路***")
        self.assertEqual(mine.read(["account_id"])[0]["account_id"][1], f"{ACCOUNT} 东城路***")

    # -- thread, mails, letters ---------------------------------------------------------------

    def test_thread(self):
        """Colleagues' notes are read; mails of and to the customer are not."""
        messages = self._as("department", self.env["mail.message"])
        here = [("model", "=", "water.complaint"), ("res_id", "=", self.complaint.id)]
        shown = messages.search(here)
        self.assertTrue(shown.filtered(lambda message: "请今天去看看" in message.body))
        self.assertNoSecret(shown.read())
        hidden = self.complaint.message_ids - shown.sudo()
        self.assertGreaterEqual(len(hidden), 2)
        for message in hidden.with_user(self.users["department"]):
            with self.assertRaises(AccessError):
                message.read(["body"])
        self.assertEqual(len(self._as("agent", hidden).read(["body"])), len(hidden))
        mine = self._as("department", self.complaint).read(["message_ids"])[0]["message_ids"]
        self.assertEqual(set(mine), set(shown.ids))

    def test_chatter(self):
        """The chatter's data: messages, followers, and the whole thread."""
        mine = self._as("department", self.complaint)
        store = Store()
        mine._thread_to_store(
            store, [], request_list=["followers", "suggestedRecipients", "activities"]
        )
        fetched = mine.env["mail.message"]._message_fetch(domain=None, thread=mine)
        store.add(fetched["messages"])
        self.assertNoSecret(store.get_result())
        self.assertNoSecret(mine.message_get_followers())

    def test_customer_words(self):
        """Customer additions reach the department through its dispatch, without the name."""
        dispatch = self._as("department", self._lead(self.complaint))
        self.assertEqual(dispatch.customer_words, "我下午在家")

    def test_followers(self):
        """A follower's row carries name and address of the contact."""
        followers = self._as("department", self.env["mail.followers"])
        domain = [("res_model", "=", "water.complaint"), ("res_id", "=", self.complaint.id)]
        self.assertNoSecret(followers.search_read(domain, ["name", "email", "partner_id"]))
        self.assertIn(self.person, self.complaint.message_follower_ids.partner_id)
        self.assertRefusedOrEmpty(
            lambda: self._as("department", self.complaint).read(["message_partner_ids"])
        )

    def test_posting_still_works(self):
        """The department writes its note, and the customer is not proposed as recipient."""
        mine = self._as("department", self.complaint)
        message = mine.message_post(body="明天上午去")
        self.assertNotIn(self.person, message.sudo().notified_partner_ids)
        for discussion in (False, True):
            self.assertNoSecret(
                mine._message_get_suggested_recipients(
                    reply_discussion=discussion, no_create=not discussion
                )
            )

    def test_handler_of_a_department(self):
        """A customer's words are mailed to the desk's handler, not with the name to others."""
        self.complaint.sudo().user_id = self.users["department"]
        filed = self.complaint.with_user(self.env.ref("base.public_user")).sudo()
        before = self.env["mail.mail"].sudo().search([])
        filed.with_context(mail_notify_force_send=False)._post_from_customer("我是客户")
        message = self.complaint.message_ids[:1]
        self.assertNotIn(
            self.users["department"].partner_id, message.sudo().notification_ids.res_partner_id
        )
        mails = self.env["mail.mail"].sudo().search([]) - before
        self.assertNoSecret([mail.body_html for mail in mails])

    def test_events(self):
        """The chain that the department reads does not carry the customer."""
        events = self._as("department", self.env["water.case.event"])
        self.assertNoSecret(events.search([("complaint_id", "=", self.complaint.id)]).read())

    def test_letters(self):
        """A letter with the real name is not printed by people who read it masked."""
        report = "water_complaints.action_report_water_notice"
        notice = trusted(self.env["water.notice"]).create(
            {"complaint_id": self.complaint.id, "subject": "x", "body": "x"}
        )
        reports = self._as("department", self.env["ir.actions.report"])
        with self.assertRaises(AccessError):
            reports._render_qweb_html(report, notice.ids)

    def test_person_complained_of(self):
        """The person reads neither case nor log, and cannot reveal anything, in any role."""
        self._as("agent", self.complaint).reveal(["phone"], "question")
        log = self.env["water.privacy.log"].search([("complaint_id", "=", self.complaint.id)])
        self.assertTrue(self._as("quality", log).read(["reason"]))
        self._as("agent", self.complaint).person_complained_id = self.users["quality"]
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as("quality", self.complaint).reveal(["phone"], "question")
        with self.assertRaises(AccessError):
            self._as("quality", log).read(["reason"])

    def test_archived_complaint(self):
        """A filed complaint is held by a privacy officer, and erased only after five years."""
        filed = self._complaint_at("confirmed", partner_id=self.person.id)
        self._step_callback(filed, "agent", self.net)
        self._step_archived(filed, "agent", self.net)
        self.users["quality"].group_ids += self.env.ref("water_service_desk.group_privacy")
        mine = self._as("quality", filed)
        acts.hold(mine, True, "法院调查令")
        with self.assertRefused("is not changed any more", mine):
            mine.write({"legal_hold": False, "subject": "x"})
        with self.assertRaisesRegex(UserError, "legal hold; it has to be kept for 5 years"):
            acts.erase(filed, "x")
        acts.hold(mine, False, "案件终结")
        with freeze_time("2031-03-13 02:00:00"):
            acts.erase(filed, "保存期满")
        self.assertFalse(filed.partner_id)
        self.assertEqual(filed.state, "archived")
        self.assertWhole(filed)
        letters = filed.notice_ids.sudo()
        self.assertFalse(letters.filtered(lambda row: row.letter or row.email_to or row.told_to))

    def test_lists_cost_the_same(self):
        """Masked columns of twenty rows take as many queries as those of two."""
        names = ["contact_masked", "phone_masked", "address_masked", "address_shown"]
        cases = self.complaint
        for _copy in range(20):
            cases |= self._complaint(partner_id=self.person.id)
        self.env["water.dispatch"]._send([(case, self.net, "support") for case in cases[1:]])
        counts = []
        self._as("department", cases).read(names)
        for rows in (cases[:2], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            mine = self._as("department", rows)
            before = self.cr.sql_log_count
            mine.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
