from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local


@contextmanager
def at(text):
    """Run at a wall-clock time in Shanghai."""
    with freeze_time(fields.Datetime.to_string(local(text))):
        yield


@tagged("post_install", "-at_install")
class TestStandard(WaterCommon):
    """Which standard covers a case."""

    second_company = True

    def _standard(self, code, hours, valid_from="2026-01-01", **values):
        line = {"amount": hours, "unit": "hour"}
        return self._new_standard(code, line, valid_from=valid_from, **values)

    def _hours(self, **values):
        clock = self._clock(self._inquiry(**values), "close")
        return (clock.due_at - clock.started_at).total_seconds() / 3600 if clock else None

    def test_most_specific_wins(self):
        """Category before family, severity before none, channel before none, company too."""
        family, own = self._category("wq"), self._category("wq04")
        self._standard("T-FAM", 50, category_id=family.id)
        self.assertEqual(self._hours(category_id=own.id), 50)
        self._standard("T-CAT", 40, category_id=own.id)
        self.assertEqual(self._hours(category_id=own.id), 40)
        self.assertEqual(self._hours(category_id=family.id), 50)
        self._standard("T-SEV", 30, category_id=own.id, severity="urgent")
        self.assertEqual(self._hours(category_id=own.id, severity="urgent"), 30)
        self.assertEqual(self._hours(category_id=own.id, severity="complex"), 40)
        channel = self._channel("wechat")
        self._standard("T-CHA", 20, category_id=own.id, channel_id=channel.id)
        self.assertEqual(self._hours(category_id=own.id, channel_id=channel.id), 20)
        self.assertEqual(self._hours(category_id=own.id), 40)
        self._standard("T-COM", 10, category_id=own.id, company_id=self.company.id)
        self.assertEqual(self._hours(category_id=own.id), 10)
        self._standard("T-COM2", 5, category_id=own.id, company_id=self.company2.id)
        self.assertEqual(self._hours(category_id=own.id), 10)

    def test_version_in_force_at_receipt(self):
        category = self._category("gn")
        self._standard("T-V", 30, "2026-01-01", category_id=category.id, version=1)
        self._standard("T-V", 20, "2026-03-01", category_id=category.id, version=2)
        self._standard("T-V", 10, "2026-04-01", category_id=category.id, version=3)
        for received, hours in (
            ("2026-02-28 23:59", 30),
            ("2026-03-01 00:00", 20),
            ("2026-03-11 09:00", 20),
        ):
            with self.subTest(received=received):
                values = {"category_id": category.id, "received_at": local(received)}
                self.assertEqual(self._hours(**values), hours)

    def test_day_of_receipt_does_not_depend_on_the_registrar(self):
        """A registrar in another time zone starts the same clocks."""
        category = self._category("gn")
        self._standard("T-V", 30, "2026-01-01", category_id=category.id, version=1)
        self._standard("T-V", 20, "2026-03-01", category_id=category.id, version=2)
        self.users["agent"].tz = "America/New_York"
        values = {"category_id": category.id, "received_at": local("2026-03-01 08:00")}
        self.assertEqual(self._hours(**values), 20)

    def test_messages_show_company_time(self):
        """Mails about limits do not depend on their sender's time zone."""
        clock = self._clock(self._inquiry(), "close")
        for zone in ("America/New_York", "UTC", False):
            self.users["agent"].tz = zone
            with self.subTest(zone=zone):
                self.assertIn("17:30", self._as("agent", clock)._bare_line())
                self.assertIn("17:30", self._as("agent", acts.case_of(clock))._staff_line())

    def test_standard_in_the_future_or_archived(self):
        """Neither is in force."""
        self._standard("T-F", 1, "2027-01-01", category_id=self._category("gn").id)
        old = self._standard("T-A", 2, category_id=self._category("gn").id)
        self.assertEqual(self._hours(category_id=self._category("gn").id), 2)
        old.active = False
        self.assertGreater(self._hours(category_id=self._category("gn").id), 40)

    def test_unworkable_standard(self):
        """A limit that cannot be worked out is reported in the chain; plain days hold meanwhile."""
        line = self._standard("T-U", 30, category_id=self._category("gn").id).line_ids
        line.unit = "working_day"
        line.flush_recordset()
        # the form refuses it: such a line can only come from outside
        self.env.cr.execute("UPDATE water_standard_line SET amount = 2.5 WHERE id = %s", [line.id])
        line.invalidate_recordset()
        self.env.registry.clear_cache()
        case = self._inquiry(category_id=self._category("gn").id)
        clock = self._clock(case, "close")
        self.assertEqual((clock.amount, clock.unit), (2.5, "calendar_day"))
        self.assertTrue(clock.provisional)
        self.assertGreater(clock.due_at, self._later(days=2))
        failed = case.event_ids.filtered(lambda event: event.kind == "clock_failed")
        self.assertEqual(failed.payload["clock"], "close")
        self.assertWhole(case)

    def test_no_standard(self):
        """Without a standard the general limit of five working days holds, and it is told."""
        self.env["water.standard"].search([]).active = False
        case = self._inquiry()
        clock = case.deadline_ids
        self.assertEqual((clock.kind, clock.standard_line_id.id), ("close", False))
        self.assertLocal(clock.due_at, "2026-03-18 17:30")
        self.assertEqual((case.deadline_state, case.promised_at), ("ok", clock.due_at))
        self.assertEqual(self._kinds(case), ["created", "clock_failed"])
        manager = self.users["manager"].partner_id
        message = self.env["mail.message"].search([("partner_ids", "in", manager.ids)], limit=1)
        self.assertIn(case.name, message.body)


