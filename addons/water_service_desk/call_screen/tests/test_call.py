"""The pick-up screen: who calls, what runs already, and one step to a registered case."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools import file_open

from ...base.tests import acts
from ...base.tests.common import WaterCommon, in_words, speak_chinese


class CallCase(WaterCommon):
    """A household with two accounts, a neighbour, and an agent at the telephone."""

    def setUp(self):
        super().setUp()
        self.customer.name = "澹台伟"
        self.account = self._account("10002345", meter_no="M-77")
        self.agent = self._as("agent", self.env["water.call"])

    def _account(self, code, holder=None, **values):
        values |= {"partner_id": (holder or self.customer).id, "code": code}
        return self.env["water.account"].create({"address": f"东城路 {code} 号", **values})

    def _call(self, query, **values):
        category = self._category("bl02")
        return self.agent.create({"query": query, "category_id": category.id, **values})


@tagged("post_install", "-at_install")
class TestCallLookup(CallCase):
    """Numbers and names lead to the caller."""

    def test_found_by(self):
        for query in ("10002345", "M-77", "13812345678", "138 1234 5678", "+8613812345678", "澹台"):
            with self.subTest(query=query):
                call = self._call(query)
                self.assertEqual(call.account_id, self.account)
                self.assertEqual(call.partner_id, self.customer)
                self.assertEqual(call.contact_name, "澹台伟")
                self.assertEqual(call.address, self.account.address)

    def test_found_by_place_initials_and_case(self):
        """An address, initials of name and address, the number of a case: one box takes all."""
        self.account.address = "东城路西巷 7 号"
        case = self._inquiry(account_id=self.account.id)
        for query in ("东城路西巷", "dclxx7", "ttw", "TTW", case.name, case.name.lower()):
            with self.subTest(query=query):
                call = self._call(query)
                self.assertEqual(call.account_id, self.account)
                self.assertEqual(call.partner_id, self.customer)
                self.assertEqual(call.phone, self.customer.phone)
        for query in ("东城%西巷", "d_lxx7", "xx"):
            with self.subTest(query=query):
                self.assertFalse(self._call(query).account_id)

    def test_open_cases_are_called_so(self):
        speak_chinese(self.env)
        for lang, words in (("en_US", "Open Cases"), ("zh_CN", "未结工单")):
            view = self.env["water.call"].with_context(lang=lang).get_view(view_type="form")
            (group,) = etree.fromstring(view["arch"]).xpath("//group[@name='known']")
            self.assertEqual(group.get("string"), words)

    def test_invisible_case_leads_to_no_one(self):
        case = self._inquiry(account_id=self.account.id)
        department = self._as("department2", self.env["water.case.link.mixin"])
        self.assertIsNone(department._case_by_number(case.name))
        self.assertEqual(self.env["water.case.link.mixin"]._case_by_number(case.name), case)

    def test_initials_follow_the_name(self):
        self.customer.name = "Li 娜-2"
        self.assertEqual(self.customer.water_initials, "lin2")
        self.customer.name = "张"
        self.assertEqual(self.customer.water_initials, "z")

    def test_several_accounts(self):
        """The agent chooses among several."""
        other = self._account("10002346")
        call = self._call("13812345678")
        self.assertEqual(call.match_ids, self.account | other)
        self.assertFalse(call.account_id)
        self.assertEqual(call.partner_id, self.customer)
        call.account_id = other
        self.assertEqual(call.address, other.address)

    def test_unknown(self):
        call = self._call("13900000001")
        self.assertFalse(call.account_id or call.partner_id)
        self.assertEqual(call.phone, "13900000001")
        for query in ("", "  ", "没有这个人", "%", "_台", "\\"):
            with self.subTest(query=query):
                call = self._call(query)
                self.assertFalse(call.match_ids or call.partner_id)
                self.assertFalse(query.strip() and call._find_partners(query))

    def test_person_without_account(self):
        """By the zone of the address, or the only zone with accounts in the street."""
        east, west = self.env["water.zone"].create(
            [{"code": "T-E", "name": "槐东片区"}, {"code": "T-W", "name": "槐西片区"}]
        )
        self.account.write({"address": "槐荫里 8 号", "zone_id": east.id})
        places = {"槐荫里12号": east, "槐西片区新村": west, "无人街 1 号": west[:0], "": west[:0]}
        for place, zone in places.items():
            with self.subTest(place):
                call = self._call("13900000001", address=place)
                self.assertEqual(call.zone_id, zone)
        self._account("10002399", address="槐荫里 20 号", zone_id=west.id)
        self.assertFalse(self._call("13900000001", address="槐荫里12号").zone_id, "in two zones")
        self.assertEqual(self._call("10002345").zone_id, east)
        chosen = self._call("13900000001", address="槐荫里12号", zone_id=west.id)
        self.assertEqual(chosen._case_values()["zone_id"], west.id)

    def test_ringing_number_is_kept(self):
        """A tenant calls about the holder's account: the call-back number is the tenant's."""
        call = self._call("13900000001", account_id=self.account.id)
        self.assertEqual((call.phone, call.contact_name), ("13900000001", "澹台伟"))
        self.assertEqual(self._call("10002345").phone, self.customer.phone)

    def test_already_running(self):
        """Cases of the account, the person or the number; a stranger's and restricted ones not."""
        mine = self._inquiry(account_id=self.account.id, subject="水表读数")
        by_number = self._inquiry("agent2", phone="138 1234 5678", partner_id=False)
        strange = self._inquiry(partner_id=self.customer2.id, phone="13700000000")
        call = self._call("10002345")
        self.assertIn(mine.name, str(call.running))
        self.assertIn("水表读数", str(call.running))
        self.assertIn(by_number.name, str(call.running))
        self.assertNotIn(strange.name, str(call.running))

    def test_flags(self):
        self.account.flag_ids = self.env.ref("water_service_desk.customer_flag_dialysis")
        self.assertIn("Dialysis", self._call("10002345").alerts)

    def test_lookup_is_a_few_queries(self):
        """One indexed query for each source, however many accounts there are."""
        self.env["water.account"].create(
            [
                {"code": f"2000{n}", "partner_id": self.customer2.id, "address": "西城路"}
                for n in range(50)
            ]
        )
        call = self.agent.new({"query": "13812345678"})
        self.assertFalse(call.running)  # warms the caches of rights and templates
        self.env.flush_all()
        self.env.invalidate_all()
        # four of them look for the same matter told before, by telephone, account and customer
        with self.assertQueryCount(16):
            call = self.agent.new({"query": "13812345678"})
            self.assertTrue(call.account_id and call.contact_name)
            self.assertFalse(call.running)


