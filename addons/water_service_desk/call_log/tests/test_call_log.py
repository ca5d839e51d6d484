"""Each call as the telephone system tells of it, with a case or without."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, WaterPeople
from ...base.trust import trusted
from ...intake.filing import FilingError
from ...privacy.scrub import Scrubber
from .. import call_facts
from .softphone import Softphone

BEGUN = "2026-10-13T09:30:00+08:00"


class CallLogCase(WaterCommon):
    def _report(self, call="C-1", **told):
        return self.env["water.call.record"]._report({"call": call, **told})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallRecord(CallLogCase):
    second_company = True

    def test_in_any_order_and_twice(self):
        """Events in any order and number give one line with the same times."""
        told = [
            {"ended_at": "2026-10-13T09:33:00+08:00", "recording": "R-9"},
            {"offered_at": BEGUN, "phone": "13812345678", "group": "抢修"},
            {"answered_at": "2026-10-13T01:30:12Z", "agent": "water_agent"},
        ]
        results = [self._report(**facts)[1] for facts in told + told]
        self.assertEqual(results, ["created", "changed", "changed"] + ["unchanged"] * 3)
        call = self.env["water.call.record"].search([("call_ref", "=", "C-1")])
        self.assertRecordValues(
            call,
            [
                {
                    "outcome": "answered",
                    "ring_seconds": 12,
                    "talk_seconds": 168,
                    "user_id": self.users["agent"].id,
                    "partner_id": self.customer.id,
                    "agent_group": "抢修",
                    "recording_ref": "R-9",
                    "phone_masked": "138****5678",
                }
            ],
        )

    def test_abandoned(self):
        call, _result = self._report(offered_at=BEGUN, ended_at="2026-10-13 09:30:40")
        self.assertEqual((call.outcome, call.ring_seconds, call.talk_seconds), ("abandoned", 40, 0))

    def test_sent_message_stays(self):
        """Another number, another moment, an end before the beginning: refused by fact."""
        call, _result = self._report(offered_at=BEGUN, phone="13812345678")
        for told, fact in (
            ({"phone": "13900000000"}, "phone"),
            ({"offered_at": "2026-10-13T09:31:00+08:00"}, "offered_at"),
            ({"ended_at": "2026-10-13T09:29:59+08:00"}, "ended_at"),
            ({"answered_at": "yesterday"}, "answered_at"),
            ({"direction": "up"}, "direction"),
            ({"phone": "1" * 41}, "phone"),
            ({"agent": 7}, "agent"),
            ({"call": " "}, "call"),
        ):
            with self.subTest(fact), self.assertRaises(FilingError) as caught:
                self.env["water.call.record"]._report({"call": "C-1", **told})
            self.assertEqual(set(caught.exception.errors), {fact})
        self.assertFalse(call.ended_at)

    def test_shared_phone_number_identifies_no_one(self):
        self.customer2.phone = self.customer.phone
        call, _result = self._report(phone="138 1234 5678")
        self.assertFalse(call.partner_id)
        self.assertEqual(self._report("C-2", agent="no such")[0].agent_ref, "no such")

    def test_a_colleague_hides_no_customer(self):
        """Staff who enter a customer's number on their own contact are not the customer."""
        self.users["agent"].partner_id.phone = self.customer.phone
        call, _result = self._report(phone="138 1234 5678")
        self.assertEqual(call.partner_id, self.customer)

    def test_companies_are_apart(self):
        """The same number of another company's system is another call."""
        mine, _result = self._report(offered_at=BEGUN)
        other = self.env["water.call.record"].with_company(self.company2)._report({"call": "C-1"})
        self.assertEqual(other[1], "created")
        self.assertNotEqual(other[0], mine)

    def test_readers(self):
        """Agents see their own, supervisors and quality all; no one edits them."""
        call, _result = self._report(offered_at=BEGUN, agent="water_agent")
        for login, sees in (
            ("agent", True),
            ("agent2", False),
            ("supervisor", True),
            ("quality", True),
            ("department", False),
            ("foreign", False),
        ):
            mine = self._as(login, call)
            found = mine.has_access("read") and bool(mine.search([("id", "=", call.id)]))
            self.assertEqual(found, sees, login)
        for change in (
            lambda row: row.write({"outcome": "answered"}),
            lambda row: row.unlink(),
            lambda row: row.create({"call_ref": "x"}),
        ):
            with self.assertRaises(AccessError):
                change(self._as("manager", call))

    def test_numbers_go_after_their_time(self):
        """A call without a case loses its number; lines and figures stay."""
        call, _result = self._report(offered_at=BEGUN, phone="13812345678")
        kept, _result = self._report("C-2", offered_at=BEGUN, phone="13812345678")
        kept._attach(self._inquiry())
        with freeze_time("2028-01-01 00:00:00"):
            self._trigger("base.autovacuum_job")
        self.assertFalse(call.phone or call.partner_id)
        self.assertTrue(call.offered_at)
        self.assertEqual(kept.phone, "13812345678")

    def test_erasure_reaches_calls(self):
        call, _result = self._report(phone="13812345678")
        self.assertEqual(call.partner_id, self.customer)
        trusted(self.customer.sudo())._erase_around(Scrubber([]), "x")
        self.assertFalse(call.phone or call.partner_id)


