from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...base.true_only import true_only
from .water_sent_mixin import SEEN_STATES


class WaterCaseLinkMixin(models.AbstractModel):
    """Departments see what belongs to the cases that were dispatched to them."""

    _inherit = "water.case.link.mixin"

    is_sent_to_me = fields.Boolean(
        compute="_compute_is_sent_to_me",
        search="_search_is_sent_to_me",
    )

    is_own_matter = fields.Boolean(
        compute="_compute_is_own_matter",
        search="_search_is_own_matter",
        compute_sudo=True,
        export_string_translation=False,
    )

    @api.depends(lambda self: self._case_paths("is_own_matter"))
    @api.depends_context("uid")
    def _compute_is_own_matter(self):
        for row in self:
            case = row._case_or_none()
            row.is_own_matter = case is not None and case.is_own_matter

    @api.model
    @true_only
    def _search_is_own_matter(self):
        accounts, models_ = self.env.user._water_own_matters()
        return Domain.OR(
            Domain(link, "any!", [("is_own_matter", "=", True)])
            for link, model in self._case_models().items()
            if accounts or model in models_
        )

    @api.depends(lambda self: self._case_paths("sent_to"))
    @api.depends_context("uid")
    def _compute_is_sent_to_me(self):
        for row in self:
            case = row.sudo()._case_or_none()
            row.is_sent_to_me = case is not None and case.with_env(self.env).is_sent_to_me

    @api.model
    @true_only
    def _search_is_sent_to_me(self):
        """Search row by row instead of reading the dispatches of all years."""
        departments = self.env.user.water_department_ids.ids
        sent = [("department_id", "in", departments), ("state", "in", SEEN_STATES)]
        return Domain.OR(
            Domain.custom(to_sql=partial(_has_dispatch, link, sent)) for link in self._case_models()
        )


def _has_dispatch(link, domain, model, alias, query):
    # sudo: water.dispatch - asked by the record rules themselves
    dispatches = model.env["water.dispatch"].sudo()
    found = Query(model.env, "sent_dispatch", dispatches._table_sql)
    domain = Domain(domain).optimize_full(dispatches)
    found.add_where(domain._to_sql(dispatches, found.table, found))
    theirs = dispatches._field_to_sql(found.table, link, found)
    found.add_where(SQL("%s = %s", theirs, model._field_to_sql(alias, link, query)))
    return SQL("EXISTS (%s)", found.select(SQL()))