@tagged("post_install", "-at_install")
class TestDeadline(WaterCommon):
    """Effects of events and time on a clock."""

    def _late(self, received="2026-03-05 10:00", **values):
        """An inquiry whose two working days are over on 11 March."""
        return self._inquiry(received_at=local(received), answer="答复", **values)

    def test_started(self):
        """Two working days from receipt, warned at four fifths."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.next_check_at, "2026-03-12 17:30")  # half of the time
        self.assertTrue(clock.started_at < clock.warn_at < clock.due_at)
        self.assertEqual(case.next_due_at, clock.due_at)
        self.assertEqual(case.promised_at, clock.due_at)
        self.assertEqual(case.deadline_state, "ok")
        self.assertFalse(case.is_overdue)

    def test_sweep_is_woken(self):
        """The scheduler is asked to look at the very moment of the first step."""
        cron = self.env.ref("water_service_desk.ir_cron_sweep")
        case = self._inquiry()
        triggers = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        self.assertIn(self._clock(case, "close").next_check_at, triggers.mapped("call_at"))
        before = triggers
        self._late()  # overdue limits are checked as soon as the scheduler can
        triggers = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        self.assertIn(self._later(seconds=1), (triggers - before).mapped("call_at"))

    def test_met(self):
        """Answered in time: met, and the sweep has nothing to do."""
        case = self._inquiry(answer="答复")
        self._as("agent", case).action_answer()
        clock = self._clock(case, "close")
        self.assertEqual((clock.state, clock.met_at), ("met", fields.Datetime.now()))
        self.assertFalse(clock.breached_at or clock.next_check_at)
        self.assertEqual((case.deadline_state, case.next_due_at), ("none", False))

    def test_late_stays_late(self):
        """Answered late: breached at the due time for good, with or without the sweep."""
        for swept in (False, True):
            case = self._late()
            if swept:
                self._sweep()
            self._as("agent", case).action_answer()
            clock = self._clock(case, "close")
            self.assertEqual(clock.state, "breached")
            self.assertEqual(clock.breached_at, clock.due_at)
            self.assertEqual(clock.met_at, fields.Datetime.now())
            self.assertEqual(case.deadline_state, "none")
            self._as("agent", case).action_close()
            self.assertEqual(clock.state, "breached")

    def test_void_is_not_for_the_late(self):
        """Withdrawing voids what runs; late limits stay late."""
        running, late = self._inquiry(), self._late()
        self._sweep()
        self._as("agent", running | late).write({"state": "withdrawn"})
        self.assertEqual(self._clock(running, "close").state, "void")
        self.assertEqual(self._clock(late, "close").state, "breached")

    def test_sweep_warns_once_and_marks_breach(self):
        """One warning, one breach, each with its event and to-do; a second run adds none."""
        self.company.water_desk_head_id = self.users["agent"]  # else the managers hear as well
        case = self._inquiry()
        clock = self._clock(case, "close")
        with freeze_time(clock.warn_at):
            self._sweep()
            self._sweep()
        self.assertEqual(case.deadline_state, "soon")
        self.assertEqual(clock.warned_at, clock.warn_at)
        missed_from = clock.due_at + timedelta(seconds=1)
        self.assertEqual(clock.next_check_at, missed_from)
        with freeze_time(clock.due_at):
            self._sweep()
            self.assertEqual(clock.state, "running")
        with freeze_time(missed_from):
            self._sweep()
            self._sweep()
        self.assertEqual((clock.state, clock.breached_at), ("breached", clock.due_at))
        self.assertLocal(clock.next_check_at, "2026-03-16 08:30")  # no notices at night
        self.assertEqual(len(case.activity_ids), 1)
        self.assertEqual(case.deadline_state, "breached")
        self.assertEqual(case.next_due_at, clock.due_at)
        with at("2026-03-16 08:30"):
            self._sweep()
            self._sweep()
        self.assertLocal(clock.next_check_at, "2026-03-16 17:30")  # one working day late
        self.assertEqual(self._kinds(case), ["created", "clock_warned", "clock_breached"])
        self.assertEqual(case.activity_ids.user_id, self.users["agent"])
        self.assertEqual(len(case.activity_ids), 1)  # told once more, with the same task
        # Scheduled actions have no language; the reader of the activity has.
        self.users["agent"].lang = "zh_CN"
        self.assertEqual(clock._activity_values(self.users["agent"])[0]["summary"], "办结")
        self.assertWhole(case)

    def test_sweep_catches_up(self):
        """After a standstill the breach is marked at its time, without a late warning."""
        case = self._late()
        self._sweep()
        clock = self._clock(case, "close")
        self.assertEqual((clock.state, clock.breached_at), ("breached", clock.due_at))
        self.assertEqual(self._kinds(case), ["created", "clock_breached"])

    def test_sweep_leaves_the_rest(self):
        """Met, void and future clocks are skipped."""
        met, void, fresh = self._inquiry(answer="答复"), self._inquiry(), self._inquiry()
        self._as("agent", met).action_answer()
        self._as("agent", void).action_withdraw()
        before = [case.event_count for case in met | void | fresh]
        self._sweep()
        self.assertEqual([case.event_count for case in met | void | fresh], before)

    def test_more_than_one_batch(self):
        """The sweep continues until none is due, and tells the scheduler the rest."""
        values = [self._inquiry_values(received_at=local("2026-03-05 10:00")) for _n in range(7)]
        cases = self.env["water.inquiry"].create(values)
        told, crons = [], type(self.env["ir.cron"])
        commit = crons._commit_progress

        def keep(cron, processed=0, *, remaining=None, **options):
            told.append((processed, remaining))
            return commit(cron, processed, remaining=remaining, **options)

        module = "odoo.addons.water_service_desk.clock.models.water_deadline_escalating"
        with patch(f"{module}.SWEEP_BATCH", 3), patch.object(crons, "_commit_progress", keep):
            self._sweep()
        self.assertEqual(told, [(3, 4), (3, 1), (1, 0)])
        self.assertEqual(set(cases.deadline_ids.mapped("state")), {"breached"})

    def test_overdue_search(self):
        """The filter finds late limits before the sweep, and its opposite the rest."""
        late, fresh = self._late(), self._inquiry()
        both = late | fresh
        inquiries = self.env["water.inquiry"]
        mine = [("id", "in", both.ids)]
        self.assertEqual(inquiries.search([*mine, ("is_overdue", "=", True)]), late)
        self.assertEqual(inquiries.search([*mine, ("is_overdue", "=", False)]), fresh)
        self.assertEqual(inquiries.search([*mine, ("is_overdue", "in", [True, False])]), both)
        self.assertEqual(both.filtered("is_overdue"), late)

    def test_time_left(self):
        """Hours and minutes until or since the limit, in words."""
        case = self._inquiry()
        with at("2026-03-13 14:18"):
            case.invalidate_recordset()
            self.assertEqual(case.time_left, "3 h 12 min left")
        with at("2026-03-15 18:30"):
            case.invalidate_recordset()
            self.assertEqual(case.time_left, "Overdue by 2 d 1 h")

    def test_entered_by_hand(self):
        """Clocks cannot be set, moved, paused or removed by hand."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        values = {
            "inquiry_id": case.id,
            "kind": "close",
            "started_at": "2026-03-11 02:00:00",
            "due_at": "2027-03-11 02:00:00",
        }
        for login in (*self.users, "su"):
            mine = self._as(login, clock)
            for name, call in (
                ("create", lambda mine=mine: mine.browse().create(values)),
                ("due", lambda mine=mine: mine.write({"due_at": "2027-03-11 02:00:00"})),
                ("state", lambda mine=mine: mine.write({"state": "void"})),
                ("unlink", lambda mine=mine: mine.unlink()),
            ):
                with self.subTest(login=login, operation=name), self.assertRaises(AccessError):
                    call()

    def test_through_the_case(self):
        """Nor through the case: neither clocks nor fields derived from them."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        for values in (
            {"deadline_ids": [Command.update(clock.id, {"due_at": "2027-01-01 00:00:00"})]},
            {"deadline_ids": [Command.delete(clock.id)]},
            {"deadline_ids": [Command.clear()]},
            {"next_due_at": "2027-01-01 00:00:00"},
            {"deadline_state": "ok"},
            {"received_at": "2026-03-11 01:00:00"},
        ):
            for login in ("agent", "manager"):
                with (
                    self.subTest(values=values, login=login),
                    self.assertRefused("not by hand|kept by the system", case),
                ):
                    self._as(login, case).write(values)
                    self.env.flush_all()
        self.assertEqual(case.next_due_at, clock.due_at)
