from odoo import api, models

#: Context keys that put more of a contact into its name.
MORE = ("show_address", "show_email", "show_vat", "partner_show_db_id")
#: Context value of a printed contact, whose reader is not the user; no client can send it.
PRINTED = object()


class ResPartner(models.Model):
    """Tell a user without read access the name of a contact alone."""

    _inherit = "res.partner"

    @api.depends_context("uid", "water_printed")
    def _compute_display_name(self):
        """Compute as Odoo does, which adds address and mail if the context asks for them; rows
        of other apps would show them to their readers.
        """
        closed = self._named_alone()
        super(ResPartner, self - closed)._compute_display_name()
        plain = closed.with_context(**dict.fromkeys(MORE, False))
        super(ResPartner, plain)._compute_display_name()
        for contact, named in zip(closed, plain, strict=True):
            contact.display_name = named.display_name

    def _named_alone(self):
        context = self.env.context
        is_printed = context.get("water_printed") is PRINTED
        if is_printed or not any(context.get(key) for key in MORE):
            return self.browse()
        there = self.filtered(lambda contact: isinstance(contact.id, int))
        return there - there.sudo(False)._filtered_access("read")

    def write(self, vals):
        """As Odoo, but check access first: its refusal to archive a user's contact names the
        user, and everyone could read customers' names by trying ids.
        """
        if vals.get("active") is False:
            self.check_access("write")
        return super().write(vals)
