from odoo.tests import tagged

from .common import MailDoorCommon


@tagged("post_install", "-at_install")
class TestMailLanguage(MailDoorCommon):
    """Senders without a contact are answered in their mail's language."""

    def test_answered_in_the_language_of_the_mail(self):
        """Without a contact: by the script, as far as it tells."""
        self.company.partner_id.lang = "zh_CN"
        for words, lang in (
            ("My meter has stopped.", "en_US"),
            ("Meter 停了", "zh_CN"),
            ("12345", "zh_CN"),
        ):
            case = self._take(words, Subject="A-7").inquiry_id
            with self.subTest(words):
                self.assertEqual(case._customer_lang(), lang)
                mail = case.customer_message_ids.mail_mail_id
                self.assertEqual("您" in mail.body_html, lang == "zh_CN")
        case.customer_lang = "en_US"
        self.assertEqual(case._customer_lang(), "en_US")
        case.partner_id = self.customer  # with an own language
        self.assertEqual(case._customer_lang(), self.customer.lang)
