from odoo import api, fields, models

from ...base.tables import table

#: Parts of a payload that are plain words of people.
WORDS = ("number", "material", "reason", "alternative", "note", "remark", "correction", "result")


class WaterCaseEvent(models.Model):
    """One thing that happened to a case. Written once by the service, never changed."""

    _name = "water.case.event"
    _inherit = ["water.chain.event.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Case Event"
    _rec_name = "kind"
    _dossier = False  # the chain is a member of its own

    _erased_parts = frozenset({"text", "files", "photos"})
    #: parts of payloads that are codes, and whose: {kind of event: {part: (model, field)}}; of a
    #: field of the case itself the model is empty; rooms add theirs
    _coded = {}

    kind = fields.Selection(
        [
            ("created", "Registered"),
            ("taken", "Taken by the first responsible person"),
            ("assigned", "Assigned"),
            ("handed_over", "Handed over"),
            ("moved", "Moved"),
            ("contacted", "Customer contacted"),
            ("dispatched", "Dispatched"),
            ("dispatch_accepted", "Accepted by the department"),
            ("support_accepted", "Accepted by a supporting department"),
            ("dispatch_rejected", "Returned by the department"),
            ("dispatch_finished", "Finished by the department"),
            ("dispatch_cancelled", "Dispatch withdrawn"),
            ("arrived", "Arrived on site"),
            ("verified", "Facts verified"),
            ("planned", "Plan made"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("reopened", "Reopened"),
            ("identified", "Customer identified"),
            ("bounced", "Repeatedly returned"),
            ("deputy_appointed", "Deputy appointed"),
            ("deputy_ended", "Deputy's time ended"),
            ("severity_changed", "Severity changed"),
            ("triaged", "Judged anew"),
            ("clock_warned", "Time limit near"),
            ("clock_breached", "Time limit exceeded"),
            ("clock_pause_asked", "Pause or extension asked for"),
            ("clock_paused", "Time limit paused"),
            ("clock_resumed", "Time limit running again"),
            ("clock_extended", "Time limit extended"),
            ("clock_replanned", "Time limit worked out again"),
            ("clock_voided", "Time limit no longer applies"),
            ("breach_explained", "Missed limit explained"),
            ("breach_decided", "Excuse of a missed limit decided"),
            ("promised", "Promise given"),
            ("promise_kept", "Promise kept"),
            ("clock_failed", "Time limit could not be worked out"),
            ("revealed", "Personal data revealed"),
            ("erased", "Personal data erased"),
            ("withdrawn", "Withdrawn"),
            ("urged", "Urged"),
            ("clock_pause_refused", "Pause or extension refused"),
            ("clock_pause_lapsed", "Pause or extension lapsed"),
            ("clock_pause_withdrawn", "Pause or extension withdrawn"),
            ("own_matter", "Matter of a member of the staff"),
            ("file_removed", "File withdrawn by the person who added it"),
        ],
        required=True,
        readonly=True,
    )
    details = fields.Char(compute="_compute_details")

    @api.depends("payload", "kind")
    @api.depends_context("lang")
    def _compute_details(self):
        departments = self._departments()
        for event in self:
            payload = event.payload or {}
            parts = [event._step_label(payload), event._clock_label(payload)]
            parts += event._room_labels(payload)
            parts += event._code_labels(payload)
            parts += [event._purpose_label(payload)]
            parts += [departments.get(payload.get("department"))]
            coded = table(event, "_coded").get(event.kind, {})
            words = [word for word in WORDS if payload.get(word) and word not in coded]
            parts += [str(payload[word]) for word in words]
            event.details = " · ".join(part for part in parts if part)

    def _departments(self):
        codes = {(event.payload or {}).get("department") for event in self} - {None}
        # sudo: water.department - the name of a code that the reader sees anyway
        found = self.env["water.department"].sudo().with_context(active_test=False)
        return {row.code: row.name for row in found.search([("code", "in", list(codes))])}

    def _step_label(self, payload):
        if self.kind not in ("moved", "severity_changed"):
            return ""
        field = "state" if self.kind == "moved" else "severity"
        case = self._case()
        labels = dict(case._fields[field]._description_selection(self.env))
        return " → ".join(labels.get(payload.get(end), "") for end in ("from", "to"))

    def _clock_label(self, payload):
        if "clock" not in payload:
            return ""
        kind = self.env["water.deadline"]._fields["kind"]
        labels = dict(kind._description_selection(self.env))
        return labels.get(payload["clock"], payload["clock"])

    def _room_labels(self, payload):
        """Hook: return a room's labels for its own kinds of events."""
        return []

    def _code_labels(self, payload):
        found = []
        for part, (model, name) in table(self, "_coded").get(self.kind, {}).items():
            field = (self.env[model] if model else self._case())._fields[name]
            answer = dict(field._description_selection(self.env)).get(payload.get(part))
            if answer:
                label = field._description_string(self.env)
                found.append(self.env._("%(what)s: %(answer)s", what=label, answer=answer))
        return found

    def _purpose_label(self, payload):
        reasons = self.env["water.privacy.log"]._fields["reason"]
        return dict(reasons._description_selection(self.env)).get(payload.get("purpose"))

    @api.model
    def _chain_link(self, model):
        return self._case_field(model)
