from odoo import models
from odoo.tools import LazyTranslate

from ...monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_message_oldest_seconds",
        "How long the oldest message that is due waits",
        # a mail server that did not take it is asked again later: since then it has been waiting
        "SELECT coalesce(extract(epoch FROM %(now)s - min(since)), 0) FROM (SELECT"
        " CASE WHEN state = 'failed' AND failure_code = 'server'"
        " THEN coalesce(not_before, queued_at) ELSE next_try_at END AS since"
        " FROM water_message WHERE state IN ('queued', 'failed')) AS row WHERE since <= %(now)s",
        alarm=Alarm(
            "MessagesWait",
            1800,
            _lt("Messages to customers that wait to be sent"),
            "seconds",
            _lt(
                "Look whether the gateway and the mail server answer, and whether scheduled actions"
                " run."
            ),
        ),
    ),
    Figure(
        "water_messages",
        "Customers' messages that are not out, by state",
        "SELECT state, count(*) FROM water_message"
        " WHERE state IN ('queued', 'failed', 'given_up') GROUP BY 1",
        ("state",),
    ),
    Figure(
        "water_messages_given_up_today",
        "Customers' messages of a day that were given up",
        "SELECT count(*) FROM water_message WHERE state = 'given_up'"
        " AND queued_at > %(now)s - interval '1 day'",
        alarm=Alarm(
            "MessagesGivenUp",
            20,
            _lt("Messages to customers that were given up, within a day"),
            "count",
            _lt("Read why in Customer Messages, and send them again."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Customers' messages that wait or were given up."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
