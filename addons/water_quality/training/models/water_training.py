from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.clock.working_time import wall_moment

#: How long before a training those invited are reminded, once.
REMIND = timedelta(days=2)
#: So many upheld complaints of one category in a department, or failed inspections by one
#: checklist, within so many days ask for a training; proposed again when as many are new.
NUMBER, WITHIN = 3, timedelta(days=90)


class WaterTraining(models.Model):
    """A training of staff (S2.2.3): attendance, content, exam.

    Quality, supervisors and managers plan it; new standards, upheld complaints and failed
    inspections propose one. Passing an exam about a skill gives that skill.
    """

    _name = "water.training"
    _inherit = [
        "water.steps.mixin",
        "water.loose.file.mixin",
        "water.never.deleted.mixin",
        "water.mixin",
    ]
    _description = "Training"
    _order = "starts_at desc nulls first, id desc"
    _in_hand = {"trainer_id": [("state", "=", "planned")]}
    _file_fields = ("material_ids",)
    _check_company_auto = True
    _editable_states = frozenset({"proposed", "planned"})
    _settable_on_create = frozenset({"company_id"})

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
        help="Empty: not planned in advance.",
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
        help="People who pass the exam have this skill.",
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
                raise ValidationError(self.env._("The trainer cannot be a participant."))

    @api.constrains("state", "starts_at")
    def _check_date(self):
        """Refuse to remove date, trainer or place after the invitation; the date may move."""
        if any(row.state == "planned" and not row.starts_at for row in self):
            raise ValidationError(self.env._("Say when, who teaches, and who is invited."))

    @api.constrains("plan_id", "starts_at")
    def _check_plan(self):
        """Require a date within the year of its plan, in the company's time zone."""
        for row in self.filtered(lambda row: row.plan_id and row.starts_at):
            if row._held_on().year != row.plan_id.year:
                raise ValidationError(
                    self.env._("%s is another year than that of the plan.", row._held_on())
                )

    def _held_on(self):
        """Return the first day in the company's time zone."""
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
        fresh = people - self.attendee_ids.user_id
        self.env["water.training.attendee"].create(
            [{"training_id": self.id, "user_id": user.id} for user in fresh]
        )

    # -- steps ---------------------------------------------------------------------------------
    # From the proposal to the record of who was there.

    def _check_may(self, state, words):
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors plan trainings."))
        if any(row.state not in state for row in self):
            raise UserError(words)

    def action_plan(self):
        """Set the date and notify the people invited.

        :raises UserError: without a date, a trainer or an invitation
        """
        self._check_may(("proposed",), self.env._("Only what is proposed is planned."))
        for row in self:
            trainer = row.trainer_id or strip_invisible(row.trainer_name)
            if not (row.starts_at and trainer and row.attendee_ids):
                raise UserError(self.env._("Say when, who teaches, and who is invited."))
        trusted(self).state = "planned"
        for row in self:
            row._tell_invited(row.attendee_ids.user_id)
        return True

    def _tell_invited(self, people):
        tell_staff(
            self,
            people | self.trainer_id,
            lambda rows: rows.env._("Training: %s", rows.subject),
            lambda row: row._reminder_line(),
            is_list=True,
        )

    def _reminder_line(self):
        """Return time and place in the reader's language and the company's time zone."""
        when = moment_text(self.env, self.starts_at, self.company_id._water_tz())
        return " · ".join(part for part in (self.display_name, when, self.place) if part)

    def action_hold(self):
        """Record that it was held: it is read-only then, and exams count.

        The trainer may do so, and those who plan trainings.

        :raises AccessError: by anyone else
        :raises UserError: before it has begun, and while an attendance or exam is open
        """
        self.check_access("read")
        for row in self:
            if not row.can_record:
                raise AccessError(self.env._("The trainer or quality records a planned training."))
            row._check_recorded()
        # sudo: water.training - the trainer may only record this
        trusted(self.sudo()).state = "held"
        for row in self:
            row.sudo().attendee_ids._award()
        return True

    def _check_recorded(self):
        if self.starts_at > fields.Datetime.now():
            raise UserError(self.env._("It has not begun yet."))
        rows = self.sudo().attendee_ids
        open_ = rows.filtered(lambda row: row.state == "invited")
        if open_:
            names = ", ".join(open_.user_id.mapped("name"))
            raise UserError(self.env._("Record the attendance of each person: %s", names))
        unmarked = rows.filtered(lambda row: row.state == "attended" and not row.is_marked)
        if self.has_exam and unmarked:
            names = ", ".join(unmarked.user_id.mapped("name"))
            raise UserError(self.env._("Enter the points of the exam: %s", names))

    def action_cancel(self):
        """Call it off, with the reason; those invited are told.

        :raises UserError: without a reason, and once it was held
        """
        self._check_may(
            ("proposed", "planned"), self.env._("What was held or cancelled is not called off.")
        )
        for row in self:
            if not strip_invisible(row.cancel_reason):
                raise UserError(self.env._("Say why it is cancelled."))
            told = row.attendee_ids.user_id | row.trainer_id
            if row.state == "planned":
                tell_staff(
                    row,
                    told,
                    lambda rows: rows.env._("Cancelled: %s", rows.subject),
                    lambda one: one.cancel_reason,
                    is_list=True,
                )
        trusted(self).state = "cancelled"
        return True

    def action_again(self):
        """Propose it again for people who were absent or failed.

        :raises UserError: before it was held, or if no one is left
        """
        self.ensure_one()
        self._check_may(("held",), self.env._("Only what was held is repeated."))
        left = self.attendee_ids.filtered(lambda row: row.state != "attended" or row.has_failed)
        people = left.user_id.filtered("active")
        if not people:
            raise UserError(self.env._("All attended and passed."))
        again = trusted(self).copy({"again_of_id": self.id, "starts_at": False, "plan_id": False})
        again._invite(people)
        return windows.form(again.with_env(self.env))

    # -- reminder -------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Scheduled action: remind the people invited, and those who have to record attendance."""
        now = fields.Datetime.now()
        rows = self.search([("state", "=", "planned"), ("starts_at", "<", now + REMIND)])
        rows = rows.try_lock_for_update(allow_referencing=True)
        coming = rows.filtered(lambda row: row.starts_at > now and not row.reminded_on)
        for row in coming:
            row._tell_invited(row.attendee_ids.user_id)
        days = {company: company._water_today() for company in rows.company_id}
        over = rows.filtered(
            lambda row: row.starts_at <= now and row.reminded_on != days[row.company_id]
        )
        lists = {}
        for row in over:
            for user in row.trainer_id or row.create_uid:
                lists[user] = lists.get(user, self.browse()) | row
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s trainings are to be recorded", count=count)
        )
        for company, reminded in (coming | over).grouped("company_id").items():
            trusted(reminded).write({"reminded_on": days[company]})

    # -- proposal ------------------------------------------------------------------------------
    # Lessons from cases and inspections, proposed by the system (domain 2.2).

    @api.model
    def _cron_propose(self):
        """Scheduled action: propose trainings; faults of a company are logged."""
        run_each_isolated(self.env["res.company"].search([("active", "=", True)]), self._propose)

    @api.model
    def _propose(self, company):
        """Propose one training for each department from the last months.

        :param company: res.company whose cases are considered
        :return: the trainings with new sources
        """
        found = self.browse()
        for model, link, by in (
            ("water.complaint", "complaint_id", "category_id"),
            ("water.inspection", "inspection_id", "template_id"),
        ):
            # sudo: rows of the whole company count
            rows = self.env[model].sudo()
            groups = rows._read_group(
                self._lessons(company, link),
                ["department_id", by],
                ["id:recordset"],
                [("__count", ">=", NUMBER)],
            )
            for department, topic, lessons in groups:
                proposal = self._proposal(company, department)
                found |= proposal._add_lessons(topic, link, lessons)
        return found

    @api.model
    def _lessons(self, company, link):
        """Return upheld complaints and failed inspections without a training yet.

        Only complaints that count in figures, each case once.
        """
        day = datetime.combine(company._water_today() - WITHIN, time())
        since = wall_moment(day, ZoneInfo(company._water_tz()))
        # sudo: water.training.source - all earlier sources count
        used = self.env["water.training.source"].sudo().search([(link, "!=", False)])
        domain = Domain("company_id", "=", company.id) & Domain("department_id", "!=", False)
        domain &= Domain("id", "not in", used[link].ids)
        if link == "complaint_id":
            upheld = Domain("finding_final", "in", ("upheld", "partly"))
            counted = Domain("state", "not in", NOT_JUDGED) & Domain("leaves_figures", "!=", True)
            counted &= Domain("is_judged_again", "!=", True)
            return domain & upheld & counted & Domain("closed_at", ">=", since)
        failed = Domain("is_passed", "=", False) & Domain("state", "in", ("done", "acknowledged"))
        return domain & failed & Domain("inspected_at", ">=", since)

    @api.model
    def _proposal(self, company, department):
        """Return the unplanned proposal of a department, or a new one."""
        # sudo: water.training - proposed by the system, planned by people
        rows = trusted(self.sudo())
        about = [("company_id", "=", company.id), ("department_ids", "in", department.ids)]
        open_ = rows.search(
            [*about, ("kind", "=", "lesson"), ("state", "=", "proposed")], order="id", limit=1
        )
        if open_:
            return open_
        localized = self.with_context(lang=company.partner_id.lang)
        training = rows.create(
            {
                "subject": localized.env._("Lessons: %s", department.with_env(localized.env).name),
                "kind": "lesson",
                "company_id": company.id,
                "department_ids": [Command.set(department.ids)],
            }
        )
        training._invite(department.member_ids.filtered("active"))
        return training

    def _add_lessons(self, topic, link, lessons):
        """Add what repeats to a proposal.

        :param topic: category or checklist that the lessons share
        :param link: the field of ``water.training.source`` that points to a lesson
        :param lessons: complaints or inspections
        """
        localized = self.with_context(lang=self.company_id.partner_id.lang)
        line = f"{topic.with_env(localized.env).display_name} × {len(lessons)}"
        self.write(
            {
                "content": "\n".join(filter(None, (self.content, line))),
                "source_ids": [Command.create({link: row.id}) for row in lessons],
            }
        )
        return self

    def _lesson_window(self, source, link, topic):
        """The window of a new training that follows from a record.

        :param source: the record
        :param link: the field of ``water.training.source`` that points to it
        :param topic: record whose name the lesson has
        """
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors plan trainings."))
        known = {
            "default_kind": "lesson",
            "default_subject": topic.display_name,
            "default_company_id": source.company_id.id,
            "default_department_ids": [Command.set(source.department_id.ids)],
            "default_source_ids": [Command.create({link: source.id})],
        }
        return windows.dialog("water.training", self.env._("New Training"), known)
