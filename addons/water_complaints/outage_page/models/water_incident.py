from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.account.models.water_zone import SHORTEST


class WaterIncident(models.Model):
    """Which incidents are known to whom before he files: by account, by address, by company."""

    _inherit = "water.incident"

    on_page = fields.Boolean(
        string="On the Public Page",
        default=True,
        help="Shown at /water/outages from its start until a month after its end.",
    )
    tanker_ids = fields.One2many("water.incident.tanker", "incident_id", string="Tanker Points")
    affected_ids = fields.One2many(
        "water.incident.affected", "incident_id", groups=fields.NO_ACCESS
    )
    affected_count = fields.Integer(
        string="Households That Said So", compute="_compute_affected_count", compute_sudo=True
    )

    def _compute_affected_count(self):
        mine = [("incident_id", "in", self._origin.ids)]
        counts = dict(
            self.env["water.incident.affected"]._read_group(mine, ["incident_id"], ["__count"])
        )
        for incident in self:
            incident.affected_count = counts.get(incident._origin, 0)

    @api.model
    def _shown_domain(self, company):
        """What goes on, or is announced, and may be shown to everybody."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("on_page", "=", True)
            & Domain("state", "=", "open")
        )

    @api.model
    def _shown(self, company):
        """What goes on first, then what is planned."""
        # sudo: water.incident - what everybody may read; pages get plain values
        rows = self.sudo().search(self._shown_domain(company))
        return rows.sorted(lambda row: row.is_planned and not row._has_begun())

    @api.model
    def _known_to(self, accounts, company):
        """What goes on at some accounts.

        :param accounts: {water.account} of whoever asks
        """
        if not accounts:
            return self.sudo().browse()
        return self._shown(company).filtered(lambda row: row._accounts_hit(accounts))

    def _accounts_hit(self, accounts):
        """Those of ``accounts`` that lie in its area."""
        return accounts.filtered(
            lambda account: account.zone_id in self.zone_ids or account in self.account_ids
        )

    @api.model
    def _known_at(self, place, company):
        """What goes on at a place that somebody types: an account number, a zone or an address.

        An account that there is not gets the same answer as one whose water runs.
        """
        place = place.strip()
        if len(place) < SHORTEST:
            return self.sudo().browse()
        zones, accounts = self._places(place, company)
        street = zones._street(place)
        return self._shown(company).filtered(
            lambda row: (
                row.zone_ids & zones
                or row.account_ids & accounts
                or (street and street in f"{row.address} {row.subject}")
            )
        )

    @api.model
    def _places(self, place, company):
        """``(zones, accounts)`` that a typed place names."""
        # sudo: water.account - only what goes on there is told
        accounts = self.env["water.account"].sudo()
        mine = Domain("company_id", "=", company.id)
        found = accounts.search(mine & Domain("code", "=", place), limit=1)
        zones = self.env["water.zone"]._named_in(place, company)
        if not found and not zones:
            zones = zones._on_street(place, company)
        return zones | found.zone_id, found

    # -- 我也受影响 ---------------------------------------------------------------------------

    def _count_me(self, accounts, partner):
        """Count the accounts of a signed-in customer; he is told the news.

        :return: how many of his accounts lie in the area
        """
        rows = self.env["water.incident.affected"]
        hit = self._accounts_hit(accounts)
        for account in hit:
            values = {"account_id": account.id, "partner_id": partner.id}
            rows._keep(self, f"account:{account.id}", values)
        return len(hit)

    def _count_stranger(self, browser, address, phone, email):
        """Count a household that nobody knows; with a way to reach it, it is told the news.

        :param browser: what tells this browser from others
        :return: the row
        """
        subject = f"way:{phone or email}" if phone or email else f"browser:{browser}"
        values = {"address": address, "phone": phone, "email": email}
        return self.env["water.incident.affected"]._keep(self, subject, values)
