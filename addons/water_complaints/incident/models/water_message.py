from odoo import fields, models


class WaterMessage(models.Model):
    _inherit = "water.message"

    incident_contact_id = fields.Many2one(
        "water.incident.contact", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _has_reached(self):
        """Return whether it arrived: by the gateway's word, or accepted by a mail server."""
        return self.state == "delivered" or (self.medium == "mail" and self.state == "sent")

    def _succeed(self, reference=None):
        """Log a contact in the morning for customers whose news waited for the night to end."""
        result = super()._succeed(reference)
        self.filtered("not_before").incident_contact_id._log_notified()
        return result

    def _give_up(self, code, detail=False):
        """Put customers on the call list whose news of the end cannot be delivered."""
        result = super()._give_up(code, detail)
        contact = self.incident_contact_id
        if contact.notice_id.kind == "restored":
            contact._ask_to_call()
        return result