@tagged("post_install", "-at_install")
class TestCallImport(CallLogCase):
    def _import(self, content, login="supervisor"):
        dialogs = self._as(login, self.env["water.call.import.wizard"])
        dialog = dialogs.create({"file": base64.b64encode(content)})
        dialog.action_import()
        return dialog.report

    def test_the_same_file_twice(self):
        text = (
            "通话编号,电话号码,呼入时间,应答时间,结束时间,坐席\n"
            "C-1,13812345678,2026-10-13 09:30,2026-10-13 09:30:09,2026-10-13 09:31,water_agent\n"
            "C-2,13900000001,2026-10-13 09:32:00,,2026-10-13 09:32:30,\n"
            "\n"
            ",13900000002,2026-10-13 09:33:00,,,\n"
        )
        report = self._import(text.encode("gb18030"))
        self.assertRegex(report, r"New: 2\. .* Not taken: 1\.\n5: Give the number of the call\.")
        self.assertIn("New: 0. Completed: 0. Known already: 2.", self._import(text.encode()))
        calls = self.env["water.call.record"].search([("call_ref", "in", ("C-1", "C-2"))])
        self.assertEqual(set(calls.mapped("outcome")), {"answered", "abandoned"})
        self.assertEqual(calls.mapped("result"), calls.mapped("outcome"))
        missed = calls.search([("id", "in", calls.ids), ("result", "=", "abandoned")])
        self.assertEqual(missed, calls.filtered_domain([("outcome", "=", "abandoned")]))

    def test_bidi_controls_in_a_file_are_removed(self):
        text = (
            "通话编号,电话号码,呼入时间,坐席组\nC\u202e-3,13900000001,2026-10-13 09:32,抢\u202e修\n"
        )
        self.assertIn("New: 1", self._import(text.encode()))
        call = self.env["water.call.record"].search([("call_ref", "=", "C-3")])
        self.assertEqual(call.agent_group, "抢修")

    def test_other_files(self):
        for content in (b"", b"a,b\n1,2\n", b"\0\0", b"\xff\xfe\xfa"):
            with self.subTest(content[:4]), self.assertRefused("headings|UTF-8"):
                self._import(content)
        many = b"call\n" + b"".join(b"%d\n" % n for n in range(call_facts.MAX_ROWS + 1))
        with self.assertRefused("At most"):
            self._import(many)
        with self.assertRefused("larger than"):
            self._import(b"call\n" + b"x" * call_facts.MAX_BYTES)
        with self.assertRaises(AccessError):
            self._import(b"call\nC-1\n", "agent")


@tagged("post_install", "-at_install")
class TestSoftphone(WaterPeople, HttpCase):
    """Over HTTP: from ringing to the case, and a call without a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.machine = cls.users["integration"]
        cls.machine.water_channel_ids = cls.env.ref("water_service_desk.channel_phone")

    def setUp(self):
        super().setUp()
        administrator = self.env["res.users"].with_user(self.env.ref("base.user_admin"))
        shown = administrator.browse(self.machine.id).action_water_new_key()
        self.phone = Softphone(self, shown["context"]["default_key"])

    def _call(self, number):
        return self.env["water.call.record"].search([("call_ref", "=", number)])

    def test_from_the_ringing_to_the_case(self):
        """Rung, popped up, answered, registered, hung up: one line, one click from its case."""
        answer = self.phone.ring("C-77", "13812345678").json()
        self.assertEqual(answer, [{"row": 0, "call": "C-77", "errors": {}, "result": "created"}])
        self.authenticate("water_agent", "water_agent")
        screen = self.phone.pop_up("C-77", "13812345678")
        self.phone.answer("C-77", "water_agent")
        screen = self._as("agent", screen)
        screen.write({"verbatim": "阶梯水价怎么算？", "category_id": self._category("bl02").id})
        screen.action_register_inquiry()
        self.phone.hang_up("C-77", recording="R-77")
        for after, result in ((100, "unchanged"), (101, "error")):
            self.assertEqual(self.phone.hang_up("C-77", after).json()[0]["result"], result)
        case, call = acts.case_of(screen), self._call("C-77")
        self.assertEqual((call.inquiry_id.id, call.outcome), (case.id, "answered"))
        self.assertEqual((call.ring_seconds, call.recording_ref), (10, "R-77"))
        action = self._as("agent", case).action_open_calls()
        found = self._as("agent", self.env["water.call.record"]).search(action["domain"])
        self.assertEqual(found.ids, call.ids)

    def test_nothing_registered(self):
        """The caller hung up, or there was no result: the line is there."""
        self.phone.ring("C-78", "13900000001")
        self.phone.hang_up("C-78", after=25)
        call = self._call("C-78")
        self.assertEqual((call.outcome, call._case_or_none()), ("abandoned", None))

    def test_foreign_numbers_and_keys(self):
        """Another agent's call stays theirs; reporting needs a key and a telephone."""
        self.phone.ring("C-79", "13812345678")
        self.phone.answer("C-79", "water_agent2")
        self.authenticate("water_agent", "water_agent")
        screen = self._as("agent", self.phone.pop_up("C-79", "13812345678"))
        screen.write({"verbatim": "x", "category_id": self._category("bl02").id})
        screen.action_register_inquiry()
        self.assertIsNone(self._call("C-79")._case_or_none())
        self.assertEqual(self.phone.report({"call": "x"}, key="nonsense").status_code, 401)
        self.assertEqual(self.phone.report().status_code, 422)
        self.assertEqual(self.phone.report(*[{"call": "x"}] * 101).status_code, 422)
        answer = self.phone.report({"call": "x", "talk": 7}, ["x"], {"call": {}}).json()
        self.assertEqual({row["result"] for row in answer}, {"error"})
        self.machine.water_channel_ids = self.env.ref("water_service_desk.channel_wechat")
        self.assertEqual(self.phone.report({"call": "x"}).status_code, 403)
        self.assertFalse(self._call("x"))
