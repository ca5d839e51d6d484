from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.fields import Domain

from .water_category import SEVERITIES


class LineSpec(NamedTuple):
    """A clock as a standard promises it, free of the ORM."""

    id: int
    kind: str
    amount: float
    unit: str
    calendar_id: int
    start_on: str
    warn_percent: int


class StandardSpec(NamedTuple):
    """A standard in force, free of the ORM: matched without queries."""

    case_model: str
    category_id: int
    severity: str
    channel_id: int
    company_id: int
    valid_from: object
    version: int
    depth: int
    lines: tuple

    def fits(self, model, company_id, facts, category_path, day):
        """Whether the standard covers a case.

        :param facts: ``{"severity": …, "channel_id": …}`` of the case
        :param category_path: ids of the case's category and its families
        :param day: date of receipt
        """
        return (
            self.case_model == model
            and self.valid_from <= day
            and self.company_id in (False, company_id)
            and self.severity in (False, facts["severity"])
            and self.channel_id in (False, facts["channel_id"])
            and (not self.category_id or self.category_id in category_path)
        )

    def rank(self):
        """The most specific standard wins, then the newest version."""
        return (
            self.depth,
            bool(self.severity),
            bool(self.channel_id),
            bool(self.company_id),
            self.valid_from,
            self.version,
        )


class WaterStandard(models.Model):
    """A service standard (SLA): which cases, which clocks, how long (S3.1.2a)."""

    _name = "water.standard"
    _description = "Service Standard"
    _order = "case_model, sequence, code, version desc"
    _rec_names_search = ["code", "name"]

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
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    valid_from = fields.Date(required=True, default=fields.Date.context_today)
    version = fields.Integer(default=1, required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    line_ids = fields.One2many("water.standard.line", "standard_id", string="Clocks", copy=True)

    _version_uniq = models.Constraint(
        "UNIQUE (code, version)", "This version of the standard exists already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _specs(self):
        """All active standards as plain values, most specific first."""
        # sudo: water.standard - clocks do not depend on who registers the case
        standards = self.sudo().search(Domain("line_ids", "!=", False))
        return sorted(
            (standard._spec() for standard in standards), key=StandardSpec.rank, reverse=True
        )

    def _spec(self):
        path = self.category_id.parent_path or ""
        return StandardSpec(
            self.case_model,
            self.category_id.id,
            self.severity,
            self.channel_id.id,
            self.company_id.id,
            self.valid_from,
            self.version,
            path.count("/"),
            tuple(line._spec() for line in self.line_ids),
        )

    @api.model
    def _lines_for(self, case, office):
        """The clocks of the standard that covers ``case``, in force when it was received.

        :param case: one case record
        :param office: calendar of its company, in whose time zone the day of receipt is told
        :return: tuple of :class:`LineSpec`, empty when no standard fits
        """
        facts = {"severity": case.severity, "channel_id": case.channel_id.id}
        path = {int(part) for part in (case.category_id.parent_path or "").split("/") if part}
        local = case.with_context(tz=office.tz)  # not the registrar's own zone
        day = fields.Datetime.context_timestamp(local, case.received_at).date()
        for spec in self._specs():
            if spec.fits(case._name, case.company_id.id, facts, path, day):
                return spec.lines
        return ()
