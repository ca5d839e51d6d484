from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import is_trusted, is_uninstalling, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

from ..compensation import plain

#: fields that may change after a rule was used: name, display and end
FREE_FIELDS = frozenset({"active", "name", "sequence", "valid_to", "confirm_note", "doubt"})
#: How a rule is called, shown and explained.
SHOWN = frozenset({"name", "sequence", "doubt", "source", "confirm_note"})
#: Tags of figures that no source was read for.
DOUBTFUL = ("VI", "I", "K", "NF")
CONFIRMATION = frozenset({"confirmed_by_id", "confirmed_at"})
#: failures that can lead to compensation
TRIGGERS = [
    ("appointment_offer", "Appointment not properly offered"),
    ("appointment", "Appointment not kept, or cancelled late by us"),
    ("query_answer", "Written query not answered in time"),
    ("payment_change", "Refused change of payment not told in time"),
    ("complaint_answer", "Complaint not answered in time"),
    ("low_pressure", "Low pressure again and again"),
    ("planned_notice", "Planned outage announced too late"),
    ("supply", "Supply not restored in time"),
    ("supply_strategic", "Supply not restored in time, strategic main"),
    ("supply_planned", "Planned outage longer than announced"),
    ("water_boil", "Notice to boil water"),
    ("water_drink", "Notice not to drink water"),
    ("water_use", "Notice not to use water"),
    ("flood_internal", "Sewer flooding indoors"),
    ("flood_external", "Sewer flooding outdoors"),
    ("meter_reading", "Meter not read"),
    ("meter_install", "Meter not fitted in time"),
    ("debt", "Recovery of debt not by the rules"),
    ("priority", "Promised priority help not given"),
    ("leak", "Leak behind the meter"),
    ("loss", "Loss claimed with evidence"),
]
#: Amounts and spans, none of which is ever negative.
FIGURES = (
    *("first_amount", "further_amount", "further_hours", "further_after_hours", "limit_amount"),
    *("notice_hours", "planned_hours", "occasion_hours", "occasion_days", "cap_event", "cap_year"),
    *("cap_count", "share_percent", "waste_percent", "least_amount", "usage_hours"),
    *("usage_total_hours", "once_months", "pay_days", "late_penalty"),
)
#: Those of them that are money.
SUMS = ("first_amount", "further_amount", "least_amount", "cap_event", "cap_year", "late_penalty")


class RuleSpec(NamedTuple):
    """A rule in force, free of the ORM: found without queries."""

    id: int
    profile_id: int
    company_id: int
    trigger: str
    customer_class: str
    valid_from: object
    valid_to: object
    automatic: bool
    limit_amount: float
    limit_unit: str

    def fits(self, profile_id, company_id, trigger, customer_class, day):
        """Whether the rule holds for a failure of ``trigger`` on ``day``."""
        return (
            self.profile_id == profile_id
            and self.trigger == trigger
            and self.company_id in (False, company_id)
            and self.customer_class in (False, customer_class)
            and self.valid_from <= day
            and (not self.valid_to or day <= self.valid_to)
        )


