import base64
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Request
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import SHANGHAI
from ...portal.tests.common import PortalCase
from ...request.tests.common import RequestCommon

SQUARE = '{"type": "Polygon", "coordinates": [[[121,31],[122,31],[122,32],[121,32],[121,31]]]}'


def _drawn(kind="PNG"):
    """A small picture, as bytes."""
    kept = BytesIO()
    Image.new("RGB", (8, 8), "blue").save(kept, kind)
    return kept.getvalue()


PNG = _drawn()


@tagged("post_install", "-at_install")
class TestField(RequestCommon):
    """The day of visiting staff: each act once, by themselves, in order."""

    def _do(self, stop, kind, login="department", key=None, files=(), **values):
        acts = self._as(login, self.env["water.field.act"])
        sent = [(name, BytesIO(content)) for name, content in files]
        with self.env.cr.savepoint():
            return acts._do(key or uuid4().hex, kind, stop, values, sent)

    def _visit(self, case=None, **options):
        visit = self._plan(case or self._repair(), hours=1, **options)
        return visit, f"visit-{visit.id}"

    def _on_site(self, case=None):
        visit, stop = self._visit(case)
        self._do(stop, "arrive")
        return visit, stop

    def _day(self, login="department"):
        return self._as(login, self.env["water.visit"]).field_day()

    def _stops(self, login="department"):
        return [row["stop"] for row in self._day(login)["stops"]]

    def test_from_accepting_to_the_report(self):
        """Four steps; the case has the words, the reading and the end of the department's work."""
        case = self._repair()
        visit, stop = self._visit(case)
        self.assertEqual(self._day()["stops"][0]["state"], "new")
        self.assertEqual(self._do(stop, "accept")["state"], "accepted")
        self.assertEqual(visit.user_id, self.users["department"])
        self.assertEqual(self._lead(case).state, "accepted")
        self.assertEqual(self._do(stop, "on_way")["state"], "on_way")
        self.assertEqual(case._portal_visits()[0]["state"], "our staff are on the way")
        told = self._do(stop, "arrive", latitude="31.2304", longitude="121.4737", accuracy="12")
        self.assertEqual((told["state"], visit.has_position), ("arrived", True))
        self._do(stop, "photo", files=[("a.png", PNG)])
        self._do(stop, "reading", reading="0812,5")
        self._do(stop, "sign", files=[("signature.png", PNG)], signed_by="张伟")
        told = self._do(stop, "report", outcome="done", result="换了表前阀", is_all="1")
        self.assertEqual(told["state"], "done")
        self.assertEqual((told["photos"], told["reading"]), (1, "812.5"))
        self.assertEqual(
            (visit.signed_by, base64.b64decode(visit.signature)[:4]), ("张伟", PNG[:4])
        )
        report = "换了表前阀\nArrived: 2026-03-11 10:00\nPhotos: 1\nMeter reading: 812.5 m³"
        self.assertEqual((self._lead(case).state, self._lead(case).result), ("finished", report))
        self.assertTrue(self._as("department", self._lead(case)).has_arrived)
        event = case.event_ids.filtered(lambda row: row.kind == "visit_finished")
        self.assertEqual(event.payload["meter_reading"], 812.5)
        kinds = self._kinds(case)
        steps = ["dispatch_accepted", "visit_on_way", "arrived", "visit_finished"]
        self.assertEqual([kind for kind in kinds if kind in steps], steps)
        self.assertWhole(case)

    def test_reading_stands_on_the_account(self):
        account = self.env["water.account"].create(
            {"code": "FIELD-1", "address": "东城路1号", "partner_id": self.customer.id}
        )
        for own, number in ((account, 1), (account.browse(), 0)):
            with self.subTest(account=own.code):
                case = self._repair(account_id=own.id)
                _visit, stop = self._on_site(case)
                self._do(stop, "reading", reading="77.25")
                self._do(stop, "report", outcome="done", result="已换表")
                readings = self.env["water.account.reading"]
                found = readings.search_count([("number", "=like", f"{case.name}/%")])
                self.assertEqual(found, number)
        self.assertEqual(account.reading_ids.mapped("kind"), ["read"])
        self.assertEqual(account.reading_ids.read_on, datetime.now(SHANGHAI).date())

    def test_each_act_once(self):
        """Repeated sending with one key is done once, with the same answer."""
        case = self._repair()
        visit, stop = self._visit(case)
        acts = [
            ("accept", {}),
            ("on_way", {}),
            ("arrive", {}),
            ("photo", {"files": [("a.png", PNG)]}),
            ("photo", {"files": [("b.png", PNG)]}),
            ("reading", {"reading": "12"}),
            ("report", {"outcome": "done", "result": "好了", "is_all": "1"}),
        ]
        for kind, values in acts:
            key = uuid4().hex
            first = self._do(stop, kind, key=key, **values)
            self.assertEqual(self._do(stop, kind, key=key, **values), first)
        self.assertEqual(sorted(visit.photo_ids.mapped("name")), ["a.png", "b.png"])
        kinds = self._kinds(case)
        for kind in ("dispatch_accepted", "visit_on_way", "arrived", "visit_finished"):
            self.assertEqual(kinds.count(kind), 1, kind)

    def test_a_refused_act_can_be_sent_again(self):
        """Corrected under the same key it is done: the refusal stored nothing."""
        visit, stop = self._on_site()
        key = uuid4().hex
        with self.assertRaisesRegex(UserError, "write down what was done"):
            self._do(stop, "report", key=key, outcome="done", result=" ")
        self.assertEqual((visit.state, visit.outcome), ("arrived", False))
        self._do(stop, "report", key=key, outcome="done", result="好了")
        self.assertEqual(visit.state, "done")

    def test_keys_of_two_people(self):
        """Keys of different users are independent."""
        self.net.member_ids |= self.users["department2"]
        one, two = (self._visit()[1] for _number in range(2))
        key = uuid4().hex
        self._do(one, "accept", key=key)
        self.assertEqual(self._do(two, "accept", "department2", key=key)["state"], "accepted")

    def test_arriving_accepts(self):
        """Arrival counts as acceptance, by phone or by the visit's button."""
        case, other = self._repair(), self._repair()
        self._on_site(case)
        self._as("department", self._plan(other, hours=1)).action_arrive()
        for row in (case, other):
            self.assertEqual(self._lead(row).state, "accepted")
            self.assertEqual(self._lead(row).accepted_by_id, self.users["department"])

    def test_without_an_appointment(self):
        """Setting out for a dispatch makes a visit that starts now; it stays one stop."""
        case = self._repair()
        self._dispatch(case, self.net)
        stop = f"dispatch-{self._lead(case).id}"
        self.assertIn(stop, [row["stop"] for row in self._day()["waiting"]])
        self.assertEqual(self._do(stop, "accept")["state"], "accepted")
        self.assertFalse(case.visit_ids)
        key = uuid4().hex
        told = self._do(stop, "on_way", key=key)
        self.assertEqual((told["stop"], told["state"]), (stop, "on_way"))
        self._do(stop, "on_way", key=key)
        visit = case.visit_ids
        self.assertEqual(visit.slot_from, fields.Datetime.now())
        self.assertEqual((visit.user_id, self._stops()), (self.users["department"], [stop]))
        self.assertNotIn(stop, [row["stop"] for row in self._day()["waiting"]])
        self._do(stop, "arrive")
        told = self._do(stop, "report", outcome="no_access", result="家中无人")
        self.assertEqual((told["state"], self._lead(case).state), ("done", "accepted"))
        day = self._day()
        rows = [row for row in day["stops"] + day["waiting"] if row["number"] == case.name]
        self.assertEqual([(row["stop"], row["state"]) for row in rows], [(stop, "accepted")])
        self.assertIn("家中无人", rows[0]["result"])
        self.assertEqual(self._do(stop, "on_way")["state"], "on_way")
        self.assertEqual(len(case.visit_ids), 2)

    def test_case_stands_once_in_the_day(self):
        """Finished visits give way to open work of the same case."""
        case = self._repair()
        _visit, stop = self._on_site(case)
        self._do(stop, "report", outcome="follow_up", result="缺配件")
        day = self._day()
        rows = [row for row in day["stops"] + day["waiting"] if row["number"] == case.name]
        self.assertEqual([row["state"] for row in rows], ["accepted"])
        self._do(rows[0]["stop"], "arrive")
        self._do(rows[0]["stop"], "report", outcome="done", result="已修", is_all="1")
        day = self._day()
        rows = [row for row in day["stops"] + day["waiting"] if row["number"] == case.name]
        self.assertEqual([(row["state"], row["result"]) for row in rows], [("done", "已修")])
        self.assertIn("缺配件", self._lead(case).result)

    def test_report_without_arrival_counts_as_arrival(self):
        """The arrival may have been lost or refused on its way."""
        case = self._repair()
        visit, stop = self._visit(case)
        self._do(stop, "report", outcome="done", result="已修", is_all="1")
        self.assertEqual((visit.state, visit.arrived_at), ("done", fields.Datetime.now()))
        self.assertEqual(self._lead(case).state, "finished")

    def test_report_on_a_visit_that_is_over_is_kept(self):
        """Cancelled, or finished by another, while the author was offline."""
        for end in ("cancel", "finish"):
            case = self._repair()
            visit, stop = self._on_site(case)
            if end == "cancel":
                case._cancel_visits()
            else:
                visit.write({"outcome": "done", "result": "同事已报"})
                self._as("supervisor", visit).action_finish()
            with self.subTest(end):
                self._do(stop, "report", outcome="done", result="现场已修复", is_all="1")
                self.assertIn("现场已修复", self._lead(case).result)
                event = case.event_ids.sorted("id")[-1]
                self.assertEqual(event.payload["result"], "现场已修复")
                self.assertWhole(case)

    def test_the_work_goes_on_with_another_visit(self):
        """The report is taken; the dispatch stays open while another visit is planned."""
        case = self._repair()
        visit, stop = self._on_site(case)
        self._plan(case, hours=48)
        self._do(stop, "report", outcome="follow_up", result="缺配件", is_all="1")
        self.assertEqual((visit.state, self._lead(case).state), ("done", "accepted"))

    def test_permitted_users(self):
        """Only the visitor acts: not other departments, the desk, or a colleague."""
        visit, stop = self._visit(user=self.users["department"])
        with self.assertRaises(MissingError):
            self._do(stop, "accept", "department2")
        with self.assertRaises(AccessError):
            self._do(stop, "accept", "plain")
        for login in ("agent", "supervisor"):
            with self.subTest(login), self.assertRaisesRegex(AccessError, "people of"):
                self._do(stop, "accept", login)
        self.net.member_ids |= self.users["department2"]
        with self.assertRaisesRegex(AccessError, "goes there"):
            self._do(stop, "arrive", "department2")
        self.assertEqual((visit.state, self._stops("department2")), ("planned", []))
        with self.assertRaises(AccessError):
            self._as("agent", self.env["water.visit"]).field_day()

    def test_nonsense(self):
        """Any input is answered with a message, and nothing is stored."""
        visit, stop = self._on_site()
        png = ("a.png", PNG)
        for kind, values, words in (
            ("dance", {}, "out of date"),
            ("accept", {"key": "short"}, "out of date"),
            ("photo", {}, "no photo"),
            ("photo", {"files": [("a.png", b"<html>")]}, "kind we cannot take"),
            ("photo", {"files": [("a.pdf", b"%PDF-1.4\n")]}, ""),
            ("photo", {"files": [("a.png", PNG[:40])]}, "damaged"),
            ("reading", {}, "cubic metres"),
            ("reading", {"reading": "-3"}, "cubic metres"),
            ("reading", {"reading": "1e9"}, "cubic metres"),
            ("sign", {"files": [png]}, "Who signs"),
            ("sign", {"signed_by": "张"}, "no signature"),
            ("sign", {"signed_by": "张", "files": [("s.png", b"x")]}, "no signature"),
            ("report", {"outcome": "great", "result": "x"}, "how it went"),
            ("report", {"outcome": "done", "result": "x" * 4001}, "characters"),
            ("on_way", {}, "by now"),
        ):
            with self.subTest(kind=kind, **values), self.assertRaisesRegex(UserError, words):
                self._do(stop, kind, **values)
        for wrong in ("", "visit-0", "visit-x", "dispatch-999999", "water-1", f"visit-{2**70}"):
            with self.subTest(wrong), self.assertRaises(MissingError):
                self._do(wrong, "accept")
        with self.assertRaisesRegex(UserError, "not valid"):
            self._do(self._visit()[1], "arrive", latitude="91", longitude="0")
        self.assertEqual((visit.state, visit.photo_ids.ids), ("arrived", []))

    def test_told_later(self):
        """The telephone's moment counts, within a day, never ahead of us nor before the work."""
        begun = fields.Datetime.now()
        for minutes, kept in ((-300, 0), (5, 5), (21, 20), (-25 * 60, 20)):
            with freeze_time(begun):
                visit, stop = self._visit()
            told = (begun + timedelta(minutes=minutes)).isoformat() + ".000Z"
            with freeze_time(begun + timedelta(minutes=20)), self.subTest(minutes):
                self._do(stop, "arrive", at=told)
                self.assertEqual(visit.arrived_at, begun + timedelta(minutes=kept))
        with freeze_time(begun):
            visit, stop = self._visit()
            self._do(stop, "arrive", at="nonsense")
        self.assertEqual(visit.arrived_at, begun)

    def test_missed_stays_missed(self):
        """A phone's late claim does not make an arrival in time."""
        visit, stop = self._visit()
        case, told = acts.case_of(visit), fields.Datetime.now() + timedelta(minutes=5)
        clock = visit.deadline_ids | self._clock(case, "on_site")
        late = max(clock.mapped("due_at")) + timedelta(minutes=1)
        with freeze_time(late):
            self._do(stop, "arrive", at=told.isoformat() + "Z")
        self.assertEqual(visit.arrived_at, late)
        self.assertTrue(all(row.met_at == late > row.due_at for row in clock))

    def test_day(self):
        """Own and unassigned ones, in order; masked, with route and map number."""
        self.net.member_ids |= self.users["department2"]
        later, stop_later = self._visit()
        acts.move_visit(
            self._as("su", later),
            later.slot_from + timedelta(hours=2),
            later.slot_to + timedelta(hours=2),
            "x",
            "company",
        )
        zone = self.env["water.zone"].create({"name": "东区", "code": "Z9", "outline": SQUARE})
        case = self._repair(address="东城路 8 号", contact_name="张伟", phone="13812345678")
        case.write({"position": "31.500000, 121.500000 (±20 m)", "zone_id": zone.id})
        _visit, stop = self._visit(case)
        _other, theirs = self._visit(user=self.users["department2"])
        day = self._day()
        self.assertEqual([row["stop"] for row in day["stops"]], [stop, stop_later])
        self.assertEqual(self._stops("department2"), [stop, theirs, stop_later])
        row = day["stops"][0]
        self.assertIn("东城路", row["address"])
        self.assertNotIn("13812345678", str(day))
        self.assertNotIn("张伟", str(day))
        self.assertRegex(row["geo"], r"^geo:31\.500000,121\.500000\?q=.*%E4%B8%9C%E5%9F%8E")
        self.assertIn("<circle", day["map"])
        self._do(stop, "arrive")
        self._do(stop, "report", outcome="done", result="好了", is_all="1")
        self.assertIn(stop, self._stops())
        self.assertNotIn(stop, self._stops("department2"))

    def test_keys_are_forgotten(self):
        """After three months; a telephone does not send again after that."""
        self._do(self._visit()[1], "accept")
        acts = self.env["water.field.act"]
        self._trigger("base.autovacuum_job")
        self.assertEqual(acts.search_count([]), 1)
        self.env.cr.execute("UPDATE water_field_act SET at = at - interval '91 days'")
        self.env.invalidate_all()
        self._trigger("base.autovacuum_job")
        self.assertFalse(acts.search_count([]))


