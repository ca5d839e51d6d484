from datetime import datetime

from odoo.http import Request, root
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NEW_INQUIRY, InquiryPortalCase

#: Cards of the home page that are ours.
OURS = {"/my/water/new", "/my/requests", "/my/inquiries", "/my/appointments"}


@tagged("post_install", "-at_install")
class TestOthersPages(InquiryPortalCase):
    """Other apps' customers see no message about missing cases."""

    def _cards(self):
        """Addresses of the cards that are shown before any number is known."""
        page = self.page(self.get("/my/home"))
        cards = page.xpath("//div[contains(@class, 'o_portal_index_card')]")
        shown = (card for card in cards if "d-none" not in card.get("class").split())
        return {card.find("a").get("href") for card in shown}

    def test_cards_of_the_home_page(self):
        supplier = self._new_user("supplier", "base.group_portal")
        self.authenticate(supplier.login, supplier.login)
        self.assertEqual(self._cards() & OURS, {"/my/water/new"})
        self.env["water.account"].create(
            {"code": "SUP-1", "address": "东城路 1 号", "partner_id": supplier.partner_id.id}
        )
        self.assertEqual(self._cards() & OURS, OURS)

    def test_nothing_there(self):
        """Said in our words and the reader's language, with the hotline, at our addresses alone."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.water_hotline = "96510"
        self.sign_in("portal1")
        words = {"en_US": ("", "This page is not there"), "zh_CN": ("/zh_CN", "页面不存在")}
        for lang, (before, told) in words.items():
            self.users["portal1"].lang = lang
            for path in ("999999999", "nonsense", "1/nothing", "new/nothing"):
                page = self.get(f"{before}/my/inquiries/{path}")
                with self.subTest(path=path, lang=lang):
                    self.assertEqual(page.status_code, 404)
                    self.assertIn(told, page.text)
                    self.assertIn("96510", page.text)
        self.assertNotIn("96510", self.get("/my/nothing-of-ours").text)

    def test_dates_in_the_zone_of_the_company(self):
        """A customer who names no time zone reads the one by whose clock the company works."""
        berlin = self.env["res.company"].create(
            {"name": "Berliner Wasser", "country_id": self.env.ref("base.de").id}
        )
        berlin.resource_calendar_id.tz = "Europe/Berlin"
        reader = self._new_user("reader", "base.group_portal")
        reader.tz = False
        for company, time in ((berlin, "2026-03-11 17:30"), (self.company, "2026-03-12 00:30")):
            case = self.env["water.inquiry"].with_user(reader).sudo()
            case = case.new({"company_id": company.id})
            self.assertTrue(case._portal_time(datetime(2026, 3, 11, 16, 30)).startswith(time))

    def test_sign_in_and_security(self):
        """The page is called as the card that leads to it, in either language."""
        for lang, words in (("en_US", "Sign-in and security"), ("zh_CN", "登录与安全")):
            self.env["res.lang"]._activate_lang(lang)
            self.users["portal1"].lang = lang
            self.sign_in()
            page = self.page(self.get("/my/security"))
            self.assertEqual([node.text_content().strip() for node in page.xpath("//h3")], [words])

    def test_another_person_on_the_same_browser(self):
        """Another user signing in finds nothing of the form."""
        self.sign_in("portal1")
        typed = self._values(description="只有我知道的事", phone="1")
        typed["csrf_token"] = Request.csrf_token(self)
        refused = self.url_open(NEW_INQUIRY, data=typed, allow_redirects=False)
        address = refused.headers["Location"]
        self.assertIn("只有我知道的事", self.get(address).text)
        session, other = self.session, self.users["portal2"]
        session.uid, session.login = other.id, other.login
        session.session_token = other._compute_session_token(session.sid)
        root.session_store.save(session)
        page = self.get(address)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("只有我知道的事", page.text)


@tagged("post_install", "-at_install")
class TestFormOfAnEndedSession(InquiryPortalCase):
    """Typed text is found again after a new sign-in."""

    def test_led_back(self):
        """After signing in again beside an open form, it returns with its category."""
        self.sign_in()
        address = f"{NEW_INQUIRY}?category_id={self._category('gn').id}"
        form = self.page(self.get(address)).xpath("//form[@data-draft='inquiry_new']")[0]
        self.assertEqual(form.get("action"), address)
        referer = {"Referer": f"{self.base_url()}{address}"}
        with mute_logger("odoo.http"):
            page = self.page(self.url_open(address, self._values(), headers=referer))
            self.assertEqual(page.xpath("//main//a[hasclass('btn-primary')]/@href"), [address])
            self.assertIn("was not sent", page.text_content())
            for stranger in ("https://evil.example/x", f"{self.base_url()}.evil.example/x"):
                other = self.url_open(address, self._values(), headers={"Referer": stranger})
                self.assertNotIn("evil", other.text)
        self.authenticate(None, None)
        form = self.url_open(form.get("action"), {"description": "x"}, allow_redirects=False)
        self.assertIn("category_id", form.headers["Location"])
