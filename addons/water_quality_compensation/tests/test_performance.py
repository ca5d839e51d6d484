import json
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.sql import make_index_name

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon

MANY = 100
#: Queries of moving many cases, and of a board with all its columns.
MOVED, BOARD = 60, 24
#: And of sending them: the department is kept from being closed meanwhile.
SENT = MOVED + 1


@tagged("post_install", "-at_install")
class TestPerformance(ComplaintCommon):
    """Query budgets: work on a hundred cases costs about as many queries as work on one."""

    def _complaints(self, count, **values):
        complaints = self._as("agent", self.env["water.complaint"])
        values = self._complaint_values(**values)
        return complaints.create([dict(values) for _number in range(count)])

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _grown(self, work):
        """Queries for 100 and for 1, once everything is warm."""
        work(2)
        one, many = self._queries(lambda: work(1)), self._queries(lambda: work(MANY))
        return one, many

    def test_create(self):
        """A hundred complaints with their clocks in at most 300 queries; hardly more than one."""
        one, many = self._grown(self._complaints)
        self.assertLessEqual(many, 300)
        self.assertLessEqual(many, one + 60, "create must not grow with the number of cases")

    def test_create_starts_clocks(self):
        """The measured batch is complete: clocks, events, numbers."""
        cases = self._complaints(MANY)
        self.assertEqual(len(cases.sudo().deadline_ids), 4 * MANY)
        self.assertEqual(len(cases.sudo().event_ids), MANY)
        self.assertEqual(len(set(cases.mapped("name"))), MANY)
        self.assertWhole(cases.sudo())

    def test_move(self):
        """A hundred complaints moved in as many queries as one, and few."""
        batches = {count: self._ready(count) for count in (2, 1, MANY)}
        one, many = self._grown(lambda count: batches[count].write({"state": "investigating"}))
        self.assertLessEqual(many, MOVED)
        self.assertLessEqual(many, one + 10, "moving must not grow with the number of cases")

    def _dispatched(self):
        batches = {count: self._ready(count) for count in (2, 1, MANY)}
        for cases in batches.values():
            cases.department_id = self.net
        queries = self._grown(lambda count: batches[count].write({"state": "dispatched"}))
        self.assertEqual(len(batches[MANY].sudo().dispatch_ids), MANY)
        return queries

    def test_dispatch(self):
        """So does dragging a hundred complaints to the dispatched column."""
        one, many = self._dispatched()
        self.assertLessEqual(many, SENT)
        self.assertLessEqual(many, one + 10)

    def test_dispatch_without_office_hours(self):
        """The calendar of a company that has chosen none is not looked for in each case."""
        self.env.company.country_id = self.env.ref("base.cn")
        self.env.company.water_calendar_id = False
        _one, many = self._dispatched()
        self.assertLessEqual(many, SENT + 1)  # the country, once

    def test_withdraw(self):
        """So does withdrawing them, with void clocks."""
        batches = {count: self._ready(count) for count in (2, 1, MANY)}
        values = {"state": "withdrawn", "end_reason": "客户撤诉"}
        _one, many = self._grown(lambda count: batches[count].write(values))
        self.assertLessEqual(many, MOVED)

    def _ready(self, count):
        letter = self._channel("letter").id
        return self._complaints(count, channel_id=letter)

    def test_read_a_board(self):
        """The fields of a card for a hundred cases come in a fixed number of queries."""
        cases = {count: self._complaints(count) for count in (2, 1, MANY)}
        names = (
            "name",
            "subject",
            "category_id",
            "severity",
            "time_left",
            "next_due_kind",
            "deadline_state",
            "contact_masked",
            "user_id",
            "can_dispatch",
            "dispatch_state",
        )
        one, many = self._grown(lambda count: cases[count].read(names))
        self.assertLessEqual(many, one + 5)

    def _board(self, login):
        """Queries of a board as the web client asks for it: columns with cards, and bars."""
        asks = {"read_group_expand": True, "water_columns_at_a_glance": True}
        cases = self._as(login, self.env["water.complaint"]).with_context(**asks)
        arch = etree.fromstring(cases.get_view(view_type="kanban")["arch"])
        asked = {
            name: {"fields": {"display_name": {}}} if cases._fields[name].type == "many2one" else {}
            for name in arch.xpath("//field/@name")
        }
        columns = {"unfold_read_specification": asked, "unfold_read_default_limit": 20}
        bar = arch.find("progressbar")
        bars = {"field": bar.get("field"), "colors": json.loads(bar.get("colors"))}

        def look():
            order = arch.get("default_order")
            found = cases.web_read_group([], ["stage_id"], order=order, auto_unfold=True, **columns)
            self.env.invalidate_all()
            cases.read_progress_bar([], "stage_id", bars)
            return sum(len(group.get("__records", ())) for group in found["groups"])

        self.assertGreaterEqual(look(), 20)
        return self._queries(look)

    def test_board(self):
        """A board costs one query per column and a few for its cards, for every user."""
        self._ready(MANY).write({"department_id": self.net.id, "state": "dispatched"})
        for login in ("agent", "department"):
            with self.subTest(login=login):
                self.assertLessEqual(self._board(login), BOARD)

    def test_names_on_a_department_s_board(self):
        """Users without access to the names read only these, not the whole row."""
        cases = self._ready(2).sudo()
        seen = self._as("department", cases)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(all(case.contact_masked for case in seen.sudo()))
        self.assertNotIn(cases[0].id, cases._fields["description"]._get_cache(self.env))

    def test_read_a_duty_board(self):
        """Rows of the duty board, their explanations too, come in a fixed number of queries."""
        clocks = {}
        for count in (2, 1, MANY):
            cases = self._complaints(count)
            clocks[count] = self.env["water.deadline"].search([("complaint_id", "in", cases.ids)])
        names = ["case_name", "case_subject", "kind", "department_id", "user_id", "due_at"]
        names += ["time_left", "explanation", "is_late"]
        one, many = self._grown(lambda count: self._as("agent", clocks[count]).read(names))
        self.assertLessEqual(many, one + 3)

    def test_sweep(self):
        """The sweep's cost grows with due clocks, not with open ones; few queries each."""
        self._complaints(MANY)
        late = self._complaints(10, received_at=fields.Datetime.now() - timedelta(hours=3))
        self._sweep()
        self.env.invalidate_all()
        contact = late.sudo().deadline_ids.filtered(lambda clock: clock.kind == "contact")
        self.assertEqual(set(contact.mapped("state")), {"breached"})
        self.assertLessEqual(self._queries(self._sweep), 60)

    def _spread(self, case, count):
        """Copies of a case in the database, each with numbers of its own."""
        own = {"name": SQL("'X' || n"), "external_ref": SQL("'HX' || n")}
        own["external_source"] = SQL("'x'")
        alone = {"id", "submission_key", "query_code_hash", *own}
        names = [
            name
            for name, field in case._fields.items()
            if field.store and field.column_type and name not in alone
        ]
        case.flush_recordset()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) AS n WHERE id = %s",
                SQL.identifier(case._table),
                SQL(", ").join(map(SQL.identifier, [*own, *names])),
                SQL(", ").join([*own.values(), *map(SQL.identifier, names)]),
                SQL.identifier(case._table),
                count,
                case.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(case._table)))

    def test_search_by_number(self):
        """The search field of all cases reads no table through, open or not: parts of numbers."""
        requests = self._as("agent", self.env["water.request"])
        cases = {
            "water.complaint": self._complaint(),
            "water.inquiry": self._inquiry(),
            "water.request": requests.create(self._request_values()),
        }
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        words = [(name, "ilike", "2026031") for name in ("name", "subject", "external_ref")]
        for model, case in cases.items():
            self._spread(case, 2000)
            query = self.env[model].sudo()._search(["|", "|", *words])
            self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            for name, _operator, _value in words:
                index = make_index_name(self.env[model]._table, name)
                with self.subTest(index=index):
                    self.assertIn(f"Bitmap Index Scan on {index}", plan)

    def test_search_by_the_whole_number(self):
        """A typed case number is found by equality, in every form."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for table in ("water_complaint", "water_inquiry", "water_request"):
            name = SQL.identifier(table)
            self.env.cr.execute(SQL("EXPLAIN SELECT id FROM %s WHERE name = %s", name, "TS-1"))
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            self.assertIn(f"{table}_number_idx", plan)

    def test_any_case_by_its_number(self):
        """A row of the view of all cases is read without looking through the cases."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env["water.any.case"].sudo()._search([("id", "in", (5, 6, 7))])
        self.env.cr.execute(SQL("EXPLAIN %s", query.select("name", "counts")))
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        for table in ("water_complaint", "water_inquiry", "water_request"):
            self.assertIn(f"{table}_any_case_idx", plan)
