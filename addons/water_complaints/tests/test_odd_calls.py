from unittest.mock import patch

from psycopg2 import Error

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.models.ir_http import is_of_the_caller

#: Values that mean nothing for most fields.
ODD = (
    *("x", "a\0b", "9999-12-31 23:59:59", "0000-00-00", 2**70, float("nan"), None),
    *([], [None], {"a": 1}, [[1]]),
)
OPERATORS = ("=", "in", ">", "ilike", "any", "child_of")
#: Models that have fields of every kind, searched by methods of ours as well.
MODELS = ("water.complaint", "water.account", "water.article", "water.deadline")
#: Other calls that nobody can mean: method, its arguments.
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
)


@tagged("post_install", "-at_install")
class TestOddCalls(TransactionCase):
    """Calls with values that mean nothing are refused, and faults of ours stay faults."""

    def _fault(self, model, method, args):
        """What a call ends in where it is neither answered nor refused."""
        try:
            with self.env.cr.savepoint():
                call_kw(model, method, args, {})
        except UserError:
            return None
        except Exception as fault:  # whatever it is
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
                            self.assertTrue(_is_told(fault), repr(fault))
                            tried += fault is not None
        self.assertGreater(tried, 1000)

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models", "odoo.orm.models")
    def test_calls(self):
        for name in MODELS:
            for method, args in CALLS:
                with self.subTest(model=name, method=method, args=args):
                    fault = self._fault(self.env[name], method, args)
                    self.assertTrue(_is_told(fault), repr(fault))

    def test_a_fault_of_ours_stays_one(self):
        """Whoever calls with good values gets no excuse, and the log has it."""
        complaints = self.env["water.complaint"]

        def broken(_self):
            return int("x")

        with patch.object(type(complaints), "_compute_display_name", broken):
            fault = self._fault(complaints, "onchange", [[], {}, [], {"display_name": {}}])
        self.assertIsInstance(fault, ValueError)
        self.assertFalse(_is_told(fault))


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


def _is_told(fault):
    """Whether it is refused in words: an error of the database or values that mean nothing."""
    return fault is None or isinstance(fault, Error) or is_of_the_caller(fault)
