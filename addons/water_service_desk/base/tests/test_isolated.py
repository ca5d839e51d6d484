from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..isolated import FAILED, run_each_isolated, run_isolated


@tagged("post_install", "-at_install")
class TestApart(TransactionCase):
    """One failing row does not stop the others, and leaves nothing."""

    LOG = "odoo.addons.water_service_desk.base.isolated"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("甲", "乙", "丙")
        cls.rows = cls.env["res.partner"].create([{"name": name} for name in names])

    def _greet(self, row, word):
        row.comment = word
        if row.name == "乙":
            with mute_logger("odoo.sql_db"):
                self.env.cr.execute("SELECT 1/0")
        return word

    def test_the_others_go_on(self):
        with self.assertLogs(self.LOG, "ERROR") as logged:
            done = run_each_isolated(self.rows, self._greet, "您好")
        self.assertEqual(done.mapped("name"), ["甲", "丙"])
        self.assertEqual([bool(row.comment) for row in self.rows], [True, False, True])
        (line,) = logged.output
        self.assertIn("_greet", line)
        self.assertIn(str(self.rows[1]), line)

    def test_total(self):
        self.assertEqual(run_isolated(self.rows[0], self._greet, "您好"), "您好")
        with self.assertLogs(self.LOG, "ERROR"):
            self.assertIs(run_isolated(self.rows[1], self._greet, "您好"), FAILED)
