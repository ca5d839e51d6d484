from odoo import fields, models


class WaterMessage(models.Model):
    _inherit = "water.message"

    incident_contact_id = fields.Many2one(
        "water.incident.contact", readonly=True, index="btree_not_null", ondelete="restrict"
    )
