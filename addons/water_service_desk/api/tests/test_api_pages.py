from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiPages(ApiCommon, HttpCase):
    """Odoo's pages of interfaces describe ours to administrators, and lead to no table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "pages_admin", "base.group_user,base.group_system")

    def _page(self, path):
        self.authenticate(self.admin.login, self.admin.login)
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200, answer.text[:300])
        return answer.json()

    def test_described(self):
        page = self._page("/doc/water.api.json")
        self.assertIn("categories", page["methods"])
        self.assertIn("Safe to repeat", page["methods"]["submit"]["doc"])
        for name in ("search", "read", "create", "fetch", "exists", "web_read"):
            self.assertNotIn(name, page["methods"])

    def test_every_method_of_the_contract(self):
        index = {row["model"]: row for row in self._page("/doc/index.json")["models"]}
        rows = self.env["water.api"]
        self.assertEqual(index["water.api"]["methods"], dir(rows))
        self.assertLessEqual({"submit", "submit_batch", "status", "append"}, set(dir(rows)))

    def test_no_rows(self):
        rows = self.env["water.api"].with_user(self.admin)
        for ask in (
            lambda: rows.search([]),
            lambda: rows.search_count([]),
            lambda: rows.search_read([], ["display_name"]),
            lambda: rows.formatted_read_group([], ["id"], ["__count"]),
        ):
            with self.assertRaisesRegex(UserError, "no records"):
                ask()
        for role in ("agent", "manager", "integration"):
            self.assertFalse(rows.with_user(self.users[role]).has_access("read"))
