from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted


class WaterMakerMixin(models.AbstractModel):
    """Records the authors of a text, even if it was changed back: others decide on it."""

    _name = "water.maker.mixin"
    _description = "Whose Words They Are"

    #: fields whose writing makes a person a maker; where none is named, any does
    _wording = frozenset()

    maker_ids = fields.Many2many(
        "res.users",
        string="Drafted by",
        readonly=True,
        copy=False,
        help="Anyone who filled in the draft, even if it was changed back.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._keep_makers()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if not self._wording or self._wording & vals.keys():
            self._keep_makers()
        return result

    def _keep_makers(self):
        user = self.env.user
        if not is_trusted(self.env) and user.id != SUPERUSER_ID:
            trusted(self.sudo()).maker_ids = [Command.link(user.id)]
