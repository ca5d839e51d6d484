from odoo import models
from odoo.tools import LazyTranslate

from ...monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_webhook_oldest_seconds",
        "How long the oldest delivery that is due waits",
        "SELECT coalesce(extract(epoch FROM %(now)s - min(next_try_at)), 0)"
        " FROM water_webhook_delivery"
        " WHERE state IN ('queued', 'failed') AND next_try_at <= %(now)s",
        alarm=Alarm(
            "WebhooksWait",
            1800,
            _lt("Deliveries to other systems that wait"),
            "seconds",
            _lt("Look whether the receiver answers, and whether scheduled actions run."),
        ),
    ),
    Figure(
        "water_webhooks_given_up_today",
        "Deliveries of a day that were given up",
        "SELECT count(*) FROM water_webhook_delivery WHERE state = 'dead'"
        " AND queued_at > %(now)s - interval '1 day'",
        alarm=Alarm(
            "WebhooksGivenUp",
            0,
            _lt("Deliveries to other systems that were given up, within a day"),
            "count",
            _lt("Have the receiver mended, then send them again from the list."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Webhooks that wait or were given up."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
