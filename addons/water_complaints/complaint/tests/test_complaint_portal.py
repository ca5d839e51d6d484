from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import in_words
from odoo.addons.water_service_desk.intake.tests import upload_samples as samples
from odoo.addons.water_service_desk.portal.tests.common import PortalCase

from .common import ComplaintPeople

NEW = "/my/complaints/new"
RATED = {"result": "4", "process": "5"}


@tagged("post_install", "-at_install")
class TestComplaintPortal(ComplaintPeople, PortalCase):
    """The customer's complaint pages: file, follow, confirm, reject, rate."""

    def _values(self, **values):
        return {
            "category_id": str(self._category("pr01").id),
            "description": "三楼以上没有水压",
            "occurred_at": "2026-03-01T08:30",
            "demand": "尽快恢复",
            "account_id": str(self.account.id),
            "phone": "13812345678",
            **self._key(),
            **values,
        }

    def _file(self, files=(), **values):
        self.sign_in()
        response = self.post(NEW, {**self._values(**values), "confirmed": "1"}, files)
        self.assertStatus(response, 303)
        return self.env["water.complaint"].search([], order="id desc", limit=1)

    def _count(self):
        return self.env["water.complaint"].search_count([])

    def _notified(self):
        self.sign_in()
        return self._complaint_at("notified")

    def _page(self, case):
        return self.get(f"/my/complaints/{case.id}")

    def _steps(self, case):
        nodes = self.page(self._page(case)).xpath("//ol[contains(@class, 'o_water_timeline')]/li")
        return [
            (node.get("class").strip()[len("o_water_") :], node.find(".//span").text)
            for node in nodes
        ]

    # -- filing ---------------------------------------------------------------------------

    def test_pages_open(self):
        self.sign_in()
        for url in ("/my", "/my/water/new", NEW, "/my/complaints"):
            with self.subTest(url):
                self.assertStatus(self.get(url), 200)
        tiles = self.page(self.get("/my/water/new")).xpath("//a[contains(@class, 'o_water_tile')]")
        paths = [tile.get("href").removeprefix("/en") for tile in tiles]
        requests = [f"/my/requests/new?type={kind}" for kind in ("repair", "business")]
        self.assertEqual(paths, [NEW, *requests, "/my/inquiries/new"])
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["complaint_count", "inquiry_count"]}
        )
        self.assertEqual(counters, {"complaint_count": 0, "inquiry_count": 0})

    def test_file(self):
        case = self._file([("photo.jpg", samples.JPEG)])
        self.assertRecordValues(
            case,
            [
                {
                    "partner_id": self.customer.id,
                    "channel_id": self._channel("portal").id,
                    "category_id": self._category("pr01").id,
                    "account_id": self.account.id,
                    "address": self.account.address,
                    "demand": "尽快恢复",
                    "verbatim": "三楼以上没有水压",
                    "occurred_at": fields.Datetime.to_datetime("2026-03-01 00:30:00"),
                    "state": "registered",
                }
            ],
        )
        self.assertEqual(case._missing_facts(), [])
        self.assertEqual(case.published_attachment_ids.mimetype, "image/jpeg")
        self.assertTrue(self._clock(case, "contact"))
        self.assertTrue(self._clock(case, "close"))
        self.assertWhole(case)

    def test_number_and_promises_are_shown(self):
        case = self._file()
        page = self.page(self.get(f"/my/complaints/{case.id}?done=filed"))
        self.assertEqual(page.xpath("//output/text()"), [case.name])
        panel = page.xpath("//section[contains(@class, 'o_water_filed')]")[0].text_content()
        for kind in ("contact", "close"):
            due = self._clock(case, kind).due_at + timedelta(hours=8)
            self.assertIn(due.strftime("%Y-%m-%d %H:%M"), panel)
        self.assertEqual(len(page.xpath("//section[contains(@class, 'o_water_filed')]//ol/li")), 3)

    def test_time_zone_of_the_company(self):
        """Entered, shown and mailed in local time, regardless of the browser's zone."""
        self.users["portal1"].tz = "Europe/Berlin"
        case = self._file(occurred_at="2026-03-01T08:30")
        self.assertEqual(str(case.occurred_at), "2026-03-01 00:30:00")
        page = self._page(case).text
        self.assertIn("2026-03-01 08:30", page)
        close = self._clock(case, "close")
        self.assertIn("5:30", in_words(close.due_at))
        self.assertIn(f"{close.due_at + timedelta(hours=8):%Y-%m-%d %H:%M}", page)
        reader = close.with_user(self.users["portal1"]).sudo()
        self.assertIn("17:30", reader.explanation)

    def test_missing_facts(self):
        self.sign_in()
        before = self._count()
        response = self.post(NEW, self._key())
        self.assertStatus(response, 422)
        wanted = ["category_id", "description", "occurred_at", "demand", "account_id", "phone"]
        links = self.page(response).xpath("//div[@id='water_errors']//a/@href")
        self.assertEqual(links, [f"#field_{name}" for name in wanted])
        response = self.post(NEW, self._values(account_id="other", address=" "))
        self.assertEqual(list(self.errors(response)), ["address"])
        self.assertEqual(self._count(), before)

    def test_wrong_times(self):
        future = fields.Datetime.now() + timedelta(hours=9)  # one hour ahead in Shanghai
        self.sign_in()
        before = self._count()
        for text in (
            future.strftime("%Y-%m-%dT%H:%M"),
            "2999-01-01T00:00",
            "99999-01-01T00:00",
            "0001-01-01T00:00",
            "1899-12-31T23:59",
            "2026-02-30T10:00",
            "yesterday",
            "%00",
        ):
            with self.subTest(text):
                response = self.post(NEW, self._values(occurred_at=text))
                self.assertStatus(response, 422)
                self.assertEqual(list(self.errors(response)), ["occurred_at"])
                self.assertIn("三楼以上没有水压", response.text)
        self.assertEqual(self._count(), before)

    def test_other_customers_account(self):
        self.sign_in()
        before = self._count()
        for values in (
            {"account_id": str(self.account2.id)},
            {"account_id": "other", "account_code": self.account2.code, "address": "东城路"},
        ):
            response = self.post(NEW, self._values(**values))
            self.assertStatus(response, 422)
            self.assertNotIn(self.account2.address, response.text)
        self.assertEqual(self._count(), before)

    def test_address_without_account(self):
        case = self._file(account_id="other", address="南湖大道 1 号")
        self.assertFalse(case.account_id)
        self.assertEqual(case.address, "南湖大道 1 号")

    def test_double_submit(self):
        self.sign_in()
        values, before = {**self._values(), "confirmed": "1"}, self._count()
        answers = [self.post(NEW, values, [("a.jpg", samples.JPEG)]) for _i in range(2)]
        self.assertEqual(len({answer.headers["Location"] for answer in answers}), 1)
        self.assertEqual(self._count(), before + 1)
        case = self.env["water.complaint"].search([], order="id desc", limit=1)
        self.assertEqual(len(case.published_attachment_ids), 1)

    def test_agent_files_for_himself(self):
        """An agent who complains as a customer does not become responsible for it."""
        self.sign_in("agent")
        values = {**self._values(account_id="other", address="家"), "confirmed": "1"}
        self.assertStatus(self.post(NEW, values), 303)
        case = self.env["water.complaint"].search([], order="id desc", limit=1)
        self.assertFalse(case.first_responsible_id)
        self.assertFalse(case.user_id)

    # -- following ------------------------------------------------------------------------

    def test_foreign_and_absent_are_alike(self):
        case = self._notified()
        self.sign_in("portal2")
        absent = self.text(self.get("/my/complaints/999999999"))
        for part in ("", "/confirm", "/contest", "/message", "/file/1"):
            response = self.get(f"/my/complaints/{case.id}{part}")
            self.assertStatus(response, 404)
            self.assertEqual(self.text(response), absent)
        for action in ("confirm", "contest", "message"):
            data = {**RATED, "reason": "x", "body": "x"}
            self.assertStatus(self.post(f"/my/complaints/{case.id}/{action}", data), 404)
        self.env.invalidate_all()
        self.assertEqual(case.state, "notified")

    def test_nothing_by_rpc(self):
        self._complaint_at("notified")
        self.assertNothingByRpc(self._own_models("water_complaints"))

    def test_timeline(self):
        self.sign_in()
        case = self._complaint_at("investigating")
        present = [title for kind, title in self._steps(case) if kind == "present"]
        coming = [title for kind, title in self._steps(case) if kind == "coming"]
        self.assertEqual(present, ["Looking into it"])
        self.assertEqual(
            coming,
            [
                "Resolving the problem",
                "Result of your case",
                "You confirm the result",
                "Case closed",
            ],
        )

    def test_withdrawn_by_company_is_hidden(self):
        self.sign_in()
        case = self._complaint_at("dispatched")
        dispatch = self._as("department", self._lead(case))
        acts.reject(dispatch, "不归我部门")
        case.invalidate_recordset()
        self.assertEqual(case.state, "registered")
        titles = [title for kind, title in self._steps(case) if kind in ("past", "present")]
        self.assertEqual(titles, ["Received"])
        self.assertNotIn("不归我部门", self._page(case).text)

    def test_every_state_has_a_page(self):
        self.sign_in()
        running = ("handling", "confirmed", "callback")
        for state in (*running, "archived", "withdrawn", "rejected", "merged"):
            with self.subTest(state):
                case = self._complaint_at(state)
                response = self._page(case)
                self.assertStatus(response, 200)
                kinds = [kind for kind, _title in self._steps(case)]
                # the merged customer follows the open lead case
                self.assertEqual("present" in kinds, state in (*running, "merged"))
                self.assertNotIn(self.users["agent"].name, response.text)
        self.assertStatus(self.get("/my/complaints"), 200)

    def test_notice_is_marked_delivered(self):
        self.sign_in()
        self.customer.email = "zhangwei@example.com"
        case = self._complaint_at("handling")
        self._as("agent", case).resolution = "已更正"
        values = self._notice_values(mode="written", told_to=False)
        notices = self._as("agent", self.env["water.notice"])
        notice = notices._send(self._as("agent", case), values).with_env(self.env)
        self.sign_in("portal2")
        self.assertStatus(self._page(case), 404)
        self.env.invalidate_all()
        self.assertFalse(notice.delivered_at)
        self.sign_in()
        self.assertIn("已更正账单。", self._page(case).text)
        self.env.invalidate_all()
        self.assertTrue(notice.delivered_at)
        self.assertEqual(case.state, "handling")

    # -- answering ------------------------------------------------------------------------

    def test_confirm(self):
        case = self._notified()
        self.assertEqual(len(self.page(self._page(case)).xpath("//input[@type='radio']")), 10)
        response = self.post(f"/my/complaints/{case.id}/confirm", {**RATED, "remark": "师傅很好"})
        self.assertLocation(response, f"/my/complaints/{case.id}?done=confirm")
        self.env.invalidate_all()
        self.assertRecordValues(
            case,
            [
                {
                    "state": "confirmed",
                    "confirm_mode": "portal",
                    "satisfaction_result": "4",
                    "satisfaction_process": "5",
                    "customer_remark": "师傅很好",
                }
            ],
        )
        confirmed = case.event_ids.filtered(lambda event: event.kind == "confirmed")
        self.assertEqual(confirmed.user_id, self.users["portal1"])
        self.assertIn("4 of 5", self.text(self._page(case)))
        self.assertWhole(case)

    def test_low_stars(self):
        """Low ratings of either question have consequences, and no thanks are sent."""
        for result, process, low in (("1", "1", True), ("5", "2", True), ("3", "3", False)):
            with self.subTest(result=result, process=process):
                case = self._notified()
                url = f"/my/complaints/{case.id}"
                response = self.post(f"{url}/confirm", {"result": result, "process": process})
                done = "confirm_low" if low else "confirm"
                self.assertLocation(response, f"{url}?done={done}")
                text = self.text(self.get(f"{url}?done={done}"))
                self.assertEqual("A supervisor looks at it within one working day" in text, low)
                self.assertEqual("Thank you for your confirmation" in text, not low)
                self.env.invalidate_all()
                self.assertEqual(bool(case.review_ids), low)

    def test_consequences_of_low_rating(self):
        """Each way stands in the form in one line, and leads to its own form."""
        page = self.page(self._page(self._notified()))
        ways = page.xpath("//div[contains(@class, 'o_water_low')]//li")
        self.assertEqual(len(ways), 3)
        links = [href for way in ways for href in way.xpath(".//a/@href")]
        self.assertEqual(links, ["#water_contest", "#water_appeal"])
        for link in links:
            self.assertTrue(page.xpath(f"//*[@id='{link[1:]}']"), link)

    def test_confirm_without_stars(self):
        case = self._notified()
        wrong = ("6", "5"), ("x", "0"), ("", "5")
        for data in ({}, *(dict(zip(("result", "process"), pair, strict=True)) for pair in wrong)):
            with self.subTest(data):
                response = self.post(
                    f"/my/complaints/{case.id}/confirm", {**data, "remark": "写了一些"}
                )
                self.assertStatus(response, 422)
                self.assertTrue(self.errors(response).keys() & {"result", "process"})
                self.assertIn("写了一些", response.text)
        self.env.invalidate_all()
        self.assertEqual(case.state, "notified")
        self.assertFalse(case.satisfaction_result)

    def test_confirm_twice(self):
        case = self._notified()
        url = f"/my/complaints/{case.id}/confirm"
        self.assertStatus(self.post(url, RATED), 303)
        self.assertStatus(self.post(url, {"result": "1", "process": "1"}), 409)
        self.env.invalidate_all()
        self.assertEqual(case.satisfaction_result, "4")
        self.assertEqual(self._kinds(case).count("confirmed"), 1)

    def test_contest(self):
        case = self._notified()
        url = f"/my/complaints/{case.id}/contest"
        response = self.post(url, {"reason": "  "})
        self.assertStatus(response, 422)
        self.assertEqual(list(self.errors(response)), ["reason"])
        self.assertLocation(self.post(url, {"reason": "水压还是低"}), "?done=contest")
        self.env.invalidate_all()
        self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
        self.assertEqual(case.customer_remark, "水压还是低")
        steps = self._steps(case)
        self.assertIn(("event", "You did not agree with the result"), steps)
        self.assertEqual(
            [t for k, t in steps if k == "present"], ["With the responsible department"]
        )
        self.assertWhole(case)

    def test_wrong_state(self):
        """The table lets departments move on from here; the customer's page does not."""
        self.sign_in()
        case = self._complaint_at("investigating")
        self._as("department", case).write({"investigation": "核实", "finding": "upheld"})
        for action, data in (("contest", {"reason": "不同意的理由"}), ("confirm", RATED)):
            response = self.post(f"/my/complaints/{case.id}/{action}", data)
            self.assertStatus(response, 409)
            self.assertIn(data.get("reason", ""), response.text)
        self.env.invalidate_all()
        self.assertEqual(case.state, "investigating")
        self.assertFalse(case.customer_remark or case.confirm_mode)
        self.assertNotIn("contested", self._kinds(case))

    def test_finished_takes_no_message(self):
        self.sign_in()
        case = self._complaint_at("archived")
        forms = self.page(self._page(case)).xpath("//main//form/@action")
        self.assertFalse([action for action in forms if not action.endswith("/appeal")])
        response = self.post(f"/my/complaints/{case.id}/message", {"body": "还有一事"})
        self.assertStatus(response, 409)
        self.assertIn("还有一事", response.text)
        self.assertWhole(case)

    def test_handler_is_told(self):
        case = self._notified()
        self.post(f"/my/complaints/{case.id}/contest", {"reason": "水压还是低"})
        message = case.message_ids.filtered(
            lambda row: row.author_id == self.customer and row.message_type == "comment"
        )[:1]
        self.assertEqual(message.notified_partner_ids, self.users["agent"].partner_id)

    def test_address_alone_changes_nothing(self):
        case = self._notified()
        for action in ("confirm", "contest", "message"):
            response = self.get(f"/my/complaints/{case.id}/{action}?result=5&process=5&reason=x")
            self.assertLocation(response, f"/my/complaints/{case.id}")
        self.env.invalidate_all()
        self.assertEqual(case.state, "notified")

    def test_list_with_rubbish(self):
        self._file()
        for query in ("page=abc&sortby=bogus", "filterby=x&search=%00", "page=%C2%B2&date=x"):
            self.assertStatus(self.get(f"/my/complaints?{query}"), 200)
