"""Odd mails: sent blindly, to thousands, or packed by a program that nobody else reads."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DOMAIN, MailDoorCommon

THREAD = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestMailOdd(MailDoorCommon):
    def setUp(self):
        super().setUp()
        self.box = self.env["fetchmail.server"].create({"name": "x", "server_type": "imap"})

    def _fetch(self, mail):
        """As Odoo does with what lies in a mailbox; its row."""
        threads = self.env["mail.thread"].with_context(default_fetchmail_server_id=self.box.id)
        threads.message_process(None, mail.as_bytes())
        return self.mails.search([("message_id", "=", mail["Message-Id"])])

    def test_sent_blindly(self):
        """It names nobody of ours, and lies in our mailbox: a person looks at it."""
        row = self._fetch(self._mail(to="undisclosed-recipients:;"))
        self.assertEqual((row.outcome, row.reason), ("aside", "unaddressed"))
        row.with_user(self.users["agent"]).action_make_case()
        self.assertEqual(row.inquiry_id.email_from, "wang@customer.example")

    def test_among_thousands(self):
        """So much of a header as ends before our address is read."""
        others = ", ".join(f"k{number}@elsewhere.example" for number in range(5000))
        row = self._fetch(self._mail(to=f"{others}, service@{DOMAIN}"))
        self.assertEqual((row.outcome, row.reason), ("aside", "unaddressed"))
        named = self._fetch(self._mail(to=others, Delivered_To=f"service@{DOMAIN}"))
        self.assertEqual(named.outcome, "case")

    def test_machines_and_known_cases(self):
        """Machines make no work, and whoever names his case is heard there."""
        news = self._fetch(self._mail(to="list@else.example", Auto_Submitted="auto-generated"))
        self.assertEqual((news.outcome, news.reason), ("ignored", "automatic"))
        case = self._take().inquiry_id
        row = self._fetch(self._mail(to="undisclosed-recipients:;", Subject=f"Re: {case.name}"))
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))

    def test_a_gateway_is_told(self):
        """It sends the mail back, so that its writer hears of it."""
        mail = self._mail(to="nobody@elsewhere.example")
        with self.assertRaises(ValueError), mute_logger(THREAD):
            self.env["mail.thread"].message_process(None, mail.as_bytes())

    def test_a_mail_that_outlook_has_packed(self):
        """Its words make a case; what cannot be read is named to the staff."""
        for words in ("我家水表停转了。", ""):
            row = self._take(words, files={"winmail.dat": b"\x78\x9f\x3e\x22" + bytes(200)})
            self.assertEqual(row.outcome, "case")
            self.assertIn("winmail.dat", str(row.inquiry_id.message_ids.mapped("body")))
