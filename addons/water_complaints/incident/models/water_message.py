from odoo import fields, models


class WaterMessage(models.Model):
    _inherit = "water.message"

    incident_contact_id = fields.Many2one(
        "water.incident.contact", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _has_reached(self):
        """Whether it arrived: a gateway says so; a mail server only that it took the mail."""
        return self.state == "delivered" or (self.medium == "mail" and self.state == "sent")

    def _succeed(self, reference=None):
        """Who was spared at night is told in the morning."""
        result = super()._succeed(reference)
        self.filtered("not_before").incident_contact_id._log_told()
        return result

    def _give_up(self, code, detail=False):
        """Customers to whom the end of an incident cannot be delivered are called."""
        result = super()._give_up(code, detail)
        contact = self.incident_contact_id
        if contact.notice_id.kind == "restored":
            contact._ask_to_call()
        return result
