from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterAssessmentAddendum(models.Model):
    """Points added after an assessment was confirmed, with a reason.

    As two people confirmed the assessment, two agree to an addendum before it counts.
    """

    _name = "water.assessment.addendum"
    _inherit = ["water.never.deleted.mixin", "water.mixin"]
    _description = "Addendum to an Assessment"
    _order = "id"
    _rec_name = "reason"

    line_id = fields.Many2one(
        "water.assessment.line", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    entry_id = fields.Many2one(
        "water.assessment.entry",
        string="To the Entry",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('line_id', '=', line_id)]",
    )
    points = fields.Float(required=True, digits=(6, 2), help="Added; negative: taken away.")
    reason = fields.Text(required=True)
    is_drafted = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    user_id = fields.Many2one("res.users", string="Added by", readonly=True, ondelete="restrict")
    at = fields.Datetime(readonly=True)
    second_by_id = fields.Many2one(
        "res.users", string="Agreed by", readonly=True, copy=False, ondelete="restrict"
    )
    second_at = fields.Datetime(string="Agreed at", readonly=True, copy=False)
    can_agree = fields.Boolean(compute="_compute_can_agree", export_string_translation=False)

    @api.depends("user_id", "second_by_id")
    @api.depends_context("uid")
    def _compute_can_agree(self):
        for row in self:
            row.can_agree = row._may_agree()

    def _may_agree(self):
        if self.second_by_id or self.user_id == self.env.user:
            return False
        try:
            self._check_adds(self.line_id, self.entry_id)
            self._check_due()
        except (AccessError, UserError):
            return False
        return True

    @api.model_create_multi
    def create(self, vals_list):
        """Create an addendum.

        :raises AccessError: except by quality and managers, not about themselves
        :raises UserError: if the assessment is not confirmed, or points or reason are missing
        """
        if is_trusted(self.env):  # drafted by the system, when a finding fell
            return super().create(vals_list)
        rows = []
        for vals in vals_list:
            line = self.new({"line_id": vals.get("line_id")}).line_id._origin
            entry = self.new({"entry_id": vals.get("entry_id")}).entry_id._origin
            self._check_adds(line, entry)
            if not strip_invisible(vals.get("reason")) or not vals.get("points"):
                raise UserError(self.env._("Give the points and the reason."))
            values = {name: vals[name] for name in ("points", "reason")}
            values |= {"line_id": line.id, "entry_id": entry.id}
            rows.append({**values, "user_id": self.env.uid, "at": fields.Datetime.now()})
        return super().create(rows)

    @api.model
    def _check_adds(self, line, entry):
        line.check_access("read")
        if not line or line.state != "confirmed" or (entry and entry.line_id != line):
            raise UserError(self.env._("Only a confirmed assessment has addenda."))
        whose = {"department_id": line.department_id.id, "user_id": line.user_id.id}
        line.env["water.assessment.entry"].new(whose)._check_decides()

    def _check_due(self):
        row = self.sudo()
        takes_back = row.points * row.entry_id.points < 0
        if row.is_drafted and takes_back != bool(row.entry_id._fallen()):
            raise UserError(
                self.env._("This draft does not hold: the finding behind it has changed since.")
            )

    def action_agree(self):
        """Agree as the second person; the addendum counts from now on.

        :raises AccessError: by its author or a person assessed
        :raises UserError: if it counts already, or its finding has changed since
        """
        self.check_access("read")
        for row in self:
            if row.second_by_id:
                raise UserError(self.env._("This addendum counts already."))
            if row.user_id == self.env.user:
                raise AccessError(self.env._("Another person must agree to your addendum."))
            self._check_adds(row.line_id, row.entry_id)
            row._check_due()
        values = {"second_by_id": self.env.uid, "second_at": fields.Datetime.now()}
        trusted(self.sudo()).write(values)
        for assessment, lines in self.line_id.grouped("assessment_id").items():
            assessment._grade_anew(lines)
        return True

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(self.env._("An addendum is not changed; write another one."))
        return super().write(vals)
