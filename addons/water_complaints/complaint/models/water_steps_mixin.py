from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.roles import QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import is_trusted, sanitize_context


class WaterStepsMixin(models.AbstractModel):
    """A record that moves by its buttons alone and becomes read-only once it is settled.

    Heirs bring ``state``. Readonly fields are written by the buttons only; outside
    the ``_editable_states`` no field is edited by hand.
    """

    _name = "water.steps.mixin"
    _inherit = ["water.guard.mixin"]
    _description = "Moves by its Buttons"

    _editable_states = frozenset({"draft"})

    @api.model_create_multi
    def create(self, vals_list):
        """Create records in their initial state, ignoring the caller's values and defaults."""
        if is_trusted(self.env):
            return super().create(vals_list)
        self._refuse_readonly_on_create(vals_list)
        clean = self._without_readonly_defaults()
        return super(WaterStepsMixin, clean).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not is_trusted(self.env):
            self._check_by_hand(
                {name for name in vals if not name.startswith(("message_", "activity_"))}
            )
        return super(WaterStepsMixin, sanitize_context(self)).write(vals)

    def _check_by_hand(self, names):
        """Refuse fields that are not edited by hand; heirs add their own.

        :param names: the fields that are written, without those of messages and to-dos
        """
        self._refuse_readonly(names)
        settled = self.filtered(lambda row: row.state not in self._editable_states)
        if names and settled:
            raise UserError(self._settled_message())

    @api.model
    def _settled_message(self):
        return self.env._("This is settled and not changed any more.")

    def _is_manager(self):
        groups = (SUPERVISOR, QUALITY)
        return self.env.su or any(self.env.user.has_group(group) for group in groups)
