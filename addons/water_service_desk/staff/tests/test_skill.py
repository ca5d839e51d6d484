from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestSkill(WaterCommon):
    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.skill = cls.env["water.skill"].create(
            {"name": "水质", "code": "T-WQ", "validity_months": 12}
        )
        cls.category = cls._category("gn")
        cls.category.write({"skill_id": cls.skill.id, "skill_rule": "warn"})

    def _exam(self, login, **values):
        values = {"user_id": self.users[login].id, "skill_id": self.skill.id, **values}
        rows = self._as("quality", self.env["water.skill.user"])
        return rows.create(values).with_env(self.env)

    def test_validity_comes_from_the_skill(self):
        row = self._exam("agent", exam_on="2026-01-31")
        self.assertEqual(fields.Date.to_string(row.valid_to), "2027-01-31")
        for end, valid in (("2026-03-10", False), ("2026-03-11", True), (False, True)):
            row.valid_to = end
            with self.subTest(end=end):
                self.assertEqual(row.is_valid, valid)
                found = row.search([("id", "=", row.id), ("is_valid", "=", True)])
                self.assertEqual(bool(found), valid)
        row.is_passed = False
        self.assertFalse(row.is_valid)

    def test_a_skill_for_longer_than_anybody_lives(self):
        """Refused at the skill: the day of each exam would be counted out of the calendar."""
        self.skill.validity_months = 1200
        self.assertEqual(self._exam("agent", exam_on="2026-01-31").valid_to.year, 2126)
        for months in (1201, 10**9):
            with self.subTest(months=months), self.assertRefused("1200 at most", self.skill):
                self.skill.validity_months = months

    def test_users_cannot_certify_themselves(self):
        with self.assertRaisesRegex(AccessError, "certify your own work"):
            self._exam("quality")
        row = self._as("supervisor", self.env["water.skill.user"]).create(
            {"user_id": self.users["quality"].id, "skill_id": self.skill.id}
        )
        mine = self._as("quality", row)
        for values in ({"valid_to": "2099-01-01"}, {"user_id": self.users["agent"].id}):
            with self.assertRaises(AccessError):
                mine.write(values)
        other = self._exam("agent")
        with self.assertRaises(AccessError):
            self._as("quality", other).user_id = self.users["quality"]

    def test_warning_at_assignment(self):
        case = self._inquiry()
        with Form(self._as("supervisor", case)) as form:
            form.user_id = self.users["agent2"]
            self.assertIn("has no valid “水质”", form.skill_warning)
        self.assertEqual(case.user_id, self.users["agent2"])  # a warning, no refusal
        self._exam("agent2")
        case.invalidate_recordset()
        self.assertFalse(self._as("supervisor", case).skill_warning)

    def test_strict_category_is_not_assigned(self):
        self.category.skill_rule = "block"
        case = self._inquiry()  # registering is no handling
        self.assertEqual(case.user_id, self.users["agent"])
        expired = self._exam("agent2", exam_on="2024-01-01")
        agent2 = self.users["agent2"]
        for call in (
            lambda: self._as("agent", case).write({"user_id": agent2.id}),
            lambda: acts.hand_over(self._as("supervisor", case), agent2, "轮班"),
        ):
            with self.assertRaisesRegex(UserError, "has no valid “水质”"):
                call()
        expired.valid_to = "2026-12-31"
        acts.hand_over(self._as("supervisor", case), agent2, "轮班")
        self.assertEqual(case.user_id, agent2)

    def test_strict_category_is_not_accepted_by_the_unskilled(self):
        self.category.skill_rule = "block"
        dispatch = self._dispatch(self._inquiry())
        with self.assertRaisesRegex(UserError, "has no valid"), self.env.cr.savepoint():
            self._as("department", dispatch).action_accept()
        self._exam("department")
        dispatch.invalidate_recordset()
        self._as("department", dispatch).action_accept()
        self.assertEqual(dispatch.state, "accepted")

    def test_family_asks_for_its_categories(self):
        self.category.write({"skill_id": False, "skill_rule": "warn"})
        self._category("wq01").skill_id = False
        family = self._category("wq01").parent_id
        family.write({"skill_id": self.skill.id, "skill_rule": "block"})
        self.assertEqual(self._category("wq01")._skill_source(), family)
        self.assertEqual(self._category("wq01")._required_skills(), self.skill)
        case = self._inquiry(category_id=self._category("wq01").id)
        with self.assertRefused("has no valid “水质”", case):
            self._as("agent", case).user_id = self.users["agent2"]

    def _mails(self, login):
        partner = self.users[login].partner_id
        return self.env["mail.message"].search_count([("partner_ids", "=", partner.id)])

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_skills").method_direct_trigger()

    def test_reminded_once_before_the_end(self):
        self.net.manager_id = self.users["department2"]
        row = self._exam("department", valid_to="2026-04-30")
        renewed = self._exam("agent", valid_to="2026-04-30")
        self._exam("agent", valid_to="2027-04-30")
        people = ("department", "department2", "agent")
        heard = [self._mails(login) for login in people]
        for day, told in (("2026-03-30", (0, 0, 0)), ("2026-03-31", (1, 1, 0))):
            with freeze_time(f"{day} 02:00:00"), self.subTest(day=day):
                for __ in range(2):
                    self._cron()
                now = [self._mails(login) for login in people]
                self.assertEqual([n - h for n, h in zip(now, heard, strict=True)], list(told))
        self.assertTrue(row.reminded_on and renewed.reminded_on)

    def test_visibility_by_role(self):
        self.net.manager_id = self.users["department2"]
        row = self._exam("department")
        for login, seen in (
            ("department", True),
            ("department2", True),
            ("quality", True),
            ("supervisor", True),
            ("agent", False),
            ("foreign", False),
        ):
            found = self._as(login, row).search([("id", "=", row.id)])
            self.assertEqual(bool(found), seen, login)

    def test_warning_costs_the_same_for_one_and_many(self):
        cases = self.env["water.inquiry"].union(*(self._inquiry() for __ in range(6)))
        counts = []
        for some in (cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as("agent", some).mapped("skill_warning")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
