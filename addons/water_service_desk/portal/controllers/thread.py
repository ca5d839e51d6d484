from werkzeug.exceptions import NotFound

from odoo.http import request

from odoo.addons.mail.controllers.thread import ThreadController


class Thread(ThreadController):
    """Returns 404 for models without threads, where Odoo would fail."""

    @classmethod
    def _get_thread_with_access_for_post(cls, thread_model, thread_id, **kwargs):
        _check_has_thread(thread_model)
        return super()._get_thread_with_access_for_post(thread_model, thread_id, **kwargs)

    @classmethod
    def _get_thread_with_access(cls, thread_model, thread_id, *args, **kwargs):
        _check_has_thread(thread_model)
        return super()._get_thread_with_access(thread_model, thread_id, *args, **kwargs)


def _check_has_thread(model):
    if not hasattr(request.env.get(str(model)), "_get_thread_with_access"):
        raise NotFound
