from odoo import models

from ...monitoring.figures import Figure
from .water_request import IS_OPEN

FIGURES = (
    Figure(
        "water_open_requests",
        "Open requests by state",
        " ".join(("SELECT state, count(*) FROM water_request WHERE", IS_OPEN, "GROUP BY 1")),
        ("state",),
    ),
)


class WaterAlarm(models.Model):
    """Open requests."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