@tagged("post_install", "-at_install")
class TestCallAgain(CallCase):
    """A second call about the same: urged, or something added."""

    def _told(self, words):
        domain = [("subject", "ilike", words)]
        return self.env["mail.message"].search(domain).notified_partner_ids

    def test_urged(self):
        """The people at work are told; counted, and not repeated within a moment."""
        case = self._inquiry("agent2", account_id=self.account.id)
        row = self._call("10002345").running[0]
        self.assertEqual((row["name"], row["can_urge"], row["urged"]), (case.name, True, 0))
        self.assertIn(self.users["agent2"].name, row["next"])
        mine = self._as("agent", case)
        mine.action_urge()
        self.assertEqual((case.urge_count, mine.can_urge), (1, False))
        self.assertEqual(self._kinds(case)[-1], "urged")
        self.assertEqual(self._told("urged, 1 times"), self.users["agent2"].partner_id)
        with self.assertRaisesRegex(UserError, "a moment ago"):
            mine.action_urge()
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            mine.action_urge()
        self.assertEqual(case.urge_count, 2)

    def test_departments_at_work_are_urged(self):
        case = self._inquiry(account_id=self.account.id)
        self._dispatch(case)
        self.assertIn(self.net.name, case.next_step)
        self._as("agent", case).action_urge()
        self.assertIn(self.users["department"].partner_id, self._told(f"{case.name}: urged"))

    def test_urging_has_its_limits(self):
        case = self._inquiry(account_id=self.account.id)
        mine = self._as("agent", case)
        self.assertFalse(mine.can_urge)
        with self.assertRaisesRegex(UserError, "the only one working on it"):
            mine.action_urge()
        self._dispatch(case)
        with self.assertRaisesRegex(AccessError, "talk to customers"):
            self._as("department", case).action_urge()
        done = self._inquiry("agent2", answer="每年 220 立方米")
        self._as("agent2", done).action_answer_and_close()
        with self.assertRaisesRegex(UserError, "it can no longer be added to"):
            self._as("agent", done).action_urge()
        self.assertFalse(done.next_step or done.can_urge)

    def test_word_added(self):
        case = self._inquiry("agent2", account_id=self.account.id)
        mine = self._as("agent", case)
        mine.action_add_word("  还漏到了楼道 ")
        self.assertIn("还漏到了楼道", case.message_ids[0].body)
        self.assertEqual(self._kinds(case)[-1], "customer_message")
        self.assertEqual(self._told("has added something"), self.users["agent2"].partner_id)
        for words in ("", "  ", None, ["x"]):
            with self.assertRaisesRegex(UserError, "Write down"):
                mine.action_add_word(words)
        self._dispatch(case)
        with self.assertRaisesRegex(AccessError, "agents"):
            self._as("department", case).action_add_word("x")


