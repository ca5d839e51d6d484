from odoo import api, models

from ..told import MORE, TOLD, asks_more


class ResPartner(models.Model):
    """Contacts are named to nobody who may not read them."""

    _inherit = "res.partner"

    @api.depends_context("uid", "water_told")
    def _compute_display_name(self):
        """As Odoo does, which tells by it address and mail as well, where its reader asks for them;
        and which names whoever stands in a row of another app to all who read the row.
        """
        closed = self._told_by_name_alone()
        super(ResPartner, self - closed)._compute_display_name()
        plain = closed.with_context(**dict.fromkeys(MORE, False))
        super(ResPartner, plain)._compute_display_name()
        for contact, named in zip(closed, plain, strict=True):
            contact.display_name = named.display_name

    def _told_by_name_alone(self):
        """Those of whom a caller is told, and whom he may not read."""
        is_told = self.env.context.get("water_told") is TOLD
        if not (is_told and asks_more(self.env.context)):
            return self.browse()
        there = self.filtered(lambda contact: isinstance(contact.id, int))
        return there - there.sudo(False)._filtered_access("read")

    def write(self, vals):
        """As Odoo does, which names whoever signs in as an archived contact before it asks for the
        right to archive it: by one number after the other everybody read the customers' names.
        """
        if vals.get("active") is False:
            self.check_access("write")
        return super().write(vals)
