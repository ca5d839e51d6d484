import ast
import inspect
from operator import methodcaller
from textwrap import dedent

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.attempts import attempts

from .approved import Approved
from .public_records import GIVEN, PublicRecords, is_ours, lines_of

#: As whom a method is tried, until one may: the system first, which few guards refuse.
LOGINS = ("su", "agent", "department", "supervisor", "quality", "manager", "finance")
#: records that no step makes: an unsent letter, a sheet closed without its file
UNLAWFUL = ("water.delivery.wizard", "water.kpi.line")


@tagged("post_install", "-at_install")
class TestAnswers(Approved, PublicRecords, ComplaintCommon):
    """Answers of public methods can be serialised, and open what they announce.

    XML-RPC cannot send None: the step is done, and the caller gets an error.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_records()

    def test_no_method_ends_without_an_answer(self):
        silent = set()
        for model, methods in self._public_methods().items():
            for cls in filter(is_ours, type(self.env[model]).mro()):
                for name in vars(cls).keys() & methods:
                    method = ast.parse(dedent(inspect.getsource(vars(cls)[name]))).body[0]
                    returns = [node for node in ast.walk(method) if isinstance(node, ast.Return)]
                    ends = isinstance(method.body[-1], ast.Return | ast.Raise)
                    if not ends or any(node.value is None for node in returns):
                        silent.add(f"{cls.__module__}.{cls.__name__}.{name}")
        self.assertFalse(silent)

    def _first(self, record, call):
        """``(login, answer)`` of the first permitted user; rolled back."""
        for login in LOGINS:
            try:
                with attempts(self.env) as tried, tried.attempt():
                    return login, call(self._as(login, record))
            except (UserError, IntegrityError):  # an empty dialog
                continue
        return None

    @mute_logger("odoo.sql_db")
    def test_created_and_removed_are_reported(self):
        """With any values that rooms put around it."""
        for (model, situation), record in self.records.items():
            if situation not in ("own", "other") or not record._auto:
                continue
            for name, call in (
                ("write", lambda row, vals=self.writes[model]: row.write(dict(vals))),
                ("unlink", lambda row: row.unlink()),
            ):
                found = self._first(record, call)
                if found:
                    with self.subTest(record=record, name=name, login=found[0]):
                        self.assertIs(found[1], True)

    @mute_logger("odoo.sql_db")
    def test_every_method_answers(self):
        """Each method is called on the fixture's records that have it."""
        found = {}
        for model, methods in self._public_methods().items():
            if model in UNLAWFUL:
                continue
            records = list(self._carriers(model)) or self._stand_ins(model)
            for method in methods:
                if not self._can_be_called(model, method):
                    continue
                given, kinds = GIVEN.get((model, method), ()), set()
                for record in records:
                    with self.subTest(record=record, method=method):
                        if answer := self._first(record, methodcaller(method, *given)):
                            kinds.add(self._kind(*answer))
                found[model, method] = "+".join(sorted(kinds)) or "to nobody"
        self.assertApproved("answers", lines_of(found))

    def _can_be_called(self, model, method):
        """Whether the fixture knows all that it takes."""
        signature = inspect.signature(getattr(self.env[model], method))
        try:
            signature.bind(*GIVEN.get((model, method), ()))
        except TypeError:
            return False
        return True

    def _kind(self, login, answer):
        self.assertIsNotNone(answer, login)
        if isinstance(answer, bool):
            return str(answer).lower()
        if not (isinstance(answer, dict) and "type" in answer):
            return "data"
        self.assertTrue(answer["type"].startswith("ir.actions."), answer["type"])
        self.assertIn(answer.get("res_model") or "base", self.env)
        return answer["type"].removeprefix("ir.actions.")
