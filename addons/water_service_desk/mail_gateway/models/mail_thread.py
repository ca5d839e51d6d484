import xmlrpc.client

from odoo import api, models

from ...base.links import OURS
from ...messaging.visitor_http import guarding
from .. import inbound


class NoRouteError(ValueError):
    """The mail has no recipient here."""


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _web_push_send_notification(self, *args, **kwargs):
        """Notify a few browsers at once like ``mail.push``, but never an internal network
        address.
        """
        with guarding(self.env):
            return super()._web_push_send_notification(*args, **kwargs)

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Return None for records without links, where Odoo would fail."""
        if self._mail_post_token_field not in self._fields:
            kwargs = {key: kwargs[key] for key in kwargs.keys() - {"hash", "pid", "token"}}
        return super()._get_thread_with_access(thread_id, **kwargs)

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Mails to our departments, and answers about cases, come in by the e-mail door."""
        raw = bytes(message.data) if isinstance(message, xmlrpc.client.Binary) else message
        raw = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
        door = self.env["water.mail.door"]
        if isinstance(raw, bytes) and door._is_for_us(inbound.heads(raw)):
            return door._receive(raw)
        try:
            return super().message_process(
                model,
                inbound.bounded(raw) if isinstance(raw, bytes) else message,
                custom_values=custom_values,
                save_original=save_original,
                strip_attachments=strip_attachments,
                thread_id=thread_id,
            )
        except NoRouteError:
            # Odoo marks it as read, or removes it: who writes to us blindly would wait for ever
            if "default_fetchmail_server_id" not in self.env.context:
                raise
            return door._receive(raw, is_addressed=False)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """As Odoo, but with an error of its own for a mail without a route.

        :raises NoRouteError: if the mail has no recipient here
        """
        try:
            return super().message_route(message, message_dict, model, thread_id, custom_values)
        except ValueError as error:
            raise NoRouteError(*error.args) from error

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Accept mails into our other threads from the mail server alone.

        Odoo posts as superuser, under the sender named by the mail, for every caller.
        """
        if any(str(route[0]).startswith(OURS) for route in routes or ()):
            self.env["water.mail.door"]._check_caller()
        return super()._message_route_process(message, message_dict, routes)

    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        """As Odoo, on texts that decode in linear time."""
        message = inbound.readable(message)
        return super()._message_parse_extract_payload(message, message_dict, save_original)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Show a returned mail to a customer as failed; a delayed one is not."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        lost = inbound.bounced_ids(email_message)
        known = message_dict.get("bounced_msg_ids") or []
        self.env["water.message"]._on_bounce(known if lost is None else lost)
        return result
