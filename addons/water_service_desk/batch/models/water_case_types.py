from odoo import models


class WaterInquiry(models.Model):
    _inherit = "water.inquiry"

    _dispatch_moves = {"registered": "processing"}


class WaterRequest(models.Model):
    _inherit = "water.request"

    _dispatch_moves = {"registered": "processing", "accepted": "processing"}

    def _dispatch_target(self):
        """Return None for a business that is not accepted yet: it is sent without moving."""
        is_open = (self.state, self.request_type) != ("registered", "business")
        return super()._dispatch_target() if is_open else None
