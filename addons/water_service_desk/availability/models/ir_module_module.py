from odoo import api, models, tools

from .. import versions


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    @tools.ormcache()
    def _water_apart(self):
        """Whether our program and our tables are of different versions; asked once, told once."""
        return bool(versions.told(self.env.cr.dbname, versions.apart(self.env.cr)))
