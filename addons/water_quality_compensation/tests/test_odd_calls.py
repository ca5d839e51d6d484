import os
from unittest.mock import patch
from xmlrpc.client import Fault

from psycopg2 import Error

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.call_shapes import is_misshaped
from odoo.addons.water_service_desk.base.models.ir_http import is_of_the_caller
from odoo.addons.water_service_desk.base.tests.doors import call_kw

IS_LONG = bool(os.environ.get("WATER_LONG"))
#: values that are invalid for most fields
ODD = (
    *("x", "a\0b", "9999-12-31 23:59:59", "0000-00-00", 2**70, float("nan"), None),
    *([], [None], {"a": 1}, [[1]]),
)
OPERATORS = ("=", "in", ">", "ilike", "any", "child_of")
#: Models that have fields of every kind, searched by methods of ours as well.
MODELS = ("water.complaint", "water.account", "water.article", "water.deadline")
#: other senseless calls: method, arguments
CALLS = (
    ("search_read", [[], ["no_field"]]),
    ("search", [[("no_field", "=", 1)]]),
    ("search", [5]),
    ("search", [[], 0, 1, "no_field"]),
    ("search_read", [[], ["id"], 0, "x"]),
    ("formatted_read_group", [[], ["no_field"], ["__count"]]),
    ("formatted_read_group", [[], [], ["id:bogus"]]),
    ("read", [["x"], ["id"]]),
    ("read", []),
    ("create", [{"no_field": 1}]),
    ("no_method", []),
    # of another shape than the method takes: our method looks at it first
    *(("create", [values]) for values in ([5], [[5]], [None], "x", 5, {"a": {"b": 1}})),
    *(("write", [1, values]) for values in (5, [5], None, "x", [["a", 1]])),
    *(("create", [{"message_partner_ids": part}]) for part in (5, [[0, 0, 5]], [[]], [["a"]])),
    *(("onchange", [[], {"message_partner_ids": part}, [], {}]) for part in ([[]], [[6]])),
    *(("web_read", [1, spec]) for spec in (5, [5], {"display_name": 5}, {"no_field": {}})),
    *(("web_search_read", [[], spec]) for spec in ({"id": 5}, {"create_uid": {"fields": 5}})),
    *(("web_save", [[], *said]) for said in ([5, {}], [{}, 5], [{}, {"id": 5}])),
    ("create", [{"description": {"a": 1}, "name": [1]}]),
    ("read_progress_bar", [[], [5], {"field": "id", "colors": {}}]),
    *(("read_group", [[], *said]) for said in ([5, ["id"]], [["id:count"], 5], [[":"], []])),
    ("message_subscribe", [1, [[]]]),
    ("message_post", [1]),
)
#: Models whose own code looks at what staff writes and reads there.
WRITTEN = (
    *("water.account", "water.incident", "water.compensation", "water.appeal", "water.visit"),
    *("water.callback", "water.article", "water.message", "water.inspection", "water.zone"),
    *("water.department", "water.kpi.sheet"),
)
#: invalid contexts of a caller
CONTEXTS = ({"allowed_company_ids": 5}, {"lang": ["x"]}, {"tz": 5}, 5)


