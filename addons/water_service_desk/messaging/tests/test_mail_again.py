"""Rejected mails to staff are retried, for each recipient separately."""

import smtplib
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from ...base.tests.common import WaterCommon

NOW = datetime(2026, 3, 2, 9, 0, 40)
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestMailAgain(WaterCommon, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name}@staff.example"} for name in ("an", "bo", "cai")]
        )
        cls.queue = cls.env.ref("mail.ir_cron_mail_scheduler_action")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def _mail(self, people, layout="water_service_desk.staff_mail_layout"):
        message = self.env["mail.thread"].message_notify(
            partner_ids=people.ids,
            subject="Late",
            body="A limit",
            force_send=False,
            email_layout_xmlid=layout,
        )
        return self.env["mail.mail"].search([("mail_message_id", "=", message.id)])

    def _send(self, mails, **answers):
        """Send them; return who got one.

        :param answers: name = the server's answer for the address: a code, or an exception
        """
        got = []

        def send(message, _sender, addresses):
            (address,) = addresses
            name = address.partition("@")[0]
            said = answers.get(name)
            if isinstance(said, Exception):
                raise said
            if said:
                raise smtplib.SMTPRecipientsRefused({address: (said, b"no")})
            got.append(name)

        with self.mock_mail_gateway(), mute_logger(MAIL):
            self.testing_smtp_session.send_message = send
            mails.send()
        return got

    def _send_without_server(self, mails):
        with self.mock_mail_gateway(), patch("smtplib.SMTP", side_effect=ConnectionRefusedError):
            mails.send()

    def _states(self, mail):
        return mail.mail_message_id.notification_ids.mapped("notification_status")

    def test_a_server_that_begins_anew(self):
        """After 5 minutes, 15, an hour, 2, 4, 8 and 8; then it has failed."""
        mail = self._mail(self.people[0])
        for tries, minutes in enumerate((5, 15, 60, 120, 240, 480, 480), 1):
            self._send_without_server(mail)
            self.assertEqual((mail.state, mail.water_tries), ("outgoing", tries))
            due = (NOW + timedelta(minutes=minutes)).replace(second=0)
            self.assertEqual(mail.scheduled_date, due)
            calls = self.env["ir.cron.trigger"].search([("cron_id", "=", self.queue.id)])
            self.assertEqual(calls.mapped("call_at").count(due), 1)
            self.assertEqual(self._states(mail), ["ready"])
        self._send_without_server(mail)
        self.assertEqual((mail.state, self._states(mail)), ("exception", ["exception"]))
        mail.mark_outgoing()
        self._send_without_server(mail)
        self.assertEqual((mail.state, mail.water_tries), ("outgoing", 1))

    def test_mail_arrives_when_server_is_back(self):
        mails = self._mail(self.people[0]) + self._mail(self.people[1])
        self._send_without_server(mails)
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 2)
        self.assertEqual(self._send(mails), ["an", "bo"])
        self.assertEqual(mails.mapped("state"), ["sent"] * 2)
        self.assertEqual(self._states(mails[0]), ["sent"])

    def test_allowed_values(self):
        """421, 451, 452 and silence may be over in an hour; a final refusal is not."""
        mails = {}
        faults = {421: True, 451: True, 452: True, 550: False, 554: False}
        for said, is_passing in [
            *faults.items(),
            (TimeoutError("timed out"), True),
            (smtplib.SMTPDataError(451, b"later"), True),
            (smtplib.SMTPDataError(552, b"too large"), False),
            (ValueError("a fault of ours"), False),
        ]:
            with self.subTest(said):
                mail = self._mail(self.people[0])
                mails[str(said)] = mail
                self.assertEqual(self._send(mail, an=said), [])
                self.assertEqual(mail.state, "outgoing" if is_passing else "exception")

    def test_refused_people_are_not_awaited(self):
        """The first had got it, the second is refused, and the third hears of it all the same."""
        mail = self._mail(self.people)
        self.assertEqual(self._send(mail, bo=550), ["an"])
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "=", mail.mail_message_id.id), ("state", "=", "outgoing")]
        )
        self.assertEqual(self._send(mails.sorted("id"), bo=550), ["cai"])
        self.assertEqual(mail.recipient_ids, self.people[1])
        self.assertEqual(mail.state, "exception")
        told = {row.res_partner_id: row.notification_status for row in mail.notification_ids}
        wanted = ("sent", "exception", "sent")
        self.assertEqual(told, dict(zip(self.people, wanted, strict=True)))

    def test_an_address_in_the_mail_itself(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "x",
                "body_html": "y",
                "model": "water.inquiry",
                "email_to": "dan@staff.example",
                "recipient_ids": self.people[:2].ids,
            }
        )
        self.assertEqual(self._send(mail, an=451), ["dan"])
        self.assertFalse(mail.email_to)
        mails = self.env["mail.mail"].search([("mail_message_id", "=", mail.mail_message_id.id)])
        self.assertEqual(self._send(mails.sorted("id"), an=451), ["bo"])
        self.assertEqual((mail.state, mail.water_tries), ("outgoing", 1))

    def test_mails_of_other_apps(self):
        """They fail as Odoo has it: at the first refusal, together, and when a server hangs up."""
        for hangs_up in (False, True):
            with self.subTest(hangs_up):
                mail = self._mail(self.people[:2], layout=False)
                about = self.env["mail.mail"].search([("id", ">=", mail.id)])
                if hangs_up:
                    with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
                        mail._after_hang_up("gone")
                else:
                    self.assertEqual(self._send(mail, an=451), [])
                self.assertEqual((mail.state, mail.water_tries), ("exception", 0))
                self.assertEqual(self._states(mail), ["exception"] * 2)
                self.assertEqual(mail.recipient_ids, self.people[:2])
                self.assertEqual(self.env["mail.mail"].search([("id", ">=", mail.id)]), about)
        self._send_without_server(self._mail(self.people[0], layout=False))
        self.assertFalse(self.env["mail.mail"].search([("water_tries", ">", 0)]))

    def test_mails_of_other_apps_are_not_removed(self):
        """How long those are kept is their apps' matter."""
        values = {"subject": "x", "body_html": "y", "state": "sent"}
        theirs = self.env["mail.mail"].create({**values, "model": "res.partner"})
        ours = self.env["mail.mail"].create({**values, "model": "water.inquiry"})
        self.env.flush_all()
        old, ids = NOW - timedelta(days=400), tuple((theirs + ours).ids)
        self.env.cr.execute("UPDATE mail_mail SET write_date = %s WHERE id IN %s", (old, ids))
        self.env.invalidate_all()
        self._trigger("base.autovacuum_job")
        self.assertEqual((theirs + ours).exists(), theirs)

    def test_own_mails(self):
        """Those about our records and to our staff, whether they have a thread or none."""
        about = {"subject": "x", "body_html": "y"}
        models = {"water.inquiry": True, "water.alarm": True, "res.partner": False, False: False}
        for model, is_ours in models.items():
            mail = self.env["mail.mail"].create({**about, "model": model})
            self.assertEqual(bool(mail._ours()), is_ours, model)
        before = self.env["mail.mail"].search([])
        user = self.users["agent"].sudo()
        user.notification_type = "email"
        told = self.env["water.staff.message"].sudo()
        told._tell(user, lambda env: ("x", "y"), record=self.people[0])
        told._tell(user, lambda env: ("x", "y"))
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual((len(mails), mails._ours()), (2, mails))
