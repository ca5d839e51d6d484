import ast
import json
from collections import Counter
from pathlib import Path

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.door import enter
from odoo.addons.water_service_desk.base.tables import table
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.tests.doors import call_kw
from odoo.addons.water_service_desk.base.trust import MUTES, is_trusted, trusted

from .test_hostile import HOSTILE
from .test_module import MODULES

#: Plain keys that our code reads all the same → why a client may send them.
HARMLESS = {
    "lang": "the reader's language",
    "tz": "the reader's time zone",
    "active_model": "what a dialog is about; whether he may is asked of the records",
    "active_ids": "the same",
    "active_id": "the same",
    "allowed_company_ids": "taken only as far as the user is in them",
    "read_group_expand": "the order of columns",
    "water_columns_at_a_glance": "how far columns are counted that the reader may count",
    "water_request_type": "narrows the choice of categories of a form",
    "water_page": "the address that a page names, made by controllers alone",
    "default_fetchmail_server_id": "who brings a mail in; whoever may is checked before",
    "filters": "Odoo's own, of the mails that its queue sends; the queue is the system's",
    "report_pdf_no_attachment": "a print that is not kept; letters are kept when they are sent",
    "raise_on_forbidden_code_for_model": "part of the key of compiled templates",
    "cron_end_time": "Odoo's own; ends a sending of mails early, which the system begins",
}
#: Where the key stands for itself: taking keys out, or asking for defaults to refuse them.
GENERAL = {
    "base/trust.py",
    "base/reader.py",
    "base/models/water_guard_mixin.py",
    "portal/models/water_case_portal.py",
}
GENERAL |= {"case/models/water_case_link_mixin.py", "messaging/models/ir_qweb.py"}


def _is_context(node):
    return isinstance(node, ast.Attribute) and node.attr == "context"


