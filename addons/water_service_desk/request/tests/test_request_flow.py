from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import in_words, local
from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestScenario(RequestCommon):
    """S-2: a connection over the Spring Festival, told once, delayed in time."""

    def _moment(self, text):
        return freeze_time(fields.Datetime.to_string(local(text)))

    def _accept(self):
        """Applied for on Friday 15:00, told at 15:10, complete on Saturday 10:00."""
        with self._moment("2026-02-13 15:00"):
            case = self._request(email_from="wang@example.com")
            case.material_ids.write({"state": "supplied"})
            case.material_ids[3].write({"state": "missing"})
        with self._moment("2026-02-13 15:10"):
            self._as("agent", case).action_issue_notice()
            self.assertLocal(case.notice_issued_at, "2026-02-13 15:10")
        with self._moment("2026-02-14 10:00"):
            self._as("agent", case.material_ids).write({"state": "correct"})
            self._as("agent", case).action_accept()
        self.assertLocal(case.accepted_at, "2026-02-14 10:00")
        return case

    def test_own_data_has_its_own_limit(self):
        """15 working days from the receipt: the Qingming holiday is not reached yet."""
        with self._moment("2026-03-11 10:00"):
            case = self._request(category_id=self._category("pd01").id)
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-04-01 17:30")
        self.assertLocal(clock.started_at, "2026-03-11 10:00")

    def test_nothing_new_once_accepted(self):
        """Accepted at the counter without a notice on paper, the list is closed all the same."""
        case = self._request()
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        self.assertFalse(case.notice_issued_at)
        refusal = acts.ask_material(self._as("agent", case), "房东身份证", "补充")
        self.assertIn("No new material may be asked for", refusal)

    def test_reopened_is_what_was_done(self):
        """The button shows once there is a result, and not before."""
        case = self._repair()
        self.assertFalse(self._as("agent", case).can_reopen)
        self._done(case)
        self.assertTrue(self._as("agent", case).can_reopen)

    def test_scenario_in_time(self):
        case = self._accept()
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-02-28 17:30")
        with self._moment("2026-02-26 09:00"):
            refusal = acts.ask_material(self._as("agent", case), "房东身份证", "补充")
            self.assertIn("No new material may be asked for", refusal)
        accepted = case.event_ids.filtered(lambda row: row.kind == "accepted")
        self.assertEqual(accepted.payload, {"guide": "BZ-NC01", "version": case.guide_id.version})
        self.assertEqual(case.second_request_count, 1)
        self.assertNotIn("房东身份证", case.material_ids.mapped("name"))
        with self._moment("2026-02-26 10:00"):
            self._as("agent", case).action_process()
        with self._moment("2026-02-27 11:00"):
            decision = acts.ask_decision(
                self._as("agent", case),
                "delay",
                self.frost,
                "借用邻户临时用水",
                "冻土深 40 厘米，无法开挖",
                3,
            )
        with self._moment("2026-02-27 14:00"):
            self._as("supervisor", decision).action_approve()
            self.assertTrue(decision.in_time)
        self.assertLocal(clock.due_at, "2026-03-04 17:30")
        self.assertEqual(decision.notice_id.kind, "delay")
        self.assertIn("借用邻户临时用水", str(self._mails(decision.notice_id).body_html))
        with self._moment("2026-03-03 16:00"):
            case.result = "已装表通水"
            self.assertEqual(case._portal_page()["answer"], "")  # not told before it is finished
            self._as("agent", case).action_finish()
            self.assertEqual(case._portal_page()["answer"], "已装表通水")
            acts.tell_result(
                self._as("agent", case), "phone", "told", "王某", satisfaction="satisfied"
            )
            acts.close(self._as("agent", case))
        self.assertEqual((clock.state, case.state), ("met", "closed"))
        self.assertLocal(case.fed_back_at, "2026-03-03 16:00")
        self.assertEqual(self._clock(case, "feedback").state, "met")
        self.assertLocal(case.callback_ids.due_at, "2026-03-06 17:30")
        self.assertWhole(case)

    def test_scenario_too_late(self):
        """A delay that is asked for after the due time is a breach, and stays one."""
        case = self._accept()
        clock = self._clock(case, "close")
        with self._moment("2026-03-01 09:00"):
            with self.assertRaisesRegex(UserError, "too late"):
                acts.ask_decision(
                    self._as("agent", case), "delay", self.frost, "临时用水", "冻土", 3
                )
            self._sweep()
        self.assertEqual(clock.state, "breached")
        self.assertLocal(clock.due_at, "2026-02-28 17:30")

    def test_nothing_to_decide_once_it_has_ended(self):
        """The delay ends with the clock that it would move, the refusal with the request."""
        case = self._accept()
        rows, work = self.env["water.request.decision"], self._as("agent", case)
        with self._moment("2026-02-26 09:00"):
            for kind in ("delay", "refusal"):
                rows |= acts.ask_decision(work, kind, self.frost, "临时用水", "冻土", 3)
        with self._moment("2026-03-01 09:00"):
            self._sweep()
        self.assertEqual(rows.mapped("state"), ["lapsed", "requested"])
        self._as("agent", case).action_withdraw()
        self.assertEqual(set(rows.mapped("state")), {"lapsed"})
        told = self.env["mail.message"].search([("subject", "ilike", "no longer to be decided")])
        self.assertIn(self.users["supervisor"].partner_id, told.notified_partner_ids)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("supervisor", rows[:1]).action_approve()

    def test_users_cannot_refuse_own_work(self):
        """The handler cannot approve the refusal, even if another proposed it."""
        case = self._accept()
        with self._moment("2026-02-26 09:00"):
            asked = acts.ask_decision(
                self._as("agent", case), "refusal", self.frost, "临时用水", "冻土", 3
            )
            trusted(case).user_id = self.users["supervisor"]
            mine = self._as("supervisor", asked)
            self.assertFalse(mine.can_decide)
            with self.assertRefused("handler of the work does not decide", asked):
                mine.action_approve()
            self._as("manager", asked).action_approve()
        self.assertEqual((asked.state, case.state), ("approved", "rejected"))

    def test_approval_after_the_due_time(self):
        """Asked for in time, but decided too late: the limit does not move."""
        case = self._accept()
        with self._moment("2026-02-28 17:00"):
            decision = acts.ask_decision(
                self._as("agent", case), "delay", self.frost, "临时用水", "", 3
            )
        with self._moment("2026-02-28 17:31"), self.assertRaisesRegex(UserError, "too late"):
            self._as("supervisor", decision).action_approve()
        self.assertEqual(decision.state, "requested")
        self.assertLocal(self._clock(case, "close").due_at, "2026-02-28 17:30")


