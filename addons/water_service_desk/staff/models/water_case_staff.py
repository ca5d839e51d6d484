from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterCaseMixin(models.AbstractModel):
    """A case whose category asks for a skill: who lacks it is warned of, or not assigned."""

    _inherit = "water.case.mixin"

    skill_warning = fields.Char(compute="_compute_skill_warning")

    @api.depends("user_id", "category_id")
    def _compute_skill_warning(self):
        # sudo: water.skill - the skills that work needs are open to staff
        cases = self.sudo()
        able = self.env["water.skill.user"]._able(
            cases.user_id, cases.category_id._required_skills()
        )
        for case in self:
            skill = case.sudo().category_id._skill_source().skill_id
            known = (case.user_id._origin.id, skill.id) in able
            lacks = bool(case.user_id and skill) and not known
            case.skill_warning = lacks and case._skill_message(case.user_id, skill)

    def _skill_message(self, user, skill):
        return self.env._(
            "%(user)s has no valid “%(skill)s” for this category.",
            user=user.sudo().name,
            skill=skill.sudo().name,
        )

    def _check_skill(self, user):
        """Refuse to give the cases to ``user`` where their category insists on a skill.

        :raises UserError: names the skill
        """
        # sudo: water.skill - the skills that work needs are open to staff
        strict = self.sudo().filtered(
            lambda case: case.category_id._skill_source().skill_rule == "block"
        )
        skills = strict.category_id._required_skills()
        if not (user and skills) or self.env.su:
            return
        able = self.env["water.skill.user"]._able(user, skills)
        lacking = next((skill for skill in skills if (user.id, skill.id) not in able), None)
        if lacking:
            raise UserError(self._skill_message(user, lacking))

    @api.model
    def _is_to_customer(self, values):
        if values.get("message_type") not in ("comment", "email"):
            return False
        comment = self.env.ref("mail.mt_comment")
        return (
            values.get("subtype_xmlid") == "mail.mt_comment"
            or values.get("subtype_id") == comment.id
        )
