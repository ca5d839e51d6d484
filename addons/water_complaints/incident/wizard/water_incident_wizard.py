from odoo import api, fields, models
from odoo.fields import Command


class WaterIncidentWizard(models.TransientModel):
    """What everybody is told and what closes at the end, or why it was none."""

    _name = "water.incident.wizard"
    _inherit = ["water.once.mixin"]
    _description = "News about an Incident (Dialog)"

    incident_id = fields.Many2one("water.incident", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("progress", "How it stands"),
            ("restored", "End of the incident"),
            ("dismissed", "No incident"),
            ("lead", "Shorter lead time"),
        ],
        required=True,
        readonly=True,
        default="progress",
    )
    text = fields.Text(
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    expected_at = fields.Datetime(
        string="Expected Restoration",
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    restored_at = fields.Datetime(string="Over since", default=fields.Datetime.now)
    audience = fields.Char(string="Who Is Told, and How", compute="_compute_audience")
    lead_alert = fields.Char(related="incident_id.lead_alert", related_sudo=False)
    line_ids = fields.One2many(
        "water.incident.wizard.line",
        "wizard_id",
        string="Cases",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("incident_id", "kind")
    def _compute_text(self):
        """A draft to be put right: nobody writes these under pressure from nothing."""
        for wizard in self:
            incident = wizard.incident_id
            drafts = {"progress": incident._draft_news, "restored": incident._draft_restored}
            draft = drafts.get(wizard.kind) if incident else None
            wizard.text = draft and draft()
            wizard.expected_at = incident and incident._end_ahead()

    @api.depends("incident_id", "kind")
    def _compute_audience(self):
        for wizard in self:
            tells = wizard.kind in ("progress", "restored") and bool(wizard.incident_id)
            wizard.audience = tells and wizard.incident_id._audience_words()

    @api.depends("incident_id", "kind")
    def _compute_line_ids(self):
        """What is proposed to close comes first, ticked, whom no message reaches on top; then what
        stays open, and why.
        """
        for wizard in self:
            incident = wizard.incident_id
            incident.check_access("read")
            lines = wizard.kind == "restored" and incident.sudo()._ending_lines() or []
            untold = set(incident._unreached([case for case, words in lines if not words]))
            ordered = sorted(lines, key=lambda line: (bool(line[1]), line[0] not in untold))
            rows = [wizard._line_values(case, words, case in untold) for case, words in ordered]
            wizard.line_ids = [Command.clear(), *map(Command.create, rows)]

    def _line_values(self, case, words, untold):
        """A line of the list: of whatever nobody else may read its number alone.

        Whom no message reaches ends with the others, and his line says so: somebody calls him.
        """
        is_seen = case.sudo(False)._filtered_access("read")
        told = (
            self.env._(
                "no message reaches its customer: call, or untick it until somebody has: %s",
                case._end_words(),
            )
            if untold
            else self.env._("told by the news of the incident: %s", case._end_words())
        )
        return {
            "res_model": case._name,
            "res_id": case.id,
            "name": case.name,
            "subject": case.subject if is_seen else False,
            "state_name": case._state_label(case.state),
            "is_proposed": not words,
            "is_chosen": not words,
            "reason": "; ".join(words) or told,
        }

    def action_send(self):
        """Tell everybody; for the end of the incident, close the ticked cases as well.

        :raises UserError: without a text or a reason, or at the wrong time
        """
        with self._once():
            for wizard in self:
                wizard._send()
        return True

    def _send(self):
        incident = self.incident_id
        if self.kind == "dismissed":
            incident._dismiss(self.text)
        elif self.kind == "lead":
            incident._waive_lead(self.text)
        elif self.kind == "restored":
            incident._restore(self.restored_at, self.text, chosen=self._chosen())
        else:
            incident._check_step("open")
            incident._announce("progress", self.text, self.expected_at)

    def _chosen(self):
        """{case model: ids} of what is ticked among what may close."""
        found = {}
        for line in self.line_ids.filtered(lambda row: row.is_chosen and row.is_proposed):
            found.setdefault(line.res_model, []).append(line.res_id)
        return found

    def action_open_audience(self):
        """Open the accounts whose holders are told."""
        return self.incident_id.action_open_audience()


class WaterIncidentWizardLine(models.TransientModel):
    """A case that hangs on the incident: whether it closes with it, and why not.

    What is ticked is looked at once more when it is closed: a line cannot close what waits.
    """

    _name = "water.incident.wizard.line"
    _description = "Case at the End of an Incident (Dialog)"
    _order = "is_proposed desc, id"

    wizard_id = fields.Many2one("water.incident.wizard", required=True, ondelete="cascade")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    name = fields.Char(string="Number", readonly=True)
    subject = fields.Char(readonly=True)
    state_name = fields.Char(string="State", readonly=True)
    is_proposed = fields.Boolean(string="Proposed to Close", readonly=True)
    is_chosen = fields.Boolean(string="Close with It")
    reason = fields.Char(string="Why, and What Becomes of It", readonly=True)
