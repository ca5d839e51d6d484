"""Rules of external orders for every type of case."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import local
from .order_again_checks import OrderAgainChecks
from .order_limit_checks import OrderLimitChecks
from .orders import ORDER, RETURN


class OrderChecks(OrderLimitChecks, OrderAgainChecks):
    """Mixed into a test case; heirs name the model of their cases."""

    MODEL = None

    def _import(self, *orders, login="agent", **options):
        return self._as(login, self.env[self.MODEL]).import_orders(list(orders), **options)

    def _order(self, **values):
        result = self._import({**ORDER, **values})[0]
        self.assertEqual(result["result"], "created", result)
        return self.env[self.MODEL].search([("name", "=", result["case"])])

    # -- import ------------------------------------------------------------------------------

    def test_import(self):
        """Number, body, limits and facts arrive; the clock stands a working day before."""
        case = self._order()
        self.assertRecordValues(
            case,
            [
                {
                    "external_source": "12345",
                    "external_ref": "QH-0001",
                    "external_issuer": "清河市热线中心",
                    "external_state": "open",
                    "subject": "市民反映早晚高峰水压低。",
                    "verbatim": ORDER["description"],
                    "phone": "13800138000",
                    "category_id": self._category("bl03").id,
                    "channel_id": self._channel("hotline12345").id,
                    "external_due_at": local("2026-03-18 12:00"),
                    "external_return_until": local("2026-03-13 17:30"),
                }
            ],
        )
        self.assertLocal(case.received_at, "2026-03-11 09:30")
        self.assertLocal(self._clock(case, "external").due_at, "2026-03-17 17:30")

    def test_null_bytes_and_bidi_controls_in_an_order_are_removed(self):
        case = self._order(
            external_ref="QH\0-0002", external_issuer="清河\u202e市", description="水\0压\u202e低"
        )
        facts = (case.external_ref, case.external_issuer, case.verbatim)
        self.assertEqual(facts, ("QH-0002", "清河市", "水压低"))

    def test_import_again_changes_nothing(self):
        """The same orders once more, even altered: unchanged, and every value as it was."""
        case = self._order()
        self.env.flush_all()
        self.env.invalidate_all()
        before = case.read()[0]
        again = self._import({**ORDER, "subject": "别的", "external_due_at": "2026-04-01 12:00"})[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", case.name))
        self.assertIn("The limit differs", again["reason"])
        for due in (ORDER["external_due_at"], "", "next week"):  # none of these
            again = self._import({**ORDER, "external_due_at": due})[0]
            self.assertEqual((again["result"], again["reason"]), ("unchanged", ""))
        self.env.invalidate_all()
        self.assertEqual(case.read()[0], before)

    def test_wrong_rows(self):
        """Each invalid row gives a reason, leaves nothing, and does not stop others."""
        count = self.env[self.MODEL].search_count([])
        wrong = (
            ({"external_ref": ""}, "number of the order"),
            ({"description": " "}, "content of the order"),
            ({"external_due_at": "next week"}, "Answer until: write a time"),
            ({"external_due_at": "2026-02-30 10:00"}, "Answer until"),
            ({"external_due_at": "2026-03-11 09:30"}, "Answer until lies before Received"),
            ({"external_return_until": "2026-03-10 17:30"}, "lies before Received"),
            ({"category": "XX99"}, "Unknown category: XX99"),
            ({"channel": "PIGEON"}, "Unknown channel"),
            ({"kind": "胡闹"}, "Unknown kind"),
            ({"received_at": "2026-03-12 09:30"}, "cannot lie in the future"),
            ({"phone": "1" * 50}, "Phone: longer than 40"),
            ({"is_confidential": "maybe"}, "yes or no"),
            ({"first_responsible_id": 1}, "Unknown columns: first_responsible_id"),
            ({"external_state": "answered"}, "Unknown columns: external_state"),
        )
        rows = [{**ORDER, "external_ref": f"W-{n}", **w[0]} for n, w in enumerate(wrong)]
        results = self._import(*rows, {**ORDER, "external_ref": "GOOD"})
        for (values, reason), result in zip(wrong, results[:-1], strict=True):
            with self.subTest(values=values):
                self.assertEqual(result["result"], "error")
                self.assertIn(reason, result["reason"])
        self.assertEqual(results[-1]["result"], "created")
        self.assertEqual(self.env[self.MODEL].search_count([]), count + 1)

    def test_twice_in_one_call(self):
        """The same number twice in one file is one case."""
        results = self._import(dict(ORDER), dict(ORDER))
        self.assertEqual([row["result"] for row in results], ["created", "unchanged"])

    def test_same_number_of_another_body(self):
        results = self._import(dict(ORDER), {**ORDER, "external_source": "水务局"})
        self.assertEqual([row["result"] for row in results], ["created", "created"])
        channel = self.env[self.MODEL].search([("external_source", "=", "水务局")]).channel_id
        self.assertEqual(channel, self._channel("authority"))

    def _bind(self, *codes):
        channels = [self._channel(code).id for code in codes]
        self.users["integration"].water_channel_ids = [(6, 0, channels)]
        if not type(self)._registry_patched:  # calls are counted beside the test
            self.enterContext(self.enter_registry_test_mode())

    def test_importing_users(self):
        """An integration imports by its own channels, and has no right on what it filed."""
        self._bind("hotline12345")
        result = self._import(dict(ORDER), login="integration")[0]
        self.assertEqual(result["result"], "created", result)
        self.assertFalse({"id", "model"} & result.keys())
        case = self.env[self.MODEL].search([("external_ref", "=", "QH-0001")])
        self.assertEqual(case.name, result["case"])
        self.assertFalse(case.first_responsible_id)
        mine = self._as("integration", case)
        for call in (lambda: mine.search([]), lambda: mine.write({"subject": "x"}), mine.unlink):
            with self.assertRaises(AccessError):
                call()
        for login in ("department", "quality", "plain", "portal1"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._import(dict(ORDER), login=login)

    def test_import_by_foreign_channels(self):
        """An integration neither adds to nor sees other channels."""
        self._order()
        before = self.env[self.MODEL].search_count([])
        self._bind("authority")
        for order in (ORDER, {**ORDER, "external_ref": "QH-2"}):
            result = self._import(dict(order), login="integration")[0]
            self.assertEqual((result["result"], result["case"]), ("error", ""), result)
            self.assertIn("not yours", result["reason"])
        self._bind()
        with self.assertRaises(AccessError):
            self._import(dict(ORDER), login="integration")
        self.assertEqual(self.env[self.MODEL].search_count([]), before)

    def test_import_knows_what_the_importer_cannot_see(self):
        """An integration learns the number of a case of its channel that an agent registered."""
        case = self._order()
        self._bind("hotline12345")
        again = self._import(dict(ORDER), login="integration")[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", case.name))

    def test_odd_calls(self):
        """Anything but a list of orders is refused in words."""
        for orders in (None, "x", {"a": 1}, ["x"], [ORDER] * 501):
            with self.assertRefused("as a list of objects|500 orders"):
                self._as("agent", self.env[self.MODEL]).import_orders(orders)
        self.assertEqual(self._import(), [])

    def test_lists_in_the_place_of_texts(self):
        """Refused row by row: their signs stood in the case as what the customer had said."""
        before = self.env[self.MODEL].search_count([])
        for name in ("external_ref", "external_source", "description", "nonsense"):
            for wrong in (["x"], {"a": 1}):
                with self.subTest(name, wrong=wrong):
                    (result,) = self._import({**ORDER, name: wrong})
                    self.assertEqual((result["result"], result["case"]), ("error", ""))
                    self.assertIn("send a text", result["reason"])
        self.assertEqual(self.env[self.MODEL].search_count([]), before)

    def test_anonymous_order(self):
        self.assertTrue(self._order(contact_name="", phone="").is_anonymous)

    # -- the number ----------------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_number_is_unique_in_the_database(self):
        """Neither a second row nor a number without its body gets past the database."""
        case = self._order()
        copy = case.copy()
        for values in (
            {"external_source": "12345", "external_ref": "QH-0001"},
            {"external_source": False, "external_ref": "QH-0002"},
        ):
            with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
                copy.write(values)
                self.env.flush_all()
            self.assertIn("external", str(caught.exception))

    # -- answer --------------------------------------------------------------------------------

    def test_answer(self):
        """The answer meets the body's clock and stands in the chain."""
        case = self._order()
        acts.answer_order(self._as("agent", case), "已安排清洗过滤器。")
        self.assertEqual(self._clock(case, "external").state, "met")
        self.assertEqual(
            (case.external_state, case.external_answered_at), ("answered", self._later())
        )
        event = case.event_ids.filtered(lambda row: row.kind == "external_answered")
        self.assertEqual(event.payload["result"], "已安排清洗过滤器。")
        self.assertWhole(case)
        with self.assertRefused("is not due", case):  # only once
            acts.answer_order(self._as("agent", case), "再答")

    def test_answer_needs_words_and_the_desk(self):
        case = self._order()
        with self.assertRefused("what the body is told", case):
            acts.answer_order(self._as("agent", case), " ")
        self._dispatch(case)
        with self.assertRefused("not allowed to create .Order of", case):
            acts.answer_order(self._as("department", case), "好")
        with self.assertRefused("is not due"):  # a case that is no order
            acts.answer_order(self._plain_case(), "好")

    def test_kept_by_the_system(self):
        """No one writes state, answer or count of an order by hand."""
        case = self._order()
        for values in (
            {"external_state": "answered"},
            {"external_answer": "好"},
            {"external_rehandle_count": 0},
            {"external_returned_at": "2026-03-11 00:00:00"},
        ):
            with self.subTest(values=values), self.assertRefused("kept by the system", case):
                self._as("manager", case).write(values)

    def test_limits_are_moved_by_a_supervisor_alone(self):
        case = self._order()
        for name in ("external_due_at", "external_return_until"):
            with self.assertRaisesRegex(UserError, "Only a supervisor"):
                self._as("agent", case).write({name: local("2026-03-17 12:00")})
            self._as("supervisor", case).write({name: local("2026-03-17 12:00")})

    def test_late_order_is_found(self):
        case = self._order()
        with freeze_time(local("2026-03-18 12:01")):
            case.invalidate_recordset()
            self.assertTrue(case.is_order_late)
        self.assertFalse(self._order(external_ref="Z", external_due_at="").is_order_late)

    # -- return --------------------------------------------------------------------------------

    def test_return(self):
        """A supervisor returns it with a reason: the case ends, its clocks are void."""
        case = self._order()
        with self.assertRaisesRegex(UserError, "This step is for"):
            acts.return_order(self._as("agent", case), *RETURN)
        for args, words in (
            (("", *RETURN[1:]), "Say why"),
            (RETURN[:1], "legal basis"),
            ((RETURN[0], " ", RETURN[2]), "legal basis"),
            (RETURN[:2], "whose matter"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                acts.return_order(self._as("supervisor", case), *args)
        self.assertEqual(case.external_state, "open")
        acts.return_order(self._as("supervisor", case), *RETURN)
        self.assertEqual(case.external_state, "returned")
        self.assertEqual((case.external_return_basis, case.external_right_body), RETURN[1:])
        event = case.event_ids.filtered(lambda row: row.kind == "external_returned")
        self.assertIn("市住建局", event.details)
        self.assertEqual(case.external_return_reason, "不属供水范围")
        self.assertIn(case.state, case._final_states)
        self.assertFalse(self._running(case))
        self.assertIn("external_returned", self._kinds(case))
        self.assertWhole(case)

    def test_return_in_time_only(self):
        case = self._order(external_return_until="2026-03-12 12:00")
        with freeze_time(local("2026-03-12 12:00") + timedelta(minutes=1)):
            with self.assertRaisesRegex(UserError, "over since 2026-03-12 12:00"):
                acts.return_order(self._as("supervisor", case), *RETURN)
            case.invalidate_recordset()
            self.assertFalse(self._as("supervisor", case).can_return_order)
        self.assertEqual(case.external_state, "open")

    def test_return_limit_of_the_company(self):
        self.company.water_return_days = 1
        self.assertLocal(self._order().external_return_until, "2026-03-12 17:30")

    # -- dialogs -------------------------------------------------------------------------------

    def _dialog_of(self, case, action):
        action = getattr(case, action)()
        wizards = case.env[action["res_model"]].with_context(**action["context"])
        return wizards

    def test_dialogs(self):
        case = self._as("agent", self._order())
        self._dialog_of(case, "action_answer_order").create({"text": "好"}).action_save()
        self.assertEqual(case.external_answer, "好")
        values = {"text": "不满意", "due_at": local("2026-03-25 12:00")}
        self._dialog_of(case, "action_rehandle_order").create(values).action_save()
        self.assertEqual(case.external_rehandle_count, 1)
        mine = self._as("supervisor", case)
        returned = {"text": "错派", "basis": RETURN[1], "right_body": RETURN[2]}
        self._dialog_of(mine, "action_return_order").create(returned).action_save()
        self.assertEqual(case.external_state, "returned")
        values["text"] = "仍归你们"
        opened = self._dialog_of(case, "action_rehandle_order").create(values).action_save()
        self.assertNotEqual(opened["res_id"], case.id)
        again = case.browse(opened["res_id"])
        self.assertEqual(again.external_ref, "QH-0001")
        mine, day = self._as("supervisor", again), fields.Date.to_date("2026-03-11")
        paper = {"due_at": local("2026-04-01 12:00"), "paper": "函", "day": day}
        self._dialog_of(mine, "action_extend_order").create(paper).action_save()
        self.assertEqual(again.external_extension_ref, "函")
        verdict = {"responded": "no", "text": "未联系市民", "day": day}
        self._dialog_of(mine, "action_judge_order").create(verdict).action_save()
        self.assertEqual((again.external_responded, again.external_solved), ("no", False))
