from odoo import api, models
from odoo.fields import Domain

from ...base.tables import remembered

#: how far a row may be from its case: by a link of its own, or by that of the row it belongs to
REACH = 2


class IrRule(models.Model):
    """Hides a case and its rows from members of staff who are its customer (回避, E9).

    By the kind of row instead of a rule for each model: a forgotten rule would show staff what was
    written about them. Users without a case of their own cost no extra query.
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
        """Let staff register their own case; they cannot read it afterwards."""
        return mode == "create" and isinstance(self.env[model_name], self.pool["water.case.mixin"])

    @api.model
    def _own_rows(self, model_name):
        """Return the rows of a case of the user, or None for models without cases.

        Rows of other apps are left out: an invoice of a compensation belongs to accounting.
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