@tagged("post_install", "-at_install")
class TestCallRegister(CallCase):
    """From the call to the case."""

    def test_answered_on_the_spot(self):
        call = self._call("10002345", verbatim="阶梯水价怎么算？\n谢谢", answer="每年 220 立方米")
        call.recording_ref = "88213"
        self.assertFalse(call.confirmation)
        call.action_answer_and_close()
        case = acts.case_of(call)
        self.assertEqual(call.display_name, case.name)
        self.assertEqual((case.state, case.subject), ("closed", "阶梯水价怎么算"))
        self.assertTrue(case.resolved_on_first_contact)
        self.assertEqual((case.recording_ref, case.account_id), ("88213", self.account))
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertIn(case.name, call.confirmation)
        self.assertWhole(case)

    def test_recorded_and_promised(self):
        call = self._call("10002345", verbatim="发票没收到")
        call.action_register_inquiry()
        case = acts.case_of(call)
        self.assertEqual(case.state, "processing")
        self.assertIn(in_words(case.promised_at), call.confirmation)
        self.assertEqual(call.action_open_case()["res_id"], case.id)

    def test_the_crew_before_the_answer(self):
        """In an emergency the arrival time is told first."""
        burst = self._category("lk01")
        call = self._call("10002345", verbatim="路面冒水", category_id=burst.id)
        call.action_register_request()
        case = acts.case_of(call)
        crew = in_words(self._clock(case, "on_site").due_at)
        answer = in_words(case.promised_at)
        self.assertLess(call.confirmation.index(crew), call.confirmation.index(answer))
        self.assertIn("Our staff will be with you by", call.confirmation)

    def test_once(self):
        call = self._call("10002345", verbatim="x")
        call.action_register_inquiry()
        with self.assertRefused("registered already", call):
            call.action_register_inquiry()

    def test_refused(self):
        """Missing values are named, and nothing is registered."""
        before = self.env["water.inquiry"].search_count([])
        for values in (
            {"verbatim": "x"},  # no answer
            {"answer": "x"},  # no text
            {"verbatim": "x", "answer": "x", "category_id": False},
            {"verbatim": "x", "answer": "x", "contact_name": False, "partner_id": False},
        ):
            with self.subTest(values=values), self.assertRefused("Write down|Fill in"):
                self._call("10002345", **values).action_answer_and_close()
        self.assertEqual(self.env["water.inquiry"].search_count([]), before)

    def test_form(self):
        """The screen itself: type a number, a category, the words."""
        with Form(self.agent) as form:
            form.query = "10002345"
            self.assertEqual(form.account_id, self.account)
            form.verbatim = "水费怎么交？"
            self.assertEqual(form.subject, "水费怎么交")
            form.category_id = self._category("bl02")

    def test_only_agents(self):
        for login in ("department", "quality", "plain", "portal1", "integration"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.env["water.call"])._pick_up("10002345")


