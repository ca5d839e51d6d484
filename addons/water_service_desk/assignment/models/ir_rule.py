from odoo import api, models
from odoo.fields import Domain

from ...base.tables import remembered

#: how far a row may be from its case: by a link of its own, or by that of the row it belongs to
REACH = 2


class IrRule(models.Model):
    """A case, and what hangs on it, is closed to whoever is its customer himself (回避, E9).

    By what it is, and not by a rule for each model: one that is forgotten would show him what
    was written about him. Whoever has no case of his own is asked nothing more.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        if self.env.su or self._may_take_down(model_name, mode):
            return domain
        # whose matters are whose is looked up for such rows alone
        if not (own := self._own_rows(model_name)) or not any(self.env.user._water_own_matters()):
            return domain
        return domain & ~own

    @api.model
    def _may_take_down(self, model_name, mode):
        """Whether it is a new case: he may take his own down, and does not see it afterwards."""
        return mode == "create" and isinstance(self.env[model_name], self.pool["water.case.mixin"])

    @api.model
    def _own_rows(self, model_name):
        """The rows that belong to a case of the user, or None where rows belong to no case.

        Rows of other apps are theirs: an invoice that compensates is the accountants'.
        """
        if not model_name.startswith("water."):
            return None
        model = self.env[model_name]
        return remembered(model, "own_rows", lambda: self._work_out_own(model, REACH))

    @api.model
    def _work_out_own(self, model, reach):
        if "is_own_matter" in model._fields:
            return Domain("is_own_matter", "=", True)
        if not reach:
            return None
        links = [
            f for f in model._fields.values() if f.store and f.type in ("many2one", "many2many")
        ]
        there = {f.name: self._work_out_own(self.env[f.comodel_name], reach - 1) for f in links}
        found = [Domain(link, "any!", own) for link, own in there.items() if own]
        return Domain.OR(found) if found else None
