from odoo import fields, models

from ...base.roles import CONTACT_GROUPS
from ..delegation import OPEN_STATES


class WaterAccount(models.Model):
    """An account for which others may act, named by its holder, and what became of it."""

    _name = "water.account"
    _inherit = ["water.account", "water.chain.mixin"]
    _chain_event = "water.account.event"

    delegate_ids = fields.One2many(
        "water.account.delegate", "account_id", string="Delegates", groups=CONTACT_GROUPS
    )
    event_ids = fields.One2many(
        "water.account.event", "account_id", string="Account Events", groups=CONTACT_GROUPS
    )

    event_head = fields.Char(groups=fields.NO_ACCESS)
    event_count = fields.Integer(groups=fields.NO_ACCESS)

    def _acting_for(self):
        """Return the res.partner who have accepted to act for it, including staff who no longer
        may.
        """
        rows = self.delegate_ids.filtered(lambda row: row.state == "active")
        return rows.partner_id

    def _own_people(self):
        """Return the partners who hold the accounts or act for the holders."""
        return self.partner_id | self._acting_for()

    def write(self, vals):
        """With another holder, or closed, the account has no delegates of the old one."""
        done = super().write(vals)
        if vals.keys() & {"partner_id", "active"}:
            self._end_delegations()
        return done

    def _end_delegations(self):
        """End delegations of former holders, and all of a closed account."""
        # sudo: water.account.delegate - changing the account ends rights in any case
        rows = (
            self.sudo()
            .with_context(active_test=False)
            .delegate_ids.filtered(lambda row: row.state in OPEN_STATES)
        )
        stale = rows.filtered(
            lambda row: (
                not row.account_id.active
                or row.account_id.partner_id != row.holder_id
                or not row.holder_id.active
            )
        )
        stale.with_env(self.env)._end("ended", "handed_over")

    def _chain_name(self):
        """Return the id: the account's number may be corrected."""
        return str(self.id)
