import ast
import inspect
from textwrap import dedent

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.attempts import attempts

from ..complaint.tests.common import ComplaintCommon
from .public_methods import OPENS, PUBLIC
from .public_records import GIVEN, PublicRecords
from .test_module import is_ours

#: As whom a method is tried, until one may: the system first, which few guards refuse.
LOGINS = ("su", "agent", "department", "supervisor", "quality", "manager", "finance")
#: Of records that no step makes: a letter that was never sent, a sheet closed without its file.
UNLAWFUL = ("water.delivery.wizard", "water.kpi.line")


@tagged("post_install", "-at_install")
class TestAnswers(PublicRecords, ComplaintCommon):
    """What a public method answers can be sent to whoever asks, and opens what it says.

    XML-RPC has no word for nothing: the step is done, and its caller is told of an error.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_records()

    def test_no_method_ends_without_an_answer(self):
        silent = set()
        for model, methods in PUBLIC.items():
            for cls in filter(is_ours, type(self.env[model]).mro()):
                for name in methods.keys() & vars(cls).keys():
                    method = ast.parse(dedent(inspect.getsource(vars(cls)[name]))).body[0]
                    returns = [node for node in ast.walk(method) if isinstance(node, ast.Return)]
                    ends = isinstance(method.body[-1], ast.Return | ast.Raise)
                    if not ends or any(node.value is None for node in returns):
                        silent.add(f"{cls.__module__}.{cls.__name__}.{name}")
        self.assertFalse(silent)

    def _answer(self, record, method, given):
        """``(login, what he gets)`` of the first who may call it; it is taken back."""
        for login in LOGINS:
            call = getattr(self._as(login, record), method)
            try:
                inspect.signature(call).bind(*given)
            except TypeError:  # needs more than the fixture knows
                return None
            try:
                with attempts(self.env) as tried, tried.attempt():
                    return login, call(*given)
            except (UserError, IntegrityError):  # a dialog that nobody has filled in
                continue
        return None

    @mute_logger("odoo.sql_db")
    def test_every_method_answers(self):
        """Whatever is called on the records of the fixture that have it."""
        answered = set()
        for model, methods in PUBLIC.items():
            if model in UNLAWFUL:
                continue
            records = list(self._carriers(model)) or self._stand_ins(model)
            for method, guard in methods.items():
                given = GIVEN.get((model, method), ())
                for record in records:
                    with self.subTest(record=record, method=method):
                        if found := self._answer(record, method, given):
                            answered.add((model, method))
                            self._check_answer(*found, method, guard)
        self.assertGreater(len(answered), 100)

    def _check_answer(self, login, answer, method, guard):
        self.assertIsNotNone(answer, login)
        is_step = method.startswith("action_") and not method.startswith("action_open")
        if guard != OPENS and is_step:  # of what is not there nothing is opened
            self.assertIsNot(answer, False, "a step that was taken says so")
        if guard == OPENS and answer:
            self.assertTrue(answer["type"].startswith("ir.actions."), answer["type"])
            self.assertIn(answer.get("res_model", "base"), self.env)
