import re
from datetime import datetime

from freezegun import freeze_time
from lxml import html

from odoo.tests import tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.water_complaints.notice.tests.common import DESK, LetterCase

from .test_module import MODULES

#: phrases that ask a customer to call
CALL = re.compile(r"call us|call our|hotline|致电(?!回访|与您)|拨打|热线", re.IGNORECASE)
LINK = re.compile(r'(?:href|src)="([^"]*)"')


@tagged("post_install", "-at_install")
class TestMails(LetterCase, MockEmail, CronMixinCase):
    """Customers' mails: language, local time, links, no internal data."""

    def _inquiry(self, partner, **vals):
        values = {
            "subject": "阶梯水价从多少方开始",
            "description": "坐席摘要：客户语气急。",
            "answer": "年用水量 220 立方米以上。",
            "partner_id": partner.id,
            "category_id": self.env.ref(DESK + "category_sg01").id,
            "channel_id": self.env.ref(DESK + "channel_web").id,
            **vals,
        }
        return self.env["water.inquiry"].with_user(self.agent).create(values)

    def _four(self, partner):
        """The mails of the four templates, for one customer."""
        case = self._handled(partner)
        inquiry = self._inquiry(partner)
        inquiry.action_answer()
        notice = self._notify(case)
        mails = (
            self._mails_of(case).filtered("email_to")
            | self._mails_of(notice)
            | self._mails_of(inquiry)
        )
        self.assertEqual(len(mails), 4)  # tests that go through them pass on none
        self.assertTrue(all(mails.mapped("body_html")))
        return mails

    def test_languages(self):
        """Each customer reads their own language, regardless of the agent's."""
        for partner, greeting, subjects in (
            (self.zhang, "尊敬的张伟：", ("已收到", "处理结果", "已收到", "已答复")),
            (
                self.miller,
                "Dear John Miller,",
                ("received your complaint", "Result of", "received your inquiry", "Our answer"),
            ),
        ):
            mails = self._four(partner)
            for mail, subject in zip(mails, subjects, strict=True):
                self.assertIn(subject, mail.subject)
                self.assertIn(greeting, mail.body_html)
        english = "".join(mails.mapped("body_html"))
        for word in ("尊敬的", "受理", "热线", "承诺"):
            self.assertNotIn(word, english)

    def test_company_speaks(self):
        """From and reply address are the company's; the hotline is in every mail."""
        for mail in self._four(self.zhang):
            self.assertEqual(mail.email_from, '"清河供水" <service@example.com>')
            self.assertIn(mail.reply_to or mail.email_from, mail.email_from)
            self.assertIn("0300-96510", mail.body_html)
            self.assertIn("清河供水", mail.body_html)
            self.assertIn('lang="zh-CN"', mail.body_html)
            self.assertNotIn("Powered by", mail.body_html)

    def test_no_call_to_company_without_hotline(self):
        """In no template, in neither language: what asks to call stands where there is one."""
        known = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "in", MODULES)]
        )
        templates = self.env["mail.template"].browse(known.mapped("res_id"))
        self.assertGreater(len(templates), 20)
        for lang in ("en_US", "zh_CN"):
            for template in templates.with_context(lang=lang):
                body = html.fromstring(f"<div>{template.body_html or ''}</div>")
                for node in body.iterfind(".//*[@t-out]"):
                    node.text = ""
                for node in body.xpath(".//*[contains(@t-if, 'water_hotline')]"):
                    node.text, node[:] = "", []
                short = re.sub(r"\{\{.*?\}\}", "", template.water_short_text or "")
                for words in (body.text_content(), short):
                    with self.subTest(template=template.name, lang=lang):
                        self.assertNotRegex(words, CALL)

    def test_words_of_alarm_without_a_hotline(self):
        """Texts made by code name no hotline either if there is none."""
        contacts = self.env["water.incident.contact"]
        incident = self.env["water.incident"].new({"state": "open"})
        for kind in ("progress", "restored"):
            notice = self.env["water.incident.notice"].new({"incident_id": incident, "kind": kind})
            contact = contacts.new({"notice_id": notice, "company_id": self.company.id})
            self.company.water_hotline = "96510"
            self.assertRegex(contact._news_help(), CALL)
            self.company.water_hotline = False
            self.assertNotRegex(contact._news_help(), CALL)

    @freeze_time("2026-09-30 08:40:00")
    def test_promise_in_local_time(self):
        """Received on Wednesday 16:40 in China: five working days after the Golden Week.

        The customer reads local time, although the agent is in New York.
        """
        case = self._complaint(self.zhang, received_at=datetime(2026, 9, 30, 8, 40))
        self.assertIn("2026年10月13日星期二 17:30", self._mails_of(case).body_html)
        case = self._complaint(self.miller, received_at=datetime(2026, 9, 30, 8, 40))
        body = self._mails_of(case).body_html.replace("\u202f", " ")
        self.assertIn("Tuesday, October 13, 2026, 5:30 PM", body)

    def test_zone_of_the_office(self):
        """A customer without time zone reads the office's."""
        self.zhang.tz = False
        case = self._complaint(self.zhang)
        self.assertEqual(case._customer_tz(), self.company._water_calendar().tz)
        self.assertEqual(case._customer_time(False), "")

    def test_links(self):
        """All links are absolute, and the button leads to the customer's page."""
        self.env["ir.config_parameter"].set_param("web.base.url", "https://water.example.com")
        for mail in self._four(self.zhang):
            links = LINK.findall(mail.body_html)
            record = self.env[mail.model].browse(mail.res_id)
            case = record.complaint_id if mail.model == "water.notice" else record
            self.assertFalse(case._has_login())
            page = "https://water.example.com/water/track/link/"
            self.assertTrue([link for link in links if link.startswith(page)], links)
            for link in links:
                self.assertRegex(link, r"^(https://|mailto:|tel:)")

    def test_nothing_internal(self):
        """Words for colleagues and the names of staff stay in the house."""
        for mail in self._four(self.zhang):
            for secret in ("内部备注", "坐席摘要", "letter_agent", "letter_worker", "管网部"):
                self.assertNotIn(secret, mail.body_html)

    def test_anonymous(self):
        """An anonymous customer with an address is answered, but not named."""
        case = self._complaint(self.zhang, is_anonymous=True, email_from=self.zhang.email)
        body = self._mails_of(case).body_html
        self.assertIn("尊敬的客户：", body)
        self.assertNotIn("张伟", body)

    def test_subject_on_the_wire(self):
        """The Chinese subject and sender are sent encoded, and decode to the original."""
        mail = self._mails_of(self._complaint(self.zhang))
        with self.mock_smtplib_connection():
            mail.send()
        message = self.emails[0]["message"]
        raw = re.search(r"^Subject: (.*)$", message, re.M).group(1)
        self.assertTrue(raw.isascii())
        self.assertIn("=?utf-8?", raw)
        self.assertEqual(mail.state, "sent")

    def test_queue_is_woken(self):
        """Mails go out at once: the queue's job is triggered."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        with self.capture_triggers(cron.id) as capture:
            case = self._complaint(self.zhang)
        self.assertTrue(capture.records)
        mail = self._mails_of(case)
        self.assertEqual(mail.state, "outgoing")
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual(mail.state, "sent")

    def test_odd_addresses(self):
        """A bad address never stops a case, and the failure shows on its mail."""
        for address in ("不是邮箱", "a@", "zhang wei at example", "<>"):
            case = self._complaint(self.zhang, email_from=address)
            self.assertEqual(case.state, "registered")
            mail = self._mails_of(case)
            with self.mock_mail_gateway():
                mail.send()
            self.assertEqual(mail.mapped("state"), ["exception"], address)
            self.assertTrue(mail.failure_reason)

    def test_no_address(self):
        """Without an address no mail is queued."""
        self.zhang.email = False
        self.assertFalse(self._mails_of(self._complaint(self.zhang)))

    def test_batch(self):
        """Twenty customers get a mail each, in their languages, from one create."""
        values = self._complaint(self.zhang).copy_data()[0]
        values |= {"received_at": datetime(2026, 9, 30, 8, 40)}
        rows = [
            {
                **values,
                "partner_id": partner.id,
                "email_from": f"{partner.lang}{number}@example.com",
            }
            for number in range(10)
            for partner in (self.zhang, self.miller)
        ]
        for row in rows:
            row.pop("contact_name", None)
        cases = self.env["water.complaint"].with_user(self.agent).create(rows)
        mails = self._mails_of(cases)
        self.assertEqual(len(mails), 20)
        for case in cases:
            mail = mails.filtered(lambda row, case=case: row.res_id == case.id)
            self.assertEqual(mail.email_to, case.email_from)
            word = "尊敬的张伟" if case.partner_id == self.zhang else "Dear John Miller"
            self.assertIn(word, mail.body_html)
