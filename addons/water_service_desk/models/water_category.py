from odoo import api, fields, models
from odoo.exceptions import ValidationError

SEVERITIES = [
    ("normal", "Normal"),
    ("complex", "Complex"),
    ("urgent", "Urgent"),
    ("emergency", "Emergency"),
]


class WaterCategory(models.Model):
    """What a case is about: the company's taxonomy, two levels deep (S3.2.1e)."""

    _name = "water.category"
    _description = "Case Category"
    _parent_store = True
    _order = "sequence, code"
    _rec_names_search = ["code", "name", "public_name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    public_name = fields.Char(translate=True, help="The customer's words for it.")
    parent_id = fields.Many2one("water.category", string="Family", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("water.category", "parent_id", string="Categories")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    for_inquiry = fields.Boolean(string="Inquiries")
    for_request = fields.Boolean(string="Requests and Repairs")
    for_complaint = fields.Boolean(string="Complaints")
    severity = fields.Selection(SEVERITIES, required=True, default="normal")
    department_id = fields.Many2one("water.department", string="Lead Department")
    support_department_ids = fields.Many2many("water.department", string="Supporting Departments")
    emergency_trigger = fields.Selection(
        [
            ("none", "Never"),
            ("cluster", "When reports cluster"),
            ("condition", "On a condition"),
            ("always", "Always"),
        ],
        string="Emergency",
        required=True,
        default="none",
    )
    emergency_note = fields.Char(string="Emergency Condition", translate=True)
    portal_visible = fields.Boolean(string="Customer May Choose", default=True)
    restricted = fields.Boolean(
        help="Cases are open to supervisors and to those who handle them, to nobody else."
    )
    skill_id = fields.Many2one(
        "water.skill",
        string="Skill Asked for",
        ondelete="restrict",
        help="Whoever handles it should have it; a category without one takes its family's.",
    )
    skill_rule = fields.Selection(
        [("warn", "Warn"), ("block", "Do not assign")],
        string="Without the Skill",
        required=True,
        default="warn",
    )
    icon = fields.Char(help="Font Awesome class shown to customers, such as fa-tint.")

    _code_uniq = models.Constraint("UNIQUE (code)", "A category with this code exists already.")

    @api.depends("code", "name", "parent_id")
    def _compute_display_name(self):
        for category in self:
            shown = (category.code, category.name) if category.parent_id else (category.name,)
            category.display_name = " ".join(part for part in shown if part)

    def _skill_source(self):
        """The category that says which skill is asked for: itself, else its family."""
        return self if self.skill_id else self.parent_id

    def _required_skills(self):
        """Skills that any of the categories asks for."""
        own = self.filtered("skill_id")
        return own.skill_id | (self - own).parent_id.skill_id

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category cannot belong to itself."))
