import hashlib
import json
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.water_complaints.archive import sealed_file, sealing
from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import trusted

from ..periods import after, before, first_day, midnight
from ..sources import COLUMNS, DIMENSIONS
from ..table import workbook
from .water_kpi import DEFINITION
from .water_kpi_line import EMPTY

KINDS = [("month", "Monthly"), ("quarter", "Quarterly"), ("year", "Yearly")]
LAST_YEAR = {"month": 12, "quarter": 4, "year": 1}
#: The last year that has one after it in the calendar.
LATEST = 9998
#: Members of the sealed file with the rows behind the figures, one for each side of a definition.
ROWS = "rows"
BASIS = "basis"
#: Key figures that need the calls of every day.
CALLS = "water.call.statistic"
REPORT = "water_quality.action_report_kpi_sheet"
#: One column on paper, two here so that they can be added up.
PARTS = ("numerator", "denominator")


class WaterKpiSheet(models.Model):
    """The key figures of a company in one period: drafted, checked and closed by two people.

    A draft is recounted at will. A closed one keeps its numbers, their definitions and the rows
    behind them in a sealed file; later findings become addenda with a reason, never another number.
    """

    _name = "water.kpi.sheet"
    _inherit = [
        "water.steps.mixin",
        "water.never.deleted.mixin",
        "water.anchored.file.mixin",
        "water.mixin",
    ]
    _description = "Sheet of Key Figures"
    _order = "period_start desc, kind, id desc"
    _settable_on_create = frozenset({"company_id"})

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

    basis = fields.Binary(attachment=True, readonly=True, copy=False, groups=fields.NO_ACCESS)

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
        return self.kind, self.period_start, self.company_id

    @api.onchange("kind", "period_start")
    def _onchange_period(self):
        if self.kind and self.period_start:
            self.period_start = first_day(self.kind, self.period_start)

    @api.model
    def _cron_draw_up(self):
        """Scheduled action: draft the sheets of the periods that have just ended."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for kind, _label in KINDS:
            run_each_isolated(companies, self._draw_up_last, kind)

    def _draw_up_last(self, company, kind):
        today = fields.Date.context_today(self.with_context(tz=company._water_tz()))
        start = before(kind, first_day(kind, today))
        values = {"company_id": company.id, "kind": kind, "period_start": start}
        sheet = self.search([(name, "=", value) for name, value in values.items()])
        sheet = sheet or self.create(values)
        if sheet.state == "draft":
            sheet.action_recount()

    def action_recount(self):
        """Recount the figures of a draft.

        :raises AccessError: except by supervisors, quality and managers
        :raises UserError: if the sheet is no draft
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
        """Replace the lines by the present count."""
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
        zone = self.company_id._water_tz()
        period = [
            ("company_id", "=", self.company_id.id),
            ("due_at", ">=", midnight(self.period_start, zone)),
            ("due_at", "<", midnight(self._end(), zone)),
            ("state", "in", ("running", "paused")),
        ]
        return self.env["water.deadline"].search([*period, *domain])

    def _sweep_limits(self):
        """Have the sweep handle ended limits it has not reached yet.

        Neither met nor missed, they would be counted in no period.
        """
        now = fields.Datetime.now()
        late = self._open_limits([("next_check_at", "<=", now)])
        if late:
            late.with_user(SUPERUSER_ID)._check_all(now)

    # -- checked and closed by two people ------------------------------------------------------

    def action_check(self):
        """Check every number as the first person; recount, and store the rows behind them.

        :raises AccessError: by anyone else
        :raises UserError: during the period, or while limits of it are provisional
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
        for sheet in trusted(self.sudo()):
            content = json.dumps(sheet._rows_behind(), separators=(",", ":")).encode()
            sheet._keep(BASIS, "basis.json", "application/json", content)
        return True

    def action_back_to_draft(self):
        """Take back a check; the rows stored with it are removed.

        :raises UserError: if the sheet is closed
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "checked":
                raise UserError(self.env._("Only a checked sheet becomes a draft again."))
        nobody = {"state": "draft", "checked_by_id": False, "checked_at": False}
        trusted(self.sudo()).write(nobody)
        for sheet in trusted(self.sudo()):
            sheet._files(BASIS).unlink()
        return True

    def action_close(self):
        """Close a sheet that another person has checked; it is read-only from now on.

        :raises AccessError: by anyone but managers
        :raises UserError: by the person who checked it
        """
        self.check_access("read")
        if not self._may_close():
            raise AccessError(self.env._("Managers close sheets of key figures."))
        for sheet in self:
            if sheet.state != "checked":
                raise UserError(self.env._("A sheet is checked before it is closed."))
            if sheet.checked_by_id == self.env.user:
                raise UserError(self.env._("The person who checked the sheet cannot close it."))
            sheet.sudo()._check_over()
            closed = {"closed_by_id": self.env.uid, "closed_at": fields.Datetime.now()}
            trusted(sheet.sudo()).write({"state": "closed", **closed})
            trusted(sheet.sudo())._seal()
        return True

    def _readers(self):
        return (SUPERVISOR, QUALITY, MANAGER)

    # -- kpi sealing ---------------------------------------------------------------------------
    # A closed sheet keeps numbers, definitions, and the ids of all rows behind them.
    #
    # The rows are stored by the check, at the moment of the count; closing packs them with the
    # numbers into a sealed file, which ``bin/verify-archive`` checks.

    def _rows_behind(self):
        """``{"code.side": {model, dimensions, rows}}`` of all figures, as they are now."""
        found = {}
        for kpi in self.line_ids.kpi_id:
            for side in kpi._sides().values():
                names, rows = kpi._grouped_ids(
                    side, self.company_id, self.period_start, self._end()
                )
                kept = {"model": side["model"], "dimensions": names, "rows": rows}
                found[f"{kpi.code}.{side['side']}"] = kept
        return found

    def _basis(self):
        """Return the rows as stored by the check."""
        if self.state == "closed":
            members = sealing.unpacked(self._content())
            return {
                name.removeprefix(f"{ROWS}/").removesuffix(".json"): json.loads(content)
                for name, content in members.items()
                if name.startswith(f"{ROWS}/")
            }
        return json.loads(self._files(BASIS).raw)

    def _seal(self):
        """Pack the closed sheet and keep the file; its SHA-256 stands on the sheet."""
        self.ensure_one()
        basis = json.loads(self._files(BASIS).raw)
        rows = [(f"{ROWS}/{name}.json", sealing.dump(kept)) for name, kept in sorted(basis.items())]
        first = [(sealed_file.CASE, sealing.dump(self._data())), (sealed_file.EVENTS, b"")]
        content, _manifest = sealing.seal(
            [*first, *rows],
            {
                "archive_number": f"KPI-{self.name}",
                "case": self.name,
                "company": self.company_id.name,
                "event_head": None,
                "event_count": 0,
            },
        )
        self.digest = hashlib.sha256(content).hexdigest()
        self._files(BASIS).unlink()
        self._keep("file", f"kpi-{self.name}.zip", "application/zip", content)

    def _data(self):
        """Return the sheet for machines: its numbers and their definitions."""
        return {
            "format": "water-kpi-sheet",
            "version": 1,
            "number": self.name,
            "company": self.company_id.name,
            "kind": self.kind,
            "begins": self.period_start.isoformat(),
            "ends": self.period_end.isoformat(),
            "checked_by": self.checked_by_id.name,
            "checked_at": f"{self.checked_at.isoformat()}Z",
            "closed_by": self.closed_by_id.name,
            "closed_at": f"{self.closed_at.isoformat()}Z",
            "missing": self.notes or "",
            "definitions": [self._definition(kpi) for kpi in self.line_ids.kpi_id],
            "figures": [self._figure(line) for line in self.line_ids],
        }

    def _definition(self, kpi):
        names = sorted(DEFINITION - {"company_id", "valid_from"})
        return {name: kpi[name] or "" for name in names} | {
            "name": kpi.name,
            "source": kpi.source or "",
            "valid_from": kpi.valid_from.isoformat(),
        }

    def _figure(self, line):
        dimension, record_id = line._key()
        return {
            "code": line.kpi_id.code,
            "version": line.kpi_id.version,
            "of": dimension,
            "id": record_id or 0,
            "name": line.scope,
            "numerator": line.numerator,
            "denominator": line.denominator,
            "value": None if line.is_empty else line.value,
            "target": line.target_id.target if line.target_id else None,
            "light": line.light or "",
        }

    # -- anchors -------------------------------------------------------------------------------

    def _touched_since(self, since):
        """Return all sheets: they are few, and closed long after they were made."""
        return SQL("SELECT id FROM %s WHERE digest IS NOT NULL", SQL.identifier(self._table))

    def _chain_name(self):
        """Return a name with the company, since all companies have sheets of the same name."""
        return f"{self.company_id.id}/{self.name}"

    # -- the files -----------------------------------------------------------------------------

    def _keep(self, field, name, mimetype, content):
        self._files(field).unlink()
        trusted(self.env["ir.attachment"].sudo()).create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
                "res_field": field,
            }
        )
        self.invalidate_recordset([field])

    def _files(self, field):
        place = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        files = trusted(self.env["ir.attachment"].sudo())
        return files.search([*place, ("res_field", "=", field)])

    def _content(self):
        return self.sudo()._files("file").raw

    def action_verify(self):
        """Check the sealed file against its digest, its own manifest and the anchors.

        :raises UserError: for a sheet that is not closed
        """
        self._check_role()
        for sheet in self:
            if sheet.state != "closed":
                raise UserError(self.env._("Only a closed sheet has a sealed file."))
            try:
                sealed_file.check(sheet._content() or b"", sheet.digest)
            except sealed_file.BadFile as error:
                return windows.message(f"{sheet.name}: {error}", "danger")
            if faults := sheet.sudo()._anchor_faults():
                return windows.message("\n".join(faults), "danger")
        return windows.message(self.env._("The sealed file is whole, as it was sealed."))

    # -- missing -------------------------------------------------------------------------------
    # Gaps in the data of the period, shown on the face of the sheet.

    def _missing(self):
        """Return what is unknown of the period, for the face of the sheet."""
        days = self.env[CALLS]._missing_days(self.company_id, self.period_start, self._end())
        months = self._months_of_accounts()
        missing = LAST_YEAR["month"] // LAST_YEAR[self.kind] - months
        return {"days": days, "accounts": not months, "months": months and missing}

    @api.depends("missing")
    @api.depends_context("lang")
    def _compute_notes(self):
        """A line for each thing that is missing, in the reader's language."""
        for sheet in self:
            missing, facts = sheet.missing or {}, []
            if missing.get("days"):
                words = self.env._("Calls: %s days of the period are not on record.")
                facts.append(words % missing["days"])
            if missing.get("accounts"):
                facts.append(
                    self.env._(
                        "Customer accounts of the period are not on record: no rates by them."
                    )
                )
            if missing.get("months"):
                words = self.env._("Customer accounts: %s months of the period are not on record.")
                facts.append(words % missing["months"])
            sheet.notes = "\n".join(facts)

    def _months_of_accounts(self):
        period = [("month", ">=", self.period_start), ("month", "<", self._end())]
        mine = [("company_id", "=", self.company_id.id), ("kind", "=", "accounts"), *period]
        return self.env["water.base.figure"]._read_group(mine, [], ["month:count_distinct"])[0][0]

    # -- output --------------------------------------------------------------------------------
    # Opening, printing and saving a sheet.

    def action_open_lines(self):
        """Open all figures of the sheet that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("water_quality.action_kpi_line")
        return {
            **action,
            "name": self.env._("Key Figures %s", self.name),
            "domain": [("sheet_id", "=", self.id)],
            "context": {"search_default_by_kpi": 1},
        }

    def action_print(self):
        """Print the sheet in the regulator's form.

        :raises UserError: for a sheet that was never counted
        """
        self._check_printed(REPORT)
        return self.env.ref(REPORT).report_action(self)

    def _check_printed(self, report_name):
        self.check_access("read")
        if not all(self.mapped("counted_at")):
            raise UserError(self.env._("Count the sheet first."))

    def action_save_table(self):
        """Save the figures that the reader may see as a file for spreadsheets."""
        self.ensure_one()
        self.check_access("read")
        url = f"/water/kpi/sheet/{self.id}/table"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_add(self):
        """Open the dialog that puts an addendum beside a closed figure."""
        self.ensure_one()
        self._check_role()
        return windows.dialog(
            "water.kpi.addendum",
            self.env._("Addendum"),
            {"water_sheet_id": self.id},
        )

    def _form_lines(self):
        return self.company_line_ids.sorted(lambda line: (line.sequence, line.id))

    def _form_rows(self):
        """Return the lines of the form: figures of the company with their remarks."""
        lines = self._form_lines()
        lights = dict(lines._fields["light"]._description_selection(self.env))
        return [
            {
                "code": line.kpi_id.code,
                "name": line.kpi_id.name,
                "parts": line.parts_text,
                "value": line.value_text,
                "target": line.target_text,
                "light": lights.get(line.light, "–"),
                "previous": line.previous_text,
                "last_year": line.last_year_text,
                "source": line.kpi_id.source or "",
            }
            for line in lines
        ]

    def _form_head(self):
        """The titles over :meth:`_form_rows`, in the same order."""
        return {
            "code": self.env._("No."),
            "name": self.env._("Key Figure"),
            "parts": self.env._("Numerator / Denominator"),
            "value": self.env._("This Period"),
            "target": self.env._("Target"),
            "light": self.env._("vs. Target"),
            "previous": self.env._("vs. Last Period"),
            "last_year": self.env._("vs. Last Year"),
            "source": self.env._("Source"),
        }

    def _form_facts(self):
        """Return who counted, checked and closed it, and when: ``[(label, text)]``."""
        local = self.with_context(tz=self.company_id._water_tz())

        def moment(at):
            return at and fields.Datetime.context_timestamp(local, at).strftime("%Y-%m-%d %H:%M")

        people = (
            (self.env._("Counted"), "", self.counted_at),
            (self.env._("Checked by"), self.checked_by_id.sudo().name, self.checked_at),
            (self.env._("Closed by"), self.closed_by_id.sudo().name, self.closed_at),
        )
        return [
            (label, " ".join(filter(None, (name, moment(at)))) or "–") for label, name, at in people
        ]

    # -- table ---------------------------------------------------------------------------------
    # The sheet as a file: the regulator's form, and a page for each way in which it is split.

    def _as_table(self):
        """Return ``(file name, bytes)`` with the figures that the user may read.

        :raises AccessError: if the user may not read the sheet
        :raises UserError: if it was never counted
        """
        self.ensure_one()
        self.check_access("read")
        if not self.counted_at:
            raise UserError(self.env._("Count the sheet first."))
        # by a search, which knows the rules of the reader; a one2many would be refused as a whole
        lines = self.env["water.kpi.line"].search([("sheet_id", "=", self.id)])
        labels = dict(lines._fields["dimension"]._description_selection(self.env))
        pages = [self._form_page()]
        for dimension in DIMENSIONS:
            part = lines.filtered(lambda line, name=dimension: line.dimension == name)
            if part:
                pages.append(self._part_page(labels[dimension], part))
        if self._addenda():
            pages.append(self._addenda_page())
        return f"kpi-{self.name}.xlsx", workbook(pages)

    def _form_page(self):
        head = self._table_head()
        above = [f"{self.company_id.sudo().name}  {self.name}"]
        above += [f"{label}: {text}" for label, text in self._form_facts()]
        above += (self.notes or "").splitlines()
        cells = [
            row | line._cells()
            for row, line in zip(self._form_rows(), self._form_lines(), strict=True)
        ]
        rows = [[row[name] for name in head] for row in cells]
        return self.env._("Key Figures"), above, list(head.values()), rows

    def _table_head(self):
        titles = (self.env._("Numerator"), self.env._("Denominator"))
        parts = dict(zip(PARTS, titles, strict=True))
        head = {}
        for name, title in self._form_head().items():
            head |= parts if name == "parts" else {name: title}
        return head

    def _part_page(self, label, lines):
        scopes = {line._key(): line.scope for line in lines}  # two people may have one name
        values = {(line.kpi_id, line._key()): line.kpi_id._cell(line._figure()) for line in lines}
        rows = [
            [kpi.code, kpi.name, *(values.get((kpi, key), EMPTY) for key in scopes)]
            for kpi in lines.kpi_id
        ]
        return label, [], [self.env._("No."), self.env._("Key Figure"), *scopes.values()], rows

    def _addenda(self):
        return self.env["water.kpi.addendum"].search([("sheet_id", "=", self.id)])

    def _addenda_page(self):
        head = [self.env._("Figure"), self.env._("As Closed")]
        head += [self.env._("As Counted Now"), self.env._("Reason")]
        rows = [
            [f"{row.line_id.kpi_id.display_name} · {row.line_id.scope}", *row._cells(), row.reason]
            for row in self._addenda()
        ]
        return self.env._("Addenda"), [], head, rows
