from contextlib import suppress

import psycopg2

from odoo import models, tools

from .. import outage


class ResCompany(models.Model):
    _inherit = "res.company"

    @tools.ormcache()
    def _water_main_hotline(self):
        """Return the hotline of the first company that has one, for error pages."""
        told = self.sudo().search([("water_hotline", "!=", False)], order="sequence, id", limit=1)
        return told.water_hotline

    def _register_hook(self):
        """Cache the hotline at start, for workers that have not served any request yet."""
        super()._register_hook()
        with suppress(psycopg2.Error), self.env.cr.savepoint():  # of tables older than the program
            outage.HOTLINES[self.env.cr.dbname] = self._water_main_hotline()

    def write(self, vals):
        """Forget the number that was kept when it changes."""
        if "water_hotline" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
