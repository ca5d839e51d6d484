from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.words import said


class WaterComplaint(models.Model):
    """Investigations and evidence of a complaint, and who works on them (S3.2.2b)."""

    _inherit = "water.complaint"
    _counters = {"evidence_count": "water.evidence"}
    _counted_lists = ("evidence_ids",)

    investigation_ids = fields.One2many(
        "water.investigation", "complaint_id", string="Investigations", copy=False
    )
    evidence_ids = fields.One2many("water.evidence", "complaint_id", copy=False)
    evidence_count = fields.Integer(
        string="Number of Pieces of Evidence", compute="_compute_counts"
    )
    is_investigator = fields.Boolean(
        compute="_compute_is_investigator", export_string_translation=False
    )

    @api.depends("state", "user_id", "first_responsible_id", "dispatch_ids.state")
    @api.depends_context("uid")
    def _compute_is_investigator(self):
        for case in self:
            case.is_investigator = (
                bool(case._origin.id)
                and case.state not in case._final_states
                and case._may_investigate()
            )

    def _may_investigate(self):
        """Whether the user works on it: his department, he who answers for it, a supervisor."""
        user = self.env.user
        if self.env.su:
            return True
        if user.has_group(SUPERVISOR):
            return True
        hands = self.first_responsible_id | self.acting_responsible_id | self.user_id
        return user in hands or self._is_at_work("accepted")

    def _check_investigator(self):
        """:raises AccessError: for whoever only reads
        :raises UserError: for a finished complaint
        """
        self.check_access("write")
        self._check_unsealed()
        for case in self:
            if not case._may_investigate():
                raise AccessError(self._not_investigator())

    def _not_investigator(self):
        return self.env._(
            "This is written by the department that has accepted the work, by the people who"
            " answer for the complaint, and by supervisors."
        )

    def _keep_shown(self, text):
        """What an investigation showed stands in the complaint too, one after the other."""
        for case in self:
            known = said(case.investigation)
            if text.strip() not in known:
                case.investigation = "\n".join(filter(None, (known, text.strip())))

    def _is_own_file(self, file):
        """Files behind evidence of the complaint are its own, unless they were struck out."""
        if super()._is_own_file(file):
            return True
        return bool(self.evidence_ids.filtered(lambda row: row.attachment_id == file))

    def _event_faults(self):
        """The seals of the evidence are checked together with the chain, which has them as well."""
        faults = super()._event_faults()
        if self.erased_at:
            return faults
        told = self._told_evidence()
        gone = sorted(told.keys() - set(self.evidence_ids.mapped("number")))
        missing = [self.env._("Evidence no. %s is missing.", number) for number in gone]
        return faults + self.evidence_ids._faults(told) + missing

    def _told_evidence(self):
        """{number: what the chain says of a piece of evidence, None where words were erased}."""
        events = self.event_ids.filtered(lambda event: event.kind == "evidence_added")
        return {
            item.get("number"): None if event.payload_seal else item
            for event in events
            for item in (event.payload or {}).get("items") or ()
        }

    def action_open_evidence(self):
        """Open the evidence of the complaint as a gallery."""
        action = self._open_children("water.evidence", self.env._("Evidence"), "complaint_id")
        action["view_mode"] = "kanban,list,form"
        action["context"] = {"create": False}
        return action

    def action_plan_investigation(self):
        """Open the form of a new investigation: it may begin at once."""
        self.ensure_one()
        self._check_investigator()
        return self._open_dialog(
            self.env["water.investigation"],
            self.env._("Plan an Investigation"),
            default_complaint_id=self.id,
        )

    def action_add_evidence(self):
        """Open the form of a new piece of evidence: on the phone, the camera is one tap away."""
        self.ensure_one()
        return windows.dialog(
            "water.evidence",
            self.env._("Add Evidence"),
            {"default_complaint_id": self.id},
            view_id=self.env.ref("water_complaints.water_evidence_view_form_add").id,
        )
