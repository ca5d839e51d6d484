from odoo import api, models
from odoo.exceptions import AccessError

from ...base.links import OURS
from ...base.trust import is_trusted

#: What says which record a to-do is about.
ABOUT = frozenset({"res_id", "res_model", "res_model_id"})


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

        :raises AccessError: for somebody to whom the record is closed, or for a record of ours on
            which whoever carries it there may not make one
        """
        result = super().write(vals)
        if ABOUT & vals.keys():
            self._check_where_it_is()
        if {"user_id", *ABOUT} & vals.keys():
            self._check_who_has_it()
        return result

    # -- who reads it ----------------------------------------------------------------------------

    def _check_access(self, operation):
        """As Odoo does, which shows everybody his own: of ours as long as he reads the record."""
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not self:
            return result
        closed = (self - result[0] if result else self)._about_closed()
        if not closed:
            return result
        closed |= result[0] if result else self.browse()
        return closed, lambda: closed._make_access_error(operation)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        query = super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        if self.env.su or bypass_access:
            return query
        found = self.browse(query.get_result_ids())
        closed = found._about_closed()
        return (found - closed)._as_query() if closed else query

    def _about_closed(self):
        """Those about a record of ours that is closed to the present user by now."""
        mine = self.sudo().filtered(
            lambda row: row.user_id == self.env.user and (row.res_model or "").startswith(OURS)
        )
        closed = self.browse()
        for model, rows in mine.grouped("res_model").items():
            numbers = self.env["mail.message"]._closed_records(model, rows.mapped("res_id"))
            closed |= rows.filtered(lambda row, closed=numbers: row.res_id in closed)
        return closed.with_env(self.env)

    # -- thousands at once -----------------------------------------------------------------------

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
        super()._add_precomputed_values(vals_list)

    # -- who has it ------------------------------------------------------------------------------

    def _check_where_it_is(self):
        """Odoo asks where a to-do is made, and not where it is carried: it would hang on a case
        that is closed to whoever has it, and keep its title.
        """
        if not (self.env.su or is_trusted(self.env)):
            # sudo: mail.activity - asked what they are about
            ours = self.sudo().filtered(lambda row: (row.res_model or "").startswith(OURS))
            ours.with_env(self.env).check_access("create")

    def _check_who_has_it(self):
        """Nobody has a to-do about what is closed to him; it is mailed to whoever has it.

        A customer has none at all: it is the work of the house, even about his own case.
        """
        if self.env.su or is_trusted(self.env):
            return
        for row in self.filtered(lambda row: row.res_id and row.user_id != self.env.user):
            if self.env["mail.message"]._is_thread_of_ours(row.res_model):
                holder = row.user_id.sudo()
                if holder.share:
                    raise AccessError(self.env._("%s may not see this case.", holder.name))
                thread = self.env[row.res_model].browse(row.res_id)
                thread._check_readers(row.user_id.partner_id.ids)
