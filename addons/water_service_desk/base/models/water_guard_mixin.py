from odoo import api, models
from odoo.exceptions import AccessError

from ..tables import remembered, table
from ..trust import heard

#: how the addons begin whose readonly fields are kept
OURS = "water_"


class WaterGuardMixin(models.AbstractModel):
    """What the system keeps is ``readonly=True``, and that holds at every door.

    Readonly fields of Odoo bind the screen alone: a remote caller, an import or a default in the
    context would get through without this. Services write them by ``trusted``.
    """

    _name = "water.guard.mixin"
    _description = "Guards What the System Keeps"

    #: what the system keeps, but a new record may bring
    _given_at_birth = frozenset()

    @api.model
    def _kept_fields(self):
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
    def _kept_at_birth(self):
        """Names of the fields that nobody gives to a new record by hand."""
        return self._kept_fields() - table(self, "_given_at_birth")

    @api.model
    def _refuse_kept_at_birth(self, vals_list):
        """Take what the system keeps out of the values of new records, as far as it is empty.

        :param vals_list: the callers' values; they are changed
        :raises AccessError: for a value
        """
        kept = self._kept_at_birth()
        if any(vals.pop(name, False) for vals in vals_list for name in kept & vals.keys()):
            raise AccessError(self._kept_message())

    def _refuse_kept(self, names):
        """Refuse writing what the system keeps.

        :param names: set of the fields that are written
        :raises AccessError: for one of them
        """
        if self._kept_fields() & names:
            raise AccessError(self._kept_message())

    @api.model
    def _kept_message(self):
        return self.env._("This is kept by the system.")

    @api.model
    def _without_kept_defaults(self):
        """The model without those defaults of the caller's context that the system keeps, and
        without what silences.
        """
        kept = self._kept_at_birth()
        context = {
            key: value
            for key, value in self.env.context.items()
            if not (isinstance(key, str) and key.removeprefix("default_") in kept)
        }
        return heard(self.with_context(context))  # pylint: disable=context-overridden
