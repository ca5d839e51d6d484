from datetime import date

from odoo.tests import tagged

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

MARCH = (date(2026, 3, 1), date(2026, 4, 1))


@tagged("post_install", "-at_install")
class TestScenarioJoint(AppealCommon):
    """Two departments on one case, and the desk: whose delay it is, and in whose figures."""

    def _late(self, helper_done):
        """NET leads and is done in time, LAB helps; the result is told too late on the 19th."""
        with at("2026-03-11 10:00"):
            case = self._complaint()
            acts.readback(self._as("agent", case))
            acts.dispatch(self._as("agent", case), self.net, self.lab)
            self.env.invalidate_all()
            self._step_investigating(case, "agent", self.net)
            helping = case.dispatch_ids.filtered(lambda row: row.role == "support")
            helping = self._as("department2", helping)
            helping.action_accept()
            if helper_done:
                helping.result = "水样合格"
                helping.action_finish()
        with at("2026-03-13 10:00"):
            self._step_handling(case, "agent", self.net)
            lead = self._as("department", self._lead(case))
            lead.result = "已更正账单"
            lead.action_finish()
            self.env.invalidate_all()
        with at("2026-03-19 10:00"):
            self._sweep()
        return case

    def _in_figures(self, code):
        found = self.env.ref(f"water_quality.kpi_{code}")._count(self.company, *MARCH)
        return {key[1]: pair for key, pair in found.items() if key[0] == "department"}

    def test_the_desk_has_not_told_the_result(self):
        """Both departments are done: the limit is the desk's, and in no department's figures."""
        clock = self._clock(self._late(helper_done=True), "close")
        self.assertLocal(clock.due_at, "2026-03-18 17:30")
        self.assertEqual((clock.state, clock.breached_user_id), ("breached", self.users["agent"]))
        self.assertFalse(clock.breached_department_id)
        self.assertEqual(self._in_figures("k11"), {})
        self.assertEqual(self._in_figures("k10"), {self.net.id: (1, 1)})
        self.assertEqual(self._in_figures("k12"), {self.net.id: (1, 1), self.lab.id: (1, 1)})

    def test_helper_is_not_done(self):
        clock = self._clock(self._late(helper_done=False), "close")
        self.assertEqual(clock.breached_department_id, self.lab)
        self.assertEqual(self._in_figures("k11"), {self.lab.id: (0, 1)})

    def test_a_company_day_off_moves_what_was_extended(self):
        with at("2026-03-11 10:00"):
            case = self._complaint_at("investigating")
            clock = self._clock(case, "close")
            self.assertLocal(clock.due_at, "2026-03-18 17:30")
        with at("2026-03-16 10:00"):
            row = acts.extend(self._as("agent", clock), "等材料", 2)
            self._as("supervisor", row).action_approve()
            self.assertLocal(clock.due_at, "2026-03-20 17:30")
        with at("2026-03-17 10:00"):
            off = {"name": "公司日", "date": "2026-03-19", "official": False}
            off = self.env["water.calendar.day"].create(off)
            self.assertLocal(clock.due_at, "2026-03-23 17:30")
            off.unlink()
            self.assertLocal(clock.due_at, "2026-03-20 17:30")
            self.env["water.calendar.day"].create(
                {"name": "公司日", "date": "2026-03-13", "official": False}
            )
            self.assertLocal(clock.due_at, "2026-03-23 17:30")

    def test_a_day_that_ends_at_noon(self):
        calendar = self.company.water_calendar_id
        friday = calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "4" and line.hour_from >= 12
        )
        with at("2026-03-11 10:00"):
            clock = self._clock(self._complaint(), "verify")
            self.assertLocal(clock.due_at, "2026-03-13 17:30")
            friday.unlink()
            self.assertLocal(clock.due_at, "2026-03-13 12:00")

    def test_the_calendar_moves_to_another_zone(self):
        """The running clock ends at close of business there, an hour earlier here."""
        with at("2026-03-11 10:00"):
            clock = self._clock(self._complaint(), "close")
            self.company.water_calendar_id.tz = "Asia/Tokyo"
            self.assertLocal(clock.due_at, "2026-03-18 16:30")
            self.assertEqual(clock.planned_due_at, local("2026-03-18 16:30"))

    def test_a_department_is_closed_with_an_action_to_be_taken(self):
        """Not before another person has it: otherwise no one would be asked."""
        unit = self.env["water.department"].create({"name": "抄表部", "code": "T-CB"})
        action = {"subject": "规范抄表", "department_id": unit.id}
        action = self.env["water.improvement"].create(action)
        with self.assertRefused(f"Corrective Action of 抄表部 lie open: .*{action.name}", unit):
            unit.active = False
        action.department_id = self.lab
        unit.active = False
        self.assertFalse(unit.active)

    def test_a_reviewer_leaves(self):
        """Supervisors and action owners are told that an appeal has no reviewer."""
        case = self._complaint_at("notified")
        self._accepted(self._appeal(case))
        self.users["senior"].name = "Another"
        owned = {"subject": "规范抄表", "department_id": self.net.id}
        owned = self.env["water.improvement"].create({**owned, "owner_id": self.users["senior"].id})
        self.users["senior"].active = False
        told = self.env["mail.message"].search(
            [("subject", "=", "Another has left: work lies open")]
        )
        self.assertIn(self.users["supervisor"].partner_id, told.notified_partner_ids)
        for line in ("Appeal: 1", f"{owned._description}: 1"):
            self.assertIn(line, told.body)
