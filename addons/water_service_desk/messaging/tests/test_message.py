from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.base.models.ir_mail_server import IrMail_Server as IrMailServer
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.mail.tests.common import MockEmail

from ...base.roles import SUPERVISOR
from ...base.tests import acts
from ...base.tests.common import NOW, local, speak_chinese
from ...base.trust import trusted
from ..models import mail_mail, water_gateway
from .common import MessageCommon
from .gateway_server import closed_port, hang


@tagged("post_install", "-at_install")
class TestMessageRoute(MessageCommon):
    """Recipient, channel and language of a message."""

    second_company = True

    def _media(self, **values):
        return self._message(**values).mapped("medium")

    def test_channel(self):
        """The preferred channel first, else mail, WeChat, SMS; never against a wish."""
        self._gateway(medium="wechat")
        self.customer.water_wechat_openid = "oABC"
        self.assertEqual(self._media(), ["wechat"])
        self.assertEqual(self._media(email_from="z@example.com"), ["mail"])
        for wish in ("sms", "wechat", "mail", "none"):
            self.customer.water_message_medium = wish
            media = [wish] if wish != "none" else []
            self.assertEqual(self._media(email_from="z@example.com"), media)

    def test_preferred_channel_cannot_be_used(self):
        """The next channel is taken; without any, nothing is queued."""
        self.customer.water_message_medium = "wechat"  # there is no such gateway
        self.assertEqual(self._media(), ["sms"])
        self.gateway.active = False
        self.assertEqual(self._media(), [])
        self.assertEqual(self._media(email_from="z@example.com"), ["mail"])

    def test_gateway_of_the_company(self):
        """A company's own gateway before the common one, never another company's."""
        own = self._gateway(company_id=self.company.id, sequence=99)
        self._gateway(company_id=self.company2.id, sequence=1)
        self.assertEqual(self._message().gateway_id, own)

    def test_language(self):
        """Customers read their own language, regardless of the agent's."""
        speak_chinese(self.env)
        self.customer.lang = "zh_CN"
        message = self._message()
        self.assertTrue(message.body.startswith("尊敬的张伟：您的咨询"), message.body)
        self.assertIn("我们将于 2026年3月13日星期五 17:30 前答复您。", message.body)
        self.assertEqual(message.lang, "zh_CN")
        self.customer.lang = "en_US"
        self.assertIn("Friday, March 13, 2026", self._message().body)

    def test_anonymous(self):
        """Anonymous customers are greeted without a name."""
        reached = {"is_anonymous": True, "phone": "13812345678", "email_from": False}
        message = self._message(**reached)
        self.assertTrue(message.body.startswith(("Dear customer,", "尊敬的客户：")), message.body)
        self.assertNotIn("张伟", f"{message.body} {message.params}")

    def test_moved_date(self):
        """An extension is told by SMS too, with the new date."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        request = acts.extend(self._as("agent", clock), "冻土", 3)
        self._as("supervisor", request).action_approve()
        message = case.sudo().customer_message_ids.sorted("id")[-1:]
        self.assertIn("We now promise you the result by Wednesday, March 18", message.body)
        self.assertIn(case.name, message.body)

    def test_many(self):
        """A hundred messages cost hardly more queries than two."""
        values = self._inquiry_values()

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as("agent", self.env["water.inquiry"]).create([dict(values)] * count)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLess(queries(100), queries(2) + 40)


@tagged("post_install", "-at_install")
class TestMessageQueue(MessageCommon, MockEmail):
    """The queue: retries with back-off, gives up loudly, and never sends twice."""

    def test_retry_then_success(self):
        """After 1, 2, 4 minutes, with the same key, until the gateway takes it."""
        message = self._message()
        self.server.answer((500, b""), (500, b""), (500, b""))
        now = fields.Datetime.now()
        for minutes in (0, 1, 3, 7):
            with freeze_time(now + timedelta(minutes=minutes, seconds=-1 if minutes else 0)):
                self._run()
            with freeze_time(now + timedelta(minutes=minutes)):
                self._run()
        self.assertEqual((message.state, message.attempt_count), ("sent", 4))
        self.assertEqual(len(self.server.requests), 4)
        self.assertEqual(self.server.keys, {message.key})
        self.assertFalse(message.failure_reason)

    def test_retry_after(self):
        """The gateway's own wish to wait is honoured."""
        self.server.answer((429, b"", {"Retry-After": "3600"}))
        message = self._message()
        self._run()
        self.assertEqual(message.next_try_at, self._later(hours=1))

    def test_given_up(self):
        """After the last attempt: an event, a to-do for a supervisor, the case says so."""
        self.company.water_message_user_id = self.users["supervisor"]
        self.gateway.max_attempts = 2
        message = self._message()
        self.server.answer((500, b""), (500, b""))
        for _attempt in range(3):
            self._make_due(message)
            self._run()
        self.assertEqual((message.state, message.attempt_count), ("given_up", 2))
        case = message.inquiry_id
        self.assertIn("message_failed", self._kinds(case))
        self.assertWhole(case)
        activity = case.activity_ids
        self.assertEqual(activity.user_id, self.users["supervisor"])
        self.assertEqual(activity.summary, "SMS not delivered: tell the customer otherwise")
        self.assertTrue(self._as("agent", case).message_failed)

    def test_asked_people(self):
        """The named person, else the head of customer service; any only if none is set."""
        head, named = self.users["supervisor"], self.users["agent2"]
        self.company.write({"water_message_user_id": False, "water_desk_head_id": False})
        self.assertTrue(self.company._water_asked_user().has_group(SUPERVISOR))
        self.company.water_desk_head_id = head
        self.assertEqual(self.company._water_asked_user(), head)
        self.company.water_message_user_id = named
        self.assertEqual(self.company._water_asked_user(), named)
        (head | named).active = False
        self.assertNotIn(self.company._water_asked_user(), head | named)

    def test_told_in_the_readers_language(self):
        """The reason is in the reader's language in list, activity and chain."""
        speak_chinese(self.env)
        self.users["supervisor"].lang = "zh_CN"
        self.company.water_message_user_id = self.users["supervisor"]
        self.server.answer((400, b""))
        message = self._message()
        self._run()
        self.assertIn("短信", message.inquiry_id.activity_ids.summary)
        for record in (message, message.inquiry_id.event_ids.sorted("id")[-1:]):
            name = "failure_reason" if record == message else "details"
            self.assertIn("网关", record.with_context(lang="zh_CN")[name])
            self.assertIn("gateway", record.with_context(lang="en_US")[name])

    def test_one_to_do_per_case(self):
        """Two lost messages about one case are one to-do."""
        self.company.water_message_user_id = self.users["supervisor"]
        case = self._inquiry()
        case.answer = "220 立方米"
        self._as("agent", case).action_answer()
        self.server.answer((422, b""), (422, b""))
        self._run()
        self.assertEqual(case.sudo().customer_message_ids.mapped("state"), ["given_up"] * 2)
        self.assertEqual(len(case.activity_ids), 1)

    def test_send_again(self):
        """A supervisor sends again, to the corrected number, under a new key."""
        self.server.answer((422, b""))
        message = self._message()
        self._run()
        key = message.key
        with self.assertRefused("Only a supervisor", message):
            self._as("agent", message).action_retry()
        self._as("agent", message.inquiry_id).phone = "13700001111"
        self._as("supervisor", message).action_retry()
        self._run()
        self.assertEqual((message.state, message.address), ("sent", "+8613700001111"))
        self.assertNotEqual(message.key, key)
        with self.assertRefused("Only what has failed", message):  # sent ones stay sent
            self._as("supervisor", message).action_retry()

    def test_gateway_is_left_alone(self):
        """After three failures in a row the rest of the batch waits, its attempts uncounted."""
        self.gateway.url = f"http://127.0.0.1:{closed_port()}/"
        messages = self.env["water.message"].union(*(self._message() for _case in range(5)))
        self._run()
        self.assertEqual(messages.sorted("id").mapped("state"), ["failed"] * 3 + ["queued"] * 2)
        self.assertEqual(messages.sorted("id").mapped("attempt_count"), [1, 1, 1, 0, 0])

    def test_one_fault_does_not_stop_others(self):
        """An error of ours in one message is named on it; the others go out."""
        first, second = self._message(), self._message()
        call = water_gateway.WaterGateway._call

        def broken(gateway, facts):
            if facts["key"] == first.key:
                raise ZeroDivisionError("13812345678")
            return call(gateway, facts)

        with (
            patch.object(water_gateway.WaterGateway, "_call", broken),
            self.assertLogs("odoo.addons.water_service_desk", "ERROR") as logs,
        ):
            self._run()
        self.assertEqual((first.state, second.state), ("failed", "sent"))
        self.assertNotIn("13812345678", f"{logs.output} {first.failure_reason}")

    def test_switched_off(self):
        message = self._message()
        self.gateway.active = False
        self._run()
        self.assertEqual(self.server.requests, [])
        self.assertEqual(message.failure_reason, "The gateway is switched off")

    def test_slow_gateway_ends(self):
        self.server.answer(hang)
        message = self._message()
        self._run()
        self.assertEqual(message.state, "failed")

    # -- receipts ----------------------------------------------------------------------------

    def test_receipt(self):
        """Integrations report by the gateway's number; a second receipt changes nothing."""
        message = self._message()
        self._run()
        self.enterContext(self.enter_registry_test_mode())  # calls are counted beside the test
        report = self._as("integration", self.env["water.message"]).report_delivery
        self.assertTrue(report("G-1"))
        self.assertEqual((message.state, message.delivered_at), ("delivered", self._later()))
        report("G-1", delivered=False, reason="LATE")
        self.assertEqual(message.state, "delivered")
        with self.assertRefused("No message has this reference", message):
            report("unknown")
        with self.assertRaises(AccessError):
            self._as("supervisor", self.env["water.message"]).report_delivery("G-1")

    def test_lost_on_the_way(self):
        message = self._message()
        self._run()
        self.enterContext(self.enter_registry_test_mode())  # calls are counted beside the test
        report = self._as("integration", self.env["water.message"]).report_delivery
        report(message.key, delivered=False, reason="UNDELIV")
        self.assertEqual(message.state, "given_up")
        self.assertIn("UNDELIV", message.failure_reason)

    # -- mail --------------------------------------------------------------------------------

    def _mail_message(self):
        return self._message(email_from="zhang@example.com")

    def test_mail(self):
        """The message follows its mail."""
        message = self._mail_message()
        self.assertEqual((message.medium, message.state), ("mail", "queued"))
        with self.mock_mail_gateway():
            message.mail_mail_id.send()
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.reference, message.mail_mail_id.message_id)

    def test_mail_fails_and_is_tried_again(self):
        """A server that is down: failed, tried again later by Odoo's queue, sent."""
        message = self._mail_message()
        with (
            self.mock_mail_gateway(),
            patch.object(IrMailServer, "send_email", side_effect=MailDeliveryException("down")),
            self.assertLogs("odoo.addons.mail", "ERROR"),
        ):
            message.mail_mail_id.send()
        self.assertEqual((message.state, message.attempt_count), ("failed", 1))
        self._make_due(message)
        self._run()
        self.assertEqual((message.state, message.mail_mail_id.state), ("queued", "outgoing"))
        with self.mock_mail_gateway():
            message.mail_mail_id.send()
        self.assertEqual((message.state, message.attempt_count), ("sent", 2))

    def test_mail_bad_address(self):
        """An address that is none is given up at once."""
        message = self._message(email_from="不是邮箱")
        with self.mock_mail_gateway():
            message.mail_mail_id.send()
        self.assertEqual(message.state, "given_up")
        self.assertEqual(message.failure_reason, "The mail address is wrong or missing")

    def test_cancelled(self):
        """A mail removed from the queue is not sent, without an alarm."""
        message = self._mail_message()
        message.mail_mail_id.cancel()
        self.assertEqual((message.state, message.failure_code), ("given_up", "cancelled"))
        self.assertFalse(message.inquiry_id.activity_ids)

    def test_bounce(self):
        """A mail that came back is given up, by its Message-Id."""
        message = self._mail_message()
        with self.mock_mail_gateway():
            message.mail_mail_id.send()
        self.env["water.message"]._on_bounce(["<other@x>", message.reference])
        self.assertEqual(
            (message.state, message.failure_reason), ("given_up", "The mail came back")
        )

    # -- evidence ----------------------------------------------------------------------------

    def test_cannot_be_changed(self):
        """Not even a manager writes, makes or deletes one by hand."""
        message = self._message()
        for login in ("agent", "manager"):
            mine = self._as(login, message)
            for call in (
                lambda mine=mine: mine.write({"state": "sent"}),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.with_context(water_trusted=True).write({"body": "x"}),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_masked_for_departments(self):
        """Departments read neither address nor text of what customers are told."""
        message = self._message()
        self._dispatch(message.inquiry_id)
        with self.assertRaises(AccessError):
            self._as("department", message).read(["subject"])
        self.assertEqual(self._as("agent", message).address_masked, "138****5678")

    def test_without_a_case(self):
        """A broadcast row stands for itself, for supervisors alone; two cases it never has."""
        values = {"subject": "停水通知", "medium": "sms", "address": "+8613812345678"}
        values |= {"gateway_id": self.gateway.id, "company_id": self.company.id, "body": "停水"}
        values["next_try_at"] = local("2026-03-11 09:00")
        message = trusted(self.env["water.message"]).create(values)
        self.assertFalse(self._as("agent", message).search([("id", "=", message.id)]))
        self.assertTrue(self._as("supervisor", message).search([("id", "=", message.id)]))
        self.server.answer((422, b""))
        self._run()
        self.assertEqual(message.state, "given_up")
        self.assertEqual(fields.Datetime.to_string(message.queued_at), NOW)


@tagged("post_install", "-at_install")
class TestMailPurge(MessageCommon):
    """Mails that went out are removed after a time; what the customer was told stays."""

    def _sent(self, days):
        message = self._message(email_from="z@example.com")
        mail = message.mail_mail_id
        mail.state = "sent"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET write_date = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=days), mail.id),
        )
        self.env.invalidate_all()
        return message, mail

    def test_the_message_stays(self):
        message, mail = self._sent(31)
        words = mail.mail_message_id
        self.assertIn("inquiry", words.model)
        _young, kept = self._sent(29)
        self.assertEqual(self.env["mail.mail"]._gc_sent()[1], False)
        self.assertFalse(mail.exists())
        self.assertTrue(words.exists() and words.body)
        self.assertTrue(message.exists())
        self.assertTrue(kept.exists())

    def test_waiting_records_are_untouched(self):
        _message, mail = self._sent(400)
        for state in ("outgoing", "exception"):
            self.env.cr.execute("UPDATE mail_mail SET state = %s", (state,))
            self.env.invalidate_all()
            self.env["mail.mail"]._gc_sent()
            self.assertTrue(mail.exists(), state)

    def test_in_batches_by_the_setting(self):
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"water_mail_days": 0})
        self.env["res.config.settings"].create({"water_mail_days": 5}).execute()
        mails = self._sent(6)[1] | self._sent(6)[1]
        with patch.object(mail_mail, "BATCH", 1):
            self.assertEqual(self.env["mail.mail"]._gc_sent(), (1, True))
        self.assertEqual(len(mails.exists()), 1)
