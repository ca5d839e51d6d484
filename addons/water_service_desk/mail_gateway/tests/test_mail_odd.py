"""Odd mails: blind copies, thousands of recipients, unusual packers."""

import time

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...intake.tests import upload_samples as samples
from .. import invitation
from .common import DOMAIN, MailDoorCommon

THREAD = "odoo.addons.mail.models.mail_thread"
INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
END:VTIMEZONE
BEGIN:VEVENT
UID:1@customer.example
DTSTART;TZID=Europe/Berlin:20260329T013000
DTEND;TZID=Europe/Berlin:20260329T033000
SUMMARY:抄表；换
 表
LOCATION:东城路8号\\, 2单元
DESCRIPTION:请派人\\n来看看。
END:VEVENT
END:VCALENDAR
"""


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
        """It names none of our addresses but is in our mailbox: a person checks it."""
        row = self._fetch(self._mail(to="undisclosed-recipients:;"))
        self.assertEqual((row.outcome, row.reason), ("aside", "unaddressed"))
        row.with_user(self.users["agent"]).action_make_case()
        self.assertEqual(row.inquiry_id.email_from, "wang@customer.example")

    def test_among_thousands(self):
        """A header that ends before our address is read."""
        others = ", ".join(f"k{number}@elsewhere.example" for number in range(5000))
        row = self._fetch(self._mail(to=f"{others}, service@{DOMAIN}"))
        self.assertEqual((row.outcome, row.reason), ("aside", "unaddressed"))
        named = self._fetch(self._mail(to=others, Delivered_To=f"service@{DOMAIN}"))
        self.assertEqual(named.outcome, "case")

    def test_machines_and_known_cases(self):
        """Machine mails make no work, unless they name a case."""
        news = self._fetch(self._mail(to="list@else.example", Auto_Submitted="auto-generated"))
        self.assertEqual((news.outcome, news.reason), ("ignored", "automatic"))
        case = self._take().inquiry_id
        row = self._fetch(self._mail(to="undisclosed-recipients:;", Subject=f"Re: {case.name}"))
        self.assertEqual((row.outcome, row.inquiry_id), ("note", case))

    def test_a_gateway_is_told(self):
        """It bounces, so that its author is told."""
        mail = self._mail(to="nobody@elsewhere.example")
        with self.assertRaises(ValueError), mute_logger(THREAD):
            self.env["mail.thread"].message_process(None, mail.as_bytes())

    def test_a_mail_that_outlook_has_packed(self):
        """Its words make a case; what cannot be read is named to the staff."""
        for words in ("我家水表停转了。", ""):
            row = self._take(words, files={"winmail.dat": b"\x78\x9f\x3e\x22" + bytes(200)})
            self.assertEqual(row.outcome, "case")
            self.assertIn("winmail.dat", str(row.inquiry_id.message_ids.mapped("body")))

    def test_an_invitation(self):
        """Mails with only a calendar entry are read: subject, time, place."""
        mail = self._mail()
        mail.set_content(INVITATION, subtype="calendar", params={"method": "REQUEST"})
        case = self._take(mail).inquiry_id
        self.assertEqual(
            case.description,
            "抄表；换表\n2026-03-29 01:30 – 03:30 (Europe/Berlin)\n"
            "东城路8号, 2单元\n请派人\n来看看。",
        )
        beside = self._mail("我家水表停转了。")
        beside.add_alternative(INVITATION, subtype="calendar")
        self.assertEqual(self._take(beside).inquiry_id.description, "我家水表停转了。")

    def test_invitations_of_any_kind(self):
        """Whole days, other days, no zone, and what cannot be read."""
        for given, said in (
            (
                "DTSTART:20261231T233000Z\nDTEND:20270101T003000Z",
                "2026-12-31 23:30 – 2027-01-01 00:30 (UTC)",
            ),
            ("DTSTART;VALUE=DATE:20280229\nDTEND;VALUE=DATE:20280301", "2028-02-29 – 2028-03-01"),
            ("DTSTART:20260302T090000", "2026-03-02 09:00"),
            ("DTSTART:20260230T090000\nSUMMARY:水", "水"),
            ("DTEND:20260302T090000\nLOCATION:x", "x"),
            ("SUMMARY:水\nfault without colon", "水"),
            (
                'DTSTART;X=":;";TZID=Asia/Shanghai:20260302T090000',
                "2026-03-02 09:00 (Asia/Shanghai)",
            ),
            ("SUMMARY:a\nBEGIN:VALARM\nDESCRIPTION:ring\nEND:VALARM\nLOCATION:b", "a\nb"),
        ):
            with self.subTest(given):
                text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{given}\nEND:VEVENT\nEND:VCALENDAR\n"
                self.assertEqual(invitation.words(text), said)
        begun = time.process_time()
        for text in (
            "",
            "A;" * 50_000,
            "\0" * 99,
            "BEGIN:VEVENT\n" * 9000,
            "A:B\n" * 90_000,
            '":' * 9000,
        ):
            self.assertEqual(invitation.words(text), "")
        self.assertLess(time.process_time() - begun, 2)

    def test_null_bytes_and_bidi_controls_in_a_mail_are_removed(self):
        words = "水\0表\u202e停"
        mail = self._mail(
            words,
            sender="王\u202e芳 <wang@customer.example>",
            Subject="停\u202e水",
            html=f"<p>{words}<b>\0</b></p>",
            files={"账\u202e单.pdf": samples.PDF},
        )
        raw = mail.as_bytes().replace(b"Subject: ", b"Subject: \0")
        self.env["mail.thread"].message_process(None, raw)
        self.env.flush_all()
        row = self.mails.search([("message_id", "=", mail["Message-Id"])])
        case = row.inquiry_id
        self.assertEqual((case.subject, case.contact_name), ("停水", "王芳"))
        self.assertEqual(case.verbatim, "水表停")
        self.assertEqual(case.published_attachment_ids.mapped("name"), ["账单.pdf"])

    def test_mail_with_long_runs_is_read_in_linear_time(self):
        for sign in (" ", "\u3000", "\u200b", "\n", "\t", "a", "<", '"', ">", "字"):
            short, long = (self._seconds(sign, size) for size in (20_000, 80_000))
            # four times the text may take four times as long, and some more for the database
            self.assertLess(long, 8 * max(short, 0.4), f"{sign!r}: {short:.2f} s, {long:.2f} s")

    def _seconds(self, sign, size):
        run, line = f"水{sign * size}表", f"水{sign * 200}表" if sign != "\n" else "水表"
        mail = self._mail(run, Subject=line, html=f"<p>{run}</p>", files={f"{line}.pdf": b"%PDF-1"})
        began = time.process_time()
        self._take(mail)
        return time.process_time() - began
