from odoo import models
from odoo.exceptions import UserError

#: Names the database whose sealed files are kept elsewhere: the addon may go, and they with it.
KEPT = "water_complaints.archives_kept"


class IrModuleModule(models.Model):
    """Sealed files are proof for years: they are not lost by taking an addon away."""

    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Refuse to uninstall while sealed files exist, unless a copy of them is confirmed.

        :raises UserError: with what to do before
        """
        # first, since Odoo checks the access there; the refusal below rolls it back
        done = super().button_uninstall()
        if self.search([("name", "=", "water_complaints")]).state == "to remove":
            self._check_archives_kept()
        return done

    def _check_archives_kept(self):
        # sudo: water.archive, ir.config_parameter - only a count and a setting are read
        count = self.env["water.archive"].sudo().search_count([("state", "!=", "destroyed")])
        kept = self.env["ir.config_parameter"].sudo().get_param(KEPT)
        if count and kept != self.env.cr.dbname:
            raise UserError(
                self.env._(
                    "%(count)s sealed files of complaints would be lost, and with them the proof."
                    " Keep them outside the database first (download them, or restore a backup"
                    " elsewhere); then set the system parameter %(key)s to %(database)s.",
                    count=count,
                    key=KEPT,
                    database=self.env.cr.dbname,
                )
            )