@tagged("post_install", "-at_install")
class TestOddCalls(TransactionCase):
    """Invalid values are refused, and our own errors stay errors."""

    def _fault(self, model, method, args, context=None):
        """The error of a call that is neither answered nor refused."""
        try:
            with self.env.cr.savepoint():
                call_kw(model, method, args, {"context": context} if context else {})
        except UserError:
            return None
        except Exception as fault:  # of any kind
            return fault
        return None

    def _one_field_of_each_kind(self, model):
        kinds = {}
        for name, field in model._fields.items():
            if field.store or field.search:
                kinds.setdefault((field.type, field.store), name)
        return kinds.values()

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models", "odoo.orm.models")
    def test_conditions(self):
        tried = 0
        for model in map(self.env.__getitem__, MODELS):
            for name in self._one_field_of_each_kind(model):
                for operator in OPERATORS:
                    for value in ODD:
                        args = [[(name, operator, value)], ["id"], 0, 1]
                        fault = self._fault(model, "search_read", args)
                        with self.subTest(model=model._name, condition=args[0]):
                            self.assertTrue(_is_notified(fault), repr(fault))
                            tried += fault is not None
        self.assertGreater(tried, 1000)

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models", "odoo.orm.models")
    def test_calls(self):
        for name in MODELS:
            for method, args in CALLS:
                with self.subTest(model=name, method=method, args=args):
                    fault = self._fault(self.env[name], method, args)
                    self.assertTrue(_is_notified(fault), repr(fault))

    def _people(self):
        for role in ("manager", "agent"):
            yield new_test_user(
                self.env, f"odd_{role}", f"base.group_user,water_service_desk.group_{role}"
            )

    def _odd_rows(self, model):
        """``{field: value}``: each writable field with impossible values.

        The short form tries a fourth, a different one per field.
        """
        for place, name in enumerate(self._one_field_of_each_kind(model)):
            if model._fields[name].store and not model._fields[name].readonly:
                for value in ODD if IS_LONG else ODD[place % 4 :: 4]:
                    yield {name: value}

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.orm.models", "odoo.domains")
    def test_calls_of_people(self):
        """Odd calls by staff on records they work with, existing and new."""
        tried = 0
        for user in self._people():
            for model in map(self.env(user=user).__getitem__, WRITTEN):
                there = model.search([], limit=1).id or 1
                calls = [*CALLS, *(("write", [there, row]) for row in self._odd_rows(model))]
                calls += [("create", [row]) for row in self._odd_rows(model)]
                calls += [("onchange", [[], row, [*row], {}]) for row in self._odd_rows(model)]
                calls += [("web_save", [[there], row, {}]) for row in self._odd_rows(model)]
                for method, args in calls:
                    with self.subTest(login=user.login, model=model._name, call=(method, args)):
                        fault = self._fault(model, method, args)
                        self.assertTrue(_is_notified(fault), repr(fault))
                        tried += 1
        self.assertGreater(tried, 5000 if IS_LONG else 1300)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.orm.models")
    def test_contexts(self):
        for name in MODELS:
            for context in CONTEXTS:
                for method, args in (("create", [{}]), ("web_search_read", [[], {"id": {}}])):
                    with self.subTest(model=name, method=method, context=context):
                        fault = self._fault(self.env[name], method, args, context)
                        self.assertTrue(_is_notified(fault), repr(fault))

    def test_good_shapes(self):
        """Values of the web client do not hide errors."""
        complaints, lists = self.env["water.complaint"], [Command.set([1]), Command.clear()]
        spec = {"partner_id": {"fields": {"display_name": {}}}, "deadline_ids": {"limit": 5}}
        values = {"description": "x", "partner_id": 1, "phone": False, "company_id": 1}
        good = (
            ("create", [[values, {"message_partner_ids": lists}]], {}),
            ("write", [{"message_partner_ids": [Command.create({"name": "x"}), 7]}], {}),
            ("web_save", [values], {"specification": spec, "next_id": None}),
            ("onchange", [values, ["partner_id"], {**spec, "id": {}}], {}),
            ("web_read_group", [[], ["state"]], {"aggregates": ["__count"]}),
            ("copy", [], {}),
        )
        for method, args, kwargs in good:
            with self.subTest(method=method, args=args):
                context = {"lang": "zh_CN", "tz": False, "allowed_company_ids": [1]}
                self.assertFalse(is_misshaped(complaints, method, args, kwargs, context))

    def test_a_fault_of_ours_stays_one(self):
        """Valid values do not hide errors, and the log has them."""
        complaints = self.env["water.complaint"]

        def broken(_self):
            return int("x")

        with patch.object(type(complaints), "_compute_display_name", broken):
            fault = self._fault(complaints, "onchange", [[], {}, [], {"display_name": {}}])
        self.assertIsInstance(fault, ValueError)
        self.assertFalse(_is_notified(fault))


@tagged("post_install", "-at_install")
class TestOddRequests(HttpCase):
    """The same over the wire, by the web client's way and the interface's."""

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_answers(self):
        admin = self.env.ref("base.user_admin")
        self.authenticate(None, None)
        key = self.env["res.users.apikeys"].with_user(admin)._generate("rpc", "x", None)
        headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": self.env.cr.dbname}
        for domain in ([["name", "=", "a\0b"]], [["id", "any", 5]], [["create_date", ">", "x"]]):
            asked = {"domain": domain}
            with self.subTest(domain=domain):
                answer = self.url_open(
                    "/json/2/water.complaint/search", json=asked, headers=headers
                )
                self.assertEqual(answer.status_code, 422, answer.text)
                self.assertEqual(answer.json()["name"], "odoo.exceptions.UserError")

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_web_client(self):
        self.authenticate("admin", "admin")
        call = {"model": "water.complaint", "method": "search", "kwargs": {}}
        call["args"] = [[["name", "=", "a\0b"]]]
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.make_jsonrpc_request("/web/dataset/call_kw", call)

    @mute_logger("odoo.http")
    def test_end_of_the_calendar(self):
        """A date beyond calculation is refused with a message, as other odd values are."""
        self.authenticate("admin", "admin")
        values = {"slot_from": "9999-12-31 23:00:00"}
        call = {"model": "water.visit.wizard", "method": "onchange", "kwargs": {}}
        call["args"] = [[], values, ["slot_from"], {"slot_from": {}, "slot_to": {}}]
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.make_jsonrpc_request("/web/dataset/call_kw", call)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.rpc.controllers")
    def test_older_interfaces(self):
        """Not by these, and machines get no traceback."""
        admin = self.env.ref("base.user_admin")
        self.authenticate(None, None)
        key = self.env["res.users.apikeys"].with_user(admin)._generate("rpc", "x", None)
        caller = [self.env.cr.dbname, admin.id, key, "water.complaint"]
        for method, args in (("search", [[["id", "any", 5]]]), ("create", [5]), ("copy", [])):
            with self.subTest(method=method):
                with self.assertRaises(Fault) as refused:
                    self.xmlrpc_object.execute_kw(*caller, method, args)
                self.assertEqual(
                    refused.exception.faultString,
                    "A value is not possible here. Your change was not saved.",
                )
                params = {"service": "object", "method": "execute_kw"}
                params |= {"args": [*caller, method, args]}
                answer = self.url_open("/jsonrpc", json={"params": params}).json()["error"]["data"]
                self.assertEqual(answer["name"], "odoo.exceptions.UserError")
                self.assertNotIn("debug", answer)


def _is_notified(fault):
    """Whether it is refused with a message: a database error or invalid values."""
    return fault is None or isinstance(fault, Error) or is_of_the_caller(fault)
