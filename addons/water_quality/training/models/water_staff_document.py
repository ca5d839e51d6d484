from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterStaffDocument(models.Model):
    """A standard that is new or has changed asks for a training (S1.5)."""

    _inherit = "water.staff.document"

    asks_training = fields.Boolean(
        string="Asks for a Training",
        default=True,
        help="When it comes into force, a training is proposed for all who have to sign it.",
    )
    training_ids = fields.One2many(
        "water.training", "document_id", string="Trainings", readonly=True, copy=False
    )

    def action_put_in_force(self):
        """Propose a training as well if the standard asks for one."""
        result = super().action_put_in_force()
        self.filtered("asks_training")._propose_training()
        return result

    def _propose_training(self):
        # sudo: water.training - proposed by the system, planned by people
        trainings = trusted(self.env["water.training"].sudo())
        for document in self:
            training = trainings.create(
                {
                    "subject": document.display_name,
                    "kind": "standard",
                    "document_id": document.id,
                    "company_id": document.company_id.id,
                }
            )
            training._invite(document._staff())
