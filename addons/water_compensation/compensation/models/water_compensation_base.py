from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.trust import trusted


class WaterCompensation(models.Model):
    """Proposed by the system: one per rule, failure and beneficiary, whatever is run twice."""

    _inherit = "water.compensation"

    # -- what rules do ------------------------------------------------------------------------

    @api.model
    def _propose(self, vals_list):
        """Propose what is not there yet; however often and by how many at once it is asked for.

        :param vals_list: values, each with an ``origin_key`` and perhaps its ``company_id``
        :return: the compensations of all keys, old and new, in the order of ``vals_list``
        """
        # sudo: water.compensation - the system proposes, whoever set the rule off
        rows = trusted(self.sudo())
        company, now = self.env.company.id, fields.Datetime.now()
        pairs = [(vals.get("company_id") or company, vals["origin_key"]) for vals in vals_list]
        present = rows._by_origin(pairs)
        fresh = {
            pair: {"state": "proposed", "proposed_at": now, **vals, "company_id": pair[0]}
            for pair, vals in zip(pairs, vals_list, strict=True)
            if pair not in present
        }
        present |= dict(zip(fresh, rows._create_once(list(fresh.values())), strict=True))
        return self.browse([present[pair].id for pair in pairs])

    def _by_origin(self, pairs):
        """{(company id, origin key): compensation} of those that are there."""
        keys = list({key for _company, key in pairs})
        companies = list({company for company, _key in pairs})
        found = self.search(
            Domain("origin_key", "in", keys) & Domain("company_id", "in", companies)
        )
        return {(row.company_id.id, row.origin_key): row for row in found}

    def _create_once(self, vals_list):
        if not vals_list:
            return self.browse()
        rows = self.create(vals_list)
        rows._after_proposed()
        return rows

    def _after_proposed(self):
        """Hook: they wait for a decision from now on."""

    def _payment_due_on(self):
        """Hook: the last day to pay, a date or False."""
        self.ensure_one()
        return self.due_on