class WaterCompensationRule(models.Model):
    """One dated rule: what failure costs how much (domain 4, S3.2.3c).

    A rule that compensations were worked out by is not edited but replaced by its next version.
    """

    _name = "water.compensation.rule"
    _inherit = ["water.cached.mixin", "water.watched.setting.mixin", "water.mixin"]
    _description = "Compensation Rule"
    _order = "profile_id, sequence, code, customer_class desc, version desc"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    profile_id = fields.Many2one(
        "water.compensation.profile",
        string="Scheme",
        required=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="profile_id.currency_id")
    company_id = fields.Many2one("res.company", help="Empty: all companies of the scheme.")
    sequence = fields.Integer(default=10)
    valid_from = fields.Date(required=True, default=lambda self: self.env.company._water_today())
    valid_to = fields.Date(help="Last day on which it holds; empty: until it is replaced.")
    active = fields.Boolean(
        string="In Use", default=True, help="If switched off, no compensation is calculated by it."
    )
    source = fields.Char(help="Where the figures come from: law and clause, or page.")
    tag = fields.Selection(
        [
            ("V", "Source verified"),
            ("VI", "Partly inferred"),
            ("I", "Inferred"),
            ("K", "Not confirmed"),
            ("NF", "Not found"),
            ("P", "Own decision"),
            ("F", "Fictitious example"),
        ],
        string="Evidence",
        required=True,
        default="P",
        help="How certain the figures are. Unverified ones are switched off until a manager "
        "confirms them.",
    )
    doubt = fields.Char(translate=True, help="What about it has not been confirmed.")
    confirm_note = fields.Char(
        string="Confirmed By Which Source", copy=False, help="Law, clause or decision, with date."
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    is_doubtful = fields.Boolean(compute="_compute_is_doubtful", export_string_translation=False)
    is_used = fields.Boolean(compute="_compute_is_used", export_string_translation=False)

    _version_uniq = models.UniqueIndex(
        "(profile_id, code, COALESCE(customer_class, ''), COALESCE(company_id, 0), version)",
        "This version of the rule exists already.",
    )
    _dates_sane = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "A rule ends after it begins: choose a later last day.",
    )

    trigger = fields.Selection(TRIGGERS, string="Failure", required=True)
    customer_class = fields.Selection(
        [("household", "Household"), ("business", "Business")],
        string="Customers",
        help="Class of the customer's account; empty: every customer.",
    )
    method = fields.Selection(
        [
            ("fixed", "Fixed sum"),
            ("bill_days", "Share of the month's fees for each day"),
            ("share", "Share of a yearly charge"),
            ("claim", "Claim with evidence"),
            ("leak", "Leak allowance by formula"),
        ],
        string="Worked out as",
        required=True,
        default="fixed",
    )
    first_amount = fields.Monetary(aggregator=None, help="For the failure itself.")
    further_amount = fields.Monetary(aggregator=None, help="For each whole further period.")
    further_hours = fields.Float(
        aggregator=None, string="Further Period (h)", help="Whole periods alone count; 0: none."
    )
    further_from = fields.Selection(
        [("limit", "The limit"), ("begin", "The beginning")],
        string="Further Periods Count from",
        default="limit",
        required=True,
    )
    further_after_hours = fields.Float(
        string="after (h)", help="So many hours later the first further period begins."
    )
    limit_amount = fields.Float(
        string="Limit", help="What is allowed; 0: the limit of the clock, or of the announcement."
    )
    limit_unit = fields.Selection(
        [("hour", "hours"), ("working_day", "working days")], default="hour", required=True
    )
    limit_inclusive = fields.Boolean(
        string="Reached Counts", help="Whether reaching the limit to the minute is late already."
    )
    notice_hours = fields.Float(string="Notice (h)", help="How long before work it is announced.")
    planned_hours = fields.Float(
        string="Work Longer than (h)", help="Shorter planned outages do not count."
    )
    occasion_hours = fields.Float(string="Each Longer than (h)")
    occasion_days = fields.Integer(string="Within Days")
    cap_event = fields.Monetary(string="At Most per Event", help="0: no cap.")
    cap_bill = fields.Boolean(string="At Most a Year's Water Bill")
    cap_year = fields.Monetary(string="At Most per Year", help="Per account and fiscal year.")
    cap_count = fields.Integer(string="Times per Year", help="Per account and fiscal year.")
    share_of = fields.Selection(
        [("annual_sewerage", "Year's sewerage charge"), ("annual_water", "Year's water bill")],
        default="annual_sewerage",
    )
    share_percent = fields.Float(string="Share (%)")
    waste_percent = fields.Float(string="Share of Waste Water (%)")
    least_amount = fields.Monetary(string="At Least")
    usage_hours = fields.Float(
        string="Usage after (h)", help="Above it the fee for water is credited as well."
    )
    usage_total_hours = fields.Float(
        string="Usage after in All (h)", help="The same where water came back in between."
    )
    month_days = fields.Integer(string="Days of a Month", default=30)
    once_months = fields.Integer(string="Once in Months", help="Not again within this time.")
    is_automatic = fields.Boolean(
        string="Automatic", default=True, help="Arises automatically, without an application."
    )
    pay_days = fields.Integer(
        aggregator=None, string="Pay within", help="Working days; 0: no limit known."
    )
    pay_from = fields.Selection(
        [("failure", "The failure"), ("end", "The end of it")], default="failure", required=True
    )
    late_penalty = fields.Monetary(aggregator=None, string="Penalty if Paid Late")
    exemption_code_ids = fields.Many2many(
        "water.compensation.exemption.code",
        "water_compensation_rule_exemption_rel",
        "rule_id",
        "code_id",
        string="Exemptions",
        help="Cases with no compensation, or less.",
    )

    _figures_sane = models.Constraint(
        f"CHECK (LEAST({', '.join(FIGURES)}) >= 0)",
        "An amount, a share or a span is never negative: enter 0 or more.",
    )
    _share_sane = models.Constraint(
        "CHECK (GREATEST(share_percent, waste_percent) <= 100 AND month_days BETWEEN 1 AND 31)",
        "A share is at most 100 percent, a month has at most 31 days.",
    )

    @api.depends("tag", "confirmed_at")
    def _compute_is_doubtful(self):
        for rule in self:
            rule.is_doubtful = rule.tag in DOUBTFUL and not rule.confirmed_at

    def _compute_is_used(self):
        used = self._used()
        for rule in self:
            rule.is_used = rule._origin in used

    @api.depends("code", "name", "customer_class", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        classes = dict(self._fields["customer_class"]._description_selection(self.env))
        for rule in self:
            parts = (rule.code, rule.name, classes.get(rule.customer_class))
            rule.display_name = " · ".join(part for part in parts if part)

    @api.model
    def _watched_names(self):
        """Return the fields that people enter, without names, display and explanations."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and not (field.readonly or field.compute or field.related)
            and name not in SHOWN
            and name not in models.MAGIC_COLUMNS
        ]

    # -- what a rule must be ------------------------------------------------------------------

    @api.constrains("active", "tag", "confirmed_at")
    def _check_confirmed(self):
        for rule in self.filtered("active"):
            if rule.is_doubtful:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: no source was read for this figure. Write down what confirms"
                        " it, then confirm the rule.",
                        rule=rule.display_name,
                    )
                )

    @api.constrains(
        "active",
        "profile_id",
        "trigger",
        "customer_class",
        "company_id",
        "valid_from",
        "valid_to",
    )
    def _check_overlap(self):
        """For one failure of one customer on one day one rule holds, not two."""
        force_conflict(self.profile_id)  # concurrent entries see each other
        for rule in self.filtered("active"):
            domain = [
                ("id", "!=", rule.id),
                ("profile_id", "=", rule.profile_id.id),
                ("trigger", "=", rule.trigger),
                ("customer_class", "=", rule.customer_class),
                ("company_id", "=", rule.company_id.id),
                *("|", ("code", "!=", rule.code), ("version", ">", rule.version)),
                *("|", ("valid_to", "=", False), ("valid_to", ">=", rule.valid_from)),
            ]
            if rule.valid_to:
                domain.append(("valid_from", "<=", rule.valid_to))
            other = self.search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” and “%(other)s” hold for the same failure on the same days:"
                        " let the older one end before the newer one begins.",
                        rule=rule.display_name,
                        other=other.display_name,
                    )
                )

    # -- versions -----------------------------------------------------------------------------

    def _check_unused(self):
        used = self._used()
        if used:
            raise UserError(
                self.env._(
                    "Compensations were worked out by “%(rule)s”: make a new version and edit"
                    " that.",
                    rule=used[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env) and not self.env.su:
            if any(CONFIRMATION & vals.keys() for vals in vals_list):
                raise UserError(self.env._("Confirm the rule with its button."))
        rules = super().create(vals_list)
        rules._end_older()
        return rules

    def write(self, vals):
        if not is_trusted(self.env):
            if (CONFIRMATION | {"version"}) & vals.keys():
                raise UserError(self.env._("Confirm the rule with its button."))
            if vals.keys() - FREE_FIELDS:
                self._check_unused()
        done = super().write(vals)
        if vals.get("active"):
            self._end_older()
        return done

    def _apply(self, values):
        if values.keys() - FREE_FIELDS:
            self._check_unused()
        return super()._apply(values)

    @api.ondelete(at_uninstall=True)
    def _unlink_unused(self):
        if not is_uninstalling(self.env):
            self._check_unused()

    def action_new_version(self):
        """Copy the rule as its next version from today on, and open it.

        Where another manager confirms changes, it is switched on when it is ready.
        """
        self.ensure_one()
        self.check_access("write")
        rules = self.with_context(active_test=False)
        newest = rules.search(self._same_code(), order="version desc", limit=1)
        today = self.company_id._water_today()
        begin = max(today, self.valid_from + timedelta(days=1))
        number = newest.version + 1
        is_active = self.active and not self._needs_second()
        values = {"valid_from": begin, "valid_to": False, "active": is_active, "version": number}
        values["tag"] = "P" if self.active else self.tag
        version = self.copy(values)
        return windows.form(version)

    def _same_code(self):
        names = ("profile_id", "code", "customer_class", "company_id")
        return [
            (name, "=", self[name].id if self._fields[name].relational else self[name])
            for name in names
        ]

    def _end_older(self):
        """End the older versions the day before a newer one that is in use begins."""
        for rule in self.filtered("active"):
            older = self.search(
                [
                    *rule._same_code(),
                    ("version", "<", rule.version),
                    ("valid_from", "<", rule.valid_from),
                ]
            )
            last = rule.valid_from - timedelta(days=1)
            older = older.filtered(lambda row, last=last: not row.valid_to or row.valid_to > last)
            # sudo: follows from the newer version, which is in the history
            trusted(older.sudo()).valid_to = last

    def action_confirm(self):
        """Confirm a figure without a verified source, and activate it (managers).

        :raises AccessError: for others
        :raises UserError: without a note about the confirmation
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only a manager confirms a rule."))
        for rule in self:
            if not strip_invisible(rule.confirm_note):
                raise UserError(
                    self.env._("Write down first which law, clause or decision confirms it.")
                )
            confirmed = {"confirmed_by_id": self.env.uid, "confirmed_at": fields.Datetime.now()}
            trusted(rule).write({**confirmed, "active": True})
        return True

    def action_switch_off(self):
        """Switch the rule off; earlier results stay."""
        self.check_access("write")
        self.write({"active": False})
        return True

    # -- terms ---------------------------------------------------------------------------------
    # The terms of a rule: when it applies, and what it pays.

    @api.constrains(
        "active", "method", "first_amount", "further_amount", "further_hours", "share_percent"
    )
    def _check_amount(self):
        for rule in self.filtered("active"):
            if rule.further_amount and not rule.further_hours:
                raise ValidationError(
                    self.env._("%s: say how long a further period is.", rule.display_name)
                )
            if not rule._has_amount():
                raise ValidationError(
                    self.env._(
                        "%s has no amount: enter what is paid, or switch the rule off.",
                        rule.display_name,
                    )
                )

    def _has_sums(self):
        """Return whether the rule names amounts, in the currency of its scheme."""
        return any(self[name] for name in SUMS)

    def _has_amount(self):
        """Return whether the rule can give an amount."""
        if self.method == "fixed":
            return bool(self.first_amount or self.further_amount)
        if self.method in ("share", "leak"):
            return bool(self.share_percent or self.waste_percent)
        return True

    def _terms(self):
        """The terms as a calculation needs them and keeps them: text and truth values alone."""
        self.ensure_one()
        figures = {
            "first": self.first_amount,
            "further": self.further_amount,
            "further_hours": self.further_hours,
            "further_after": self.further_after_hours,
            "cap_event": self.cap_event,
            "cap_year": self.cap_year,
            "cap_count": self.cap_count,
            "share": self.share_percent,
            "waste_share": self.waste_percent,
            "at_least": self.least_amount,
            "usage_hours": self.usage_hours,
            "usage_total_hours": self.usage_total_hours,
            "month_days": self.month_days,
            "notice_hours": self.notice_hours,
            "planned_hours": self.planned_hours,
            "occasion_hours": self.occasion_hours,
            "occasion_days": self.occasion_days,
        }
        return {
            "code": self.code,
            "version": self.version,
            "profile": self.profile_id.code,
            "method": self.method,
            "further_from": self.further_from,
            "inclusive": self.limit_inclusive,
            "share_of": self.share_of or "",
            "cap_bill": self.cap_bill,
            "currency": self.currency_id.name,
            **{name: plain(value) for name, value in figures.items() if value},
        }

    def _limit_of(self, begin, calendar):
        """Return the limit after which a failure beginning at ``begin`` (naive UTC) counts.

        :param calendar: of the company, for limits in working days
        """
        if not self.limit_amount:
            return begin
        return calendar._water_due_at(begin, self.limit_amount, self.limit_unit)[0]

    def _inputs(self, company, facts, account, day=None):
        """Return what a calculation by this rule needs and stores.

        :param company: res.company, in whose currency the amount is
        :param facts: JSON values about the failure, see ``tools.compensation.calculate``
        :param account: water.account of the customer, or none
        :param day: of the failure, whose rate counts; by default today
        """
        currency = company.currency_id
        own = self.currency_id == currency or not self._has_sums()
        rate = 1 if own else company._water_scheme_on(day or company._water_today())[1]
        inputs = {
            "rule": self._terms() | {"digits": currency.decimal_places},
            "rate": plain(rate),
            **facts,
        }
        if self.method in ("bill_days", "share") or self.cap_bill:
            inputs["bill"] = account._compensation_bill()
        return inputs

    # -- which rule holds -----------------------------------------------------------------------

    @api.model
    def _rule_for(self, company, trigger, customer_class, day):
        # sudo: water.compensation.rule - the amount does not depend on the user
        rules = self.env["water.compensation.rule"].sudo()
        profile = company._water_scheme_on(day)[0]
        wanted = (trigger, customer_class or "household", day)
        return rules.browse(rules._rule_id(profile.id, company.id, *wanted))

    @api.model
    @tools.ormcache("profile_id", "company_id", "trigger", "customer_class", "day")
    def _rule_id(self, profile_id, company_id, trigger, customer_class, day):
        profile = self.env["water.compensation.profile"].sudo().browse(profile_id)
        for link in profile._chain() if profile else ():
            facts = (link.id, company_id, trigger, customer_class, day)
            found = [spec for spec in self._specs() if spec.fits(*facts)]
            if found:
                return found[0].id
        return False

    @api.model
    @tools.ormcache()
    def _specs(self):
        """Return all active rules as plain values, specific ones first."""
        rules = self.sudo().search([("profile_id", "!=", False)])
        specs = [rule._spec() for rule in rules]
        return sorted(
            specs, key=lambda spec: (not spec.company_id, not spec.customer_class, -spec.id)
        )

    def _spec(self):
        return RuleSpec(
            self.id,
            self.profile_id.id,
            self.company_id.id,
            self.trigger,
            self.customer_class,
            self.valid_from,
            self.valid_to,
            self.is_automatic,
            self.limit_amount,
            self.limit_unit,
        )
