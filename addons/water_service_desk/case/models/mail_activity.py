from odoo import api, models

from ...base.trust import is_trusted


class MailActivity(models.Model):
    """A to-do shows the title of what it is about to whoever has it."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        """As Odoo does.

        :raises AccessError: for somebody to whom the record is closed
        """
        activities = super().create(vals_list)
        activities._check_who_has_it()
        return activities

    def write(self, vals):
        """As Odoo does.

        :raises AccessError: for somebody to whom the record is closed
        """
        result = super().write(vals)
        if {"user_id", "res_id", "res_model_id"} & vals.keys():
            self._check_who_has_it()
        return result

    # -- thousands at once -----------------------------------------------------------------------

    @api.model
    def _add_missing_default_values(self, values):
        """As Odoo does, which asks every field: there is none where all defaults are given."""
        if values.keys() >= set(self._with_default()) and not self._are_defaults_chosen():
            return dict(values)
        return super()._add_missing_default_values(values)

    @api.model
    def _add_precomputed_values(self, vals_list):
        """As Odoo does, which makes a draft of each to-do to learn the name of its model."""
        names = {}
        for vals in vals_list:
            model_id = vals.get("res_model_id")
            if model_id and "res_model" not in vals:
                if model_id not in names:
                    # sudo: ir.model - a name, as the field reads it
                    names[model_id] = self.env["ir.model"].sudo().browse(model_id).model
                vals["res_model"] = names[model_id]
        return super()._add_precomputed_values(vals_list)

    # -- who has it ------------------------------------------------------------------------------

    def _check_who_has_it(self):
        if self.env.su or is_trusted(self.env):
            return
        for row in self.filtered(lambda row: row.res_id and row.user_id != self.env.user):
            if self.env["mail.message"]._is_thread_of_ours(row.res_model):
                thread = self.env[row.res_model].browse(row.res_id)
                thread._check_readers(row.user_id.partner_id.ids)
