from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.water_service_desk.base.roles import MANAGER


class WaterCompensationDelegation(models.Model):
    """A deputy who decides for an absent approver, within the given days.

    The deputy of a case (代理责任人) does the work of the case; this one approves money.
    """

    _name = "water.compensation.delegation"
    _inherit = "water.mixin"
    _description = "Deputy for Approvals"
    _order = "date_to desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Away",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    deputy_id = fields.Many2one(
        "res.users",
        string="Deputy for Approvals",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._water_today()
    )
    date_to = fields.Date(string="Until", required=True)
    reason = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _days_sane = models.Constraint(
        "CHECK (date_to >= date_from)", "Choose a last day that is not before the first."
    )
    _people_sane = models.Constraint(
        "CHECK (user_id <> deputy_id)", "You cannot be your own deputy: choose another person."
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_owner()
        rows._check_begin(rows)
        return rows

    def write(self, vals):
        self._check_owner()
        before = {row: row.date_from for row in self}
        result = super().write(vals)
        self._check_owner()
        self._check_begin(self.filtered(lambda row: row.date_from != before[row]))
        return result

    def _check_begin(self, rows):
        early = any(row.date_from < row.company_id._water_today() for row in rows)
        if early and not self.env.su:
            raise ValidationError(self.env._("A deputy begins today at the earliest."))

    def _check_owner(self):
        """Users appoint deputies for themselves, managers for others; no one appoints
        themselves.

        Not a constraint, because constraints run as superuser.
        """
        user = self.env.user
        if self.env.su:
            return
        if any(row.deputy_id == user for row in self):
            raise AccessError(self.env._("You cannot appoint yourself as a deputy."))
        if user.has_group(MANAGER):
            return
        if any(row.user_id != user for row in self):
            raise AccessError(self.env._("You appoint your own deputy; a manager that of others."))

    @api.constrains("deputy_id")
    def _check_deputy(self):
        rows = self.env["water.compensation"]
        for row in self:
            if not rows.with_user(row.deputy_id).has_access("write"):
                raise ValidationError(
                    self.env._("%s may not see compensations.", row.deputy_id.name)
                )

    @api.model
    def _absent(self, user, company, barred):
        """The users for whom ``user`` decides today, by the company's day.

        :param barred: users who may not decide; nor do deputies whom they have entered
        """
        today = company._water_today()
        # sudo: water.compensation.delegation - who stands in for whom is asked by the decision
        rows = self.sudo().search(
            [
                ("deputy_id", "=", user.id),
                ("company_id", "=", company.id),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )
        # users who have left cannot decide and have no deputies
        fit = rows.filtered(lambda row: not (row.create_uid | row.write_uid) & barred)
        return fit.user_id.filtered("active")
