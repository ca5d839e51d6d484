from odoo import fields, models

from ...base.trust import trusted


class WaterMatterMixin(models.AbstractModel):
    """Removes steps of merged cases, and restores them after an unmerge.

    Notes are not stored, since users edit them: the playbook's own come back.
    """

    _inherit = "water.matter.mixin"

    def _merge_facts(self):
        steps = [
            {
                "type": step.activity_type_id.id,
                "summary": step.summary,
                "deadline": step.date_deadline.isoformat(),
                "user": step.user_id.id,
                "blocks": step.water_blocks,
            }
            for step in self._open_steps()
        ]
        return super()._merge_facts() | ({"steps": steps} if steps else {})

    def _put_back(self, facts):
        super()._put_back(facts)
        known = self.category_id.sudo()._playbook(self._name).template_ids
        for step in facts.get("steps", ()):
            summary = step["summary"]
            trusted(self.sudo()).activity_schedule(
                activity_type_id=step["type"],
                summary=summary,
                note=known.filtered(lambda row, summary=summary: row.summary == summary)[:1].note,
                date_deadline=fields.Date.to_date(step["deadline"]),
                user_id=(self._had_by(step["user"]) or self.user_id).id,
                water_blocks=step.get("blocks", True),  # those alone were remembered once
            )
