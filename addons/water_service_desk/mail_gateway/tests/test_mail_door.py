import ast
import errno
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import in_words, local
from ...base.trust import trusted
from ...intake.tests.upload_samples import EXE, PDF
from .common import DOMAIN, SENDER, MailDoorCommon

ADDRESS = "wang@customer.example"


@tagged("post_install", "-at_install")
class TestMailDoor(MailDoorCommon):
    """Mails that open cases, go on in them, or are set aside; none is trusted by its sender."""

    second_company = True

    def test_new_case(self):
        row = self._take("我家水表停转了。\n\n-----原始邮件-----\n旧内容")
        case = row.inquiry_id
        self.assertEqual((row.outcome, row.department_id), ("case", self.desk))
        self.assertFalse(row.raw)
        self.assertEqual(case.channel_id, self._channel("email"))
        self.assertEqual((case.contact_name, case.email_from), ("王芳", ADDRESS))
        self.assertEqual((case.subject, case.description), ("水表停转", "我家水表停转了。"))
        self.assertIn("旧内容", case.verbatim)
        self.assertEqual(case.department_id, self.desk)
        self.assertFalse(case.first_responsible_id or case.partner_id or case.dispatch_ids)
        self.assertWhole(case)

    def test_acknowledged_once_with_number_and_promise(self):
        """In the sender's thread, from an address that finds the case, marked as automatic."""
        mail = self._mail()
        case = self._take(mail).inquiry_id
        [message] = self.env["water.message"].search([("inquiry_id", "=", case.id)])
        sent = message.mail_mail_id
        self.assertEqual(message.address, ADDRESS)
        self.assertIn(case.name, sent.subject)
        self.assertIn(case.name, sent.body_html)
        lang = case._customer_lang()
        promised = in_words(case.promised_at, lang)
        self.assertIn(promised, sent.body_html)
        self.assertEqual(sent.references, mail["Message-Id"])
        self.assertEqual(sent.reply_to, f"service@{DOMAIN}")
        headers = ast.literal_eval(sent.headers)
        self.assertEqual(headers["Auto-Submitted"], "auto-generated")
        self._take(mail)
        self.assertEqual(self.env["water.message"].search_count([("inquiry_id", "=", case.id)]), 1)

    def test_a_mail_brought_twice(self):
        mail = self._mail()
        first, again = self._take(mail), self._take(mail)
        self.assertEqual(first, again)
        self.assertEqual(self.env["water.inquiry"].search_count([("email_from", "=", ADDRESS)]), 1)

    def test_known_address_is_a_claim(self):
        """It suggests the customer; an agent confirms it."""
        self.customer.email = ADDRESS
        case = self._take().inquiry_id
        self.assertFalse(case.partner_id)
        self.assertEqual(case.claimed_partner_id, self.customer)
        mine = self.env["water.inquiry"].with_user(self.users["portal1"])
        self.assertFalse(mine._portal_search())
        with self.assertRefused("kept by the system", case):
            self._as("agent", case).claimed_partner_id = self.customer2
        with self.assertRefused("Only service agents", case):
            self._as("quality", case).action_identify()
        self._as("agent", case).action_identify()
        self.assertEqual(case.partner_id, self.customer)
        self.assertIn("identified", self._kinds(case))
        self.assertTrue(mine._portal_search())
        with self.assertRefused("Nothing left to confirm", case):
            self._as("agent", case).action_identify()

    def test_others_cannot_claim(self):
        values = self._inquiry_values(claimed_partner_id=self.customer2.id)
        case = self._as("agent", self.env["water.inquiry"]).create(values)
        self.assertFalse(case.claimed_partner_id)

    def test_answer_goes_on(self):
        """By our mail's reference, from the address it went to, quotes removed."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        row = self._take(
            "照片在附件。\n\n在 2026年3月11日，供水公司 写道：\n> 已收到",
            Subject="回复: 已收到您的咨询",
            In_Reply_To=sent.reference,
            files={"表.pdf": PDF},
        )
        self.assertEqual((row.outcome, row.inquiry_id), ("added", case))
        event = case.event_ids.filtered(lambda e: e.kind == "customer_message")
        self.assertEqual(event.payload["text"], "照片在附件。")
        self.assertEqual(case.published_attachment_ids.mapped("name"), ["表.pdf"])
        self.assertEqual(self.env["water.message"].search_count([("inquiry_id", "=", case.id)]), 1)
        again = self._take("还有", References=row.message_id)
        self.assertEqual((again.outcome, again.inquiry_id), ("added", case))

    def test_acknowledgement_asks(self):
        """Required fields, and the category's questions once known."""
        case = self._take().inquiry_id
        self.assertEqual(case._asked_of_customer(), [case._missing_texts()["phone"]])
        asked = case.with_context(lang=case._customer_lang())._asked_of_customer()
        self.assertIn(asked[0], self._acknowledgement(case).mail_mail_id.body_html)
        category = self._category("gn")
        category.public_questions = "Since when? | Today | For days\nWhich bill?"
        agent = self._as("agent", case)
        agent.write({"category_id": category.id, "phone": "13812345678"})
        self.assertEqual(agent.open_questions, "Since when? / Today / For days\nWhich bill?")
        agent.action_take_questions()
        agent.action_take_questions()
        self.assertEqual(agent.description.count("Since when?"), 1)
        self.assertTrue(agent.open_questions, "a question alone is no answer")
        agent.description = agent.description.replace("Since when? ", "Since when? Today")
        self.assertEqual(agent.open_questions, "Which bill?")
        with self.assertRaisesRegex(AccessError, "agents"):
            self._as("quality", case).action_take_questions()
        asked = self._inquiry(category_id=category.id)
        self.assertFalse(asked.open_questions, "whoever calls was asked")

    def test_answer_from_another_address(self):
        """The mail's sender may not be the customer: an internal note only."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        row = self._take("请把电话告诉我", sender="x@stranger.example", In_Reply_To=sent.reference)
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))
        self.assertNotIn("customer_message", self._kinds(case))
        self.assertNotIn("请把电话告诉我", str(case._portal_conversation()))
        self.assertIn("请把电话告诉我", str(case.message_ids.mapped("body")))
        self.assertEqual(self.env["water.message"].search_count([("inquiry_id", "=", case.id)]), 1)

    def test_a_guessed_number(self):
        """From the customer's address it is a note; from elsewhere a case of its own."""
        case = self._take().inquiry_id
        own = self._take("请改电话", Subject=f"关于 {case.name}")
        self.assertEqual((own.outcome, own.inquiry_id), ("note", case))
        other = self._take("进展如何", sender="x@stranger.example", Subject=f"关于 {case.name}")
        self.assertEqual(other.outcome, "case")
        self.assertNotEqual(other.inquiry_id, case)
        trusted(case).is_confidential = True
        hidden = self._take("请改电话", Subject=f"关于 {case.name}")
        self.assertNotEqual(hidden.inquiry_id, case)

    def test_a_reference_of_the_staff(self):
        """The number of an internal message proves nothing."""
        case = self._take().inquiry_id
        note = self._as("agent", case).message_post(body="internal")
        row = self._take("x", In_Reply_To=note.message_id)
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))
        self.assertNotIn("customer_message", self._kinds(case))

    def test_answer_to_a_finished_case(self):
        """A new case that names the old one, acknowledged as usual."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        self._as("agent", case).action_withdraw()
        row = self._take("又停了", In_Reply_To=sent.reference)
        self.assertEqual(row.outcome, "case")
        self.assertNotEqual(row.inquiry_id, case)
        self.assertIn(case.name, str(row.inquiry_id.message_ids.mapped("body")))

    def test_answer_to_an_erased_case(self):
        """An erased customer is not learned again by any reference."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        note = self._as("agent", case).message_post(body="internal")
        self._as("agent", case).action_withdraw()
        acts.erase(case, "本人要求")
        before = case.message_ids
        for reference in (sent.reference, note.message_id):
            row = self._take("又停了", In_Reply_To=reference)
            self.assertEqual((row.outcome, row.inquiry_id == case), ("case", False))
            self.assertNotIn(case.name, str(row.inquiry_id.message_ids.mapped("body")))
        self.assertEqual(case.message_ids, before)

    def test_one_is_erased_after_the_other(self):
        """A mail writer stays one, as others before; the mail is recognised again."""
        mails = [self._mail("停水了"), self._mail("又停水了")]
        cases = [self._take(mail).inquiry_id for mail in mails]
        for case in cases:
            self._as("agent", case).action_withdraw()
            acts.erase(case, "本人要求")
            self.env.flush_all()
        self.assertEqual([self._take(mail).inquiry_id for mail in mails], cases)

    def test_machines(self):
        """Never a case or reply, regardless of the content."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        before = self.env["mail.mail"].search_count([])
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Precedence": "bulk"},
            {"X_Auto_Response_Suppress": "All"},
            {"Subject": "自动回复: 已收到", "In_Reply_To": sent.reference},
            {"Return_Path": "<>", "Auto_Submitted": "auto-replied"},
        ):
            with self.subTest(headers=headers):
                row = self._take("我在休假", **headers)
                self.assertEqual((row.outcome, row.reason), ("ignored", "automatic"))
        for sender in (f"service@{DOMAIN}", f"catchall@{DOMAIN}", f"bounce@{DOMAIN}"):
            with self.subTest(sender=sender):
                row = self._take(sender=sender)
                self.assertEqual((row.outcome, row.reason), ("ignored", "own"))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(self.env["water.inquiry"].search_count([("email_from", "=", ADDRESS)]), 1)

    def test_bounce(self):
        """The message is shown as not delivered, a person is asked, and no case is made."""
        case = self._take().inquiry_id
        sent = self._acknowledgement(case)
        row = self._take(
            f"退信 {sent.reference}", sender="PostMaster@customer.example", Subject="系统退信"
        )
        self.assertEqual(row.outcome, "bounce")
        self.assertEqual((sent.state, sent.failure_code), ("given_up", "bounce"))
        self.assertTrue(case.message_failed)

    def test_bad_files_are_left_aside(self):
        row = self._take(files={"账单.pdf": PDF, "病毒.pdf": EXE})
        case = row.inquiry_id
        self.assertEqual(case.published_attachment_ids.mapped("name"), ["账单.pdf"])
        self.assertIn("病毒.pdf", str(case.message_ids.mapped("body")))

    def test_html_is_cleaned(self):
        """Kept for the desk without scripts; the case holds plain text."""
        html = "<p>没有水<img src=x onerror=alert(1)><script>alert(2)</script></p>"
        case = self._take("没有水", html=html).inquiry_id
        bodies = str(case.message_ids.mapped("body"))
        self.assertIn("没有水", bodies)
        self.assertNotIn("onerror", bodies)
        self.assertNotIn("<script", bodies)
        self.assertEqual(case.description, "没有水")

    def test_set_aside_over_the_weekend(self):
        """Written on Friday: two working days end on Tuesday."""
        with freeze_time(local("2026-03-13 16:00")):
            row = self._take(X_Spam_Flag="YES")
            self.assertEqual(row.outcome, "aside")
        with freeze_time(local("2026-03-16 10:00")):
            self._as("agent", row).action_make_case()
        case = acts.case_of(row)
        self.assertLocal(case.received_at, "2026-03-13 16:00")
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-17 17:30")

    def test_set_aside_and_recovered(self):
        """Spam waits for a person, who makes a case of it or throws it away."""
        row = self._take("真的没有水", X_Spam_Flag="YES")
        self.assertEqual((row.outcome, row.reason), ("aside", "spam"))
        self.assertIn("真的没有水", row.preview)
        row.invalidate_recordset()
        screen = self._as("agent", row).with_context(bin_size=True)
        [shown] = screen.web_read({"preview": {}, "raw": {}, "sender": {}})
        self.assertIn("真的没有水", shown["preview"])
        action = self._as("agent", row).action_make_case()
        case = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((row.outcome, row.inquiry_id), ("case", case))
        self.assertEqual((case.description, row.raw), ("真的没有水", False))
        self.assertTrue(self.env["water.message"].search([("inquiry_id", "=", case.id)]))
        for login in ("supervisor", "agent"):
            with self.assertRefused("no longer quarantined", row):
                self._as(login, row).action_make_case()
        other = self._take("spam", X_Spam_Flag="YES")
        for login in ("department", "integration", "plain"):
            with self.assertRaises(AccessError):
                self._as(login, other).action_make_case()
        with self.assertRaises(AccessError):
            self._as("agent", other).action_drop()
        self._as("supervisor", other).action_drop()
        self.assertEqual((other.outcome, other.raw, other.subject), ("dropped", False, False))

    def test_flood(self):
        """The limit is per sender and hour; what we have asked for still comes through."""
        self.company.water_mail_flood = 3
        rows = [self._take(f"x{number}") for number in range(5)]
        self.assertEqual([row.outcome for row in rows], ["case"] * 3 + ["aside"] * 2)
        self.assertEqual(rows[4].reason, "flood")
        self.assertEqual(self._take(sender="other@x.example").outcome, "case")
        sent = self._acknowledgement(rows[0].inquiry_id)
        self.assertEqual(self._take("y", In_Reply_To=sent.reference).outcome, "added")

    def test_too_large_and_empty(self):
        self.company.water_mail_max_mb = 1
        row = self._take("x" * 1100000)
        self.assertEqual((row.outcome, row.reason), ("aside", "large"))
        self.assertEqual(self._take("  ").reason, "empty")

    @mute_logger("odoo.addons.water_service_desk.mail_gateway.models.water_mail_door")
    def test_unprocessable_mail_is_kept(self):
        self.patch(type(self.env["water.mail.door"]), "_open", lambda *args, **kwargs: 1 / 0)
        row = self._take("重要")
        self.assertEqual((row.outcome, row.reason), ("aside", "error"))
        self.assertIn("重要", row.preview)

    def test_unstorable_mail_stays_in_mailbox(self):
        """Odoo marks as read what it fails to take in, unless undoing that breaks."""
        broken = OSError(errno.ENOSPC, "no room")
        thread = self.env["mail.thread"].with_context(default_fetchmail_server_id=1)
        undone = self.env.cr.prerollback
        self.addCleanup(undone.clear)
        with (
            patch.object(type(self.env["water.mail.door"]), "_sort", side_effect=broken),
            patch.object(type(self.env["water.mail.door"]), "_aside", side_effect=broken),
            mute_logger("odoo.addons.water_service_desk.mail_gateway.models.water_mail_door"),
        ):
            with self.assertRaises(OSError):
                self.env["mail.thread"].message_process(None, self._mail().as_bytes())
            self.assertFalse(undone._funcs)  # other senders are told of it themselves
            with self.assertRaises(OSError):
                thread.message_process(None, self._mail().as_bytes())
        with self.assertRaises(OSError):
            undone.run()

    def test_senders_of_mails(self):
        """Remote calls cannot write in others' names."""
        raw = self._mail().as_bytes()
        for login in ("agent", "manager", "integration", "portal1"):
            thread = self._as(login, self.env["mail.thread"])
            with self.subTest(login), self.assertRaises(AccessError):
                thread.message_process(None, raw)
        admin = self.env.ref("base.user_admin")
        self.assertTrue(self.env["mail.thread"].with_user(admin).message_process(None, raw))

    def test_old_mails_are_deleted(self):
        row, case_row = self._take("spam", X_Spam_Flag="YES"), self._take()
        trusted(row | case_row).received_at = "2026-01-01 00:00:00"
        self._trigger("base.autovacuum_job")
        self.assertFalse((row | case_row).exists())
        self.assertTrue(self.env["water.inquiry"].search_count([("email_from", "=", ADDRESS)]))

    def test_another_company(self):
        """The department's company has the case."""
        self.company2.alias_domain_id = self.domain
        values = {"code": "X", "name": "X", "company_id": self.company2.id, "alias_name": "second"}
        second = self.env["water.department"].create(values)
        row = self._take(to=f"second@{DOMAIN}")
        self.assertEqual(row.department_id, second)
        self.assertEqual((row.company_id, row.inquiry_id.company_id), (self.company2,) * 2)
        self.assertNotIn(row, self._as("supervisor", self.mails).search([]))

    def test_other_mails_are_odoos(self):
        """Other addresses stay with Odoo's own routing."""
        mail = self._mail(to=f"catchall@{DOMAIN}")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        self.assertFalse(self.mails.search_count([("message_id", "=", mail["Message-Id"])]))

    def test_masked_readers(self):
        """A department that works on the case reads neither the mail nor who wrote it."""
        case = self._take().inquiry_id
        case.category_id = self._category("gn")
        self._dispatch(case)
        messages = self._as("department", self.env["mail.message"])
        found = messages.search([("model", "=", case._name), ("res_id", "=", case.id)])
        self.assertNotIn(ADDRESS, str(found.mapped("email_from")))
        self.assertNotIn("email", found.mapped("message_type"))

    def test_sender_without_a_name(self):
        case = self._take(sender=ADDRESS).inquiry_id
        self.assertEqual((case.contact_name, SENDER in case.subject), (False, False))

    def test_words_of_strangers_stay_here(self):
        """Our address sends no one's advertisement: neither subject, name nor text return."""
        lure = "点击 http://evil.example 领奖"
        self.customer.email = ADDRESS
        case = self._take(lure, sender=f'"{lure}" <{ADDRESS}>', Subject=lure).inquiry_id
        self.assertIn("evil", f"{case.subject} {case.contact_name}")
        message = self.env["water.message"].search([("inquiry_id", "=", case.id)])
        mail = message.mail_mail_id
        for text in (
            message.body,
            message.subject,
            str(message.params),
            mail.body_html,
            mail.subject,
        ):
            self.assertNotIn("evil", text or "")
        self.assertIn(case.name, mail.body_html)
        self._as("agent", case).action_identify()
        self.assertEqual(case._customer_subject(), lure)

    def test_strangers_have_us_write_a_few_times_a_day(self):
        """Per address, no matter who names it; known customers get everything."""
        self.company.water_unproved_limit = 2
        self.company.water_mail_flood = 0
        cases = [self._take(f"第{number}封").inquiry_id for number in range(4)]
        told = self.env["water.message"].search([("address", "=", ADDRESS)])
        self.assertEqual(told.inquiry_id.ids, sorted((case.id for case in cases[:2]), reverse=True))
        mine = self._inquiry(email_from=ADDRESS)
        self.assertTrue(self.env["water.message"].search([("inquiry_id", "=", mine.id)]))
        with freeze_time(fields.Datetime.now() + timedelta(days=1, seconds=1)):
            case = self._take("次日").inquiry_id
            self.assertTrue(self.env["water.message"].search([("inquiry_id", "=", case.id)]))
