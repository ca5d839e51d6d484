from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.event_chain import digest


class WaterAppealEvent(models.Model):
    """One thing that happened to an appeal. Written once by the service, never changed."""

    _name = "water.appeal.event"
    _inherit = ["water.choice.name.mixin", "water.kept.mixin"]
    _description = "Event of an Appeal"
    _dossier_order = 92
    _dossier = True
    _order = "id desc"
    _rec_name = "kind"
    _allow_sudo_commands = False

    appeal_id = fields.Many2one(
        "water.appeal", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_id = fields.Many2one(related="appeal_id.complaint_id", store=True, index=True)
    company_id = fields.Many2one(related="appeal_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("filed", "Appeal filed"),
            ("admitted", "Admitted once more"),
            ("acknowledged", "Acknowledged"),
            ("voted", "Vote of the panel"),
            ("decided", "Decided"),
            ("withdrawn", "Withdrawn"),
            ("clock_warned", "Time limit near"),
            ("clock_breached", "Time limit exceeded"),
            ("clock_replanned", "Time limit worked out again"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    payload = fields.Json(readonly=True)
    digest = fields.Char(required=True, readonly=True)
    previous_digest = fields.Char(readonly=True)

    @api.model
    def _kept_message(self):
        return self.env._("Events are written by the system alone.")

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("An event that has happened cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("An event that has happened cannot be deleted."))

    def _expected_digest(self):
        return digest(
            self.previous_digest,
            self.appeal_id.name,
            self.kind,
            self.at,
            self.user_id.id,
            self.payload,
        )
