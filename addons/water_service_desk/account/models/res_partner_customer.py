from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...base.roles import CASE_GROUPS
from ...base.tables import remembered
from ...base.true_only import true_only


class ResPartner(models.Model):
    """Who among all contacts of the house is a customer of the water service.

    Nothing is kept for it: whoever stands in a case, an account or another row of ours is one.
    Rules of contacts ask it of those who have no part in the service (S2.2.4).
    """

    _inherit = "res.partner"

    water_is_customer = fields.Boolean(
        string="Customer of the Water Service",
        compute="_compute_water_is_customer",
        search="_search_water_is_customer",
        groups=CASE_GROUPS,
    )

    water_is_open = fields.Boolean(
        string="Open to Other Apps",
        compute="_compute_water_is_open",
        search="_search_water_is_open",
        groups=CASE_GROUPS,
    )

    def _water_links(self):
        """``(table, column)`` of the rows of ours that name a contact; without index, none."""
        return remembered(
            self,
            "rows that name contacts",
            lambda: [
                (model._table, name)
                for model in self.env.values()
                if model._name.startswith("water.") and not (model._abstract or model._transient)
                for name, field in model._fields.items()
                if field.comodel_name == "res.partner" and field.store and field.index
            ],
        )

    def _water_named(self, contact, links):
        """Whether a row names ``contact``, as ``SQL``: one look into an index for each table."""
        return SQL("(%s)", SQL(" OR ").join(self._water_row(contact, *link) for link in links))

    def _water_row(self, contact, table, column):
        column = SQL.identifier(table, column)
        return SQL("EXISTS (SELECT FROM %s WHERE %s = %s)", SQL.identifier(table), column, contact)

    def _compute_water_is_customer(self):
        self._water_answer("water_is_customer")

    @true_only
    def _search_water_is_customer(self):
        """With whoever is named his further addresses, and the people of a company."""
        links = self._water_links()
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "(%s OR %s)",
                model._water_named(SQL.identifier(alias, "id"), links),
                model._water_named(SQL.identifier(alias, "commercial_partner_id"), links),
            )
        )

    @api.depends_context("uid")
    def _compute_water_is_open(self):
        self._water_answer("water_is_open")

    @true_only
    def _search_water_is_open(self):
        return self._water_open()

    @api.model
    def _water_open(self):
        """Whom the present user may know without a role of ours, as a domain; rooms add to it."""
        me = self.env.user
        near = (me.partner_id | me.company_ids.partner_id).ids
        return (
            Domain("partner_share", "=", False)
            | Domain("id", "in", near)
            | Domain("user_id", "=", me.id)
            | Domain("water_is_customer", "=", False)
        )

    def _water_answer(self, name):
        """Fill in a field by its own search."""
        # sudo: res.partner - asked what they are, nothing is told
        found = self.sudo().with_context(active_test=False)
        found = found.search([(name, "=", True), ("id", "in", self.ids)])
        for contact in self:
            contact[name] = contact._origin.id in found._ids
