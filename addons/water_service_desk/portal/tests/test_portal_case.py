from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.trust import trusted
from ...intake.tests import upload_samples as samples
from .common import InquiryPortalCase


@tagged("post_install", "-at_install")
class TestInquiryPage(InquiryPortalCase):
    """One inquiry on its customer's page: messages, the answer, what the state permits."""

    second_company = True

    def test_message_with_file(self):
        case = self._file()
        self._as("agent", case).action_take()
        response = self.post(
            f"/my/inquiries/{case.id}/message",
            {"body": "补充：\n去年 <b>230</b> 方"},
            [("bill.pdf", samples.PDF)],
        )
        self.assertLocation(response, f"/my/inquiries/{case.id}?done=message")
        message = case.message_ids.sorted("id")[-1:]
        self.assertEqual(message.author_id, self.customer)
        self.assertFalse(message.subtype_id.internal)
        self.assertEqual(message.attachment_ids, case.published_attachment_ids)
        self.assertEqual(message.notified_partner_ids, self.users["agent"].partner_id)
        self.assertEqual(self._kinds(case)[-1], "customer_message")
        self.assertWhole(case)
        page = self.get(f"/my/inquiries/{case.id}").text
        self.assertIn("&lt;b&gt;230&lt;/b&gt;", page)
        self.assertIn("bill.pdf", page)

    def test_message_during_deputyship(self):
        """The deputy is told instead of the absent owner; the owner after the deputyship."""
        case, deputy = self._file(), self.users["agent2"]
        self._as("agent", case).action_take()
        trusted(case).user_id = False
        until = fields.Datetime.now() + timedelta(days=2)
        acts.appoint_deputy(self._as("supervisor", case), deputy, until, "休假")

        def heard():
            case.sudo()._take_message("请回电")
            self.env.invalidate_all()
            last = case.message_ids.sorted("id")[-1:]
            return last.notified_partner_ids, case._file_handlers()

        self.assertEqual(heard(), (deputy.partner_id, deputy))
        trusted(case).user_id = deputy
        deputy.active = False
        self.assertEqual(heard(), (self.users["agent"].partner_id, self.users["agent"]))

    def test_no_call_after_end(self):
        """An open case's page shows the responsible person's number; later ones do not."""
        case = self._file()
        page = self._as("portal1", case).sudo()
        self.assertIn(case.phone, page._portal_page()["reached"])
        self._as("agent", case).action_withdraw()
        self.assertEqual(page._portal_page()["reached"], "")

    def test_message_pressed_twice(self):
        """The same form a second time is the same message; other words, or later, are another."""
        case = self._file()
        path, bill = f"/my/inquiries/{case.id}/message", [("bill.pdf", samples.PDF)]
        sent = (
            [({"body": "补充"}, ())] * 2 + [({"body": "补充"}, bill)] * 2 + [({"body": "再补"}, ())]
        )
        for form, files in sent:
            self.assertLocation(
                self.post(path, form, files), f"/my/inquiries/{case.id}?done=message"
            )
        self.env.invalidate_all()
        self.assertEqual(self._kinds(case).count("customer_message"), 3)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            mine = self._as("portal1", case.browse())._portal_find(case.id)
            mine._portal_do("message", {"body": "再补"})
        self.assertEqual(self._kinds(case).count("customer_message"), 4)

    def _notified(self, case):
        """Members of staff who were told of a message, told once each."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", case._name),
                ("res_id", "=", case.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return messages.mapped("subject"), [
            partner for message in messages for partner in message.notified_partner_ids
        ]

    def test_message_on_unassigned_case(self):
        """The desk's supervisors hear of it, each once; the words stay on the customer's page."""
        case = self._file()
        self.assertEqual(self._notified(case), ([], []))
        self.post(f"/my/inquiries/{case.id}/message", {"body": "还没有人联系我"})
        self.env.invalidate_all()
        subjects, partners = self._notified(case)
        self.assertIn(
            f"{case.name}: the customer has written, and the case is unassigned", subjects
        )
        self.assertIn(self.users["supervisor"].partner_id, partners)
        for login in ("agent", "department", "foreign", "portal1"):
            self.assertNotIn(self.users[login].partner_id, partners)
        self.assertEqual(len(partners), len(set(partners)))
        notice = self.env["mail.message"].search([("subject", "in", subjects)], limit=1)
        self.assertNotIn("张伟", notice.body)
        self.assertNotIn("还没有人联系我", notice.body)
        self.assertNotIn(notice.body, self.get(f"/my/inquiries/{case.id}").text)

    def test_message_to_former_employee(self):
        """The head of the handling department is told, if permitted."""
        case = self._file()
        self._as("agent", case).action_take()
        self.post(f"/my/inquiries/{case.id}/message", {"body": "补充"})
        self.env.invalidate_all()
        self.assertEqual(self._notified(case), ([], []))
        self.net.manager_id = self.users["department"]
        self._dispatch(case, self.net)
        before = len(self._notified(case)[0])
        self.users["agent"].active = False
        self.post(f"/my/inquiries/{case.id}/message", {"body": "还没有人联系我"})
        self.env.invalidate_all()
        subjects, partners = self._notified(case)
        self.assertEqual(len(subjects), before + 1)
        self.assertEqual(partners[:1], [self.users["department"].partner_id])

    def test_message_refused(self):
        case = self._file()
        url = f"/my/inquiries/{case.id}/message"
        before = len(case.message_ids)
        self.assertEqual(list(self.errors(self.post(url, {"body": " "}))), ["body"])
        response = self.post(url, {"body": "请看附件"}, [("a.pdf", samples.EXE)])
        self.assertStatus(response, 422)
        self.assertEqual(list(self.errors(response)), ["message_files"])
        self.assertEqual(self.page(response).xpath("//textarea[@id='body']")[0].text, "请看附件")
        self.env.invalidate_all()
        self.assertEqual(len(case.message_ids), before)
        self.assertFalse(case.published_attachment_ids)

    def test_company_answers_without_names(self):
        case = self._file()
        self._as("agent", case).message_post(
            body="请提供户号", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        text = self.text(self.get(f"/my/inquiries/{case.id}"))
        self.assertIn("请提供户号", text)
        self.assertIn(self.company.name, text)
        self.assertNotIn(self.users["agent"].name, text)

    def test_company_that_has_the_case(self):
        """Customers of two companies get this company's name and number."""
        self.company.water_hotline, self.company2.water_hotline = "11111", "22222"
        values = self._inquiry_values(company_id=self.company2.id, severity="emergency")
        case = self.env["water.inquiry"].create(values)
        self._as("foreign", case).message_post(
            body="请提供户号", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.sign_in("portal1")
        page = self.page(self.get(f"/my/inquiries/{case.id}"))
        called = set(page.xpath("//a[starts-with(@href, 'tel:')]/@href"))
        self.assertEqual(called, {"tel:22222"})
        self.assertTrue(page.xpath(f"//strong[normalize-space()='{self.company2.name}']"))

    def test_settled(self):
        case = self._answered()
        page = self.get(f"/my/inquiries/{case.id}")
        self.assertIn("每年 220 立方米。", page.text)
        self.assertLocation(
            self.post(f"/my/inquiries/{case.id}/settled"), f"/my/inquiries/{case.id}?done=settled"
        )
        self.env.invalidate_all()
        self.assertEqual(case.state, "closed")
        self.assertFalse(self.page(self.get(f"/my/inquiries/{case.id}")).xpath("//main//form"))

    def test_unsettled(self):
        case = self._answered()
        url = f"/my/inquiries/{case.id}/unsettled"
        response = self.post(url, {"reason": ""})
        self.assertStatus(response, 422)
        self.assertTrue(self.page(response).xpath("//details[@open]//textarea[@id='reason']"))
        self.assertLocation(self.post(url, {"reason": "第三档呢"}), "?done=unsettled")
        self.env.invalidate_all()
        self.assertEqual(case.state, "processing")
        self.assertEqual(
            self._kinds(case)[-4:], ["customer_message", "moved", "reopened", "assigned"]
        )
        self.assertWhole(case)

    def test_asks_for_a_call(self):
        """A time in the customer's own zone; once, and shown with the case."""
        case = self._file()
        url = f"/my/inquiries/{case.id}/callback"
        for text in ("", "x", "2020-01-01T10:00", "2999-01-01T10:00"):
            response = self.post(url, {"wished_at": text, "about": "水价"})
            self.assertStatus(response, 422)
            self.assertEqual(list(self.errors(response)), ["wished_at"])
        wish = fields.Datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
        typed = fields.Datetime.context_timestamp(case.with_context(tz="Asia/Shanghai"), wish)
        values = {"wished_at": typed.strftime("%Y-%m-%dT%H:%M"), "about": "水价"}
        self.assertLocation(self.post(url, values), "?done=callback")
        self.env.invalidate_all()
        call = case.callback_ids
        self.assertRecordValues(
            call, [{"kind": "requested", "wished_at": wish, "note": "水价", "state": "open"}]
        )
        self.assertEqual(call.requested_by_id, self.users["portal1"])
        self.assertIn(
            typed.strftime("%Y-%m-%d %H:%M"), self.text(self.get(f"/my/inquiries/{case.id}"))
        )
        self.assertLocation(self.post(url, values), "?done=callback")
        self.env.invalidate_all()
        self.assertEqual(case.callback_ids, call)
        self.sign_in("portal2")
        for name in ("callback", "callback_cancel"):
            self.assertStatus(self.post(f"/my/inquiries/{case.id}/{name}", values), 404)

    def test_says_later_what_the_call_is_about(self):
        """At the same time as before: it is no second press of the button."""
        case = self._file()
        url = f"/my/inquiries/{case.id}/callback"
        page = self.page(self.get(f"/my/inquiries/{case.id}"))
        slot = page.xpath("//select[@id='wished_at']//option[@value!='']/@value")[0]
        for about in ("", "水价", "水价", ""):
            values = {"wished_at": slot, "about": about}
            self.assertLocation(self.post(url, values), "?done=callback")
        self.env.invalidate_all()
        call = self._calls(case, "requested")
        self.assertEqual((call.note, call.deadline_id.state), ("水价", "running"))
        self.assertEqual(len(case.callback_ids), 2)
        response = self.post(url, {"wished_at": slot, "about": "价" * 201})
        self.assertStatus(response, 422)
        self.assertEqual(list(self.errors(response)), ["about"])

    def test_changes_and_cancels_the_call(self):
        """One call at a time: another wish replaces it, with its promise; then none at all."""
        case = self._file()
        url = f"/my/inquiries/{case.id}/callback"
        first, second = self.page(self.get(f"/my/inquiries/{case.id}")).xpath(
            "//select[@id='wished_at']//option[@value!='']/@value"
        )[:2]
        for slot in (first, second):
            data = {"wished_at": slot, "about": "水价" if slot == first else ""}
            self.assertLocation(self.post(url, data), "?done=callback")
        self.env.invalidate_all()
        early, late = case.callback_ids.sorted("id")
        self.assertEqual((early.state, early.void_reason), ("void", "cancelled"))
        self.assertEqual((late.state, late.note), ("open", "水价"))
        self.assertEqual((early.deadline_id.state, late.deadline_id.state), ("void", "running"))
        self.assertLocation(self.post(f"{url}_cancel"), "?done=callback_cancel")
        self.env.invalidate_all()
        self.assertFalse(self._calls(case, "requested"))
        self.assertEqual(late.deadline_id.state, "void")
        self.assertStatus(self.post(f"{url}_cancel"), 409)
        self.assertIn("You cancelled the call", self.text(self.get(f"/my/inquiries/{case.id}")))
        self.assertWhole(case)

    def test_wrong_state(self):
        case = self._file()
        response = self.post(f"/my/inquiries/{case.id}/unsettled", {"reason": "我写了很多字"})
        self.assertStatus(response, 409)
        self.assertIn("我写了很多字", response.text)
        self._as("agent", case).action_withdraw()
        for action in ("message", "settled", "unsettled"):
            data = {"body": "太晚了", "reason": "太晚了"}
            response = self.post(f"/my/inquiries/{case.id}/{action}", data)
            self.assertStatus(response, 409)
            self.assertIn("太晚了", response.text)
        self.env.invalidate_all()
        self.assertEqual(case.state, "withdrawn")
        self.assertNotIn("customer_message", self._kinds(case))

    def test_address_alone_changes_nothing(self):
        case = self._answered()
        for action in ("message", "settled", "unsettled"):
            response = self.get(f"/my/inquiries/{case.id}/{action}?reason=x&body=x")
            self.assertLocation(response, f"/my/inquiries/{case.id}")
        self.env.invalidate_all()
        self.assertEqual(case.state, "answered")

    def test_time_left_counts_down(self):
        """Running clocks have countdown values; ended ones do not."""
        case = self._file()
        clock = self._clock(case, "close")
        timers = self.page(self.get(f"/my/inquiries/{case.id}")).xpath("//*[@role='timer']")
        self.assertIn(f"{clock.due_at.isoformat()}Z", [node.get("data-due") for node in timers])
        answered = self._answered()
        page = self.page(self.get(f"/my/inquiries/{answered.id}"))
        self.assertFalse(page.xpath("//*[@role='timer']"))

    def test_late_promise_is_admitted(self):
        case = self._file()
        clock = self._clock(case, "close")
        past = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE water_deadline SET due_at = %s WHERE id = %s", (past, clock.id))
        self.env.invalidate_all()
        self.assertIn("We are late", self.text(self.get(f"/my/inquiries/{case.id}")))
