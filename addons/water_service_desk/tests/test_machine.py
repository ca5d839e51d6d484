from odoo.tests import tagged

from ..base.tests import acts
from ..base.tests.common import WaterCommon, in_words
from ..base.trust import trusted
from .machine import BEGINNINGS, Tally, add_people, drive, noticed, rules
from .machine_desk import DeskMachine
from .machine_story import retell


@tagged("post_install", "-at_install")
class TestDeskMachine(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_people(cls)

    def test_inquiries_and_requests(self):
        """Every path of inquiries and requests keeps what must always hold."""
        drive(self, DeskMachine)

    def test_the_machine_notices(self):
        """Each rule that the machine keeps is broken, past all guards, and found."""
        spoils = self._spoils()
        self.assertEqual({rule for __, rule in spoils}, rules(DeskMachine))
        machine = type("Noticing", (DeskMachine,), {"test": self, "tally": Tally()})()
        try:
            machine.begin(BEGINNINGS[0])
            filed = {"login": "agent", "other": False, "hours": 1, "severity": 0}
            machine.take("file_inquiry", machine.file_inquiry, filed)
            machine.take("push", machine.push, {"which": 0})
            deputy = {"which": 0, "login": "supervisor", "who": "agent2", "hours": 50}
            machine.take("appoint_another", machine.appoint_another, deputy)
            self.held_matter = self._inquiry()
            self.held_matter.sudo().legal_hold = True
            self.own_matter = self._inquiry(partner_id=self.users["department"].partner_id.id)
            self.assertFalse(machine.tally.faults, machine.tally.report())
            for spoil, rule in spoils:
                with self.subTest(spoil=spoil.__name__):
                    self.assertIn(rule, noticed(machine, spoil, machine.cases[0]))
        finally:
            machine.teardown()

    def _spoils(self):
        """The cause of each rule."""
        return (
            (self._closed_unanswered, "always_told"),
            (self._sent_when_over, "always_nobody_waits"),
            (self._asked_about_oneself, "always_own_callback"),
            (self._excused_oneself, "always_own_callback"),
            (self._runs_when_over, "always_running_is_open"),
            (self._off_the_board, "always_running_is_open"),
            (self._order_without_clock, "always_orders_wait"),
            (self._by_nobody, "always_by_somebody"),
            (self._altered, "always_chains_whole"),
            (self._wrong_column, "always_figures"),
            (self._behind, "always_promised_ahead"),
            (self._other_page, "always_page_agrees"),
            (self._back_again, "always_back_to_others"),
            (self._merged_into_nothing, "always_joined_whole"),
            (self._too_long, "always_work_in_time"),
            (self._told_unsigned, "always_signed_goes_out"),
            (self._split_from_itself, "always_parts_known"),
            (self._extended_twice, "always_extended_once"),
            (self._named_without_name, "always_nameless"),
            (self._off_its_calendar, "always_by_calendar"),
            (self._told_another_date, "always_said_dates"),
            (self._work_of_nobody, "always_work_has_somebody"),
            (self._asked_too_early, "always_asked_of_results"),
            (self._told_twice, "always_told_once"),
            (self._told_in_another_language, "always_speaks_his_language"),
            (self._relieved_in_silence, "always_relieved_hear"),
            (self._not_as_promised, "always_work_as_promised"),
            (self._has_his_own_matter, "always_own_matter_of_others"),
            (self._asked_when_over, "always_todos_end"),
            (self._erased_when_held, "always_held_stays"),
        )

    def test_a_story_is_told_again(self):
        """The steps of a report lead to the fault of which it told."""
        tally, seen = Tally(), []

        def never(machine):
            seen[:] = machine.log
            return ["found"] if any(line.startswith("sweep") for line in machine.log) else []

        kinds = {"test": self, "tally": tally, "always_never": never}
        retell(
            type("Retold", (DeskMachine,), kinds)(),
            """
            E   AssertionError: always_never after sweep:
            E     begin(2026-03-11 10:00)
            E     time_passes(minutes=20)
            E     file_inquiry(login='agent', other=False, hours=1, severity=0)
            E     replan(which=0, login='agent') refused: 'Only a supervisor (or above)'
            E     sweep(minutes=1, stops=False)
            E     time_passes(minutes=7)
            """,
        )
        self.assertEqual(list(tally.faults), [("always_never", "sweep")])
        self.assertEqual(seen[1], "time_passes(minutes=20)")
        self.assertIn("refused", seen[3])
        self.assertEqual(len(seen), 5)

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def _closed_unanswered(self, case):
        trusted(case).answer = False

    def _sent_when_over(self, case):
        trusted(case).write({"state": "withdrawn", "stage_id": self._stage(case, "withdrawn")})
        self.env["water.dispatch"]._send([(case, self.net, "support")])

    def _runs_when_over(self, case):
        trusted(self._clock(case, "close")).write({"state": "running", "met_at": False})
        trusted(case).write({"closed_at": self._later(minutes=1)})

    def _off_the_board(self, case):
        clock = acts.promise(case, "答应的事", self._later(hours=3))
        self._sql("UPDATE water_deadline SET is_pending = FALSE WHERE id = %s", clock.id)

    def _altered(self, case):
        self._sql("UPDATE water_case_event SET payload = '{}' WHERE inquiry_id = %s", case.id)

    def _asked_about_oneself(self, case):
        self._dispatch(case)
        self._finish_lead(case)
        case._schedule_callback()
        query = "UPDATE water_callback SET state = 'done', user_id = %s, done_at = %s"
        worker = self.users["department"]
        self._sql(f"{query} WHERE inquiry_id = %s", worker.id, self._later(minutes=1), case.id)

    def _excused_oneself(self, case):
        query = "UPDATE water_deadline SET breach_by_id = %s, excuse_by_id = %s"
        user = self.users["agent"].id
        self._sql(f"{query} WHERE inquiry_id = %s", user, user, case.id)

    def _order_without_clock(self, case):
        query = "UPDATE water_inquiry SET external_state = 'open', external_due_at = %s"
        self._sql(f"{query} WHERE id = %s", self._later(hours=3), case.id)

    def _by_nobody(self, case):
        self._sql("ALTER TABLE water_case_event ALTER user_id DROP NOT NULL")
        self._sql("UPDATE water_case_event SET user_id = NULL WHERE inquiry_id = %s", case.id)

    def _other_page(self, case):
        query = "UPDATE water_case_event SET kind = 'contacted' WHERE kind = 'moved'"
        self._sql(f"{query} AND inquiry_id = %s", case.id)

    def _back_again(self, case):
        case._log_events("assigned", {"not": self.users["agent"].ids})
        query = "UPDATE water_inquiry SET user_id = %s WHERE id = %s"
        self._sql(query, self.users["agent"].id, case.id)

    def _merged_into_nothing(self, case):
        self._sql("UPDATE water_inquiry SET state = 'merged' WHERE id = %s", case.id)

    def _too_long(self, case):
        inquiry = self._inquiry()
        self._dispatch(inquiry)
        query = "UPDATE water_deadline SET due_at = %s WHERE kind = 'work' AND inquiry_id = %s"
        self._sql(query, self._later(days=90), inquiry.id)

    def _told_unsigned(self, case):
        urgent = trusted(self._inquiry(severity="urgent"))
        stage = self._stage(case, "answered")
        urgent.write({"answer": "是的", "state": "answered", "stage_id": stage})

    def _split_from_itself(self, case):
        trusted(case).split_id = case._keep_split("两件事")

    def _wrong_column(self, case):
        trusted(case).write({"stage_id": self._stage(case, "closed")})

    def _behind(self, case):
        row = case._given_clock("promise", self._later(hours=-1), "昨天")
        self.env["water.deadline"]._start([row])

    def _extended_twice(self, case):
        values = {"deadline_id": case.deadline_ids[:1].id, "kind": "extension", "state": "done"}
        values |= {"reason": "等", "amount": 1, "unit": "working_day"}
        values |= {"requested_by_id": self.env.uid, "requested_at": self._later(hours=0)}
        trusted(self.env["water.deadline.pause"].sudo()).create([values, values])

    def _named_without_name(self, case):
        self._sql("UPDATE water_inquiry SET is_anonymous = TRUE WHERE id = %s", case.id)

    def _off_its_calendar(self, case):
        query = "UPDATE water_deadline SET planned_due_at = %s WHERE inquiry_id = %s"
        self._sql(query, self._later(days=90), self._inquiry().id)

    def _told_another_date(self, case):
        values = {"subject": "答复", "medium": "mail", "address": "a@example.com"}
        values["body"] = f"We answer by {in_words(self._later(days=900))}."
        trusted(self.env["water.message"].sudo()).create({**values, "inquiry_id": case.id})

    def _work_of_nobody(self, case):
        self._dispatch(self._inquiry())
        self._sql("UPDATE water_department SET active = FALSE WHERE id = %s", self.net.id)

    def _asked_too_early(self, case):
        self._inquiry()._schedule_callback()

    def _told(self, case, times=1, **more):
        """Messages to the customer, past the service that sends them."""
        values = {
            "subject": "答复",
            "medium": "sms",
            "address": "13900000000",
            "body": "好",
            **more,
        }
        rows = [{**values, "inquiry_id": case.id}] * times
        trusted(self.env["water.message"].sudo()).create(rows)

    def _told_twice(self, case):
        self._told(case, 2)

    def _told_in_another_language(self, case):
        nobody = {"partner_id": False, "contact_name": "Smith", "phone": "13900000000"}
        self._told(self._inquiry(customer_lang="en_US", **nobody), lang="zh_CN")

    def _relieved_in_silence(self, case):
        trusted(case).write({"acting_responsible_id": False, "acting_until": False})

    def _asked_when_over(self, case):
        case._ask_ruling(self.users["supervisor"])
        trusted(case).write({"state": "withdrawn", "stage_id": self._stage(case, "withdrawn")})

    def _erased_when_held(self, case):
        query = "UPDATE water_inquiry SET erased_at = %s WHERE id = %s"
        self._sql(query, self._later(minutes=1), self.held_matter.id)

    def _not_as_promised(self, case):
        self._dispatch(self._inquiry())
        query = "UPDATE water_deadline SET by_promise = TRUE, due_at = %s WHERE kind = 'work'"
        self._sql(query, self._later(minutes=10))

    def _has_his_own_matter(self, case):
        user = self.users["department"]
        query = "UPDATE water_inquiry SET user_id = %s WHERE id = %s"
        self._sql(query, user.id, self.own_matter.id)

    def _stage(self, case, state):
        return self.env["water.stage"]._of_state(case._name, state).id
