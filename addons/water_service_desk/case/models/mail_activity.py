from odoo import api, models
from odoo.exceptions import AccessError

from ...base.links import OURS
from ...base.trust import is_trusted

#: Fields that say which record a to-do is about.
ABOUT = frozenset({"res_id", "res_model", "res_model_id"})


class MailActivity(models.Model):
    """A to-do shows its record's title to its assignee."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        """As Odoo.

        :raises AccessError: if the record is closed to the assignee
        """
        activities = super().create(vals_list)
        activities._check_who_has_it()
        return activities

    def write(self, vals):
        """As Odoo.

        :raises AccessError: if the record is closed to the assignee, or the writer may not create
            to-dos on it
        """
        result = super().write(vals)
        if ABOUT & vals.keys():
            self._check_where_it_is()
        if {"user_id", *ABOUT} & vals.keys():
            self._check_who_has_it()
        return result

    # -- who reads it ----------------------------------------------------------------------------

    def _check_access(self, operation):
        """As Odoo, which shows users their own: about our records only while they are readable."""
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
        """Check the new record of a moved to-do: Odoo checks only the creation, and the title
        would stay visible.
        """
        if not (self.env.su or is_trusted(self.env)):
            # sudo: mail.activity - only what they are about
            ours = self.sudo().filtered(lambda row: (row.res_model or "").startswith(OURS))
            ours.with_env(self.env).check_access("create")

    def _check_who_has_it(self):
        """Refuse to-dos whose record is closed to the assignee, who gets it by mail.

        Customers get none at all: to-dos are internal work, even about their own case.
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
