from odoo import fields, models

PLACES = [
    ("counter", "Counter"),
    ("field", "Field service"),
    ("call", "Call"),
]


class WaterInspectionTemplate(models.Model):
    """A checklist for inspections of service quality (S2.2.1-S2.2.3)."""

    _name = "water.inspection.template"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Inspection Checklist"
    _order = "sequence, code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(PLACES, required=True, default="counter")
    pass_mark = fields.Float(
        string="Passing Score", required=True, default=85, help="Out of 100, this much passes."
    )
    item_ids = fields.One2many("water.inspection.item", "template_id", string="Items", copy=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A checklist with this code exists already."
    )
    _pass_mark_sane = models.Constraint(
        "CHECK (pass_mark BETWEEN 0 AND 100)", "The passing score lies between 0 and 100."
    )
