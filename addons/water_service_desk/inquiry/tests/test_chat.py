from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestChat(WaterCommon):
    """``/case`` in a chat with a visitor, as Odoo's Live Chat has them."""

    def setUp(self):
        super().setUp()
        guest = self.env["mail.guest"].create({"name": "访客8"})
        agent = self.users["agent"]
        self.chat = self.env["discuss.channel"].create(
            {"name": "Visitor", "channel_type": "channel", "group_public_id": False}
        )
        self.chat._add_members(guests=guest, users=agent)
        self._say("家里没水了", author_id=False, author_guest_id=guest.id)
        self._say("请问什么地方?", author_id=agent.partner_id.id)
        self._say("东城路8号", author_id=False, author_guest_id=guest.id)

    def _say(self, body, **author):
        values = {"model": "discuss.channel", "res_id": self.chat.id, "message_type": "comment"}
        self.env["mail.message"].create({**values, "body": f"<p>{body}</p>", **author})

    def _press(self, body="/case", login="agent"):
        chat = self._as(login, self.chat)
        sent = []
        with (
            patch.object(type(self.chat), "_water_is_chat", lambda channel: True),
            patch.object(
                type(self.env["res.users"]),
                "_bus_send_transient_message",
                lambda user, channel, text: sent.append(text),
            ),
        ):
            chat.execute_command_case(body=body)
        return sent

    def _cases(self):
        return self.env["water.inquiry"].search(
            [("recording_ref", "=", self.chat._water_chat_ref())]
        )

    def test_the_visitors_words_are_kept(self):
        """The words are the visitor's; the whole chat shows the subject."""
        sent = self._press("/case 停水")
        case = self._cases()
        self.assertEqual(case.subject, "停水")
        self.assertEqual(case.verbatim, "家里没水了\n东城路8号")
        self.assertIn("请问什么地方?", case.description)
        self.assertEqual((case.contact_name, case.channel_id.code), ("访客8", "WEB"))
        self.assertEqual(case.create_uid, self.users["agent"])
        self.assertIn(case.name, sent[0])

    def test_bidi_controls_in_a_chat_are_removed(self):
        guest = self.chat.channel_member_ids.guest_id
        guest.name = "访\u202e客"
        self._say("没\u202e水", author_id=False, author_guest_id=guest.id)
        self._press("/case 停\u202e水")
        case = self._cases()
        self.assertEqual((case.subject, case.contact_name), ("停水", "访客"))
        self.assertTrue(case.verbatim.endswith("没水"))
        self.assertNotIn("\u202e", case.description)

    def test_kept_while_viewed(self):
        """The visitor has waited since the first message, not since it was stored."""
        began = fields.Datetime.now()
        with freeze_time("2026-03-12 02:00:00"):
            self._press()
        self.assertEqual(self._cases().received_at, began)
        self.assertLocal(self._clock(self._cases(), "close").due_at, "2026-03-13 17:30")

    def test_pressed_twice_it_is_one(self):
        first, again = self._press(), self._press()
        self.assertEqual(len(self._cases()), 1)
        self.assertEqual(first, again)
        self.assertEqual(self._cases().subject, "家里没水了")

    def test_a_customer_who_has_signed_in(self):
        self.chat._add_members(partners=self.customer)
        self._press()
        self.assertEqual(self._cases().partner_id, self.customer)

    def test_others_are_refused(self):
        """Chats of colleagues are not with visitors, and not everyone can file."""
        with self.assertRaisesRegex(UserError, "Agents can only save chats"):
            self._as("agent", self.chat).execute_command_case(body="/case")
        with self.assertRaisesRegex(UserError, "Agents can only save chats"):
            self._press(login="quality")
        self.assertFalse(self._cases())

    def test_silence_is_no_case(self):
        self.chat.message_ids.unlink()
        with self.assertRaisesRegex(UserError, "not said anything"):
            self._press()
