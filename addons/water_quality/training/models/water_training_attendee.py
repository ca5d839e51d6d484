from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.locks import force_conflict, lock_rows
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: People may sign in from so long before the beginning.
EARLY = timedelta(minutes=30)


class WaterTrainingAttendee(models.Model):
    """A person's training: attendance and exam.

    People sign in themselves while it takes place; trainer or quality record the rest, but not
    about themselves.
    """

    _name = "water.training.attendee"
    _inherit = ["water.steps.mixin", "water.mixin"]
    _description = "Attendance of a Training"
    _order = "held_on desc, training_id desc, id"
    _rec_name = "user_id"
    _editable_states = frozenset({"invited", "attended", "absent", "excused"})

    training_id = fields.Many2one("water.training", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="training_id.company_id", store=True, index=True)
    training_state = fields.Selection(
        related="training_id.state", string="State of the Training", store=True
    )
    starts_at = fields.Datetime(related="training_id.starts_at", store=True)
    held_on = fields.Date(
        string="Day",
        compute="_compute_held_on",
        store=True,
        help="The day on which it begins, by the company's time.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    department_id = fields.Many2one(
        "water.department",
        readonly=True,
        index="btree_not_null",
        help="Where the person worked when invited.",
    )
    state = fields.Selection(
        [
            ("invited", "Expected"),
            ("attended", "Attended"),
            ("absent", "Absent"),
            ("excused", "On Leave"),
        ],
        string="Presence",
        required=True,
        default="invited",
        index=True,
    )
    reason = fields.Char(help="Reason for the excuse.")
    signed_at = fields.Datetime(string="Signed in at", readonly=True, copy=False)
    is_marked = fields.Boolean(string="Has Points")
    score = fields.Float(string="Points", digits=(5, 1), aggregator="avg")
    is_passed = fields.Boolean(string="Passed", compute="_compute_passed", store=True)
    has_failed = fields.Boolean(string="Not Passed", compute="_compute_passed", store=True)
    skill_row_id = fields.Many2one(
        "water.skill.user", string="Skill Record", readonly=True, copy=False, index="btree_not_null"
    )

    _person_uniq = models.Constraint(
        "UNIQUE (training_id, user_id)", "This person is invited already."
    )
    _score_sane = models.Constraint("CHECK (score BETWEEN 0 AND 100)", "Points go from 0 to 100.")

    @api.depends("training_id.starts_at", "training_id.company_id")
    def _compute_held_on(self):
        for row in self:
            row.held_on = row.starts_at and row.training_id._held_on()

    @api.depends("state", "score", "is_marked", "training_id.has_exam", "training_id.pass_mark")
    def _compute_passed(self):
        for row in self:
            training = row.training_id
            there = row.state == "attended"
            enough = not training.has_exam or (row.is_marked and row.score >= training.pass_mark)
            row.is_passed = there and enough
            row.has_failed = there and training.has_exam and row.is_marked and not enough

    @api.constrains("state", "reason")
    def _check_reason(self):
        for row in self:
            if row.state == "excused" and not strip_invisible(row.reason):
                raise ValidationError(self.env._("Say why %s is excused.", row.user_id.sudo().name))

    @api.constrains("user_id", "training_id")
    def _check_person(self):
        self.training_id._check_trainer()
        for row in self.sudo():
            if row.user_id.share or row.company_id not in row.user_id.company_ids:
                raise ValidationError(
                    self.env._("%s is no member of staff of this company.", row.user_id.name)
                )

    # -- who writes what ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        force_conflict(rows.training_id)  # a training recorded meanwhile takes no invitations
        rows._check_open()
        if not is_trusted(self.env):
            rows.filtered(lambda row: row.state != "invited")._check_not_mine()
        for row in rows:
            # sudo: res.users - the department of the person invited
            trusted(row).department_id = row.user_id.sudo().water_department_ids[:1]
        return rows

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        self._check_not_mine()
        self._check_open()
        if names & {"training_id", "user_id"}:
            raise UserError(self.env._("Invite another person by a line of its own."))

    def _check_not_mine(self):
        """Refuse recording one's own attendance other than by signing in."""
        if not self.env.su and self.env.user in self.user_id:
            raise AccessError(self.env._("You cannot say of yourself that you were there."))

    def _check_open(self):
        if is_trusted(self.env) or self.env.su:
            return
        lock_rows(self.training_id)
        for training in self.training_id:
            if training.state not in training._editable_states:
                raise UserError(training._settled_message())
            if not (training.can_record or training._is_manager()):
                raise AccessError(self.env._("The trainer or quality keeps the attendance."))

    @api.onchange("score")
    def _onchange_score(self):
        """Tick the exam when points are entered; 0 points need the tick."""
        for row in self:
            row.is_marked = row.is_marked or bool(row.score)

    # -- steps ----------------------------------------------------------------------------

    def action_sign_in(self):
        """Sign in, from half an hour before until the day is over.

        :raises AccessError: for another person
        :raises UserError: at another time
        """
        self.check_access("read")
        now = fields.Datetime.now()
        for row in self:
            if row.user_id != self.env.user:
                raise AccessError(self.env._("Everyone signs in personally."))
            on_the_day = row.held_on == row.company_id._water_today()
            is_on = row.training_state == "planned" and on_the_day
            if not is_on or now < row.starts_at - EARLY:
                raise UserError(self.env._("You sign in on the day, while the training goes on."))
        # sudo: water.training.attendee - people may only sign in
        values = {"state": "attended", "signed_at": now}
        return trusted(self.sudo()).write(values)

    def _award(self):
        """Give people who passed the training's skill, once."""
        for row in self.filtered("is_passed"):
            training = row.training_id
            if not training.skill_id or row.skill_row_id:
                continue
            values = {
                "user_id": row.user_id.id,
                "skill_id": training.skill_id.id,
                "level": training.skill_level or "2",
                "exam_on": row.held_on,
                "exam_score": row.score,
                "note": training.display_name,
            }
            trusted(row).skill_row_id = self.env["water.skill.user"].sudo().create(values)
