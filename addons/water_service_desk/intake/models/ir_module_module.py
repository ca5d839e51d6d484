from odoo import api, models, tools


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    @tools.ormcache()
    def _water_foundation(self):
        """Return the names of all addons that ours depend on: our pages lead to theirs."""
        # sudo: ir.module.module - which addons are installed is no secret to the server
        ours = self.sudo().search([("name", "=like", r"water\_%"), ("state", "=", "installed")])
        below = ours.upstream_dependencies(exclude_states=("uninstallable",))
        return frozenset({"base", *below.mapped("name")})
