from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.locks import force_conflict


class WaterImprovement(models.Model):
    """Corrective actions that follow from outside findings."""

    _inherit = "water.improvement"

    origin = fields.Selection(selection_add=[("supervision", "Supervision from outside")])
    finding_id = fields.Many2one(
        "water.supervision.finding",
        string="Finding from Outside",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    @api.constrains("owner_id", "finding_id")
    def _check_owner_of_finding(self):
        """Refuse owners from whom the finding's complaint is hidden."""
        for row in self.sudo():
            if row.owner_id and not row.finding_id._told(row.owner_id):
                raise ValidationError(
                    self.env._("The complaint is about this owner; choose another person.")
                )

    @api.constrains("finding_id")
    def _check_finding(self):
        force_conflict(self.sudo().finding_id)
        for row in self.sudo():
            if row.finding_id.state == "closed":
                raise ValidationError(
                    self.env._("%s is closed: no measure is added.", row.finding_id.name)
                )

    @api.depends("finding_id")
    def _compute_origin(self):
        super()._compute_origin()
        for row in self.filtered("finding_id"):
            row.origin = "supervision"
