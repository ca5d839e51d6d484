from odoo import api, models


class WaterCaseMixin(models.AbstractModel):
    """How a case is called, and by whom."""

    _inherit = "water.case.mixin"

    @api.depends("name", "subject")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Whoever may not read it learns its number alone, wherever another row names it."""
        hidden = self._hidden_from_reader()
        for case in self:
            number, subject = case.name if case.name != "/" else "", case.subject
            parts = (number, subject if case not in hidden else "")
            case.display_name = " ".join(part for part in parts if part)

    def _hidden_from_reader(self):
        """Those of the cases that are read with superuser rights for somebody who may not."""
        user = self.env.user
        if not self.env.su or user._is_superuser() or not user._is_internal():
            return self.browse()
        mine = self.sudo(False)
        return (mine - mine._filtered_access("read")).sudo()
