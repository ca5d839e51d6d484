from odoo import models

from odoo.addons.water_service_desk.monitoring.figures import Figure

from .water_complaint import IS_OPEN

FIGURES = (
    Figure(
        "water_open_complaints",
        "Open complaints by state",
        " ".join(("SELECT state, count(*) FROM water_complaint WHERE", IS_OPEN, "GROUP BY 1")),
        ("state",),
    ),
)


class WaterAlarm(models.Model):
    """Open complaints."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
