from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.trust import trusted
from ...intake.filing import FilingError
from ...messaging.tests.common import MessageCommon
from .common import RequestCommon

#: 23:00 in Shanghai.
NIGHT = "2026-03-11 15:00:00"


@tagged("post_install", "-at_install")
class TestPreference(RequestCommon, MessageCommon):
    """Disabled messages are not sent, quiet hours are kept, and entitled notices arrive anyway."""

    def _wishes(self, **values):
        """The filled-in form; everything is wanted unless it says otherwise."""
        kinds = ("progress", "visit", "survey", "outage")
        return {"medium": "", "lang": "en_US", **{f"tell_{kind}": "1" for kind in kinds}, **values}

    def _keep(self, **values):
        self._as("portal1", self.customer)._water_keep_wishes(self._wishes(**values))

    def _answered(self):
        case = self._inquiry(email_from="zhang@example.com")
        self._as("agent", case).write({"answer": "220 立方米"})
        self._as("agent", case).action_answer()
        messages = case.sudo().customer_message_ids.sorted("id")
        return messages.template_id.mapped("water_kind"), messages

    def test_kinds(self):
        """Progress is switched off, the answer never."""
        self.assertEqual(
            sorted(self._answered()[1].template_id.mapped("water_kind")), ["progress", "statutory"]
        )
        self._keep(tell_progress="")
        self.assertTrue(self.customer.water_mute_progress)
        self.assertEqual(self._answered()[0], ["statutory"])

    def test_visits(self):
        """Appointments go through the same service: switched off, or by text message."""
        case = self._repair()
        self._plan(case)
        told = case.sudo().customer_message_ids.filtered(
            lambda row: row.template_id.water_kind == "visit"
        )
        self.assertEqual(told.medium, "sms")
        self.assertIn("our staff will visit you", told.body)
        self._keep(tell_visit="")
        self._plan(case, hours=48)
        now = case.sudo().customer_message_ids.filtered(
            lambda row: row.template_id.water_kind == "visit"
        )
        self.assertEqual(now, told)

    def test_pages_only(self):
        """Customers without messages still get what they are entitled to."""
        self._keep(medium="none")
        kinds, messages = self._answered()
        self.assertEqual((kinds, messages.medium), (["statutory"], "mail"))

    def test_every_template_says_its_kind(self):
        templates = self.env["mail.template"].search([("model", "=like", "water.%")])
        self.assertGreater(len(templates), 10)
        self.assertFalse(templates.filtered(lambda row: not row.water_kind).mapped("name"))

    def test_quiet_hours(self):
        """Text messages and mails wait for the morning; emergencies and letters do not."""
        self._keep(quiet_from="22:00", quiet_until="07:30")
        morning = fields.Datetime.to_datetime("2026-03-11 23:30:00")
        with freeze_time(NIGHT):
            text = self._message()
            self.assertEqual((text.medium, text.next_try_at), ("sms", morning))
            mail = self._message(email_from="zhang@example.com")
            self.assertEqual(
                (mail.not_before, mail.mail_mail_id.scheduled_date), (morning, morning)
            )
            urgent = self._message(severity="emergency")
            self.assertEqual(urgent.next_try_at, fields.Datetime.now())
            letter = self._answered()[1][-1]
            self.assertEqual((letter.medium, letter.not_before), ("mail", False))
            self._run()
        self.assertEqual((text.state, urgent.state), ("queued", "sent"))
        with freeze_time(morning + timedelta(minutes=1)):
            self._run()
        self.assertEqual(text.state, "sent")
        self.assertFalse(self._message().not_before)  # at ten in the morning

    def test_retries_keep_quiet(self):
        """A gateway that recovers at night wakes no one."""
        self.customer.write({"water_quiet_from": 22, "water_quiet_until": 7})
        with freeze_time("2026-03-11 13:59:30"):
            text = self._message()
            trusted(text.sudo())._fail("timeout", wait=timedelta(minutes=5))
            self.assertEqual(text.next_try_at, fields.Datetime.to_datetime("2026-03-11 23:00:00"))

    def test_quiet_arithmetic(self):
        """Over midnight and within a day; both ends the same is never quiet."""
        partner = self.customer
        for begin, end, at, expected in (
            (22, 7, "21:59", "21:59"),
            (22, 7, "22:00", "07:00"),
            (22, 7, "06:59", "07:00"),
            (22, 7, "07:00", "07:00"),
            (12.5, 14, "13:00", "14:00"),
            (12.5, 14, "14:00", "14:00"),
            (0, 0, "03:00", "03:00"),
            (8, 8, "08:00", "08:00"),
        ):
            with self.subTest(begin=begin, end=end, at=at):
                partner.write({"water_quiet_from": begin, "water_quiet_until": end})
                moment = fields.Datetime.to_datetime(f"2026-03-11 {at}:00") - timedelta(hours=8)
                after = partner._water_after_quiet(moment, "Asia/Shanghai")
                local = after + timedelta(hours=8)
                self.assertEqual(local.strftime("%H:%M"), expected)
                self.assertTrue(timedelta(0) <= after - moment < timedelta(hours=24))

    def test_quiet_nights_in_which_the_clock_is_changed(self):
        """Seven by the clock on the wall, after an hour more or less."""
        self.customer.write({"water_quiet_from": 22, "water_quiet_until": 7})
        for zone, evening, morning in (
            ("Europe/Berlin", "2026-10-24 21:00:00", "2026-10-25 06:00:00"),
            ("Europe/Berlin", "2026-03-28 22:00:00", "2026-03-29 05:00:00"),
            ("Europe/London", "2026-10-25 00:30:00", "2026-10-25 07:00:00"),
        ):
            with self.subTest(zone=zone, evening=evening):
                moment = fields.Datetime.to_datetime(evening)
                after = self.customer._water_after_quiet(moment, zone)
                self.assertEqual(after, fields.Datetime.to_datetime(morning))

    def test_language_and_log(self):
        """The language applies from the next message on; preferences are logged."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "en_US"
        self._keep(lang="zh_CN", tell_survey="")
        self.assertEqual(self.customer.lang, "zh_CN")
        self.assertEqual(self._message().lang, "zh_CN")
        notes = " ".join(self.customer.sudo().message_ids.mapped("body"))
        self.assertIn("No Questions about Satisfaction", notes)

    def test_form(self):
        """Errors appear at the field; missing channels cannot be chosen."""
        before = self.customer.read(["water_message_medium", "water_quiet_from", "lang"])
        for values, field in (
            ({"medium": "wechat"}, "medium"),  # no gateway
            ({"medium": "mail"}, "medium"),  # no address
            ({"medium": "pigeon"}, "medium"),
            ({"lang": "xx_XX"}, "lang"),
            ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet_from"),
            ({"quiet_from": "22:00"}, "quiet_until"),
        ):
            with self.subTest(**values), self.assertRaises(FilingError) as caught:
                self._keep(**values)
            self.assertEqual(list(caught.exception.errors), [field])
        self.assertEqual(
            self.customer.read(["water_message_medium", "water_quiet_from", "lang"]), before
        )
        self._keep(medium="sms")
        self.assertEqual(self.customer.water_message_medium, "sms")
