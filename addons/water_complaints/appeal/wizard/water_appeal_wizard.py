from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files

from ..models.water_appeal import DECISIONS


class WaterAppealWizard(models.TransientModel):
    """The dialogs of an appeal: file it for the customer, admit, vote, withdraw (S3.2.5)."""

    _name = "water.appeal.wizard"
    _inherit = "water.mixin"
    _description = "Appeal"

    step = fields.Selection(
        [
            ("file", "File the appeal"),
            ("admit", "Admit once more"),
            ("vote", "Vote"),
            ("withdraw", "Withdraw"),
            ("state", "Statement"),
        ],
        required=True,
        readonly=True,
        default="file",
    )
    complaint_id = fields.Many2one("water.complaint", readonly=True)
    appeal_id = fields.Many2one("water.appeal", readonly=True)
    reason = fields.Text(help="In the customer's words where they are given.")
    demand = fields.Text(string="What the Customer Asks for")
    channel_id = fields.Many2one(
        "water.channel",
        string="How It Came",
        default=lambda self: self.env.ref("water_service_desk.channel_phone", False),
    )
    external_body = fields.Char(
        string="Gone to Another Body",
        help="Fill in only if the customer turned to an outside body, such as 12345.",
    )
    external_number = fields.Char(string="Number of the Body")
    external_due_at = fields.Datetime(
        string="Limit of the Body", help="Until when it wants our statement; empty: it names none."
    )
    certificate_number = fields.Char(help="Of a certificate, such as of a meter test.")
    certificate_issuer = fields.Char(string="Certificate Issued by")
    until = fields.Date(string="Last Day to Appeal", compute="_compute_place")
    is_late = fields.Boolean(compute="_compute_place")
    is_again = fields.Boolean(compute="_compute_place")
    late_reason = fields.Text(string="Why It Is Admitted Late")
    new_evidence = fields.Text(help="What is new since the company's final answer.")
    evidence_ids = Files(
        "ir.attachment", "water_appeal_wizard_file_rel", "wizard_id", "attachment_id"
    )
    decision = fields.Selection(DECISIONS, string="I Vote for")

    def _compute_place(self):
        """Show what holds for an appeal that is filed now."""
        for wizard in self:
            case = wizard.complaint_id
            wizard.is_again = bool(case) and case.sudo()._appeals_exhausted()
            wizard.until = case.sudo()._appealed_notice().appeal_until
            wizard.is_late = bool(case) and not (wizard.is_again or case._appeal_last_day())

    def action_save(self):
        """Do the dialog's step; the appeal checks access and completeness."""
        self.ensure_one()
        if self.step == "file":
            return self._filed()
        if not self.appeal_id:
            raise UserError(self.env._("Open this dialog from an appeal."))
        if self.step == "admit":
            self.appeal_id._admit(self.reason)
        elif self.step == "vote":
            self.appeal_id._vote(self.decision, self.reason)
        elif self.step == "state":
            self.appeal_id._state(self.reason)
        else:
            self.appeal_id._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _filed(self):
        if not self.complaint_id:
            raise UserError(self.env._("Open this dialog from a complaint."))
        values = {
            "reason": self.reason,
            "demand": self.demand,
            "channel_id": self.channel_id.id,
            "external_body": self.external_body,
            "external_number": self.external_number,
            "external_due_at": self.external_due_at,
            "certificate_number": self.certificate_number,
            "certificate_issuer": self.certificate_issuer,
            "late_reason": self.late_reason,
            "new_evidence": self.new_evidence,
        }
        appeal = self.env["water.appeal"]._file(self.complaint_id, values, self.evidence_ids)
        return windows.form(appeal)