def _reads(tree):
    """``(node of the key, whether the value is compared by identity or type)``."""
    sure = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is):
            sure.add(node.left)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "get" and _is_context(node.func.value):
                yield node.args[0], node in sure
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            if _is_context(node.comparators[0]):
                yield node.left, False
        elif isinstance(node, ast.Subscript) and _is_context(node.value):
            yield node.slice, False


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContext(ComplaintCommon):
    """Context keys of a caller cannot silence, skip the log or give facts."""

    def test_every_read_of_the_context(self):
        """Context keys read in our code are harmless by this list, or objects that clients
        cannot send.
        """
        found, house = set(), Path(__file__).parents[2]
        for addon in MODULES:
            for path in (house / addon).rglob("*.py"):
                where = str(path.relative_to(house / addon))
                if "tests" in where or where in GENERAL:
                    continue
                for key, is_sure in _reads(ast.parse(path.read_text())):
                    name = key.value if isinstance(key, ast.Constant) else ast.unparse(key)
                    if not is_sure:
                        found.add(name)
        # asked for their class
        objects = {"water_answered", "water_handed_in", "pdf_parts"}
        self.assertEqual(found - HARMLESS.keys() - objects, set())
        self.assertGreater(len(found), 5)

    def _call(self, login, records, method, *args, context):
        mine = self._as(login, records)
        ids = [] if method == "create" else [records.ids]
        args = json.loads(json.dumps([*ids, *args], default=str))
        return call_kw(mine.browse(), method, args, {"context": context})

    def _told(self, context):
        """Events and recipients of a case's first steps under ``context``."""
        last = {model: self._last(model) for model in ("mail.message", "mail.activity")}
        values = self._inquiry_values(subject="没有水", severity="normal")
        cases = self.env["water.inquiry"]
        case = cases.browse(self._call("agent", cases, "create", values, context=context))
        self.env.cr.flush()  # what a case is born with is not tracked
        self._call("agent", case, "write", {"subject": "水压不足"}, context=context)
        self._call("agent", case, "action_take", context=context)
        urgent = {"severity": "urgent", "triage_reason": "整栋楼"}
        self._call("agent", case, "write", urgent, context=context)
        wizards = self.env["water.dispatch.wizard"]
        about = {"case_model": case._name, "case_ids": case.ids, "department_id": self.net.id}
        about |= {"due_at": False}  # a dialog may be opened with a date; ours has none
        number = self._call("agent", wizards, "create", about, context=context)
        self._call("agent", wizards.browse(number), "action_dispatch", context=context)
        self._call("department", self._lead(case), "action_accept", context=context)
        self._call("agent", case, "activity_schedule", context={**context, "x": 1})
        self.env.flush_all()
        self.env.cr.flush()  # tracked changes are written before the transaction ends
        self.env.invalidate_all()
        new = {model: self.env[model].search([("id", ">", last[model])]) for model in last}
        thread = new["mail.message"].filtered(lambda row: row.model == case._name)
        clocks = [(c.kind, c.state, bool(c.met_at), str(c.due_at)) for c in case.deadline_ids]
        return {
            "events": Counter(case.event_ids.mapped("kind")),
            "tracked": Counter(thread.tracking_value_ids.mapped("field_id.name")),
            "messages": Counter(thread.mapped("message_type")),
            "customer": Counter(case.customer_message_ids.mapped("state")),
            "staff": len(new["mail.message"].filtered(lambda row: row.model != case._name)),
            "to do": len(new["mail.activity"]),
            "clocks": Counter(clocks),
            "dispatches": Counter(case.dispatch_ids.mapped("state")),
            "facts": (case.state, case.severity, case.event_count, case.user_id.id),
        }

    def _last(self, model):
        return self.env[model].sudo().search([], order="id desc", limit=1).id or 0

    def _defaults(self):
        """Defaults for all that the system keeps in any of our models."""
        samples = {"boolean": True, "integer": 7, "char": "x", "datetime": "2020-01-01 00:00:00"}
        samples |= {"float": 7.0, "date": "2020-01-01"}
        defaults = {}
        for name, model in self.env.items():
            if name.startswith("water.") and not model._abstract:
                for field in model._fields.values():
                    if field.store and field.readonly and field.type in samples:
                        defaults[f"default_{field.name}"] = samples[field.type]
        # fields of a customer's filing are refused, and a creation may name its own time
        apart = {*table(self.env["water.inquiry"], "_filed_with"), "received_at"}
        # the other fields that an agent may write are no system fields
        own = self.env["water.inquiry"]._fields.values()
        apart |= {field.name for field in own if not field.readonly}
        return {key: v for key, v in defaults.items() if key.removeprefix("default_") not in apart}

    def test_nothing_is_silenced(self):
        """The same messages, tracking, activities, events and clocks with any values."""
        usual = self._told({})
        self.assertTrue(all(usual.values()), usual)
        truths = dict.fromkeys(MUTES - {"active_test"}, True)
        for context in ({**truths, "active_test": False}, self._defaults(), HOSTILE):
            told = self._told({k: v for k, v in context.items() if k != "default_state"})
            for what in usual:
                with self.subTest(context=sorted(context)[:3], what=what):
                    self.assertEqual(told[what], usual[what])

    def test_system_actions_stay_its_own(self):
        """The mark takes the caller's keys away; keys that are set after it stay."""
        theirs = self.env["water.deadline"].with_context(
            **HOSTILE, default_met_at="2020-01-01 00:00:00"
        )
        context = trusted(theirs).env.context
        self.assertFalse(context.keys() & (MUTES | {"default_met_at", "default_state"}))
        quiet = trusted(theirs).with_context(tracking_disable=True)
        self.assertTrue(trusted(quiet).env.context["tracking_disable"])
        self.assertTrue(is_trusted(quiet.env))

    def test_at_the_door(self):
        """Calls on our models lose those keys at the door; archived records can still be read."""

        def heard(model, method, wire):
            sent = {"active_test": False, "tracking_disable": True, "default_x": 1}
            params = {
                "kwargs": {"model": model, "method": method, "kwargs": {"context": sent}},
                "json2": {"__model__": model, "__method__": method, "context": sent},
                "thread": {"thread_model": model, "context": sent},
            }[wire]
            enter(self.env, params, by_json_2=wire == "json2")
            return set(params.get("kwargs", params)["context"])

        for wire in ("kwargs", "json2"):
            self.assertEqual(heard("water.inquiry", "action_answer", wire), set())
            self.assertEqual(heard("water.inquiry", "create", wire), {"default_x"})
            reading = heard("water.category", "web_search_read", wire)
            self.assertEqual(reading, {"active_test", "default_x"})
            self.assertEqual(len(heard("res.partner", "write", wire)), 3)
        self.assertEqual(heard("water.inquiry", "", "thread"), {"default_x"})
        self.assertEqual(len(heard("res.partner", "", "thread")), 3)
        for nonsense in ({}, {"model": 7, "kwargs": 7}, {"model": "water.x", "kwargs": {}}):
            enter(self.env, nonsense)

    def test_an_uninstall_is_no_key(self):
        """Odoo's uninstall key does not delete protected records."""
        stage = self.env["water.stage"]._of_state("water.complaint", "registered")
        row = self._complaint()
        for login, record in (("manager", stage), ("su", row), ("su", row.event_ids[:1])):
            forced = self._as(login, record).with_user(self.users["manager"])
            forced = forced.sudo(login == "su").with_context(_force_unlink=True)
            with (
                self.subTest(record),
                self.assertRefused(
                    "A registered case is never|Events are written by the|is the only column of its"
                ),
            ):
                forced.unlink()
            self.assertTrue(record.exists())
