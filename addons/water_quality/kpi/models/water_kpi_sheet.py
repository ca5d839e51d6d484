from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted

from ..periods import after, before, first_day, midnight
from ..sources import COLUMNS

KINDS = [("month", "Monthly"), ("quarter", "Quarterly"), ("year", "Yearly")]
LAST_YEAR = {"month": 12, "quarter": 4, "year": 1}
#: The last year that has one after it in the calendar.
LATEST = 9998


class WaterKpiSheet(models.Model):
    """The key figures of a company in one period: drawn up, checked and closed by two people.

    A draft is counted as often as somebody likes. A closed one keeps its numbers, the definitions
    they went by and the rows behind them in a sealed file; what turns out later is an addendum
    with its reason, never another number.
    """

    _name = "water.kpi.sheet"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin"]
    _description = "Sheet of Key Figures"
    _order = "period_start desc, kind, id desc"
    _given_at_birth = frozenset({"company_id"})

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind = fields.Selection(KINDS, string="Rhythm", required=True, default="month")
    period_start = fields.Date(
        string="Begins", required=True, help="Any day of the period; its first day is kept."
    )
    period_end = fields.Date(
        string="Ends", compute="_compute_period_end", store=True, help="Its last day."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("checked", "Checked"), ("closed", "Final")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    line_ids = fields.One2many("water.kpi.line", "sheet_id", string="Figures", readonly=True)
    company_line_ids = fields.One2many(
        "water.kpi.line",
        "sheet_id",
        string="Figures of the Company",
        domain=[("dimension", "=", "company")],
        readonly=True,
    )
    addendum_ids = fields.One2many(
        "water.kpi.addendum", "sheet_id", string="Addenda", readonly=True, copy=False
    )
    counted_at = fields.Datetime(string="Counted at", readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", string="Checked by", readonly=True, copy=False)
    checked_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", string="Closed by", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    missing = fields.Json(readonly=True, copy=False, help="What was not known when it was counted.")
    notes = fields.Text(
        string="What Is Missing",
        compute="_compute_notes",
        help="Printed on the face of the sheet.",
    )
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the sealed file: sha256sum and bin/verify-archive show the same.",
    )
    file = fields.Binary(string="Sealed File", attachment=True, readonly=True, copy=False)
    file_name = fields.Char(compute="_compute_file_name")
    can_count = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_check = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_close = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, kind, period_start)", "There is a sheet of this period already."
    )

    # -- computes ------------------------------------------------------------------------------

    @api.depends("kind", "period_start")
    def _compute_period_end(self):
        for sheet in self:
            start = sheet.period_start
            start = start and start.year <= LATEST and start
            sheet.period_end = start and after(sheet.kind, start) - timedelta(days=1)

    @api.depends("kind", "period_start", "company_id")
    def _compute_name(self):
        for sheet in self:
            start = sheet.period_start or sheet.company_id._water_today()
            part = {
                "month": f"{start:%Y-%m}",
                "quarter": f"{start:%Y}-Q{(start.month + 2) // 3}",
                "year": f"{start:%Y}",
            }
            sheet.name = part[sheet.kind]

    @api.depends("name", "digest")
    def _compute_file_name(self):
        for sheet in self:
            sheet.file_name = sheet.digest and f"kpi-{sheet.name}.zip"

    @api.depends("state", "checked_by_id", "period_start", "kind", "counted_at")
    @api.depends_context("uid")
    def _compute_can(self):
        for sheet in self:
            sheet.can_count = sheet.state == "draft" and self._is_manager()
            over = bool(sheet.period_start) and sheet._is_over()
            sheet.can_check = sheet.can_count and bool(sheet.counted_at) and over
            second = self.env.user != sheet.checked_by_id
            sheet.can_close = sheet.state == "checked" and second and self._may_close()

    def _may_close(self):
        return self.env.su or self.env.user.has_group(MANAGER)

    @api.constrains("kind", "period_start")
    def _check_begins(self):
        for sheet in self:
            if sheet.period_start.year > LATEST:
                raise ValidationError(self.env._("There is no such period."))
            if sheet.period_start != first_day(sheet.kind, sheet.period_start):
                raise ValidationError(self.env._("A period begins with its first day."))

    @api.model
    def _settled_message(self):
        return self.env._("A checked or closed sheet is not edited; see its buttons.")

    # -- drawing up ----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A sheet begins with the first day of its period, whichever day was given."""
        for vals in vals_list:
            day = fields.Date.to_date(vals.get("period_start"))
            kind = vals.get("kind") or "month"
            if day and kind in dict(KINDS):
                vals["period_start"] = first_day(kind, day)
        return super().create(vals_list)

    def write(self, vals):
        """Empty a draft that is moved to another period: its figures are of the one before."""
        before = {sheet: sheet._period() for sheet in self}
        done = super().write(vals)
        moved = self.filtered(lambda sheet: sheet._period() != before[sheet])
        if moved:
            trusted(moved.sudo())._empty()
        return done

    def _empty(self):
        """Remove the figures, also those of single people.

        The cached ``line_ids`` of a reader lacks lines that record rules hide, so search.
        """
        self.env["water.kpi.line"].search([("sheet_id", "in", self.ids)]).unlink()
        self.write({"counted_at": False, "missing": False})

    def _period(self):
        """Return what the figures are of."""
        return self.kind, self.period_start, self.company_id

    @api.onchange("kind", "period_start")
    def _onchange_period(self):
        if self.kind and self.period_start:
            self.period_start = first_day(self.kind, self.period_start)

    @api.model
    def _cron_draw_up(self):
        """Scheduled action: the sheets of the periods that have just ended, as drafts."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for kind, _label in KINDS:
            each_apart(companies, self._draw_up_last, kind)

    def _draw_up_last(self, company, kind):
        """Draw up what was last over of a kind, or count it anew while it is a draft."""
        today = fields.Date.context_today(self.with_context(tz=company._water_tz()))
        start = before(kind, first_day(kind, today))
        values = {"company_id": company.id, "kind": kind, "period_start": start}
        sheet = self.search([(name, "=", value) for name, value in values.items()])
        sheet = sheet or self.create(values)
        if sheet.state == "draft":
            sheet.action_recount()

    def action_recount(self):
        """Count the figures of a draft anew.

        :raises AccessError: by anybody but supervisors, quality and managers
        :raises UserError: for a sheet that is no draft
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "draft":
                raise UserError(self.env._("Only a draft is counted anew."))
            sheet._draw_up()
        return True

    def _check_role(self):
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(
                self.env._("Supervisors, quality and managers keep the sheets of key figures.")
            )

    def _draw_up(self):
        """Replace the lines by what is counted now."""
        sheet = trusted(self.sudo())
        sheet._empty()
        kpis = sheet.env["water.kpi"]._in_force(sheet.company_id, sheet.period_end)
        earlier = sheet._lines_before(before(sheet.kind, sheet.period_start))
        year = sheet._lines_before(fields.Date.subtract(sheet.period_start, years=1))
        rows = []
        for kpi in kpis:
            target = kpi._target(sheet.company_id, sheet.period_end)
            for key, pair in sheet._counted(kpi).items():
                then = {
                    "previous": earlier.get((kpi.code, *key)),
                    "last_year": year.get((kpi.code, *key)),
                }
                rows.append(sheet._line_values(kpi, target, key, pair) | {"compared": then})
        sheet.env["water.kpi.line"].create(rows)
        sheet.write({"counted_at": fields.Datetime.now(), "missing": sheet._missing()})

    def _counted(self, kpi):
        """What one figure of the period is, of the company also where nothing was counted."""
        found = kpi._count(self.company_id, self.period_start, self._end())
        return {("company", False): (0, 0)} | found

    def _end(self):
        return after(self.kind, self.period_start)

    def _line_values(self, kpi, target, key, pair):
        dimension, record_id = key
        numerator, denominator = pair
        value = kpi._value(numerator, denominator)
        return {
            "sheet_id": self.id,
            "company_id": self.company_id.id,
            "kpi_id": kpi.id,
            "sequence": kpi.sequence,
            "dimension": dimension,
            COLUMNS.get(dimension, "zone_id"): record_id,
            "numerator": numerator,
            "denominator": denominator,
            "is_empty": value is None,
            "value": value or 0,
            "target_id": target.id,
            "light": False if value is None else target._light(value),
        }

    def _lines_before(self, start):
        """``{(code, dimension, id): figure}`` of the sheet of the period that began on a day."""
        lines = self.env["water.kpi.line"].search_fetch(
            [
                ("sheet_id.company_id", "=", self.company_id.id),
                ("sheet_id.kind", "=", self.kind),
                ("sheet_id.period_start", "=", start),
            ],
            ["kpi_id", "dimension", "value", "is_empty", *COLUMNS.values()],
        )
        return {(line.kpi_id.code, *line._key()): line._figure() for line in lines}

    # -- whether it is over --------------------------------------------------------------------

    def _is_over(self):
        """Whether the period has ended, by the company's clock."""
        return self.company_id._water_today() >= self._end()

    def _check_over(self):
        """Refuse while the period runs, or limits in it may still move."""
        if not self._is_over():
            raise UserError(
                self.env._(
                    "The period runs until %s. A sheet is checked and closed after it.",
                    fields.Date.to_string(self.period_end),
                )
            )
        self._sweep_limits()
        waiting = len(self._open_limits([("provisional", "=", True)]))
        if waiting:
            raise UserError(
                self.env._(
                    "%s time limits of the period are provisional. Load the holidays of the year"
                    " first.",
                    waiting,
                )
            )

    def _open_limits(self, domain):
        """Limits of the period that are neither met nor missed yet."""
        zone = self.company_id._water_tz()
        period = [
            ("company_id", "=", self.company_id.id),
            ("due_at", ">=", midnight(self.period_start, zone)),
            ("due_at", "<", midnight(self._end(), zone)),
            ("state", "in", ("running", "paused")),
        ]
        return self.env["water.deadline"].search([*period, *domain])

    def _sweep_limits(self):
        """Have the sweep look at limits that ended and that it has not come to yet.

        They would be counted in no period at all: neither met nor missed now, and due in this one.
        """
        now = fields.Datetime.now()
        late = self._open_limits([("next_check_at", "<=", now)])
        if late:
            late.with_user(SUPERUSER_ID)._check_all(now)

    # -- checked and closed by two people ------------------------------------------------------

    def action_check(self):
        """Somebody who keeps figures has looked at every number, counted once more.

        :raises AccessError: by anybody else
        :raises UserError: while the period runs or limits of it are provisional
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "draft":
                raise UserError(self.env._("Only a draft is checked."))
            sheet.sudo()._check_over()
            sheet._draw_up()
            trusted(sheet.sudo()).write(
                {
                    "state": "checked",
                    "checked_by_id": self.env.uid,
                    "checked_at": fields.Datetime.now(),
                }
            )
        return True

    def action_back_to_draft(self):
        """What was checked has turned out wrong: count again.

        :raises UserError: for a closed sheet
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "checked":
                raise UserError(self.env._("Only a checked sheet becomes a draft again."))
        nobody = {"state": "draft", "checked_by_id": False, "checked_at": False}
        trusted(self.sudo()).write(nobody)
        return True

    def action_close(self):
        """A manager closes what somebody else has checked; from now on no number moves.

        :raises AccessError: by anybody but managers
        :raises UserError: by whoever checked it
        """
        self.check_access("read")
        if not self._may_close():
            raise AccessError(self.env._("Managers close sheets of key figures."))
        for sheet in self:
            if sheet.state != "checked":
                raise UserError(self.env._("A sheet is checked before it is closed."))
            if sheet.checked_by_id == self.env.user:
                raise UserError(self.env._("Whoever checked the sheet does not close it."))
            sheet.sudo()._check_over()
            closed = {"closed_by_id": self.env.uid, "closed_at": fields.Datetime.now()}
            trusted(sheet.sudo()).write({"state": "closed", **closed})
            trusted(sheet.sudo())._seal()
        return True

    def _readers(self):
        """The groups that read all figures but those of single people."""
        return (SUPERVISOR, QUALITY, MANAGER)
