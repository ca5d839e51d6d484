from unittest.mock import patch

from psycopg2.errors import AdminShutdown, DiskFull, SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEscalation(WaterCommon):
    """The ladder: each person told once, in working time, up to the general manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net.write(
            {
                "manager_id": cls.users["department"].id,
                "deputy_id": cls.users["supervisor"].id,
            }
        )
        cls.company.water_general_manager_id = cls.users["manager"]
        with freeze_time(local("2026-03-10 10:00")):
            cls.case = (
                cls.env["water.inquiry"]
                .with_user(cls.users["agent"])
                .create(cls._inquiry_values(department_id=cls.net.id))
                .with_env(cls.env)
            )
        cls.clock = cls.case.deadline_ids.filtered(lambda clock: clock.kind == "close")

    def _told_at(self, moment):
        with freeze_time(local(moment)):
            self._sweep()
        notices = self.env["water.escalation.notice"].search(
            [("deadline_id", "=", self.clock.id)], order="id"
        )
        return [(row.step_id.percent, row.step_id.moment, row.user_id.login) for row in notices]

    def test_ended_case_is_not_escalated(self):
        """Withdrawn after its limit: missed, without a notice to superiors."""
        told = self._told_at("2026-03-13 08:30")
        self.assertTrue(told)
        with freeze_time(local("2026-03-13 09:00")):
            self._as("agent", self.case).action_withdraw()
        self.assertEqual((self.clock.state, self.clock.next_check_at), ("breached", False))
        self.assertEqual(self._told_at("2026-03-19 08:30"), told)

    def test_the_ladder_from_half_time_to_the_general_manager(self):
        self.assertLocal(self.clock.due_at, "2026-03-12 17:30")
        self.assertEqual(self._told_at("2026-03-11 17:29"), [])
        half = [(50, "percent", "water_agent")]
        self.assertEqual(self._told_at("2026-03-12 08:31"), half)
        near = [*half, (80, "percent", "water_agent")]
        self.assertEqual(self._told_at("2026-03-12 15:00"), near)
        self.assertEqual(self.case.deadline_state, "soon")
        told = self._told_at("2026-03-13 08:30")
        self.assertEqual(self.case.deadline_state, "breached")
        self.assertIn("water_department", [login for _p, _m, login in told[2:]])
        self.assertNotIn("water_supervisor", [login for _p, _m, login in told])
        told = self._told_at("2026-03-16 08:30")
        self.assertIn("water_supervisor", [login for _p, _m, login in told])
        self.assertNotIn("water_manager", [login for _p, _m, login in told])
        told = self._told_at("2026-03-19 08:30")
        self.assertEqual([login for _p, _m, login in told].count("water_manager"), 1)
        told = self._told_at("2026-03-30 08:30")
        self.assertEqual([login for _p, _m, login in told].count("water_manager"), 2)
        self.assertFalse(self.clock.next_check_at)

    def test_deputy_is_told_of_unassigned_case(self):
        """The responsible person is away and there is no handler: the deputy."""
        trusted(self.case).user_id = False
        with freeze_time(local("2026-03-11 09:00")):
            case, until = self._as("supervisor", self.case), local("2026-03-20 09:00")
            acts.appoint_deputy(case, self.users["agent2"], until, "休假")
        told = self._told_at("2026-03-12 08:31")
        self.assertEqual(told, [(50, "percent", "water_agent2")])

    def test_each_person_is_told_once(self):
        once = self._told_at("2026-03-16 09:00")
        self.assertEqual(self._told_at("2026-03-16 09:00"), once)
        self.assertEqual(len(once), len(set(once)))

    def test_night_messages_reach_only_people_on_call(self):
        self.case.severity = "normal"
        with freeze_time(local("2026-03-12 17:30")):
            self._sweep()
        late = self._told_at("2026-03-12 23:00")
        self.assertNotIn("water_department", [login for _p, _m, login in late])
        self.net.on_call_user_ids = self.users["department"]
        self.clock.invalidate_recordset()
        self.assertLocal(self.clock.next_check_at, "2026-03-13 08:30")

    def test_met_clocks_are_left_alone(self):
        self.case.write({"answer": "已答复", "state": "answered"})
        self.assertEqual(self._told_at("2026-03-30 08:30"), [])
        self.assertEqual(self.clock.state, "met")

    def test_one_message_per_person_and_one_to_do_per_clock(self):
        with freeze_time(local("2026-03-10 10:00")):
            more = self._inquiry(department_id=self.net.id)
        before = self.env["mail.message"].search_count([])
        self._told_at("2026-03-12 15:00")
        agent = self.users["agent"]
        messages = self.env["mail.message"].search([], limit=10, order="id desc")
        mine = messages.filtered(lambda message: agent.partner_id in message.partner_ids)
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine.subject, "Time limits: 0 overdue, 2 running out")
        self.assertIn(self.case.name, mine.body)
        self.assertIn(more.name, mine.body)
        self.assertNotIn("张伟", mine.body)
        self.assertEqual(len((self.case | more).activity_ids), 2)
        self.assertGreater(self.env["mail.message"].search_count([]), before)

    def test_one_bad_clock_is_put_off_and_the_others_go_on(self):
        with freeze_time(local("2026-03-10 10:00")):
            other = self._inquiry()
        original = type(self.clock)._recipients

        def failing(clock, step, case):
            if clock.id == self.clock.id:
                raise RuntimeError("broken")
            return original(clock, step, case)

        with (
            patch.object(type(self.clock), "_recipients", failing),
            freeze_time(local("2026-03-13 09:00")),
            self.assertLogs("odoo.addons.water_service_desk", "ERROR"),
        ):
            self._sweep()
        self.assertEqual(self._clock(other, "close").state, "breached")
        self.assertEqual(self.clock.state, "running")
        self.assertLocal(self.clock.next_check_at, "2026-03-13 10:00")

    def test_passing_fault_of_the_database_puts_no_clock_off(self):
        before = self.clock.next_check_at
        for fault in (DiskFull, AdminShutdown, SerializationFailure, OSError):
            with (
                self.subTest(fault=fault),
                patch.object(type(self.clock), "_recipients", side_effect=fault),
                freeze_time(local("2026-03-13 09:00")),
                self.assertRaises(fault),
            ):
                self.clock._check_all(fields.Datetime.now())
            self.env.invalidate_all()
            self.assertEqual((self.clock.next_check_at, self.clock.state), (before, "running"))

    def _lag(self):
        figures = self.env["water.alarm"]._figures()
        figure = next(row for row in figures if row.name == "water_sweep_lag_seconds")
        self.env.flush_all()
        self.env.cr.execute(figure.sql, {"now": fields.Datetime.now()})
        return self.env.cr.fetchone()[0]

    def test_clock_that_was_put_off_counts_as_waiting(self):
        with freeze_time(local("2026-03-12 18:00")):
            self._sweep()
            before = self._lag()
            values = {"state": "running", "breached_at": False, "provisional": True}
            values |= {"due_at": local("2026-01-02 17:30"), "next_check_at": self._later(hours=1)}
            trusted(self.clock).write(values)
            self.assertEqual(self._lag(), before)
            trusted(self.clock).provisional = False
            self.assertGreater(self._lag(), 68 * 24 * 3600)

    def test_a_ladder_of_ones_own(self):
        self.env["water.escalation.step"].search([]).active = False
        self.env["water.escalation.step"].create(
            {"name": "2 h", "moment": "after", "amount": 2, "unit": "hour", "recipient": "handler"}
        )
        with freeze_time(local("2026-03-10 10:00")):
            case = self._inquiry()
        with freeze_time(local("2026-03-13 09:00")):
            self._sweep()
        notices = self.env["water.escalation.notice"].search([])
        told = notices.filtered(lambda row: row.deadline_id in case.deadline_ids)
        self.assertEqual(told.user_id, self.users["agent"])

    def test_absurd_steps_are_refused(self):
        steps = self.env["water.escalation.step"]
        values = {"name": "x", "moment": "after", "recipient": "handler"}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            steps.create({**values, "amount": 1.5, "unit": "working_day"})
        with self.assertRaises(AccessError):
            self._as("agent", steps).create({**values, "amount": 1})

    def test_notices_are_evidence(self):
        self._told_at("2026-03-13 09:00")
        notice = self.env["water.escalation.notice"].search([], limit=1)
        with self.assertRaises(AccessError):
            notice.sudo().write({"user_id": self.users["agent2"].id})
        with self.assertRaises(AccessError):
            notice.sudo().create(notice.copy_data()[0])
