from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

from ...kpi.periods import midnight

#: Facts that similar complaints share; the figures before and after depend on them.
FACTS = ("cause_id", "category_id", "zone_id", "account_id")
#: Fields of the owner; others are for quality.
OWNER_FIELDS = frozenset({"analysis"})
#: Figures are told for so many days; after a measure so many must have passed.
SPAN = 30
#: No span before or after is longer, in days.
LONGEST = 180
EMPTY = "–"


class WaterProblem(models.Model):
    """A systemic problem: many complaints, one cause (ISO 10002, 8.2).

    The system proposes it when similar complaints repeat; quality, supervisors and managers open
    others. The owner analyses it; measures are corrective actions with a date; another person
    judges the effect by the figures before and after.
    """

    _name = "water.problem"
    _inherit = ["water.hands.mixin", "water.never.deleted.mixin", "mail.thread", "water.mixin"]
    _description = "Systemic Problem"
    _order = "id desc"
    _in_hand = dict.fromkeys(
        ("owner_id", "department_id"), [("state", "in", ("open", "analysed", "measures"))]
    )
    _mail_post_access = "read"
    _check_company_auto = True
    _editable_states = frozenset({"open", "analysed", "measures"})
    _settled_states = ("closed", "dismissed")
    _work_fields = OWNER_FIELDS
    _settable_on_create = frozenset({"company_id"})

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    subject = fields.Char(string="Problem", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    rule_id = fields.Many2one(
        "water.problem.rule",
        string="Proposed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The rule by which the system proposed it; empty: opened by hand.",
    )
    cause_id = fields.Many2one("water.cause", index="btree_not_null", ondelete="restrict")
    category_id = fields.Many2one("water.category", index="btree_not_null", ondelete="restrict")
    zone_id = fields.Many2one(
        "water.zone", string="Supply Zone", index="btree_not_null", ondelete="restrict"
    )
    account_id = fields.Many2one(
        "water.account", index="btree_not_null", ondelete="restrict", check_company=True
    )
    complaint_ids = fields.Many2many(
        "water.complaint",
        "water_problem_complaint_rel",
        "problem_id",
        "complaint_id",
        string="Complaints",
        copy=False,
        check_company=True,
    )
    case_count = fields.Integer(string="Number of Complaints", compute="_compute_case_count")
    department_id = fields.Many2one("water.department", index=True, check_company=True)
    owner_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    analysis = fields.Text(help="Why it happens again and again: the root, not the symptom.")
    measure_ids = fields.One2many(
        "water.improvement", "problem_id", string="Measures", copy=False, readonly=True
    )
    state = fields.Selection(
        [
            ("open", "To Be Analysed"),
            ("analysed", "Analysed"),
            ("measures", "Measures Running"),
            ("judged", "Effect Judged"),
            ("closed", "Closed"),
            ("dismissed", "No Systemic Problem"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    dismissal = fields.Text(
        string="Why None", copy=False, help="Why the complaints have no common cause."
    )
    review_ids = fields.Many2many(
        "water.management.review", "water_review_problem_rel", "problem_id", "review_id"
    )
    can_work = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_manage = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _running_uniq = models.UniqueIndex(
        "(company_id, COALESCE(cause_id, 0), COALESCE(category_id, 0), COALESCE(zone_id, 0),"
        " COALESCE(account_id, 0)) WHERE state NOT IN ('closed', 'dismissed')",
        "There is an open problem about this already.",
    )

    figures = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, help="As they were judged."
    )
    turned_on = fields.Date(
        string="First Measure Taken",
        compute="_compute_figures",
        help="The figures before and after are divided by this day.",
    )
    before_text = fields.Char(string="Per 30 Days Before", compute="_compute_figures")
    after_text = fields.Char(string="Per 30 Days After", compute="_compute_figures")

    judgement = fields.Selection(
        [("works", "Works"), ("partly", "Works in part"), ("none", "Does not work")],
        string="Effect",
        copy=False,
        tracking=True,
    )
    effect = fields.Text(
        string="Judgement of the Effect",
        copy=False,
        help="What the figures before and after say, and what else was looked at.",
    )
    judged_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    judged_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    can_judge = fields.Boolean(compute="_compute_can_judge", export_string_translation=False)
    can_close = fields.Boolean(compute="_compute_can_judge", export_string_translation=False)

    @api.depends("complaint_ids")
    def _compute_case_count(self):
        for row in self:
            row.case_count = len(row.complaint_ids)

    @api.depends("state", "owner_id", "department_id")
    @api.depends_context("uid")
    def _compute_can(self):
        manager = self._is_manager()
        for row in self:
            row.can_manage = manager
            row.can_work = row.state in self._editable_states and (manager or row._is_mine())

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(p for p in (row.name, row.subject) if p and p != "/")

    def _is_mine(self):
        return self.env.user in (self.owner_id | self.department_id.sudo().manager_id)

    @api.constrains("subject", *FACTS)
    def _check_facts(self):
        """Require a shared fact: figures before and after need it."""
        for row in self:
            if not row._alike():
                raise ValidationError(
                    self.env._(
                        "Say what repeats: a cause, a category, a supply zone or an account."
                    )
                )

    @api.constrains("owner_id", "complaint_ids")
    def _check_owner(self):
        for row in self.sudo():
            concerned = row.complaint_ids.mapped(lambda case: case._people_concerned())
            if row.owner_id and row.owner_id in concerned:
                raise ValidationError(
                    self.env._("One of the complaints is about this owner; choose another person.")
                )

    def _alike(self):
        return {name: self[name].id for name in FACTS if self[name]}

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.problem", rows)
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
        rows._tell_owners()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("owner_id"):
            self._tell_owners()
        return result

    def _tell_owners(self):
        for row in self.filtered("owner_id"):
            tell_staff(
                row,
                row.owner_id,
                lambda one: one.env._("%s: you look after this systemic problem", one.name),
                lambda one: one.subject,
            )

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names - OWNER_FIELDS - {"judgement", "effect"} and not self._is_manager():
            raise AccessError(self.env._("You write down the analysis; quality the rest."))
        if "analysis" in names and not all(self.mapped("can_work")):
            raise AccessError(self.env._("Only the owner or quality takes this step."))
        if names & {"judgement", "effect"}:
            self._check_neutral("measures")
        if names & {*FACTS} and any(row.state != "open" for row in self):
            raise UserError(self.env._("What repeats is fixed once the problem is analysed."))

    @api.model
    def _settled_message(self):
        return self.env._("This problem is past that: its effect is judged, or it is settled.")

    @api.model
    def _first_values(self, alike, cases):
        """Return subject, department and owner of a proposed problem.

        :param alike: ``{field: id}`` of the facts that the complaints share
        :param cases: the complaints, with sudo
        """
        localized = self.with_context(lang=cases[:1].company_id.partner_id.lang)
        facts = (
            localized.env[self._fields[name].comodel_name].browse(alike[name]) for name in alike
        )
        leads = cases.category_id.department_id
        departments = cases.department_id or cases[:1]._of_its_company(leads)
        often = departments.sorted(
            lambda row: -len(cases.filtered(lambda case: case.department_id == row))
        )[:1]
        concerned = cases.mapped(lambda case: case._people_concerned())
        head = often.manager_id
        return {
            "subject": " · ".join(fact.display_name for fact in facts),
            "complaint_ids": [fields.Command.set(cases.ids)],
            "department_id": often.id,
            "owner_id": head.id if head.active and head not in concerned else False,
        }

    @api.model
    def _counted(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("leaves_figures", "!=", True)
            & Domain("is_follow_up", "=", False)
            & Domain("state", "not in", NOT_JUDGED)
        )

    def action_open_complaints(self):
        """Open the complaints that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        # sudo: ids alone; opening follows the reader's rules
        domain = [("id", "in", self.sudo().complaint_ids.ids)]
        return windows.rows("water.complaint", self.display_name, domain, {"create": False})

    # -- effect --------------------------------------------------------------------------------
    # The figures before and after: complaints alike per 30 days.
    #
    # The turning point is the end of the first measure taken. All complaints with the shared facts
    # count by their receipt, linked or not. When the effect is judged, the figures are stored with
    # their complaints: later changes do not alter them.

    @api.depends("figures", "state", "measure_ids.done_at", "measure_ids.state")
    @api.depends_context("lang")
    def _compute_figures(self):
        for row in self:
            # sudo: water.problem - numbers and days alone, not which complaints they count
            known = row.sudo().figures or row._figures()
            row.turned_on = known.get("turned_on")
            row.before_text = row._rate(known.get("before"))
            row.after_text = row._rate(known.get("after"))

    def _turning_day(self):
        # sudo: water.improvement - dates alone
        done = self.sudo().measure_ids.filtered(
            lambda row: row.state in ("done", "verified") and row.done_at
        )
        if not done:
            return None
        local = self.with_context(tz=self.company_id._water_tz())
        return fields.Datetime.context_timestamp(local, min(done.mapped("done_at"))).date()

    def _figures(self):
        """``{"turned_on", "before", "after"}``; each span as days, number and ids."""
        self.ensure_one()
        turned, today = self._turning_day(), self.company_id._water_today()
        if not turned:
            return {}
        until = min(today, turned + timedelta(days=LONGEST))
        return {
            "turned_on": turned.isoformat(),
            "before": self._span(turned - timedelta(days=LONGEST), turned),
            "after": self._span(turned, until),
        }

    def _keep_figures(self):
        # sudo: water.problem - written by checked steps alone, read in words
        for row in trusted(self.sudo()):
            row.figures = row._figures()

    def _span(self, first, end):
        """How many complaints came from ``first`` up to the day before ``end``."""
        zone = self.company_id._water_tz()
        domain = self._counted(self.company_id)
        for name, key in self._alike().items():
            operator = "child_of" if name in ("cause_id", "category_id") else "="
            domain &= Domain(name, operator, key)
        domain &= Domain("received_at", ">=", midnight(first, zone))
        domain &= Domain("received_at", "<", midnight(end, zone))
        # sudo: complaint - a number of all, the same for every reader
        found = self.env["water.complaint"].sudo()._search(domain, order="id")
        ids = [row[0] for row in self.env.execute_query(found.select())]
        last = max(first, end - timedelta(days=1))
        return {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "number": len(ids),
            "ids": ids,
            "days": (end - first).days,
        }

    def _rate(self, span):
        if not span or not span["days"]:
            return EMPTY
        rate = span["number"] * SPAN / span["days"]
        return self.env._(
            "%(rate).1f (%(number)s from %(first)s to %(last)s)", rate=rate, **self._told(span)
        )

    @api.model
    def _told(self, span):
        return {name: span[name] for name in ("number", "first", "last")}

    # -- steps ---------------------------------------------------------------------------------
    # Steps of a problem: analysed, measures, effect judged by another person, closed.

    def _compute_can_judge(self):
        for row in self:
            neutral = row._is_manager() and self.env.user not in row._barred()
            row.can_judge = row.state == "measures" and neutral
            row.can_close = row.state == "judged" and neutral and self.env.user != row.judged_by_id

    def _barred(self):
        """Bar those who analysed it or took its measures from judging the effect."""
        # sudo: water.improvement - people alone
        measures = self.sudo().measure_ids
        return self._hands_of(self) | self._hands_of(measures) | measures.done_by_id

    def action_analysed(self):
        """The cause is found.

        :raises UserError: without an owner or an analysis
        """
        self._check_turn("open")
        for row in self:
            row._check_given("owner_id", "analysis")
        self._keep_hands()
        return trusted(self).write({"state": "analysed"})

    def action_measure(self):
        """Open the dialog of a new measure: a corrective action with its owner and date."""
        self.ensure_one()
        self._check_turn("analysed", "measures")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors give out measures."))
        known = {
            "default_problem_id": self.id,
            "default_subject": self.subject,
            "default_department_id": self.department_id.id,
            "default_owner_id": self.owner_id.id,
        }
        return windows.dialog("water.improvement", self.env._("New Measure"), known)

    def action_start(self):
        """The measures are given out.

        :raises UserError: without a measure
        """
        self._check_turn("analysed")
        for row in self:
            if not row.sudo().measure_ids.filtered(lambda one: one.state != "cancelled"):
                raise UserError(self.env._("%s: give out a measure first.", row.name))
        return trusted(self).write({"state": "measures"})

    def action_judge(self):
        """Judge the effect by the figures, by a person without a part in it.

        :raises UserError: while measures are open, or too soon after them
        """
        self._check_neutral("measures")
        for row in self:
            row._check_measured()
            row._check_given("judgement", "effect")
        now = fields.Datetime.now()
        values = {"state": "judged", "judged_by_id": self.env.uid, "judged_at": now}
        trusted(self).write(values)
        self._keep_figures()
        return True

    def _check_measured(self):
        measures = self.sudo().measure_ids.filtered(lambda one: one.state != "cancelled")
        waiting = measures.filtered(lambda one: one.state != "verified")
        if waiting or not measures:
            raise UserError(
                self.env._("%s: measures are open or not verified yet.", self.name),
            )
        passed = (self.company_id._water_today() - self._turning_day()).days
        if passed < SPAN:
            raise UserError(
                self.env._(
                    "%(name)s: %(passed)s days have passed since the first measure; the effect is"
                    " judged after %(days)s.",
                    name=self.name,
                    passed=passed,
                    days=SPAN,
                )
            )

    def action_again(self):
        """Analyse it again if the measures do not work; the chatter keeps the judgement."""
        self._check_neutral("judged")
        for row in self:
            if row.judgement == "works":
                raise UserError(self.env._("%s works: close it.", row.name))
            row._message_log(body=row.effect)
        again = {"state": "open", "judgement": False, "effect": False}
        trusted(self).write({**again, "judged_by_id": False, "judged_at": False})
        # sudo: water.problem - written by this checked step alone
        trusted(self.sudo()).figures = False
        return True

    def action_close(self):
        """Close it by the judged figures; not by the person who judged."""
        self._check_neutral("judged")
        now = fields.Datetime.now()
        for row in self:
            if row.judged_by_id == self.env.user:
                raise AccessError(
                    self.env._("The person who judged the effect cannot close the problem.")
                )
            if row.judgement == "none":
                raise UserError(self.env._("%s does not work yet: analyse it anew.", row.name))
            values = {"state": "closed", "closed_by_id": self.env.uid, "closed_at": now}
            trusted(row).write(values)
            if not row.sudo().figures:  # judged before figures were kept at that step
                row._keep_figures()
        return True

    def action_dismiss(self):
        """The complaints have no common cause; why must be said."""
        self._check_turn("open", "analysed")
        if not self._is_manager():
            raise AccessError(self.env._("Only quality and supervisors dismiss it."))
        for row in self:
            row._check_given("dismissal")
        return trusted(self).write({"state": "dismissed"})

    def _check_given(self, *names):
        empty = [
            n
            for n in names
            if not (strip_invisible(self[n]) if isinstance(self[n], str) else self[n])
        ]
        if empty:
            labels = [(self._fields[name]._description_string(self.env), name) for name in empty]
            missing = [Missing(label, name) for label, name in labels]
            raise Refusal(self.env._("%s: fill in first", self.name), self, missing)

    def _check_turn(self, *states):
        self.check_access("write")
        for row in self:
            if row.state not in states:
                raise UserError(self.env._("%s is not at this step.", row.name))
            if not (self._is_manager() or row._is_mine()):
                raise AccessError(self.env._("Only the owner or quality takes this step."))

    def _check_neutral(self, *states):
        self._check_turn(*states)
        for row in self:
            if not self._is_manager() or self.env.user in row._barred():
                raise AccessError(
                    self.env._("The effect must be judged by a person who took no part in it.")
                )
