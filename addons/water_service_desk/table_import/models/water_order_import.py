from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ...external_order.order_file import COLUMNS, EXAMPLE


class WaterOrderImport(models.AbstractModel):
    """Orders of 12345 and other bodies from a table."""

    _inherit = "water.order.import"

    _table_columns = COLUMNS
    _table_example = tuple(EXAMPLE[name] for name in COLUMNS)
    _table_needed = ("external_ref", "description")

    @api.model
    def _take_row(self, told):
        """As :meth:`water.account._take_row`; a registered order is not changed."""
        row = self._import([told], {}, self._case_models()[-1])[0]
        if row["result"] == "error":
            raise UserError(row["reason"])
        link = Markup("<a href='/odoo/%s/%s' target='_blank'>%s</a>")
        words = [link % (row["model"], row["id"], row["case"])] if row.get("id") else []
        words += [row["reason"]] if row["reason"] else []
        return row["result"], Markup(" ").join(words)
