from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.tests.common import local

ORDER = {"external_source": "12345", "external_due_at": local("2026-03-20 17:30")}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioTwoRules(AppealCommon, IncidentCommon):
    """Splitting, merging, orders, incidents and appeals where two of them meet."""

    def _split_off(self, case, code):
        words = [("抄表不对。", "here"), ("水也是黄的。", "there")]
        shares = {"words": words, "messages": [], "files": {}}
        values = {"subject": "水黄", "description": "水是黄的"}
        values["category_id"] = self._category(code).id
        return acts.split(self._as("agent", case), values, shares, "两件事").with_env(self.env)

    def _merged(self, case, original):
        values = {"duplicate_of_id": original.id, "end_reason": "同一件事", "state": "merged"}
        self._as("agent", case).write(values)

    def _clocks(self, case):
        return {clock.kind: (clock.due_at, clock.state) for clock in self._running(case)}

    def test_the_other_half_is_as_grave_as_its_category(self):
        """Yellow water split off from a bill is urgent; the bill stays normal."""
        case = self._complaint(verbatim="抄表不对。水也是黄的。")
        before = self._clocks(case)
        part = self._split_off(case, "wq01")
        self.assertEqual((case.severity, part.severity), ("normal", "urgent"))
        self.assertLocal(self._clock(part, "close").due_at, "2026-03-16 17:30")
        self.assertEqual(self._clocks(case), before)
        self.assertWhole(case | part)

    def test_an_order_merged_into_what_is_split_and_merged_back(self):
        case = self._complaint(verbatim="抄表不对。水也是黄的。")
        order = self._complaint(external_ref="R-1", **ORDER)
        self._merged(order, case)
        part = self._split_off(case, "wq01")
        self._merged(part, case)
        self.assertEqual((order.state, case.duplicate_ids), ("merged", order | part))
        self.assertTrue(self._clock(order, "external").is_pending)
        self.assertWhole(case | order | part)

    def test_again_while_the_first_dispatch_is_open(self):
        """One dispatch leads; the former is not binding, and its handler is excluded."""
        case = self._complaint(external_ref="R-2", **ORDER)
        self._step_dispatched(case, "agent", self.net)
        first = self._lead(case)
        self._as("department", first).action_accept()
        acts.answer_order(self._as("agent", case), "正在处理")
        with at("2026-03-12 10:00"):
            acts.rehandle_order(self._as("agent", case), "市民不满意")
            self._sweep()
        leads = self._at_work(case).filtered(lambda row: row.role == "lead")
        self.assertEqual((len(leads), leads & first), (1, first.browse()))
        self.assertFalse(first.deadline_ids.filtered("is_pending"))
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))
        pending = case.deadline_ids.filtered("is_pending").mapped("kind")
        self.assertLessEqual({"external", "close"}, set(pending))
        self.assertWhole(case)

    def test_we_wait_for_the_customer_of_an_order(self):
        """The stage is taken; what a body waits for, or its order merged in, does not stop."""
        order = self._complaint(
            external_source="12345", external_ref="R-3", external_due_at=local("2026-03-18 17:30")
        )
        plain, other = self._complaint(), self._complaint(external_ref="R-4", **ORDER)
        other.external_due_at = local("2026-03-18 17:30")
        self._merged(other, plain)
        waits = {"name": "等客户", "waits_for_customer": True, "sequence": 99}
        waiting = order.stage_id.copy({**waits, "state": "registered"})
        for case in (order, plain):
            self._as("agent", case).stage_id = waiting
            self.assertEqual(case.stage_id, waiting)
            self.assertEqual(self._clock(case, "close").state, "running")
            self.assertLessEqual(self._clock(case, "close").due_at, local("2026-03-18 17:30"))

    def test_planned_work_that_lasts_with_an_appeal(self):
        """Cases of both kinds end with it; the one that is appealed stays for its appeal."""
        with at("2026-03-09 08:00"):
            incident = self._open(
                kind_id=self._kind("planned").id,
                family_ids=False,
                plan_id=False,
                aware_at=local("2026-03-11 08:00"),
                announced_end_at=local("2026-03-11 18:00"),
            )
            acts.announce(self._as("supervisor", incident), acts.draft(incident))
            self._broadcast()
        with at("2026-03-11 12:00"):
            during, appealed = (self._caller(code="ot02", number=row) for row in (1, 2))
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(appealed, "agent", self.net)
            appeal = self._appeal(appealed)
        with at("2026-03-11 19:00"):
            late = self._caller(code="ot05", number=3)
            acts.restore(
                self._as("supervisor", incident), local("2026-03-11 19:00"), "已恢复供水。"
            )
            self._broadcast()
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual({during.state, late.state}, {"archived"})
        self.assertEqual((appealed.state, appeal.state), ("notified", "filed"))
        self.assertWhole(during | late | appealed)

    def test_bad_water_ended_and_person_ill(self):
        """Pure questions are archived; a hospital patient's case is not, and its clocks run."""
        incident = self._open(
            kind_id=self._kind("quality").id,
            family_ids=False,
            plan_id=False,
            quality_notice="boil",
            quality_from=local("2026-03-11 09:00"),
        )
        plain = self._caller(code="wq01", number=1)
        ill = self._caller(code="wq01", number=2, description="孩子喝了水后腹泻，医院诊断肠炎")
        self.assertEqual(ill.incident_id, incident)
        with at("2026-03-11 12:00"):
            acts.restore(
                self._as("supervisor", incident),
                local("2026-03-11 12:00"),
                acts.draft(incident, "action_restore"),
            )
            self._broadcast()
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual((plain.state, ill.state), ("archived", "registered"))
        self.assertTrue(self._running(ill).filtered("is_pending"))
        self.assertWhole(plain | ill)
