from odoo import api, fields, models


class WaterDestructionLine(models.Model):
    """One case on a destruction protocol: which it was, and what became of it."""

    _name = "water.destruction.line"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Case to be Destroyed"
    _order = "id"
    _rec_name = "archive_number"
    _allow_sudo_commands = False
    _dossier = False  # the protocol outlives the case

    destruction_id = fields.Many2one(
        "water.destruction", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_id = fields.Many2one(
        "water.complaint", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # kept as they were when the list was drawn up: the protocol does not follow the case
    case_name = fields.Char(string="Case", readonly=True)
    archive_number = fields.Char(readonly=True, index=True)
    archived_at = fields.Datetime(readonly=True)
    retain_until = fields.Date(readonly=True)
    digests = fields.Text(
        string="SHA-256 of the Sealed Files", readonly=True, help="As they were before."
    )
    event_head = fields.Char(string="Newest Event", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Destroyed"), ("kept", "Kept")],
        required=True,
        readonly=True,
        default="waiting",
    )
    done_at = fields.Datetime(string="Destroyed at", readonly=True)
    kept_because = fields.Char(readonly=True)
    company_id = fields.Many2one(related="destruction_id.company_id", store=True, index=True)

    @api.model
    def _readonly_message(self):
        return self.env._(
            "Destruction protocols are created by the system and cannot be entered by hand."
        )

    @api.model
    def _facts(self, case):
        return {
            "complaint_id": case.id,
            "case_name": case.name,
            "archive_number": case.archive_number,
            "archived_at": case.archived_at,
            "retain_until": case.retain_until,
        }

    def _digests(self):
        volumes = self.complaint_id.archive_ids.sorted("volume")
        return "\n".join(f"{volume.name} {volume.digest}" for volume in volumes)
