"""The first page, the search from the problem to the form, answers and guides, and their weight."""

import gzip
import re
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local, speak_chinese
from .common import REPORT, PublicCase

#: maximal weight of a page with all it loads, and number of files
BYTES, PIECES = 150 * 1024, 6
#: loaded before the first text appears
BLOCKING = 42 * 1024


@tagged("post_install", "-at_install")
class TestFront(PublicCase):
    def matters(self, text, url=REPORT):
        """{matter: its ways} of a search."""
        page = self.page(self.visit(url, params={"q": text}))
        items = page.xpath("//section[@aria-label='Found']//li[a[contains(@class, 'd-block')]]")
        return [item.xpath(".//a/@href") for item in items]

    # -- first page ---------------------------------------------------------------------------

    def test_first_page(self):
        page = self.visit("/water")
        self.assertStatus(page, 200)
        self.assertIn("tel:96510", page.text)
        self.assertTrue(self.page(page).xpath("//form[@role='search']"))

    def test_way_in(self):
        """In the language chosen on earlier pages, regardless of the browser's."""
        for code, lang, browser in (("zh_CN", "zh-CN", "en"), ("en_US", "en-US", "zh-CN")):
            self.opener.cookies.set("frontend_lang", code)
            page = self.page(self.get("/web/login", headers={"Accept-Language": browser}))
            self.assertEqual(page.get("lang"), lang)

    def test_root(self):
        """Strangers and customers land on it, staff where they always did."""
        if "website" in self.env:
            self.skipTest("/ is the website's")
        self.assertLocation(self.get("/"), "/water")
        self.sign_in("portal1")
        self.assertLocation(self.get("/"), "/water")
        self.sign_in("agent")
        self.assertNotIn("/water", self.get("/").headers.get("Location", ""))
        self.stranger()
        self.company.water_front_open = False
        self.assertNotIn("/water", self.get("/").headers.get("Location", ""))

    def test_other_kinds(self):
        """Visitors without a matching category are led to the other types, not to the same page."""
        ways = {kind: f"{REPORT}/{kind}" for kind in ("repair", "inquiry")}
        for path in ways.values():
            links = self.page(self.visit(path)).xpath("//div[@id='water_other_kinds']//a/@href")
            self.assertNotIn(path, links)
            self.assertLess(set(ways.values()) - {path}, set(links))

    # -- the problem first --------------------------------------------------------------------

    def test_everyday_words(self):
        """The best matter comes first, with the form that fits it."""
        for text, code, path in (
            ("水发黄", "wq01", f"{REPORT}/repair"),
            ("yellow water", "wq01", f"{REPORT}/repair"),
            ("电子发票怎么开", "bl05", f"{REPORT}/inquiry"),
            ("我要表扬", "pr99", f"{REPORT}/inquiry"),
            ("水表不准想校表", "mt01", "/my/requests/new?type=business"),
        ):
            first = self.matters(text)[0]
            with self.subTest(text):
                self.assertTrue(first[0].endswith(f"={self._category(code).id}"), first)
                self.assertTrue(first[0].startswith(path), first)
        self.assertEqual(self.matters("zzzz"), [])
        self.assertStatus(self.visit(REPORT, params={"q": "'; DROP %"}), 200)

    def test_signed_in(self):
        self.sign_in()
        (first, *_rest) = self.matters("水发黄", "/my/water/new")
        self.assertIn("/my/requests/new?type=repair&category_id=", first[0])
        self.assertStatus(self.get(first[0]), 200)

    def test_something_else(self):
        """Every family of every kind has a matter for what none of the others fits."""
        for kind in ("inquiry", "repair"):
            page = self.page(self.visit(f"{REPORT}/{kind}"))
            families = page.xpath("//details[contains(@class, 'o_water_family')]")
            self.assertTrue(families)
            for family in families:
                names = " ".join(family.text_content().split())
                with self.subTest(kind=kind, family=names[:40]):
                    self.assertIn("Something else", names)

    # -- answers and guides -------------------------------------------------------------------

    def test_answers(self):
        article = self.env["water.article"].create(
            {
                "name": "阶梯水价怎么算",
                "customer_text": "第一档每户每年 180 立方米。",
                "body": "<p>INTERN</p>",
                "category_ids": self._category("bl03").ids,
            }
        )
        article.action_publish()
        page = self.visit("/water/answers", params={"q": "阶梯水价"})
        self.assertIn("阶梯水价怎么算", page.text)
        url = f"/water/answers/{article.id}"
        self.assertIn("180 立方米", self.visit(url).text)
        self.assertNotIn("INTERN", self.visit(url).text)
        self.assertIn("阶梯水价怎么算", self.visit(REPORT, params={"q": "阶梯水价"}).text)
        self.assertLocation(self.post(url), "?done=answered")
        self.assertEqual(article.self_service_count, 1)
        self.assertStatus(self.post(url, csrf=False), 400)
        for values in ({"on_page": False}, {"on_page": True, "customer_text": False}):
            article.write(values)
            self.assertStatus(self.visit(url), 404)

    def article(self, **values):
        """A published article of the public page."""
        texts = {"name": "阶梯水价怎么算", "customer_text": "第一档每户每年 180 立方米。"}
        values = {**texts, "category_ids": self._category("bl03").ids, **values}
        article = self.env["water.article"].create(values)
        article.action_publish()
        return article

    def test_answers_hold_on_their_days(self):
        """From the first midnight of the company to the last, by page, search and list."""
        article = self.article(valid_from="2026-03-12", valid_to="2026-03-13")
        url, lists = f"/water/answers/{article.id}", ("/water/answers", "/water/answers?q=阶梯水价")
        for moment, is_shown in (
            ("2026-03-11 23:59", False),
            ("2026-03-12 00:00", True),
            ("2026-03-13 23:59", True),
            ("2026-03-14 00:00", False),
        ):
            with self.subTest(moment), freeze_time(local(moment)):
                self.assertStatus(self.visit(url), 200 if is_shown else 404)
                for place in lists:
                    self.assertIs(url in self.visit(place).text, is_shown, place)

    def test_answers_that_were_taken_back(self):
        """Withdrawn and archived ones are not found, opened or counted."""
        for take_back in ("action_withdraw", "action_archive"):
            article = self.article()
            url = f"/water/answers/{article.id}"
            self.assertStatus(self.visit(url), 200)
            getattr(article, take_back)()
            self.assertStatus(self.visit(url), 404)
            self.assertStatus(self.post(url), 404)
            self.assertNotIn(url, self.visit("/water/answers", params={"q": "阶梯水价"}).text)
            self.assertEqual(article.self_service_count, 0)

    def test_answers_in_the_visitors_language(self):
        speak_chinese(self.env)
        article = self.article()
        spoken = article.with_context(lang="zh_CN")
        article.with_context(lang="en_US").write(
            {"name": "Block tariff", "customer_text": "180 m³"}
        )
        spoken.write({"name": "阶梯水价怎么算", "customer_text": "180 立方米"})
        url = f"/water/answers/{article.id}"
        for code, mine, other in (
            ("en_US", ("Block tariff", "180 m³"), "立方米"),
            ("zh_CN", ("阶梯水价怎么算", "180 立方米"), "Block"),
        ):
            self.opener.cookies.set("frontend_lang", code)
            page = self.visit(url).text
            for words in mine:
                self.assertIn(words, page)
            self.assertNotIn(other, page)
            for text in ("阶梯水价", "block tariff"):
                self.assertIn(mine[0], self.visit("/water/answers", params={"q": text}).text)

    def test_answers_name_no_case(self):
        """Placeholders for customers are neutral; facts of the company are real."""
        text = "请拨 {热线}。您的工单 {编号} 将于 {promised} 前答复，{公司}。{x}"
        page = self.visit(f"/water/answers/{self.article(customer_text=text).id}").text
        self.assertIn(f"请拨 96510。您的工单 … 将于 … 前答复，{self.company.name}。{{x}}", page)

    def test_every_answer_is_in_the_list(self):
        rows = [self.article(name=f"问题{place}") for place in range(21)]
        page = self.visit("/water/answers").text
        self.assertFalse([row.name for row in rows if f'/water/answers/{row.id}"' not in page])

    def test_answers_of_another_company_hide_none(self):
        """The best of theirs are not ours to show: ours still come."""
        article = self.article(sequence=99)
        company = self.env["res.company"].create({"name": "Second Water"})
        for place in range(41):
            theirs = {
                "name": "阶梯水价怎么算 阶梯水价",
                "keywords": "阶梯水价",
                "company_id": company.id,
            }
            self.article(**theirs, code=f"T-{place}")
        page = self.visit("/water/answers", params={"q": "阶梯水价"}).text
        self.assertIn(f"/water/answers/{article.id}", page)

    def test_guides(self):
        guide = self.env["water.guide"].search([("state", "=", "in_force")], limit=1)
        page = self.visit(f"/water/guides/{guide.id}")
        self.assertStatus(page, 200)
        for row in guide.material_ids:
            self.assertIn(row.name, self.text(page))
        apply = self.page(page).xpath("//a[contains(@href, '/my/requests/new')]/@href")
        self.assertTrue(apply[0].endswith(f"category_id={guide.category_id.id}"), apply)
        draft = guide.copy({"code": "T-GUIDE", "state": "draft"})
        self.assertStatus(self.visit(f"/water/guides/{draft.id}"), 404)

    def test_forms_of_a_guide(self):
        """Forms to fill in come with a guide that is in force, its own ones alone."""
        guide, other = self.env["water.guide"].search([("state", "=", "in_force")], limit=2)
        form = self.env["ir.attachment"].create(
            {"name": "FORM.txt", "raw": b"FORM", "res_model": guide._name, "res_id": guide.id}
        )
        draft = guide.copy({"code": "T-FORM", "form_ids": form.ids})
        address = f"/water/guides/{draft.id}/form/{form.id}"
        self.assertStatus(self.visit(address), 404)
        draft.action_put_in_force()
        links = self.page(self.visit(f"/water/guides/{draft.id}")).xpath("//a/@href")
        self.assertIn(address, links)
        self.assertEqual(self.visit(address).content, b"FORM")
        self.assertStatus(self.visit(f"/water/guides/{other.id}/form/{form.id}"), 404)

    def test_privacy(self):
        self.company.water_privacy_text = "Ask Ms Chen."
        self.assertIn("Ask Ms Chen.", self.text(self.visit("/water/privacy")))

    # -- face and weight ----------------------------------------------------------------------

    def test_fault_in_our_words(self):
        page = self.visit("/water/nothing")
        self.assertStatus(page, 404)
        self.assertIn("96510", page.text)
        self.assertIn("This page is not there", page.text)
        self.assertNotIn("Odoo", page.text)

    def test_colour(self):
        self.company.water_page_colour = "#123456"
        self.assertIn("--water-brand: #123456", self.visit("/water").text)
        for colour in ("#ffee00", "blue", "#12345g"):
            with self.subTest(colour), self.assertRaises(ValidationError):
                self.company.water_page_colour = colour

    def test_weight(self):
        """A page with all that it loads, packed as nginx sends it."""
        category = self._category("gn").id
        for url in ("/water", REPORT, f"{REPORT}/inquiry?category={category}", "/water/track"):
            response = self.visit(url)
            page = self.page(response)
            links = page.xpath("//script/@src | //link[@rel='stylesheet']/@href")
            weight, pieces = len(gzip.compress(response.content)), 1 + len(links)
            for link in links:
                piece = self.visit(link).content
                weight += len(gzip.compress(piece))
                for font in set(re.findall(rb"url\(['\"]?(/[^)'\"?]+\.woff2)", piece)):
                    weight += len(self.visit(font.decode()).content)
                    pieces += 1
            with self.subTest(url):
                self.assertLessEqual(weight, BYTES)
                self.assertLessEqual(pieces, PIECES)
                self.assertNotIn("Odoo", page.findtext(".//title"))
                self.assertNotIn("Powered by", response.text)

    def test_weight_before_anything_is_seen(self):
        """Before the first text: one stylesheet, no script, no font."""
        for url in ("/water", REPORT, "/water/track", "/web/login"):
            response = self.visit(url)
            head = self.page(response).find(".//head")
            sheets = head.xpath(".//link[@rel='stylesheet']/@href")
            weight = len(gzip.compress(response.content))
            weight += sum(len(gzip.compress(self.visit(sheet).content)) for sheet in sheets)
            with self.subTest(url):
                self.assertLessEqual(weight, BLOCKING)
                self.assertEqual(len(sheets), 1)
                self.assertFalse(head.xpath(".//script[@src][not(@defer or @async)]"))
                self.assertFalse(head.xpath(".//link[@rel='preload']"))

    # -- in chats, among apps, in frames ------------------------------------------------------

    def test_shared(self):
        """A link says in a chat what it leads to: title, company, picture, all from here."""
        page = self.page(self.visit("/water/answers"))
        facts = {
            node.get("property") or node.get("name"): node.get("content")
            for node in page.xpath("//meta[@property or @name]")
        }
        self.assertEqual(facts["og:title"], "Answers and guides")
        self.assertEqual(facts["og:site_name"], self.company.name)
        self.assertIn("96510", facts["og:description"])
        self.assertEqual(facts["og:url"], f"{self.base_url()}/water/answers")
        picture = facts["og:image"]
        self.assertTrue(picture.startswith(f"{self.base_url()}/"), picture)
        self.assertTrue(self.visit(picture).headers["Content-Type"].startswith("image/"))

    def test_installed(self):
        """A manifest with the company's name and icons, a worker that may keep the pages below."""
        (link,) = self.page(self.visit("/water")).xpath("//link[@rel='manifest']/@href")
        response = self.visit(link)
        self.assertTrue(response.headers["Content-Type"].startswith("application/manifest+json"))
        facts = response.json()
        self.assertEqual((facts["name"], facts["start_url"]), (self.company.name, "/water"))
        for icon in facts["icons"]:
            self.assertStatus(self.visit(icon["src"]), 200)
        self.opener.cookies.set("frontend_lang", "zh_CN")
        worker = self.get("/water/worker.js")
        self.assertStatus(worker, 200)  # browsers take none by way of a redirect
        self.assertStatus(self.get("/water/offline"), 200)
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/")
        self.company.water_public_open = False
        self.assertStatus(self.get(link), 404)

    def test_offline(self):
        """The offline page needs no further files."""
        speak_chinese(self.env)
        response = self.visit("/water/offline")
        page, text = self.page(response), self.text(response)
        self.assertTrue(page.xpath("//a[@href='tel:96510']"))
        self.assertFalse(page.xpath("//link | //script | //img"))
        for words in ("There is no network", "网络未连接"):
            self.assertIn(words, text)

    def test_frames(self):
        """Pages without a login stand in frames of the sites that are named, others nowhere."""

        def frames(url):
            policy = self.visit(url).headers["Content-Security-Policy"]
            return policy.partition("frame-ancestors ")[2].partition(";")[0]

        self.assertEqual(frames("/water"), "'self'")
        self.company.water_public_frames = "https://mp.example.com https://*.city.gov.cn:8443"
        self.assertEqual(
            frames("/water"), "'self' https://mp.example.com https://*.city.gov.cn:8443"
        )
        self.sign_in()
        self.assertEqual(frames("/my/inquiries"), "'self'")
        for wrong in ("*", "http://a.cn", "https://a.cn/x", "https://a.cn; script-src *", "a.cn"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.company.water_public_frames = wrong

    # -- letters ------------------------------------------------------------------------------

    def test_author_of_letter(self):
        """Title, number and date of our letter for holders of its code; no case data."""
        case = self.env["water.request"].create(self._request_values())
        self._as("agent", case).action_issue_notice()
        _address, code = case.notice_ids._letter_check()
        page = self.text(self.visit("/water/letter", params={"code": code.lower()}))
        for words in ("Yes, this letter is ours", case.notice_ids.name, "Everything Needed"):
            self.assertIn(words, page)
        self.assertNotIn(case.subject, page)
        for typed in ("\x00", "<b>x</b>", "AAAA-BBBB-CCCC"):
            page = self.visit("/water/letter", params={"code": typed})
            self.assertStatus(page, 200)
            self.assertNotIn("this letter is ours", page.text)
        self.assertIn("We know no letter", self.text(page))
        with patch("odoo.addons.water_service_desk.public_page.controllers.letter.TRIES", 1):
            self.visit("/water/letter", params={"code": code})
            self.assertStatus(self.visit("/water/letter", params={"code": code}), 429)
