from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kpi.models.water_kpi_sheet import KINDS as RHYTHMS

#: Kinds of entries in the ledger, and whether they add or deduct.
KINDS = [
    ("overdue", "Time limit missed"),
    ("false_completion", "False completion"),
    ("buck_passing", "Buck-passing"),
    ("attitude", "Attitude complaint upheld"),
    ("wrong_dispatch", "Wrong dispatch"),
    ("missed_callback", "Call-back missed"),
    ("praise", "Praise"),
    ("other", "Other"),
]
REWARDS = frozenset({"praise"})
STARS = ("star_5", "star_4", "star_3", "star_2")


class WaterAssessmentScheme(models.Model):
    """How departments or users are assessed (考核办法): figures with weights, and a ledger.

    The weights of the items add up to 100. A figure without a value in a period has no weight: the
    others are scaled up.
    """

    _name = "water.assessment.scheme"
    _inherit = ["water.assessment.scheme.part", "water.mixin"]
    _description = "Assessment Scheme"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind = fields.Selection(RHYTHMS, string="Rhythm", required=True, default="month")
    subject = fields.Selection(
        [("department", "Departments"), ("person", "Single people")],
        string="Who Is Assessed",
        required=True,
        default="department",
    )
    department_ids = fields.Many2many(
        "water.department",
        string="Departments",
        check_company=True,
        help="Or people of these; empty: all.",
    )
    item_ids = fields.One2many(
        "water.assessment.item", "scheme_id", string="Items Assessed", copy=True
    )
    rule_ids = fields.One2many(
        "water.assessment.rule", "scheme_id", string="Deductions and Rewards", copy=True
    )
    objection_days = fields.Integer(
        string="Days to Object",
        required=True,
        default=5,
        help="Working days by the company's calendar, from publication.",
    )
    star_5 = fields.Float(string="Five Stars from", default=95, digits=(6, 2))
    star_4 = fields.Float(string="Four Stars from", default=90, digits=(6, 2))
    star_3 = fields.Float(string="Three Stars from", default=80, digits=(6, 2))
    star_2 = fields.Float(string="Two Stars from", default=60, digits=(6, 2))
    notice_below = fields.Float(
        string="Notice of Criticism below", default=70, digits=(6, 2), help="0: never."
    )
    order_below = fields.Float(
        string="Supervision Order below", default=60, digits=(6, 2), help="0: never."
    )

    _days_sane = models.Constraint(
        "CHECK (objection_days BETWEEN 1 AND 60)", "Give one to sixty working days to object."
    )

    def _schemes(self):
        return self

    @api.constrains("item_ids")
    def _check_weights(self):
        for scheme in self:
            total = round(sum(scheme.item_ids.mapped("weight")), 2)
            if scheme.item_ids and total != 100:
                raise ValidationError(
                    self.env._(
                        "%(scheme)s: the weights add up to %(total)s, not to 100.",
                        scheme=scheme.name,
                        total=f"{total:g}",
                    )
                )

    @api.constrains(*STARS)
    def _check_stars(self):
        for scheme in self:
            bounds = [scheme[name] for name in STARS]
            if sorted(bounds, reverse=True) != bounds:
                raise ValidationError(self.env._("More stars need more points."))

    def _check_usable(self):
        """Refuse a scheme without items, or with weights that do not add up.

        :raises UserError: what is wrong
        """
        if not self.item_ids:
            raise UserError(self.env._("%s: it has no items.", self.name))
        self._check_weights()  # an item may have been written by itself

    def _stars(self, score):
        for stars, name in zip((5, 4, 3, 2), STARS, strict=True):
            if score >= self[name]:
                return stars
        return 1

    def _people(self):
        departments = self._units()
        # sudo: water.department - names of members alone
        members = departments.sudo().member_ids
        return members.filtered(lambda user: user.active and self.company_id in user.company_ids)

    def _units(self):
        company = [("company_id", "in", (False, self.company_id.id))]
        return self.department_ids or self.env["water.department"].sudo().search(company)


class WaterAssessmentRule(models.Model):
    """The points of a kind of entry in a scheme."""

    _name = "water.assessment.rule"
    _inherit = ["water.assessment.scheme.part", "water.mixin"]
    _description = "Deduction or Reward"
    _order = "scheme_id, kind"
    _rec_name = "kind"

    scheme_id = fields.Many2one(
        "water.assessment.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True)
    points = fields.Float(required=True, default=1, digits=(6, 2), help="Of each entry; positive.")
    most = fields.Float(
        string="At Most", digits=(6, 2), help="Of all entries of this kind together; 0: no limit."
    )

    _kind_uniq = models.Constraint("UNIQUE (scheme_id, kind)", "This kind has its line already.")
    _points_sane = models.Constraint(
        "CHECK (points > 0 AND most >= 0)", "Points are positive; the sign follows from the kind."
    )
