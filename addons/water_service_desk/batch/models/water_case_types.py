from odoo import models


class WaterInquiry(models.Model):
    _inherit = "water.inquiry"

    _dispatch_moves = {"registered": "processing"}


class WaterRequest(models.Model):
    _inherit = "water.request"

    _dispatch_moves = {"registered": "processing", "accepted": "processing"}

    def _dispatch_target(self):
        """A business that is not accepted yet is sent, and stays where it is."""
        is_open = (self.state, self.request_type) != ("registered", "business")
        return super()._dispatch_target() if is_open else None
