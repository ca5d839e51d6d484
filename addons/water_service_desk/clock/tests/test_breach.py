import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted

#: A moment at which the sweep would come by.
AGAIN = "2026-03-11 12:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBreach(WaterCommon):
    """A missed limit belongs to who had the work, and another person excuses it."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self._dispatch(self.case)
        self.clock = self._clock(self.case, "close")

    def _files(self):
        return self._as("department", self.env["ir.attachment"]).create(
            {"name": "门锁照片.txt", "raw": base64.b64decode("eA==")}
        )

    def _miss(self):
        with freeze_time(local("2026-03-13 17:31")):
            self._sweep()
        self.assertEqual(self.clock.state, "breached")

    def test_stays_in_place(self):
        """Department and person of that time, regardless of later dispatches."""
        self._as("department", self._lead(self.case)).action_accept()
        self._miss()
        facts = (self.clock.breached_department_id, self.clock.breached_user_id)
        self.assertEqual(facts, (self.net, self.case.user_id))
        with freeze_time(local("2026-03-16 09:00")):
            self._dispatch(self.case, self.lab)
            acts.hand_over(self._as("supervisor", self.case), self.users["agent2"], "换人")
        self.assertEqual(self.clock.department_id, self.lab)
        self.assertEqual((self.clock.breached_department_id, self.clock.breached_user_id), facts)

    def test_other_changes_leave_it_to_the_sweep(self):
        """A new category hides nothing: the sweep marks past limits and notifies."""
        with freeze_time(local("2026-03-13 17:31")):
            self._as("agent", self.case).subject = "另一个标题"
        self.assertEqual(self.clock.state, "running")

    def test_done_work_is_not_reviewed_again(self):
        """Met or void: the sweep's next time is the last."""
        others = self.case.deadline_ids - self.clock
        trusted(self.clock).write({"met_at": local(AGAIN), "state": "met"})
        trusted(others[:1]).write({"state": "void"})
        both = self.clock | others[:1]
        trusted(both).write({"next_check_at": local(AGAIN)})
        both._check(local(AGAIN))
        self.assertEqual(both.mapped("next_check_at"), [False, False])

    def test_giver_has_missed_it(self):
        """The sweep need not have come by: missed limits are marked before a dispatch."""
        with freeze_time(local("2026-03-13 17:31")):
            self._dispatch(self.case, self.lab)
        self.assertEqual(self.clock.breached_department_id, self.net)
        self.assertEqual(self.case.department_id, self.lab)
        events = self.case.event_ids.filtered(lambda row: row.kind == "clock_breached")
        payloads = {row.payload["clock"]: row.payload for row in events}
        self.assertEqual(payloads["close"]["department"], self.net.code)
        root = self.env.ref("base.user_root")
        self.assertEqual(events.user_id, root, "it is not the act of whoever dispatched")

    def test_paused_case_given_away(self):
        """A pause that was over, and the limit after it, belong to who had the work then."""
        with freeze_time(local("2026-03-12 10:00")):
            acts.pause(self._as("agent", self.clock), "等材料", local("2026-03-13 10:00"))
        with freeze_time(local("2026-03-17 09:00")):
            self._dispatch(self.case, self.lab)
        self.assertRecordValues(
            self.clock,
            [
                {
                    "state": "breached",
                    "breached_at": local("2026-03-16 17:30"),
                    "breached_department_id": self.net.id,
                }
            ],
        )

    def test_events_say_when_it_was_due(self):
        """Warning and breach name the limit to the second, not the time of the check."""
        due = self.clock.due_at
        with freeze_time(local("2026-03-13 15:00")):
            self._sweep()
        self._miss()
        payloads = {
            kind: row.payload
            for kind in ("clock_warned", "clock_breached")
            for row in self.case.event_ids.filtered(lambda row, kind=kind: row.kind == kind)
            if row.payload["clock"] == "close"
        }
        self.assertEqual(payloads["clock_warned"], {"clock": "close", "due": due.isoformat()})
        self.assertEqual(payloads["clock_breached"]["due"], "2026-03-13T09:30:00")
        self.assertEqual(self.clock.breached_at, due)

    def test_met_late(self):
        with freeze_time(local("2026-03-16 10:00")):
            self.clock._meet(local("2026-03-16 10:00"))
        self.assertEqual(self.clock.breached_department_id, self.net)
        self.assertEqual(self.clock.breached_user_id, self.clock.user_id)

    def test_the_round_is_on_the_clock(self):
        """Each handling has its own clocks, told apart by their number."""
        self.assertEqual(self.clock.handling_round, 1)
        trusted(self.case).handling_round = 2
        again = self.case._restart_clocks(("close",))
        self.assertEqual((self.clock.handling_round, again.handling_round), (1, 2))

    def test_excused_by_a_second_person(self):
        """With evidence, by an uninvolved person; people who had the work are refused."""
        self._miss()
        work = self._as("department", self.clock)
        with self.assertRaisesRegex(UserError, "Attach what proves the reason"):
            acts.explain_breach(work, "no_access", "三次上门无人", self.env["ir.attachment"])
        with self.assertRaisesRegex(UserError, "Say in words"):
            acts.explain_breach(work, "no_access", " ", self._files())
        self.assertFalse(self.clock.breach_reason)
        acts.explain_breach(work, "no_access", "三次上门无人", self._files())
        self.assertEqual(self.clock.excuse_state, "asked")
        self.assertEqual(self.clock.breach_by_id, self.users["department"])
        with self.assertRaisesRegex(AccessError, "Supervisors and quality decide"):
            self._as("agent", self.clock).action_excuse()
        self.net.manager_id = self.users["supervisor"]
        with self.assertRaisesRegex(UserError, "cannot excuse it"):
            self._as("supervisor", self.clock).action_excuse()
        self.assertEqual(self.clock.excuse_state, "asked")
        self._as("quality", self.clock).action_excuse()
        self.assertEqual(self.clock.excuse_state, "excused")
        self.assertEqual(self.clock.excuse_by_id, self.users["quality"])
        self.assertEqual(self._kinds(self.case)[-2:], ["breach_explained", "breach_decided"])
        with self.assertRaisesRegex(UserError, "not decided yet"):
            acts.explain_breach(work, "own", "别的", self.env["ir.attachment"])
        self.assertWhole(self.case)

    def test_files_of_others_stay_where_they_are(self):
        """Evidence of another case is copied, not moved; unreadable files are refused."""
        self._miss()
        elsewhere, closed = self._inquiry(), self._inquiry("agent2")
        trusted(closed).is_restricted = True
        files = self.env["ir.attachment"].create(
            [
                {"name": "x.txt", "raw": b"x", "res_model": case._name, "res_id": case.id}
                for case in (elsewhere, closed)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self._as("agent", self.clock)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            acts.explain_breach(mine, "no_access", "无人在家", files.with_user(mine.env.user)[1])
        self.assertFalse(self.clock.breach_reason)
        acts.explain_breach(mine, "no_access", "无人在家", files.with_user(mine.env.user)[0])
        self.assertEqual(files.mapped("res_id"), [elsewhere.id, closed.id])
        copy = self.clock.breach_evidence_ids
        self.assertNotIn(copy, files)
        self.assertEqual((copy.raw, copy.res_model, copy.res_id), (b"x", mine._name, mine.id))

    def test_explained_again_by_another(self):
        """The person who explained it cannot excuse it, even after another's explanation."""
        self._miss()
        for login in ("supervisor", "department"):
            files = self._as(login, self.env["ir.attachment"])
            files = files.create({"name": f"{login}.txt", "raw": b"x"})
            acts.explain_breach(self._as(login, self.clock), "no_access", "无人在家", files)
        mine = self._as("supervisor", self.clock)
        self.assertFalse(mine.can_excuse)
        with self.assertRefused("or explained it, cannot excuse it", self.clock):
            mine.action_excuse()
        self._as("quality", self.clock).action_excuse()
        self.assertEqual(self.clock.excuse_state, "excused")

    def test_our_own_reasons_are_no_excuse(self):
        self._miss()
        wizard = self.env["water.breach.wizard"].with_user(self.users["department"])
        context = {"active_model": self.case._name, "active_ids": self.case.ids}
        dialog = wizard.with_context(**context).create({"reason": "own", "note": "人手不足"})
        self.assertEqual(dialog.deadline_id, self.clock)
        dialog.action_save()
        self.assertEqual((self.clock.breach_reason, self.clock.excuse_state), ("own", False))
        with self.assertRaisesRegex(UserError, "No excuse waits"):
            self._as("quality", self.clock).action_excuse()

    def test_only_what_was_missed(self):
        with self.assertRaisesRegex(UserError, "Only a missed limit"):
            acts.explain_breach(self._as("department", self.clock), "own", "x", self._files())
        self.assertFalse(self.clock.breach_reason)
