import math
from datetime import UTC
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base import windows
from ...base.trust import is_trusted, trusted
from ...case.models.water_category import SEVERITIES


class LineSpec(NamedTuple):
    """A clock as a standard promises it, free of the ORM."""

    id: int
    kind: str
    amount: float
    unit: str
    calendar_id: int
    start_on: str
    warn_percent: int

    @classmethod
    def of(cls, line):
        """Return the promise of the record ``line``."""
        calendar = line.calendar_id.id
        promise = (line.id, line.kind, line.amount, line.unit, calendar, line.start_on)
        return cls(*promise, line.warn_percent)


class StandardSpec(NamedTuple):
    """A standard in force, free of the ORM: matched without queries."""

    id: int
    case_model: str
    category_id: int
    severity: str
    channel_id: int
    customer_class: str
    company_id: int
    valid_from: object
    version: int
    depth: int
    lines: tuple
    ended_at: object

    def fits(self, model, company_id, facts, category_path, day, ended=None):
        """Tell whether the standard covers a case received on ``day``.

        :param category_path: ids of the case's category and its families
        :param ended: ids of those that were archived by then, by default of all that are
        """
        return (
            self.case_model == model
            and self.valid_from <= day
            and self.company_id in (False, company_id)
            and self.severity in (False, facts["severity"])
            and self.channel_id in (False, facts["channel_id"])
            and self.customer_class in (False, facts["customer_class"])
            and (not self.category_id or self.category_id in category_path)
            and (not self.ended_at or (ended is not None and self.id not in ended))
        )

    def rank(self):
        """The most specific standard wins, then the newest version.

        In an emergency one for emergencies wins, however general.
        """
        return (
            self.severity == "emergency",
            self.depth,
            bool(self.severity),
            bool(self.channel_id),
            bool(self.customer_class),
            bool(self.company_id),
            self.valid_from,
            self.version,
            self.id,  # of two alike the newer one, never by chance
        )


