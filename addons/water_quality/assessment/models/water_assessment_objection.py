from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterAssessmentObjection(models.Model):
    """An objection to an entry or a figure; another person decides, with a reason.

    The person assessed, or the head of the department assessed, objects up to the last second of
    the period. An allowed objection strikes out the entry or leaves out the figure.
    """

    _name = "water.assessment.objection"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Objection to an Assessment"
    _order = "filed_at desc, id desc"
    _rec_name = "line_id"
    _editable_states = frozenset({"open"})
    _settable_on_create = frozenset({"line_id", "entry_id", "result_id", "reason"})

    line_id = fields.Many2one(
        "water.assessment.line",
        string="Assessed",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    assessment_id = fields.Many2one(related="line_id.assessment_id", store=True, index=True)
    entry_id = fields.Many2one(
        "water.assessment.entry",
        string="Against the Entry",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    result_id = fields.Many2one(
        "water.assessment.result",
        string="Against the Figure",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    reason = fields.Text(string="Why", required=True, readonly=True)
    filed_by_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.uid, ondelete="restrict"
    )
    filed_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    answer = fields.Text(string="Decision and Why", copy=False)
    state = fields.Selection(
        [("open", "To decide"), ("allowed", "Allowed"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide", export_string_translation=False)

    _against_one = models.Constraint(
        "CHECK (num_nonnulls(entry_id, result_id) = 1)",
        "An objection is against one entry or one figure.",
    )
    _entry_uniq = models.UniqueIndex(
        "(entry_id) WHERE entry_id IS NOT NULL", "There is an objection to this already."
    )
    _result_uniq = models.UniqueIndex(
        "(result_id) WHERE result_id IS NOT NULL", "There is an objection to this already."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for row in self:
            row.can_decide = row.state == "open" and row._may_decide()

    def _barred(self):
        """Return who may not decide: the people assessed, who objected, and who entered it."""
        row = self.sudo()
        whose = {"department_id": row.line_id.department_id.id, "user_id": row.line_id.user_id.id}
        people = row.env["water.assessment.entry"].new(whose)._barred()
        return people | row.filed_by_id | (row.entry_id._barred() if row.entry_id else people)

    def _may_decide(self):
        try:
            self._check_decides()
        except AccessError:
            return False
        return True

    def _check_decides(self):
        self.check_access("write")
        for row in self:
            row.assessment_id._check_role()
            if self.env.user in row._barred():
                raise AccessError(
                    self.env._(
                        "Another person must decide: not the person assessed, nor the one "
                        "who entered it."
                    )
                )

    # -- filing --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """File objections.

        :raises AccessError: by anyone but the person assessed
        :raises UserError: too late, without a reason, or if it does not count
        """
        if not is_trusted(self.env):
            for vals in vals_list:
                self._check_filed(vals)
        rows = super().create(vals_list)
        for row in rows.sudo():
            tell_staff(
                row,
                row.assessment_id.published_by_id,
                lambda one: one.env._("Objection to the assessment %s", one.assessment_id.name),
                lambda one: one.line_id.whose,
                is_list=True,
            )
        return rows

    @api.model
    def _check_filed(self, vals):
        about = self.new({name: vals.get(name) for name in ("line_id", "entry_id", "result_id")})
        line = about.line_id._origin
        line.check_access("read")
        target = (about.entry_id or about.result_id)._origin
        if not line or not target or target.line_id != line:
            raise UserError(self.env._("Say against which entry or figure the objection is."))
        if not line._is_own():
            raise AccessError(self.env._("Only the person assessed or their head can object."))
        force_conflict(line.sudo().assessment_id)  # a concurrent check must see the objection
        if line.state != "open" or fields.Datetime.now() > line.objection_until:
            raise UserError(self.env._("The time for objections is over, or has not begun."))
        counts = target.state == "counts" if about.entry_id else target._counts()
        if not counts:
            raise UserError(self.env._("It does not count, so no objection is needed."))
        if not strip_invisible(vals.get("reason")):
            raise UserError(self.env._("Give the reason."))

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        self._check_decides()

    @api.model
    def _settled_message(self):
        return self.env._("The objection is decided.")

    # -- deciding ------------------------------------------------------------------------------

    def action_allow(self):
        """Allow the objection: strike out the entry, or leave out the figure.

        :raises AccessError: by users who are barred
        :raises UserError: without a reason, or if it is decided already
        """
        self._decide("allowed")
        # sudo: water.assessment - deciding changes the entry or figure, and the sum
        rows = trusted(self.sudo())
        rows.entry_id.state = "struck"
        rows.result_id.is_left_out = True
        rows.assessment_id._score()
        return True

    def action_refuse(self):
        """The entry or figure stands; why must be said."""
        self._decide("refused")
        return True

    def _decide(self, state):
        self._check_decides()
        for row in self:
            if row.state != "open" or row.line_id.state != "open":
                raise UserError(self._settled_message())
            if not strip_invisible(row.answer):
                raise UserError(self.env._("Write down the decision and why."))
        now = fields.Datetime.now()
        decided = {"state": state, "decided_by_id": self.env.uid, "decided_at": now}
        trusted(self.sudo()).write(decided)
        for row in self.sudo():
            tell_staff(
                row,
                row.filed_by_id,
                lambda one: one.env._("Your objection is decided: %s", one.assessment_id.name),
                lambda one: dict(one._fields["state"]._description_selection(one.env))[one.state],
                is_list=True,
            )
