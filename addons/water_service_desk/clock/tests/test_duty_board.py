import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import SQL

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted
from ..models import water_deadline as water_duty_mixin

COLUMNS = ["breached", "hour", "today", "week"]


@tagged("post_install", "-at_install")
@freeze_time(NOW)  # Wednesday 11 March 2026, 10:00 in Shanghai
class TestDutyBoard(WaterCommon):
    """Everything that is due, in four columns, as the user may see it."""

    second_company = True

    def _promise(self, due, case=None, text="换表"):
        with freeze_time(local("2026-03-09 09:00")):
            return acts.promise(case or self._inquiry(), text, local(due), "other")

    def _board(self, login="supervisor", **options):
        """The board of ``login``, promises alone unless told otherwise."""
        options.setdefault("choice", {"kind": "promise"})
        return self._as(login, self.env["water.deadline"]).duty_board(**options)

    def _cards(self, board):
        return {column["key"]: [card["id"] for card in column["cards"]] for column in board}

    def _ids(self, **options):
        return self._cards(self._board(**options)["columns"])

    def test_every_moment_has_one_column(self):
        moments = {
            "2026-03-11 09:59": "breached",
            "2026-03-11 10:00": "hour",
            "2026-03-11 10:59": "hour",
            "2026-03-11 11:00": "today",
            "2026-03-11 23:59": "today",
            "2026-03-12 00:00": "week",
            "2026-03-15 23:59": "week",
            "2026-03-16 00:00": None,
        }
        clocks = {moment: self._promise(moment) for moment in moments}
        columns = self._ids()
        self.assertEqual(list(columns), COLUMNS)
        for moment, key in moments.items():
            found = [name for name, ids in columns.items() if clocks[moment].id in ids]
            self.assertEqual(found, [key] if key else [], moment)

    def test_an_hour_may_reach_into_tomorrow(self):
        clock = self._promise("2026-03-16 00:20")
        with freeze_time(local("2026-03-15 23:30")):  # Sunday: day and week end before it is due
            self.assertEqual(
                self._ids(), {"breached": [], "hour": clock.ids, "today": [], "week": []}
            )

    def test_days_begin_in_the_companys_time_zone(self):
        clock = self._promise("2026-03-12 02:00")
        self.assertIn(clock.id, self._ids()["week"])
        self.company.water_calendar_id.tz = "Europe/London"  # there it is 18:00 still
        board = self._board()
        self.assertEqual(board["tz"], "Europe/London")
        self.assertEqual(board["day"], "2026-03-12 00:00:00")
        self.assertIn(clock.id, self._cards(board["columns"])["today"])

    def test_daylight_saving_moves_midnight(self):
        self.company.water_calendar_id.tz = "Europe/London"
        with freeze_time("2026-03-29 00:30:00"):  # the clocks go forward that night
            board = self._board()
        self.assertEqual(board["day"], "2026-03-29 23:00:00")
        self.assertEqual(board["week"], "2026-03-29 23:00:00")

    def test_finished_work_is_not_due(self):
        met, paused, void = (self._promise("2026-03-11 15:00") for _number in range(3))
        met._meet(local("2026-03-11 09:00"))
        acts.pause(paused, "等客户", local("2026-03-12 10:00"))
        void._void()
        self.assertFalse(any(self._ids().values()))
        paused.action_resume()
        self.assertEqual(self._ids()["today"], paused.ids)

    def test_closing_ends_what_was_breached(self):
        case = self._inquiry(answer="已答复")
        clock = self._promise("2026-03-11 09:00", case)
        self._sweep()
        self.assertEqual((clock.state, clock.is_pending), ("breached", True))
        case.action_answer_and_close()
        self.assertEqual((clock.state, clock.is_pending), ("breached", False))
        self.assertFalse(any(self._ids().values()))

    def test_after_closing(self):
        """Clocks that start then, and promises given then; bodies and callers still wait."""
        case = self._inquiry()
        goes_on = self.env["water.deadline"]._goes_on
        closed = local("2026-03-11 10:00")
        moments = (local("2026-03-11 09:59"), closed, local("2026-03-11 10:01"), False)
        for kind in ("close", "promise", "external"):
            self.assertTrue(all(goes_on(kind, moment, case) for moment in moments), "still open")
        trusted(case).closed_at = closed
        for kind, expected in (
            ("close", [False, False, True, False]),
            ("promise", [False, True, True, False]),
            ("work", [False, True, True, False]),
            ("external", [True] * 4),
        ):
            with self.subTest(kind):
                self.assertEqual([goes_on(kind, moment, case) for moment in moments], expected)

    def test_a_promise_kept_late_is_done(self):
        """Missed for good, with nothing left to do: removed from the board."""
        clock = self._promise("2026-03-11 09:00")
        self._sweep()
        self.assertEqual(self._ids()["breached"], clock.ids)
        self._as("agent", clock).action_promise_kept()
        self.assertEqual((clock.state, clock.is_pending), ("breached", False))
        self.assertFalse(any(self._ids().values()))
        unseen = self._promise("2026-03-11 09:30")  # the sweep has not come by
        unseen._meet(local("2026-03-11 10:00"))
        self.assertEqual((unseen.state, unseen.is_pending), ("breached", False))

    def test_card(self):
        case = self._inquiry(severity="emergency", zone_id=self._zone().id)
        clock = self._promise("2026-03-11 15:00", case)
        self._dispatch(case)
        (card,) = self._board()["columns"][2]["cards"]
        self.assertEqual(
            (card["id"], card["model"], card["case_id"]), (clock.id, "water.inquiry", case.id)
        )
        self.assertEqual((card["number"], card["title"]), (case.name, case.subject))
        self.assertEqual((card["kind"], card["label"]), ("Promise", "换表"))
        self.assertEqual((card["department"], card["zone"]), (self.net.name, "Z1"))
        self.assertEqual(card["person"], case.first_responsible_id.name)
        self.assertEqual(card["due_at"], "2026-03-11 07:00:00")
        self.assertTrue(card["emergency"])

    def _zone(self):
        return self.env["water.zone"].create({"name": "Z1", "code": "Z1"})

    def test_a_wall_tells_nothing_about_the_customer(self):
        case = self._inquiry(subject="张伟家水表不转", address="东城路 12 号")
        self._promise("2026-03-11 15:00", case, "给张伟换表")
        board = self._board(wall=True)
        text = json.dumps(board, ensure_ascii=False)
        self.assertIn(case.name, text)
        self.assertIn(case.category_id.name, text)
        for secret in ("张伟", "水表不转", "东城路", "13812345678"):
            self.assertNotIn(secret, text)

    def test_choices_narrow_the_columns(self):
        zone = self._zone()
        here, there = self._inquiry(zone_id=zone.id), self._inquiry()
        mine, other = (self._promise("2026-03-11 15:00", case) for case in (here, there))
        self._dispatch(there)
        chosen = {"kind": "promise"}
        self.assertEqual(self._ids(choice={**chosen, "zone_id": zone.id})["today"], mine.ids)
        by_department = self._ids(choice={**chosen, "department_id": self.net.id})
        self.assertEqual(by_department["today"], other.ids)
        self.assertEqual(self._ids(choice={**chosen, "department_id": 0})["today"], mine.ids)
        self.assertFalse(any(self._ids(choice={"kind": "payment"}).values()))
        searched = self._ids(domain=[("inquiry_id", "=", here.id)])
        self.assertEqual(searched["today"], mine.ids)

    def test_departments_keep_their_counts(self):
        cases = [self._inquiry() for _number in range(3)]
        for case in cases:
            self._promise("2026-03-11 15:00", case)
        self._dispatch(cases[0])
        choice = {"kind": "promise", "department_id": self.net.id}
        board = self._board(choice=choice)
        counts = {row["id"]: row["counts"]["today"] for row in board["departments"]}
        self.assertEqual((counts[self.net.id], counts[0], counts[self.lab.id]), (1, 2, 0))
        self.assertEqual([column["count"] for column in board["columns"]], [0, 0, 1, 0])

    def test_bounded(self):
        for minute in range(5):
            self._promise(f"2026-03-11 15:0{minute}")
        with (
            patch.object(water_duty_mixin, "CARD_LIMIT", 2),
            patch.object(water_duty_mixin, "COUNT_LIMIT", 3),
        ):
            column = self._board()["columns"][2]
        self.assertEqual((column["count"], column["more"]), (3, True))
        due = [card["due_at"] for card in column["cards"]]
        self.assertEqual(due, ["2026-03-11 07:00:00", "2026-03-11 07:01:00"])

    def _spread(self, clock, count):
        """Copies of a clock in the database, one second after the other, as a company has them."""
        columns = [
            name
            for name, field in clock._fields.items()
            if field.store and field.column_type and name not in ("id", "due_at")
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        clock.flush_recordset()
        self.env.cr.execute(
            SQL(
                "INSERT INTO water_deadline (due_at, %s)"
                " SELECT due_at + n * interval '1 second', %s"
                " FROM water_deadline, generate_series(1, %s) AS n WHERE id = %s",
                names,
                names,
                count,
                clock.id,
            )
        )
        self.env.cr.execute("ANALYZE water_deadline")

    def _statements(self, work):
        """The statements with a count that ``work`` sends to the database."""
        sent = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def listen(cr, query, *args, **options):
            if isinstance(query, SQL) and "COUNT(*)" in query.code:
                sent.append(query)
            return execute(cr, query, *args, **options)

        with patch.object(cursor, "execute", listen):
            work()
        return sent

    def _rows_of(self, plan, table="water_deadline"):
        """Rows of ``table`` that the database went through, by its own count."""
        rows = sum(self._rows_of(part, table) for part in plan.get("Plans", ()))
        if plan.get("Relation Name") == table:
            seen = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
            rows += seen * plan["Actual Loops"]
        return rows

    def test_counting_is_bounded(self):
        """A column reads no more clocks than it counts, however many exist."""
        self._spread(self._promise("2026-03-11 15:00"), 5000)
        self.env.invalidate_all()
        with patch.object(water_duty_mixin, "COUNT_LIMIT", 9):
            counts = self._statements(lambda: self._board(login="agent", choice={}))
        self.assertEqual(len(counts), len(COLUMNS))
        for query in counts:
            self.env.cr.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
            (plan,) = self.env.cr.fetchone()[0]
            self.assertLessEqual(self._rows_of(plan["Plan"]), 25, plan)

    def test_queries_do_not_grow(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._board(choice={})
            return self.env.cr.sql_log_count - before

        self._promise("2026-03-11 15:00")
        queries()
        few = queries()
        for number in range(20):
            self._promise(f"2026-03-11 {10 + number % 10}:30")
        self.assertLessEqual(queries(), few + 1)
        self.assertLessEqual(few, 30)

    def test_users_see_their_own_board(self):
        mine, other = self._inquiry(), self._inquiry()
        clocks = [self._promise("2026-03-11 15:00", case) for case in (mine, other)]
        self._dispatch(mine)
        self.assertEqual(self._ids(login="department")["today"], clocks[0].ids)
        self.assertEqual(len(self._ids(login="agent")["today"]), 2)
        self.assertFalse(any(self._ids(login="foreign").values()))
        for login in ("plain", "portal1", "integration"):
            with self.assertRaises(AccessError):
                self._board(login=login)

    def test_restricted_cases_stay_out(self):
        self._category("gn").restricted = True
        self._promise("2026-03-11 15:00", self._inquiry(login="agent2"))
        self.assertFalse(any(self._ids(login="agent").values()))
        self.assertEqual(len(self._ids(login="supervisor")["today"]), 1)
