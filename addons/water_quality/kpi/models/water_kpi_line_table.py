from odoo import models

from ..table import Number
from .water_kpi_line import EMPTY

#: How far a figure is from another one, with its sign.
DIFFERENCE = "+{0};−{0};±{0}"


def _form(value):
    """Whole numbers without a fraction, others with two digits."""
    return "#,##0" if value == int(value) else "#,##0.00"


def _number(value):
    return Number(value, _form(value))


class WaterKpi(models.Model):
    _inherit = "water.kpi"

    def _cell(self, value, sign=""):
        """A figure as a number for spreadsheets; a dash for none.

        :param sign: what stands before it, such as ``≥``
        """
        if value is None:
            return EMPTY
        before = f'"{sign}"' if sign else ""
        if self.unit == "percent":
            return Number(round(value / 100, 4), f"{before}0.00%")
        return Number(value, before + _form(value))


class WaterKpiLine(models.Model):
    """What a line says in words, as cells that can be counted with."""

    _inherit = "water.kpi.line"

    def _cells(self):
        """``{column of the form: cell}`` of all that is a number."""
        kpi, compared = self.kpi_id, self.compared or {}
        sign = {"up": "≥ ", "down": "≤ "}.get(kpi.direction, "")
        # sudo: water.kpi.target - for whoever reads the line
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
        """How far the figure is from another one; of percentages in points."""
        if other is None or self.is_empty:
            return EMPTY
        difference = round(self.value - other, 2)
        return Number(difference, DIFFERENCE.format(_form(difference)))


class WaterKpiAddendum(models.Model):
    _inherit = "water.kpi.addendum"

    def _cells(self):
        """The figure as it was closed, and as it is counted now."""
        line, counted = self.line_id, (self.numerator, self.denominator)
        return line.kpi_id._cell(line._figure()), line.kpi_id._cell(line.kpi_id._value(*counted))
