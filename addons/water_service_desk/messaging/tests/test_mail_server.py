"""Mails to customers survive an outage of the mail server, each sent once."""

import smtplib
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .common import MessageCommon

NOW = datetime(2026, 3, 2, 9, 0)
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestMailServer(MessageCommon, MockEmail):
    def _mail_message(self):
        return self._message(email_from="zhang@example.com")

    def _try(self, message, answer=None):
        """One attempt at the present time.

        :param answer: the server's answer for the address: a code, an exception, or nothing
        """
        if message.state == "failed":
            self._run()
        taken = []

        def send(mail, _sender, addresses):
            if isinstance(answer, int):
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(addresses, (answer, b"no")))
            taken.append(mail["Message-Id"])

        with self.mock_mail_gateway(), mute_logger(MAIL):
            self.testing_smtp_session.send_message = send
            if isinstance(answer, Exception):
                with patch("smtplib.SMTP", side_effect=answer):
                    message.mail_mail_id.send()
            else:
                message.mail_mail_id.send()
        return taken

    def _last(self, message, answer):
        """Try until it is given up; how long that took, and how often."""
        begun, tries = fields.Datetime.now(), 0
        with freeze_time(begun) as clock:
            while message.state in ("queued", "failed"):
                clock.move_to(max(fields.Datetime.now(), message.next_try_at or begun))
                self._try(message, answer)
                tries += 1
            return fields.Datetime.now() - begun, tries

    @freeze_time(NOW)
    def test_an_hour_without_a_server(self):
        """Retried within the hour, and sent once when accepted."""
        for answer in (ConnectionRefusedError("down"), 451):
            message = self._mail_message()
            with freeze_time(NOW) as clock:
                while fields.Datetime.now() < NOW + timedelta(hours=1):
                    self._try(message, answer)
                    self.assertEqual((message.state, message.failure_code), ("failed", "server"))
                    self.assertFalse(message.sent_at)
                    clock.move_to(message.next_try_at)
                self.assertLessEqual(fields.Datetime.now(), NOW + timedelta(hours=2))
                self.assertEqual(len(self._try(message)), 1)
                self.assertEqual(message.state, "sent")
                self.assertEqual(message.sent_at, fields.Datetime.now())
            self.assertFalse(message.inquiry_id.activity_ids)

    @freeze_time(NOW)
    def test_a_day_without_a_server(self):
        """After a day a person tells the customer otherwise."""
        for answer in (ConnectionRefusedError("down"), 451):
            message = self._mail_message()
            lasted, __ = self._last(message, answer)
            self.assertGreaterEqual(lasted, timedelta(hours=23))
            self.assertLessEqual(lasted, timedelta(hours=26))
            self.assertEqual((message.state, message.failure_code), ("given_up", "server"))
            self.assertTrue(message.inquiry_id.activity_ids)

    @freeze_time(NOW)
    def test_a_server_that_refuses(self):
        """Unknown recipients are told by another channel within a quarter of an hour."""
        message = self._mail_message()
        lasted, tries = self._last(message, 550)
        self.assertLessEqual(lasted, timedelta(minutes=15))
        self.assertEqual((message.state, message.failure_code, tries), ("given_up", "mail", 5))

    @freeze_time(NOW)
    def test_administrators_hear_of_it(self):
        """Deferred mails wait until their next attempt."""
        message = self._mail_message()
        figure = "water_message_oldest_seconds"
        for minutes in (0, 1, 3, 7, 15, 31):
            with freeze_time(NOW + timedelta(minutes=minutes)):
                self._try(message, ConnectionRefusedError("down"))
        with freeze_time(NOW + timedelta(minutes=45)):
            measured = {row.name: found for row, found in self.env["water.alarm"]._measure()}
            self.assertEqual(int(measured[figure][0][0]), 45 * 60)