@tagged("post_install", "-at_install")
class TestFieldDoor(PortalCase):
    """What phones send, and the answers."""

    def setUp(self):
        super().setUp()
        net = self.env.ref("water_service_desk.department_net")
        begin = fields.Datetime.now() + timedelta(minutes=30)
        case = self._inquiry(subject="表箱漏水")
        self.visit = acts.plan_visit(case, net, begin, begin + timedelta(hours=2)).sudo()

    def _send(self, csrf=True, files=(), **values):
        values = {"key": uuid4().hex, "kind": "accept", "stop": f"visit-{self.visit.id}", **values}
        if csrf:
            values["csrf_token"] = Request.csrf_token(self)
        parts = [("files", file) for file in files] or [("none", ("", b""))]
        return self.url_open("/water/field/act", values, files=parts, allow_redirects=False)

    def test_answers(self):
        """200 with the stop, else a status and message; nothing without a token."""
        self.sign_in("department")
        self.assertEqual(self._send(csrf=False).status_code, 400)
        self.assertEqual(self.visit.state, "planned")
        told = self._send()
        self.assertEqual((told.status_code, told.json()["stop"]["state"]), (200, "accepted"))
        self.assertEqual(self._send(kind="arrive").json()["stop"]["state"], "arrived")
        key = uuid4().hex
        for _time in range(2):
            sent = self._send(kind="photo", key=key, files=[("门前.png", PNG)])
            self.assertEqual(sent.json()["stop"]["photos"], 1)
        refused = self._send(kind="reading", reading="?")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("1234.567", refused.json()["error"])
        self.assertEqual(self._send(stop="visit-0").status_code, 404)

    def test_strangers(self):
        """Other departments and customers are refused; visitors are asked to sign in."""
        self.sign_in("department2")
        self.assertIn(self._send().status_code, (403, 404))
        self.sign_in()
        self.assertIn(self._send().status_code, (403, 404))
        self.logout()
        self.assertEqual(self._send(csrf=False).status_code, 303)
        self.assertEqual(self.visit.state, "planned")
