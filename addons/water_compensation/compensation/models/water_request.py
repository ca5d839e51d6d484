from odoo import fields, models


class WaterRequest(models.Model):
    _inherit = "water.request"

    compensation_ids = fields.One2many(inverse_name="request_id")
