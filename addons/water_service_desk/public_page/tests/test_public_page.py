"""The public page: filing without an account, and refusals."""

import io
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.http import Request
from odoo.tests import tagged

from ...base.trust import trusted
from ...intake.page_headers import HANDLER
from ...intake.tests import upload_samples as samples
from .common import REPORT, PublicCase, answer_to, encoded


@tagged("post_install", "-at_install")
class TestPublicPage(PublicCase):
    # -- pages ------------------------------------------------------------------------------

    def test_pages_open(self):
        category = self._category("gn").id
        for url in (
            REPORT,
            f"{REPORT}/inquiry",
            f"{REPORT}/repair",
            f"{REPORT}/inquiry?category={category}",
            "/water/track",
        ):
            with self.subTest(url):
                self.assertStatus(self.visit(url), 200)

    def test_both_languages(self):
        """The browser's wish at first, the switch afterwards."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for wish, word in (("zh-CN,zh;q=0.9", "zh"), ("en-US,en;q=0.9", "en")):
            self.opener.cookies.clear()  # first visitor
            page = self.page(self.visit(REPORT, headers={"Accept-Language": wish}))
            self.assertEqual(page.get("lang")[:2], word)
            switch = page.xpath("//nav[contains(@class, 'o_water_languages')]/a")
            self.assertGreaterEqual({link.get("lang") for link in switch}, {"zh-CN", "en-US"})

    def test_only_matters_of_the_kind(self):
        page = self.page(self.visit(f"{REPORT}/repair"))
        links = page.xpath("//a[contains(@class, 'o_water_choice')]/@href")
        self.assertTrue(any(f"category={self._category('lk01').id}" in link for link in links))
        for code in ("pr02", "nc01"):  # a complaint; a business that needs an account
            wrong = f"category={self._category(code).id}"
            self.assertFalse([link for link in links if link.endswith(wrong)])
        page = self.visit(f"{REPORT}/repair?category={self._category('pr02').id}")
        self.assertFalse(self.page(page).xpath("//form[contains(@class, 'o_water_public_form')]"))

    def test_questions_of_the_matter(self):
        self._category("lk").public_questions = "How much? | It drips | It gushes\nWhich floor?"
        category = self._category("lk03")
        page = self.page(self.visit(f"{REPORT}/repair?category={category.id}"))
        choices = page.xpath("//input[@name='answer_0']/@value")
        self.assertEqual(choices, ["1", "2"])
        self.assertIn("It gushes", self.text(self.visit(f"{REPORT}/repair?category={category.id}")))
        self.assertEqual(page.xpath("//input[@name='answer_1']/@type"), ["text"])
        case, _number, _code = self.file(
            "repair",
            category_id=category.id,
            address="东城路8号",
            answer_0="2",
            answer_1="12",
        )
        self.assertEqual(case.verbatim, self.form()["description"])
        self.assertEqual(
            case.description, f"{case.verbatim}\n\nHow much? It gushes\nWhich floor? 12"
        )
        response = self.check("repair", category_id=category.id, address="x", answer_0="A lot")
        self.assertEqual(list(self.errors(response)), ["answer_0"])

    def test_closed_page(self):
        self.company.water_public_open = False
        for url in (REPORT, f"{REPORT}/inquiry"):
            self.assertStatus(self.visit(url), 404)

    def test_headers(self):
        response = self.visit(REPORT)
        policy = response.headers["Content-Security-Policy"]
        self.assertNotIn("'unsafe-inline' 'nonce", policy)
        nonce = policy.split("'nonce-")[1].split("'")[0]
        scripts = self.page(response).xpath("//script[not(@src) and not(@data-src)]")
        self.assertLessEqual({script.get("nonce") for script in scripts}, {nonce})
        self.assertNotIn(nonce, self.visit(REPORT).headers["Content-Security-Policy"])
        handlers = self.page(response).xpath("//@*[starts-with(name(), 'on')]")
        self.assertLessEqual(set(handlers), {HANDLER})
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response.headers["Referrer-Policy"], "same-origin")
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    # -- filing -----------------------------------------------------------------------------

    def test_file(self):
        photo = samples.picture("JPEG", (8, 6), {0x010F: "SPYPHONE"})
        case, number, code = self.file(files=[("水表.jpg", photo), ("bill.pdf", samples.PDF)])
        public = self.env.ref("base.public_user")
        self.assertRecordValues(
            case,
            [
                {
                    "name": number,
                    "contact_name": "王芳",
                    "phone": "13712345678",
                    "email_from": "wang.fang@example.com",
                    "partner_id": False,
                    "channel_id": self._channel("web").id,
                    "first_responsible_id": False,
                    "create_uid": public.id,
                    "is_anonymous": False,
                }
            ],
        )
        self.assertRegex(code, r"^[A-Z2-9]{5}-[A-Z2-9]{5}$")
        self.assertNotIn(code, case.query_code_hash)
        kept = case.published_attachment_ids.sorted("id")
        self.assertEqual(kept.mapped("name"), ["水表.jpg", "bill.pdf"])
        self.assertNotIn(b"SPYPHONE", kept[0].raw)
        self.assertEqual(Image.open(io.BytesIO(kept[0].raw)).size, (8, 6))
        self.assertEqual(kept[1].raw, samples.PDF)
        self.assertEqual(self._kinds(case)[-1], "query_code_issued")
        self.assertWhole(case)

    def test_bidi_controls_in_contact_name_are_removed(self):
        """Also from a name of two lines."""
        case, _number, _code = self.file(contact_name="王\u202e芳\n\u2066x\u2069")
        self.assertEqual(case.contact_name, "王芳\nx")

    def test_everything_is_read_back(self):
        token = self.draft_of(
            self.check(files=[("photo.png", samples.PNG)], position="31.2304,121.4737,20")
        )
        response = self.visit(f"{REPORT}/check/{token}")
        self.assertStatus(response, 200)
        for word in ("王芳", "13712345678", "wang.fang@example.com", "121.4737", "阶梯水价"):
            self.assertIn(word, response.text)
        (picture,) = self.page(response).xpath("//img[contains(@class, 'o_water_thumb')]/@src")
        self.assertStatus(self.visit(picture), 200)
        self.stranger()  # in another browser the draft is not there
        for url in (f"{REPORT}/check/{token}", picture):
            self.assertIn(self.visit(url).status_code, (404, 410))
        self.assertStatus(self.send(token), 410)

    def test_something_is_changed(self):
        files = [("a.png", samples.PNG), ("b.pdf", samples.PDF)]
        token = self.draft_of(self.check(files=files))
        page = self.page(self.visit(f"{REPORT}/inquiry?draft={token}"))
        self.assertEqual(page.xpath("//input[@name='contact_name']/@value"), ["王芳"])
        kept = page.xpath("//input[@name='keep']/@value")
        self.assertEqual(len(kept), 2)
        values = {"draft": token, "keep": kept[1], "phone": "13812345678"}
        again = self.draft_of(self.check(files=[("c.png", samples.PNG)], **values))
        self.assertLocation(self.send(again), "/done")
        case = self.env["water.inquiry"].search([], order="id desc", limit=1)
        self.assertEqual(case.phone, "13812345678")
        names = case.published_attachment_ids.sorted("id").mapped("name")
        self.assertEqual(names, ["b.pdf", "c.png"])

    def test_position_by_consent(self):
        case, _number, _code = self.file(position="31.230416,121.473701,20")
        self.assertEqual(case.position, "31.230416, 121.473701 (±20 m)")
        for wrong in ("91.0,10.0", "here", "1,2,3,4", "31.2,121.4,-5", "NaN,NaN"):
            with self.subTest(wrong):
                response = self.check(position=wrong)
                self.assertEqual(list(self.errors(response)), ["position"])

    def test_sent_twice_is_filed_once(self):
        token = self.draft_of(self.check())
        before = self.env["water.inquiry"].search_count([])
        for _press in range(2):
            self.assertLocation(self.send(token), "/done")
        self.env.invalidate_all()
        self.assertEqual(self.env["water.inquiry"].search_count([]), before + 1)
        page = self.page(self.visit(f"{REPORT}/done"))
        self.assertEqual(len(page.xpath("//output")), 2)  # number, and the code as well

    def test_nothing_stays_in_the_draft(self):
        token = self.draft_of(self.check(files=[("a.png", samples.PNG)]))
        self.send(token)
        self.env.invalidate_all()
        draft = self.env["water.filing.draft"].search([("token", "=", token)])
        self.assertFalse(draft.form)
        self.assertFalse(draft._attachments())

    def test_code_is_shown_once(self):
        case, number, code = self.file()
        page = self.page(self.visit(f"{REPORT}/done"))
        self.assertEqual(page.xpath("//output/text()"), [number])
        self.assertNotIn(code, self.visit(f"{REPORT}/done").text)
        self.assertStatus(self.get(f"{REPORT}/code"), 303)  # an address alone gives none
        self.assertEqual(self.page(self.visit(f"{REPORT}/done")).xpath("//output/text()"), [number])
        self.post(f"{REPORT}/code")
        _number, fresh = self.page(self.visit(f"{REPORT}/done")).xpath("//output/text()")
        self.assertNotEqual(fresh, code)
        self.assertFalse(self.env["water.intake"]._find_tracked(number, code))
        self.assertEqual(self.env["water.intake"]._find_tracked(number, fresh), case)

    def test_signed_in_customer_leaves_no_trace(self):
        self.sign_in()
        self.opener.cookies.set("frontend_lang", "en_US")
        case, _number, _code = self.file()
        public = self.env.ref("base.public_user")
        self.assertEqual(case.create_uid | case.event_ids.user_id, public)
        self.assertFalse(case.partner_id)

    # -- refusals -----------------------------------------------------------------------------

    def test_missing_facts(self):
        before = self.counts()
        response = self.post(
            f"{REPORT}/repair",
            {"category_id": str(self._category("lk03").id), "altcha": self.solve("repair")},
        )
        self.assertStatus(response, 422)
        wanted = {"description", "contact_name", "phone", "address"}
        self.assertGreaterEqual(set(self.errors(response)), wanted - {"address"})
        summary = self.page(response).xpath("//div[@id='water_errors']//a/@href")
        ids = set(self.page(response).xpath("//*/@id"))
        self.assertTrue(summary)
        self.assertLessEqual({link[1:] for link in summary}, ids)
        self.assertEqual(self.counts(), before)

    def test_emergency_needs_place_and_telephone(self):
        """No long form for a burst pipe; the crew is promised first, everywhere."""
        burst = {"category_id": str(self._category("lk01").id), "description": ""}
        page = self.page(self.visit(f"{REPORT}/repair?category={burst['category_id']}"))
        order = [node.get("name") for node in page.xpath("//form//input | //form//textarea")]
        self.assertLess(order.index("address"), order.index("description"))
        self.assertNotIn("contact_name", order)
        refused = self.check("repair", **burst, contact_name="", phone="", address="")
        self.assertEqual(set(self.errors(refused)), {"phone", "address"})
        case, _number, _code = self.file(
            "repair", **burst, contact_name="", address="", position="31.230416,121.473701,20"
        )
        self.assertEqual(case.verbatim, case.category_id.public_name or case.category_id.name)
        self.assertTrue(case.address.startswith("31.230416"))
        promises = case._portal_promises()
        self.assertEqual([row["kind"] for row in promises][0], "on_site")
        spoken = case._spoken_promises()
        self.assertIn("Our staff will be with you by", promises[0]["text"])
        self.assertIn("Our staff will be with you by", spoken[0])
        mail = case.sudo().customer_message_ids.mail_mail_id
        told = case.with_context(lang=case._customer_lang())._spoken_promises()
        self.assertIn(told[0], mail.body_html)

    def test_told_in_the_language_of_the_page(self):
        """Visitors without an account keep the language of their filing."""
        for lang in ("en_US", "zh_CN"):
            self.opener.cookies.set("frontend_lang", lang)
            case, _number, _code = self.file("inquiry", submission_key=lang)
            case = case.sudo()
            mail = case.customer_message_ids.mail_mail_id
            with self.subTest(lang):
                self.assertEqual((case.customer_lang, case._customer_lang()), (lang, lang))
                self.assertEqual("您" in mail.body_html, lang == "zh_CN")

    def test_anonymous_is_for_complaints(self):
        response = self.check(is_anonymous="1", contact_name="", phone="")
        self.assertEqual(set(self.errors(response)), {"contact_name", "phone"})

    def test_bad_values(self):
        for field, value in (
            ("phone", "12"),
            ("phone", f"13712345678{' ' * 40}{'9' * 3000}"),  # its beginning is a number
            ("email", "nobody@@example"),
            ("contact_name", "王" * 81),
            ("description", "水" * 5001),
            ("address", "路" * 301),
        ):
            with self.subTest(field, value=value[:20]):
                response = self.check(**{field: value})
                self.assertStatus(response, 422)
                self.assertEqual(list(self.errors(response)), [field])

    def test_typed_text_survives_a_refusal(self):
        page = self.page(self.check(phone="12", description="第一行\n第二行"))
        self.assertEqual(page.xpath("//textarea[@id='description']")[0].text, "第一行\n第二行")
        self.assertEqual(page.xpath("//input[@name='contact_name']/@value"), ["王芳"])
        self.assertEqual(page.xpath("//input[@name='altcha']/@value"), [""])

    def test_bad_files(self):
        before = self.counts()
        bomb = samples.picture("PNG", (9000, 8000))
        for name, files in {
            "type": [("photo.jpg", samples.HTML)],
            "damaged": [("photo.jpg", samples.JPEG[:40])],
            "bomb": [("photo.png", bomb)],
            "many": [("a.png", samples.PNG)] * 11,
        }.items():
            with self.subTest(name):
                response = self.check(files=files)
                self.assertStatus(response, 422)
                self.assertEqual(list(self.errors(response)), ["files"])
        self.assertEqual(self.counts(), before)

    def test_honeypot(self):
        before = self.counts()
        response = self.check(website="https://spam.example")
        self.assertStatus(response, 422)
        self.assertIn("Security check failed", self.text(response))
        self.assertEqual(self.counts(), before)

    def test_proof_of_work(self):
        """Missing, invented, altered, expired or used: the form returns, nothing is stored."""
        good = self.solve()
        self.assertStatus(self.check(altcha=good), 303)
        before = self.counts()
        challenge = self.challenge()
        solution = {"counter": 1001, "derivedKey": "00" * 32}
        wrong = {"challenge": challenge, "solution": solution}
        facts = challenge["parameters"]
        cheap = {"parameters": facts | {"cost": 1, "keyPrefix": ""}}
        trials = {
            "none": "",
            "used": good,
            "garbage": "not base64 \x00",
            "no object": encoded([1, 2]),
            "wrong number": encoded(wrong),
            "number as text": encoded(wrong | {"solution": solution | {"counter": "7"}}),
            "surrogate": encoded(wrong | {"solution": solution | {"derivedKey": "\ud800"}}),
            "less work": answer_to(challenge | {"parameters": facts | {"keyPrefix": "0"}}),
            "cheap tries": answer_to(challenge | cheap),
            "another form": self.solve("repair"),
            "another browser": self._solved_elsewhere(),
            "deep": encoded(0)[:0] + "W1tb" * 500,
        }
        for name, answer in trials.items():
            with self.subTest(name):
                response = self.check(altcha=answer)
                self.assertStatus(response, 422)
                self.assertIn("security check failed or has expired", self.text(response))
        self.assertEqual(self.counts(), before)

    def _solved_elsewhere(self):
        """By a browser that solves it for another."""
        mine, here = self.opener, self.session
        self.stranger()
        answer = self.solve()
        self.opener, self.session = mine, here
        return answer

    def test_lapsed_draft(self):
        token = self.draft_of(self.check())
        draft = self.env["water.filing.draft"].search([("token", "=", token)])
        trusted(draft).expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertStatus(self.visit(f"{REPORT}/check/{token}"), 410)
        self.assertStatus(self.send(token), 410)
        self._trigger("base.autovacuum_job")
        self.assertFalse(draft.exists())

    def test_without_csrf_token(self):
        data = self.form(altcha=self.solve())
        self.assertStatus(self.post(f"{REPORT}/inquiry", data, csrf=False), 400)

    def test_odd_addresses(self):
        """Any address gives a readable page, never an error."""
        for url in (
            f"{REPORT}/nothing",
            f"{REPORT}/complaints",
            f"{REPORT}/inquiry?category=abc&category=1&draft=%00%ff&x[]=1",
            f"{REPORT}/inquiry?category=99999999999999999999",
            f"{REPORT}/inquiry?draft={'A' * 5000}",
            f"{REPORT}/check/x",
            f"{REPORT}/check/{'%F0%9F' * 10}",
            f"{REPORT}/check/x/file/1",
            f"{REPORT}/check/x/file/99999999999999",
            f"{REPORT}/send",
            f"{REPORT}/done?x=%ff",
            f"{REPORT}/code",
        ):
            with self.subTest(url):
                self.assertIn(self.visit(url).status_code, (200, 404, 410))

    def test_odd_bodies(self):
        url = f"{REPORT}/inquiry"
        for name, data in {
            "no category": {"category_id": ""},
            "text for a number": {"category_id": "1 OR 1=1"},
            "huge": {"description": "x" * 300_000},
            "zero bytes": {"description": "\x00\x01", "phone": "\x00"},
        }.items():
            with self.subTest(name):
                response = self.post(url, self.form(altcha=self.solve(), **data))
                self.assertStatus(response, 422)
        raw = b"category_id=%FF%FE&description=\xff\xfe\xfa&csrf_token="
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertStatus(self.url_open(url, data=raw, headers=headers), 400)
        files = [("description", ("a.txt", b"a file in the place of a text"))]
        response = self.url_open(url, files=files, allow_redirects=False)
        self.assertStatus(response, 400)

    def test_file_in_the_place_of_a_text(self):
        data = self.form(altcha=self.solve(), csrf_token=Request.csrf_token(self))
        data.pop("description")
        parts = [("description", ("a.txt", b"x")), ("phone", ("b.txt", b"1"))]
        data.pop("phone")
        response = self.url_open(f"{REPORT}/inquiry", data=data, files=parts)
        self.assertStatus(response, 422)
        self.assertEqual(set(self.errors(response)), {"description", "phone"})
