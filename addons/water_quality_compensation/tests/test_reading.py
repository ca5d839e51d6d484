import json
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon

#: Queries of an opened case: what it asks, lists with rows and its counters among it.
BUDGET = 33
#: queries of a save besides reading the case again
WRITING = 4
#: maximal bytes of a board's views: its own, those beside it, and the search's
BOARD = 64_000
#: The views that the web client asks for together when a board is opened (parted_views.js).
BESIDE = ("kanban", "list", "calendar", "activity", "pivot", "graph", "search")


@tagged("post_install", "-at_install")
class TestReading(ComplaintCommon):
    """The form of a complaint: what the web client asks for, in few queries and by the rules."""

    def _specification(self, model, node):
        """The web client's reads of a view: fields, names of links, rows of lists."""
        asked = {}
        for child in node.iterchildren(etree.Element):
            if child.tag != "field":
                asked |= self._specification(model, child)
                continue
            field = model._fields[child.get("name")]
            view = next((part for part in child if part.tag in ("list", "kanban")), None)
            asked[field.name] = {}
            if view is not None:
                rows = self.env[field.comodel_name]
                asked[field.name] = {"fields": self._specification(rows, view)}
            elif field.type == "many2one":
                asked[field.name] = {"fields": {"display_name": {}}}
        return asked

    def _asked(self, seen):
        """The form's reads of the case."""
        arch = seen.get_view(view_type="form")["arch"]
        return self._specification(seen, etree.fromstring(arch))

    def _opened(self, case, login="agent"):
        """``case`` as the form of ``login`` shows it, and the queries that took."""
        seen = self._as(login, case)
        asked = self._asked(seen)
        self.assertIn("negotiation_ids", asked)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        (values,) = seen.web_read(asked)
        return values, self.env.cr.sql_log_count - before

    def test_few_queries(self):
        """Unreferenced lists and counters are read together."""
        case = self._complaint_at("dispatched")
        self._opened(case)
        values, queries = self._opened(case)
        self.assertLessEqual(queries, BUDGET)
        self.assertEqual(values["dispatch_count"], 1)
        self.assertEqual(len(values["dispatch_ids"]), 1)
        self.assertEqual(values["negotiation_ids"], [])

    def test_a_save_asks_little_more_than_an_opening(self):
        """Changed values are written; unchanged ones cost no queries."""
        case = self._complaint_at("dispatched")
        self._opened(case)
        _values, opened = self._opened(case)
        seen = self._as("agent", case)
        asked = self._asked(seen)

        def save():
            seen.web_save({"subject": "水表走得太快"}, asked)
            self.env.flush_all()

        self.assertLessEqual(self._queries_of(save), opened + WRITING)

    def test_every_list_is_there(self):
        """Lists that are not empty look as if read one by one."""
        case = self._complaint_at("callback")
        values, _queries = self._opened(case)
        lists = [name for name in self._as("agent", case)._plain_lists() if name in values]
        self.assertGreater(len(lists), 8)
        for name in lists:
            self.env.invalidate_all()
            with self.subTest(list=name):
                alone = self._as("agent", case)[name].ids
                shown = [row if isinstance(row, int) else row["id"] for row in values[name]]
                self.assertEqual(shown, alone)
        self.assertTrue(values["notice_ids"] and values["evidence_ids"])

    def test_rules_hold(self):
        """Rows are counted and listed by who may see them, not by whether there are any."""
        case = self._complaint_at("handling")
        self.assertTrue(self._as("agent", case).evidence_count)
        rule = {"name": "none", "domain_force": "[(0, '=', 1)]"}
        rule["model_id"] = self.env["ir.model"]._get_id("water.evidence")
        self.env["ir.rule"].create(rule)
        values, _queries = self._opened(case)
        self.assertEqual(values["evidence_ids"], [])
        self.assertEqual(self._as("agent", case).evidence_count, 0)

    def test_rows_that_others_have_read_are_not_counted(self):
        """The system's reads of a list in the same request reveal nothing to the user."""
        case = self._complaint_at("handling")
        rule = {"name": "none", "domain_force": "[(0, '=', 1)]"}
        rule["model_id"] = self.env["ir.model"]._get_id("water.evidence")
        self.env["ir.rule"].create(rule)
        seen = self._as("agent", case)
        self.env.invalidate_all()
        self.assertTrue(seen.sudo().evidence_ids)
        asked = {
            "evidence_ids": {"fields": {"display_name": {}}, "order": "id"},
            "evidence_count": {},
        }
        (values,) = seen.web_read(asked)
        self.assertEqual((values["evidence_ids"], values["evidence_count"]), ([], 0))

    def test_a_list_of_some_is_no_count_of_all(self):
        case = self._complaint_at("handling")
        field, number = type(case).evidence_ids, len(case.evidence_ids)
        asked = {"evidence_ids": {"fields": {"display_name": {}}}, "evidence_count": {}}
        self.env.invalidate_all()
        with patch.object(field, "domain", [("id", "=", 0)]):
            (values,) = self._as("agent", case).web_read(asked)
        self.assertFalse(values["evidence_ids"])
        self.assertEqual(values["evidence_count"], number)

    def test_pending_changes_are_known(self):
        """A row that was moved to another case and is not yet written down is not found."""
        one, two = self._complaint(), self._complaint()
        evidence = self.env["water.evidence"]._fields["complaint_id"]
        clock = self.env["water.deadline"]._fields["complaint_id"]
        self.assertEqual(two._pointed_at_by([evidence, clock]), {clock})
        clock._update_cache(two.deadline_ids, one.id, dirty=True)
        self.assertFalse(two._pointed_at_by([evidence, clock]))

    def test_checklist_waits_for_its_page(self):
        """The chain of events is not verified whenever a case is opened."""
        values, _queries = self._opened(self._complaint())
        self.assertNotIn("archive_checklist", values)

    def test_views_load_no_files(self):
        """Asking for the views takes no look at the files of the database."""
        complaints = self._as("agent", self.env["water.complaint"])
        files = complaints.fields_get(["published_attachment_ids"], ["groupable", "searchable"])
        self.assertEqual(
            files["published_attachment_ids"], {"groupable": False, "searchable": True}
        )
        kinds = [(False, kind) for kind in ("kanban", "list", "form", "search")]
        complaints.get_views(kinds)
        few = self._queries_of(lambda: complaints.get_views(kinds))
        for number in range(3):
            self.env["ir.attachment"].create(
                {"name": f"{number}", "res_model": "water.complaint", "res_id": 1, "raw": b"x"}
            )
        self.assertEqual(self._queries_of(lambda: complaints.get_views(kinds)), few)

    def test_views_travel_light(self):
        """The indents of the files stay at home; a space separates two elements."""
        complaints = self._as("agent", self.env["water.complaint"])
        for kind in ("form", "kanban", "search"):
            arch = complaints.get_view(view_type=kind)["arch"]
            with self.subTest(kind=kind):
                self.assertNotRegex(arch, r"\s{2,}|<!--")
                self.assertTrue(etree.fromstring(arch).xpath("//field"))

    def test_wide_blanks_of_chinese_are_no_indents(self):
        """Two of them begin a paragraph, or stand between the characters of a short name."""
        form = self.env.ref("water_complaints.water_complaint_view_form").with_context(lang=None)
        words = "\u3000\u3000说明\u3000\u3000完"
        arch = f"<xpath expr='//sheet' position='inside'><p>\n    {words}\n</p></xpath>"
        values = {"name": "x", "model": form.model, "inherit_id": form.id, "arch": arch}
        self.env["ir.ui.view"].create(values)
        sent = self._as("agent", self.env[form.model]).get_view(view_type="form")["arch"]
        self.assertIn(words, sent)

    def test_effects_of_silence_are_announced(self):
        """An empty choice is a choice; unsanitised text may contain videos."""
        described = {
            "choice": {"type": "selection", "selection": [], "readonly": False, "domain": []},
            "text": {"type": "html", "sanitize": True, "sanitize_tags": False},
        }
        self.assertEqual(
            self.env["water.complaint"]._without_nothing(described),
            {
                "choice": {"type": "selection", "selection": []},
                "text": {"type": "html", "sanitize": True, "sanitize_tags": False},
            },
        )

    def _views(self, *kinds):
        """The views as sent to the web client."""
        complaints = self._as("agent", self.env["water.complaint"])
        options = {"toolbar": True, "load_filters": True}
        return complaints.get_views([(False, kind) for kind in kinds], options)

    def test_board_travels_light(self):
        """A board opens without the form, and describes only its own fields."""
        sent = self._views(*BESIDE)
        weight = len(json.dumps(sent, ensure_ascii=False).encode())
        self.assertLess(weight, BOARD)
        fields = sent["models"]["water.complaint"]["fields"]
        self.assertNotIn(False, [value for field in fields.values() for value in field.values()])
        self.assertTrue(fields["category_id"]["groupable"] and fields["category_id"]["sortable"])
        self.assertEqual(fields["category_id"]["relation"], "water.category")

    def test_nothing_is_missing(self):
        """Fields of filters, groups and forms are described."""
        complaints = self._as("agent", self.env["water.complaint"])
        everything = complaints.fields_get()
        search = self._views("search")
        sent = search["models"]["water.complaint"]["fields"]
        can_group = {name for name, field in everything.items() if field["groupable"]}
        self.assertFalse(can_group - sent.keys())
        arch = etree.fromstring(search["views"]["search"]["arch"])
        named = {node.get("name") for node in arch.iter("field")}
        self.assertFalse((named & everything.keys()) - sent.keys())
        form = self._views("form")
        sent = form["models"]["water.complaint"]["fields"]
        arch = etree.fromstring(form["views"]["form"]["arch"])
        shown = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
        self.assertFalse(shown - sent.keys())
        self.assertTrue(all(sent[name]["type"] for name in shown))
        self.assertEqual(sent["finding"]["selection"], everything["finding"]["selection"])
        self.assertTrue(sent["occurred_at"]["help"])

    def _queries_of(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def test_finished_cases_are_not_compared(self):
        """Similar cases are shown when filing or handling; finished cases need none."""
        first = self._complaint()
        second = self._complaint()
        self.assertEqual(self._as("agent", second).similar_ids, first)
        self._as("agent", second).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        self.assertFalse(self._as("agent", second).similar_ids)
