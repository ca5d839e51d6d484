from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.trust import trusted


class WaterImprovement(models.Model):
    """Where a corrective action comes from, and how the system opens one by itself."""

    _inherit = "water.improvement"

    origin = fields.Selection(
        [
            ("complaint", "Upheld complaint"),
            ("inspection", "Inspection"),
            ("dispute", "Justified dispute of an inspection"),
            ("drill", "Emergency drill"),
            ("manual", "Own finding"),
        ],
        compute="_compute_origin",
        store=True,
        precompute=True,
    )
    complaint_id = fields.Many2one(
        "water.complaint", index="btree_not_null", ondelete="restrict", check_company=True
    )
    inspection_id = fields.Many2one(
        "water.inspection", index="btree_not_null", ondelete="restrict", check_company=True
    )
    drill_id = fields.Many2one(
        "water.drill", index="btree_not_null", ondelete="restrict", check_company=True
    )
    is_automatic = fields.Boolean(readonly=True, copy=False, string="Opened by the System")

    # One by itself for each finding, however often and by how many at once it is asked for.
    _complaint_uniq = models.UniqueIndex(
        "(complaint_id) WHERE is_automatic IS TRUE",
        "A corrective action was opened for this complaint already.",
    )
    _inspection_uniq = models.UniqueIndex(
        "(inspection_id) WHERE is_automatic IS TRUE",
        "A corrective action was opened for this inspection already.",
    )

    @api.depends("complaint_id", "inspection_id", "drill_id")
    def _compute_origin(self):
        for row in self:
            if row.complaint_id:
                row.origin = "complaint"
            elif row.inspection_id:
                annulled = row.inspection_id.decision == "annulled"
                row.origin = "dispute" if annulled else "inspection"
            else:
                row.origin = "drill" if row.drill_id else "manual"

    @api.constrains("owner_id", "complaint_id")
    def _check_owner(self):
        """Whom the complaint is hidden from cannot work on what comes of it."""
        for row in self.sudo():
            if row.owner_id in row.complaint_id._people_concerned():
                raise ValidationError(
                    self.env._("The complaint is about this owner; choose somebody else.")
                )

    @api.model
    def _open_for(self, findings):
        """Open one corrective action for each finding that has none of the system yet.

        :param findings: complaints or inspections
        :return: the new corrective actions
        """
        link = "complaint_id" if findings._name == "water.complaint" else "inspection_id"
        # sudo: water.improvement - the system opens it, whoever closed the finding
        rows = self.sudo()
        present = rows.search([(link, "in", findings.ids), ("is_automatic", "=", True)])[link]
        values = [
            {**finding.sudo()._improvement_values(), link: finding.id, "is_automatic": True}
            for finding in findings - present
        ]
        return trusted(rows).create(values)
