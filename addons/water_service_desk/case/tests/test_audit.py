import json
from contextlib import contextmanager

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...base.event_chain import canonical, digest
from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestAudit(WaterCommon):
    """The event chain: valid after all work, and revealing alterations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        inquiries = cls.env["water.inquiry"].with_user(cls.users["agent"])
        cls.case = inquiries.create(cls._inquiry_values()).with_env(cls.env)
        work = cls.case.with_user(cls.users["agent"])
        acts.contact(work, "电话联系")
        work.write(
            {"answer": "第二阶梯从220立方米开始", "severity": "urgent", "triage_reason": "停水"}
        )
        work.action_answer()
        work.action_close()
        cls.events = cls.case.event_ids.sorted("id")

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *values))
        self.env.invalidate_all()

    def _faults(self):
        self.env.invalidate_all()
        return self._chain(self.case)

    def test_whole(self):
        """Ordinary work leaves an unbroken chain in the order of what happened."""
        self.assertWhole(self.case)
        self.assertEqual(
            self._kinds(self.case),
            [
                "created",
                "contacted",
                "severity_changed",
                "moved",
                "answered",
                "moved",
                "closed",
            ],
        )
        self.assertFalse(self.events[0].previous_digest)
        for before, after in zip(self.events, self.events[1:], strict=False):
            self.assertEqual(after.previous_digest, before.digest)
        self.assertEqual(self.case.event_head, self.events[-1].digest)
        self.assertEqual(self.case.event_count, len(self.events))

    def test_digest_covers_each_part(self):
        """Another predecessor, case, kind, time, person or payload: another digest."""
        event = self.events[2]
        parts = {
            "previous": event.previous_digest,
            "case_number": self.case.name,
            "kind": event.kind,
            "at": event.at,
            "user_id": event.user_id.id,
            "payload": event.payload,
        }
        self.assertEqual(digest(**parts), event.digest)
        others = {
            "previous": "",
            "case_number": "ZX000000-00000",
            "kind": "closed",
            "at": event.at.replace(year=2025),
            "user_id": SUPERUSER_ID,
            "payload": {},
        }
        found = {digest(**(parts | {name: value})) for name, value in others.items()}
        self.assertEqual(len(found | {event.digest}), 7)

    def test_canonical(self):
        """The order of keys does not count, their values and Chinese text do."""
        self.assertEqual(canonical({"a": 1, "b": "水"}), canonical({"b": "水", "a": 1}))
        self.assertNotEqual(canonical({"a": 1}), canonical({"a": "1"}))
        self.assertEqual(canonical(None), canonical({}))

    def test_altered(self):
        """Payload, time, person or kind changed behind the application's back."""
        event = self.events[2]
        other = self.users["agent2"].id
        for column, value in (
            ("payload", json.dumps({"from": "normal", "to": "complex"})),
            ("at", "2026-03-10 02:00:00"),
            ("user_id", other),
            ("kind", "contacted"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                query = "UPDATE water_case_event SET %s = %s WHERE id = %s"
                self._sql(query, SQL.identifier(column), value, event.id)
                self.assertEqual(
                    self._faults(), f"{self.case.name}: event no. {event.id} was altered."
                )
                savepoint.rollback()
                self.assertEqual(self._faults(), "")

    def test_altered_with_digest(self):
        """Forging the digest too breaks the link to the next event."""
        event, following = self.events[2], self.events[3]
        forged = digest(
            event.previous_digest,
            self.case.name,
            event.kind,
            event.at,
            event.user_id.id,
            {"from": "normal", "to": "complex"},
        )
        self._sql(
            "UPDATE water_case_event SET payload = %s, digest = %s WHERE id = %s",
            json.dumps({"from": "normal", "to": "complex"}),
            forged,
            event.id,
        )
        self.assertIn(f"an event before no. {following.id} is missing", self._faults())

    def test_deleted(self):
        """An event taken out of the middle, the beginning or the end is missed."""
        for event, message in (
            (self.events[0], f"an event before no. {self.events[1].id} is missing"),
            (self.events[3], f"an event before no. {self.events[4].id} is missing"),
            (self.events[-1], "the newest events are missing"),
        ):
            with self.subTest(event=event.kind), self.env.cr.savepoint() as savepoint:
                self._sql("DELETE FROM water_case_event WHERE id = %s", event.id)
                self.assertIn(message, self._faults())
                savepoint.rollback()

    def test_all_deleted(self):
        """Even without a single event left the case remembers that there were some."""
        self._sql("DELETE FROM water_case_event WHERE inquiry_id = %s", self.case.id)
        self.assertIn("the newest events are missing", self._faults())

    def test_tail_removed_and_head_forged(self):
        self._sql("DELETE FROM water_case_event WHERE id = %s", self.events[-1].id)
        self._sql(
            "UPDATE water_inquiry SET event_head = %s WHERE id = %s",
            self.events[-2].digest,
            self.case.id,
        )
        self.assertIn("the newest events are missing", self._faults())

    def test_reordered(self):
        """Two events that change places are noticed."""
        first, second = self.events[1:3]
        spare = self.events[-1].id + 1000
        for old, new in ((first.id, spare), (second.id, first.id), (spare, second.id)):
            self._sql("UPDATE water_case_event SET id = %s WHERE id = %s", new, old)
        self.assertIn("is missing", self._faults())

    def test_inserted(self):
        """A forged event with a right-looking link is not part of the chain."""
        self._sql(
            "INSERT INTO water_case_event (inquiry_id, kind, at, user_id, digest, previous_digest)"
            " VALUES (%s, 'contacted', now() AT TIME ZONE 'UTC', %s, 'beef', %s)",
            self.case.id,
            self.users["agent"].id,
            self.events[-1].digest,
        )
        self.assertIn("was altered", self._faults())
        self.assertIn("the newest events are missing", self._faults())

    def test_events_cannot_be_touched(self):
        """Create, write and unlink are refused to every role and to the system itself."""
        values = {
            "inquiry_id": self.case.id,
            "kind": "contacted",
            "at": "2026-03-11 02:00:00",
            "user_id": self.users["agent"].id,
            "digest": "beef",
        }
        for login in (*self.users, "su"):
            event = self._as(login, self.events[0])
            for name, call in (
                ("create", lambda event=event: event.browse().create(values)),
                ("write", lambda event=event: event.write({"payload": {}})),
                ("same", lambda event=event: event.write({"kind": event.sudo().kind})),
                ("unlink", lambda event=event: event.unlink()),
            ):
                with self.subTest(login=login, operation=name), self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            trusted(self.events[0].sudo()).write({"payload": {}})
        self.assertWhole(self.case)

    def test_a_silencing_key_is_left_aside(self):
        """A caller's context key silences nothing and changes no message."""
        case = self._inquiry()
        silent = self._as("agent", case).with_context(tracking_disable=True)
        self.assertIs(silent.write({"subject": "另一个标题"}), True)
        self.assertEqual(case.subject, "另一个标题")

    def test_case_keeps_its_head(self):
        """Head and count of the chain, and events through the case, are out of reach."""
        for values in (
            {"event_head": False},
            {"event_count": 0},
            {"event_ids": [(0, 0, {"kind": "contacted"})]},
            {"event_ids": [(1, self.events[0].id, {"kind": "closed"})]},
            {"event_ids": [(2, self.events[0].id)]},
            {"event_ids": [(5,)]},
        ):
            for login in ("agent", "manager", "su"):
                case = self._as(login, self.case)
                with (
                    self.subTest(values=values, login=login),
                    self.assertRefused("by the system|cannot be changed", self.case),
                ):
                    case.write(values)
        self.assertWhole(self.case)

    def test_exactly_one_case(self):
        """The database itself refuses an event without a case."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._sql(
                "UPDATE water_case_event SET inquiry_id = NULL WHERE id = %s", self.events[0].id
            )

    def test_verify_button(self):
        """The button says whether the chain is whole; it needs the right to read the case."""
        action = self._as("agent", self.case).action_verify_events()
        self.assertEqual(action["params"]["type"], "success")
        self._sql("DELETE FROM water_case_event WHERE id = %s", self.events[-1].id)
        action = self._as("agent", self.case).action_verify_events()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn(self.case.name, action["params"]["message"])
        with self.assertRaises(AccessError):
            self._as("department", self.case).action_verify_events()

    def test_batch_keeps_chains_apart(self):
        """A batch writes one event per case, each in its own chain."""
        cases = self._inquiry() | self._inquiry() | self._inquiry()
        cases._log_events("contacted", {cases[1].id: {"note": "only his"}})
        notes = [case.event_ids.sorted("id")[-1].payload or {} for case in cases]
        self.assertEqual(notes, [{}, {"note": "only his"}, {}])
        self.assertWhole(cases)


@tagged("post_install", "-at_install")
class TestAuditConcurrency(WaterCommon):
    """Two writers of one chain: the second has to try again, the chain does not fork."""

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            values = self._inquiry_values(partner_id=False, contact_name="并发", phone="10000")
            self.case_id = env["water.inquiry"].create(values).id
        self.addCleanup(self._remove)

    @contextmanager
    def _transaction(self):
        """A transaction of its own, on another connection; committed when it goes well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _remove(self):
        with self._transaction() as env:
            for table in ("water_case_event", "water_deadline"):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE inquiry_id = %s",
                        SQL.identifier(table),
                        self.case_id,
                    )
                )
            env.cr.execute(SQL("DELETE FROM water_inquiry WHERE id = %s", self.case_id))

    def _log(self, env, note):
        case = env["water.inquiry"].browse(self.case_id)
        case._log_events("contacted", {"note": note})
        env.flush_all()

    def test_second_writer_retries(self):
        """The later one fails with a serialization error; its retry sees the new head."""
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            with self._transaction() as late:
                late["water.inquiry"].browse(self.case_id).mapped("event_head")
                with self._transaction() as early:
                    self._log(early, "early")
                self._log(late, "late")
        with self._transaction() as retry:
            self._log(retry, "late")
        with self._transaction() as env:
            case = env["water.inquiry"].browse(self.case_id)
            self.assertWhole(case)
            notes = [event.payload.get("note") for event in case.event_ids.sorted("id")]
            self.assertEqual(notes, [None, "early", "late"])
