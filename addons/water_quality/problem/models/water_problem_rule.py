from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.trust import trusted

from ...kpi.periods import midnight

#: what repeats → the fields of the complaints that are alike
ALIKE = {
    "cause": ("cause_id",),
    "cause_zone": ("cause_id", "zone_id"),
    "category_zone": ("category_id", "zone_id"),
    "account": ("account_id",),
}


class WaterProblemRule(models.Model):
    """When complaints that are alike are no chance any more, and a problem is proposed."""

    _name = "water.problem.rule"
    _inherit = ["water.mixin"]
    _description = "Rule for Systemic Problems"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    alike = fields.Selection(
        [
            ("cause", "Cause"),
            ("cause_zone", "Cause in a supply zone"),
            ("category_zone", "Category in a supply zone"),
            ("account", "Account with its meter"),
        ],
        string="What Repeats",
        required=True,
        default="cause_zone",
    )
    number = fields.Integer(string="How Often", required=True, default=3, help="At least so often.")
    days = fields.Integer(string="Within Days", required=True, default=30)
    category_ids = fields.Many2many(
        "water.category", string="Categories", help="With those below them; empty: all."
    )
    is_upheld_only = fields.Boolean(
        string="Upheld Ones Only", help="Complaints that were found not upheld do not count."
    )

    _number_sane = models.Constraint(
        "CHECK (number >= 2)", "One case is no repetition: at least two."
    )
    _days_sane = models.Constraint(
        "CHECK (days BETWEEN 1 AND 3650)", "Within one day to ten years."
    )

    @api.model
    def _cron_propose(self):
        """Scheduled action: propose a problem for each matching rule; faults are logged."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            rules = self.search([("company_id", "in", (False, company.id))])
            run_each_isolated(rules, type(self)._propose, company)

    def _propose(self, company):
        """Open a problem for each group of complaints that is large enough, or add to the open one.

        :param company: res.company whose complaints are looked at
        :return: the new problems
        """
        self.ensure_one()
        since = company._water_today() - timedelta(days=self.days)
        names = ALIKE[self.alike]
        found = self.env["water.problem"].sudo().browse()
        # sudo: complaint - all of the company count
        groups = self.env["water.complaint"].sudo()
        rows = groups._read_group(
            self._domain(company, since), names, ["id:recordset"], [("__count", ">=", self.number)]
        )
        for *keys, cases in rows:
            alike = dict(zip(names, (key.id for key in keys), strict=True))
            found |= self._open_one(company, alike, cases)
        return found

    def _domain(self, company, since):
        domain = self.env["water.problem"]._counted(company)
        domain &= Domain("received_at", ">=", midnight(since, company._water_tz()))
        for name in ALIKE[self.alike]:
            domain &= Domain(name, "!=", False)
        if self.category_ids:
            domain &= Domain("category_id", "child_of", self.category_ids.ids)
        if self.is_upheld_only:
            domain &= Domain("finding_final", "in", ("upheld", "partly"))
        return domain

    def _open_one(self, company, alike, cases):
        """Open a problem for one group; complaints of other problems do not count again."""
        problems = trusted(self.env["water.problem"].sudo())
        present = problems.search(
            [("company_id", "=", company.id), *((name, "=", key) for name, key in alike.items())]
        )
        present = present.filtered(lambda row: row._alike() == alike)
        fresh = cases - present.complaint_ids
        running = present.filtered(lambda row: row.state not in row._settled_states)
        if running:
            running[:1].write({"complaint_ids": [fields.Command.link(i) for i in fresh.ids]})
            return problems
        if len(fresh) < self.number:
            return problems
        values = {"rule_id": self.id, "company_id": company.id, **alike}
        return problems.create({**values, **problems._first_values(alike, fresh)})
