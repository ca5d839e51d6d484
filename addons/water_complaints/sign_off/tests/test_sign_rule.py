from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSignRule(ComplaintCommon):
    """Authors cannot remove the signature rule from their own text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["water.sign.rule"]
        cls.rule = cls.rules.create({"name": "答复", "what": "answer"})
        cls.users["manager2"] = cls._new_user("manager2", "water_service_desk.group_manager")

    def _changes(self):
        return self.env["water.setting.change"]._of(self.rule).filtered("user_id")

    def _written(self):
        case = self._inquiry()
        self._as("manager", case).answer = "每年 220 立方米。"
        return case

    def _asks(self, case):
        rule = self.rules._rule_for(case, "answer")
        return rule and rule._signers(case)

    def test_no_rule_is_taken_away_by_one(self):
        """Archived, narrowed, moved, reordered, deleted: it stops applying at once."""
        case, mine = self._written(), self._as("manager", self.rule)
        friend = {"name": "T", "sequence": 1, "signer": "person"}
        for change in (
            lambda: mine.write({"active": False}),
            lambda: mine.write({"what": "order"}),
            lambda: mine.write({"severity": "emergency"}),
            lambda: mine.write({"channel_ids": [Command.link(self._channel("letter").id)]}),
            lambda: mine.write({"deputy_ids": [Command.link(self.users["agent2"].id)]}),
            lambda: self._as("manager", self.rules).create(
                {**friend, "person_id": self.users["agent2"].id}
            ),
        ):
            with self.env.cr.savepoint() as point:
                change()
                self.env.flush_all()
                with self.assertRefused("have it signed first, by the rule “答复”", case):
                    self._as("manager", case).action_answer_and_close()
                self.assertNotIn(self.users["agent2"], self._asks(case))
                point.rollback()
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_another_manager_confirms(self):
        """Then it holds; until then the old rule holds, and signed letters stay signed."""
        case = self._written()
        self._as("manager", self.rule).active = False
        change = self._changes()[-1:]
        self.assertEqual((change.state, change.user_id), ("waiting", self.users["manager"]))
        self.assertTrue(self.rule.has_waiting)
        for login in ("manager", "supervisor", "agent"):
            with self.assertRaises(AccessError):
                self._as(login, change).action_approve()
        self._as("manager", case).action_ask_signature()
        row = self.env["water.sign.off"].search([], limit=1)
        self.assertEqual(row.rule_id, self.rule)
        self._as("manager2", change).action_approve()
        self.assertFalse(self._asks(case))
        self._as("manager", case).action_answer_and_close()
        self.assertEqual(case.state, "closed")

    def test_waits_on_other_managers_home_page(self):
        self._as("manager", self.rule).active = False
        row = {
            "id": self._changes()[-1:].id,
            "text": "Active: Yes → No",
            "accept": "action_approve",
        }
        for login, expected in (("manager2", [row]), ("manager", [])):
            sections = self._as(login, self.env["water.home.item"]).home()["sections"]
            rows = next(part["rows"] for part in sections if part["key"] == "decide")
            mine = [found for found in rows if found["model"] == "water.setting.change"]
            self.assertEqual([{name: found[name] for name in row} for found in mine], expected)

    def test_a_new_rule_is_told_by_what_it_says(self):
        rule = self._as("manager", self.rules).create({"name": "T", "signer": "manager"})
        text = self.env["water.setting.change"]._of(rule).text
        self.assertIn("Who Signs: – → Managers", text)
        self.assertNotIn("– → –", text)
        self.assertNotIn("Severity", text)

    def test_refused(self):
        """It has its former value again."""
        mine = self._as("manager", self.rule)
        mine.write({"active": False, "signer": "manager"})
        acts.refuse(self._as("manager2", self._changes()[-1:]), "还没有人手")
        self.assertEqual((self.rule.active, self.rule.signer), (True, "supervisor"))
        self.assertFalse(self.rule.has_waiting)

    def test_a_manager_alone(self):
        """If no one else can confirm it, it applies at once and appears in the history."""
        others = self.env.ref("water_service_desk.group_manager").all_user_ids
        (others - self.users["manager"]).write({"active": False})
        self._as("manager", self.rule).active = False
        self.assertEqual(self._changes()[-1:].state, "done")
        self.assertFalse(self._asks(self._written()))
