from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import CLOCK_SKEW
from odoo.addons.water_service_desk.base.roles import AGENT, MANAGER
from odoo.addons.water_service_desk.base.todos import end_todos
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: case types → field of an incident that counts its cases
CASE_COUNTS = {
    "water.complaint": "complaint_case_count",
    "water.request": "request_case_count",
    "water.inquiry": "inquiry_case_count",
}
CASE_MODELS = tuple(CASE_COUNTS)
#: The to-do of the commander, who is reminded of the limit of the repair.
REPAIR = "water_complaints.mail_activity_type_repair"


class WaterIncident(models.Model):
    """An event that cuts off or spoils the water of many customers (S3.2.1f 应急预案).

    Proposed by the system when cases cluster, started with one click. Later callers get the present
    news and a case that is linked to it, without another dispatch.
    """

    _name = "water.incident"
    _inherit = [
        "water.never.deleted.mixin",
        "water.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "water.mixin",
    ]
    _settable_on_create = frozenset({"name"})
    _description = "Incident"
    _order = "aware_at desc, id desc"
    _in_hand = dict.fromkeys(
        ("manager_id", "department_id"), [("state", "in", ("proposed", "open"))]
    )
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "address"]

    # Odoo shows the next to-do, and searches by all, without asking whether they are open to one
    activity_ids = fields.One2many(bypass_search_access=False)
    activity_summary = fields.Char(related_sudo=False)
    activity_type_id = fields.Many2one(related_sudo=False)

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(required=True, tracking=True, help="Short, as customers read it.")
    subject_en = fields.Char(
        string="Subject (English)", help="Shown to customers who do not read Chinese."
    )
    kind_id = fields.Many2one(
        "water.incident.kind",
        required=True,
        default=lambda self: self.env["water.incident.kind"]._fitting("outage", False),
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Brings plan, words, clocks and who hangs on it.",
    )
    nature = fields.Selection(related="kind_id.nature")
    is_planned = fields.Boolean(
        string="Planned",
        compute="_compute_is_planned",
        store=True,
        precompute=True,
        help="Announced work, such as a planned outage.",
    )
    level = fields.Selection(
        string="Incident Level",
        selection=[
            ("1", "I (red)"),
            ("2", "II (orange)"),
            ("3", "III (yellow)"),
            ("4", "IV (blue)"),
        ],
        required=True,
        default="4",
        tracking=True,
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("open", "Under Way"),
            ("restored", "Restored"),
            ("closed", "Closed"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    family_ids = fields.Many2many(
        "water.category",
        "water_incident_category_rel",
        string="Families Only",
        domain="[('parent_id', '=', False)]",
        help="Of what the kind names only these families; empty: all that it names.",
    )
    category_ids = fields.Many2many(
        "water.category",
        "water_incident_joining_rel",
        string="Linked Categories",
        compute="_compute_category_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="Cases of these categories in the area hang on the incident by themselves.",
    )
    zone_ids = fields.Many2many("water.zone", string="Supply Zones", check_company=True)
    account_ids = fields.Many2many(
        "water.account",
        string="Further Accounts",
        check_company=True,
        help="Affected accounts outside the zones; their cases are linked to the incident, too.",
    )
    address = fields.Char(string="Place")
    cause = fields.Text(help="What has happened, as far as it is known.")
    cause_en = fields.Text(
        string="Cause (English)", help="Shown to customers who do not read Chinese."
    )
    department_id = fields.Many2one("water.department", string="Lead", check_company=True)
    manager_id = fields.Many2one(
        "res.users",
        string="In Command",
        tracking=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    roster_ids = fields.Many2many(
        "res.users", domain="[('share', '=', False)]", help="Who is on duty."
    )
    plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Emergency Plan",
        domain="[('res_model', '=', 'water.incident')]",
        compute="_compute_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Its steps become to-dos when the incident is started.",
    )
    aware_at = fields.Datetime(
        string="Known since", required=True, default=fields.Datetime.now, tracking=True
    )
    opened_at = fields.Datetime(string="Started at", readonly=True, copy=False)
    opened_by_id = fields.Many2one("res.users", string="Started by", readonly=True, copy=False)
    arrived_at = fields.Datetime(string="On Site at", readonly=True, copy=False)
    expected_at = fields.Datetime(string="Expected Restoration", tracking=True)
    restored_at = fields.Datetime(string="Restored at", readonly=True, copy=False, tracking=True)
    closed_at = fields.Datetime(readonly=True, copy=False)
    minutes_out = fields.Integer(string="Minutes without Supply", compute="_compute_minutes_out")
    strategic_main = fields.Boolean(help="A main whose repair is allowed 48 hours, not 12.")
    households = fields.Integer(string="Households Affected")
    businesses = fields.Integer(string="Businesses Affected")
    progress_hours = fields.Float(
        string="News Every (h)", default=2, help="How often all are told how it stands."
    )
    next_progress_at = fields.Datetime(string="Next News", readonly=True, copy=False)
    dismiss_reason = fields.Char(string="Dismissed Because", readonly=True, copy=False)
    notice_ids = fields.One2many("water.incident.notice", "incident_id", string="News")
    current_text = fields.Text(string="Present News", compute="_compute_current_text")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    can_manage = fields.Boolean(compute="_compute_can_manage", export_string_translation=False)

    _open_idx = models.Index("(company_id) WHERE state IN ('proposed', 'open')")
    _figures_sane = models.Constraint(
        "CHECK (households >= 0 AND businesses >= 0 AND progress_hours > 0)",
        "Choose figures that are not negative, and news at least now and then.",
    )

    quality_notice = fields.Selection(
        [("boil", "Boil water"), ("drink", "Do not drink"), ("use", "Do not use")],
        string="Notice about Water",
        help="What customers were told about the quality of the water.",
    )
    quality_from = fields.Datetime(string="Notice from")
    quality_until = fields.Datetime(string="Notice Lifted")
    quality_changed_at = fields.Datetime(
        string="Notice Changed at",
        readonly=True,
        copy=False,
        help="News from before say what does not hold any more.",
    )

    @api.depends("kind_id")
    def _compute_is_planned(self):
        # by the kind that is chosen alone: a kind that is changed later does not alter the past
        for incident in self:
            incident.is_planned = incident.kind_id.is_planned

    @api.depends("kind_id", "family_ids")
    def _compute_category_ids(self):
        """Take the categories of the kind, limited to the chosen families."""
        for incident in self:
            families = incident.family_ids._origin
            incident.category_ids = incident.kind_id.category_ids.filtered(
                lambda row, families=families: (
                    not families or row.is_claim or (row.parent_id or row) in families
                )
            )

    @api.depends("kind_id")
    def _compute_plan_id(self):
        for incident in self:
            incident.plan_id = incident.kind_id.plan_id

    @api.depends("aware_at", "restored_at")
    def _compute_minutes_out(self):
        for incident in self:
            end = incident.restored_at or fields.Datetime.now()
            span = (end - incident.aware_at).total_seconds() if incident.aware_at else 0
            incident.minutes_out = max(int(span // 60), 0)

    @api.depends(
        *("notice_ids.body", "quality_changed_at", "aware_at", "announced_end_at", "expected_at"),
        *("told_begin_at", "told_end_at"),
    )
    def _compute_current_text(self):
        for incident in self:
            is_told = bool(incident.notice_ids) and incident.state == "open"
            newest = incident._valid_news().body or (is_told and incident._draft_news())
            incident.current_text = newest

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_manage(self):
        self.can_manage = self._is_manager()

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for incident in self:
            number = incident.name if incident.name != "/" else ""
            parts = (number, incident.subject)
            incident.display_name = " ".join(part for part in parts if part)

    @api.constrains("aware_at", "kind_id")
    def _check_has_begun(self):
        soon = fields.Datetime.now() + CLOCK_SKEW
        for incident in self:
            if incident.aware_at > soon and not incident.is_planned:
                raise ValidationError(self.env._("What has happened cannot lie in the future."))

    @api.constrains("zone_ids", "account_ids", "state")
    def _check_area(self):
        for incident in self:
            if incident.state == "open" and not (incident.zone_ids or incident.account_ids):
                raise ValidationError(self.env._("Choose the zones or accounts affected."))

    # -- create and write -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            self._refuse_readonly_on_create(vals_list)
        owners = [vals.get("company_id") for vals in vals_list]
        numbers = self.env["ir.sequence"]._water_numbers("water.incident", owners)
        vals_list = [dict(vals) for vals in vals_list]
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        clean = self._without_readonly_defaults()
        return super(WaterIncident, clean).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Stop sending earlier news when the notice about the water changes."""
        before = {incident.id: incident._quality_now() for incident in self}
        if not is_trusted(self.env):
            self._refuse_readonly(vals.keys())
            ended = self.filtered(lambda row: row.state in ("closed", "dismissed"))
            if ended and any(not name.startswith(("message_", "activity_")) for name in vals):
                raise UserError(self.env._("An incident that is over is not changed any more."))
        result = super().write(vals)
        changed = self.filtered(
            lambda row: row.state == "open" and row._quality_now() != before[row.id]
        )
        if changed:
            trusted(changed).write({"quality_changed_at": fields.Datetime.now()})
            changed._ask_for_news_now()
        return result

    @api.model
    def _never_deleted_message(self):
        return self.env._("An incident is never deleted; dismiss it instead.")

    def _is_manager(self):
        return self.env.su or any(self.env.user.has_group(group) for group in (AGENT, MANAGER))

    def _check_step(self, *states):
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Incidents are run by the service desk."))
        if any(incident.state not in states for incident in self):
            raise UserError(self.env._("This step has been taken already."))

    # -- the steps --------------------------------------------------------------------------

    def action_start(self):
        """Start the emergency plan: one click (S3.2.1f).

        The cases of the area hang on it, its plan becomes to-dos, and all on duty are told.

        :raises UserError: without an area, or when it runs already
        """
        self._check_step("proposed")
        now = fields.Datetime.now()
        for incident in self:
            trusted(incident).write(
                {
                    "state": "open",
                    "opened_at": now,
                    "opened_by_id": self.env.uid,
                    "next_progress_at": incident._next_news_after(now),
                }
            )
            incident._count_accounts()
            incident._join_cases_of_area()
            incident._schedule_plan()
            incident._call_out()
        self._wake_broadcast()
        return True

    def _count_accounts(self):
        """Count the affected accounts, unless numbers were entered."""
        if not (self.households or self.businesses):
            self.write(self._counted_accounts())

    def _counted_accounts(self):
        rows = self.env["water.account"]._read_group(
            self._accounts_domain(), ["customer_class"], ["__count"]
        )
        counts = dict(rows)
        return {
            "households": counts.get("household", 0),
            "businesses": counts.get("business", 0),
        }

    def _accounts_domain(self):
        area = Domain("zone_id", "in", self.zone_ids.ids) | Domain("id", "in", self.account_ids.ids)
        return area & Domain("company_id", "=", self.company_id.id)

    def _call_out(self):
        """Notify the roster, the commander and the lead department's people on call."""
        people = self.roster_ids | self.manager_id | self.department_id.on_call_user_ids
        people |= self.department_id.manager_id | self.kind_id._people_warned(self.company_id)

        def compose(env):
            incident = self.with_env(env)
            level = dict(incident._fields["level"]._description_selection(env))[self.level]
            return env._("Incident %(level)s: %(subject)s", level=level, subject=self.subject), (
                incident.cause or incident.address or self.subject
            )

        self.env["water.staff.message"]._tell(people, compose, self)

    def action_arrived(self):
        """The crew is on site: kept once, for the incident and for all whom it helps."""
        self._check_step("open")
        fresh = self.filtered(lambda incident: not incident.arrived_at)
        trusted(fresh).write({"arrived_at": fields.Datetime.now()})
        for incident in fresh:
            incident._for_each_type(
                lambda cases: cases.filtered(lambda case: not case._has_own_crew())._log_events(
                    "arrived"
                )
            )
        return True

    def _restore(self, at, text, chosen=None, english=False):
        """End the incident: tell all, and close the cases that may end with it.

        :param at: naive UTC time of the restoration
        :param text: what customers are told
        :param chosen: {case model: ids} of the cases to close, by default all that are proposed
        :param english: ``text`` for customers who do not read Chinese
        :raises UserError: for a time before it began, or in the future
        """
        self._check_step("open")
        at = self._over_at(at)
        trusted(self).write({"state": "restored", "restored_at": at, "next_progress_at": False})
        self._lift_quality_notice(at)
        self._announce("restored", text, chosen=chosen, english=english)
        end_todos(self, REPAIR)

    def action_close(self):
        """Close the incident; it becomes read-only.

        :raises UserError: while news are being sent or cases closed
        """
        self._check_step("restored")
        if self.sudo().notice_ids.filtered(lambda notice: notice.state == "queued"):
            raise UserError(self.env._("The news are still being sent: close it a little later."))
        trusted(self).write({"state": "closed", "closed_at": fields.Datetime.now()})
        return True

    def _dismiss(self, reason):
        self._check_step("proposed")
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self).write({"state": "dismissed", "dismiss_reason": reason})

    # -- plan ----------------------------------------------------------------------------------
    # The checklist of an incident: the steps of its plan become to-dos with their times.

    def _schedule_plan(self):
        """Create the to-dos of the plan for the users named, or for the commander."""
        for step in self.plan_id.template_ids:
            user = step.responsible_id if step.responsible_type == "other" else self.manager_id
            user = user.filtered("active") or self._commander() or self.env.user
            due = self._step_due_at(step)
            by_days = step._get_date_deadline(self.company_id._water_today())
            self.activity_schedule(
                activity_type_id=step.activity_type_id.id,
                summary=self._step_summary(step, due, user),
                note=step.note,
                date_deadline=self._day_of(due) if due else by_days,
                user_id=user.id,
            )

    def _move_plan(self, begin):
        """Move the open to-dos before planned work along with its beginning.

        :param begin: naive UTC beginning until now
        """
        for step in self.plan_id.template_ids.filtered(lambda row: row.water_due_minutes < 0):
            due, now = self._step_due_at(step, begin), self._step_due_at(step)
            # sudo: mail.activity - of the incident that the user has just moved
            for todo in self.sudo().activity_ids:
                user = todo.user_id
                if todo.summary == self._step_summary(step, due, user):
                    summary = self._step_summary(step, now, user)
                    todo.write({"summary": summary, "date_deadline": self._day_of(now)})

    def _step_due_at(self, step, begin=None):
        """Return when a step is due (naive UTC); 0 for steps that go by days.

        :param begin: naive UTC beginning of planned work, by default the present one
        """
        begin = self.opened_at if step.water_due_minutes > 0 else begin or self.aware_at
        return step.water_due_minutes and begin + timedelta(minutes=step.water_due_minutes)

    def _day_of(self, moment):
        local = self.with_context(tz=self.company_id.sudo()._water_tz())
        return fields.Datetime.context_timestamp(local, moment).date()

    def _step_summary(self, step, due, user):
        if not due:
            return step.summary
        words = self.with_context(lang=user.lang)
        return words.env._("%(step)s (by %(time)s)", step=step.summary, time=words._local(due))

    # -- quality -------------------------------------------------------------------------------
    # Restrictions on the use of the water, and from when until when they hold.

    @api.constrains("quality_notice", "quality_from")
    def _check_quality_notice(self):
        for incident in self:
            if incident.quality_notice and not incident.quality_from:
                raise ValidationError(self.env._("Enter since when the notice about water holds."))

    def _quality_now(self):
        return self.quality_notice, bool(self.quality_until)

    def _is_lifted(self):
        """Return whether the notice about the water was lifted during the incident."""
        return bool(self.quality_notice and self.quality_until)

    def _advice_now(self):
        if self._is_lifted():
            return self.env._("The notice has been lifted: the water can be used as usual.")
        return self.kind_id._advice(self.quality_notice)

    def _valid_news(self):
        newest = self.notice_ids[:1]
        if not newest:
            return newest
        is_old = self.quality_changed_at and newest.at and newest.at < self.quality_changed_at
        return newest.browse() if is_old else newest - self._outdated_news()

    def _lift_quality_notice(self, at):
        """Lift the notice at the end of the incident, unless that was done before.

        :param at: naive UTC
        """
        for incident in self:
            if (
                incident.quality_notice
                and not incident.quality_until
                and incident.quality_from < at
            ):
                incident.quality_until = at
