from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...base.roles import MANAGER, QUALITY
from ...case.models.water_category import SEVERITIES
from .water_standard_line import CLOCK_KINDS, UNITS

SYSTEM = "base.group_system"


class StepSpec(NamedTuple):
    """A step of the ladder as plain values, read once for thousands of clocks."""

    id: int
    moment: str
    percent: int
    amount: float
    unit: str
    kind: str
    severity: str
    recipient: str
    company_id: int

    def fits(self, kind, severity, company_id):
        """Whether the step applies to a clock of ``kind`` on a case of ``severity``."""
        return (
            self.kind in (False, kind)
            and self.severity in (False, severity)
            and self.company_id in (False, company_id)
        )


def _nobody_named(env, company):
    subject = env._("%(company)s: no one is named for late cases", company=company.name)
    return subject, env._(
        "No one is named for these escalation steps while cases are without a department, so "
        "managers are notified. Name the people in the setup checklist."
    )


def _nobody_on_call(env, company):
    subject = env._("%(company)s: no one is on call for emergencies", company=company.name)
    return subject, env._(
        "These departments have no one on call. At night their emergencies go to the service "
        "desk's people on call, or else to the supervisors."
    )


class WaterEscalationStep(models.Model):
    """A step of the escalation ladder: when a clock runs out, and who hears of it.

    Defaults: 50 % and 80 %, at the limit, and 1, 3 and 5 working days later (domain 3.3).
    """

    _name = "water.escalation.step"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Escalation Step"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    moment = fields.Selection(
        [
            ("percent", "Part of the time has passed"),
            ("due", "At the limit"),
            ("after", "After the limit"),
        ],
        required=True,
        default="percent",
    )
    percent = fields.Integer(string="%", default=50)
    amount = fields.Float(default=1)
    unit = fields.Selection(UNITS, required=True, default="working_day")
    kind = fields.Selection(CLOCK_KINDS, string="Clock", help="Empty: every clock.")
    severity = fields.Selection(SEVERITIES, help="Empty: every case.")
    recipient = fields.Selection(
        [
            ("handler", "Handler"),
            ("first_responsible", "First responsible person"),
            ("department_head", "Head of the department"),
            ("vice_president", "Executive in charge"),
            ("general_manager", "General manager"),
        ],
        string="Who Is Told",
        required=True,
    )

    is_empty = fields.Boolean(
        string="No Person Named",
        compute="_compute_is_empty",
        help="No one is named for this step while cases are without a department, so managers are "
        "notified: name the people.",
    )

    _percent_sane = models.Constraint(
        "CHECK (moment != 'percent' OR percent BETWEEN 1 AND 99)",
        "Choose a part between 1 and 99 percent.",
    )
    _amount_sane = models.Constraint(
        "CHECK (moment != 'after' OR (amount > 0 AND amount <= 1000))",
        "Choose a positive and sensible time after the limit.",
    )

    @api.depends("recipient")
    @api.depends_context("company")
    def _compute_is_empty(self):
        for step in self:
            company = step.company_id or self.env.company
            step.is_empty = not step._default_person(company)

    def _default_person(self, company):
        """Return who is notified of a case without department; handlers come with the case."""
        # sudo: res.company, res.users - only whether a person is named
        company = company.sudo()
        people = {
            "department_head": company.water_desk_head_id,
            "vice_president": company.water_vice_president_id,
            "general_manager": company.water_general_manager_id,
        }
        named = people.get(self.recipient)
        return named is None or bool(named.filtered("active"))

    @api.model
    def _empty_rungs(self, company):
        """Return the company's steps without a recipient for undispatched cases."""
        steps = self.sudo().search([("company_id", "in", (False, company.id))])
        return steps.filtered(lambda step: not step._default_person(company))

    @api.model
    def _cron_watch_ladder(self):
        companies = self.env["res.company"].search([("water_calendar_id", "!=", False)])
        for company in companies:
            steps = self._empty_rungs(company)
            if steps:
                self._tell_gaps(company, steps, "ladder", _nobody_named)
            departments = self.env["water.department"]._of_emergencies(company)
            empty = departments.filtered(lambda row: not any(row.on_call_user_ids.mapped("active")))
            if empty:
                self._tell_gaps(company, empty, "on_call", _nobody_on_call)

    @api.model
    def _watch_by_day(self, company):
        opening = company._water_calendar()._water_next_opening(fields.Datetime.now())
        # sudo: ir.cron - the system calls out, for every user who registers a case
        self.env.ref("water_service_desk.ir_cron_ladder").sudo()._trigger(at=opening)

    def _tell_gaps(self, company, rows, key, words):
        def compose(env):
            items = Markup("").join(Markup("<li>%s</li>") % row.name for row in rows.with_env(env))
            subject, text = words(env, company)
            return subject, Markup("<p>%s</p><ul>%s</ul>") % (text, items)

        people = self._last_resort(company)
        self.env["water.staff.message"]._tell_weekly(f"{key}.{company.id}", people, compose)

    @api.model
    def _last_resort(self, company):
        return self._people_of(MANAGER, company) or self._people_of(SYSTEM, company)

    @api.model
    def _stand_ins(self, company):
        """Return the groups notified if a step is empty or its people are concerned, in order.

        Managers, the top, quality (ISO 10002 8.5), and finally administrators, who see a number and
        a limit. People concerned in a case cannot keep it from being reported.
        """
        # sudo: res.company - who stands at the top is no secret
        company = company.sudo()
        top = company.water_general_manager_id | company.water_vice_president_id
        return [
            self._people_of(MANAGER, company),
            top.filtered("active"),
            self._people_of(QUALITY, company),
            self._people_of(SYSTEM, company),
        ]

    @api.model
    def _people_of(self, group, company):
        # sudo: res.groups - the scheduler may have them told
        people = self.env.ref(group).sudo().all_user_ids
        return people.filtered(lambda user: user.active and company in user.company_ids)

    @api.constrains("moment", "unit", "amount")
    def _check_whole_days(self):
        for step in self.filtered(lambda step: step.moment == "after"):
            if step.unit == "working_day" and step.amount % 1:
                raise ValidationError(self.env._("Choose a whole number of working days."))

    @api.model
    @tools.ormcache("kind", "severity", "company_id")
    def _first_percent(self, kind, severity, company_id):
        steps = [step for step in self._specs() if step.moment == "percent"]
        fitting = [step.percent for step in steps if step.fits(kind, severity, company_id)]
        return min(fitting, default=100)

    @api.model
    @tools.ormcache()
    def _specs(self):
        # sudo: water.escalation.step - the ladder applies to every user's clocks
        return [
            StepSpec(**step.read(StepSpec._fields, load=None)[0]) for step in self.sudo().search([])
        ]
