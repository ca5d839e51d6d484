from odoo import models


class IrUiMenu(models.Model):
    """Rare lists and settings stand on a page of links instead of in the menu."""

    _inherit = "ir.ui.menu"

    def load_web_menus(self, debug):
        """Fold what hangs below a menu that opens a page of links: the page reads ``folded``."""
        menus = super().load_web_menus(debug)
        pages = set(self._directory_ids())
        for menu in menus.values():
            if menu["actionModel"] == "ir.actions.client" and menu["actionID"] in pages:
                menu.update(folded=menu["children"], children=[])
        return menus

    def _directory_ids(self):
        """The actions whose menus fold what hangs below them."""
        # sudo: ir.actions.client - which page a menu opens is told with the menu
        pages = self.env["ir.actions.client"].sudo().search([("tag", "=", "water_directory")])
        return pages.ids
