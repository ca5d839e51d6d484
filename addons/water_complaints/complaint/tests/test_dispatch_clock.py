from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, local

from . import acts
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDispatchClock(ComplaintCommon):
    """Dispatching has a limit, and so has what a department was asked to do."""

    def _dispatching(self, **values):
        case = self._complaint(**values)
        return case, self._clock(case, "dispatch")

    def test_dispatching_in_the_time_set(self):
        """30 minutes of office hours, 10 minutes when it is urgent, 5 in an emergency."""
        for severity, due in (
            ("normal", "10:30"),
            ("complex", "10:30"),
            ("urgent", "10:10"),
            ("emergency", "10:05"),
        ):
            with self.subTest(severity=severity):
                __, clock = self._dispatching(severity=severity)
                self.assertLocal(clock.due_at, f"2026-03-11 {due}")
        with freeze_time(local("2026-03-14 22:00")):  # a Saturday night
            __, clock = self._dispatching()
        self.assertLocal(clock.due_at, "2026-03-16 09:00")

    def test_met_by_the_lead_dispatch(self):
        case, clock = self._dispatching()
        with freeze_time(local("2026-03-11 10:20")):
            acts.readback(self._as("agent", case))
            self._dispatch(case)
        self.assertEqual((clock.state, clock.met_at), ("met", local("2026-03-11 10:20")))

    def test_void_when_handled_without_a_department(self):
        case, clock = self._dispatching()
        acts.readback(self._as("agent", case))
        self._as("agent", case).action_handle()
        self.assertEqual(clock.state, "void")

    def test_found_again_after_a_return(self):
        """The customer's clocks take no notice of a return; dispatching begins anew."""
        case = self._complaint_at("dispatched")
        close = self._clock(case, "close").due_at
        with freeze_time(local("2026-03-11 14:00")):
            acts.reject(self._as("department", self._lead(case)), "属水质", owner=self.lab)
        clock = self._clock(case, "dispatch")
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-11 14:30")
        self.assertEqual(self._clock(case, "close").due_at, close)

    def test_work_has_a_clock_of_its_own(self):
        """By the standard from the dispatch on; finishing meets it, and the board shows it."""
        case = self._complaint_at("dispatched")
        dispatch = self._lead(case)
        clock = self._clock(case, "work")
        self.assertLocal(clock.due_at, "2026-03-17 17:30")
        self.assertEqual((dispatch.due_at, dispatch.deadline_ids), (clock.due_at, clock))
        self.assertEqual(clock.department_id, self.net)
        work = self._as("department", dispatch)
        work.action_accept()
        self._step_handling(case, "agent", self.net)
        work.result = "已查"
        work.action_finish()
        self.assertEqual(clock.state, "met")

    def test_missed_by_the_department_that_had_it(self):
        """A support that is late is its own breach, not the lead's."""
        case = self._complaint()
        acts.readback(self._as("agent", case))
        self._dispatch(case, self.net, self.lab)
        support = case.dispatch_ids.filtered(lambda row: row.role == "support")
        with freeze_time(local("2026-03-17 17:30:01")):
            self._sweep()
        self.assertEqual(support.deadline_ids.breached_department_id, self.lab)
        self.assertEqual(self._lead(case).deadline_ids.breached_department_id, self.net)
        with freeze_time(local("2026-03-18 09:00")):
            acts.reject(self._as("department2", support), "不需要")
        self.assertEqual(support.deadline_ids.state, "breached")
        self.assertFalse(support.deadline_ids.is_pending)

    def test_a_date_asked_for(self):
        """Within what the customer was promised; one clock moves, on record."""
        case = self._complaint()
        acts.readback(self._as("agent", case))
        with self.assertRaisesRegex(UserError, "promised the result earlier"):
            acts.dispatch(self._as("agent", case), self.net, due=local("2026-03-20 10:00"))
        with self.assertRaisesRegex(UserError, "lies ahead"):
            acts.dispatch(self._as("agent", case), self.net, due=local("2026-03-11 09:00"))
        self.assertFalse(case.dispatch_ids)
        acts.dispatch(self._as("agent", case), self.net, self.lab, due=local("2026-03-12 10:00"))
        self.assertEqual(case.dispatch_ids.mapped("due_at"), [local("2026-03-12 10:00")] * 2)
        self.assertEqual(len(case.dispatch_ids.deadline_ids), 2)

    def test_a_date_asked_for_after_a_pause(self):
        """The given date applies, regardless of earlier pauses."""
        case, __ = self._dispatching()
        acts.readback(self._as("agent", case))
        clock = self._dispatch(case).deadline_ids
        acts.pause(self._as("agent", clock), "等客户", local("2026-03-11 15:00"))
        with freeze_time(local("2026-03-11 15:00")):
            self._sweep()
            acts.dispatch(self._as("agent", case), self.net, due=local("2026-03-12 12:00"))
        self.assertEqual((clock.state, clock.due_at), ("running", local("2026-03-12 12:00")))

    def test_never_beyond_the_customers_limit(self):
        """The standard would give it longer than the customer was promised: it does not."""
        case = self._complaint_at("registered")
        acts.readback(self._as("agent", case))
        with freeze_time(local("2026-03-17 10:00")):
            self._dispatch(case)
        self.assertLocal(self._lead(case).due_at, "2026-03-18 17:30")

    def test_never_beyond_a_limit_that_lies_ahead(self):
        """An earlier, missed promise gives no more time than the next limit."""
        case = self._complaint_at("registered")
        acts.readback(self._as("agent", case))
        acts.promise(self._as("agent", case), "答复", local("2026-03-12 10:00"), "result")
        with freeze_time(local("2026-03-17 10:00")):
            self._sweep()
            with self.assertRefused("promised the result earlier", case):
                acts.dispatch(self._as("agent", case), self.net, due=local("2026-03-19 10:00"))
            self._dispatch(case)
        self.assertLocal(self._lead(case).due_at, "2026-03-18 17:30")

    def test_extension_for_customer_who_asked(self):
        """Its own four days move as far as the customer's five; asked for by others, they stay."""
        for login, due in (("department", "2026-03-19 17:30"), ("agent", "2026-03-17 17:30")):
            case = self._complaint_at("dispatched")
            self._as("department", self._lead(case)).action_accept()
            work, close = self._clock(case, "work"), self._clock(case, "close")
            self.assertLocal(close.due_at, "2026-03-18 17:30")
            asked = acts.extend(self._as(login, close), "等配件", 2)
            self.assertLocal(work.due_at, "2026-03-17 17:30")
            self._as("supervisor", asked).action_approve()
            self.assertLocal(close.due_at, "2026-03-20 17:30")
            with self.subTest(login=login):
                self.assertLocal(work.due_at, due)
                self.assertLocal(self._lead(case).due_at, due)
        self.assertWhole(case)

    def test_more_time_within_what_the_customer_is_promised(self):
        """Work that was bound by an earlier promise goes by the later one, then by its own."""
        case = self._complaint_at("registered")
        acts.readback(self._as("agent", case))
        with freeze_time(local("2026-03-17 10:00")):
            self._dispatch(case)
            self._as("department", self._lead(case)).action_accept()
            work, close = self._clock(case, "work"), self._clock(case, "close")
            self.assertLocal(work.due_at, "2026-03-18 17:30")  # its own four days: 23 March
            asked = acts.extend(self._as("department", close), "等配件", 1)
            self._as("supervisor", asked).action_approve()
        self.assertLocal(close.due_at, "2026-03-19 17:30")
        self.assertLocal(work.due_at, "2026-03-19 17:30")
        extension = work.pause_ids
        self.assertEqual((extension.kind, extension.state), ("extension", "done"))
        self.assertEqual(extension.requested_by_id, self.users["department"])

    def test_more_time_while_the_work_stands_still(self):
        """Paused work gets it too, when it continues."""
        dues = []
        for stands_still in (False, True):
            case = self._complaint_at("dispatched")
            self._as("department", self._lead(case)).action_accept()
            work, close = self._clock(case, "work"), self._clock(case, "close")
            if stands_still:
                pause = acts.pause(self._as("department", work), "等客户", self._later(days=1))
            asked = acts.extend(self._as("department", close), "等配件", 2)
            self._as("supervisor", asked).action_approve()
            if stands_still:
                self._as("department", pause).action_end()
            dues.append((work.state, work.due_at))
        self.assertEqual(dues[0], dues[1])
        self.assertWhole(case)

    def test_the_board(self):
        """Emergencies first, then the next due."""
        plain = self._complaint_at("dispatched")
        urgent = self._complaint_at("dispatched", severity="urgent")
        worst = self._complaint_at("dispatched", severity="emergency")
        mine = self._as("department", self.env["water.dispatch"])
        view = mine.get_view(view_type="kanban")["arch"]
        self.assertIn('default_order="urgency desc, due_at, id desc"', view)
        cases = (plain | urgent | worst).ids
        found = mine.search([("complaint_id", "in", cases)], order="urgency desc, due_at, id desc")
        self.assertEqual(found.complaint_id, worst | urgent | plain)

    def test_a_card_has_few_widgets(self):
        """Each is made once for every card: a full board has a hundred and forty of them."""
        mine = self._as("agent", self.env["water.complaint"])
        card = etree.fromstring(mine.get_view(view_type="kanban")["arch"])
        widgets = {node.get("widget") for node in card.iter("field") if node.get("widget")}
        self.assertEqual(widgets, {"water_countdown", "kanban_activity"})
        (activity,) = card.xpath("//field[@widget='kanban_activity']")
        self.assertTrue(activity.get("t-if"), "where there is something to do")

    def test_a_return_names_the_department(self):
        """The banner says why and whose it is, and the next dispatch is proposed so."""
        case = self._complaint_at("dispatched")
        with self.assertRaisesRegex(UserError, "another department"):
            acts.reject(self._as("department", self._lead(case)), "x", owner=self.net)
        acts.reject(self._as("department", self._lead(case)), "属水质", owner=self.lab)
        case.invalidate_recordset()
        self.assertIn("属水质", case.return_note)
        self.assertIn(self.lab.name, case.return_note)
        dialog = acts.dialog(self._as("agent", case), "action_dispatch")
        self.assertEqual(dialog.department_id, self.lab)
        dialog.action_dispatch()
        case.invalidate_recordset()
        self.assertFalse(case.return_note)
