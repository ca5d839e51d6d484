"""Valid keys, and the limit of failed attempts."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...base.roles import INTEGRATION
from ...base.tests.common import WaterCommon
from ...intake.filing import TooManyError


@tagged("post_install", "-at_install")
class TestKeys(WaterCommon):
    """The key ends with its integration, in any order of events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine = cls.users["integration"]
        cls.role = cls.env.ref(INTEGRATION)
        cls.keys = cls.env["res.users.apikeys"]

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())

    def _key(self, user):
        return self.keys.with_user(user).sudo()._generate("rpc", "test", None)

    def _works(self, key):
        self.env.flush_all()
        return bool(self.keys._check_credentials(scope="rpc", key=key))

    def test_taken_and_given_back(self):
        """Switched off and on; without its role and with it; by the user and by the role."""
        back = Command.link(self.role.id)
        for way, taken, given in (
            ("switched off", {"active": False}, {"active": True}),
            ("role", {"group_ids": [Command.unlink(self.role.id)]}, {"group_ids": [back]}),
        ):
            key = self._key(self.machine)
            with self.subTest(way):
                self.assertTrue(self._works(key))
                self.machine.write(taken)
                self.assertFalse(self._works(key))
                self.machine.write(given)
                self.assertFalse(self._works(key))
        key = self._key(self.machine)
        self.role.write({"user_ids": [Command.unlink(self.machine.id)]})
        self.assertFalse(self._works(key))

    def test_previous_time(self):
        """One that was switched off before keys ended with it gets no old key back."""
        key = self._key(self.machine)
        self.env.cr.execute("UPDATE res_users SET active = false WHERE id = %s", [self.machine.id])
        self.machine.invalidate_recordset()
        self.machine.active = True
        self.assertFalse(self._works(key))

    def test_no_change(self):
        """A machine that goes on working keeps its key, and so do people with keys of their own."""
        key, own = self._key(self.machine), self._key(self.users["agent"])
        self.machine.write({"active": True, "name": "Hotline", "group_ids": []})
        self.users["agent"].active = False
        self.users["agent"].active = True
        self.assertTrue(self._works(key))
        self.assertTrue(self._works(own))

    def test_receipts_that_are_guessed(self):
        """Invalid message numbers count as calls, up to the limit."""
        self.env.company.water_api_limit = 1
        calls = self.env["water.api.call"]
        report = self.env["water.message"].with_user(self.machine).report_delivery
        for number in ("1", "\x00", "\ud800", ["1"], {"a": 1}, None):
            with patch.object(type(calls), "_count") as counted:
                with self.assertRaisesRegex(UserError, "No message"):
                    report(number)
                counted.assert_called_once_with("report_delivery")
        # in a test the count is undone with the call that is refused, so one is counted here
        calls.create({"user_id": self.machine.id, "method": "x", "at": fields.Datetime.now()})
        with self.assertRaises(TooManyError):
            report("2")
