from odoo import api, models
from odoo.tools import SQL

#: The type of bus notification about an inbox message.
INBOX = "mail.message/inbox"


class BusBus(models.Model):
    """Bus notifications are stored for a day for absent browsers.

    They contain the message, which may be closed or erased by then.
    """

    _inherit = "bus.bus"

    @api.model
    def _poll(self, channels, last=0, ignore_ids=None):
        """As Odoo does; of messages those that are there, and that their reader may still read."""
        found = super()._poll(channels, last, ignore_ids)
        said = [_number(row["message"]) for row in found]
        messages = self.env["mail.message"].browse({number for number in said if number})
        open_ = messages and messages.exists()._filtered_access("read")
        return [
            row
            for row, number in zip(found, said, strict=True)
            if not number or number in open_._ids
        ]

    @api.model
    def _forget(self, messages):
        if not messages:
            return
        begun = [f'{{"type":"{INBOX}","payload":{{"message_id":{row.id},%' for row in messages]
        since = min(messages.mapped("create_date"))
        query = "DELETE FROM bus_bus WHERE create_date >= %s AND message LIKE ANY(%s)"
        self.env.cr.execute(SQL(query, since, begun))


def _number(notification):
    payload = notification.get("payload")
    is_inbox = notification.get("type") == INBOX and isinstance(payload, dict)
    return payload.get("message_id") if is_inbox else None