class WaterStandard(models.Model):
    """A service standard (SLA): which cases, which clocks, how long (S3.1.2a)."""

    _name = "water.standard"
    _inherit = ["water.cached.mixin", "water.code.mixin", "water.mixin"]
    _description = "Service Standard"
    _order = "case_model, sequence, code, version desc"
    _rec_names_search = ["code", "name"]
    _keeps_what_is_shown = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    case_model = fields.Selection(
        selection=lambda self: self.env["water.stage"]._selection_model(),
        string="Case Type",
        required=True,
    )
    category_id = fields.Many2one("water.category", help="With the categories below it.")
    severity = fields.Selection(SEVERITIES)
    channel_id = fields.Many2one("water.channel")
    customer_class = fields.Selection(
        [("household", "Household"), ("business", "Business")],
        help="Class of the customer's account; empty: every customer.",
    )
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    valid_from = fields.Date(required=True, default=lambda self: self.env.company._water_today())
    version = fields.Integer(default=1, required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    ended_at = fields.Datetime(
        string="Archived on",
        readonly=True,
        copy=False,
        help="What was received before keeps what it was promised by this standard (S1.1).",
    )
    overlap_note = fields.Char(string="Used Instead of", compute="_compute_overlap_note")
    line_ids = fields.One2many("water.standard.line", "standard_id", string="Clocks", copy=True)

    _version_uniq = models.Constraint(
        "UNIQUE (code, version)", "This version of the standard exists already."
    )

    @api.constrains("line_ids")
    def _check_lines(self):
        for standard in self:
            if not standard.line_ids:
                raise ValidationError(self.env._("A standard needs at least one clock."))

    @api.depends(
        *("case_model", "category_id", "severity", "channel_id", "customer_class"),
        *("company_id", "active"),
    )
    def _compute_overlap_note(self):
        """Say which other standards cover the same cases and lose against this one."""
        for standard in self:
            losers = [
                other.display_name
                for other in self.search([("case_model", "=", standard.case_model)])
                if other != standard._origin and standard._beats(other)
            ]
            note = self.env._(
                "Where several fit, this one is used instead of: %s", ", ".join(losers)
            )
            standard.overlap_note = note if losers else False

    def _beats(self, other):
        """Return whether both may cover a case and this standard then applies."""
        mine, theirs = self._spec(), other._spec()
        names = ("severity", "channel_id", "customer_class", "company_id")
        pairs = [(getattr(mine, name), getattr(theirs, name)) for name in names]
        share = all(not one or not two or one == two for one, two in pairs)
        path, other_path = self.category_id.parent_path or "", other.category_id.parent_path or ""
        related = path.startswith(other_path) or other_path.startswith(path)
        return share and related and mine.rank() > theirs.rank()

    @api.model_create_multi
    def create(self, vals_list):
        standards = super().create(vals_list)
        if self.pool.ready:  # data files bring the standard first, its clocks right after
            standards._check_lines()
        return standards

    def write(self, vals):
        if vals.keys() - {"active", "name", "sequence"} and not is_trusted(self.env):
            self._check_unused()
        ends = self.filtered("active") if vals.get("active") is False else self.browse()
        done = super().write(vals)
        trusted(ends).ended_at = fields.Datetime.now()
        if vals.get("active"):
            trusted(self).ended_at = False
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused(self.env._("Promises have been made by this standard: archive it."))

    def _check_unused(self, words=""):
        # sudo: water.deadline - whose clocks run by it
        clocks = self.env["water.deadline"].sudo()
        if clocks.search_count([("standard_line_id", "in", self.line_ids.ids)], limit=1):
            edit = self.env._(
                "Promises have been made by this standard: make a new version and edit that."
            )
            raise UserError(words or edit)

    def action_new_version(self):
        """Copy the standard as its next version, in force from today, and open it."""
        self.ensure_one()
        newest = self.search([("code", "=", self.code)], order="version desc", limit=1)
        version = self.copy(
            {"version": newest.version + 1, "valid_from": self.company_id._water_today()}
        )
        return windows.form(version)

    @api.model
    @tools.ormcache()
    def _specs(self):
        """All standards that hold, or held until they were archived, most specific first."""
        # sudo: water.standard - clocks do not depend on who registers the case
        every = self.sudo().with_context(active_test=False)
        known = Domain("active", "=", True) | Domain("ended_at", "!=", False)
        standards = every.search(known & Domain("line_ids", "!=", False))
        return sorted(
            (standard._spec() for standard in standards), key=StandardSpec.rank, reverse=True
        )

    def _spec(self):
        path = self.category_id.parent_path or ""
        return StandardSpec(
            self._origin.id or math.inf,  # one that is being typed in is the newest
            self.case_model,
            self.category_id.id,
            self.severity,
            self.channel_id.id,
            self.customer_class,
            self.company_id.id,
            self.valid_from,
            self.version,
            path.count("/"),
            tuple(LineSpec.of(line) for line in self.line_ids),
            self.ended_at or None,
        )

    @api.model
    @tools.ormcache()
    def _endings(self):
        return [(spec.ended_at, spec.id) for spec in self._specs() if spec.ended_at]

    @api.model
    def _lines_for(self, case, office, moment):
        """Return the :class:`LineSpec` of the standard in force when ``case`` was received.

        :param office: calendar in whose time zone the day of receipt is told
        :param moment: standards archived later (naive UTC) hold for the case
        """
        zone = ZoneInfo(office.tz or "UTC")  # not the registrar's own
        day = case.received_at.replace(tzinfo=UTC).astimezone(zone).date()
        return self._lines_by_facts(
            case._name,
            case.company_id.id,
            case.severity,
            case.channel_id.id,
            case.account_id.customer_class,
            case.category_id.parent_path or "",
            day,
            tuple(number for ended_at, number in self._endings() if ended_at <= moment),
        )

    @api.model
    @tools.ormcache(
        *("model", "company_id", "severity", "channel_id", "customer_class", "parent_path"),
        *("day", "ended"),
    )
    def _lines_by_facts(
        self, model, company_id, severity, channel_id, customer_class, parent_path, day, ended=None
    ):
        facts = {"severity": severity, "channel_id": channel_id, "customer_class": customer_class}
        path = {int(part) for part in parent_path.split("/") if part}
        fitting = (
            spec.lines
            for spec in self._specs()
            if spec.fits(model, company_id, facts, path, day, ended)
        )
        return next(fitting, ())
