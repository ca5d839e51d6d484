from collections import Counter

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.water_service_desk.base import windows

#: How customers hear of the end, in the order of the list.
GROUPS = ("message", "none", "call", "own")


class WaterIncidentWizard(models.TransientModel):
    """The news and the cases that close at the end, or the reason of a dismissal."""

    _name = "water.incident.wizard"
    _inherit = ["water.once.mixin", "water.mixin"]
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
    text_en = fields.Text(
        string="Text (English)",
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="For customers who do not read Chinese. Empty: they get the text above.",
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
    groups_text = fields.Text(string="What Becomes of the Cases", compute="_compute_groups_text")
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
        for wizard in self:
            incident = wizard.incident_id
            drafts = {"progress": "_draft_news", "restored": "_draft_restored"}
            draft = drafts.get(wizard.kind) if incident else None
            wizard.text = draft and getattr(incident, draft)()
            wizard.text_en = draft and incident._draft_english(draft)
            wizard.expected_at = incident and incident._end_ahead()

    @api.depends("incident_id", "kind")
    def _compute_audience(self):
        for wizard in self:
            tells = wizard.kind in ("progress", "restored") and bool(wizard.incident_id)
            wizard.audience = tells and wizard.incident_id._audience_words()

    @api.depends("incident_id", "kind")
    def _compute_line_ids(self):
        """List the cases: those whose customers get a message are ticked, others show a reason."""
        for wizard in self:
            incident = wizard.incident_id
            incident.check_access("read")
            lines = wizard.kind == "restored" and incident.sudo()._ending_lines() or []
            reach = incident._reach_of([case for case, words in lines if not words])
            rows = [wizard._line_values(case, words, reach.get(case)) for case, words in lines]
            rows.sort(key=lambda row: GROUPS.index(row["group"]))
            wizard.line_ids = [Command.clear(), *map(Command.create, rows)]

    def _line_values(self, case, words, reach):
        """Return the values of a line; unreadable cases show their number alone.

        :param words: what keeps the case open
        :param reach: how its customer hears of the end, see ``_reach_of``
        """
        is_seen = case.sudo(False)._filtered_access("read")
        group = "own" if words else reach
        told = {
            "message": self.env._("told by the news of the incident: %s", case._end_words()),
            "call": self.env._("no message reaches the customer: on the telephone list"),
            "none": self.env._(
                "no number, or no messages wanted: tick to close without telling the customer"
            ),
        }
        return {
            "res_model": case._name,
            "res_id": case.id,
            "name": case.name,
            "subject": case.subject if is_seen else False,
            "state_name": case._state_label(case.state),
            "group": group,
            "is_proposed": group in ("message", "none"),
            "is_chosen": group == "message",
            "reason": "; ".join(words) or told[reach],
        }

    @api.depends("line_ids.group", "line_ids.is_chosen")
    def _compute_groups_text(self):
        for wizard in self:
            found = Counter(wizard.line_ids.mapped("group"))
            unheard = wizard.line_ids.filtered(
                lambda line: line.group == "none" and not line.is_chosen
            )
            words = {
                "message": len(wizard.line_ids.filtered("is_chosen")),
                "call": found["call"],
                "own": found["own"],
                "none": len(unheard),
            }
            wizard.groups_text = wizard.kind == "restored" and self.env._(
                "Closed, customers told by a message: %(message)s. Open until their customers are"
                " called (telephone list): %(call)s. Open for a matter of their own: %(own)s."
                " Open, customers not to be reached: %(none)s.",
                **words,
            )

    def action_send(self):
        """Send the news; at the end of the incident, close the ticked cases as well.

        :raises UserError: without a text or a reason, or at the wrong time
        """
        with self._once():
            for wizard in self:
                wizard._send()
        if self[:1].kind == "restored":
            return windows.message(self[:1].groups_text, then=windows.CLOSE)
        return True

    def _send(self):
        incident = self.incident_id
        if self.kind == "dismissed":
            incident._dismiss(self.text)
        elif self.kind == "lead":
            incident._waive_lead(self.text)
        elif self.kind == "restored":
            incident._restore(self.restored_at, self.text, self._chosen(), self.text_en)
        else:
            incident._check_step("open")
            incident._announce("progress", self.text, self.expected_at, english=self.text_en)

    def _chosen(self):
        found = {}
        for line in self.line_ids.filtered(lambda row: row.is_chosen and row.is_proposed):
            found.setdefault(line.res_model, []).append(line.res_id)
        return found

    def action_open_audience(self):
        """Open the accounts whose holders are told."""
        return self.incident_id.action_open_audience()


class WaterIncidentWizardLine(models.TransientModel):
    """A case of the incident: whether it closes with it, and why not.

    The closing checks ticked cases again: a line cannot close a case that waits.
    """

    _name = "water.incident.wizard.line"
    _inherit = "water.mixin"
    _description = "Case at the End of an Incident (Dialog)"
    _order = "is_proposed desc, id"

    wizard_id = fields.Many2one("water.incident.wizard", required=True, ondelete="cascade")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    name = fields.Char(string="Number", readonly=True)
    subject = fields.Char(readonly=True)
    state_name = fields.Char(string="State", readonly=True)
    group = fields.Selection(
        [
            ("message", "Reached by a message"),
            ("call", "To be called"),
            ("none", "Not to be reached"),
            ("own", "Something of its own"),
        ],
        string="Customer",
        readonly=True,
    )
    is_proposed = fields.Boolean(string="Proposed to Close", readonly=True)
    is_chosen = fields.Boolean(string="Close with It")
    reason = fields.Char(string="Why, and What Becomes of It", readonly=True)
