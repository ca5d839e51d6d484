"""No typed text or file is lost: refused forms, files sent one by one, small pictures."""

import io
from datetime import timedelta

from PIL import Image

from odoo.fields import Datetime
from odoo.http import Request
from odoo.tests import tagged

from ...base.trust import trusted
from ...intake.tests import upload_samples as samples
from .common import REPORT, PublicCase

UPLOAD, DROP = f"{REPORT}/upload", f"{REPORT}/drop"


@tagged("post_install", "-at_install")
class TestDraft(PublicCase):
    def upload(self, name="photo.png", content=None, draft=""):
        content = samples.picture("PNG", (400, 300), {}) if content is None else content
        return self.post(UPLOAD, {"draft": draft}, [(name, content)])

    def test_one_by_one(self):
        """Files come before the form is sent, stay with it, and are filed with it."""
        first = self.upload().json()
        second = self.upload("bill.pdf", samples.PDF, first["draft"]).json()
        self.assertEqual(second["draft"], first["draft"])
        third = self.upload(draft=first["draft"]).json()
        self.assertStatus(self.post(DROP, {"draft": first["draft"], "file": third["id"]}), 200)
        url = f"{REPORT}/inquiry?category={self._category('gn').id}&draft={first['draft']}"
        page = self.page(self.visit(url))
        ids = page.xpath("//input[@name='keep']/@value")
        self.assertEqual(ids, [str(first["id"]), str(second["id"])])
        answer = self.check(draft=first["draft"], keep=ids)
        case = self.send(self.draft_of(answer)) and self.env["water.inquiry"].search(
            [], order="id desc", limit=1
        )
        self.assertEqual(
            case.published_attachment_ids.sorted("id").mapped("name"), ["photo.png", "bill.pdf"]
        )

    def test_files_that_lapsed_meanwhile(self):
        """After an hour or a new sign-in, the customer is told that the photos are gone."""
        card = self.upload().json()
        url = f"{REPORT}/inquiry?category={self._category('gn').id}&draft={card['draft']}"
        self.assertNotIn("were not kept", self.visit(url).text)
        before = self.env["water.inquiry"].search_count([])
        later = Datetime.now() - timedelta(minutes=1)
        draft = self.env["water.filing.draft"].sudo().search([("token", "=", card["draft"])])
        trusted(draft).write({"expires_at": later})
        self.assertIn("were not kept", self.visit(url).text)
        answer = self.check(draft=card["draft"], keep=[str(card["id"])])
        self.assertStatus(answer, 422)
        self.assertIn("were not kept", self.errors(answer)["files"])
        mistyped = self.check(draft=card["draft"], phone="12")
        self.assertIn("were not kept", self.text(mistyped), "whatever else is wrong")
        self.assertEqual(self.env["water.inquiry"].search_count([]), before)

    def test_small_picture(self):
        card = self.upload().json()
        picture = Image.open(io.BytesIO(self.visit(f"{card['url']}?thumb=1").content))
        self.assertLessEqual(max(picture.size), 192)
        paper = self.upload("bill.pdf", samples.PDF, card["draft"]).json()
        self.assertStatus(self.visit(f"{paper['url']}?thumb=1"), 404)
        self.stranger()
        self.assertStatus(self.visit(card["url"]), 404)
        self.assertStatus(self.visit(f"{card['url']}?thumb=1"), 404)

    def test_refused(self):
        self.company.write({"water_upload_max_mb": 1, "water_upload_max_files": 2})
        answer = self.upload("a.exe", b"MZ" + b"x" * 99)
        self.assertStatus(answer, 422)
        self.assertIn("a.exe", answer.json()["error"])
        draft = self.upload().json()["draft"]
        self.upload(draft=draft)
        self.assertStatus(self.upload(draft=draft), 422)
        self.assertStatus(self.post(UPLOAD, {}, [("a.png", samples.PNG)], csrf=False), 400)

    def test_refused_in_the_language_of_the_page(self):
        """Not always that of the signed-in user or the browser."""
        self.env["res.lang"]._activate_lang("zh_CN")
        words = {"zh_CN": "文件类型不支持", "en_US": "of a kind we cannot take"}
        for page, own in (("en_US", "zh_CN"), ("zh_CN", "en_US")):
            self.users["portal1"].lang = own
            self.sign_in()
            self.opener.cookies.set("frontend_lang", page)
            answer = self.upload("a.exe", b"MZ" + b"x" * 99)
            with self.subTest(page):
                self.assertIn(words[page], answer.json()["error"])

    def test_draft_of_another_user(self):
        card = self.upload().json()
        self.stranger()
        other = self.upload(draft=card["draft"]).json()
        self.assertNotEqual(other["draft"], card["draft"])
        self.post(DROP, {"draft": card["draft"], "file": card["id"]})
        self.assertTrue(self.env["ir.attachment"].browse(card["id"]).exists())

    def test_uploads_have_a_limit(self):
        self.company.write({"water_portal_per_user": 3, "water_upload_max_files": 1})
        for _time in range(3):
            self.assertStatus(self.upload(), 200)
        self.assertStatus(self.upload(), 429)

    def test_refused_form_comes_back(self):
        """By a redirect: reload and Back do not send it again, and everything is there."""
        self.company.water_public_work = 1000
        values = self.form(phone="12", description="水表一直在转")
        values["altcha"] = self.solve()
        values["csrf_token"] = Request.csrf_token(self)
        answer = self.url_open(
            f"{REPORT}/inquiry",
            data=values,
            files=[("files", ("水表.png", samples.PNG))],
            allow_redirects=False,
        )
        self.assertStatus(answer, 303)
        for _reload in range(2):
            response = self.get(answer.headers["Location"])
            self.assertStatus(response, 422)
            self.assertEqual(list(self.errors(response)), ["phone"])
            page = self.page(response)
            self.assertEqual(page.xpath("//textarea[@id='description']")[0].text, "水表一直在转")
            self.assertEqual(page.xpath("//input[@id='phone']/@value"), ["12"])
            self.assertEqual(len(page.xpath("//input[@name='keep'][@checked]")), 1)
        self.stranger()
        self.assertStatus(self.get(answer.headers["Location"]), 200)  # another browser: empty

    def test_one_file_is_at_fault(self):
        """The others stay with the form, and nothing is filed."""
        before = self.env["water.inquiry"].search_count([])
        files = [("a.png", samples.PNG), ("bad.exe", b"MZ123"), ("b.pdf", samples.PDF)]
        response = self.check(files=files)
        self.assertEqual(list(self.errors(response)), ["files"])
        kept = self.page(response).xpath("//input[@name='keep']/following-sibling::span/text()")
        self.assertEqual(kept, ["a.png", "b.pdf"])
        self.assertEqual(self.env["water.inquiry"].search_count([]), before)

    def test_matter_missing(self):
        """Text typed before choosing the category stays."""
        response = self.check(category_id="0", description="先写了内容")
        self.assertStatus(response, 422)
        links = self.page(response).xpath("//a[contains(@class, 'o_water_choice')]/@href")
        page = self.page(self.visit(links[0]))
        self.assertEqual(page.xpath("//textarea[@id='description']")[0].text, "先写了内容")

    def test_errors_stand_in_the_order_of_the_form(self):
        response = self.check(email="x", phone="12", description="")
        links = self.page(response).xpath("//div[@id='water_errors']//a/@href")
        self.assertEqual(links, ["#field_description", "#field_phone", "#field_email"])
