from odoo import models
from odoo.tools import LazyTranslate

from ...monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_unscanned_oldest_seconds",
        "How long the oldest file has waited for the virus scanner",
        "SELECT coalesce(extract(epoch FROM %(now)s - min(create_date)), 0)"
        " FROM ir_attachment WHERE water_unscanned IS TRUE",
        alarm=Alarm(
            "FilesUnscanned",
            7200,
            _lt("Files that were taken while the virus scanner was silent"),
            "seconds",
            _lt("Start the virus scanner (clamav-daemon); the files are checked by themselves."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Files that no virus scanner has seen."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
