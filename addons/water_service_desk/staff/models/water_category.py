from odoo import fields, models


class WaterCategory(models.Model):
    """A category asks for a skill."""

    _inherit = "water.category"

    skill_id = fields.Many2one(
        "water.skill",
        string="Skill Asked for",
        ondelete="restrict",
        help="Skill that the handler should have; a category without one uses its family's.",
    )
    skill_rule = fields.Selection(
        [("warn", "Warn"), ("block", "Do not assign")],
        string="Without the Skill",
        required=True,
        default="warn",
    )

    def _skill_source(self):
        return self if self.skill_id else self.parent_id

    def _required_skills(self):
        own = self.filtered("skill_id")
        return own.skill_id | (self - own).parent_id.skill_id
