from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .common import IncidentCommon

FIRST = "2026-03-11 19:20"


@tagged("post_install", "-at_install")
@freeze_time(local(FIRST))
class TestIncident(IncidentCommon):
    """A main bursts, many call: one incident, one plan, news to all, one end (S-3)."""

    # -- proposals --------------------------------------------------------------------------

    def test_one_mass_outage_proposes_an_incident(self):
        case = self._caller()
        incident = self.incidents.search([("zone_ids", "in", self.zone.ids)])
        self.assertEqual((incident.state, incident.nature), ("proposed", "outage"))
        self.assertFalse(case.incident_id)  # not closed before a person has checked

    def test_three_cases_of_a_kind_propose_an_incident(self):
        self._caller(code="pr02", number=1)
        self._caller(code="pr01", number=2)
        domain = [("zone_ids", "in", self.zone.ids)]
        self.assertFalse(self.incidents.search(domain))
        with freeze_time(local("2026-03-11 19:23")):
            third = self._caller(code="pr02", number=3)
            incident = self.incidents.search(domain)
            self.assertEqual((incident.nature, incident.aware_at), ("pressure", local(FIRST)))
            self._caller(code="pr02", number=4)
            self.assertEqual(self.incidents.search(domain), incident)
            self._as("agent", incident).action_start()
        self.assertEqual(incident.state, "open")
        self.assertEqual(len(incident.complaint_ids), 4)
        self.assertIn(third, incident.complaint_ids)

    def test_cases_far_apart_propose_nothing(self):
        for hour in (10, 12, 14):
            with freeze_time(local(f"2026-03-11 {hour}:00")):
                self._caller(code="wq01", number=hour)
        self.assertFalse(self.incidents.search([("zone_ids", "in", self.zone.ids)]))

    def test_called_by_number_and_matter(self):
        incident = self._open(subject="东城路爆管")
        self.assertEqual(incident.display_name, f"{incident.name} 东城路爆管")
        draft = self.env["water.incident"].new({"name": "/", "subject": "东城路爆管"})
        self.assertEqual(draft.display_name, "东城路爆管")

    def test_dismissed_with_a_reason(self):
        self._caller()
        incident = self._as("supervisor", self.incidents.search([("zone_ids", "=", self.zone.id)]))
        wizard = incident.env["water.incident.wizard"].create(
            {"incident_id": incident.id, "kind": "dismissed"}
        )
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_send()
        wizard.text = "同一人重复来电"
        wizard.action_send()
        self.assertEqual(incident.state, "dismissed")
        with self.assertRaisesRegex(UserError, "over"):
            incident.subject = "x"

    def test_news_are_told_once(self):
        """Repeating it after an error does not notify anyone twice."""
        incident = self._as("supervisor", self._open())
        told = incident.env["water.incident.notice"].sudo()
        wizard = incident.env["water.incident.wizard"].create(
            {"incident_id": incident.id, "kind": "progress", "text": ""}
        )
        with self.assertRaisesRegex(UserError, "Write down"):
            wizard.action_send()
        wizard.text = "抢修中"
        wizard.action_send()
        with self.assertRaisesRegex(UserError, "done already"):
            wizard.action_send()
        self.assertEqual(told.search_count([("incident_id", "=", incident.id)]), 1)

    # -- the course -------------------------------------------------------------------------

    def _burst_main(self):
        """Five accounts, one with dialysis, and three callers; the plan started at 19:24."""
        self.holders = [self._account(n) for n in range(4)]
        dialysis = self.env.ref("water_service_desk.customer_flag_dialysis")
        self.holders[2].flag_ids = dialysis
        self._account(9, customer_class="business")
        first = [self._caller(number=n) for n in (1, 2, 3)]
        with freeze_time(local("2026-03-11 19:24")):
            incident = self.incidents.search([("zone_ids", "in", self.zone.ids)])
            plan = self.env.ref("water_complaints.plan_emergency")
            incident.write({"plan_id": plan.id, "level": "2"})
            self._as("supervisor", incident).action_start()
        return incident, self.env["water.complaint"].union(*first)

    def _tell_first_news(self, incident):
        """Messages sent to all customers at 19:30."""
        before = self._messages()
        with freeze_time(local("2026-03-11 19:30")):
            acts.announce(
                self._as("supervisor", incident),
                "DN600 主管爆裂，正在抢修。",
                local("2026-03-12 07:00"),
            )
            self._broadcast()
        return self._messages() - before

    def test_the_evening_of_a_burst_main(self):
        """Known 19:20, started 19:24: those served first hear first, the crew arrives once."""
        incident, first = self._burst_main()
        self.assertEqual(incident.complaint_ids, first)
        self.assertEqual((incident.households, incident.businesses), (4, 1))
        self.assertEqual(len(incident.activity_ids), 6)
        self.assertEqual(self._clock(first[0], "accept").state, "met")
        sent = self._tell_first_news(incident)
        self.assertEqual(len(sent), 3 + 5)
        self.assertEqual(sent[0].incident_contact_id.account_id, self.holders[2])
        self.assertIn("DN600", sent[0].mail_mail_id.body_html)
        self.assertIn("户主2", sent[0].mail_mail_id.body_html)
        with freeze_time(local("2026-03-11 19:46")):
            self._as("agent", incident).action_arrived()
        self.assertEqual(self._clock(first[0], "on_site").met_at, local("2026-03-11 19:46"))

    def test_no_visit_where_incident_helps(self):
        """Linked cases have no missed dispatch limits; unlinked ones get a visitor."""
        incident, _first = self._burst_main()
        with freeze_time(local("2026-03-11 20:40")):
            late = self._caller(number=7)
        self.assertEqual(self._clock(late, "dispatch").state, "met")
        with freeze_time(local("2026-03-11 22:00")):
            self._sweep()
            self.assertNotIn("dispatch", self._running(late).mapped("kind"))
            self._as("agent", late).action_leave_incident()
            sent = late._clocks_of_dispatching()
        self.assertEqual((sent.state, sent.started_at), ("running", local("2026-03-11 22:00")))
        self.assertEqual(incident.state, "open")

    def test_the_night_of_a_burst_main(self):
        """Later callers hang on it; back after 30 h 15 min, all but a claim are closed."""
        incident, first = self._burst_main()
        self._tell_first_news(incident)
        before = self._messages()
        with freeze_time(local("2026-03-11 20:40")):
            late, claim = self._caller(number=7), self._caller(number=8)
            self._as("agent", claim).own_claim = True
        self.assertEqual(late.incident_id, incident)
        self.assertFalse(late.dispatch_ids)
        told = self._messages() - before
        self.assertEqual(told.complaint_id, late | claim)
        self.assertIn("DN600", told[0].mail_mail_id.body_html)
        with freeze_time(local("2026-03-13 01:40")):
            acts.restore(
                self._as("supervisor", incident), local("2026-03-13 01:35"), "已恢复供水。"
            )
            self._broadcast()
        self.assertEqual((incident.state, incident.minutes_out), ("restored", 30 * 60 + 15))
        for case in first | late:
            self.assertEqual(case.state, "archived")
            self.assertTrue(case.closed_at)
            self.assertFalse(any(self._running(case).mapped("next_check_at")))  # all clocks stopped
            self.assertWhole(case)
        self.assertEqual((claim.state, claim.incident_id), ("registered", incident))
        self._as("supervisor", incident).action_close()
        self.assertEqual(incident.state, "closed")

    def test_each_person_is_told_once(self):
        """No recipient is lost when the sender runs repeatedly."""
        account = self._account(1)
        self._caller(account_id=account.id, partner_id=account.partner_id.id)
        incident = self._open()
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        before = self._messages()
        for __ in range(3):
            self._broadcast()
        self.assertEqual(len(self._messages() - before), 1)
        self.assertEqual(incident.notice_ids.state, "done")
        self.assertEqual((incident.notice_ids.contact_count), 1)

    def test_planned_outages_are_told_to_subscribers(self):
        """Opting out of planned outages does not suppress news of a burst main."""
        deaf = self._account(1).partner_id
        deaf.water_mute_outage = True
        keen = self._account(2).partner_id
        for is_planned, told in ((True, keen), (False, deaf | keen)):
            before = self._messages()
            incident = self._open(kind_id=self._kind("planned" if is_planned else "outage").id)
            acts.announce(self._as("supervisor", incident), "明早 8 点停水检修。")
            self._broadcast()
            addresses = " ".join((self._messages() - before).mapped("address"))
            with self.subTest(is_planned=is_planned):
                for person in deaf | keen:
                    self.assertEqual(person.email in addresses, person in told)

    def test_requests_and_inquiries_hang_on_it_too(self):
        incident = self._open()
        values = self._request_values(category_id=self._category("ot01").id)
        values |= {"zone_id": self.zone.id, "severity": "emergency"}
        request = self._as("agent", self.env["water.request"]).create(values)
        inquiry = self._inquiry(category_id=self._category("ot06").id, zone_id=self.zone.id)
        self.assertEqual((request.incident_id, inquiry.incident_id), (incident, incident))
        self.assertFalse(request.dispatch_ids)  # no second crew
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self._broadcast()
        self.assertEqual((request.state, inquiry.state), ("closed", "closed"))
        self.assertEqual((request.result, inquiry.answer), ("已恢复供水。", "已恢复供水。"))

    def test_other_matters_and_places_go_their_own_ways(self):
        incident = self._open()
        bill = self._caller(code="bl02", number=1)
        elsewhere = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        west = self._caller(number=2, zone_id=elsewhere.id)
        self.assertFalse(bill.incident_id | west.incident_id)
        late = self._caller(number=3)
        self.assertEqual(late.incident_id, incident)
        self.assertIs(self._as("agent", late).action_leave_incident(), True)
        self.assertFalse(late.incident_id)
        self.assertEqual(self._kinds(late)[-1], "incident_left")

    def test_a_case_is_not_closed_before_the_end(self):
        self._open()
        late = self._caller()
        with self.assertRaisesRegex(UserError, "no step"):  # the system alone takes it
            self._as("supervisor", late).write({"state": "archived"})
        self.assertIn("wait for the end", late.sudo()._refusals("archived")[0])

    def test_the_desk_sees_it_at_the_telephone(self):
        account = self._account(1)
        self._open(expected_at=local("2026-03-12 07:00"))
        call = self._as("agent", self.env["water.call"]).create({"query": account.code})
        self.assertIn("东城路主管爆裂停水", call.alerts)
        self.assertIn("7:00", call.alerts)

    def test_news_are_asked_for(self):
        incident = self._open()
        with freeze_time(local("2026-03-11 21:30")):
            self._broadcast()
            self.assertIn("ell all customers", " ".join(incident.activity_ids.mapped("summary")))
            self.assertEqual(incident.next_progress_at, local("2026-03-11 23:30"))

    def test_news_are_asked_for_at_once_where_what_was_told_holds_no_longer(self):
        """A larger area needs a stricter notice only for customers not told yet."""
        other = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        larger = {"zone_ids": [fields.Command.link(other.id)]}
        graver = {"quality_notice": "boil", "quality_from": local("2026-03-11 19:00")}
        smaller = {"zone_ids": [fields.Command.set(self.zone.ids)]}
        for values, is_told, is_asked in (
            *((larger, False, False), (graver, False, False)),
            *((larger, True, True), (graver, True, True), (smaller, True, False)),
        ):
            incident = self._open(kind_id=self._kind("quality").id, plan_id=False, family_ids=False)
            if values is smaller:
                incident.write(larger)
            if is_told:
                acts.announce(self._as("supervisor", incident), "周知")
            planned = incident.next_progress_at
            self.assertEqual(planned, local("2026-03-11 21:20"))
            with freeze_time(local("2026-03-11 19:30")), self.subTest(values, told=is_told):
                incident.write(values)
                moment = local("2026-03-11 19:30") if is_asked else planned
                self.assertEqual(incident.next_progress_at, moment)

    def test_repair_by_diameter(self):
        """A day up to DN500, two above it; reminded before, told once when it is over."""
        incident = self._open(pipe_diameter=600, plan_id=False, progress_hours=100)
        self.assertEqual(incident.repair_due_at, local("2026-03-13 19:20"))
        incident.pipe_diameter = 500
        self.assertEqual(incident.repair_due_at, local("2026-03-12 19:20"))
        self.company.water_repair_hours = 30
        self.assertEqual(incident.repair_due_at, local("2026-03-13 01:20"))
        self.company.water_repair_hours = 24
        with freeze_time(local("2026-03-12 14:33")):
            self._broadcast()
            self._broadcast()
            self.env.invalidate_all()
            self.assertEqual((len(incident.activity_ids), incident.repair_state), (1, "running"))
        with freeze_time(local("2026-03-12 19:21")):
            self._broadcast()
            self._broadcast()
            self.env.invalidate_all()
            self.assertEqual(incident.repair_state, "late")
            mails = self.env["mail.mail"].search([("subject", "ilike", "Repair overdue since")])
            self.assertTrue(mails)
            self.assertEqual(len(mails), len(set(mails.mapped("email_to"))))
        with freeze_time(local("2026-03-12 20:00")):
            acts.restore(
                self._as("supervisor", incident), local("2026-03-12 19:50"), "已恢复供水。"
            )
        self.assertEqual(incident.repair_state, "missed")
        self.assertFalse(
            self._open(kind_id=self._kind("planned").id, pipe_diameter=600).repair_due_at
        )
        self.assertFalse(self._open().repair_due_at)

    # -- bad input and rights ---------------------------------------------------------------

    def test_absurd_incidents(self):
        with self.assertRaisesRegex(ValidationError, "zones or accounts"):
            self._open(zone_ids=False)
        with self.assertRaisesRegex(ValidationError, "future"):
            self._open(aware_at=local("2026-03-12 19:20"))
        incident = self._open()
        with self.assertRaisesRegex(ValidationError, "before it was gone"):
            incident.expected_at = local("2026-03-10 00:00")
        supervised = self._as("supervisor", incident)
        with self.assertRaisesRegex(UserError, "between the beginning"):
            acts.restore(supervised, local("2026-03-10 00:00"), "x")
        with self.assertRaisesRegex(UserError, "what customers are told"):
            acts.announce(supervised, "  ")
        with self.assertRaisesRegex(UserError, "already"):
            supervised.action_start()

    def test_system_fields_cannot_be_written_by_hand(self):
        incident = self._open()
        for login in ("agent", "supervisor", "manager", "su"):
            with self.subTest(login=login), self.assertRefused("This is kept by the system"):
                self._as(login, incident).write({"state": "closed"})
            with (
                self.subTest(login=login),
                self.assertRefused("never deleted|not allowed to delete"),
            ):
                self._as(login, incident).unlink()
        with self.assertRefused("This is kept by the system"):
            self._caller(incident_id=incident.id)
        with self.assertRefused("This is kept by the system"):
            self._as("agent", self._caller()).write({"incident_id": False})

    def test_departments_read_and_do_not_run(self):
        incident = self._open()
        seen = self._as("department", incident)
        self.assertTrue(seen.read(["subject"]))
        for step in ("action_arrived", "action_close", "action_start"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(seen, step)()

    def test_joining_costs_no_queries_for_each_case(self):
        incident = self._open()

        def queries(number):
            values = [
                self._complaint_values(
                    zone_id=self.zone.id, category_id=self._category("ot03").id, email_from=False
                )
                for __ in range(number)
            ]
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            cases = self._as("agent", self.env["water.complaint"]).create(values)
            self.env.flush_all()
            self.assertEqual(cases.incident_id, incident.with_env(cases.env))
            return self.env.cr.sql_log_count - count

        queries(1)
        few = queries(2)
        self.assertLessEqual(queries(30), few + 5)

    def test_users_cannot_post_as_another(self):
        """News are evidence: their words cannot be forged, altered or lost."""
        incident, customer = self._open(), self.customer
        mine = self._as("agent", incident)
        said = mine.message_post(body="x", message_type="comment")
        many = {
            "model": incident._name,
            "res_ids": str(incident.ids),
            "composition_mode": "mass_mail",
        }
        row = {"model": incident._name, "res_id": incident.id, "author_id": customer.id}
        mail = f"From: a@example.com\nTo: b@example.com\nIn-Reply-To: {said.message_id}\n\nx"
        for call in (
            lambda: mine.message_post(body="x", author_id=customer.id),
            lambda: mine.message_post(body="x", email_from="customer@example.com"),
            lambda: said.create(row),
            lambda: mine.message_process(None, mail),
            lambda: (
                said.env["mail.compose.message"]
                .create({**many, "author_id": customer.id})
                .action_send_mail()
            ),
            lambda: said.write({"body": "y"}),
            lambda: said.sudo().write({"author_id": customer.id}),
            said.unlink,
        ):
            with self.assertRaises(AccessError):
                call()