@tagged("post_install", "-at_install")
class TestScreenPop(CallCase, HttpCase):
    """The address that telephone systems open."""

    def test_opens_the_caller(self):
        self.authenticate("water_agent", "water_agent")
        answer = self.url_open(
            "/water/call?phone=13812345678&recording=88213", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        number = int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1])
        call = self.env["water.call"].browse(number)
        self.assertEqual((call.account_id, call.recording_ref), (self.account, "88213"))

    def test_rubbish(self):
        """The screen opens for any call of the telephone system."""
        self.authenticate("water_agent", "water_agent")
        for query in ("", "?phone=", "?phone=%00'\"<b>", f"?phone={'9' * 5000}", "?x=1"):
            with self.subTest(query=query[:20]):
                answer = self.url_open(f"/water/call{query}", allow_redirects=False)
                self.assertEqual(answer.status_code, 303)

    def test_refused(self):
        self.authenticate("water_department", "water_department")
        self.assertEqual(self.url_open("/water/call?phone=1").status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/water/call?phone=1").url)


@tagged("post_install", "-at_install")
class TestAccountImport(CallCase):
    """Accounts come as a table, with an error for each row that is wrong."""

    FIELDS = ("code", "holder_name", "holder_phone", "address", "zone_id", "customer_class")

    def _load(self, *rows):
        manager = self._as("manager", self.env["water.account"])
        return manager.load(self.FIELDS, [list(row) for row in rows])

    def test_holders(self):
        """A holder who is known is taken, a new one made, namesakes without number kept apart."""
        result = self._load(
            ("3001", "澹台伟", self.customer.phone, "东城路 1 号", "", "household"),
            ("3002", "王小明", "13900000009", "东城路 2 号", "", "household"),
            ("3003", "王小明", "13900000009", "东城路 3 号", "", "business"),
            ("3004", "李华", "", "东城路 4 号", "", "household"),
            ("3005", "李华", "", "东城路 5 号", "", "household"),
        )
        self.assertFalse(result["messages"])
        accounts = self.env["water.account"].browse(result["ids"])
        self.assertEqual(accounts[0].partner_id, self.customer)
        self.assertEqual(accounts[1].partner_id, accounts[2].partner_id)
        self.assertNotEqual(accounts[3].partner_id, accounts[4].partner_id)

    def test_wrong_rows(self):
        """Each invalid row is named; all or nothing is saved."""
        result = self._load(
            ("3001", "澹台伟", "", "东城路 1 号", "", "household"),
            ("3002", "李华", "", "东城路 2 号", "没有的片区", "household"),
            ("3003", "李华", "", "东城路 3 号", "", "宫殿"),
        )
        self.assertFalse(result["ids"])
        self.assertEqual({row["record"] for row in result["messages"]}, {1, 2})
        self.assertFalse(self.env["water.account"].search([("code", "=", "3001")]))

    def test_template(self):
        """The table that is offered can be loaded as it is, by its Chinese heads."""
        template = self.env["water.account"].get_import_templates()[0]["template"]
        with file_open(template.removeprefix("/"), "rb") as stream:
            table = stream.read()
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "water.account",
                "file": table,
                "file_type": "text/csv",
                "file_name": "accounts.csv",
            }
        )
        self.env["res.lang"]._activate_lang("zh_CN")
        preview = wizard.with_context(lang="zh_CN").parse_preview(
            {"quoting": '"', "separator": ",", "has_headers": True, "encoding": ""}
        )
        unmatched = set(range(7)) - set(map(int, preview["matches"]))
        self.assertFalse([preview["headers"][number] for number in unmatched])


@tagged("post_install", "-at_install")
class TestCallScript(WaterCommon):
    """The agent's greeting and the questions of a category."""

    def test_greeting_and_script(self):
        self.company.water_call_greeting = "您好，{company}，{badge} 号为您服务。"
        self.users["agent"].water_badge = "0123"
        category = self._category("lk03")
        category.public_questions = "漏水多久了？|刚刚|几天"
        category.parent_id.call_script = "先问是否有人被困。"
        call = self._as("agent", self.env["water.call"]).new({"category_id": category.id})
        self.assertEqual(call.greeting, f"您好，{self.company.name}，0123 号为您服务。")
        self.assertEqual(call.call_script, "先问是否有人被困。\n· 漏水多久了？ / 刚刚 / 几天")
        category.call_script = "问表箱位置。"
        self.assertIn("问表箱位置。", call.new({"category_id": category.id}).call_script)

    def test_badge_on_the_customers_page(self):
        """The number without the name; the deputy's while the owner is away."""
        self.users["agent"].water_badge = "0123"
        case = self._inquiry()
        facts = case.with_user(self.users["portal1"]).sudo()._portal_page()["facts"]
        self.assertIn(("Served by", "Badge no. 0123"), facts)
        self.assertEqual(case.responsible_badge, "0123")
        self.assertNotIn(self.users["agent"].name, str(facts))
