from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: sources of a lesson
LINKS = ("complaint_id", "inspection_id", "improvement_id")


class WaterTrainingSource(models.Model):
    """The source of a training: a complaint, an inspection or a corrective action.

    Visible to quality alone; participants learn the lesson, not the case.
    """

    _name = "water.training.source"
    _inherit = ["water.mixin"]
    _description = "What a Training Follows from"
    _order = "id"
    _check_company_auto = True
    _dossier = False

    training_id = fields.Many2one(
        "water.training", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="training_id.company_id", store=True, index=True)
    complaint_id = fields.Many2one(
        "water.complaint", index="btree_not_null", ondelete="restrict", check_company=True
    )
    inspection_id = fields.Many2one(
        "water.inspection", index="btree_not_null", ondelete="restrict", check_company=True
    )
    improvement_id = fields.Many2one(
        "water.improvement",
        string="Corrective Action",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _complaint_uniq = models.UniqueIndex(
        "(training_id, complaint_id) WHERE complaint_id IS NOT NULL", "This case is listed already."
    )

    @api.constrains("training_id", *LINKS)
    def _check_one(self):
        for row in self:
            if sum(bool(row[name]) for name in LINKS) != 1:
                raise ValidationError(
                    self.env._("Name one complaint, inspection or corrective action a line.")
                )
