from odoo import api, models

from ..door import clean
from ..links import check_links
from ..marks import MARKS


class Base(models.AbstractModel):
    # No docstring: Odoo would describe all models by it that have none.

    _inherit = "base"

    @api.model
    def _valid_field_parameter(self, field, name):
        # Odoo would copy them to related fields that do not declare them
        is_declared = not field.related or name in field._extra_keys__
        return (name in MARKS and is_declared) or super()._valid_field_parameter(field, name)

    # The door for tables: a file's dialog names columns, so that values are known here alone.

    def _load_records_create(self, vals_list):
        self.browse()._check_imported(vals_list)
        return super()._load_records_create(vals_list)

    def _load_records_write(self, values):
        self._check_imported([values])
        return super()._load_records_write(values)

    def _check_imported(self, vals_list):
        """Check and clean the rows of a table like those of remote calls."""
        if self.env.su:
            return
        context = self.env.context.items()
        begun = {key[8:]: value for key, value in context if str(key).startswith("default_")}
        check_links(self, *vals_list, begun)
        for values in vals_list:
            clean(self, values)
