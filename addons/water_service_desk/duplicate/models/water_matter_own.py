from odoo import api, models
from odoo.fields import Domain

from ...case.transitions import Missing

MERGED = Domain("state", "=", "merged")


class WaterMatterMixin(models.AbstractModel):
    """Bar the customer of a case from all cases that are linked to it by merging."""

    _inherit = "water.matter.mixin"

    def _cases_of_matter(self):
        """Return all cases of the matter, the one that is handled first, with superuser rights."""
        matter = self.sudo().browse()
        for case in self.sudo():  # most are alone, and are read together
            lead = case._lead_case() or case
            matter |= lead | lead._merged_in_order()
        return matter

    @api.depends("state", "duplicate_of_id", "duplicate_ids.state")
    def _compute_is_own_matter(self):
        return super()._compute_is_own_matter()

    def _search_is_own_matter(self, operator, value):
        own = super()._search_is_own_matter(operator, value)
        if own is NotImplemented:
            return own
        leads = own | Domain("duplicate_ids", "any!", own & MERGED)
        return leads | (MERGED & Domain("duplicate_of_id", "any!", leads))

    def _is_matter_of(self, user):
        others = self._cases_of_matter() - self.sudo()
        return super()._is_matter_of(user) or any(
            super(WaterMatterMixin, case)._is_matter_of(user) for case in others
        )

    def _people_concerned(self):
        people, others = super()._people_concerned(), self._cases_of_matter() - self.sudo()
        return people | others._customer_users() if others else people

    def _need_original(self):
        missing, original = super()._need_original(), self.sudo().duplicate_of_id
        people = original.first_responsible_id | original.user_id | original._acting_responsible()
        if missing or not people & self._customer_users():
            return missing
        words = self.env._(
            "whoever handles %s is the customer of this one: hand that over first", original.name
        )
        return [Missing(words, "action_relate")]
