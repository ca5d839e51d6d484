from odoo.tests import tagged

from .common import SchemeCommon


@tagged("post_install", "-at_install")
class TestSchemeHistory(SchemeCommon):
    """Which scheme of compensation a company had, and at which rate."""

    def test_which_scheme_held_stays_known(self):
        """Changes with user and values; irrelevant fields are left out."""
        history = self.env["water.setting.change"]
        before = history._of(self.company)
        mine = self.company.with_user(self.users["manager"]).sudo()
        mine.write({"water_compensation_rate": 9.2, "name": "东城供水"})
        mine.water_compensation_rate = 9.2  # as it is
        mine.email = "water@example.com"
        [row] = history._of(self.company) - before
        self.assertEqual(row.values, {"water_compensation_rate": [1.0, 9.2]})
        self.assertEqual((row.user_id, row.kind), (self.users["manager"], "changed"))
        mine.water_compensation_profile_id = False
        self.assertEqual(
            history._of(self.company)[-1:].values,
            {"water_compensation_profile_id": [self._profile().id, False]},
        )

    def _profile(self):
        return self.env.ref(f"water_compensation.compensation_profile_{self.PROFILE}")
