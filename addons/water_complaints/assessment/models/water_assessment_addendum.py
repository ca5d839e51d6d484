from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.trust import is_trusted
from odoo.addons.water_service_desk.base.words import said


class WaterAssessmentAddendum(models.Model):
    """What has turned out after an assessment was confirmed: points beside it, with the reason."""

    _name = "water.assessment.addendum"
    _inherit = ["water.never.deleted.mixin"]
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
    user_id = fields.Many2one("res.users", string="Added by", readonly=True, ondelete="restrict")
    at = fields.Datetime(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Keep an addendum.

        :raises AccessError: by anybody but quality and managers, and on oneself
        :raises UserError: to what is not confirmed, or without points or reason
        """
        rows = []
        for vals in vals_list:
            line = self.new({"line_id": vals.get("line_id")}).line_id._origin
            entry = self.new({"entry_id": vals.get("entry_id")}).entry_id._origin
            self._check_adds(line, entry)
            if not said(vals.get("reason")) or not vals.get("points"):
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

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(self.env._("An addendum is not changed; write another one."))
        return super().write(vals)