@tagged("post_install", "-at_install")
class TestRequestFlow(RequestCommon):
    """Businesses and repairs from the first word to the end."""

    def test_type_and_guide_come_from_the_category(self):
        connection, leak = self._request(), self._repair()
        self.assertEqual((connection.request_type, connection.guide_id), ("business", self.guide))
        self.assertEqual((leak.request_type, leak.guide_id.id), ("repair", False))
        several = self._request(category_id=self._category("nc03").id)
        self.assertEqual((several.request_type, several.guide_id.id), ("business", False))
        self.assertFalse(several.material_ids)
        several.guide_id = self.env.ref("water_service_desk.guide_nc03")
        self.assertEqual(len(several.material_ids), 5)
        several.guide_id = self.env.ref("water_service_desk.guide_nc03b")
        self.assertEqual(len(several.material_ids), 4)

    def test_answering_an_order_ends_its_clock(self):
        """Found by the machine: the limit of a request's body ran on, answered or not."""
        order = {"external_source": "12345", "external_ref": "QH-9"}
        case = self._repair(**order, external_due_at="2026-03-18 04:00:00")
        clock = self._clock(case, "external")
        acts.answer_order(self._as("agent", case), "已修复")
        self.assertEqual((clock.state, clock.is_pending), ("met", False))

    def test_business_clock_runs_from_acceptance(self):
        """No result is promised before the application is complete."""
        case = self._request()
        self.assertEqual(case.deadline_ids.mapped("kind"), ["contact"])
        self.assertFalse(case.promised_at)
        self._as("agent", case).action_issue_notice()
        self.assertEqual(self._clock(case, "contact").state, "met")
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        self.assertEqual(self._clock(case, "close").amount, self.guide.promised_days)
        self.assertEqual(case.promised_at, self._clock(case, "close").due_at)

    def test_a_repair_that_turns_out_to_be_business_has_one_limit(self):
        """The date that was promised first stays; acceptance begins no second one beside it."""
        case = self._repair()
        promised = self._clock(case, "close")
        self._as("agent", case).category_id = self._category("nc01")
        self.assertEqual(case.request_type, "business")
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        running = self._running(case).filtered(lambda clock: clock.kind == "close")
        self.assertEqual(running, promised)

    def test_acceptance_names_the_date(self):
        """The mail with which an application is accepted tells the promised date."""
        case = self._accepted(email_from="wang@example.com")
        body = str(self._mails(case)[-1].body_html)
        self.assertIn("has been accepted", self._mails(case)[-1].subject)
        self.assertIn(in_words(case.promised_at), body)

    def test_guide_decides_on_the_time(self):
        """A transfer is promised in three days although the standard allows seven."""
        guide = self.env.ref("water_service_desk.guide_nc03")
        case = self._accepted(category_id=guide.category_id.id, guide_id=guide.id)
        self.assertEqual(self._clock(case, "close").amount, 3)
        acts.replan(self._as("supervisor", case), "复核")
        self.assertEqual(self._clock(case, "close").amount, 3)

    def test_repair_clock_runs_from_receipt(self):
        case = self._repair()
        self.assertEqual(
            set(case.deadline_ids.mapped("kind")), {"accept", "on_site", "close", "dispatch"}
        )
        self.assertEqual(self._clock(case, "on_site").amount, 1)

    def test_materials_are_needed(self):
        case = self._request()
        agent = self._as("agent", case)
        with self.assertRaisesRegex(UserError, "not complete or not correct"):
            agent.action_accept()
        case.material_ids.filtered("mandatory").write({"state": "correct"})
        agent.action_accept()
        self.assertEqual(case.state, "accepted")

    def test_a_repair_needs_no_papers(self):
        case = self._repair()
        with self.assertRaisesRegex(UserError, "needs no materials"):
            self._as("agent", case).action_accept()
        with self.assertRaisesRegex(UserError, "Choose the guide"):
            self._as("agent", case).action_issue_notice()
        with self.assertRaisesRegex(UserError, "with its materials first"):
            self._as("agent", self._request()).action_process()

    def test_emergency_goes_to_the_people_on_call(self):
        """A burst main is on its way to the department before the agent hangs up."""
        self.net.on_call_user_ids = self.users["plain"]
        case = self._repair(
            category_id=self._category("lk01").id, subject="爆管", description=False
        )
        self.assertEqual((case.state, case.department_id), ("processing", self.net))
        lead = self._lead(case)
        self.assertEqual((lead.department_id, lead.state), (self.net, "sent"))
        self.assertTrue(any("new dispatches" in subject for subject in self._told("plain")))
        self.assertEqual(self._clock(case, "accept").amount, 5)
        self.assertEqual(self._clock(case, "accept").state, "running")
        self.assertEqual(self._clock(case, "on_site").unit, "minute")
        self._as("department", lead).action_accept()
        self.assertEqual(self._clock(case, "accept").state, "met")
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertWhole(case)

    def test_emergency_clocks_never_stop(self):
        """Received on a Saturday night, due within minutes and hours."""
        with freeze_time("2026-03-14 15:00:00"):
            case = self._repair(category_id=self._category("lk01").id)
        self.assertEqual(str(self._clock(case, "on_site").due_at), "2026-03-14 15:30:00")
        self.assertEqual(str(self._clock(case, "close").due_at), "2026-03-15 15:00:00")

    def test_from_the_pick_up_screen(self):
        """The agent registers a repair during the call, and sees the appointment next time."""
        calls = self._as("agent", self.env["water.call"])
        values = {"query": self.customer.phone, "verbatim": "路上爆管了", "address": "东城路"}
        call = calls.create({**values, "category_id": self._category("lk01").id})
        call.action_register_request()
        case = self.env["water.request"].browse(call.case_id)
        self.assertEqual((case.partner_id, case.department_id), (self.customer, self.net))
        self._plan(case)
        self.assertIn(case.name, calls.create({"query": self.customer.phone}).alerts)
        self.assertFalse(calls.create({"query": "13900000001"}).alerts)

    def test_severity_raised_later(self):
        case = self._repair()
        values = {"severity": "emergency", "triage_reason": "水已漫到路面"}
        self._as("agent", case).write(values)
        self.assertEqual(self._lead(case).department_id, self.net)

    def test_department_does_the_work(self):
        """Dispatched, done, told: the first responsible person has it back for the feedback."""
        case = self._repair()
        dispatch = self._dispatch(case)
        self.assertEqual(case.state, "processing")
        mine = self._as("department", dispatch)
        mine.action_accept()
        self.assertEqual(case.user_id, self.users["department"])
        mine.result = "更换表前阀"
        mine.action_finish()
        self.assertEqual((case.state, case.result), ("feedback", "更换表前阀"))
        self.assertEqual(case.user_id, self.users["agent"])
        self.assertEqual(self._clock(case, "close").state, "met")

    def test_returned_by_the_department(self):
        case = self._repair()
        acts.reject(self._as("department", self._dispatch(case)), "属二供")
        self.assertEqual((case.state, case.rejection_count), ("processing", 1))
        self.assertEqual(self._clock(case, "close").state, "running")

    def test_withdrawn(self):
        case = self._repair()
        visit = self._plan(case)
        self._as("agent", case).action_withdraw()
        self.assertEqual((case.state, visit.state), ("withdrawn", "cancelled"))
        ended = case.deadline_ids - self._clock(case, "dispatch")  # the visit was its dispatch
        self.assertEqual(set(ended.mapped("state")), {"void"})
        self.assertWhole(case)

    def test_reopened(self):
        case = self._done()
        acts.tell_result(self._as("agent", case), "phone", "told", satisfaction="basically")
        acts.close(self._as("agent", case))
        first = self._clock(case, "close")
        self._as("agent", case).action_reopen()
        self.assertEqual(
            (case.state, case.satisfaction, case.fed_back_at), ("processing", False, False)
        )
        self.assertNotEqual(self._clock(case, "close"), first)
        self.assertEqual(first.state, "met")
        self.assertEqual(case.callback_ids.mapped("state"), ["void"])

    def test_facts_of_the_course_cannot_be_forged(self):
        case = self._request()
        for name, value in (
            ("notice_issued_at", "2026-01-01"),
            ("accepted_at", "2026-01-01"),
            ("fed_back_at", "2026-01-01"),
            ("second_request_count", 0),
            ("satisfaction", "satisfied"),
            ("said_goodbye", True),
        ):
            with self.subTest(name), self.assertRefused("kept by the system", case):
                self._as("manager", case).write({name: value})
        with self.assertRefused("kept by the system"):
            self._request(satisfaction="satisfied")

    def test_numbers_in_a_batch(self):
        cases = self.env["water.request"].create([self._request_values() for _n in range(5)])
        self.assertEqual(len(set(cases.mapped("name"))), 5)
        self.assertTrue(all(len(case.material_ids) == 6 for case in cases))

    def test_a_batch_costs_no_more_queries_a_case(self):
        """Twenty applications are registered with little more queries than two."""
        values = self._request_values()
        self.env["water.request"].create([dict(values) for _n in range(2)])  # warm
        counts = {}
        for size in (2, 20):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["water.request"].create([dict(values) for _n in range(size)])
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
        self.assertLess((counts[20] - counts[2]) / 18, 8, counts)

    # -- sending it ------------------------------------------------------------------------------

    def test_dispatching_in_the_time_set(self):
        """30 minutes of office hours, 10 when it is urgent, 5 in an emergency."""
        normal = self._repair(category_id=self._category("mt02").id, severity="normal")
        self.assertLocal(self._clock(normal, "dispatch").due_at, "2026-03-11 10:30")
        urgent = self._repair()
        self.assertLocal(self._clock(urgent, "dispatch").due_at, "2026-03-11 10:10")
        with freeze_time(self._later(minutes=9)):
            self._dispatch(urgent)
            now = fields.Datetime.now()
        clock = self._clock(urgent, "dispatch")
        self.assertEqual((clock.state, clock.met_at), ("met", now))
        sent = self._repair(category_id=self._category("lk01").id)  # to the crew at once
        self.assertEqual(self._clock(sent, "dispatch").state, "met")

    def test_a_business_waits_for_no_crew(self):
        self.assertFalse(self._clock(self._request(), "dispatch"))

    def test_dispatching_is_over_when_it_is_done_without_a_department(self):
        case = self._done()
        self.assertEqual(self._clock(case, "dispatch").state, "void")

    def test_reopened_by_the_desk_bars_the_former_handler(self):
        """Like every second handling: back to the department, to another person."""
        case = self._repair()
        self._finish_lead(self._sent(case))
        self._as("agent", case).action_finish()
        self._as("agent", case).action_reopen()
        self.assertEqual((case.state, case.handling_round), ("processing", 2))
        self.assertFalse(case.user_id)
        lead = self._lead(case)
        self.assertEqual((lead.state, lead.department_id), ("sent", self.net))
        with self.assertRaisesRegex(UserError, "had it before"):
            self._as("department", lead).action_accept()
        self.assertEqual(lead.state, "sent")
        self.assertWhole(case)

    def _sent(self, case):
        self._dispatch(case)
        return case
