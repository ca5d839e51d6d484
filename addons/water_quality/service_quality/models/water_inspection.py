from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

from .water_inspection_line import SHARES

#: How long before the last day the inspector is reminded.
REMIND = timedelta(days=5)


class WaterInspection(models.Model):
    """A scored inspection (考核) of a person or a department (S2.2.1-S2.2.3).

    Quality, supervisors and managers see and make them all, except drafts about themselves. The
    person inspected reads the finished one, acknowledges or disputes it; heads read those of their
    department. A finished inspection is read-only: a justified dispute annuls it, decided by a
    person without a part in it.
    """

    _name = "water.inspection"
    _inherit = ["water.hands.mixin", "water.case.link.mixin", "mail.thread", "water.mixin"]
    _description = "Service Inspection"
    _dossier = False  # about staff, not about the case
    _in_hand = {"inspector_id": [("state", "=", "draft")]}
    _order = "inspected_at desc, id desc"
    _mail_post_access = "read"
    _case_required = False
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    template_id = fields.Many2one(
        "water.inspection.template",
        string="Checklist",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="template_id.kind", store=True, string="Kind")
    user_id = fields.Many2one(
        "res.users",
        string="Inspected Person",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    inspector_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    inspected_at = fields.Datetime(required=True, default=fields.Datetime.now)
    place = fields.Char(help="Counter, site or street.")
    recording_ref = fields.Char(
        string="Recording", help="The telephone system's reference of the call listened to."
    )
    line_ids = fields.One2many("water.inspection.line", "inspection_id", string="Items")
    pass_mark = fields.Float(
        string="Passing Score", compute="_compute_pass_mark", store=True, precompute=True
    )
    score = fields.Float(compute="_compute_score", store=True, aggregator="avg", digits=(5, 1))
    is_passed = fields.Boolean(string="Passed", compute="_compute_score", store=True)
    improvement_ids = fields.One2many(
        "water.improvement", "inspection_id", string="Corrective Actions"
    )
    remark = fields.Text(string="Advice", help="What was good, and what to do better.")
    state = fields.Selection(
        [
            ("draft", "To Do"),
            ("done", "Done"),
            ("disputed", "Disputed"),
            ("acknowledged", "Acknowledged"),
            ("annulled", "Annulled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        group_expand=True,
    )
    finished_at = fields.Datetime(readonly=True, copy=False)
    company_id = fields.Many2one(required=True, default=lambda self: self.env.company)
    can_finish = fields.Boolean(compute="_compute_can_finish")

    _about_somebody = models.Constraint(
        "CHECK (user_id IS NOT NULL OR department_id IS NOT NULL)",
        "Say which person or department is inspected.",
    )

    acknowledged_at = fields.Datetime(readonly=True, copy=False)
    dispute_reason = fields.Text(readonly=True, copy=False)
    disputed_at = fields.Datetime(readonly=True, copy=False)
    decision = fields.Selection(
        [("kept", "The score stands"), ("annulled", "Annulled")], readonly=True, copy=False
    )
    decision_reason = fields.Text(readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_decide = fields.Boolean(compute="_compute_can_answer")

    plan_id = fields.Many2one(
        "water.inspection.plan",
        string="Inspection Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    month = fields.Date(readonly=True, help="First day of the month it was drawn up for.")
    number = fields.Integer(string="Sample", readonly=True, aggregator=None)
    due_on = fields.Date(string="Due by", readonly=True)
    reminded_on = fields.Date(readonly=True)

    # The database keeps a plan that runs twice from drawing up the same sample again.
    _sample_uniq = models.UniqueIndex(
        "(plan_id, user_id, month, number) WHERE plan_id IS NOT NULL",
        "This sample was drawn up already.",
    )

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("user_id")
    def _compute_department(self):
        for inspection in self:
            home = inspection.user_id.sudo().water_department_ids[:1]
            inspection.department_id = home or inspection.department_id

    @api.depends("template_id")
    def _compute_pass_mark(self):
        for inspection in self:
            inspection.pass_mark = inspection.template_id.pass_mark

    @api.depends("line_ids.rating", "line_ids.weight", "pass_mark")
    def _compute_score(self):
        for inspection in self:
            rated = inspection.line_ids.filtered(lambda line: line.rating in SHARES)
            weight = sum(rated.mapped("weight"))
            earned = sum(line.weight * SHARES[line.rating] for line in rated)
            inspection.score = 100 * earned / weight if weight else 0.0
            fatal = any(line.is_critical and line.rating == "none" for line in rated)
            inspection.is_passed = (
                bool(weight) and not fatal and (round(inspection.score, 1) >= inspection.pass_mark)
            )

    @api.depends("state", "user_id", "department_id")
    @api.depends_context("uid")
    def _compute_can_finish(self):
        for inspection in self:
            mine = inspection._is_about_me()
            inspection.can_finish = inspection.state == "draft" and not mine and self._is_manager()

    @api.depends("name", "template_id", "user_id", "department_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # sudo: water.inspection.template - readers of the inspection may read its title
        for inspection in self.sudo():
            who = inspection.user_id.name or inspection.department_id.name
            parts = (inspection.name, inspection.template_id.name, who)
            inspection.display_name = " · ".join(part for part in parts if part and part != "/")

    @api.constrains("user_id", "inspector_id", "department_id")
    def _check_inspector(self):
        for inspection in self:
            if inspection.inspector_id == inspection.user_id:
                raise ValidationError(self.env._("You cannot inspect your own work."))

    @api.constrains("complaint_id", "user_id", "department_id")
    def _check_complaint(self):
        for inspection in self:
            if inspection.user_id in inspection.sudo().complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The case is about the inspected person; choose another one.")
                )

    @api.onchange("template_id")
    def _onchange_template(self):
        self.line_ids = [Command.clear()] + [
            Command.create({"item_id": item.id}) for item in self.template_id.item_ids
        ]

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        inspections = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.inspection", inspections)
        lines = []
        for inspection, number in zip(inspections, numbers, strict=True):
            trusted(inspection).name = number
            missing = inspection.template_id.item_ids - inspection.line_ids.item_id
            lines += [{"inspection_id": inspection.id, "item_id": item.id} for item in missing]
        self.env["water.inspection.line"].create(lines)
        return inspections

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if "template_id" in names:
            raise UserError(self.env._("The checklist of an inspection is not exchanged."))
        if names:
            self._check_open_to_inspector()

    def _check_open_to_inspector(self):
        if any(inspection.state != "draft" for inspection in self):
            raise UserError(self._settled_message())
        if any(inspection._is_about_me() for inspection in self):
            raise AccessError(self.env._("You cannot inspect your own work."))

    @api.model
    def _settled_message(self):
        return self.env._("A done inspection is not changed any more; it can be disputed.")

    # -- steps ----------------------------------------------------------------------------

    def action_finish(self):
        """Finish the scored inspection and notify the person inspected.

        :raises UserError: what is missing
        """
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()
        for inspection in self:
            inspection._check_complete()
        self._keep_hands()
        trusted(self).write({"state": "done", "finished_at": fields.Datetime.now()})
        self._after_finish()
        return True

    def _check_complete(self):
        """Refuse to complete an inspection that is not handed in, or has lines without a rating.

        Open questions to the visitor do not prevent it.

        :raises UserError: names what is missing
        """
        if self.visitor_id and not self.first_handed_in_at:
            raise UserError(self.env._("The visitor has not handed it in yet."))
        unrated = self.line_ids.filtered(lambda line: not line.rating)
        silent = self.line_ids.filtered(lambda line: line.is_failed and not line.note)
        if not self.line_ids or unrated:
            names = unrated._bullets()
            raise UserError(self.env._("Score every item first: %(items)s", items=names))
        if silent:
            names = silent._bullets()
            raise UserError(self.env._("Say what was seen where it fails: %(items)s", items=names))

    def _after_finish(self):
        failed = self.filtered(lambda inspection: not inspection.is_passed)
        self.env["water.improvement"]._open_for(failed)
        for inspection in self:
            inspection._tell_inspected(lambda env: env._("You have been inspected"))

    def action_drop(self):
        """An inspection that was drawn up will not be made (holiday, sick leave)."""
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors inspect."))
        self._check_open_to_inspector()
        trusted(self).write({"state": "annulled"})
        return True

    def _after_annulled(self):
        self.sudo().improvement_ids.filtered("is_automatic")._cancel()

    def _improvement_values(self):
        """Values of the corrective action for a failed inspection."""
        template = self.template_id.with_context(lang=self.company_id.partner_id.lang)
        failed = self.line_ids.filtered(lambda line: line.is_failed or line.rating == "partly")
        notes = [f"{line.name}: {line.note or ''}" for line in failed]
        return {
            "subject": f"{self.name} {template.name}",
            "owner_id": (self.user_id or self.department_id.manager_id).id,
            "department_id": self.department_id.id,
            "cause": "\n".join(notes),
            "company_id": self.company_id.id,
        }

    # -- answer --------------------------------------------------------------------------------
    # The answer of the person inspected, and who decides a dispute.

    @api.depends("state", "user_id", "inspector_id", "department_id", "decision", "hand_ids")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        for inspection in self:
            inspection.can_answer = inspection.state == "done" and inspection._is_about_me()
            inspection.can_decide = inspection.state == "disputed" and inspection._is_neutral()

    def _is_about_me(self):
        """Return whether the user is the person inspected, or heads the department inspected."""
        if self.user_id:
            return self.user_id == self.env.user
        return self.department_id.sudo().manager_id == self.env.user

    def _is_neutral(self):
        """Return whether the user may decide a dispute, having had no part in it."""
        hands = self.inspector_id | self.user_id | self.sudo().hand_ids
        if not self.user_id:  # users may not decide about their own department
            hands |= self.department_id.sudo().member_ids
        return self._is_manager() and not self._is_about_me() and self.env.user not in hands

    def _tell_inspected(self, subject):
        # sudo: water.department - inspectors may know the head
        person = self.user_id or self.department_id.sudo().manager_id
        self.env["water.staff.message"]._tell(
            person, lambda env: (subject(env), self.with_env(env)._result_line()), record=self
        )

    def _result_line(self):
        return self.env._(
            "%(inspection)s: %(score).1f of 100 (%(mark).0f to pass). Open it to acknowledge or"
            " dispute it.",
            inspection=self.display_name,
            score=self.score,
            mark=self.pass_mark,
        )

    def action_acknowledge(self):
        """The inspected person has read it and agrees."""
        for inspection in self:
            inspection._check_answer()
        # sudo: water.inspection - the person inspected may only add this
        trusted(self.sudo()).write(
            {"state": "acknowledged", "acknowledged_at": fields.Datetime.now()}
        )
        return True

    def _check_answer(self):
        self.check_access("read")
        if not self._is_about_me():
            raise AccessError(self.env._("Only the inspected person answers an inspection."))
        if self.state != "done":
            raise UserError(self.env._("This inspection does not wait for an answer."))

    def action_dispute(self):
        """Open the dialog in which the inspected person disagrees."""
        return self._open_dialog(self.env._("Dispute the Inspection"))

    def action_decide(self):
        """Open the dialog in which another person decides the dispute."""
        return self._open_dialog(self.env._("Decide the Dispute"))

    def _open_dialog(self, title):
        self.ensure_one()
        return windows.dialog("water.inspection.wizard", title, {"default_inspection_id": self.id})

    def _dispute(self, reason):
        """Dispute the inspection as the person inspected; another person decides.

        :param reason: why, required
        :raises UserError: without a reason, or if it was decided already
        """
        self.ensure_one()
        self._check_answer()
        if self.decision:
            raise UserError(self.env._("This dispute was decided already."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Say what is not right with the inspection."))
        # sudo: water.inspection - the person inspected may only add the reason
        trusted(self.sudo()).write(
            {
                "state": "disputed",
                "dispute_reason": reason,
                "disputed_at": fields.Datetime.now(),
            }
        )
        self._tell_deciders()

    def _tell_deciders(self):
        """Supervisors and quality who had no part in it hear of the dispute."""
        group = self.env.ref(SUPERVISOR)
        # sudo: res.users - the person who disputes does not choose who decides
        people = group.sudo().all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        self.sudo().env["water.staff.message"]._tell(
            people - self.inspector_id - self.user_id - self.sudo().hand_ids,
            lambda env: (
                env._("An inspection is disputed"),
                f"{self.with_env(env).sudo().display_name}: {self.sudo().dispute_reason}",
            ),
            record=self,
        )

    def _decide(self, decision, reason):
        """Decide a dispute: the score stands, or the inspection is annulled.

        :param decision: ``kept`` or ``annulled``
        :param reason: why, required; the person inspected reads it
        :raises AccessError: for users who had a part in it
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_neutral():
            raise AccessError(
                self.env._("A dispute is decided by a person who took no part in the inspection.")
            )
        if self.state != "disputed":
            raise UserError(self.env._("This inspection is not disputed."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason of the decision."))
        trusted(self).write(
            {
                "state": "done" if decision == "kept" else "annulled",
                "decision": decision,
                "decision_reason": reason,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        if decision == "annulled":
            self._after_annulled()
        self._tell_inspected(lambda env: env._("Your dispute is decided"))

    # -- sample --------------------------------------------------------------------------------
    # An inspection that a plan drew up for a month, and the reminder of it.

    @api.model
    def _cron_draw_up(self):
        """Scheduled action: create the month's inspections, and remind inspectors of open ones.

        Each plan is committed by itself. Killed or run twice, the job neither forgets a sample nor
        draws it again, and the same month always brings the same samples.
        """
        plans = self.env["water.inspection.plan"].search([("active", "=", True)], order="id")
        for done, plan in enumerate(plans, 1):
            if not plan.try_lock_for_update(allow_referencing=True):
                continue  # another run has it
            plan._draw_up()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(plans) - done):
                return
        self._remind()

    @api.model
    def _remind(self):
        """Remind each inspector once of inspections due within the next days."""
        due = self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("due_on", "<=", day + REMIND)
        )
        due &= Domain("state", "=", "draft") & Domain("reminded_on", "=", False)
        waiting = self.search(due, order="due_on, id")
        self.env["water.staff.message"]._tell_lists(
            waiting.grouped("inspector_id"),
            lambda env, count: env._("%(count)s inspections are to be made", count=count),
        )
        for company, rows in waiting.grouped("company_id").items():
            trusted(rows).write({"reminded_on": company._water_today()})

    def _reminder_line(self):
        return self.display_name
