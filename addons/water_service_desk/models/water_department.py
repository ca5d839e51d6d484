from odoo import fields, models


class WaterDepartment(models.Model):
    """A responsible department (责任部门) with its people."""

    _name = "water.department"
    _description = "Responsible Department"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")
    parent_id = fields.Many2one("water.department", string="Superior Department", index=True)
    manager_id = fields.Many2one("res.users", string="Head", index="btree_not_null")
    deputy_id = fields.Many2one(
        "res.users", string="Vice President in Charge", help="Told when the head's time ran out."
    )
    member_ids = fields.Many2many(
        "res.users", "water_department_user_rel", "department_id", "user_id", string="Members"
    )
    on_call_user_ids = fields.Many2many(
        "res.users", "water_department_on_call_rel", "department_id", "user_id", string="On Call"
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A department with this code exists already."
    )
