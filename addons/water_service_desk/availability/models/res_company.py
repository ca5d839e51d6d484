from contextlib import suppress

import psycopg2

from odoo import models, tools

from .. import outage


class ResCompany(models.Model):
    _inherit = "res.company"

    @tools.ormcache()
    def _water_main_hotline(self):
        """The number to call when nothing else works: that of the first company which has one."""
        told = self.sudo().search([("water_hotline", "!=", False)], order="sequence, id", limit=1)
        return told.water_hotline

    def _register_hook(self):
        """Know the number from the start: a worker that has served nobody yet, or is begun while
        the database is away, tells it as well.
        """
        super()._register_hook()
        with suppress(psycopg2.Error), self.env.cr.savepoint():  # of tables older than the program
            outage.HOTLINES[self.env.cr.dbname] = self._water_main_hotline()

    def write(self, vals):
        """Forget the number that was kept when it changes."""
        if "water_hotline" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
