import email
import email.policy
import time

from odoo.tests import BaseCase, tagged
from odoo.tools import html_sanitize

from ...base.tests.examples import given, st
from ...privacy.scrub import Scrubber
from .. import inbound

MINE = "水表停转了，请派人看看。"


def parse(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


@tagged("post_install", "-at_install")
class TestMailReading(BaseCase):
    """Mails as the programmes of customers write them."""

    def test_quoted_mails_are_cut(self):
        for quote in (
            "-----原始邮件-----\n发件人: 供水公司\n旧内容",
            "------------------ 原始邮件 ------------------\n旧内容",
            "在 2026年3月11日 10:00，供水公司 <service@water.example> 写道：\n> 旧内容",
            "On Wed, 11 Mar 2026 at 10:00, Water <service@water.example> wrote:\n> 旧内容",
            "On Wed, 11 Mar 2026 at 10:00, Water\n<service@water.example> wrote:\n> 旧内容",
            "发件人: 供水公司\n发送时间: 2026年3月11日\n收件人: 我\n主题: 回复\n\n旧内容",
            "From: Water\nSent: today\nTo: me\nSubject: x\n旧内容",
            "________________________________\nFrom: Water\n旧内容",
            "> 旧内容\n> 更旧",
        ):
            with self.subTest(quote):
                self.assertEqual(inbound.visible(f"{MINE}\n\n{quote}"), MINE)

    def test_boxes_in_boxes(self):
        """Tables in tables of many answers: words that stand deeper than the parser goes."""
        boxes = "<table><tr><td>" * 100 + MINE + "</td></tr></table>" * 100 + "<p>谢谢</p>"
        read = inbound.content(parse(f"Content-Type: text/html; charset=utf-8\r\n\r\n{boxes}"))
        self.assertEqual(read.text.split(), [MINE, "谢谢"])
        self.assertIn(MINE, html_sanitize(read.html))

    def test_nothing_but_a_quotation_is_kept(self):
        text = "> 旧内容\n> 更旧"
        self.assertEqual(inbound.visible(text), text)

    def test_own_words_are_not_cut(self):
        for text in ("From: 3 pm\nthere was no water.", "在家里写道歉信", "a\n> b\nc"):
            with self.subTest(text):
                self.assertEqual(inbound.visible(text), text)

    @given(st.text())
    def test_visible_never_invents(self, text):
        """For all mails, parts are dropped and something remains."""
        seen = inbound.visible(text)
        self.assertEqual(bool(seen.strip()), bool(text.strip()))

    @given(st.binary(max_size=400))
    def test_any_bytes_can_be_read(self, raw):
        message = parse(raw)
        inbound.content(message)
        inbound.bounced_ids(message)
        inbound.is_automatic(message)
        inbound.references(message)
        inbound.sender(message)
        inbound.addresses(message, "To", "Cc")

    def test_charsets(self):
        """GB2312 with characters that it does not have, no charset, and unknown ones."""
        word = "喆水镕"
        for charset, data in (
            ("gb2312", word.encode("gb18030")),
            ("x-unknown", word.encode()),
            ("us-ascii", word.encode()),
        ):
            head = f"Content-Type: text/plain; charset={charset}\n"
            raw = head.encode() + b"Content-Transfer-Encoding: 8bit\n\n" + data
            with self.subTest(charset):
                self.assertEqual(inbound.content(parse(raw)).text, word)

    def test_html_alone_becomes_text(self):
        mail = parse(
            "Content-Type: text/html; charset=utf-8\n\n<p>没有水</p><script>alert(1)</script>"
        )
        found = inbound.content(mail)
        self.assertIn("没有水", found.text)
        self.assertNotIn("<p>", found.text)

    def test_machines(self):
        for head in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "X-Auto-Response-Suppress: All",
            "X-Autoreply: yes",
            "Return-Path: <>",
            "List-Id: <x.example>",
            "Subject: 自动回复: 关于水费",
            "Subject: Automatic reply: water",
            "Subject: Out of Office",
        ):
            with self.subTest(head):
                self.assertTrue(inbound.is_automatic(parse(f"{head}\n\nx")))
        for head in ("Auto-Submitted: no", "Subject: 自动化水表", "X-Auto-Response-Suppress: None"):
            with self.subTest(head):
                self.assertFalse(inbound.is_automatic(parse(f"{head}\n\nx")))

    def test_bounces(self):
        """Reports name the lost mail; a delay, a receipt and an automatic answer do not."""
        report = (
            "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report;"
            " report-type=delivery-status; boundary=B\n\n--B\n\nsorry\n--B\n"
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: %s\n\n--B\n"
            "Content-Type: message/rfc822\n\nMessage-Id: <ours@water.example>\n\nx\n--B--\n"
        )
        self.assertEqual(inbound.bounced_ids(parse(report % "failed")), ["<ours@water.example>"])
        self.assertEqual(inbound.bounced_ids(parse(report % "delayed")), [])
        text = "From: PostMaster@qq.com\nSubject: 系统退信\n\n退信 <ours@water.example>"
        self.assertEqual(inbound.bounced_ids(parse(text)), ["<ours@water.example>"])
        for other in (
            "From: a@x.example\nSubject: x\n\n<ours@water.example>",
            "From: a@x.example\nReturn-Path: <>\nSubject: 自动回复: x\n\n<ours@water.example>",
            "From: a@x.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\n\n<o@w.example>",
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=B\n\n"
            "--B\n\nread\n--B--\n",
        ):
            with self.subTest(other):
                self.assertIsNone(inbound.bounced_ids(parse(other)))

    def test_spam(self):
        for head, limit, spam in (
            ("X-Spam-Flag: YES", 5, True),
            ("X-Spam-Status: Yes, score=9", 0, True),
            ("X-Spam-Score: 5.1", 5, True),
            ("X-Spam-Score: 4.9", 5, False),
            ("X-Spam-Score: 99", 0, False),
            ("X-Spam-Score: none", 5, False),
            ("X-Spam-Flag: NO", 5, False),
        ):
            with self.subTest(head):
                self.assertEqual(inbound.is_spam(parse(f"{head}\n\nx"), limit), spam)

    def test_hostile_headers_cost_little(self):
        """Nor does a header keep us busy, in our code or in Odoo's."""
        many = 100_000
        headers = {
            "subject": "Subject: " + "=?utf-8?b?5L2g?= " * many,
            "number": "Message-Id: <" + "." * many * 10,
            "readers": "Cc: " + ", ".join(f"a{number}@x.example" for number in range(many)),
            "lines": "\r\n".join(f"To: a{number}@x.example" for number in range(many)),
            "answers": "References: " + " ".join(f"<{number}@x.example>" for number in range(many)),
        }
        for name, text in headers.items():
            raw = f"{text}\r\nFrom: wang@x.example\r\n\r\n你好".encode()
            with self.subTest(name):
                begun = time.process_time()
                ways = (raw, inbound.POLICY), (inbound.bounded(raw), email.policy.SMTP)
                for bytes_, policy in ways:
                    message = email.message_from_bytes(bytes_, policy=policy)
                    said = [inbound.header(message, name) for name in ("Subject", "Message-Id")]
                    self.assertEqual(inbound.sender(message)[1], "wang@x.example")
                    self.assertLess(len(inbound.addresses(message, "To", "Cc")), 2000)
                    self.assertLess(len(str(said)), inbound.LONGEST_HEADER + 100)
                    self.assertEqual(inbound.content(message).text, "你好")
                self.assertLess(time.process_time() - begun, 5)
        self.assertEqual(inbound.references(message)[0], f"<{many - 1}@x.example>")

    def test_hostile_alphabets_cost_little(self):
        """One of addresses is none of mails: its decoder would be busy for hours."""
        text = "a" * 100_000 + "-" + "b" * 100_000
        for charset in ("punycode", '"PUNYCODE"', "idna"):
            head = f"Content-Type: text/plain; charset={charset}\n"
            bounce = f"Return-Path: <>\nContent-Transfer-Encoding: 8bit\n{head}\n\xff{text}"
            for mail, work in ((f"{head}\n{text}", inbound.content), (bounce, inbound.bounced_ids)):
                with self.subTest(charset=charset, work=work.__name__):
                    begun = time.process_time()
                    raw = mail.encode("latin-1")
                    message = email.message_from_bytes(raw, policy=inbound.POLICY)
                    work(inbound.readable(message))
                    self.assertLess(time.process_time() - begun, 1)
        self.assertEqual(inbound.content(inbound.readable(parse(f"{head}\n{text}"))).text, text)

    def test_hostile_texts_cost_little(self):
        """Any content is read in linear time."""
        size = 700_000
        texts = {
            "one line": "于" * size,
            "blanks": " " * size + "x",
            "half a quote": ("在" * 150 + "写" + "\n") * (size // 152),
            "wrote": ("on " + "wrote" * 60 + "\n") * (size // 304),
            "dashes": "-" * size,
            "headers": "from:\n" * (size // 6),
            "numbers": "<" + "@" * 249 + ("<@" * (size // 2)),
            "action": "Action:" + "\n" * size,
            "address": "a." * (size // 2),
        }
        report = (
            "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report;"
            " report-type=delivery-status; boundary=B\n\n--B\n\n%s\n--B--\n"
        )
        for name, text in texts.items():
            for how, work in (
                ("visible", lambda text=text: inbound.visible(text)),
                ("bounce", lambda text=text: inbound.bounced_ids(parse(report % text))),
                ("scrub", lambda text=text: Scrubber(["张伟"])(text)),
            ):
                with self.subTest(name=name, how=how):
                    begun = time.process_time()
                    work()
                    self.assertLess(time.process_time() - begun, 4)
