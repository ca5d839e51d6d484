"""Our limit and that of the body, and who waits."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from .orders import ORDER


class OrderLimitChecks:
    """Mixed into the checks of orders."""

    # -- our limit and the body's --------------------------------------------------------------

    def test_later_by_the_body_alone(self):
        """The body's limit is moved or removed only with its document."""
        case = self._order()
        for due in (local("2026-05-01 12:00"), False):
            with self.assertRaisesRegex(UserError, "record its extension"):
                self._as("supervisor", case).write({"external_due_at": due})
        same = local("2026-03-18 12:00")  # unchanged: not moved
        self._as("supervisor", case).write({"external_due_at": same})
        head, due = self._as("supervisor", case), local("2026-03-25 12:00")
        day = fields.Date.to_date("2026-03-11")
        for args, login, words in (
            ((due, day, " "), "supervisor", "Name the paper"),
            ((due, False, "延期函1号"), "supervisor", "date of the paper"),
            ((due, fields.Date.to_date("2026-03-12"), "延期函1号"), "supervisor", "date of the"),
            ((local("2026-03-18 12:00"), day, "延期函1号"), "supervisor", "after the old one"),
            ((due, day, "延期函1号"), "agent", "Only a supervisor"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                acts.extend_order(self._as(login, case), *args)
        self.assertEqual(case.external_due_at, local("2026-03-18 12:00"))
        acts.extend_order(head, due, day, "延期函1号")
        self.assertRecordValues(
            case,
            [
                {
                    "external_due_at": due,
                    "external_extended_on": day,
                    "external_extension_ref": "延期函1号",
                }
            ],
        )
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-24 17:30")
        event = case.event_ids.filtered(lambda row: row.kind == "external_extended")
        self.assertEqual(event.payload["number"], "延期函1号")
        self.assertWhole(case)

    def test_our_extension_ends_before_the_body(self):
        """Neither extension nor pause passes the body's limit; with its paper they may."""
        case = self._as("agent", self._order())
        clock = self._as("agent", self._clock(case, "external"))
        for ask in (
            lambda: acts.extend(clock, "等材料", 2),
            lambda: acts.pause(clock, "等材料", local("2026-03-20 12:00")),
        ):
            with self.assertRaisesRegex(UserError, "waits until 2026-03-18 12:00"):
                ask()
        with self.assertRaisesRegex(UserError, "that limit does not stand still"):
            acts.pause(clock, "等材料", local("2026-03-11 12:00"))
        self.assertFalse(clock.sudo().pause_ids)
        acts.extend(clock, "等材料", 2, "hour")
        day = fields.Date.to_date("2026-03-11")
        acts.extend_order(self._as("supervisor", case), local("2026-03-25 12:00"), day, "函")
        later = self._as("agent", self._clock(case, "external"))
        acts.extend(later, "等材料", 2, "hour")
        self.assertLocal(later.due_at, "2026-03-24 17:30")

    def test_grant_stays_before_body_limit(self):
        """A day that is worked after all moves our limit, and granted time no further."""
        day = {"name": "停电", "date": "2026-03-17", "kind": "off", "official": False}
        off = self.env["water.calendar.day"].create(day)
        case = self._order()
        clock = self._clock(case, "external")
        self.assertLocal(clock.due_at, "2026-03-16 17:30")
        asked = acts.extend(self._as("agent", clock), "等材料", 42, "hour")
        self._as("supervisor", asked).action_approve()
        self.assertLocal(clock.due_at, "2026-03-18 11:30")
        off.unlink()
        self.assertLocal(clock.planned_due_at, "2026-03-17 17:30")
        self.assertLocal(clock.due_at, "2026-03-18 12:00")

    def test_other_hours_are_chosen(self):
        """Running clocks follow the hours of their promise, for bodies too."""
        case = self._order()
        limits = {clock: clock.due_at for clock in case.deadline_ids}
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        day = {"name": "厂庆", "date": "2026-03-16", "official": False}
        self.env["water.calendar.day"].create(day)
        self.assertEqual({clock: clock.due_at for clock in case.deadline_ids}, limits)
        day["calendar_id"] = old.id
        self.env["water.calendar.day"].create({**day, "date": "2026-03-17"})
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-16 17:30")

    def test_hastened_after_other_hours_were_chosen(self):
        """A new limit of the body goes by the hours of today, not by those of the old one."""
        case = self._order()
        hours = self.company.water_calendar_id.copy({"name": "新"})
        self.company.water_calendar_id = hours
        self._as("supervisor", case).external_due_at = local("2026-03-17 12:00")
        clock = self._clock(case, "external")
        self.assertEqual(clock.calendar_id, hours)
        day = {"name": "厂庆", "date": "2026-03-16", "official": False, "calendar_id": hours.id}
        self.env["water.calendar.day"].create(day)
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-13 17:30")

    def test_without_limits_nothing_is_promised(self):
        """Neither by a standard nor by a body, as in a form that has just been opened."""
        self.assertIs(self.env[self.MODEL].new({}).promised_at, False)

    def test_the_day_after_the_receipt_is_free_after_all(self):
        """For the thirteenth ours was the twelfth; as that is free, it is tonight."""
        case = self._order(external_due_at="2026-03-13 12:00")
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-12 17:30")
        day = {"name": "停电", "date": "2026-03-12", "kind": "off", "official": False}
        self.env["water.calendar.day"].create(day)
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-11 17:30")

    def test_a_year_that_is_known_by_a_day_far_from_the_limit(self):
        """Provisional until the holidays of the year are there, whichever comes first."""
        case = self._order(external_due_at="2027-01-08 12:00")
        clock = self._clock(case, "external")
        self.assertTrue(clock.provisional)
        self.assertLocal(clock.due_at, "2027-01-07 17:30")
        self.env["water.calendar.day"].create({"name": "国庆", "date": "2027-10-01", "kind": "off"})
        clock = self._clock(case, "external")
        self.assertFalse(clock.provisional)
        self.assertLocal(clock.due_at, "2027-01-07 17:30")

    def test_the_time_to_return_goes_by_the_hours_of_then(self):
        """The days of that time too; values of the form for our own rule are ours."""
        own = self._order()
        until = own.external_return_until
        self.assertLocal(until, "2026-03-13 17:30")
        filled = self._order(external_ref="F-1", external_return_until="2026-03-13 17:30")
        typed = self._order(external_ref="F-2", external_return_until="2026-03-13 12:00")
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        self.company.water_return_days = 9
        day = {"name": "厂庆", "date": "2026-03-12", "official": False}
        self.env["water.calendar.day"].create(day)
        self.assertEqual((own | filled).mapped("external_return_until"), [until, until])
        self.env["water.calendar.day"].create({**day, "calendar_id": old.id})
        for case in own, filled:
            self.assertLocal(case.external_return_until, "2026-03-16 17:30")
        self.assertLocal(typed.external_return_until, "2026-03-13 12:00")

    def test_a_day_off_within_the_time_to_return(self):
        """Two working days from the eleventh on: also its last day counts, and comes back."""
        case, days = self._order(), self.env["water.calendar.day"]
        for date in ("2026-03-12", "2026-03-13"):
            day = days.create({"name": "厂庆", "date": date, "official": False})
            self.assertLocal(case.external_return_until, "2026-03-16 17:30")
            day.unlink()
            self.assertLocal(case.external_return_until, "2026-03-13 17:30")

    def test_our_extension_is_approved_by_the_limit_of_that_day(self):
        """The body has shortened its limit since the extension was asked for."""
        case = self._order(external_due_at="2026-03-31 12:00")
        clock = self._as("agent", self._clock(case, "close"))
        pause = acts.extend(clock, "等材料", 2, "hour")
        self._as("supervisor", case).external_due_at = clock.due_at
        with self.assertRaisesRegex(UserError, "does not pass it"):
            self._as("supervisor", pause).action_approve()
        self.assertEqual(pause.state, "requested")

    def test_limit_of_today(self):
        """A limit for today is never answered yesterday: two hours before, or half of the time."""
        for due, ours in (
            ("2026-03-11 17:30", "2026-03-11 15:30"),
            ("2026-03-11 20:00", "2026-03-11 15:30"),
            ("2026-03-11 14:30", "2026-03-11 12:15"),
            ("2026-03-11 11:00", "2026-03-11 10:30"),
            ("2026-03-12 12:00", "2026-03-11 17:30"),
        ):
            with self.subTest(due):
                case = self._order(external_ref=due, external_due_at=due)
                self.assertLocal(self._clock(case, "external").due_at, ours)

    def test_the_earlier_date_is_promised(self):
        """The customer is promised the earliest of all running limits."""
        case = self._order(external_due_at="2026-03-13 12:00")
        self.assertLocal(case.promised_at, "2026-03-12 17:30")
        far = self._order(external_ref="FAR", external_due_at="2026-06-18 12:00")
        self.assertEqual(far.promised_at, self._clock(far, "close").due_at)
        acts.promise(self._as("agent", far), "周三前答复", local("2026-03-11 16:00"))
        self.assertLocal(far.promised_at, "2026-03-11 16:00")
        with self.assertRefused("promise no later than", far):
            acts.promise(self._as("agent", far), "月底前", local("2026-03-31 16:00"))
        acts.promise(self._as("agent", far), "回电", local("2026-03-11 11:00"), "contact")
        self.assertLocal(far.promised_at, "2026-03-11 16:00")

    def test_taking_signs(self):
        """The acceptance of an order is signed once, on record."""
        self._bind("hotline12345")
        self._import(dict(ORDER), login="integration")
        case = self.env[self.MODEL].search([("external_ref", "=", "QH-0001")])
        self.assertFalse(case.external_signed_at)
        with freeze_time(local("2026-03-11 10:20")):
            self._as("agent", case).action_take()
        with freeze_time(local("2026-03-11 10:40")), self.assertRefused("is with .* already"):
            self._as("agent2", case).action_take()
        self.assertRecordValues(
            case,
            [
                {
                    "external_signed_at": local("2026-03-11 10:20"),
                    "external_signed_by_id": self.users["agent"].id,
                }
            ],
        )
        self.assertEqual(self._kinds(case).count("external_signed"), 1)
        by_hand = self._plain_case()
        self.assertFalse(by_hand.external_signed_at)
        by_hand.write({"external_source": "12345", "external_ref": "QH-2"})
        self.assertEqual(by_hand.external_signed_by_id, self.users["agent"])

    # -- waiting customers -----------------------------------------------------------------------

    def test_body_waits_though_the_customer_does_not(self):
        """Withdrawn by the customer, the order stays on the duty board, and is answered."""
        case = self._order()
        self._withdraw(case)
        clock = self._clock(case, "external")
        self.assertTrue(case.closed_at)
        self.assertEqual((clock.state, clock.is_pending), ("running", True))
        self.assertIn(clock.id, self._on_the_board())
        acts.answer_order(self._as("agent", case), "市民已撤回诉求。")
        self.assertEqual((clock.state, clock.is_pending), ("met", False))

    def _on_the_board(self):
        with freeze_time(local("2026-03-17 09:00")):
            board = self._as("supervisor", self.env["water.deadline"]).duty_board()
        return [card["id"] for column in board["columns"] for card in column["cards"]]

    # -- signing ------------------------------------------------------------------------------

    def _import_unsigned(self, minutes):
        self._channel("hotline12345").sign_minutes = minutes
        result = self._import(dict(ORDER), login="su")[0]
        self.assertEqual(result["result"], "created", result)
        return self.env[self.MODEL].search([("name", "=", result["case"])])

    def test_signing_has_a_clock_of_its_own(self):
        """By the body's limit from receipt; accepting the order meets it."""
        case = self._import_unsigned(60)
        clock = self._clock(case, "sign")
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-11 10:30")
        self.assertNotIn("sign", {row["kind"] for row in case._portal_promises()})
        with freeze_time(local("2026-03-11 10:10")):
            self._as("agent", case).action_take()
        self.assertEqual((clock.state, clock.met_at), ("met", local("2026-03-11 10:10")))
        self.assertEqual(case.external_signed_by_id, self.users["agent"])

    def test_signing_too_late_is_a_breach(self):
        case = self._import_unsigned(60)
        with freeze_time(local("2026-03-11 10:31")):
            self._sweep()
        self.assertEqual(self._clock(case, "sign").state, "breached")

    def test_handing_an_order_over_signs_it(self):
        case = self._import_unsigned(60)
        acts.hand_over(self._as("supervisor", case), self.users["agent"], "由其办理")
        self.assertEqual(case.external_signed_by_id, self.users["supervisor"])
        self.assertEqual(self._clock(case, "sign").state, "met")

    def test_no_clock_where_the_body_gives_no_limit(self):
        self.assertFalse(self._clock(self._import_unsigned(0), "sign"))
