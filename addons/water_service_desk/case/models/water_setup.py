from odoo import api, models

#: The code of the department that the others hand back to: the customer service centre.
SERVICE_CENTRE = "CSC"


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
                choices=[
                    {"key": str(row.id), "label": self.env._("We have no %s", row.name)}
                    for row in self._idle_departments(company)
                ],
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

    def _idle_departments(self, company):
        domain = self._of_company("water.department", company)
        if self.env["res.company"].search_count([], limit=2) > 1:
            domain = [("company_id", "=", company.id)]  # others may have shared ones
        rows = self.env["water.department"].search(domain)
        return rows.filtered(
            lambda row: row.code != SERVICE_CENTRE and not (row.manager_id or row.member_ids)
        )

    @api.model
    def _choose_departments(self, department_id):
        """Archive a department that the company does not have.

        Its categories go to the service centre from then on.
        """
        department = self.env["water.department"].browse(int(department_id))
        centre = self.env["water.department"].search(
            [
                ("code", "=", SERVICE_CENTRE),
                *self._of_company("water.department", self.env.company),
            ],
            limit=1,
        )
        categories = self.env["water.category"].search([("department_id", "=", department.id)])
        categories.department_id = centre
        helped = self.env["water.category"].search(
            [("support_department_ids", "in", department.ids)]
        )
        helped.support_department_ids -= department
        department.active = False

    def _missing_departments(self, company):
        domain = self._of_company("water.department", company)
        departments = self.env["water.department"].search(domain)
        if not departments:
            return [self.env._("No department")]
        lines = {
            "manager_id": self.env._("No head: %s"),
            "member_ids": self.env._("No staff in: %s"),
            "on_call_user_ids": self.env._("No one is on call: %s"),
        }
        empty = {name: departments.filtered(lambda row, n=name: not row[n]) for name in lines}
        return [lines[name] % self._named(rows) for name, rows in empty.items() if rows]
