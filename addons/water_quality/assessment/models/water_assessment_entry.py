from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.turns import hold
from odoo.addons.water_service_desk.base.words import said

from .water_assessment_scheme import KINDS, REWARDS


class WaterAssessmentEntry(models.Model):
    """A line of the ledger: a deduction or a reward, with the case it follows from.

    The system drafts them from what is final; quality and managers enter others with a reason,
    while the assessment is a draft. None is edited: an objection strikes it out.
    """

    _name = "water.assessment.entry"
    _inherit = ["water.assessed.mixin", "water.kept.mixin"]
    _description = "Deduction or Reward Entered"
    _order = "assessment_id desc, line_id, kind, id"
    _rec_name = "about"
    _dossier = False

    line_id = fields.Many2one(
        "water.assessment.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    assessment_id = fields.Many2one(
        "water.assessment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    assessment_state = fields.Selection(
        related="assessment_id.state", string="State of the Assessment", store=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    points = fields.Float(
        required=True, readonly=True, digits=(6, 2), help="Negative: taken away.", aggregator="sum"
    )
    happened_at = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True, help="Why somebody entered it by hand.")
    state = fields.Selection(
        [("counts", "Counts"), ("struck", "Entry voided"), ("dropped", "Not Final any More")],
        required=True,
        readonly=True,
        default="counts",
        index=True,
    )
    can_object = fields.Boolean(compute="_compute_can_object", export_string_translation=False)

    _source_uniq = models.UniqueIndex(
        "(line_id, kind, source) WHERE source IS NOT NULL", "This is entered already."
    )

    @api.depends("state", "line_id.objection_until")
    @api.depends_context("uid")
    def _compute_can_object(self):
        for row in self:
            line = row.line_id.sudo()
            until = line.objection_until
            open_now = line.state == "open" and until and fields.Datetime.now() <= until
            row.can_object = bool(open_now) and row.state == "counts" and line._is_own()

    @api.model_create_multi
    def create(self, vals_list):
        """Enter by hand what no finding of the system says, with its reason.

        :raises AccessError: by anybody but quality and managers, and on oneself
        :raises UserError: outside a draft, without a reason
        """
        if is_trusted(self.env):
            return super().create(vals_list)
        rows = [self._entered(vals) for vals in vals_list]
        entries = super(WaterAssessmentEntry, trusted(self.sudo())).create(rows)
        entries.assessment_id._score()
        return entries.with_env(self.env)

    @api.model
    def _entered(self, vals):
        """The values of an entry by hand, after the checks."""
        given = vals.get("line_id")
        line = self.env["water.assessment.line"].browse(given if isinstance(given, int) else [])
        line = line.exists()
        line.check_access("read")
        kind, reason = vals.get("kind"), vals.get("reason")
        hold(line.assessment_id)
        if not line or line.state != "draft":
            raise UserError(self.env._("Entries are made while the assessment is a draft."))
        if not said(reason) or kind not in dict(KINDS):
            raise UserError(self.env._("Give the kind and the reason."))
        about = vals.get("about")
        whose = {"department_id": line.department_id.id, "user_id": line.user_id.id}
        draft = self.new({**whose, "company_id": line.company_id.id})
        draft._check_decides()
        points = self._points(line, kind, vals.get("points"))
        values = {"line_id": line.id, "assessment_id": line.assessment_id.id, "kind": kind}
        values |= {"reason": reason, "points": points, **whose}
        values |= {"about": about if isinstance(about, str) else False}
        return {**values, "company_id": line.company_id.id, "happened_at": fields.Datetime.now()}

    @api.model
    def _points(self, line, kind, given):
        """Signed points: those of the scheme, or as somebody gives them where it has none."""
        rule = line.sudo().assessment_id.scheme_id.rule_ids.filtered(lambda row: row.kind == kind)
        if rule:
            return rule.points if kind in REWARDS else -rule.points
        if not isinstance(given, int | float) or not given:
            raise UserError(self.env._("The scheme has no points for it: give them."))
        return given

    def _barred(self):
        """Beside the assessed: whoever entered it, and who decided on the finding behind it."""
        entry = self.sudo()
        people = super()._barred()
        if not entry.source and isinstance(entry.id, int):
            people |= entry.create_uid
        finding = self.env["water.false.completion"].sudo()._of_source(entry.source)
        return people | finding.decided_by_id | finding.second_by_id

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(self.env._("An entry is not edited; an objection strikes it out."))
        return super().write(vals)

    def action_object(self):
        """Open the dialog in which the assessed objects to the entry."""
        self.ensure_one()
        return self.line_id._object({"default_entry_id": self.id})
