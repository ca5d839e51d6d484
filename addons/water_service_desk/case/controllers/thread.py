from werkzeug.exceptions import NotFound

from odoo.fields import Datetime
from odoo.http import request, route

from odoo.addons.mail.controllers.thread import ThreadController
from odoo.addons.mail.tools.discuss import Store

from ...base.links import OURS


class WaterThread(ThreadController):
    """Posts of users in threads of ours, with the user's own rights.

    Odoo posts them as superuser, without checking the recipients, messages to customers, or closed
    threads.
    """

    @route()
    def mail_message_post(self, thread_model, thread_id, post_data, context=None, **kwargs):
        """Post as Odoo does, with the caller's rights."""
        if not str(thread_model).startswith(OURS):
            return super().mail_message_post(thread_model, thread_id, post_data, context, **kwargs)
        self._note_answers(kwargs.get("canned_response_ids", []))
        store = Store()
        request.update_context(**{**(context or {}), "message_post_store": store})
        thread = self._get_thread_with_access_for_post(thread_model, thread_id, **kwargs)
        if not thread:
            raise NotFound
        if not thread.has_access("write"):
            quiet = {"mail_post_autofollow_author_skip": True, "mail_post_autofollow": False}
            thread = thread.with_context(**quiet)
        said = self._prepare_message_data(post_data, thread=thread, from_create=True, **kwargs)
        message = thread.message_post(**said)
        return {"store_data": store.add(message).get_result(), "message_id": message.id}

    def _note_answers(self, numbers):
        if numbers := [number for number in numbers if type(number) is int]:
            # sudo: mail.canned.response - only the time of use
            answers = request.env["mail.canned.response"].sudo().browse(numbers)
            answers.try_lock_for_update().last_used = Datetime.now()
