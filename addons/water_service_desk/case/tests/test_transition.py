from datetime import timedelta

from odoo.tests import BaseCase, tagged
from odoo.tests.common import freeze_time

from ...base.tables import table_of
from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from ..transitions import Move
from .transition_checks import CALLERS, DESK, WORKERS, TransitionChecks


@tagged("post_install", "-at_install")
class TestInquiryTransition(TransitionChecks, WaterCommon):
    """The steps of an inquiry, as a table."""

    LAWFUL = {
        ("registered", "processing"): DESK,
        ("registered", "answered"): DESK,
        ("registered", "withdrawn"): DESK,
        ("processing", "answered"): WORKERS,
        ("processing", "withdrawn"): DESK,
        ("answered", "processing"): DESK,
        ("answered", "closed"): DESK,
        ("closed", "processing"): CALLERS,
        ("registered", "merged"): DESK,
        ("processing", "merged"): DESK,
    }

    def test_columns_are_counted_without_their_stages(self):
        """A board's counts join no stage to every case; a list that is grouped keeps the order."""
        asked = [], ["stage_id"], ["__count"]
        cases = self.env["water.inquiry"]
        with self.assertQueriesContain(['FROM "water_inquiry" GROUP BY']):
            cases.with_context(read_group_expand=True)._read_group(*asked, order="stage_id")
        with self.assertQueriesContain(['JOIN "water_stage"']):
            cases._read_group(*asked, order="stage_id")

    def test_where_what_is_missing_is_filled_in(self):
        """The button leads to the first gap, such as the contact of a named person."""
        bare = self.env["res.partner"].create({"name": "王五"})
        named, values = {"contact_name": "张先生"}, self._inquiry_values(partner_id=False)
        for more, places in (
            ({}, ["contact_name"]),
            ({"phone": "13800138000"}, ["contact_name"]),
            (named, ["phone"]),
            ({"partner_id": bare.id}, ["phone"]),
            ({**named, "description": " "}, ["description"]),
            ({**named, "email_from": "z@example.com"}, []),
            ({"is_anonymous": True}, []),
        ):
            with self.subTest(more=more):
                case = self.env["water.inquiry"].new({**values, **more})
                self.assertEqual([gap.place for gap in case._need_facts()], places)

    def _ready_case(self):
        case = self._inquiry(answer="第二阶梯从220立方米开始")
        self._dispatch(case)
        self._finish_lead(case)
        trusted(case).duplicate_of_id = self._inquiry()
        return case

    def test_table(self):
        """Exactly the lawful steps are open, by state and by column, for each role."""
        self._check_table()

    def test_table_is_the_model_s(self):
        self.assertEqual(self._steps_of_people("water.inquiry"), set(self.LAWFUL))

    def test_buttons_read_the_table(self):
        """``can_…`` follows the state and the role."""
        case = self._ready_case()
        for login, state, expected in (
            ("agent", "processing", {"can_answer", "can_withdraw"}),
            ("department", "processing", {"can_answer"}),
            ("quality", "processing", set()),
            ("agent", "registered", {"can_answer", "can_process", "can_withdraw"}),
            ("agent", "answered", {"can_close", "can_reopen"}),
            ("agent", "closed", {"can_reopen"}),
            ("agent", "withdrawn", set()),
        ):
            self._place(case, state)
            seen = self._as(login, case)
            names = ("can_answer", "can_process", "can_close", "can_withdraw", "can_reopen")
            with self.subTest(login=login, state=state):
                self.assertEqual({name for name in names if seen[name]}, expected)

    def test_refusals_lead_to_what_is_missing(self):
        case = self._inquiry(description=False, partner_id=False, contact_name=False, phone=False)
        trusted(case).write(
            {
                "external_ref": "12345-7",
                "external_state": "open",
                "promised_at": self._later(hours=1),
                "promised_due_at": self._later(days=9),
            }
        )
        acts.call_back(case.sudo(), self._later(hours=1))
        self._check_places(self._as("agent", case), never={"_need_wording", "_need_no_joined"})

    def test_refusals_name_the_roles(self):
        """Users who may not take a step are told who may, in the words of the settings."""
        case = self._ready_case()
        move = table_of(type(case), "_transitions")["processing", "withdrawn"]
        names = [self.env.ref(group).name for group in move.groups]
        self.assertIn("Agent", names)
        with self.assertRefused("cannot be moved to") as caught:
            self._as("department", case).write({"state": "withdrawn"})
        self.assertIn(f"this step is for: {', '.join(names)}", str(caught.exception))
        self.assertEqual(case.state, "processing")

    def test_requirements(self):
        """Missing values are named, and nothing moves."""
        case = self._inquiry(description=False, partner_id=False, contact_name=False, phone=False)
        self.assertIn("write the answer first", self._refusal(case, "answered"))
        refusal = self._refusal(case, "processing")
        for label in ("Description", "Contact name", "Phone"):
            self.assertIn(label, refusal)
        self.assertIn(case.name, refusal)
        self.assertEqual(case.state, "registered")
        self.assertIsNone(self._attempt(case, "agent", {"state": "answered", "answer": "答复"}))
        self.assertIn("write the answer", self._refusal(case, "answered", answer="  "))

    def test_anonymous_needs_no_contact(self):
        """Anonymous customers are served too."""
        case = self._inquiry(is_anonymous=True, partner_id=False, contact_name=False)
        self.assertIsNone(self._attempt(case, "agent", {"state": "processing"}))

    def test_promise(self):
        """A reply is not promised later than the standard allows."""
        case = self._inquiry()
        late = case.promised_at + timedelta(hours=1)
        refusal = self._refusal(case, "processing", promised_due_at=late)
        self.assertIn("promise no later than 2026-03-13 17:30", refusal)  # by the company's clock
        lawful = {"state": "processing", "promised_due_at": case.promised_at}
        self.assertIsNone(self._attempt(case, "agent", lawful))
        with self.assertRefused("A promise cannot be earlier than the inquiry"):
            case.promised_due_at = case.received_at - timedelta(hours=1)

    def test_no_result_is_promised_after_its_limit(self):
        """Not with the button for promises either; overdue ones get a new date."""
        case = self._inquiry()
        due = case.promised_at
        for login in ("agent", "supervisor"):
            with self.assertRefused("promise no later than .* ask for an extension", case):
                acts.promise(self._as(login, case), "月底前答复", due + timedelta(seconds=1))
        acts.promise(self._as("agent", case), "到时答复", due)
        acts.promise(self._as("agent", case), "月底前打电话", due + timedelta(days=9), "contact")
        self.assertEqual(case.promised_at, due)
        with freeze_time(due + timedelta(hours=1)):
            acts.promise(self._as("agent", case), "明天答复", due + timedelta(days=1))

    def test_a_reply_is_promised_later_by_an_extension_alone(self):
        """Written into a question in work as well; an earlier promise has its own clock."""
        case = self._inquiry()
        due, early = case.promised_at, case.promised_at - timedelta(hours=3)
        mine = self._as("agent", case)
        mine.write({"promised_due_at": early})
        clock = self._clock(case, "promise")
        self.assertEqual((clock.due_at, clock.promise_kind), (early, "result"))
        self.assertEqual(case.promised_at, early)
        mine.action_process()
        with self.assertRefused("promise no later than", case):
            mine.promised_due_at = due + timedelta(seconds=1)
        mine.promised_due_at = early
        self.assertEqual(len(case.deadline_ids.filtered(lambda row: row.kind == "promise")), 1)
        mine.answer = "第二阶梯从220立方米开始"
        mine.action_answer()
        self.assertEqual(clock.state, "met")
        born = self._inquiry(promised_due_at=early)
        self.assertEqual(self._clock(born, "promise").due_at, early)

    def test_an_overdue_question_is_promised_anew(self):
        case = self._inquiry()
        with freeze_time(case.promised_at + timedelta(hours=1)):
            tomorrow = self._later(days=1)
            values = {"state": "processing", "promised_due_at": tomorrow}
            self._as("agent", case).write(values)
            self.assertEqual(self._clock(case, "promise").due_at, tomorrow)

    def test_wrong_targets(self):
        """A column of another model, a state that does not exist, a pair that disagrees."""
        case = self._ready_case()
        foreign = self.env["water.stage"].search([("model", "!=", "water.inquiry")], limit=1)
        closed = self._stage(case, "closed")
        for values in (
            {"stage_id": foreign.id},
            {"state": "no_such_state"},
            {"state": False},
            {"stage_id": False},
            {"state": "answered", "stage_id": closed.id},
            {"state": 1},
            {"stage_id": 0},
        ):
            if values == {"stage_id": False} or foreign or "stage_id" not in values:
                with self.subTest(values=values):
                    self.assertIsNotNone(self._attempt(case, "agent", values))
                    self.assertEqual(case.state, "processing")

    def test_create_in_later_state(self):
        """A new case starts at the beginning, regardless of values and defaults."""
        later = self._stage(self.env["water.inquiry"], "closed")
        for values in ({"state": "closed"}, {"stage_id": later.id}, {"state": False}):
            with (
                self.subTest(values=values),
                self.assertRefused("A new case (begins|cannot begin) at"),
            ):
                self._inquiry(**values)
        inquiries = self._as("agent", self.env["water.inquiry"]).with_context(
            default_state="closed", default_stage_id=later.id
        )
        case = inquiries.create(self._inquiry_values())
        self.assertEqual((case.state, case.stage_id.state), ("registered", "registered"))

    def test_several_columns_of_one_state(self):
        """A company may split a state into columns; moving among them is no step."""
        second = self.env["water.stage"].create(
            {"name": "等待客户", "model": "water.inquiry", "state": "processing", "sequence": 25}
        )
        case = self._ready_case()
        events = case.event_count
        self._as("agent", case).stage_id = second
        self.assertEqual((case.state, case.stage_id), ("processing", second))
        self.assertEqual(case.event_count, events)
        self._as("agent", case).write({"stage_id": self._stage(case, "answered").id})
        self.assertEqual(case.state, "answered")

    def test_batch_moves_all_or_none(self):
        """One case that may not move holds the others of the batch."""
        good, bad = self._inquiry(answer="答复"), self._inquiry()
        error = self._attempt(good | bad, "agent", {"state": "answered"})
        self.assertIn(bad.name, error)
        self.assertEqual((good | bad).mapped("state"), ["registered"] * 2)
        bad.answer = "答复"
        self._as("agent", good | bad).write({"state": "answered"})
        self.assertEqual((good | bad).mapped("state"), ["answered"] * 2)

    def test_copy_begins_anew(self):
        """A copy is a new case: number, state, people and times are its own."""
        case = self._ready_case()
        twin = self._as("agent2", case).copy()
        self.assertEqual(twin.state, "registered")
        self.assertNotEqual(twin.name, case.name)
        self.assertEqual(twin.first_responsible_id, self.users["agent2"])
        self.assertFalse(twin.closed_at or twin.verbatim or twin.dispatch_ids)
        self.assertWhole(twin)

    def test_stage_needs_a_known_state(self):
        """A column stands for a state of its model, and the last of a state stays."""
        stages = self.env["water.stage"]
        with self.assertRefused("registered, processing, answered, closed"):
            stages.create({"name": "X", "model": "water.inquiry", "state": "nowhere"})
        with self.assertRefused("is the only column of its state"):
            self._stage(self.env["water.inquiry"], "answered").unlink()
        spare = stages.create({"name": "X", "model": "water.inquiry", "state": "answered"})
        spare.unlink()

    def test_kept_fields(self):
        """Number, times and the customer's own words are not edited."""
        case = self._inquiry(verbatim="你们的水价怎么又涨了")
        for values in (
            {"name": "ZX1"},
            {"closed_at": "2026-03-01 00:00:00"},
            {"first_contact_at": "2026-03-01 00:00:00"},
            {"verbatim": "别的"},
            {"verbatim": False},
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("s own words are never|This is kept by the system"),
            ):
                self._as("manager", case).write(values)
        self._as("agent", case).write({"verbatim": case.verbatim})
        case2 = self._inquiry()
        self._as("agent", case2).verbatim = "后来补记"
        with self.assertRefused("s own words are never edited"):
            self._as("agent", case2).verbatim = "再改"

    def test_never_deleted(self):
        """A registered case cannot be deleted, not even by the system."""
        case = self._inquiry()
        for login in (*self.users, "su"):
            with (
                self.subTest(login=login),
                self.assertRefused("A registered case is never|not allowed to"),
            ):
                self._as(login, case).unlink()

    def test_future(self):
        """Past events cannot lie in the future; five minutes are tolerated."""
        for field in ("occurred_at", "received_at"):
            with (
                self.subTest(field=field),
                self.assertRefused("What has happened cannot lie in the future"),
            ):
                self._inquiry(**{field: self._later(minutes=6)})
        self.assertTrue(self._inquiry(received_at=self._later(minutes=4)))

    def test_trusted_mark_does_not_leak(self):
        """Records that come out of a step do not carry the mark that opens the guards."""
        case = self._as("agent", self._ready_case())
        case.action_answer()
        for records in (case, case.dispatch_ids, case.deadline_ids, case.event_ids):
            self.assertNotIn("water_trusted", records.env.context)
        self.assertIn("water_trusted", trusted(case).env.context)


@tagged("post_install", "-at_install")
class TestMovesOfRooms(BaseCase):
    """Two rooms' rules for one step agree."""

    def _joined(self, inner, outer):
        lower = type("Lower", (), {"_steps": {"step": inner}})
        upper = type("Upper", (lower,), {"_steps": {"step": outer}})
        return table_of(upper, "_steps")["step"]

    def test_needs_add_up(self):
        step = self._joined(Move("base.group_user", ("_need_a", "_need_b")), Move(needs=("_c",)))
        self.assertEqual(step, Move("base.group_user", ("_need_a", "_need_b", "_c")))

    def test_groups_of_the_room_above_hold(self):
        step = self._joined(Move("base.group_user", ("_need_a",)), Move("base.group_system"))
        self.assertEqual(step, Move("base.group_system", ("_need_a",)))
        self.assertEqual(self._joined(Move("base.group_user"), Move(())).groups, ())

    def test_the_room_above_gives_the_order(self):
        """A need that it names again stands where it has it, and once."""
        outer = Move(needs=("_need_new", "_need_b"))
        step = self._joined(Move("base.group_user", ("_need_a", "_need_b", "_need_c")), outer)
        self.assertEqual(step.needs, ("_need_a", "_need_c", "_need_new", "_need_b"))
