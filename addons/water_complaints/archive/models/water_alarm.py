from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.water_service_desk.monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_seal_oldest_seconds",
        "How long the oldest archived complaint waits to be sealed",
        "SELECT coalesce(extract(epoch FROM %(now)s - min(seal_due_at)), 0)"
        " FROM water_complaint WHERE seal_due_at <= %(now)s",
        alarm=Alarm(
            "SealsWait",
            6 * 3600,
            _lt("Archived complaints that wait to be sealed"),
            "seconds",
            _lt("Look whether scheduled actions run, and how many were archived at once."),
        ),
    ),
    Figure(
        "water_seal_errors",
        "Archived complaints that could not be sealed",
        "SELECT count(*) FROM water_complaint"
        " WHERE seal_due_at IS NOT NULL AND seal_error IS NOT NULL",
        alarm=Alarm(
            "SealFails",
            0,
            _lt("Archived complaints that could not be sealed"),
            "count",
            _lt("Read why in the complaint; it is tried again by itself."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Archived complaints that wait to be sealed."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
