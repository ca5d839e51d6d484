from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import IncidentCommon

#: what keeps a case open at the end of its incident, and the dialog's text
WORDS = {
    "claim": "own claim",
    "ill": "injury or illness",
    "other": "another matter",
    "sent": "still at work",
    "busy": "under investigation",
    "order": "order of another body",
    "visit": "visit is still to come",
}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestIncidentEnding(IncidentCommon):
    """Told customers count as contacted; what closes at the end, what stays and why (S3.2.1f)."""

    # -- told is contacted ------------------------------------------------------------------

    def test_telling_meets_the_contact_clock(self):
        """Earlier callers at the time of the news; later callers at their call."""
        first = self._caller()
        incident = self._incidents_here()
        with self._at("2026-03-11 08:05"):
            self._as("supervisor", incident).action_start()
        self.assertEqual(self._clock(first, "contact").state, "running")
        with self._at("2026-03-11 08:20"):
            acts.announce(self._as("supervisor", incident), "正在抢修。")
            self._broadcast()
        self.assertEqual(self._clock(first, "contact").met_at, local("2026-03-11 08:20"))
        self.assertEqual(first.first_contact_at, local("2026-03-11 08:20"))
        with self._at("2026-03-11 12:00"):
            late = self._caller(number=2)
            web = self._caller(number=3, channel_id=self._channel("web").id)
        for case in late | web:
            clock = self._clock(case, "contact")
            self.assertEqual((clock.state, clock.met_at), ("met", local("2026-03-11 12:00")))
        self.assertWhole(first | late | web)

    def test_told_does_not_count_where_the_kind_says_so(self):
        self._kind("outage").told_is_contact = False
        self._open()
        self.assertEqual(self._clock(self._caller(), "contact").state, "running")

    def test_a_stranger_is_told_once(self):
        """Found by address, else by phone; for all cases of the customer."""
        incident = self._open()
        web = {"channel_id": self._channel("web").id}
        twice = [self._caller(number=7, **web) for __ in range(2)]
        other = self._caller(number=8, **web)
        before = self._messages()
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self.assertEqual(incident._audience(), {"mail": 2})
        self._broadcast()
        told = self._messages() - before
        self.assertEqual(
            sorted(told.mapped("address")), ["caller7@example.com", "caller8@example.com"]
        )
        for case in (*twice, other):
            self.assertEqual(self._clock(case, "contact").state, "met")

    def test_the_page_says_how_it_ended(self):
        """Customers without a message see news and advice on their page."""
        incident = self._open()
        case = self._caller(number=1)
        self.assertFalse(case._portal_page()["answer"])
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "东城路已恢复供水。")
        self._broadcast()
        self.assertEqual(case.state, "archived")
        answer = case.with_context(lang="en_US")._portal_page()["answer"]
        self.assertEqual(
            answer.splitlines(),
            ["东城路已恢复供水。", "If it is not so at your place, please call us."],
        )

    def test_all_cases_of_a_person_are_told(self):
        incident = self._open()
        web = self._channel("web").id
        same = [self._caller(partner_id=self.customer.id, channel_id=web) for __ in range(2)]
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self._broadcast()
        for case in same:
            self.assertEqual(self._clock(case, "contact").state, "met")

    def test_reached_is_what_arrived(self):
        self._account(1)
        incident = self._open()
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        before = self._messages()
        self._broadcast()
        notice, message = incident.notice_ids, self._messages() - before
        self.assertEqual((notice.contact_count, notice.reached_count), (1, 0))
        trusted(message)._succeed()
        notice.invalidate_recordset()
        self.assertEqual(notice.reached_count, 1)  # the mail server has taken it
        trusted(message).write({"state": "sent", "medium": "sms"})
        notice.invalidate_recordset()
        self.assertEqual(notice.reached_count, 0)  # sent to a gateway is not delivered
        trusted(message)._receipt(True, None)
        notice.invalidate_recordset()
        self.assertEqual(notice.reached_count, 1)

    def test_the_dialog_shows_who_is_told_and_how(self):
        holder = self._account(1).partner_id
        self._account(2).partner_id.email = False
        caller = self._caller(number=7)
        self._caller(partner_id=holder.id)  # who has called is not told twice
        incident = self._open()
        self.assertFalse(caller.incident_id.notice_ids)
        wizard = self.env["water.incident.wizard"].create({"incident_id": incident.id})
        self.assertIn("2 people are told: Mail 2; 1 cannot be reached", wizard.audience)
        before = self._messages()
        wizard.action_send()
        self._broadcast()
        self.assertEqual(len(self._messages() - before), 2)

    # -- the end ----------------------------------------------------------------------------

    def _waiting_cases(self):
        """{what keeps it open: complaint} that hang on the open incident, and one that may end."""
        cases = {
            name: self._caller(number=number, channel_id=self._channel("phone").id)
            for number, name in enumerate(("plain", *WORDS))
        }
        self._as("agent", cases["claim"]).own_claim = True
        self._as("agent", cases["ill"]).description = "停水后孩子呕吐"
        cases["other"].category_id = self._category("bl01")
        for name in ("sent", "busy"):
            acts.readback(self._as("agent", cases[name]))
            self._dispatch(cases[name])
        self._as("department", self._lead(cases["busy"])).action_accept()
        trusted(cases["order"]).write(
            {"external_source": "12345", "external_ref": "W1", "external_state": "open"}
        )
        acts.readback(self._as("agent", cases["visit"]))
        acts.plan_visit(
            self._as("agent", cases["visit"]),
            self.net,
            local("2026-03-11 14:00"),
            local("2026-03-11 16:00"),
        )
        return cases

    def test_begun_at_a_machine_whose_clock_is_ahead(self):
        """Times follow the server's clock, and the end is not before the beginning."""
        incident = self._open()
        begun = incident.aware_at
        with freeze_time(begun - timedelta(minutes=10)):
            mine, now = self._as("supervisor", incident), fields.Datetime.now()
            acts.announce(mine, "正在抢修。", now + timedelta(hours=1))
            with self.assertRefused("between the beginning and now", incident):
                acts.restore(mine, now - timedelta(minutes=1), "已恢复供水。")
            acts.restore(mine, now, "已恢复供水。")
        self.assertEqual((incident.state, incident.restored_at), ("restored", begun))

    def test_one_that_fails_keeps_no_other_open(self):
        incident = self._open()
        broken, whole = self._caller(number=1), self._caller(number=2)
        acts.restore(incident, fields.Datetime.now(), "已恢复供水。")
        cases = type(self.env["water.complaint"])
        log, close = cases._log_events, "odoo.addons.water_service_desk.base.isolated"

        def fails(found, kind, *args, **values):
            if kind == "incident_over" and broken in found:
                raise ValueError("a fault of one case")
            return log(found, kind, *args, **values)

        with patch.object(cases, "_log_events", fails), self.assertLogs(close, "ERROR") as logged:
            self._broadcast()
        self.assertEqual((broken.state, whole.state), ("registered", "archived"))
        self.assertEqual(len(logged.records), 2)  # together, then that one alone
        self.assertIn(str(broken), logged.output[1])

    def test_a_commander_who_may_not_look_stops_no_reminder(self):
        """A user who cannot get activities does not keep others from being notified."""
        gone, there = self._open(), self._open(subject="西城路")
        model, ask = type(gone), type(gone).activity_schedule

        def schedule(incident, *args, **values):
            if incident == gone:
                raise ValueError("no access to the document")
            return ask(incident, *args, **values)

        trusted((gone | there).sudo()).next_progress_at = fields.Datetime.now()
        log = self.assertLogs("odoo.addons.water_service_desk.base.isolated", "ERROR")
        with patch.object(model, "activity_schedule", schedule), log as logged:
            self._broadcast()
        self.assertEqual(len(logged.records), 1)
        self.assertTrue(there.activity_ids)
        self.assertGreater(there.next_progress_at, fields.Datetime.now())
        self.assertEqual(gone.next_progress_at, fields.Datetime.now())

    def test_open_cases_and_reasons(self):
        incident, cases = self._open(), self._waiting_cases()
        request = self._as("agent", self.env["water.request"]).create(
            self._request_values(category_id=self._category("ot01").id, zone_id=self.zone.id)
        )
        self.assertEqual(incident.case_count, len(cases) + 1)
        wizard, lines = self._ending(incident)
        self.assertEqual(set(lines), {*cases.values(), request})
        for name, words in WORDS.items():
            with self.subTest(name=name):
                line = lines[cases[name]]
                self.assertEqual((line.is_proposed, line.is_chosen), (False, False))
                self.assertIn(words, line.reason)
        plain = lines[cases["plain"]]
        self.assertTrue(plain.is_proposed and plain.is_chosen)
        self.assertIn("Archived", plain.reason)
        self.assertIn("Closed", lines[request].reason)
        for line in wizard.line_ids:  # ticked against the rule: looked at once more
            line.write({"is_proposed": True, "is_chosen": True})
        wizard.action_send()
        self._broadcast()
        self.env.invalidate_all()
        self.assertEqual(cases.pop("plain").state, "archived")
        self.assertEqual(request.state, "closed")
        for name, case in cases.items():
            with self.subTest(name=name):
                self.assertNotIn(case.state, case._final_states)
                self.assertIn("close", self._running(case).mapped("kind"))
                self.assertNotIn("incident_over", self._kinds(case))

    def test_unticked_cases_stay_open(self):
        incident = self._open()
        ticked, left = self._caller(number=1), self._caller(number=2)
        wizard, lines = self._ending(incident)
        lines[left].is_chosen = False
        wizard.action_send()
        self._broadcast()
        self.env.invalidate_all()
        self.assertEqual((ticked.state, left.state), ("archived", "registered"))

    def test_contact_with_open_call_back_cannot_be_archived(self):
        """The recorded end replaces the handling steps, but not a call."""
        incident = self._open()
        case = self._caller()
        trusted(self.env["water.callback"].sudo()).create(
            {"complaint_id": case.id, "kind": "follow_up", "due_at": fields.Datetime.now()}
        )
        trusted(incident).write({"state": "restored", "restored_at": fields.Datetime.now()})
        self.assertIn("make the call-back first", " ".join(case.sudo()._refusals("archived")))

    def test_lifting_the_restriction(self):
        values = {"quality_notice": "drink", "quality_from": local("2026-03-11 08:00")}
        incident = self._open(kind_id=self._kind("quality").id, family_ids=False, **values)
        case = self._caller(code="wq01")
        with self._at("2026-03-11 20:00"):
            acts.restore(
                self._as("supervisor", incident), local("2026-03-11 19:30"), "可以正常用水。"
            )
            self._broadcast()
        self.assertEqual(incident.quality_until, local("2026-03-11 19:30"))
        self.assertEqual(case.state, "archived")
        self.assertFalse(incident.minutes_ids)  # no one was without water

    def test_a_case_one_may_not_read_is_named_by_its_number(self):
        incident, case = self._open(), self._caller()
        trusted(case).person_complained_id = self.users["supervisor"]
        _wizard, lines = self._ending(incident)
        self.assertEqual((lines[case].name, lines[case].subject), (case.name, False))

    def _stays(self, incident, case, words):
        _wizard, lines = self._ending(incident)
        self.assertEqual((lines[case].is_proposed, lines[case].is_chosen), (False, False))
        self.assertIn(words, lines[case].reason)

    def test_a_measure_of_the_plan_keeps_a_case(self):
        incident, case = self._open(), self._caller()
        acts.readback(self._as("agent", case))
        self._as("agent", case).action_handle()
        plan = self._as("agent", self.env["water.resolution"]).create(
            {"complaint_id": case.id, "text": "更换阀门", "basis": "公司规程"}
        )
        action = self._as("agent", self.env["water.resolution.action"]).create(
            {"resolution_id": plan.id, "name": "更换阀门", "due_on": "2026-03-20"}
        )
        trusted(case).write({"state": "registered"})  # not under investigation any more
        trusted(plan).write({"state": "proposed"})
        self._stays(incident, case, "a measure of the plan is still to come")
        trusted(action).done_at = fields.Datetime.now()
        self.assertNotIn("measure", self._why_open(case))

    def test_a_call_that_was_asked_for_keeps_a_case(self):
        """If archived with the incident there is no call; withdrawn cases are free."""
        incident, case = self._open(), self._caller()
        call = acts.call_back(case.sudo(), fields.Datetime.now() + timedelta(hours=3), "几点来水")
        self._stays(incident, case, "has asked to be called")
        self._as("agent", call).action_cancel()
        self.assertNotIn("called", self._why_open(case))

    def test_an_open_appeal_keeps_a_case(self):
        incident, case = self._open(), self._caller()
        appeal = trusted(self.env["water.appeal"].sudo()).create(
            {"complaint_id": case.id, "reason": "不认可", "level": "1", "state": "filed"}
        )
        self._stays(incident, case, "an appeal is open")
        trusted(appeal).state = "withdrawn"
        self.assertNotIn("appeal", self._why_open(case))

    def test_a_signature_that_is_missing_keeps_a_case(self):
        incident, complaint = self._open(), self._caller()
        values = {"category_id": self._category("ot01").id, "zone_id": self.zone.id}
        request = self._as("agent", self.env["water.request"]).create(
            self._request_values(**values)
        )
        self.env["water.sign.rule"].create({"name": "加急", "signer": "supervisor"})
        words = "has to be signed first"
        for case in request, complaint:
            self._stays(incident, case, words)
        with self._at("2026-03-11 12:00"):
            acts.restore(
                self._as("supervisor", incident), local("2026-03-11 11:30"), "已恢复供水。"
            )
            self._broadcast()
        self.assertNotIn(request.state, ("closed", "done"))
        self.assertFalse(request.result)
        self.assertNotEqual(complaint.state, "archived")

    def test_all_types_are_counted_and_opened(self):
        incident = self._open()
        self._caller()
        values = {"category_id": self._category("ot01").id, "zone_id": self.zone.id}
        request = self._as("agent", self.env["water.request"]).create(
            self._request_values(**values)
        )
        mine = self._as("supervisor", incident)
        counts = (
            mine.complaint_case_count,
            mine.request_case_count,
            mine.inquiry_case_count,
            mine.case_count,
        )
        self.assertEqual(counts, (1, 1, 0, 2))
        action = mine.action_open_requests()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), request)
        self.assertEqual(mine.action_open_complaints()["res_model"], "water.complaint")
        self.assertEqual(mine.action_open_inquiries()["res_model"], "water.inquiry")

    def test_merged_customer_hears_news(self):
        incident, lead = self._open(), self._caller(number=1)
        merged = self._caller(number=2)
        trusted(merged.sudo()).write({"duplicate_of_id": lead.id})
        self._as("supervisor", merged).write({"state": "merged", "end_reason": "同一处"})
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self._broadcast()
        self.assertEqual(incident.notice_ids[:1].contact_ids.complaint_id, lead | merged)
