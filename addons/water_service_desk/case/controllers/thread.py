from werkzeug.exceptions import NotFound

from odoo.fields import Datetime
from odoo.http import request, route

from odoo.addons.mail.controllers.thread import ThreadController
from odoo.addons.mail.tools.discuss import Store

from ...base.links import OURS


class WaterThread(ThreadController):
    """What is written in a thread of ours is said by a person, with his own rights.

    Odoo posts what comes by this way as the system, which is asked neither whom it names as reader,
    nor what it says to customers, nor whether the thread is closed.
    """

    @route()
    def mail_message_post(self, thread_model, thread_id, post_data, context=None, **kwargs):
        """As Odoo does, by whoever asks."""
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
        """Note when ready answers were of use last, as Odoo does: they are offered by it."""
        if numbers := [number for number in numbers if type(number) is int]:
            # sudo: mail.canned.response - nothing of it but the moment
            answers = request.env["mail.canned.response"].sudo().browse(numbers)
            answers.try_lock_for_update().last_used = Datetime.now()
