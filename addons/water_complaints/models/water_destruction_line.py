from odoo import api, fields, models


class WaterDestructionLine(models.Model):
    """One case on a destruction protocol: which it was, and what became of it."""

    _name = "water.destruction.line"
    _inherit = "water.kept.mixin"
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
    case_name = fields.Char(string="Case", related="complaint_id.name", store=True)
    archive_number = fields.Char(related="complaint_id.archive_number", store=True)
    archived_at = fields.Datetime(related="complaint_id.archived_at", store=True)
    retain_until = fields.Date(related="complaint_id.retain_until", store=True)
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
    def _kept_message(self):
        return self.env._("A destruction protocol is written by the system alone.")

    def _digests(self):
        """The digests of all sealed files of the case, a line each."""
        volumes = self.complaint_id.archive_ids.sorted("volume")
        return "\n".join(f"{volume.name} {volume.digest}" for volume in volumes)
