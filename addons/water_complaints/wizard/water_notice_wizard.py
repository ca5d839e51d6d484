from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html


class WaterNoticeWizard(models.TransientModel):
    """Compose the formal notice of the result: written or oral (S3.2.3c)."""

    _name = "water.notice.wizard"
    _inherit = ["water.case.wizard.mixin", "water.wording.mixin"]
    _description = "Notify the Customer"
    _spoken_fields = ("subject", "body")

    mode = fields.Selection(
        [
            ("written", "Written (mail with letter)"),
            ("oral", "By word of mouth"),
            ("published", "Published under the query code"),
        ],
        required=True,
        compute="_compute_texts",
        precompute=True,
        store=True,
        readonly=False,
    )
    subject = fields.Char(
        required=True, compute="_compute_texts", store=True, readonly=False, precompute=True
    )
    body = fields.Html(compute="_compute_texts", store=True, readonly=False, precompute=True)
    told_to = fields.Char(string="Told to")
    recording_ref = fields.Char(string="Recording")

    @api.depends("case_ids")
    def _compute_texts(self):
        """Propose the text in the customer's language; the agent may change it."""
        for wizard in self:
            case = wizard._cases()[:1]
            case = case.with_context(lang=case._customer_lang())
            nameless = case.is_anonymous and case.query_code_at
            wizard.mode = "written" if case.email_from else "published" if nameless else "oral"
            told = case.is_represented and case.representative_is_told
            wizard.told_to = case.representative_name if told else case.contact_name
            wizard.subject = case.env._("Result of your complaint %s", case.name)
            wizard.body = wizard._proposal(case)

    def _proposal(self, case):
        findings = dict(case._fields["finding"]._description_selection(case.env))
        parts = [  # letter and mail name the matter before this text
            case.env._("Finding: %s.", findings.get(case.finding, "")),
            case.env._("What we have done: %s", case.resolution or ""),
        ]
        return Markup("").join(plaintext2html(part) for part in parts)

    def action_send(self):
        """Notify, then move the complaint on (the sender's right is checked there)."""
        case = self._cases()
        case.ensure_one()
        self.env["water.notice"]._send(
            case,
            {
                "kind": "result",
                "mode": self.mode,
                "subject": self.subject,
                "body": self.body,
                "told_to": self.told_to if self.mode == "oral" else False,
                "recording_ref": self.recording_ref,
            },
        )
        case._move_to("notified")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The customer has been notified."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
