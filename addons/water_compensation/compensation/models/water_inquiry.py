from odoo import fields, models

#: Codes of the channels through which queries come in writing.
WRITTEN = frozenset({"PORTAL", "WEB", "APP", "WECHAT", "EMAIL", "LETTER"})


class WaterInquiry(models.Model):
    _inherit = "water.inquiry"
    _clock_events = {"answered": ("guarantee",), "incident_over": ("guarantee",)}

    compensation_ids = fields.One2many(inverse_name="inquiry_id")

    def _answer_trigger(self):
        """The guarantee covers written inquiries only."""
        return "query_answer" if self.channel_id.code in WRITTEN else False
