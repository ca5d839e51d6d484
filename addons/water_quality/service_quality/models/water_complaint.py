from odoo import fields, models

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted

UPHELD = ("upheld", "partly")
#: States in which a complaint that was right has led to a corrective action.
ENDED = ("confirmed", "callback", "archived")


class WaterComplaint(models.Model):
    """A complaint leads to corrective actions (整改), trainings and systemic problems."""

    _inherit = "water.complaint"
    _counters = {"improvement_count": "water.improvement", "problem_count": "water.problem"}
    _counted_lists = ("improvement_ids", "problem_ids")

    improvement_ids = fields.One2many(
        "water.improvement", "complaint_id", string="Corrective Actions"
    )
    improvement_count = fields.Integer(
        string="Number of Corrective Actions", compute="_compute_counts"
    )

    problem_ids = fields.Many2many(
        "water.problem",
        "water_problem_complaint_rel",
        "complaint_id",
        "problem_id",
        string="Systemic Problems",
        copy=False,
        readonly=True,
    )
    problem_count = fields.Integer(string="Number of Systemic Problems", compute="_compute_counts")

    # rates leave few complaints out; in the words of the definitions, else it is not used
    _left_out_idx = models.Index(
        "(id) WHERE leaves_figures IS TRUE OR state IN ('withdrawn', 'merged', 'rejected')"
    )
    # as the view of all cases numbers them, which is read by these numbers
    _any_case_idx = models.Index("((id * 4 + 1))")

    def action_open_improvements(self):
        """Open the corrective actions that came of the complaint."""
        return self._open_children(
            "water.improvement", self.env._("Corrective Actions"), "complaint_id"
        )

    def action_open_problems(self):
        """Open the systemic problems that the complaint is one case of."""
        self.ensure_one()
        self.check_access("read")
        domain = [("complaint_ids", "=", self.id)]
        title = self.env._("Systemic Problems")
        return windows.rows("water.problem", title, domain, {"create": False})

    def action_lesson(self):
        """Open a new training that follows from the complaint.

        :raises AccessError: if the user does not look after quality
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["water.training"]._lesson_window(self, "complaint_id", self.category_id)

    def _after_confirmed(self, origins):
        super()._after_confirmed(origins)
        for case in self:
            case._follow_finding()

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        if not appeal._changes_finding() or self.state not in ENDED:
            return
        for row in self._follow_finding():
            row._message_log(body=self.env._("The appeal %s has changed the finding.", appeal.name))

    def _follow_finding(self):
        """Open or cancel the corrective action by the finding in force.

        :return: those that existed before
        """
        rows = self.sudo().improvement_ids.filtered("is_automatic")
        if self.finding_final in UPHELD:
            trusted(rows.filtered(lambda row: row.state == "cancelled")).state = "reopened"
            self.env["water.improvement"]._open_for(self)
        else:
            rows._cancel()
        return rows

    def _improvement_values(self):
        """Values of the corrective action; no words of the customer, others read it."""
        category = self.category_id.with_context(lang=self.company_id.partner_id.lang)
        department = self.department_id or self.department_complained_id
        hidden = self._people_concerned()
        candidates = (
            department.manager_id,
            department.deputy_id,
            self.first_responsible_id,
            self.user_id,
        )
        owners = [user for user in candidates if user.active and user not in hidden]
        return {
            "subject": f"{self.name} {category.name}",
            "department_id": department.id,
            "owner_id": owners[0].id if owners else False,
            "cause": self.investigation,
            "company_id": self.company_id.id,
        }
