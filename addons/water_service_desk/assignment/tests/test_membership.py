import re

from odoo.tests import tagged

from ...base.tests.common import WaterCommon

#: Field values used by rules, which invalidate Odoo's caches: ids never change, and roles and
#: companies are among Odoo's own invalidation fields.
FORGOTTEN = {"id", "partner_id", "company_ids", "has_group", "has_groups", "all_group_ids"}
FORGOTTEN |= {"water_department_ids"}


@tagged("post_install", "-at_install")
class TestMembership(WaterCommon):
    """Visibility follows the user's departments at once: rules are cached."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self._dispatch(self.case)

    def _finds(self):
        rows = self._as("department2", self.env["water.dispatch"])
        return bool(rows.search([("inquiry_id", "=", self.case.id)]))

    def test_department_takes_new_member(self):
        """New members see the department's work, former ones no longer."""
        user = self.users["department2"]
        self.assertFalse(self._finds())
        self.net.member_ids += user
        self.assertTrue(self._finds())
        self.net.member_ids -= user
        self.assertFalse(self._finds())

    def test_person_joins_department(self):
        """The same from the person's own form."""
        user = self.users["department2"]
        self.assertFalse(self._finds())
        user.water_department_ids += self.net
        self.assertTrue(self._finds())
        user.water_department_ids -= self.net
        self.assertFalse(self._finds())

    def test_rules_ask_for_what_is_forgotten(self):
        """No rule goes by something of a person whose change leaves it as it was."""
        rules = self.env["ir.rule"].search([("domain_force", "like", "user.")])
        ours = rules.filtered(lambda rule: rule.get_external_id()[rule.id].startswith("water_"))
        self.assertGreater(len(ours), 100)
        asked = {name for rule in ours for name in re.findall(r"\buser\.(\w+)", rule.domain_force)}
        self.assertLessEqual(asked, FORGOTTEN)
        self.assertLessEqual(
            {"company_ids", "water_department_ids"}, self.env.user._get_invalidation_fields()
        )
