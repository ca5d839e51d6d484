from odoo import api, models
from odoo.fields import Domain

from ...base.tables import remembered


class IrRule(models.Model):
    """What hangs on a case is closed to whoever is its customer himself, as the case is.

    By what it is, and not by a rule for each model: one that is forgotten would show him what
    was written about him. Whoever has no case of his own is asked nothing more.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        # whose matters are whose is looked up for rows of cases alone
        if self.env.su or not (closed := self._closed_as_own(model_name)):
            return domain
        return domain & closed if any(self.env.user._water_own_matters()) else domain

    @api.model
    def _closed_as_own(self, model_name):
        """What keeps rows of one's own matter out, or None where rows belong to no case."""
        model = self.env[model_name]
        return remembered(model, "closed_as_own", lambda: self._work_out_closed(model))

    @api.model
    def _work_out_closed(self, model):
        if isinstance(model, self.pool["water.case.mixin"]):
            return None  # a case has a rule of its own: he may take it down
        if "is_own_matter" in model._fields:
            return Domain("is_own_matter", "=", False)
        links = [field.name for field in model._fields.values() if self._is_part(model, field)]
        own = [("is_own_matter", "=", True)]
        return Domain.AND(Domain(link, "not any!", own) for link in links) if links else None

    @api.model
    def _is_part(self, model, field):
        """Whether it says to which case, or row of one, a row belongs; a view of cases shows each.

        A link that may be empty says no more than that the two have to do with each other.
        """
        says = field.type == "many2one" and field.store and (field.required or not model._auto)
        return says and "is_own_matter" in self.env[field.comodel_name]._fields
