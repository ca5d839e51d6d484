from ast import literal_eval

from odoo import api, models

from ..links import check_links


class MailAlias(models.Model):
    """Rows that mails make name nobody who is closed to whoever says what they begin with."""

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
        """Odoo writes aliases with superuser rights for whoever may change what they belong to."""
        for alias in self.sudo():
            begun, model = literal_eval(alias.alias_defaults or "{}"), alias.alias_model_id.model
            if model in self.env:
                check_links(self.env[model].sudo(False), begun, {})
