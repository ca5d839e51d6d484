from odoo import models

from ...base.roles import INTEGRATION

#: Models that integrations may read besides the interface; see the rule of ``res.users``.
OPEN = frozenset({"res.users"})


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _get_allowed_models(self, mode="read"):
        """Give integrations no rights on records.

        Odoo gives every internal user contacts, messages, files, filters and more, and a case
        created record by record would be shown to the customer it names. Integrations use
        ``water.api`` alone.
        """
        allowed = super()._get_allowed_models(mode)
        if self.env.su or not self.env.user.has_group(INTEGRATION):
            return allowed
        return allowed & OPEN if mode == "read" else frozenset()
