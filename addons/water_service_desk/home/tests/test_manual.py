"""The question mark at the top leads to the manual, where there is one."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestManual(WaterCommon):
    def _manual(self, login):
        return self._as(login, self.env["res.users"]).browse(self.users[login].id)._water_manual()

    def test_without_an_address_there_is_no_mark(self):
        self.env.company.water_manual_url = False
        self.assertFalse(self._manual("agent"))

    def test_each_role_has_its_chapter_in_its_language(self):
        self.env.company.water_manual_url = "https://help.example.com"
        for login in ("agent", "department", "supervisor", "quality", "manager"):
            with self.subTest(login=login):
                self.users[login].lang = "en_US"
                wanted = {"url": "https://help.example.com/en/", "role": f"roles/{login}/"}
                self.assertEqual(self._manual(login), wanted)
        self.users["agent"].lang = "zh_CN"
        self.assertEqual(self._manual("agent")["url"], "https://help.example.com/")

    def test_customers_have_none(self):
        self.env.company.water_manual_url = "/manual/"
        self.assertFalse(self._manual("portal1"))
        self.assertEqual(self._manual("plain")["role"], "")

    def test_an_address_is_a_page_and_no_program(self):
        for url in ("javascript:alert(1)", "//other.example.com", "help", "https://", "data:x"):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.env.company.water_manual_url = url
        for url in ("https://help.example.com/", "http://localhost:8070", "/manual/", False):
            self.env.company.water_manual_url = url
