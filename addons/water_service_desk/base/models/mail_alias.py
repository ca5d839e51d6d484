from ast import literal_eval

from odoo import api, models

from ..links import check_links


class MailAlias(models.Model):
    """Checks links in the default values of mail aliases by the author's rights."""

    _inherit = "mail.alias"

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create(vals_list)
        aliases._check_whom_rows_name()
        return aliases

    def write(self, vals):
        done = super().write(vals)
        if "alias_defaults" in vals:
            self._check_whom_rows_name()
        return done

    def _check_whom_rows_name(self):
        """Check the links, since Odoo writes aliases as superuser for editors of their owner."""
        for alias in self.sudo():
            begun, model = literal_eval(alias.alias_defaults or "{}"), alias.alias_model_id.model
            if model in self.env:
                check_links(self.env[model].sudo(False), begun, {})
