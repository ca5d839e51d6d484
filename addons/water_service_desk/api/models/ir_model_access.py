from odoo import models

from ...base.roles import INTEGRATION

#: What a machine may touch beside the interface: what it takes to sign in and make a key.
TECHNICAL = ("ir.", "res.users", "res.lang", "bus.", "base.")
#: Of these only what the server itself looks up.
CLOSED = ("ir.attachment", "ir.logging", "res.users.log")
#: What it takes to file a case record by record: the lists that a case refers to.
LISTS = ("water.category", "water.channel", "water.zone", "water.customer.flag")


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _get_allowed_models(self, mode="read"):
        """An integration has no rights on the business but to file cases and read those back.

        Odoo gives every internal user the address book, messages and more. A machine submits,
        reads back and appends through ``water.api``, or creates and reads its own cases (see
        ``water.api.case.mixin``), and nothing else is there for it: not over JSON, not in a
        browser.
        """
        allowed = super()._get_allowed_models(mode)
        if self.env.su or not self.env.user.has_group(INTEGRATION):
            return allowed
        filed = {*LISTS, *self.env["water.intake"]._case_models()}
        technical = {name for name in allowed if name.startswith(TECHNICAL) and name not in CLOSED}
        return frozenset(technical | (filed & allowed))
