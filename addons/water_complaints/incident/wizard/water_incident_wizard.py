from odoo import api, fields, models


class WaterIncidentWizard(models.TransientModel):
    """What everybody is told, or why it was none."""

    _name = "water.incident.wizard"
    _description = "News about an Incident (Dialog)"

    incident_id = fields.Many2one("water.incident", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("progress", "How it stands"),
            ("restored", "Supply restored"),
            ("dismissed", "No incident"),
        ],
        required=True,
        readonly=True,
        default="progress",
    )
    text = fields.Text(compute="_compute_text", store=True, readonly=False, precompute=True)
    expected_at = fields.Datetime(
        string="Expected Restoration",
        compute="_compute_text",
        store=True,
        readonly=False,
        precompute=True,
    )
    restored_at = fields.Datetime(string="Restored at", default=fields.Datetime.now)
    case_count = fields.Integer(related="incident_id.case_count")

    @api.depends("incident_id", "kind")
    def _compute_text(self):
        """A draft to be put right: nobody writes these under pressure from nothing."""
        for wizard in self:
            incident = wizard.incident_id
            drafts = {"progress": incident._draft_news(), "restored": incident._draft_restored()}
            wizard.text = drafts.get(wizard.kind)
            wizard.expected_at = incident.expected_at

    def action_send(self):
        """Tell everybody; for the end of the incident, close its cases as well.

        :raises UserError: without a text or a reason, or at the wrong time
        """
        for wizard in self:
            incident = wizard.incident_id
            if wizard.kind == "dismissed":
                incident._dismiss(wizard.text)
            elif wizard.kind == "restored":
                incident._restore(wizard.restored_at, wizard.text)
            else:
                incident._check_step("open")
                incident._announce("progress", wizard.text, wizard.expected_at)
        return True
