import base64

from odoo import models

#: The mails that carry the appointment for the customer's own calendar.
CALENDAR = "water_service_desk.mail_template_visit"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        """Attach the appointment as a calendar file; a cancelled one removes the entry."""
        results = super()._generate_template_attachments(res_ids, render_fields, render_results)
        if self.id == self.env["ir.model.data"]._xmlid_to_res_id(CALENDAR):
            for visit in self.env[self.model].browse(res_ids):
                name, content = visit._case()._portal_calendar(visit.id)
                files = results.setdefault(visit.id, {}).setdefault("attachments", [])
                files.append((name, base64.b64encode(content)))
        return results
