from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterComplaintDemand(models.Model):
    """One thing the customer asks for (诉求), and how it is judged by which rule (S3.2.2c)."""

    _name = "water.complaint.demand"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _description = "Demand of a Complaint"
    _order = "complaint_id, sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Text(string="What Is Asked for", required=True)
    verdict = fields.Selection(
        [
            ("supported", "Supported"),
            ("partly", "Partly supported"),
            ("rejected", "Not supported"),
        ],
        copy=False,
        index="btree_not_null",
    )
    basis = fields.Text(
        copy=False, help="The law, rule or term of service by which it is judged, with its number."
    )
    judged_at = fields.Datetime(readonly=True, copy=False)
    judged_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    @api.constrains("verdict", "basis")
    def _check_basis(self):
        for row in self:
            if row.verdict and not strip_invisible(row.basis):
                raise ValidationError(
                    self.env._("Name the rule by which “%s” is judged.", row.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if not is_trusted(self.env):
            rows._check_changeable()
        rows.filtered("verdict")._keep_judged()
        return rows

    def write(self, vals):
        changes = {"verdict", "basis"} & vals.keys()
        judged = self.filtered(lambda row: any(vals[name] != row[name] for name in changes))
        result = super().write(vals)
        if judged and not is_trusted(self.env):
            judged._keep_judged()
        if {"name", "verdict", "basis"} & vals.keys():
            self.complaint_id._conclusion_changed()
        return result

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        self._check_changeable()

    def _check_changeable(self):
        if any(row.complaint_id.state in ("notified", "confirmed", "callback") for row in self):
            raise UserError(
                self.env._(
                    "The customer was told the result: it is judged anew when they reject it."
                )
            )

    def _keep_judged(self):
        """Record author and time of the judgement; the chain logs each one."""
        now = fields.Datetime.now()
        trusted(self.sudo()).write({"judged_at": now, "judged_by_id": self.env.uid})
        for complaint, rows in self.grouped("complaint_id").items():
            items = [
                {"demand": row.name, "verdict": row.verdict or "", "basis": row.basis or ""}
                for row in rows
            ]
            complaint._log_events("demand_judged", {complaint.id: {"items": items}})

    def _check_unlink(self):
        """Let the desk delete a line only before it is judged."""
        if self.filtered("verdict") or not self.env["water.complaint"]._is_desk():
            raise AccessError(self.env._("What the customer asks for is judged, not deleted."))
        self.check_access("write")
        self._check_worker()
        for row in self:
            row.complaint_id._log_events("demand_removed", {"demand": row.name})
