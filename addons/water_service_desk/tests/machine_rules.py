"""Steps of what the house archives and takes up again, holds and erases, and what must hold of it:
departments, categories, standards, evidence, people who want to be forgotten, to-dos.
"""

from ..assignment.models.water_case_assignment import RULING
from ..base.todos import open_todos
from ..visit.models.water_case_visit import TO_DO
from .machine import Machine, some, step
from .machine_steps import desk


class RuleSteps(Machine):
    """Archived cases are reopened more often than others are archived."""

    def toggle(self, login, records, which):
        """Archive one of ``records``, or take up one that is archived."""
        gone = records.filtered(lambda row: not row.active)
        row = self.own(login, self.pick(gone or records, which))
        row.active = not row.active

    @step(which=some)
    def department_closes(self, which):
        self.toggle("manager", self.test.net | self.test.lab, which)

    @step(which=some)
    def category_goes(self, which):
        categories = self.env["water.category"].union(*(case.category_id for case in self.cases))
        known = getattr(self, "archived", categories.browse()) | categories
        self.archived = known
        self.toggle("manager", known, which)

    @step(which=some)
    def standard_goes(self, which):
        clocks = self.rows("deadline_ids")
        standards = self.env["water.standard"].union(
            *(clock.standard_line_id.standard_id for clock in clocks)
        )
        self.toggle("manager", standards, which)

    @step(which=some)
    def hold(self, which):
        """It becomes evidence, or no longer is."""
        case = self.case(which).sudo()
        case.legal_hold = not case.legal_hold

    @step(which=some)
    def forget(self, which):
        """The customer wants to be forgotten."""
        ended = [case for case in self.cases if case.state in case._final_states]
        self.pick(ended, which).sudo()._anonymise("客户要求")

    @step(weight=2, which=some, login=desk)
    def do_todo(self, which, login):
        """A user closes a system activity, done or not."""
        mine = {(case._name, case.id) for case in self.cases}
        todos = self.env["mail.activity"].search([("automated", "=", True)], order="id")
        rows = [row for row in todos if (row.res_model, row.res_id) in mine]
        self.own(login, self.pick(rows, which)).action_feedback("已办")

    def before(self):
        super().before()
        self.held = {case for case in self.cases if case.legal_hold and not case.erased_at}


class RulesKept:
    """What holds of it.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_todos_end              nobody has to decide, or to answer, what is over, or whose a case
                                  is that has been sent since
    always_held_stays             what is held as evidence is not erased
    ============================= ==================================================================
    """

    def always_todos_end(self):
        for case in self.cases:
            asked = open_todos(case, RULING, TO_DO)
            if asked and case.state in case._final_states:
                yield f"{case.name} is {case.state}, and asked is: {asked.mapped('summary')}"
            returned = case.dispatch_ids.filtered("rejected_at").sorted("rejected_at")[-1:]
            sent = case._open_dispatches().filtered(
                lambda row, last=returned: row.role == "lead" and row.id > last.id
            )
            if sent and open_todos(case, RULING):
                yield f"{case.name} was sent to {sent.department_id.code}: nobody decides any more"

    def always_held_stays(self):
        for case in self.held:
            if case.erased_at:
                yield f"{case.name} was erased while it was held"
