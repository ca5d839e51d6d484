from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows

from ...kpi.table import Number

EMPTY = "–"
ORDER = "water_quality.action_report_assessment_order"


class WaterAssessmentLine(models.Model):
    """The result of one department or user in a period: score, rank, stars.

    After publication users read their own, heads those of their department; quality and managers
    read all.
    """

    _name = "water.assessment.line"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Assessed"
    _order = "assessment_id desc, rank, id"
    _rec_name = "whose"
    _rec_names_search = ("department_id", "user_id")

    assessment_id = fields.Many2one(
        "water.assessment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    department_id = fields.Many2one(
        "water.department", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    whose = fields.Char(compute="_compute_whose")
    state = fields.Selection(related="assessment_id.state", string="Status", store=True)
    objection_until = fields.Datetime(related="assessment_id.objection_until")
    result_ids = fields.One2many(
        "water.assessment.result", "line_id", string="Figures Assessed", readonly=True
    )
    entry_ids = fields.One2many("water.assessment.entry", "line_id", readonly=True)
    objection_ids = fields.One2many("water.assessment.objection", "line_id", readonly=True)
    addendum_ids = fields.One2many("water.assessment.addendum", "line_id", readonly=True)
    is_empty = fields.Boolean(readonly=True, help="None of the figures was counted.")
    base = fields.Float(string="By Figures", readonly=True, digits=(6, 2), aggregator=None)
    deducted = fields.Float(string="Deductions", readonly=True, digits=(6, 2), aggregator=None)
    rewarded = fields.Float(string="Rewards", readonly=True, digits=(6, 2), aggregator=None)
    score = fields.Float(readonly=True, digits=(6, 2), aggregator=None)
    score_text = fields.Char(string="Score in Words", compute="_compute_score_text")
    rank = fields.Integer(readonly=True, aggregator=None)
    stars = fields.Integer(readonly=True, aggregator=None)
    is_noticed = fields.Boolean(string="Notice of Criticism", readonly=True)
    is_ordered = fields.Boolean(string="Supervision Order", readonly=True)

    _whose_uniq = models.UniqueIndex(
        "(assessment_id, COALESCE(department_id, 0), COALESCE(user_id, 0))",
        "Each person or department is assessed once per period.",
    )

    @api.depends("department_id", "user_id")
    @api.depends_context("lang")
    def _compute_whose(self):
        for line in self:
            line.whose = (line.user_id or line.department_id).sudo().display_name

    @api.depends("score", "is_empty", "addendum_ids.points", "addendum_ids.second_by_id")
    def _compute_score_text(self):
        for line in self:
            line.score_text = EMPTY if line.is_empty else f"{line._score_now():.2f}"

    def _score_now(self):
        return max(0, self.score + self._added())

    def _added(self):
        agreed = self.sudo().addendum_ids.filtered("second_by_id")
        return sum(agreed.mapped("points"))

    @api.model
    def _readonly_message(self):
        return self.env._("Scores are counted by the system, not entered.")

    def _is_own(self):
        """Return whether the user is the person assessed, or heads the department assessed."""
        line = self.sudo()
        return self.env.user in (line.user_id | line.department_id.manager_id)

    # -- assessment objection ------------------------------------------------------------------

    def _object(self, known):
        self.ensure_one()
        self.check_access("read")
        known = {"default_line_id": self.id, **known}
        return windows.dialog("water.assessment.objection", self.env._("Object"), known)

    # -- assessment output ---------------------------------------------------------------------

    def _check_printed(self, report_name):
        """Allow printing the order (督办单) only for a failed line of a confirmed assessment.

        :raises UserError: otherwise
        """
        self.assessment_id._check_confirmed()
        if not all(self.mapped("is_ordered")):
            raise UserError(self.env._("The score asks for no supervision order."))

    def action_print_order(self):
        """Print the supervision order (督办单)."""
        self._check_printed(ORDER)
        return self.env.ref(ORDER).report_action(self)

    def action_enter(self):
        """Open the dialog of an entry by hand, while the assessment is a draft."""
        self.ensure_one()
        self.assessment_id._check_keeps()
        known = {"default_line_id": self.id}
        return windows.dialog("water.assessment.entry", self.env._("New Entry"), known)

    def action_add(self):
        """Open the dialog of an addendum."""
        self.ensure_one()
        self.assessment_id._check_confirmed()
        known = {"default_line_id": self.id}
        return windows.dialog("water.assessment.addendum", self.env._("Addendum"), known)

    def _table_row(self):
        numbers = (self.base, -self.deducted, self.rewarded, self._added())
        numbers += (self._score_now(),)
        # avoid -0.00
        cells = [EMPTY if self.is_empty else Number(number or 0, "0.00") for number in numbers]
        return [self.rank or EMPTY, self.whose, *cells, self.stars or EMPTY]

    def _weak_results(self):
        """Return the figures that cost points, the most expensive first."""
        rows = self.result_ids.filtered(lambda row: row._counts() and row.share < 100)
        return rows.sorted(lambda row: row.points - row.weight)

    def _counted_entries(self):
        agreed = self.sudo().addendum_ids.filtered("second_by_id")
        back = {row: sum(rows.mapped("points")) for row, rows in agreed.grouped("entry_id").items()}
        return self.entry_ids.filtered(
            lambda row: row.state == "counts" and row.points + back.get(row.sudo(), 0) < 0
        )


class WaterAssessmentResult(models.Model):
    """One figure of an assessment, with its score."""

    _name = "water.assessment.result"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Figure of an Assessment"
    _order = "line_id, id"
    _rec_name = "kpi_id"

    line_id = fields.Many2one(
        "water.assessment.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kpi_id = fields.Many2one(
        "water.kpi", string="Figure", required=True, readonly=True, ondelete="restrict"
    )
    kpi_line_id = fields.Many2one("water.kpi.line", readonly=True, ondelete="set null")
    weight = fields.Float(readonly=True, digits=(6, 2), aggregator=None)
    value = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    is_empty = fields.Boolean(readonly=True)
    is_left_out = fields.Boolean(
        string="Left out", readonly=True, help="An objection to this figure was allowed."
    )
    value_text = fields.Char(string="Value in Words", compute="_compute_texts")
    share = fields.Float(string="Worth (%)", readonly=True, digits=(6, 2), aggregator=None)
    points = fields.Float(readonly=True, digits=(6, 2), aggregator=None)
    points_text = fields.Char(string="Points in Words", compute="_compute_texts")

    @api.depends("value", "is_empty", "points", "is_left_out")
    def _compute_texts(self):
        for row in self:
            kpi = row.kpi_id.sudo()
            row.value_text = kpi._written(None if row.is_empty else row.value)
            row.points_text = f"{row.points:.2f}" if row._counts() else EMPTY

    def _counts(self):
        return not (self.is_empty or self.is_left_out)

    @api.model
    def _readonly_message(self):
        return self.env._("Scores are counted by the system, not entered.")

    # -- assessment objection ------------------------------------------------------------------

    def action_object(self):
        """Open the dialog in which the assessed objects to the figure."""
        self.ensure_one()
        return self.line_id._object({"default_result_id": self.id})
