from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.trust import trusted


class WaterTraining(models.Model):
    """A training of staff (S2.2.3): who was there, what was taught, who passed the exam.

    Quality, supervisors and managers plan it; standards that come into force, complaints that were
    upheld and failed inspections propose one. Whoever passes an exam about a skill has it.
    """

    _name = "water.training"
    _inherit = ["water.steps.mixin", "water.loose.file.mixin", "water.never.deleted.mixin"]
    _description = "Training"
    _order = "starts_at desc nulls first, id desc"
    _in_hand = {"trainer_id": [("state", "=", "planned")]}
    _file_fields = ("material_ids",)
    _check_company_auto = True
    _editable_states = frozenset({"proposed", "planned"})
    _given_at_birth = frozenset({"company_id"})

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="Topic", required=True)
    kind = fields.Selection(
        [
            ("induction", "For new staff"),
            ("regular", "Regular"),
            ("standard", "New or changed standard"),
            ("lesson", "Lesson from cases"),
            ("emergency", "Emergencies"),
        ],
        required=True,
        default="regular",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    plan_id = fields.Many2one(
        "water.training.plan",
        string="Training Plan",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Empty: nobody foresaw it.",
    )
    starts_at = fields.Datetime(string="Begins at", index=True)
    hours = fields.Float(default=2, digits=(5, 1))
    place = fields.Char()
    trainer_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", ondelete="restrict", index="btree_not_null"
    )
    trainer_name = fields.Char(string="Trainer from Outside")
    content = fields.Text(help="What is taught.")
    summary = fields.Text(help="How it went, what stays to be done.")
    material_ids = Files(
        "ir.attachment", "water_training_material_rel", "training_id", "attachment_id", "Material"
    )
    department_ids = fields.Many2many("water.department", string="Departments", check_company=True)
    attendee_ids = fields.One2many("water.training.attendee", "training_id", string="Attendance")
    attendee_count = fields.Integer(string="Number Invited", compute="_compute_counts")
    attended_count = fields.Integer(string="Number Present", compute="_compute_counts")
    skill_id = fields.Many2one(
        "water.skill",
        index="btree_not_null",
        ondelete="restrict",
        help="Whoever passes the exam has this skill.",
    )
    skill_level = fields.Selection(
        [("1", "Beginner"), ("2", "Able"), ("3", "Expert"), ("4", "Trainer")], default="2"
    )
    has_exam = fields.Boolean(string="With an Exam")
    pass_mark = fields.Float(
        default=60, digits=(5, 1), help="Points of 100 from which on it is passed."
    )
    document_id = fields.Many2one(
        "water.staff.document",
        string="Standard",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    source_ids = fields.One2many(
        "water.training.source",
        "training_id",
        string="What It Follows from",
        groups="water_service_desk.group_supervisor,water_service_desk.group_quality",
    )
    again_of_id = fields.Many2one(
        "water.training", string="Repeats", readonly=True, copy=False, index="btree_not_null"
    )
    state = fields.Selection(
        [
            ("proposed", "Suggested"),
            ("planned", "Arranged"),
            ("held", "Held"),
            ("cancelled", "Called Off"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        copy=False,
        group_expand=True,
    )
    cancel_reason = fields.Char(string="Why It Is Cancelled", copy=False)
    reminded_on = fields.Date(readonly=True, copy=False)
    can_record = fields.Boolean(compute="_compute_can_record", export_string_translation=False)

    _hours_sane = models.Constraint(
        "CHECK (hours > 0 AND hours <= 240)", "A training takes some hours, 240 at most."
    )
    _mark_sane = models.Constraint(
        "CHECK (pass_mark BETWEEN 0 AND 100)", "An exam is passed at 0 to 100 points."
    )

    @api.depends("attendee_ids.state")
    def _compute_counts(self):
        for row in self:
            # sudo: water.training.attendee - numbers alone
            states = row.sudo().attendee_ids.mapped("state")
            row.attendee_count = len(states)
            row.attended_count = states.count("attended")

    @api.depends("state", "trainer_id")
    @api.depends_context("uid")
    def _compute_can_record(self):
        manager = self._is_manager()
        for row in self:
            row.can_record = row.state == "planned" and (manager or row.trainer_id == self.env.user)

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    @api.constrains("trainer_id")
    def _check_trainer(self):
        for row in self.sudo():
            if row.trainer_id in row.attendee_ids.user_id:
                raise ValidationError(self.env._("Whoever teaches does not take part."))

    @api.constrains("state", "starts_at")
    def _check_date(self):
        """What those invited were told stays: it may be put off, not left open."""
        if any(row.state == "planned" and not row.starts_at for row in self):
            raise ValidationError(self.env._("Say when, who teaches, and who is invited."))

    @api.constrains("plan_id", "starts_at")
    def _check_plan(self):
        """A training of a plan is in its year, by the company's time."""
        for row in self.filtered(lambda row: row.plan_id and row.starts_at):
            if row._held_on().year != row.plan_id.year:
                raise ValidationError(
                    self.env._("%s is another year than that of the plan.", row._held_on())
                )

    def _held_on(self):
        """The day on which it begins, by the company's time."""
        return self.company_id._water_today(self.starts_at)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.training", rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
        return rows

    @api.model
    def _settled_message(self):
        return self.env._("A training that was held or cancelled is not changed.")

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors plan trainings."))

    # -- who takes part -------------------------------------------------------------------

    def action_invite(self):
        """Invite those members of the departments who are not invited yet.

        :raises UserError: without a department, or once it was held
        """
        self.check_access("write")
        for row in self:
            if row.state not in self._editable_states or not row.department_ids:
                raise UserError(self.env._("Choose the departments of a training to come."))
            people = row.department_ids.member_ids.filtered("active") - row.trainer_id
            row._invite(people)
        return True

    def _invite(self, people):
        """Add people who are not on the list yet.

        :param people: res.users
        """
        fresh = people - self.attendee_ids.user_id
        self.env["water.training.attendee"].create(
            [{"training_id": self.id, "user_id": user.id} for user in fresh]
        )
