# pylint: disable=missing-return  # hooks return nothing

from odoo import models

from odoo.addons.water_service_desk.case.transitions import Missing


class WaterComplaint(models.Model):
    """An extension is told by letter (延期告知书, S3.2.3c); a pause by a message."""

    _inherit = "water.complaint"

    def _tell_customer_of_delay(self, clock, pause):
        if pause.kind != "extension" or clock.kind != "close" or not self.sudo().email_from:
            super()._tell_customer_of_delay(clock, pause)
            return
        subject, body = self.env["water.notice.text"]._compose("delay", self, pause=pause)
        values = {"kind": "delay", "mode": "written", "subject": subject, "body": body}
        self.env["water.notice"]._send(self, {**values, "pause_id": pause.id})

    def _need_refusal_letter(self):
        """A complaint is refused in writing or by word, with the reason and where else to go.

        An order that goes back to its body is answered to the body; nobody can tell a customer
        who left neither name nor address.
        """
        case = self.sudo()
        unreachable = case.is_anonymous and not (case.phone or case.email_from)
        told = case.notice_ids.filtered(lambda row: row.kind == "refusal" and row.sent_at)
        if told or unreachable or case.external_ref:
            return []
        words = self.env._("tell the customer why it is not accepted, and who is there for it")
        return [Missing(words, "action_end")]

    def _notice_also_to(self):
        """Hook: complaints whose customers are told this result as well (merged ones)."""
        return self.browse()

    def _compensation_told(self):
        """Hook: what the letter of the result says of compensation, in the env's language."""
        return []
