"""Decisions of two people take two people, for all pairs of roles."""

from itertools import combinations

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .waiting_common import DESK, ROLES, WaitingCommon

MACHINE = f"{DESK}integration"
#: Roles of Odoo's own that people have beside ours, where their apps are installed.
BESIDE = (
    *("account.group_account_invoice", "account.group_account_manager"),
    *("base.group_partner_manager", "base.group_sanitize_override"),
    *("sales_team.group_sale_manager", "project.group_project_manager"),
    *("website.group_website_designer", "survey.group_survey_manager"),
    *("stock.group_stock_manager", "hr.group_hr_manager"),
)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRolePairs(WaitingCommon):
    """One person makes all facts; with each pair of roles that person decides on nothing."""

    # -- identity ---------------------------------------------------------------------------------

    def _roles(self):
        return [*ROLES, MACHINE, *(name for name in BESIDE if self.env.ref(name, False))]

    def _tries(self, login, record, act):
        """The result of a person's attempt, which is rolled back."""
        try:
            with self.tried.attempt():
                act(self._as(login, record))
        except UserError as refusal:
            return type(refusal)
        return None

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_pairs(self):
        duties = self._duties()
        with attempts(self.env) as self.tried:
            for duty, (record, act) in duties.items():
                with self.subTest("another one may", duty=duty):
                    self.assertIsNone(self._tries("other", record, act))
            everything = [tuple(self._roles())]
            for roles in [*combinations(self._roles(), 2), *everything]:
                self._become(roles)
                for duty, (record, act) in duties.items():
                    with self.subTest(duty=duty, roles=roles):
                        self.assertIsNotNone(self._tries("one", record, act))
                self.tried.close()
                self.tried._savepoint = self.env.cr.savepoint()

    def test_customer_and_colleague(self):
        """One login cannot be both customer and staff."""
        for role in self._roles():
            with self.subTest(role), self.assertRaisesRegex(UserError, "exclusive groups"):
                with self.env.cr.savepoint():
                    portal = self.env.ref("base.group_portal")
                    self._become([role])
                    self.one.sudo().write({"group_ids": [Command.link(portal.id)]})
                    self.env.flush_all()
