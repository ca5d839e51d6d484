"""Mails as customers read them: plain text, footer, name, matter and promises."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MockEmail

from ...base.tests.common import speak_chinese
from ...base.words import _FILLING
from ..plain_text import plain_text
from .common import MessageCommon

STRANGER = "stranger@example.com"


@tagged("post_install", "-at_install")
class TestMailWords(MessageCommon, MockEmail):
    def _sent(self, **values):
        """Send the receipt of an inquiry: ``(case, plain-text part, HTML part)``."""
        message = self._message(email_from="zhang@example.com", **values)
        sending = patch.object(IrMail_Server, "send_email", return_value="<1@x>")
        with self.mock_mail_gateway(), sending as send:
            message.mail_mail_id.send()
        mail = send.call_args[0][0]
        parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
        return message.inquiry_id, *parts

    def test_plain_text_has_readable_words_and_links_only(self):
        self.customer.lang = "en_US"
        case, text, _html = self._sent()
        self.assertFalse(_FILLING.search(text), ascii(text))
        self.assertNotIn("\xa0", text)
        self.assertNotIn("*", text)
        self.assertNotIn("logo.png", text)
        lines = text.splitlines()
        self.assertEqual(lines[2], "Dear 张伟,", lines)
        self.assertIn("Follow the inquiry <http", text)
        self.assertIn(case.name, lines)
        self.assertNotIn("\n\n\n", text)

    def test_footer_says_that_replies_are_read_and_leads_to_the_settings(self):
        self.customer.lang = "en_US"
        _case, text, html = self._sent()
        self.assertIn("our staff read every reply", text)
        self.assertIn("/my/notifications", html)
        self.assertRegex(text, "Notification settings <http.*/my/notifications>")

    def test_footer_in_chinese(self):
        speak_chinese(self.env)
        self.customer.lang = "zh_CN"
        _case, text, _html = self._sent()
        self.assertIn("您可以直接回复本邮件", text)
        self.assertRegex(text, "通知设置 <http.*/my/notifications>")

    def test_matter_is_the_public_name_of_the_category(self):
        category = self._category("gn")
        category.public_name = "A question in my words"
        self.customer.lang = "en_US"
        _case, text, _html = self._sent(category_id=category.id, subject="internal words")
        self.assertIn("A question in my words", text)
        self.assertNotIn("internal words", text)

    def test_stranger_is_greeted_by_a_name_but_sends_nothing_else(self):
        stranger = self.env.ref("base.public_user")
        rows = self.env["water.inquiry"].with_user(stranger).sudo()
        category = self._category("gn")
        values = {"description": "words", "category_id": category.id, "email_from": STRANGER}
        values |= {"channel_id": self.env.ref("water_service_desk.channel_web").id}
        for name, is_greeted in (
            ("张大爷", True),
            ("Anna Müller", True),
            ("点击领取红包大奖", False),
            ("see evil.example", False),
            ("加微信abc123", False),
        ):
            with self.subTest(name):
                case = rows.create({**values, "subject": name, "contact_name": name})
                body = case.sudo().customer_message_ids.mail_mail_id.body_html
                self.assertEqual(name in body, is_greeted)

    def test_plain_text_of_a_list(self):
        source = "<p>Please tell us:</p><ul><li>when</li><li>where</li></ul>"
        source += '<div style="display: none">x</div>'
        self.assertEqual(plain_text(source), "Please tell us:\n\n- when\n- where")
