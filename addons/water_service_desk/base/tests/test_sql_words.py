from contextlib import ExitStack
from unittest.mock import patch

from psycopg2.errors import CheckViolation, SerializationFailure

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import WaterPeople

#: words of the database that no user reads
SQL_WORDS = "violates|constraint|relation|serialize|null value|column|psycopg|DETAIL|Unknown"


@tagged("post_install", "-at_install")
class TestSqlWords(WaterPeople, HttpCase):
    """The words of the database never reach a user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def _clashing(self, model):
        """Authors are told of a concurrent change."""

        class Clash(SerializationFailure):
            pgcode = "40001"

        def write(records, vals):
            raise Clash("could not serialize access due to concurrent update")

        stack = ExitStack()
        stack.enter_context(patch.object(self.env.registry[model], "write", write))
        stack.enter_context(patch("time.sleep"))
        return stack

    def _error(self, model, method, *args):
        self.authenticate("water_manager", "water_manager")
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        with mute_logger("odoo.sql_db", "odoo.http", "odoo.service.model"):
            answer = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw/{model}/{method}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
            )
        return answer.json()["error"]["data"]

    def _refused(self, model, method, *args):
        """The web client's display of a failed call."""
        error = self._error(model, method, *args)
        self.assertTrue(error["name"].startswith("odoo.exceptions."), error["name"])
        self.assertNotRegex(error["message"], f"(?i){SQL_WORDS}")
        return error["message"]

    def test_missing(self):
        message = self._refused("water.zone", "create", [{"code": "Z9"}])
        self.assertIn("“Name” is missing. Your change was not saved.", message)

    def test_twice(self):
        zone = self.env["water.zone"].create({"name": "东区", "code": "Z8"})
        message = self._refused("water.zone", "create", [{"name": "西区", "code": zone.code}])
        self.assertNotIn("Z8)", message)

    def test_still_used(self):
        department = self.net
        message = self._refused("water.department", "unlink", department.ids)
        self.assertIn("still used", message)
        self.assertTrue(department.exists())

    def test_no_such_number(self):
        message = self._refused(
            "water.zone", "create", [{"name": "东区", "code": "Z7", "company_id": 2**40}]
        )
        self.assertIn("Your change was not saved.", message)

    def test_half_a_sign(self):
        """JSON values that databases cannot store are refused with a message, in Odoo's models
        too.
        """
        half = {"name": "\ud800", "code": "Z5"}
        for model, method, args in (
            ("water.zone", "create", [[half]]),
            ("water.zone", "search", [[("no\ud800", "=", 1)]]),
            ("res.partner", "create", [[{"name": "\ud800"}]]),
        ):
            with self.subTest(model=model, method=method):
                error = self._error(model, method, *args)
                self.assertNotRegex(error["message"], f"(?i){SQL_WORDS}|codec")

    def test_two_at_once(self):
        with self._clashing("water.zone"):
            zone = self.env["water.zone"].search([], limit=1)
            message = self._refused("water.zone", "write", zone.ids, {"name": "北区"})
        self.assertIn("A colleague was changing the same", message)

    def test_models_of_others_answer_as_without_us(self):
        self.users["manager"].group_ids += self.env.ref("base.group_system")
        error = self._error("res.bank", "create", [{}])
        self.assertIn("mandatory field", error["message"])
        with self._clashing("res.bank"):
            error = self._error("res.bank", "write", [1], {"name": "北行"})
        self.assertIn("could not serialize access", error["message"])

    def test_a_check_without_words(self):
        """Unknown constraints give a message without database text."""
        error = CheckViolation('new row for relation "x" violates check "y"')
        text = self.env["water.zone"]._sql_error_to_message_generic(error)
        self.assertEqual(text, "These values do not go together. Your change was not saved.")

    def test_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.users["manager"].lang = "zh_CN"
        message = self._refused("water.zone", "create", [{"code": "Z6"}])
        self.assertIn("尚未填写", message)
