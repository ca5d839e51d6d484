"""Second handling, and what the body says of an order."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from .orders import ORDER, RETURN


class OrderAgainChecks:
    """Mixed into the checks of orders."""

    # -- second handling -----------------------------------------------------------------------

    def _again(self, case, login="agent", due="2026-03-25 12:00"):
        return acts.rehandle_order(self._as(login, case), "市民不满意", local(due))

    def test_handle_again(self):
        """Counted, with the body's new limit, a new clock and an event; the first answer stays."""
        case = self._answered()
        acts.answer_order(self._as("agent", case), "第一次")
        self.assertEqual(self._again(case), case)
        self.assertEqual((case.external_state, case.external_rehandle_count), ("open", 1))
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-24 17:30")
        self.assertEqual(self._clock(case, "external").state, "running")
        self.assertNotIn(case.state, case._final_states)
        event = case.event_ids.filtered(lambda row: row.kind == "external_rehandled")
        self.assertEqual((event.payload["round"], event.payload["reason"]), (1, "市民不满意"))
        acts.answer_order(self._as("agent", case), "第二次")
        answers = case.event_ids.filtered(lambda row: row.kind == "external_answered")
        texts = [row.payload["result"] for row in answers.sorted("id")]
        self.assertEqual(texts, ["第一次", "第二次"])
        self.assertWhole(case)

    def test_handle_again_needs_an_answer_before(self):
        case = self._order()
        with self.assertRefused("step of the order is not due", case):
            self._again(case)
        acts.answer_order(self._as("agent", case), "好")
        with self.assertRaisesRegex(ValidationError, "in the future"):
            acts.rehandle_order(self._as("agent", case), "不满意", fields.Datetime.now())
        self.assertEqual((case.external_state, case.external_rehandle_count), ("answered", 0))

    def test_again_while_the_first_answer_is_still_owed(self):
        """Found by the machine: one more limit ran beside the one that the customer was told."""
        case = self._order()
        first = case.deadline_ids.filtered(lambda row: row.kind == "close")
        due = first.mapped("due_at")
        acts.answer_order(self._as("agent", case), "在办")
        self._again(case)
        self.assertEqual(case.handling_round, 2)
        now = case.deadline_ids.filtered(lambda row: row.kind == "close")
        self.assertEqual((now.ids, now.mapped("due_at")), (first.ids, due))
        self.assertEqual(set(now.mapped("state")), {"running"} if first else set())

    def test_three_days_where_the_body_names_none(self):
        """Without a limit of the body ours holds, in full: three working days."""
        case = self._answered()
        acts.answer_order(self._as("agent", case), "好")
        acts.rehandle_order(self._as("agent", case), "市民不满意")
        clock = self._clock(case, "external")
        self.assertLocal(clock.due_at, "2026-03-16 17:30")
        self.assertEqual(case.external_due_at, clock.due_at)
        self.assertTrue(case.is_own_order_limit)

    def test_our_own_limit_follows_the_days_of_then(self):
        """Days that change nothing move nothing; nor do other chosen hours."""
        case = self._answered()
        acts.answer_order(self._as("agent", case), "好")
        acts.rehandle_order(self._as("agent", case), "市民不满意")
        due = case.external_due_at
        old = self.company.water_calendar_id
        self.company.water_calendar_id = old.copy({"name": "新", "tz": "Asia/Tokyo"})
        day = {"name": "厂庆", "official": False}
        self.env["water.calendar.day"].create({**day, "date": "2026-03-12"})
        days = self.env["water.calendar.day"]
        days.create({**day, "date": "2026-03-14", "calendar_id": old.id})  # a Saturday
        self.assertEqual((case.external_due_at, self._clock(case, "external").due_at), (due, due))
        days.create({**day, "date": "2026-03-13", "calendar_id": old.id})
        clock = self._clock(case, "external")
        self.assertLocal(clock.due_at, "2026-03-17 17:30")
        self.assertEqual((case.external_due_at, clock.calendar_id), (clock.due_at, old))
        days.create({**day, "date": "2026-03-16", "calendar_id": old.id})
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-18 17:30")

    def test_vice_president_hears_at_once(self):
        """The executive of the department is told of a second handling by number."""
        president = self._new_user("president", "base.group_user", email="vp@example.com")
        self.net.deputy_id = president
        case = self._answered()
        case.department_id = self.net
        acts.answer_order(self._as("agent", case), "好")
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        self._again(case)
        told = self.env["mail.message"].search(
            [("id", ">", before), ("partner_ids", "in", president.partner_id.ids)]
        )
        self.assertIn(case.name, " ".join(told.mapped("subject")))

    def test_both_rounds_are_kept(self):
        """Dispatched again, but not to the same person; clocks and answers of both stay."""
        case = self._served()
        first = self._clock(case, "external")
        acts.answer_order(self._as("agent", case), "第一次")
        self._again(case)
        self.assertEqual(case.handling_round, 2)
        leads = case.dispatch_ids.filtered(lambda row: row.role == "lead").sorted("id")
        self.assertEqual(leads.mapped("state"), ["finished", "sent"])
        self.assertEqual(leads.mapped("handling_round"), [1, 2])
        with self.assertRaisesRegex(UserError, "another person"):
            self._as("department", leads[-1]).action_accept()
        fresh = self._new_user("fresh", "base.group_user,water_service_desk.group_department")
        self.net.member_ids |= fresh
        work = leads[-1].with_user(fresh)
        work.action_accept()
        self.assertEqual(leads[-1].accepted_by_id, fresh)
        work.result = "第二次：已更换减压阀"
        work.action_finish()
        acts.answer_order(self._as("agent", case), "第二次")
        clocks = case.deadline_ids.filtered(lambda row: row.kind == "external").sorted("id")
        self.assertEqual(clocks.mapped("state"), ["met", "met"])
        self.assertEqual(clocks[0], first)
        for words in ("第一次", "第二次"):
            self.assertIn(words, case.external_history)
        self.assertWhole(case)

    def test_returned_order_comes_back(self):
        """The body insists: the ended case stays ended, a new one continues the order.

        Without handling so far: no second handling, and the same person may have it.
        """
        case = self._order()
        acts.return_order(self._as("supervisor", case), *RETURN)
        fresh = self._again(case)
        self.assertFalse(self._barred(fresh))
        self.assertIn("市民不满意", fresh.external_history)
        self.assertNotEqual(fresh, case)
        self.assertRecordValues(
            fresh,
            [
                {
                    "external_ref": "QH-0001",
                    "external_rehandle_count": 0,
                    "external_state": "open",
                    "state": "registered",
                    "handling_round": 1,
                    "verbatim": ORDER["description"],
                    "first_responsible_id": self.users["agent"].id,
                }
            ],
        )
        self.assertEqual(case.external_state, "returned")
        self.assertWhole(fresh | case)
        again = self._import(dict(ORDER))[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", fresh.name))

    def test_returned_order_comes_back_in_a_file(self):
        """The same file again changes nothing; a row after the return registers it again."""
        case = self._order()
        acts.return_order(self._as("supervisor", case), *RETURN)
        again = self._import(dict(ORDER))[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", case.name))
        row = {**ORDER, "external_due_at": "2026-03-25 12:00"}
        taken = self._import(row)[0]
        self.assertEqual(taken["result"], "created", taken)
        fresh = self.env[self.MODEL].search([("name", "=", taken["case"])])
        self.assertNotEqual(fresh, case)
        self.assertEqual((fresh.external_state, fresh.external_rehandle_count), ("open", 0))
        self.assertEqual(fresh.external_due_at, local("2026-03-25 12:00"))
        again = self._import(row)[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", fresh.name))

    def test_events_since_return(self):
        """Received later than the return, or with another limit that is still to come."""
        acts.return_order(self._as("supervisor", self._order()), *RETURN)  # at 10:00
        again = {"received_at": "2026-03-11 10:00"}
        with freeze_time(local("2026-03-11 10:05")):
            for values, result in (
                (again, "unchanged"),
                ({**again, "external_due_at": "2026-03-11 10:05"}, "unchanged"),
                ({**again, "external_due_at": ""}, "unchanged"),
                ({"received_at": "2026-03-11 10:01"}, "created"),
            ):
                with self.subTest(values=values):
                    taken = self._import({**ORDER, **values})[0]
                    self.assertEqual(taken["result"], result, taken)

    # -- the body's verdict ----------------------------------------------------------------------

    def test_verdict(self):
        """Responded, solved, satisfied: kept for the three rates, the first one in the chain."""
        case = self._answered()
        acts.answer_order(self._as("agent", case), "第一次")
        day = fields.Date.to_date("2026-03-11")
        for args, login, words in (
            ((None, None, None, "x", day), "agent", "what the body has found"),
            (("yes", "no", "no", "x", False), "agent", "date of the verdict"),
            (("yes", "no", "no", "x", fields.Date.to_date("2026-03-12")), "agent", "date of the"),
            (("yes", "no", "no", "x", day), "quality", "not due|not allowed"),
        ):
            with self.subTest(words), self.assertRaisesRegex((UserError, AccessError), words):
                acts.judge_order(self._as(login, case), *args)
        self.assertFalse(case.external_verdict_on)
        acts.judge_order(self._as("agent", case), "yes", "no", None, "市民称未解决", day)
        self.assertRecordValues(
            case,
            [
                {
                    "external_responded": "yes",
                    "external_solved": "no",
                    "external_satisfied": False,
                    "external_verdict_note": "市民称未解决",
                    "external_verdict_on": day,
                }
            ],
        )
        rows = self.env[self.MODEL]._read_group(
            [("id", "=", case.id)], ["external_responded", "external_solved"], ["__count"]
        )
        self.assertEqual(rows, [("yes", "no", 1)])
        self._again(case)
        self.assertFalse(case.external_verdict_on)
        event = case.event_ids.filtered(lambda row: row.kind == "external_judged")
        self.assertEqual((event.payload["solved"], event.payload["satisfied"]), ("no", ""))
        for words in ("第一次", "Solved by the Body's Verdict: No", "市民称未解决", "市民不满意"):
            self.assertIn(words, case.external_history)
        self.assertWhole(case)
