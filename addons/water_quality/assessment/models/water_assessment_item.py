from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.locks import force_conflict


class WaterAssessmentItem(models.Model):
    """A key figure in a scheme: its weight, and how its values score.

    Without steps the figure scores all of its weight from its target on, and 0 below.
    """

    _name = "water.assessment.item"
    _inherit = ["water.assessment.scheme.part", "water.mixin"]
    _description = "Item of an Assessment"
    _order = "scheme_id, sequence, id"
    _rec_name = "kpi_id"

    scheme_id = fields.Many2one(
        "water.assessment.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kpi_id = fields.Many2one(
        "water.kpi", string="Figure", required=True, ondelete="restrict", index=True
    )
    weight = fields.Float(required=True, digits=(6, 2))
    target = fields.Float(required=True, digits=(16, 2))
    step_ids = fields.One2many("water.assessment.step", "item_id", string="Steps", copy=True)
    steps_text = fields.Char(string="Steps in Words", compute="_compute_steps_text")

    _kpi_uniq = models.Constraint("UNIQUE (scheme_id, kpi_id)", "This figure has its item already.")
    _weight_sane = models.Constraint("CHECK (weight > 0)", "A weight must be above 0.")

    @api.depends("step_ids.begins", "step_ids.ends", "step_ids.is_open", "step_ids.share")
    def _compute_steps_text(self):
        for item in self:
            item.steps_text = "; ".join(
                f"{step._span_text()}: {step.share:g} %" for step in item.step_ids
            )

    @api.constrains("step_ids")
    def _check_steps(self):
        """No value falls into two steps."""
        for item in self:
            rows = item.step_ids.sorted("begins")
            for lower, upper in pairwise(rows):
                if lower.is_open or lower.ends > upper.begins:
                    raise ValidationError(
                        self.env._(
                            "%(item)s: the steps %(lower)s and %(upper)s overlap.",
                            item=item.kpi_id.name,
                            lower=lower._span_text(),
                            upper=upper._span_text(),
                        )
                    )

    def _share(self, value):
        if not self.step_ids:
            sign = -1 if self.kpi_id.direction == "down" else 1
            return 100 if sign * value >= sign * self.target else 0
        fits = self.step_ids.filtered(
            lambda step: step.begins <= value and (step.is_open or value < step.ends)
        )
        return fits[:1].share


class WaterAssessmentStep(models.Model):
    """From one value up to another the figure is worth a share of its weight."""

    _name = "water.assessment.step"
    _inherit = ["water.assessment.scheme.part", "water.mixin"]
    _description = "Step of an Item"
    _order = "item_id, begins, id"
    _rec_name = "share"

    item_id = fields.Many2one(
        "water.assessment.item", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="item_id.company_id", store=True)
    begins = fields.Float(string="From", required=True, digits=(16, 2), help="This value as well.")
    ends = fields.Float(string="Below", digits=(16, 2), help="This value not any more.")
    is_open = fields.Boolean(string="And Above", help="The step has no upper end.")
    share = fields.Float(string="Worth (%)", required=True, digits=(6, 2), default=100)

    _span_sane = models.Constraint(
        "CHECK (is_open IS TRUE OR ends > begins)", "A step ends above its beginning."
    )
    _share_sane = models.Constraint(
        "CHECK (share BETWEEN 0 AND 100)", "A step is worth 0 to 100 % of the weight."
    )

    def _schemes(self):
        return self.item_id.scheme_id

    @api.constrains("begins", "ends", "is_open", "item_id")
    def _check_overlap(self):
        force_conflict(self.item_id)  # concurrent entries see each other
        self.item_id._check_steps()

    def _span_text(self):
        return f"≥ {self.begins:g}" if self.is_open else f"{self.begins:g}–{self.ends:g}"
