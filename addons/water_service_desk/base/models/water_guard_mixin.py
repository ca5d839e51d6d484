from odoo import api, models
from odoo.exceptions import AccessError

from ..tables import remembered, table
from ..trust import sanitize_context

#: how the addons begin whose readonly fields are kept
OURS = "water_"


class WaterGuardMixin(models.AbstractModel):
    """Enforces ``readonly=True`` at every door.

    In Odoo readonly binds the screen alone: remote calls, imports and context defaults could write
    these fields. Services write them by ``trusted``.
    """

    _name = "water.guard.mixin"
    _description = "Guards What the System Keeps"

    #: readonly fields that a new record may bring
    _settable_on_create = frozenset()

    @api.model
    def _readonly_fields(self):
        """Names of the fields that only the system writes."""
        return remembered(
            self,
            "kept fields",
            lambda: frozenset(
                name
                for name, field in self._fields.items()
                if field.readonly
                and name not in models.MAGIC_COLUMNS
                and (field.store or field.type == "one2many")
                and any(module.startswith(OURS) for module in field._modules)
            ),
        )

    @api.model
    def _readonly_on_create(self):
        return self._readonly_fields() - table(self, "_settable_on_create")

    @api.model
    def _refuse_readonly_on_create(self, vals_list):
        """Remove empty readonly fields from the values of new records.

        :param vals_list: the callers' values; they are changed
        :raises AccessError: for a non-empty one
        """
        kept = self._readonly_on_create()
        if any(vals.pop(name, False) for vals in vals_list for name in kept & vals.keys()):
            raise AccessError(self._readonly_message())

    def _refuse_readonly(self, names):
        if self._readonly_fields() & names:
            raise AccessError(self._readonly_message())

    @api.model
    def _readonly_message(self):
        return self.env._("This is kept by the system.")

    @api.model
    def _without_readonly_defaults(self):
        kept = self._readonly_on_create()
        context = {
            key: value
            for key, value in self.env.context.items()
            if not (isinstance(key, str) and key.removeprefix("default_") in kept)
        }
        return sanitize_context(self.with_context(context))  # pylint: disable=context-overridden
