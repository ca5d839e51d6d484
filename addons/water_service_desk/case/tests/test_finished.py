from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestFinished(WaterCommon):
    """A finished case is read-only for every method (S3.1.3)."""

    def _closed(self):
        case = self._inquiry(answer="从220立方米开始")
        work = self._as("agent", case)
        work.action_answer()
        work.action_close()
        return case

    def test_facts_stay(self):
        case = self._closed()
        facts = {
            "subject": "x",
            "description": "x",
            "phone": "13800138000",
            "address": "x",
            "category_id": self._category("bl01").id,
            "user_id": self.users["agent2"].id,
            "promised_due_at": case.received_at,
        }
        for login in ("agent", "supervisor", "manager"):
            for name, value in facts.items():
                with self.subTest(login=login, name=name):
                    with self.assertRefused("is finished", case):
                        self._as(login, case).write({name: value})

    def test_unchanged_answer_is_returned(self):
        case = self._closed()
        same = {"subject": case.subject, "answer": case.answer, "category_id": case.category_id.id}
        self.assertTrue(self._as("agent", case).write({**same, "account_id": False}))

    def test_not_among_others_either(self):
        """If one of several is finished, none is written."""
        case, other = self._closed(), self._inquiry()
        with self.assertRefused(f"{case.name} is finished", case | other):
            self._as("agent", other | case).write({"subject": "x"})

    def test_obliged_person_reopens(self):
        case = self._closed()
        self._as("quality", case).action_reopen()
        work = self._as("agent", case)
        work.subject = "阶梯水价"
        self.assertEqual(case.subject, "阶梯水价")
        work.write({"state": "withdrawn", "end_reason": "客户撤回"})
        with self.assertRefused("is finished", case):
            work.subject = "x"
