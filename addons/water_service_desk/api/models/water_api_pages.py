from odoo import models
from odoo.exceptions import UserError

#: whose methods are described
OURS = "odoo.addons.water_"


class WaterApi(models.AbstractModel):
    """The interface on Odoo's pages of interfaces (``/doc/water.api``): its methods alone.

    These pages show administrators what they may read rows of, with every method of the model. The
    interface has no rows: whoever asks for some is told so.
    """

    _inherit = "water.api"

    def __dir__(self):
        """The names of what is called from outside, as those pages look for them."""
        parts = [vars(part) for part in type(self).__mro__ if part.__module__.startswith(OURS)]
        mine = [names for names in parts if names.get("_name") == self._name]
        called = {name for names in mine for name in names if not name.startswith("_")}
        return sorted(called.difference(dir(models.AbstractModel)))

    def _search(self, *args, **kwargs):
        raise self._without_rows()

    def _fetch_query(self, query, fields):
        raise self._without_rows()

    def _without_rows(self):
        return UserError(self.env._("The interface has methods, and no records."))
