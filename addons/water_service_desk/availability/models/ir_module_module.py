from odoo import api, models, tools

from .. import versions


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    @tools.ormcache()
    def _water_isolated(self):
        """Return whether our program and tables have different versions; checked and
        logged once.
        """
        return bool(versions.told(self.env.cr.dbname, versions.apart(self.env.cr)))
