from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.base.true_only import true_only
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

#: Days for an improvement opened by the system; quality may change the date.
DUE_DAYS = 15
#: Fields of the owner; others are for quality.
OWNER_FIELDS = frozenset({"cause", "measures", "result", "proof_ids"})
OPEN_STATES = ("open", "in_work", "reopened")
#: How long before the due date the owner is reminded.
REMIND = timedelta(days=3)
#: How long after it the next level is told: the head at once, the vice president then.
SECOND = timedelta(days=7)
DAY = timedelta(days=1)
WAITING = [("state", "in", ("open", "in_work", "reopened"))]


class WaterImprovement(models.Model):
    """A corrective action (整改): cause, measures, proof, and a check of the effect by others.

    Quality, supervisors and managers manage them all; owners work on their own; heads of
    departments see those of the department. Those of hidden complaints are hidden as well.
    """

    _name = "water.improvement"
    _inherit = [
        "water.loose.file.mixin",
        "water.agreed.date.mixin",
        "water.hands.mixin",
        "mail.thread",
        "water.mixin",
    ]
    _description = "Corrective Action"
    _file_fields = ("proof_ids",)
    _dossier_order = 85
    _dossier = True
    _in_hand = dict.fromkeys(("owner_id", "department_id"), [("state", "in", OPEN_STATES)])
    _order = "due_on, id"
    _mail_post_access = "read"
    _check_company_auto = True
    _editable_states = frozenset({*OPEN_STATES, "done"})
    _agreed_date = "due_on"
    _work_fields = OWNER_FIELDS

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="What Has to Improve", required=True)
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    past_holder_ids = fields.Many2many(
        "res.users",
        "water_improvement_holder_rel",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    department_id = fields.Many2one("water.department", index=True, check_company=True)
    due_on = fields.Date(
        string="Due by",
        required=True,
        default=lambda self: self.env.company._water_today() + timedelta(days=DUE_DAYS),
        tracking=True,
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    cause = fields.Text(help="Why it happened: the root, not the symptom.")
    measures = fields.Text(help="What is done about it, by whom, until when.")
    result = fields.Text(string="Done so Far", help="What was done.")
    proof_ids = Files(
        "ir.attachment",
        "water_improvement_proof_rel",
        "improvement_id",
        "attachment_id",
        help="Photos, records of trainings, changed rules.",
        copy=False,
    )
    effect = fields.Text(
        string="Check of the Effect",
        copy=False,
        help="How another person checked whether it works.",
    )
    state = fields.Selection(
        [
            ("open", "To Be Corrected"),
            ("in_work", "In Work"),
            ("reopened", "To Be Corrected Again"),
            ("done", "Done, to Verify"),
            ("verified", "Verified"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    opened_at = fields.Datetime(readonly=True, default=fields.Datetime.now, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    verified_at = fields.Datetime(readonly=True, copy=False)
    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reopen_count = fields.Integer(string="Times Corrected Again", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    can_work = fields.Boolean(compute="_compute_can")
    can_verify = fields.Boolean(compute="_compute_can")
    can_manage = fields.Boolean(compute="_compute_can")

    _due_idx = models.Index("(due_on, id) WHERE state IN ('open', 'in_work', 'reopened')")

    reminded_on = fields.Date(readonly=True, copy=False)
    escalation = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="0: not informed yet, 1: the head, 2: the executive in charge.",
    )

    origin = fields.Selection(
        [
            ("complaint", "Upheld complaint"),
            ("inspection", "Inspection"),
            ("dispute", "Justified dispute of an inspection"),
            ("drill", "Emergency drill"),
            ("manual", "Own finding"),
        ],
        compute="_compute_origin",
        store=True,
        precompute=True,
    )
    complaint_id = fields.Many2one(
        "water.complaint", index="btree_not_null", ondelete="restrict", check_company=True
    )
    inspection_id = fields.Many2one(
        "water.inspection", index="btree_not_null", ondelete="restrict", check_company=True
    )
    drill_id = fields.Many2one(
        "water.drill", index="btree_not_null", ondelete="restrict", check_company=True
    )
    is_automatic = fields.Boolean(readonly=True, copy=False, string="Opened by the System")

    # One by itself for each finding, however often and by how many at once it is asked for.
    _complaint_uniq = models.UniqueIndex(
        "(complaint_id) WHERE is_automatic IS TRUE",
        "A corrective action was opened for this complaint already.",
    )
    _inspection_uniq = models.UniqueIndex(
        "(inspection_id) WHERE is_automatic IS TRUE",
        "A corrective action was opened for this inspection already.",
    )

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("state", "due_on")
    def _compute_is_overdue(self):
        for row in self:
            today = row.company_id._water_today()
            row.is_overdue = row.state in OPEN_STATES and bool(row.due_on) and row.due_on < today

    @api.model
    @true_only
    def _search_is_overdue(self):
        return Domain("state", "in", OPEN_STATES) & self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("due_on", "<", day)
        )

    @api.depends("state", "owner_id", "department_id", "done_by_id", "hand_ids")
    @api.depends_context("uid")
    def _compute_can(self):
        manager = self._is_manager()
        for row in self:
            row.can_manage = manager
            row.can_work = row.state in OPEN_STATES and (manager or row._is_mine())
            row.can_verify = row.state == "done" and row._is_neutral()

    def _is_mine(self):
        return self.env.user in (self.owner_id | self.department_id.sudo().manager_id)

    def _is_neutral(self):
        """Return whether the user may check the effect, having had no part in the work."""
        hands = self._hands_of(self) | self.done_by_id
        return self._is_manager() and self.env.user not in hands

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.improvement", rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
        rows._tell_owners()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "due_on" in vals:  # a new date is reminded of anew
            trusted(self).write({"reminded_on": False, "escalation": 0})
        if "owner_id" in vals:
            self._tell_owners()
        return result

    def _at_work(self):
        return self._hands_of(self) | self.department_id.sudo().manager_id

    def _is_date_over(self):
        """Allow another date for reopened actions, though the first one has passed."""
        return self.state != "reopened" and super()._is_date_over()

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        strange = names - OWNER_FIELDS
        if strange and not self._is_manager():
            raise AccessError(
                self.env._("You write down cause, measures, result and proof; quality the rest.")
            )
        done = self.filtered(lambda row: row.state == "done")
        if names - {"effect"} and done:
            raise UserError(self.env._("It is reported as done: its effect is checked now."))
        if "effect" in names and any(not row._is_neutral() for row in self):
            raise AccessError(self.env._("Another person must check the effect."))

    @api.model
    def _settled_message(self):
        return self.env._("This corrective action is settled and not changed any more.")

    # -- steps ----------------------------------------------------------------------------

    def action_start(self):
        """Work begins; it needs an owner."""
        self._check_turn("open", "reopened")
        for row in self:
            if not row.owner_id:
                trusted(row).owner_id = self.env.user
        self._keep_hands()
        trusted(self).write({"state": "in_work"})
        return True

    def action_done(self):
        """Report the measures as done and proved; another person checks the effect.

        :raises UserError: what is missing
        """
        self._check_turn(*OPEN_STATES)
        for row in self:
            row._check_proved()
        self._keep_hands()
        now = fields.Datetime.now()
        trusted(self).write({"state": "done", "done_at": now, "done_by_id": self.env.uid})
        return True

    def _check_proved(self):
        names = [
            name for name in ("cause", "measures", "result") if not strip_invisible(self[name])
        ]
        names += [] if self.sudo().proof_ids else ["proof_ids"]
        if names:
            labels = {name: self._fields[name]._description_string(self.env) for name in names}
            missing = [Missing(label, name) for name, label in labels.items()]
            raise Refusal(self.env._("%s: fill in first", self.name), self, missing)

    def action_verify(self):
        """Confirm the effect as a person without a part in the work.

        :raises UserError: without words on how it was checked
        """
        self._check_effect()
        now = fields.Datetime.now()
        trusted(self).write(
            {"state": "verified", "verified_at": now, "verified_by_id": self.env.uid}
        )
        return True

    def action_reopen(self):
        """Send it back to the owner with a reason: not effective yet."""
        self._check_effect()
        for row in self:
            row._message_log(body=row.effect)  # kept before the next check overwrites it
            again = {"state": "reopened", "reopen_count": row.reopen_count + 1}
            trusted(row).write({**again, "effect": False, "done_at": False})
        self._tell_owners()
        return True

    def _check_effect(self):
        self.check_access("write")
        for row in self:
            if row.state != "done":
                raise UserError(self.env._("%s is not reported as done.", row.name))
            if not row._is_neutral():
                raise AccessError(self.env._("Another person must check the effect."))
            if not strip_invisible(row.effect):
                words = self.env._("Write down how the effect was checked.")
                raise Refusal(row.name, row, [Missing(words, "effect")])

    def action_cancel(self):
        """Cancel an action that is no longer needed."""
        self._check_turn(*OPEN_STATES)
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors cancel it."))
        self._cancel()
        return True

    def _cancel(self):
        waiting = self.filtered(lambda row: row.state in OPEN_STATES)
        trusted(waiting).write({"state": "cancelled"})

    def _check_turn(self, *states):
        self.check_access("write")
        for row in self:
            if row.state not in states:
                raise UserError(self.env._("%s is past this step.", row.name))
            if not (self._is_manager() or row._is_mine()):
                raise AccessError(self.env._("Only the owner or quality takes this step."))

    # -- reminder ------------------------------------------------------------------------------
    # Owners are reminded before the due date; when it has passed, those above them hear of it.

    @api.model
    def _cron_remind(self):
        """Scheduled action: each reminder and each level goes out once."""
        fresh = Domain(WAITING) & Domain("reminded_on", "=", False)
        soon = self.search(fresh & self._due_before(-REMIND - DAY))
        soon = soon.try_lock_for_update(allow_referencing=True)
        soon._tell_people(lambda row: row.owner_id)
        for company, rows in soon.grouped("company_id").items():
            trusted(rows).write({"reminded_on": company._water_today()})
        for level, ago in ((1, DAY * 0), (2, SECOND)):
            waiting = Domain(WAITING) & Domain("escalation", "<", level)
            late = self.search(waiting & self._due_before(ago))
            late = late.try_lock_for_update(allow_referencing=True)
            late._tell_people(lambda row, level=level: row._superiors(level))
            trusted(late).write({"escalation": level})

    @api.model
    def _due_before(self, ago):
        return self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("due_on", "<", day - ago)
        )

    def _superiors(self, level):
        """Return who is notified of an overdue action at a level, besides the owner.

        Users from whom the complaint is hidden are left out.
        """
        department = self.department_id
        users = department.manager_id if level == 1 else department.deputy_id
        users |= self.create_uid if level == 1 else self.company_id.water_general_manager_id
        return self.finding_id._told(users - self.complaint_id._people_concerned())

    def _tell_people(self, people):
        """Send each person one message about all their records.

        :param people: function of one record that returns users
        """
        lists = {}
        for row in self.sudo():
            for user in people(row):
                lists[user] = lists.get(user, self.sudo().browse()) | row
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s corrective actions are due", count=count)
        )

    def _tell_owners(self):
        lists = self.sudo().filtered("owner_id").grouped("owner_id")
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s corrective actions for you", count=count)
        )

    def _reminder_line(self):
        day = day_text(self.due_on)
        return f"{self.display_name} · {day}"

    # -- source --------------------------------------------------------------------------------
    # Where a corrective action comes from, and how the system opens one by itself.

    @api.depends("complaint_id", "inspection_id", "drill_id")
    def _compute_origin(self):
        for row in self:
            if row.complaint_id:
                row.origin = "complaint"
            elif row.inspection_id:
                annulled = row.inspection_id.decision == "annulled"
                row.origin = "dispute" if annulled else "inspection"
            else:
                row.origin = "drill" if row.drill_id else "manual"

    @api.constrains("owner_id", "complaint_id")
    def _check_owner(self):
        """Refuse owners from whom the complaint is hidden."""
        for row in self.sudo():
            if row.owner_id in row.complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The complaint is about this owner; choose another person.")
                )

    @api.model
    def _open_for(self, findings):
        """Open one corrective action for each finding that has none of the system yet.

        :param findings: complaints or inspections
        :return: the new corrective actions
        """
        link = "complaint_id" if findings._name == "water.complaint" else "inspection_id"
        # sudo: water.improvement - opened by the system
        rows = self.sudo()
        present = rows.search([(link, "in", findings.ids), ("is_automatic", "=", True)])[link]
        values = [
            {**finding.sudo()._improvement_values(), link: finding.id, "is_automatic": True}
            for finding in findings - present
        ]
        return trusted(rows).create(values)
