from odoo import api, fields, models


class WaterRevealLinkMixin(models.AbstractModel):
    """Work about a case whose customer may have to be called: reveals through the case."""

    _name = "water.reveal.link.mixin"
    _description = "Reveals the Customer of its Case"

    can_reveal = fields.Boolean(compute="_compute_can_reveal", export_string_translation=False)

    @api.depends_context("uid")
    def _compute_can_reveal(self):
        for row in self:
            row.can_reveal = row.sudo()._case().with_env(self.env)._may_reveal()

    def reveal_reasons(self):
        """The reasons to choose from, as for the case."""
        self.check_access("read")
        # sudo: case - which one it is; its own check follows
        return self.sudo()._case().with_env(self.env).reveal_reasons()

    def reveal(self, names=(), reason=False, note=False):
        """Hand out the contact data of the case; see ``water.reveal.mixin``."""
        self.ensure_one()
        self.check_access("read")
        # sudo: case - which one it is; its own check follows
        return self.sudo()._case().with_env(self.env).reveal(names, reason, note)
