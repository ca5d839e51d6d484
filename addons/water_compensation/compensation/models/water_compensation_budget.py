from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import trusted

from .water_compensation import KINDS


class WaterCompensationBudget(models.Model):
    """The money available for compensations in a period, and who is told when it runs out.

    It warns and never blocks, because customers must get what the law entitles them to.
    """

    _name = "water.compensation.budget"
    _inherit = ["water.watched.setting.mixin", "water.mixin"]
    _description = "Budget for Compensations"
    _order = "date_from desc, id"
    _check_company_auto = True
    _watched = (
        *("active", "company_id", "kind", "department_id", "date_from", "date_to", "amount"),
        "warn_percent",
    )

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, help="Empty: all kinds together.")
    department_id = fields.Many2one(
        "water.department", check_company=True, help="Empty: all departments together."
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    amount = fields.Monetary(required=True)
    warn_percent = fields.Integer(string="Warn at (%)", default=80)
    user_ids = fields.Many2many(
        "res.users",
        string="Who Is Told",
        domain="[('share', '=', False)]",
        help="Empty: all managers of the company.",
    )
    used = fields.Monetary(compute="_compute_used", compute_sudo=True)
    left_over = fields.Monetary(string="Left", compute="_compute_used", compute_sudo=True)
    used_percent = fields.Float(string="Used (%)", compute="_compute_used", compute_sudo=True)
    warned = fields.Integer(
        readonly=True,
        copy=False,
        help="0: not told yet, 1: told that it is running out, 2: told that it is used up.",
    )

    _budget_sane = models.Constraint(
        "CHECK (date_to >= date_from AND amount > 0 AND warn_percent BETWEEN 1 AND 100)",
        "Choose a period that ends after it begins, an amount, and a percentage up to 100.",
    )

    @api.constrains("company_id", "kind", "department_id", "date_from", "date_to")
    def _check_overlap(self):
        force_conflict(self.company_id)  # concurrent entries for the same days see each other
        for budget in self:
            twin = self.search_count(
                [
                    ("id", "!=", budget.id),
                    ("company_id", "=", budget.company_id.id),
                    ("kind", "=", budget.kind),
                    ("department_id", "=", budget.department_id.id),
                    ("date_from", "<=", budget.date_to),
                    ("date_to", ">=", budget.date_from),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._("There is a budget for the same purpose in this period already.")
                )

    def write(self, vals):
        if vals.keys() - {"name", "user_ids", "warned"}:  # another budget is warned of anew
            vals = {**vals, "warned": 0}
        elif "warned" in vals and not self.env.su:
            vals = {key: value for key, value in vals.items() if key != "warned"}
        return super().write(vals)

    @api.depends("amount", "kind", "department_id", "date_from", "date_to", "company_id")
    def _compute_used(self):
        rows = self.env["water.compensation"]
        for budget in self:
            spent = budget.date_from and budget.date_to and budget.company_id
            total = rows._read_group(budget._domain(), [], ["amount:sum"])[0][0] if spent else 0
            budget.used = total or 0
            budget.left_over = budget.amount - budget.used
            budget.used_percent = 100 * budget.used / budget.amount if budget.amount else 0

    def _domain(self):
        """Approved compensations that count in this budget."""
        domain = [
            ("state", "=", "approved"),
            ("company_id", "=", self.company_id.id),
            ("approved_on", ">=", self.date_from),
            ("approved_on", "<=", self.date_to),
        ]
        domain += [("kind", "=", self.kind)] if self.kind else []
        domain += [("department_id", "=", self.department_id.id)] if self.department_id else []
        return domain

    @api.model
    def _of(self, companies, day):
        return self.sudo().search(
            [
                ("company_id", "in", companies.ids),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ]
        )

    def _covers(self, row):
        return (
            self.company_id == row.company_id
            and self.kind in (row.kind, False)
            and (not self.department_id or self.department_id == row.department_id)
        )

    def _note(self, more):
        """How far it is used up, with another amount, in one sentence."""
        money = partial(formatLang, self.env, currency_obj=self.currency_id)
        total = self.used + more
        facts = {"name": self.name, "total": money(total), "amount": money(self.amount)}
        if total > self.amount:
            return self.env._(
                "%(name)s: %(total)s of %(amount)s with this one, over by %(over)s",
                **facts,
                over=money(total - self.amount),
            )
        return self.env._(
            "%(name)s: %(total)s of %(amount)s with this one (%(percent)s %%)",
            **facts,
            percent=round(100 * total / self.amount),
        )

    def _warn(self):
        self.invalidate_recordset(["used", "left_over", "used_percent"])
        for budget in self:
            level = 2 if budget.used > budget.amount else 1
            if budget.used_percent < budget.warn_percent or budget.warned >= level:
                continue
            # as superuser: editors of a budget do not decide what counts for it
            trusted(budget.with_user(SUPERUSER_ID)).warned = level
            self.env["water.staff.message"]._tell(budget._people(), budget._compose)

    def _people(self):
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        everybody = managers.filtered(lambda user: self.company_id in user.company_ids)
        return self.user_ids or everybody

    def _compose(self, env):
        budget = self.with_env(env).sudo()
        if budget.used > budget.amount:
            subject = env._("The budget for compensations is exceeded: %s", budget.name)
        else:
            subject = env._("The budget for compensations runs out: %s", budget.name)
        return subject, budget._note(0)
