from odoo import api, fields, models

from ..sources import COLUMNS, DIMENSIONS
from ..table import Number

EMPTY = "–"
LIGHTS = [("met", "On target"), ("near", "Near target"), ("missed", "Off target")]


def plain(number):
    """Return a number without trailing zeros: ``12`` for 12.0, ``12.5`` for 12.50."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


#: How far a figure is from another one, with its sign.
DIFFERENCE = "+{0};−{0};±{0}"


def _form(value):
    """Return the format: whole numbers without a fraction, others with two digits."""
    return "#,##0" if value == int(value) else "#,##0.00"


def _number(value):
    return Number(value, _form(value))


class WaterKpiLine(models.Model):
    """One figure of a sheet: of the company, or of a department, zone, channel or user.

    Figures of a single user are read by that user and by the heads of their departments, and by
    managers.
    """

    _name = "water.kpi.line"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Figure of a Sheet"
    _order = "sheet_id desc, sequence, kpi_id, dimension, id"
    _rec_name = "kpi_id"
    _allow_sudo_commands = False

    sheet_id = fields.Many2one(
        "water.kpi.sheet", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    period_start = fields.Date(related="sheet_id.period_start", string="Begins")
    state = fields.Selection(related="sheet_id.state", string="Status")
    unit = fields.Selection(related="kpi_id.unit")
    kpi_id = fields.Many2one(
        "water.kpi", string="Figure", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    dimension = fields.Selection(
        [
            ("company", "Company"),
            ("department", "Department"),
            ("zone", "Supply zone"),
            ("channel", "Channel"),
            ("person", "Person"),
        ],
        string="Of",
        required=True,
        readonly=True,
    )
    department_id = fields.Many2one("water.department", readonly=True, ondelete="restrict")
    zone_id = fields.Many2one(
        "water.zone", string="Supply Zone", readonly=True, ondelete="restrict"
    )
    channel_id = fields.Many2one("water.channel", readonly=True, ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    scope = fields.Char(string="Whose", compute="_compute_scope")
    numerator = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    denominator = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    value = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    is_empty = fields.Boolean(readonly=True, help="No records in this period.")
    target_id = fields.Many2one(
        "water.kpi.target", string="Target Set", readonly=True, ondelete="restrict"
    )
    light = fields.Selection(LIGHTS, string="vs. Target", readonly=True)
    #: {"previous", "last_year": the figure of then, None for a dash} when this one was counted,
    #: regardless of later changes of the other sheet
    compared = fields.Json(readonly=True, export_string_translation=False)
    value_text = fields.Char(string="Figure in Words", compute="_compute_texts")
    parts_text = fields.Char(string="Numerator / Denominator", compute="_compute_texts")
    target_text = fields.Char(string="Target", compute="_compute_texts")
    previous_text = fields.Char(
        string="vs. Last Period", compute="_compute_texts", help="环比: the difference."
    )
    last_year_text = fields.Char(
        string="vs. Last Year", compute="_compute_texts", help="同比: the difference."
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Figures are counted by the system, not entered.")

    def _key(self):
        """Return the owner of the figure: ``(dimension, id)``, for the company ``("company",
        False)``.
        """
        return self.dimension, self[COLUMNS[self.dimension]].id if self._is_part() else False

    def _is_part(self):
        return self.dimension in DIMENSIONS

    @api.depends("dimension", "department_id", "zone_id", "channel_id", "user_id")
    @api.depends_context("lang")
    def _compute_scope(self):
        for line in self:
            whose = line[COLUMNS[line.dimension]] if line._is_part() else line.company_id
            line.scope = whose.sudo().display_name

    @api.depends("value", "is_empty", "target_id", "compared")
    def _compute_texts(self):
        # sudo: water.kpi.target - readers of the line may read its target
        for line in self.sudo():
            kpi, target = line.kpi_id, line.target_id
            is_number = kpi.unit == "number"
            line.value_text = kpi._written(line._figure())
            line.parts_text = plain(line.numerator)
            if not is_number:
                line.parts_text += f" / {plain(line.denominator)}"
            sign = {"up": "≥ ", "down": "≤ "}.get(kpi.direction, "")
            line.target_text = sign + kpi._written(target.target) if target else EMPTY
            compared = line.compared or {}
            line.previous_text = line._difference(compared.get("previous"))
            line.last_year_text = line._difference(compared.get("last_year"))

    def _figure(self):
        return None if self.is_empty else self.value

    def _difference(self, other):
        """Return the signed difference to another figure; a dash if one is missing."""
        if other is None or self.is_empty:
            return EMPTY
        difference = round(self.value - other, 2)
        sign = "+" if difference > 0 else "−" if difference < 0 else "±"
        points = self.env._("points") if self.kpi_id.unit == "percent" else ""
        return f"{sign}{plain(abs(difference))} {points}".strip()

    # -- details of a number -------------------------------------------------------------------

    def action_open_numerator(self):
        """Open the rows that count in the numerator, as they counted."""
        return self._open(part=True)

    def action_open_denominator(self):
        """Open the rows that count in the denominator, as they counted."""
        return self._open(part=False)

    def _open(self, part):
        self.ensure_one()
        self.check_access("read")
        # sudo: water.kpi.sheet - ids alone; opening rows follows the reader's rules
        side, ids = self.sudo()._behind(part)
        title = f"{self.kpi_id.display_name} · {self.scope}"
        action = {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": side["model"],
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"create": False},
        }
        return action

    def _behind(self, part):
        """``(side, ids)`` behind the number: those of the sealed file once the sheet is checked."""
        sheet, kpi = self.sheet_id, self.kpi_id
        sides = list(kpi._sides().values())
        side = sides[0] if part else sides[-1]
        if sheet.state == "draft":
            return side, kpi._row_ids(
                side, *self._key(), sheet.company_id, sheet.period_start, sheet._end(), part
            )
        kept = sheet._basis()[f"{kpi.code}.{side['side']}"]
        dimension, record_id = self._key()
        place = kept["dimensions"].index(dimension) if self._is_part() else None
        found = []
        for ids, inside, rest in kept["rows"]:
            if place is None or ids[place] == record_id:
                found += inside if part else inside + rest
        return side, sorted(found)

    # -- table ---------------------------------------------------------------------------------
    # A line as text and as cells to calculate with.

    def _cells(self):
        """``{column of the form: cell}`` of all that is a number."""
        kpi, compared = self.kpi_id, self.compared or {}
        sign = {"up": "≥ ", "down": "≤ "}.get(kpi.direction, "")
        # sudo: water.kpi.target - readers of the line may read its target
        target = self.sudo().target_id
        return {
            "numerator": _number(self.numerator),
            "denominator": "" if kpi.unit == "number" else _number(self.denominator),
            "value": kpi._cell(self._figure()),
            "target": kpi._cell(target.target, sign) if target else EMPTY,
            "previous": self._difference_cell(compared.get("previous")),
            "last_year": self._difference_cell(compared.get("last_year")),
        }

    def _difference_cell(self, other):
        """Return the difference to another figure; in points for percentages."""
        if other is None or self.is_empty:
            return EMPTY
        difference = round(self.value - other, 2)
        return Number(difference, DIFFERENCE.format(_form(difference)))
