from odoo import api, fields, models
from odoo.fields import Domain

from ...base.searches import true_only
from .water_sent_mixin import SEEN_STATES


class WaterCaseLinkMixin(models.AbstractModel):
    """Departments see what belongs to the cases that were dispatched to them."""

    _inherit = "water.case.link.mixin"

    is_sent_to_me = fields.Boolean(
        compute="_compute_is_sent_to_me",
        search="_search_is_sent_to_me",
    )

    @api.depends(lambda self: self._case_paths("sent_to"))
    @api.depends_context("uid")
    def _compute_is_sent_to_me(self):
        """Whether the case was dispatched to a department of the user."""
        for row in self:
            case = row.sudo()._case_or_none()
            row.is_sent_to_me = case is not None and case.with_env(self.env).is_sent_to_me

    @api.model
    @true_only
    def _search_is_sent_to_me(self):
        # sudo: water.dispatch - asked by the record rules themselves
        dispatches = self.env["water.dispatch"].sudo()
        departments = self.env.user.water_department_ids.ids
        sent = dispatches._search(
            [("department_id", "in", departments), ("state", "in", SEEN_STATES)]
        )
        return Domain.OR(
            Domain(link, "any", sent.select(dispatches._field_to_sql(sent.table, link, sent)))
            for link in self._case_models()
        )
