from collections import defaultdict

from odoo import models

from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff


class WaterCaseMixin(models.AbstractModel):
    """Notify people of an emergency at any hour, whether or not a department has it."""

    _inherit = "water.case.mixin"

    def _finish_create(self):
        super()._finish_create()
        self._call_out()

    def _on_severity(self, before, vals):
        super()._on_severity(before, vals)
        raised = self.filtered(lambda case: before[case.id]["severity"] != "emergency")
        raised._call_out()

    def _on_dispatch_rejected(self, dispatch):
        super()._on_dispatch_rejected(dispatch)
        if dispatch.role == "lead":
            self._call_out()

    def _call_out(self):
        """Dispatch emergencies that no department has, or notify the people on call of them."""
        self.filtered(lambda case: case._is_unattended())._dispatch_on_call()
        lists = defaultdict(self.browse)
        for case in self.sudo().filtered(lambda row: row._is_unattended()):
            lists[case._people_on_call()] |= case
            if not case._on_call_lists():
                self.env["water.escalation.step"]._watch_by_day(case.company_id)
        for people, cases in lists.items():
            tell_staff(
                cases,
                people,
                lambda rows: rows.env._(
                    "Emergencies not dispatched yet: %(count)s", count=len(rows)
                ),
                lambda row: " · ".join(filter(None, (row._staff_line(), row.zone_id.name))),
                is_list=True,
            )

    def _dispatch_on_call(self):
        """Hook: dispatch emergencies to the department on call, without anybody's act."""

    def _is_unattended(self):
        """Whether it is an open emergency that no department works on."""
        is_open = self.state not in self._final_states
        return is_open and self.severity == "emergency" and not self._open_dispatches()

    def _people_on_call(self):
        """Return the users whom the case may reach at any hour.

        Of an emergency these are the people on call where it is or belongs, else those of the
        service desk, else the supervisors, else those who hear where the ladder is empty.
        """
        case = self.sudo()
        kept_out = case._people_concerned()
        if case.severity != "emergency":
            return case.department_id.on_call_user_ids.filtered("active") - kept_out
        people = case._on_call_lists()
        if not people:
            steps, company = self.env["water.escalation.step"], case.company_id
            groups = (steps._people_of(SUPERVISOR, company), *steps._stand_ins(company))
            people = next(filter(None, (group - kept_out for group in groups)), people)
        return people

    def _on_call_lists(self):
        """Return the users on call for an emergency: in its departments, else at the desk."""
        case = self.sudo()
        at_work = case._open_dispatches().department_id
        there = at_work or (case.department_id - case._returns().department_id)
        foreseen = case._proposed_department() | case._of_its_company(
            case.category_id.support_department_ids
        )
        wanted = there or (foreseen - case._returns().department_id)
        kept_out = case._people_concerned()
        lists = (wanted, case.company_id._water_desk_departments())
        people = (rows.on_call_user_ids.filtered("active") - kept_out for rows in lists)
        return next(filter(None, people), kept_out.browse())
