from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.true_only import true_only
from odoo.addons.water_service_desk.base.trust import trusted

from .water_compensation import FINANCE, LIVE

#: accounting rows that refer to a contact; lines belong to its company
BOOKS = (("account_move", "partner_id"), ("account_move_line", "partner_id"))


class ResPartner(models.Model):
    """Contacts that finance deals with: payees of compensations, and partners of entries."""

    _inherit = "res.partner"

    water_is_payee = fields.Boolean(
        string="Payee",
        compute="_compute_water_is_payee",
        search="_search_water_is_payee",
        groups=FINANCE,
    )

    def _erasure_hindrances(self):
        """A contact with money due cannot be erased."""
        hindrances = super()._erasure_hindrances()
        # sudo: water.compensation - only whether money is due, for the eraser
        rows = self.env["water.compensation"].sudo()
        owed = rows.search(
            [("partner_id", "=", self.id), ("state", "in", ("proposed", "approved"))]
        )
        for row in owed.filtered(lambda row: row.amount and row.payment_state != "paid"):
            hindrances.append(self.env._("%s has not been paid yet", row.name))
        return hindrances

    def _erase_around(self, scrubber, reason):
        """Payments stay as long as the books; remove what they say about the person."""
        super()._erase_around(scrubber, reason)
        # sudo: water.compensation - the person's own, for the eraser
        mine = trusted(self.env["water.compensation"].sudo())
        mine = mine.search([("partner_id", "=", self.id)])
        self._erase_rows(scrubber, [*mine, *mine.approval_ids, *mine.version_ids])
        self._erase_rows(scrubber, mine.exemption_ids)
        alone = mine.filtered(lambda row: row._case_or_none() is None)
        self._erase_files(alone)

    def _named_in(self):
        return [*super()._named_in(), ("water.compensation", "partner_id")]

    def _compute_water_is_payee(self):
        self._water_answer("water_is_payee")

    @true_only
    def _search_water_is_payee(self):
        return Domain.custom(to_sql=lambda model, alias, _query: model._water_payee_sql(alias))

    @api.model
    def _water_open(self):
        known = super()._water_open()
        pays = self.env.user.has_group(FINANCE)
        return known | Domain("water_is_payee", "=", True) if pays else known

    def _water_payee_sql(self, alias):
        contact = SQL.identifier(alias, "id")
        company = SQL.identifier(alias, "commercial_partner_id")
        # drafts are no payments yet
        return SQL(
            "(%s OR %s OR EXISTS (SELECT FROM water_compensation AS paid"
            " WHERE paid.partner_id = %s AND paid.state != 'draft'))",
            self._water_named(contact, BOOKS),
            self._water_named(company, BOOKS[1:]),
            contact,
        )

    # -- compensation frozen -------------------------------------------------------------------

    def _water_paid(self):
        """Include people without an account who have money due."""
        rows = self.env["water.compensation"].search(
            [
                ("partner_id", "in", self._water_same_payee().ids),
                ("state", "in", LIVE),
                ("payment_state", "!=", "paid"),
            ]
        )
        return super()._water_paid() | self & self._water_with_books(rows.partner_id)
