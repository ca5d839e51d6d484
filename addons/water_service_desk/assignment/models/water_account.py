from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...base.true_only import true_only
from .water_case_assignment import WORKED_STATES


class WaterAccount(models.Model):
    """A department reads the accounts of the cases it works on."""

    _inherit = "water.account"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts.partner_id._forget_own_matters()
        return accounts

    def write(self, vals):
        held = vals.keys() & {"partner_id", "active"} and self.partner_id
        done = super().write(vals)
        if held:
            (held | self.partner_id)._forget_own_matters()
        return done

    is_at_work = fields.Boolean(
        compute="_compute_is_at_work",
        search="_search_is_at_work",
    )

    @api.depends_context("uid")
    def _compute_is_at_work(self):
        found = self.sudo().search([("id", "in", self.ids), *self._at_work()])
        for account in self:
            account.is_at_work = account in found

    @api.model
    @true_only
    def _search_is_at_work(self):
        return self._at_work()

    @api.model
    def _at_work(self):
        """Return the accounts of open dispatches of the user's departments.

        Searched by the dispatches, which are few for any number of accounts.
        """
        # sudo: water.dispatch, case - asked by the record rule itself
        dispatches = self.env["water.dispatch"].sudo()
        departments = self.env.user.water_department_ids.ids
        mine = Domain("department_id", "in", departments) & Domain("state", "in", WORKED_STATES)
        queries = []
        for link, model in dispatches._case_models().items():
            cases = self.env[model].sudo()
            sent = dispatches._search(mine & Domain(link, "!=", False))
            sent = sent.select(dispatches._field_to_sql(sent.table, link, sent))
            found = cases._search([("id", "in", sent), ("account_id", "!=", False)])
            queries.append(found.select(cases._field_to_sql(found.table, "account_id", found)))
        # one list for all: the database finds accounts by it, where "or" makes it try each account
        return Domain("id", "in", SQL(" UNION ALL ").join(queries))
