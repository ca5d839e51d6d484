from odoo import models
from odoo.tools import LazyTranslate

from ...monitoring.figures import Alarm, Figure

_lt = LazyTranslate(__name__)

FIGURES = (
    Figure(
        "water_anchors_inside",
        "Anchors that are not kept outside the database",
        "SELECT count(*) FROM water_anchor WHERE kept_at IS NULL",
        alarm=Alarm(
            "AnchorsInside",
            2,
            _lt("Anchors of event chains that are not kept outside"),
            "count",
            _lt("Read why in Anchors of Event Chains, and set a place outside."),
        ),
    ),
)


class WaterAlarm(models.Model):
    """Anchors that are nowhere but in the database."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
