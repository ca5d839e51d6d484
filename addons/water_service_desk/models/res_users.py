from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    water_department_ids = fields.Many2many(
        "water.department",
        "water_department_user_rel",
        "user_id",
        "department_id",
        string="Water Departments",
        help="Departments whose dispatches this person works on.",
    )
