import io
from datetime import timedelta

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...intake.tests import upload_samples as samples
from .common import NEW_INQUIRY as NEW
from .common import InquiryPortalCase

#: addresses that must not answer with a server error
RUBBISH = (
    "page=abc&sortby=bogus&filterby=%00&search=%25%5C",
    "page=-1",
    "page=0",
    "page=99999999999999999999",
    "page=%C2%B2",
    "sortby=received_at;drop&filterby=open'--",
    "search=%27%22%3E%3Cscript%3E",
    "search=%00%FF%FE",
    "search=" + "x" * 2000,
    "date_begin=x&date_end=9999-99-99",
    "sortby=newest&sortby=oldest&groupby=stage_id&unknown[]=1",
)


@tagged("post_install", "-at_install")
class TestInquiryPortal(InquiryPortalCase):
    """The customer's inquiries on their pages."""

    # -- filing ---------------------------------------------------------------------------

    def test_pages_open(self):
        self.sign_in()
        for url in ("/my", "/my/home", "/my/water/new", NEW, "/my/inquiries"):
            with self.subTest(url):
                self.assertStatus(self.get(url), 200)
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["inquiry_count"]})
        self.assertEqual(counters, {"inquiry_count": 0})

    def test_labels_are_bound(self):
        self.sign_in()
        page = self.page(self.get(f"{NEW}?category_id={self._category('gn').id}"))
        ids = {node.get("id") for node in page.xpath("//*[@id]")}
        self.assertFalse({node.get("for") for node in page.xpath("//label[@for]")} - ids)
        inputs = page.xpath(
            "//main//*[self::input or self::textarea or self::select][not(@type='hidden')]"
        )
        bound = {node.get("for") for node in page.xpath("//label[@for]")}
        loose = [node for node in inputs if not node.xpath("ancestor::label")]
        self.assertTrue(loose)
        self.assertFalse({node.get("id") for node in loose} - bound)

    def test_file(self):
        self.sign_in()
        response = self.post(NEW, self._values(account_id=str(self.account.id)))
        case = self.env["water.inquiry"].search([], order="id desc", limit=1)
        self.assertLocation(response, f"/my/inquiries/{case.id}?done=filed")
        self.assertRecordValues(
            case,
            [
                {
                    "partner_id": self.customer.id,
                    "channel_id": self._channel("portal").id,
                    "account_id": self.account.id,
                    "address": self.account.address,
                    "subject": "阶梯水价第二档从多少立方米开始？",
                    "verbatim": "阶梯水价第二档从多少立方米开始？\n谢谢。",
                    "description": "阶梯水价第二档从多少立方米开始？\n谢谢。",
                    "create_uid": self.users["portal1"].id,
                    "state": "registered",
                }
            ],
        )
        self.assertFalse(case.first_responsible_id)
        self.assertWhole(case)

    def test_promise_is_shown_at_once(self):
        case = self._file()
        text = self.text(self.get(f"/my/inquiries/{case.id}?done=filed"))
        self.assertIn(case.name, text)
        local = case.promised_at + timedelta(hours=8)
        self.assertIn(local.strftime("%Y-%m-%d %H:%M"), text)
        self.assertIn("What happens next", text)
        self.assertNotIn("What happens next", self.text(self.get(f"/my/inquiries/{case.id}")))

    def test_acknowledgement_mail(self):
        self.customer.email = "zhangwei@example.com"
        case = self._file()
        mail = self.env["mail.mail"].search(
            [("model", "=", "water.inquiry"), ("res_id", "=", case.id)]
        )
        self.assertEqual(mail.email_to, "zhangwei@example.com")
        self.assertIn(case.name, mail.body_html)
        self.assertIn(f"/my/inquiries/{case.id}", mail.body_html)

    def test_missing_facts(self):
        self.sign_in()
        before = self._count()
        response = self.post(NEW, {"description": " \n ", "phone": "", **self._key()})
        self.assertStatus(response, 422)
        links = self.page(response).xpath("//div[@id='water_errors']//a/@href")
        fields = ["#field_category_id", "#field_description", "#field_phone"]
        self.assertEqual(links, fields)
        self.assertEqual(self._count(), before)

    def test_typed_is_kept(self):
        self.sign_in()
        values = self._values(category_id="", address="南湖大道 <b>1</b> 号", account_id="other")
        response = self.post(NEW, values)
        self.assertStatus(response, 422)
        self.assertEqual(list(self.errors(response)), ["category_id"])
        choices = self.page(response).xpath("//a[contains(@class, 'o_water_choice')]/@href")
        page = self.page(self.get(choices[0]))
        self.assertEqual(page.xpath("//textarea[@id='description']")[0].text, values["description"])
        self.assertEqual(page.xpath("//input[@id='address']/@value"), [values["address"]])
        self.assertEqual(page.xpath("//input[@id='phone']/@value"), [values["phone"]])
        kept = page.xpath("//input[@name='submission_key']/@value")
        self.assertEqual(kept, [values["submission_key"]])
        self.assertTrue(page.xpath("//input[@value='other'][@checked]"))

    def test_wrong_fields(self):
        hidden = self._category("gn").copy({"code": "HID", "portal_visible": False})
        archived = self._category("gn").copy({"code": "ARC", "active": False})
        cases = {
            ("category_id", "999999999"): "category_id",
            ("category_id", str(hidden.id)): "category_id",
            ("category_id", str(archived.id)): "category_id",
            ("category_id", str(self._category("lk06").id)): "category_id",
            ("account_id", str(self.account2.id)): "account_id",
            ("account_id", "999999999"): "account_id",
            ("account_id", "1; drop"): "account_id",
            ("account_code", self.account2.code): "account_code",
            ("account_code", "NOSUCH"): "account_code",
            ("phone", "12"): "phone",
            ("phone", "not a number"): "phone",
            ("description", "字" * 5001): "description",
            ("address", "路" * 301): "address",
        }
        self.sign_in()
        before = self._count()
        for (name, value), field in cases.items():
            with self.subTest(name=name, value=value[:20]):
                response = self.post(NEW, self._values(**{name: value}))
                self.assertStatus(response, 422)
                self.assertEqual(list(self.errors(response)), [field])
        self.assertEqual(self._count(), before)

    def test_own_account_by_number(self):
        case = self._file(account_code=" T100001 ")
        self.assertEqual(case.account_id, self.account)

    def test_zero_bytes_and_odd_characters(self):
        case = self._file(description="水\x00压\x08低 \U0001f4a7 '; --")
        self.assertEqual(case.verbatim, "水压低 \U0001f4a7 '; --")

    # -- files ----------------------------------------------------------------------------

    def test_bad_files_are_refused(self):
        self.company.write({"water_upload_max_mb": 1, "water_upload_max_files": 2})
        large = samples.JPEG + b"\x00" * 1024 * 1024
        trials = {
            "type": [("invoice.pdf", samples.EXE)],
            "page": [("photo.jpg", samples.HTML)],
            "ending": [("photo.pdf", samples.JPEG)],
            "large": [("large.jpg", large)],
            "empty": [("empty.jpg", b"")],
            "many": [("a.jpg", samples.JPEG)] * 3,
        }
        self.sign_in()
        before = self._count(), self.env["ir.attachment"].search_count([])
        for name, files in trials.items():
            with self.subTest(name):
                response = self.post(NEW, self._values(), files)
                self.assertStatus(response, 422)
                self.assertEqual(list(self.errors(response)), ["files"])
        self.env.invalidate_all()
        self.assertEqual((self._count(), self.env["ir.attachment"].search_count([])), before)

    def test_good_files_are_kept(self):
        """Pictures alone, without what they carry along; the rest exactly as sent."""
        self.sign_in()
        photo = samples.picture("JPEG", exif={0x010F: "SPYPHONE"})
        files = [("水表.jpg", photo), ("bill.pdf", samples.PDF)]
        self.assertStatus(self.post(NEW, self._values(), files), 303)
        case = self.env["water.inquiry"].search([], order="id desc", limit=1)
        kept = case.published_attachment_ids.sorted("id")
        self.assertEqual(kept.mapped("name"), ["水表.jpg", "bill.pdf"])
        self.assertNotIn(b"SPYPHONE", kept[0].raw)
        self.assertEqual(kept[1].raw, samples.PDF)
        self.assertEqual(kept.mapped("mimetype"), ["image/jpeg", "application/pdf"])
        self.assertEqual(set(kept.mapped("res_id")), {case.id})

    def test_download_headers(self):
        self.sign_in()
        files = [("photo.png", samples.PNG), ("bill.pdf", samples.PDF)]
        self.post(NEW, self._values(), files)
        case = self.env["water.inquiry"].search([], order="id desc", limit=1)
        photo, bill = case.published_attachment_ids.sorted("id")
        for file, disposition in ((photo, "inline"), (bill, "attachment")):
            response = self.get(f"/my/inquiries/{case.id}/file/{file.id}")
            self.assertStatus(response, 200)
            self.assertEqual(response.content, file.raw)
            self.assertTrue(response.headers["Content-Disposition"].startswith(disposition))
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
            self.assertIn("private", response.headers["Cache-Control"])

    def test_internal_files_stay_inside(self):
        case = self._file()
        secret = self.env["ir.attachment"].create(
            {"name": "secret.pdf", "raw": samples.PDF, "res_model": case._name, "res_id": case.id}
        )
        note = self._as("agent", case).message_post(body="内部", attachment_ids=secret.ids)
        self.assertTrue(note.subtype_id.internal)
        response = self.get(f"/my/inquiries/{case.id}")
        self.assertNotIn("secret.pdf", response.text)
        self.assertNotIn("内部", response.text)
        self.assertStatus(self.get(f"/my/inquiries/{case.id}/file/{secret.id}"), 404)
        for url in (f"/web/content/{secret.id}", f"/web/image/{secret.id}"):
            answer = self.get(url)
            self.assertNotIn(samples.PDF, answer.content)
        self.assertStatus(self.get(f"/web/content/{secret.id}"), 404)

    def test_too_large_body(self):
        self.company.write({"water_upload_max_mb": 1, "water_upload_max_files": 1})
        self.sign_in()
        before = self._count()
        large = samples.JPEG + bytes(3 * 1024 * 1024)
        response = self.post(NEW, self._values(), [("a.jpg", large)])
        self.assertStatus(response, 413)
        self.assertIn("was not sent", self.text(response))
        self.assertEqual(self._count(), before)

    # -- twice ----------------------------------------------------------------------------

    def test_double_submit(self):
        self.sign_in()
        values, before = self._values(), self._count()
        first = self.post(NEW, values)
        second = self.post(NEW, values)
        self.assertStatus(second, 303)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(self._count(), before + 1)

    def test_key_of_another_user(self):
        mine = self._file(submission_key="same")
        other = self._file("portal2", submission_key="same")
        self.assertNotEqual(mine, other)
        self.assertEqual(other.partner_id, self.customer2)

    def test_twins_at_the_same_moment(self):
        case = self._file(submission_key="twin")
        vals = self._inquiry_values(submission_key="twin", partner_id=self.customer.id)
        with self.assertRaises(ConcurrencyError), mute_logger("odoo.sql_db"):
            self.env["water.inquiry"]._create_once(vals, ())
        self.assertTrue(case.exists())

    # -- whose case -----------------------------------------------------------------------

    def test_foreign_and_absent_are_alike(self):
        case = self._file(account_id=str(self.account.id))
        file = case._store_files([("photo.png", io.BytesIO(samples.PNG))])
        case._publish(file)
        self.sign_in("portal2")
        absent = self.get("/my/inquiries/999999999")
        for url in (
            f"/my/inquiries/{case.id}",
            f"/my/inquiries/{case.id}/message",
            f"/my/inquiries/{case.id}/file/{file.id}",
            "/my/inquiries/99999999999999999999",
            "/my/inquiries/0",
            "/my/inquiries/abc",
            f"/my/inquiries/{case.id}/delete",
        ):
            with self.subTest(url):
                response = self.get(url)
                self.assertStatus(response, 404)
                self.assertNotIn(case.name, response.text)
        foreign = self.get(f"/my/inquiries/{case.id}")
        self.assertEqual(self.text(foreign), self.text(absent))

    def test_foreign_post(self):
        case = self._answered()
        self.sign_in("portal2")
        for action in ("message", "settled", "unsettled"):
            data = {"body": "x", "reason": "x"}
            self.assertStatus(self.post(f"/my/inquiries/{case.id}/{action}", data), 404)
        self.env.invalidate_all()
        self.assertEqual(case.state, "answered")
        self.assertNotIn("customer_message", self._kinds(case))

    def test_colleagues_and_followers_see_nothing(self):
        case = self._file()
        colleague = self._colleague()
        case.message_subscribe(partner_ids=(colleague.partner_id | self.customer2).ids)
        for login in ("water_colleague", "water_portal2"):
            self.authenticate(login, login)
            self.assertStatus(self.get(f"/my/inquiries/{case.id}"), 404)
            self.assertNotIn(case.name, self.get("/my/inquiries").text)

    def test_without_login(self):
        case = self._file()
        self.authenticate(None, None)
        for url in ("/my/inquiries", NEW, f"/my/inquiries/{case.id}"):
            response = self.url_open(url)
            self.assertIn("/web/login", response.url)
            self.assertNotIn(case.name, response.text)

    def test_no_csrf_token(self):
        self.sign_in()
        before = self._count()
        with mute_logger("odoo.http"):
            self.assertStatus(self.post(NEW, self._values(), csrf=False), 400)
        self.assertEqual(self._count(), before)

    def test_nothing_by_rpc(self):
        self._file()
        self.assertNothingByRpc(self._own_models("water_service_desk"))

    def test_nothing_of_the_thread_by_rpc(self):
        """Notes, files, activities and followers of the own case are closed too."""
        case = self._file()
        as_agent = self._as("agent", case)
        as_agent.message_post(body="内部备注")
        as_agent.activity_schedule("mail.mail_activity_data_todo", summary="内部")
        domain = [("res_model", "=", case._name), ("res_id", "=", case.id)]
        for model in ("mail.activity", "mail.followers", "ir.attachment"):
            answer = self._call(model, "search_read", [domain], {"fields": ["id"]})
            self.assertFalse(answer.get("result"), answer)
        domain = [("model", "=", case._name), ("res_id", "=", case.id)]
        answer = self._call("mail.message", "search_read", [domain], {"fields": ["body"]})
        self.assertNotIn("内部", str(answer.get("result")))
        thread = {"thread_model": case._name, "thread_id": case.id}
        for route, params in (
            ("/mail/thread/messages", thread),
            ("/mail/message/post", {**thread, "post_data": {"body": "x"}}),
        ):
            answer = self.url_open(route, json={"params": params}).json()
            self.assertNotIn("内部", str(answer))
        self.env.invalidate_all()
        self.assertNotIn("<p>x</p>", case.message_ids.mapped("body"))

    # -- list -----------------------------------------------------------------------------

    def test_list_with_rubbish(self):
        case = self._file()
        for query in RUBBISH:
            for url in (f"/my/inquiries?{query}", f"/my/inquiries/{case.id}?done={query}"):
                with self.subTest(url):
                    self.assertStatus(self.get(url), 200)
            self.assertLess(self.get(f"{NEW}?{query}&category_id=x").status_code, 500)
        self.assertStatus(self.get("/my/inquiries/page/999999"), 200)
        self.assertStatus(self.get("/my/inquiries/page/x"), 404)

    def test_list_search_and_filter(self):
        first = self._file(description="水价怎么算")
        second = self._file(description="营业厅几点下班")
        self._as("agent", first).action_withdraw()
        self._file("portal2", description="水价别人的")
        self.sign_in()
        seen = {
            "": (first, second),
            "?search=水价": (first,),
            f"?search={second.name}": (second,),
            "?filterby=open": (second,),
            "?filterby=closed": (first,),
            "?search=没有": (),
        }
        for query, cases in seen.items():
            with self.subTest(query):
                text = self.text(self.get(f"/my/inquiries{query}"))
                for case in first | second:
                    self.assertEqual(case.name in text, case in cases)
                self.assertNotIn("水价别人的", text)

    def test_list_pages(self):
        cases = self.env["water.inquiry"].create([self._inquiry_values() for _i in range(12)])
        self.sign_in()
        first, second = self.get("/my/inquiries"), self.get("/my/inquiries/page/2")
        shown = [sum(case.name in page.text for case in cases) for page in (first, second)]
        self.assertEqual(shown, [10, 2])

    def test_list_queries_do_not_grow(self):
        model = self.env["water.inquiry"].with_user(self.users["portal1"])
        counts = []
        for more in (1, 19):
            self.env["water.inquiry"].create([self._inquiry_values() for _i in range(more)])
            self.env.flush_all()
            model._portal_search(limit=20)._portal_rows()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = model._portal_search(limit=20)._portal_rows()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(rows), 20)
        self.assertEqual(counts[0], counts[1])
