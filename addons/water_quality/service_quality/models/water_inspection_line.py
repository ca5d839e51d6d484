from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.water_service_desk.base.trust import is_trusted

from .water_inspection_item import ASPECTS, SCALES

#: Answer → share of the item's weight; what does not apply has no share.
SHARES = {"full": 1.0, "mostly": 0.75, "partly": 0.5, "none": 0.0}
#: Fields that an inspector fills in; others come from the checklist.
WORK_FIELDS = frozenset({"rating", "note", "photo"})


class WaterInspectionLine(models.Model):
    """One item of an inspection, as the checklist was on that day, and the finding."""

    _name = "water.inspection.line"
    _inherit = ["water.mixin"]
    _description = "Inspected Item"
    _order = "inspection_id desc, sequence, id"
    _rec_name = "name"
    _allow_sudo_commands = False

    inspection_id = fields.Many2one(
        "water.inspection", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one("water.inspection.item", required=True, ondelete="restrict")
    # Copied once: a checklist that is edited later rewrites no inspection.
    sequence = fields.Integer(compute="_compute_item", store=True, precompute=True)
    name = fields.Char(
        string="What Is Checked", compute="_compute_item", store=True, precompute=True
    )
    aspect = fields.Selection(ASPECTS, compute="_compute_item", store=True, precompute=True)
    weight = fields.Integer(compute="_compute_item", store=True, precompute=True, aggregator=None)
    scale = fields.Selection(SCALES, compute="_compute_item", store=True, precompute=True)
    is_critical = fields.Boolean(
        string="Critical", compute="_compute_item", store=True, precompute=True
    )
    rating = fields.Selection(
        [
            ("full", "Met"),
            ("mostly", "Mostly met"),
            ("partly", "Partly met"),
            ("none", "Not met"),
            ("na", "Does not apply"),
        ]
    )
    percent = fields.Float(
        string="Score", compute="_compute_percent", store=True, aggregator="avg", digits=(5, 1)
    )
    is_failed = fields.Boolean(string="Failed", compute="_compute_percent", store=True)
    note = fields.Char(string="What Was Seen")
    photo = fields.Image(max_width=1920, max_height=1920)
    state = fields.Selection(related="inspection_id.state", store=True, string="Status")
    user_id = fields.Many2one(related="inspection_id.user_id", store=True, index="btree_not_null")
    department_id = fields.Many2one(related="inspection_id.department_id", store=True)
    template_id = fields.Many2one(related="inspection_id.template_id", store=True)
    inspected_at = fields.Datetime(related="inspection_id.inspected_at", store=True)
    company_id = fields.Many2one(related="inspection_id.company_id", store=True, index=True)

    _item_uniq = models.Constraint(
        "UNIQUE (inspection_id, item_id)", "Each item stands once in an inspection."
    )

    @api.depends("item_id")
    def _compute_item(self):
        for line in self:
            # sudo: water.inspection.item - readers of the line may read its item
            # stored in its language, for all readers
            company = line.sudo().inspection_id.company_id
            lang = company.partner_id.lang or self.env.lang
            item = line.sudo().item_id.with_context(lang=lang)
            line.sequence = item.sequence
            line.name = item.name
            line.aspect = item.aspect
            line.weight = item.weight
            line.scale = item.scale
            line.is_critical = item.is_critical

    @api.depends("rating")
    def _compute_percent(self):
        for line in self:
            line.percent = 100 * SHARES.get(line.rating, 0.0)
            line.is_failed = line.rating == "none"

    @api.constrains("item_id", "inspection_id")
    def _check_item(self):
        for line in self:
            if line.item_id.template_id != line.inspection_id.template_id:
                raise ValidationError(self.env._("This item belongs to another checklist."))

    @api.constrains("rating")
    def _check_rating(self):
        for line in self:
            if line.scale == "met" and line.rating in ("mostly", "partly"):
                raise ValidationError(
                    self.env._("“%(item)s” is either met or not.", item=line.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(
            [
                {key: vals[key] for key in vals.keys() & (WORK_FIELDS | self._born_with())}
                for vals in vals_list
            ]
        )
        if not is_trusted(self.env):
            lines.inspection_id._check_open_to_inspector()
            lines.filtered("rating").inspection_id._keep_hands()
        return lines

    @api.model
    def _born_with(self):
        return {"inspection_id", "item_id"}

    def write(self, vals):
        if not is_trusted(self.env):
            if vals.keys() - WORK_FIELDS:
                raise UserError(self.env._("This is kept by the system."))
            self.inspection_id._check_open_to_inspector()
            self.inspection_id._keep_hands()
        return super().write(vals)

    def _bullets(self):
        """Return the checked items, one per line: whole sentences do not read well in a row."""
        return "".join(f"\n· {name}" for name in self.mapped("name"))
