from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalAddress(PortalCase):
    """Odoo's address form with hostile values."""

    def _sent(self, files=None, **fields):
        self.sign_in()
        fields["csrf_token"] = Request.csrf_token(self)
        return self.url_open("/my/address/submit", data=fields, files=files)

    @mute_logger("odoo.http")
    def test_rubbish_is_refused(self):
        """Invalid numbers and ticks are refused with a page that says so."""
        for rubbish in (
            {"country_id": "²"},
            {"partner_id": "²"},
            {"partner_id": "x"},
            {"use_delivery_as_billing": "²"},
        ):
            with self.subTest(**rubbish):
                self.assertEqual(self._sent(**rubbish).status_code, 400)
        answer = self.url_open("/my/address?partner_id=x")
        self.assertEqual(answer.status_code, 400)

    def test_no_context_of_a_form(self):
        answer = self._sent(context="²")
        self.assertIn("name", answer.json()["invalid_fields"])

    def test_checks_are_not_skipped(self):
        """Odoo's form skips them if one word is added to the values."""
        before = self.env["res.partner"].search_count([])
        answer = self._sent(verify_address_values="")
        self.assertIn("name", answer.json()["invalid_fields"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_part_without_a_name(self):
        self.assertEqual(self._sent(files={"": b"x"}).status_code, 200)

    def test_questions_to_household(self):
        """Neither company nor VAT number; a company is asked for both."""
        self.sign_in()
        names = self.page(self.get("/my/account")).xpath("//form//input/@name")
        self.assertIn("street", names)
        self.assertFalse({"company_name", "vat"} & set(names))
        person = self.users["portal1"].partner_id
        answer = self._sent(
            partner_id=person.id,
            address_type="billing",
            name=person.name,
            email="zhang@example.com",
            phone="13812345678",
            street="东城路 8 号",
            city="清河市",
            zip="430000",
            country_id=self.env.ref("base.cn").id,
        )
        self.assertFalse(answer.json().get("invalid_fields"), answer.text)
        self.assertEqual(person.street, "东城路 8 号")
        person.is_company = True
        names = self.page(self.get("/my/account")).xpath("//form//input/@name")
        self.assertLessEqual({"company_name", "vat"}, set(names))

    def test_requirements_of_letters_and_calls(self):
        """Limited length and a callable number; existing values may stay."""
        self.sign_in()
        person = self.users["portal1"].partner_id
        person.write({"phone": "ask at the gate", "street": "路" * 400})
        whole = {
            "partner_id": person.id,
            "address_type": "billing",
            "name": person.name,
            "email": "zhang@example.com",
            "phone": person.phone,
            "street": person.street,
            "zip": "430000",
            "city": "清河市",
            "country_id": self.env.ref("base.cn").id,
        }
        for wrong in (
            {"name": "王" * 201},
            {"email": f"{'x' * 200}@example.com"},
            {"street": "路" * 301},
            {"city": "市" * 101},
            {"zip": "4" * 21},
            {"phone": "12"},
            {"phone": f"13812345678{' ' * 40}9"},
        ):
            told = self._sent(**{**whole, **wrong}).json()
            with self.subTest(**wrong):
                self.assertEqual(told.get("invalid_fields"), list(wrong))
                self.assertTrue(told["messages"])
        told = self._sent(**whole)
        self.assertFalse(told.json().get("invalid_fields"), told.text)
        self.assertEqual(person.email, "zhang@example.com")

    def test_regions(self):
        """In Chinese they are called as mainland China calls them."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang, name in (("zh_CN", "中国台湾"), ("en_US", "Taiwan")):
            self.opener.cookies.clear()
            self.sign_in()
            self.opener.cookies.set("frontend_lang", lang)
            page = self.page(self.url_open("/my/account"))
            (option,) = page.xpath("//option[@code='TW']")
            with self.subTest(lang):
                self.assertEqual(option.text.strip(), name)
