"""Limits hold for all workers at once."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...base.tests.common import WaterCommon

KIND, WHO = "test_turn", "18s93"


@tagged("post_install", "-at_install")
class TestAttempt(WaterCommon):
    def setUp(self):
        super().setUp()
        keys = patch.object(type(self.env["water.attempt"]), "_secrets", lambda rows: ["a", "b"])
        self.enterContext(keys)
        self.workers = [self._worker() for _number in range(2)]

    def _worker(self):
        """The attempts as another process sees them: what it does is really kept."""
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        attempts = api.Environment(cr, SUPERUSER_ID, {})["water.attempt"]
        self.addCleanup(cr.commit)
        keys = attempts._keys(KIND, WHO)
        self.addCleanup(cr.execute, "DELETE FROM water_attempt WHERE key IN %s", (tuple(keys),))
        self.addCleanup(cr.rollback)
        return attempts

    @mute_logger("odoo.sql_db")
    def test_turns(self):
        """The slower one restarts, and sees the first one's count."""
        first, second = self.workers
        self.assertFalse(second._is_over(KIND, WHO, 1))
        first._turn(KIND, WHO)
        self.assertTrue(first._take(KIND, WHO, 1))
        first.env.cr.commit()
        with self.assertRaises(SerializationFailure):
            second._turn(KIND, WHO)
        second.env.cr.rollback()
        second._turn(KIND, WHO)
        self.assertFalse(second._take(KIND, WHO, 1))
