import base64

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DOMAIN, SENDER, MailDoorCommon


@tagged("post_install", "-at_install")
class TestMailDeep(MailDoorCommon):
    """Mails that the library cannot read to their bottom."""

    @mute_logger("odoo.addons.water_service_desk.mail_gateway.models.water_mail_door")
    def test_parts_in_parts_without_end(self):
        """A mail deeper than the library reads is set aside by its headers, and not lost."""
        kind = "Content-Type: multipart/mixed; boundary="
        for depth, outcome in ((300, "case"), (3000, "aside")):
            number, words = f"<deep-{depth}@customer.example>", "我家水表停转了。"
            head = f"From: {SENDER}\nTo: service@{DOMAIN}\nMessage-Id: {number}\n{kind}b0\n\n"
            parts = "".join(f"--b{row}\n{kind}b{row + 1}\n\n" for row in range(depth))
            raw = f"{head}{parts}--b{depth}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
            self.env["mail.thread"].message_process(None, raw.encode())
            row = self.mails.search([("message_id", "=", number)])
            with self.subTest(depth=depth):
                self.assertEqual((row.outcome, row.sender), (outcome, "wang@customer.example"))
                self.assertIn(words, row.inquiry_id.verbatim or base64.b64decode(row.raw).decode())
        row.action_make_case()
        self.assertTrue(row.inquiry_id)
