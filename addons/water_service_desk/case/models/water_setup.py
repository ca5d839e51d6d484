from odoo import api, models


class WaterSetup(models.AbstractModel):
    """Departments that can work, and the areas that cases lie in."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        company = self.env.company
        zones = self.env["water.zone"].search_count(
            self._of_company("water.zone", company), limit=1
        )
        return [
            *super()._steps(),
            self._step(
                "departments",
                60,
                self.env._("Departments"),
                self._missing_departments(company),
                "water_service_desk.action_department",
                why=self.env._("Cases are dispatched to them; their heads hear of late ones."),
            ),
            self._step(
                "zones",
                70,
                self.env._("Supply Zones"),
                [] if zones else [self.env._("No supply zone")],
                "water_service_desk.action_zone",
                why=self.env._("Outages are told by zone; queues and figures go by it."),
                is_needed=False,
            ),
        ]

    @api.model
    def _of_company(self, model, company):
        """A domain for the rows of a company, and for those of all where there are such."""
        is_shared = not self.env[model]._fields["company_id"].required
        return [("company_id", "in", [company.id, *([False] if is_shared else [])])]

    def _missing_departments(self, company):
        domain = self._of_company("water.department", company)
        departments = self.env["water.department"].search(domain)
        if not departments:
            return [self.env._("No department")]
        lines = {
            "manager_id": self.env._("No head: %s"),
            "member_ids": self.env._("Nobody works in: %s"),
            "on_call_user_ids": self.env._("Nobody is on call: %s"),
        }
        empty = {name: departments.filtered(lambda row, n=name: not row[n]) for name in lines}
        return [lines[name] % self._named(rows) for name, rows in empty.items() if rows]
