from odoo import api, models

from ...base.trust import is_trusted

#: Fields of a bank account that decide where money goes.
TARGET = ("acc_number", "partner_id", "bank_id", "acc_holder_name", "active")


class ResPartnerBank(models.Model):
    """Another bank account is a change that money waits for: added, altered, or archived, as Odoo
    does when one is deleted.
    """

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        banks = super().create(vals_list)
        banks._water_keep({})
        return banks

    def write(self, vals):
        if not {*TARGET, "sanitized_acc_number"} & vals.keys():
            return super().write(vals)
        before = self._water_targets()
        done = super().write(vals)
        self._water_keep(before)
        return done

    def _water_targets(self):
        """Return {id: (owner, text, target)} of the accounts, without text if archived."""
        return {
            bank.id: (
                bank.partner_id,
                bank.active and f"**** {(bank.acc_number or '')[-4:]}",
                tuple(str(bank[name]) for name in TARGET),
            )
            for bank in self.sudo()
        }

    def _water_keep(self, before):
        """Log accounts that differ from ``before``, for all contacts paid there."""
        if is_trusted(self.env):
            return
        now, rows = self._water_targets(), []
        for number in {**before, **now}:
            old, new = before.get(number), now.get(number)
            if old and new and old[2] == new[2]:
                continue
            texts = {"before": old and old[1], "after": new and new[1], "names": "bank_ids"}
            owners = self.env["res.partner"].union(*(one[0] for one in (old, new) if one))
            rows += owners.sudo()._water_bank_changes(texts)
        self.env["water.account.change"]._keep("bank", rows)
