from odoo import fields, models


class WaterDepartment(models.Model):
    _inherit = "water.department"

    mail_kind = fields.Selection(
        selection_add=[("complaint", "Complaint")], ondelete={"complaint": "set default"}
    )
