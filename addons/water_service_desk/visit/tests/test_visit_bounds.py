from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from ...base.trust import trusted
from ...intake.filing import FilingError
from .common import VisitCommon

STATES = ("planned", "confirmed", "arrived", "done", "cancelled")


@tagged("post_install", "-at_install")
class TestVisitBounds(VisitCommon):
    """Both sides of each bound of an appointment, by the desk and by its customer."""

    def test_definition_of_slot(self):
        now = fields.Datetime.now()
        for begin, end, fits in (
            (0, 3600, True),
            (0, 0, False),
            (3600, 3599, False),
            (0, 12 * 3600, True),
            (0, 12 * 3600 + 1, False),
            (-3600, 1, True),
            (-3600, 0, False),
        ):
            slot = [now + timedelta(seconds=seconds) for seconds in (begin, end)]
            work = self._as("agent", self._inquiry())
            with self.subTest(begin=begin, end=end):
                if fits:
                    self.assertTrue(acts.plan_visit(work, self.net, *slot))
                    continue
                with self.assertRaises(ValidationError):
                    acts.plan_visit(work, self.net, *slot)
        acts.plan_visit(self.case.sudo(), self.net, now - timedelta(hours=1), now)  # an import

    def test_how_late_the_customer_moves_it(self):
        """Until twelve hours before by themselves; then staff decide, until it is over."""
        for moment, late in (
            ("2026-03-11 21:59:59", False),
            ("2026-03-11 22:00:00", False),
            ("2026-03-11 22:00:01", True),
            ("2026-03-12 11:59:59", True),
            ("2026-03-12 12:00:00", False),
        ):
            day, clock = moment.split()
            at = local(f"{day} {clock[:5]}") + timedelta(seconds=int(clock[6:]))
            with self.subTest(moment=moment), freeze_time(at):
                self.assertEqual(self.visit._is_late(), late)

    def test_windows_of_a_day(self):
        """Whole ones from the beginning of work; an hour is long enough, less is none."""
        self.company.write({"water_visit_notice_hours": 24, "water_visit_window_hours": 2})
        day = "2026-03-12"
        periods = [
            (local(f"{day} {first}"), local(f"{day} {last}"))
            for first, last in (("08:00", "13:00"), ("14:00", "17:59"), ("18:00", "18:59"))
        ]
        with patch.object(type(self.visit), "_working_periods", lambda *args: periods):
            found = self.visit._windows()
        texts = [f"{a + timedelta(hours=8):%H:%M}-{b + timedelta(hours=8):%H:%M}" for a, b in found]
        self.assertEqual(texts, ["10:00-12:00", "12:00-13:00", "14:00-16:00", "16:00-17:59"])
        whole = [(local(f"{day} 10:00"), local("2026-03-16 10:00"))]
        with patch.object(type(self.visit), "_working_periods", lambda *args: whole):
            self.assertEqual(len(self.visit._windows()), 24)

    def test_available_people(self):
        """A visitor is in one place at a time; touching slots do not overlap."""
        self.net.member_ids = self.users["department"] | self.users["plain"]
        one, other = self.users["department"].id, self.users["plain"].id
        at = {hour: local(f"2026-03-12 {hour}:00") for hour in range(10, 17)}
        window = (at[12], at[14])
        before, after = (at[10], at[12]), (at[14], at[16])
        for taken, user, free in (
            ([(*before, one), (*after, one)], one, True),
            ([(at[11], at[13], one)], one, False),
            ([(at[13], at[15], one)], other, True),
            ([(at[13], at[15], one)], False, True),
            ([(*window, one), (*window, other)], False, False),
            ([(*window, False), (*window, False)], other, False),
        ):
            trusted(self.visit).user_id = user
            self.assertEqual(self.visit._is_free(window, taken), free, (taken, user))
        self.users["plain"].active = False
        trusted(self.visit).user_id = False
        self.assertFalse(self.visit._is_free(window, [(*window, one)]), "one is left")

    def test_time_of_department(self):
        """Its other open visits in that time; neither its own nor what only touches."""
        same = self._plan(case=self._inquiry(), user=self.users["department"])
        self._plan(case=self._inquiry(), department=self.lab)
        gone = self._plan(case=self._inquiry())
        acts.cancel_visit(gone, "不用了", "company")
        end = self.begin + timedelta(hours=2)
        taken = [(self.begin, end, self.users["department"].id)]
        self.assertEqual(self.visit._taken(self.begin, end), taken)
        self.assertEqual(same._taken(self.begin, end), [(self.begin, end, False)])
        self.assertEqual(self.visit._taken(end, end + timedelta(hours=1)), [])
        self.assertEqual(self.visit._taken(self.begin - timedelta(hours=1), self.begin), [])

    def test_hours_of_notice(self):
        slot = (self.begin + timedelta(days=2), self.begin + timedelta(days=2, hours=2))
        for hours, notice in ((0, 24.0), (23.5, 0.5), (24, 0), (25, 0)):
            visit = self._as("agent", self._plan(case=self._inquiry()))
            with freeze_time(self._later(hours=hours)):
                acts.move_visit(visit, *slot, "改期", "company")
            self.assertEqual(visit.notice_hours, notice)
            self.assertEqual((visit.change_reason, visit.changed_by), ("改期", "company"))
        with self.assertRaisesRegex(UserError, "Say why the appointment"):
            acts.move_visit(visit, *slot, " ", "company")

    def test_moved_and_counted(self):
        """Each time, with what it was before; the customer's word for it is gone."""
        self._as("agent", self.visit).action_confirm()
        self.assertEqual(self.visit.confirmed_by, "staff")
        later = self.begin + timedelta(days=1)
        for number in (1, 2):
            slot = (later + timedelta(hours=number), later + timedelta(hours=number + 2))
            before = self.visit.slot_from.isoformat()
            acts.move_visit(self._as("agent", self.visit), *slot, "改期", "company")
            self.assertEqual((self.visit.reschedule_count, self.visit.state), (number, "planned"))
            self.assertFalse(self.visit.confirmed_at or self.visit.confirmed_by)
            event = self.case.event_ids.sorted("id")[-1]
            self.assertEqual((event.kind, event.payload["old_from"]), ("visit_moved", before))
            self.assertEqual(event.payload["by"], "company")
        states = self.visit.deadline_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["void", "void", "running"])

    def test_asked_for_by_the_customer(self):
        """The customer's earlier request counts, not the dialog's."""
        slot = (self.begin + timedelta(days=2), self.begin + timedelta(days=2, hours=2))
        for asked, by in ((False, "company"), (fields.Datetime.now(), "customer")):
            trusted(self.visit).change_asked_at = asked
            acts.move_visit(self._as("agent", self.visit), *slot, "改期", "company")
            self.assertEqual(self.visit.changed_by, by)

    def test_staff_may_keep(self):
        """The customer's request to move, until its end, before any arrival."""
        now = fields.Datetime.now()
        for state in STATES:
            for asked in (False, now):
                for moment, ahead in ((now, True), (self.visit.slot_to, False)):
                    trusted(self.visit).write({"state": state, "change_asked_at": asked})
                    self.visit.invalidate_recordset()
                    is_open = state in ("planned", "confirmed") and bool(asked)
                    with freeze_time(moment), self.subTest(state=state, asked=asked, ahead=ahead):
                        self.assertEqual(self.visit.can_keep, is_open and ahead)
                        mine = self._as("agent", self.visit)
                        self.assertEqual(bool(mine.waits_for_me), is_open)
                        self.assertFalse(self._as("agent2", self.visit).waits_for_me)

    def test_customer_actions(self):
        """Confirm planned visits; move and cancel future visits without a request."""
        case = self.case.with_user(self.users["portal1"]).sudo()
        for state in STATES:
            for asked in (False, fields.Datetime.now()):
                trusted(self.visit).write({"state": state, "change_asked_at": asked})
                may = state in ("planned", "confirmed") and not asked
                confirm = state == "planned" and not asked
                found = [
                    case._portal_can(action)
                    for action in ("visit_confirm", "visit_move", "visit_cancel")
                ]
                (row,) = case._portal_visits()
                with self.subTest(state=state, asked=asked):
                    self.assertEqual(found, [confirm, may, may])
                    shown = [row["can_confirm"], row["can_change"], row["calendar"], row["asked"]]
                    self.assertEqual(shown, [confirm, may, may, bool(asked)])
                    self.assertEqual(row["windows"], [])
                    label = "another time asked for" if asked else None
                    self.assertEqual(row["state"] == "another time asked for", bool(label))

    def test_his_row(self):
        """The link, and the windows on its own page, of movable ones."""
        case = self.case.with_user(self.users["portal1"]).sudo()
        visit = case.visit_ids
        row = case._portal_visit_row(visit, windows=True)
        first = visit._windows()[0]
        self.assertEqual(row["windows"][0][0], first[0].isoformat())
        self.assertEqual(len(row["windows"]), len(visit._windows()))
        self.assertIn("2026", row["windows"][0][1])
        self.assertEqual(row["case_url"], case._portal_address())
        self.assertEqual(row["page"], f"/my/appointments/{visit.id}")
        self.assertIs(case._portal_may_open(), True)
        by_code = case.with_context(water_page="/x")
        self.assertEqual(by_code._portal_visit_row(visit)["page"], "")
        trusted(self.visit).state = "done"
        self.assertEqual(case._portal_visit_row(visit, windows=True)["windows"], [])

    def test_his_reason(self):
        """Asked for, and no longer than 300 characters."""
        for text, error in ((" ", True), ("因" * 300, False), ("因" * 301, True)):
            errors = {}
            self.case._read_reason({"reason": text}, errors)
            self.assertEqual(bool(errors), error, len(text))

    def test_his_form(self):
        """About another case's visit, a window that is not offered, or without a reason."""
        case = self.case.with_user(self.users["portal1"]).sudo()
        number = str(self.visit.id)
        window = self.visit.sudo()._windows()[0][0].isoformat()
        for values, names in (
            ({"visit_id": "x", "window": window, "reason": "忙"}, {"form"}),
            ({"visit_id": number, "window": "x", "reason": "忙"}, {"window"}),
            ({"visit_id": number, "window": window}, {"reason"}),
            ({"visit_id": number}, {"window", "reason"}),
        ):
            with self.assertRaises(FilingError) as caught:
                case._portal_visit_move(values)
            self.assertEqual(set(caught.exception.errors), names)
        with self.assertRaises(FilingError):
            case._portal_visit_cancel({"visit_id": number})
        self._as("agent", self.visit).action_confirm()
        with self.assertRaises(FilingError):
            case._portal_visit_confirm({"visit_id": number})

    def test_missed_once(self):
        """By the expected visitor; again only for another time."""
        for state, asked, missed in (
            ("planned", False, True),
            ("confirmed", False, True),
            ("arrived", False, False),
            ("cancelled", False, False),
            ("planned", True, False),
        ):
            visit = self._plan(case=self._inquiry())
            asked = asked and fields.Datetime.now()
            trusted(visit).write({"state": state, "change_asked_at": asked})
            for _twice in range(2):
                visit._mark_missed()
            found = self._kinds(acts.case_of(visit)).count("visit_missed")
            self.assertEqual((found, bool(visit.missed_at)), (int(missed), missed), (state, asked))
        self.visit._mark_missed()
        trusted(self.visit).slot_to = self.visit.slot_to + timedelta(hours=1)
        self.visit._mark_missed()
        self.assertEqual(self._kinds(self.case).count("visit_missed"), 2)
        visits = self.env["water.visit"]
        for value in (True, False):
            found = visits.search([("is_missed", "=", value)])
            self.assertEqual(self.visit in found, value)
        self.assertTrue(self.visit.is_missed)
        clock = self.visit.deadline_ids
        self.assertEqual(clock._holder(), (self.net, self.env["res.users"]))
        self.assertTrue(clock._is_appointment())
        self.assertFalse(self._clock(self.case, "close")._is_appointment())
