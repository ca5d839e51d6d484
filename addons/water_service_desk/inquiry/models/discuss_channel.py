from datetime import datetime
from typing import NamedTuple

from markupsafe import escape

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...base.roles import AGENT
from ...base.words import strip_invisible
from ...intake.filing import clean_text, first_line

COMMAND = "/case"
SUBJECT, WORDS = 200, 10000


class Line(NamedTuple):
    """Something that was said in a chat: by whom, and when (naive UTC)."""

    name: str
    text: str
    is_visitor: bool
    at: datetime


class DiscussChannel(models.Model):
    """A chat with a visitor becomes an inquiry, where Odoo's Live Chat is installed."""

    _inherit = "discuss.channel"

    def execute_command_case(self, **kwargs):
        """Register the chat as an inquiry and show the agent its number; again returns the same.

        :param kwargs: ``body`` is the command, optionally followed by the subject
        :raises UserError: for a conversation without a visitor, and for users other than agents
        """
        self.ensure_one()
        if not (self._water_is_chat() and self.env.user.has_group(AGENT)):
            raise UserError(self.env._("Agents can only save chats with visitors as inquiries."))
        about = clean_text(html2plaintext(kwargs.get("body") or "")).removeprefix(COMMAND).strip()
        case = self._water_chat_case() or self._water_file_chat(about)
        link = case._get_html_link(title=case.name)
        text = escape(self.env._("This chat is kept as %s.")) % link
        self.env.user._bus_send_transient_message(self, text)
        return True

    def _water_is_chat(self):
        return self.channel_type == "livechat"

    def _water_chat_ref(self):
        return f"chat-{self.id}"

    def _water_chat_case(self):
        known = [("recording_ref", "=", self._water_chat_ref())]
        return self.env["water.inquiry"].search(known, limit=1)

    def _water_file_chat(self, about):
        """File the visitor's words and the whole conversation.

        The time of receipt is that of the visitor's first message.
        """
        lines = self._water_chat_lines()
        words = "\n".join(line.text for line in lines if line.is_visitor)
        if not strip_invisible(words):
            raise UserError(self.env._("The visitor has not said anything yet."))
        values = {
            "subject": (about or first_line(words))[:SUBJECT],
            "received_at": next(line.at for line in lines if line.is_visitor),
            "verbatim": words[:WORDS],
            "description": "\n".join(f"{line.name}: {line.text}" for line in lines)[:WORDS],
            "category_id": self.env.ref("water_service_desk.category_gn").id,
            "channel_id": self.env.ref("water_service_desk.channel_web").id,
            "recording_ref": self._water_chat_ref(),
        }
        return self.env["water.inquiry"].create(values | self._water_chat_visitor())

    def _water_chat_lines(self):
        """Return the messages of the chat, oldest first: a list of :class:`Line`."""
        # sudo: mail.message - those of a channel that the reader is in, with visitors' names
        messages = self.message_ids.sudo().filtered(lambda m: m.message_type == "comment")
        found = []
        for message in messages.sorted("id"):
            author, text = message.author_id, clean_text(html2plaintext(message.body or ""))
            name = author.name or clean_text(message.author_guest_id.name)
            is_staff = any(not user.share for user in author.user_ids)
            if text:
                found.append(Line(name, text, not is_staff, message.date))
        return found

    def _water_chat_visitor(self):
        # sudo: discuss.channel.member - who takes part in a channel that the reader is in
        members = self.channel_member_ids.sudo()
        partners = members.partner_id.filtered(lambda p: p.partner_share and not p.is_public)
        guest = members.guest_id[:1]
        if partners:
            return {"partner_id": partners[:1].id}
        return {"contact_name": clean_text(guest.name)}
