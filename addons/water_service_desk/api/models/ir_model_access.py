from odoo import models

from ...base.roles import INTEGRATION

#: What a machine may read beside the interface: itself, see the rule of ``res.users``.
OPEN = frozenset({"res.users"})


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _get_allowed_models(self, mode="read"):
        """An integration has no right on any record.

        Odoo gives every internal user the address book, messages, files, filters and more, and a
        case that is created record by record shows the customer it is said to be about. A machine
        submits, reads back and appends through ``water.api``; nothing else is there for it.
        """
        allowed = super()._get_allowed_models(mode)
        if self.env.su or not self.env.user.has_group(INTEGRATION):
            return allowed
        return allowed & OPEN if mode == "read" else frozenset()
