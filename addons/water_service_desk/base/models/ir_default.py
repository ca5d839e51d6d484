import json

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError

from ..links import OURS, check_links


class IrDefault(models.Model):
    """Refuses defaults of readonly fields, and links that are closed to their author.

    Services that act for users would use these values.
    """

    _inherit = "ir.default"

    @api.constrains("field_id", "json_value")
    def _check_default(self):
        # Odoo checks constraints as superuser: the user is the one who asks
        for row in self.browse() if self.env.uid == SUPERUSER_ID else self.sudo():
            name, model = row.field_id.name, self.env.get(row.field_id.model)
            field = model._fields.get(name) if model is not None else None
            if field and field.readonly and model._name.startswith(OURS):
                raise AccessError(self.env._("This is kept by the system."))
            if field:
                check_links(model.sudo(False), {name: json.loads(row.json_value)}, {})
