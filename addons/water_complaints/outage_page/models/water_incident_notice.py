from odoo import models


class WaterIncidentNotice(models.Model):
    """News reach those as well who have said that they are affected."""

    _inherit = "water.incident.notice"
