from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import trusted


class WaterTrainingPlan(models.Model):
    """The trainings of a year (S2.2.3; ISO 10002, 5.2) and their progress.

    A manager approves it; unforeseen trainings are added and marked as such.
    """

    _name = "water.training.plan"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Training Plan of a Year"
    _order = "year desc, id desc"
    _rec_name = "year"

    year = fields.Integer(
        required=True, default=lambda self: self.env.company._water_today().year, aggregator=False
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    objective = fields.Text(help="What people shall be able to do at the end of the year.")
    training_ids = fields.One2many("water.training", "plan_id", string="Trainings", readonly=True)
    planned_count = fields.Integer(string="Trainings Planned", compute="_compute_counts")
    held_count = fields.Integer(string="Trainings Held", compute="_compute_counts")
    coverage = fields.Char(
        string="Staff Trained",
        compute="_compute_coverage",
        help="Members of staff who took part in a training of the plan, of all there are.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)

    _year_uniq = models.Constraint(
        "UNIQUE (company_id, year)", "There is a training plan for this year already."
    )

    @api.constrains("year")
    def _check_year(self):
        for plan in self:
            if not 2000 <= plan.year <= 2100:
                raise ValidationError(self.env._("Give the year with four digits."))

    @api.depends("year")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._("Training plan %s", plan.year or "")

    @api.depends("training_ids.state")
    def _compute_counts(self):
        for plan in self:
            states = plan.training_ids.mapped("state")
            plan.planned_count = sum(state != "cancelled" for state in states)
            plan.held_count = states.count("held")

    @api.depends("training_ids.state", "training_ids.attendee_ids.state")
    def _compute_coverage(self):
        for plan in self:
            staff = plan._staff()
            # sudo: water.training.attendee - how many took part is no secret among staff
            rows = plan.sudo().training_ids.filtered(lambda row: row.state == "held").attendee_ids
            there = rows.filtered(lambda row: row.state == "attended").user_id & staff
            plan.coverage = f"{len(there)} / {len(staff)}"

    def _staff(self):
        """Return all people who have to sign the standards."""
        return self.env["water.staff.document"].new({"company_id": self.company_id.id})._staff()

    @api.model
    def _settled_message(self):
        return self.env._("An approved plan is not changed; trainings are added to it.")

    def action_approve(self):
        """Approve the plan as a manager.

        :raises AccessError: by anyone else
        :raises UserError: without a training
        """
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("A manager approves the plan."))
        for plan in self:
            if plan.state != "draft" or not plan.training_ids:
                raise UserError(self.env._("Plan a training first; a plan is approved once."))
        now = fields.Datetime.now()
        values = {"state": "approved", "approved_by_id": self.env.uid, "approved_at": now}
        return trusted(self).write(values)
