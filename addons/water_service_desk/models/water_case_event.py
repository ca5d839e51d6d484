from odoo import _, api, fields, models
from odoo.exceptions import AccessError

from ..tools.event_chain import digest
from ..tools.trust import is_trusted


class WaterCaseEvent(models.Model):
    """One thing that happened to a case. Written once by the service, never changed."""

    _name = "water.case.event"
    _inherit = ["water.case.link.mixin"]
    _description = "Case Event"
    _order = "id desc"
    _rec_name = "kind"
    _allow_sudo_commands = False

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
            ("dispatch_rejected", "Returned by the department"),
            ("dispatch_finished", "Finished by the department"),
            ("dispatch_cancelled", "Dispatch withdrawn"),
            ("arrived", "Arrived on site"),
            ("verified", "Facts verified"),
            ("planned", "Plan made"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("reopened", "Reopened"),
            ("customer_message", "Message from the customer"),
            ("callback_attempt", "Call-back attempted"),
            ("callback_done", "Call-back done"),
            ("severity_changed", "Severity changed"),
            ("clock_warned", "Time limit near"),
            ("clock_breached", "Time limit exceeded"),
            ("clock_pause_asked", "Pause or extension asked for"),
            ("clock_paused", "Time limit paused"),
            ("clock_resumed", "Time limit running again"),
            ("clock_extended", "Time limit extended"),
            ("clock_replanned", "Time limit worked out again"),
            ("promised", "Promise given"),
            ("clock_failed", "Time limit could not be worked out"),
            ("revealed", "Personal data revealed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    payload = fields.Json(readonly=True)
    digest = fields.Char(required=True, readonly=True)
    previous_digest = fields.Char(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise AccessError(_("Events are written by the system alone."))
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(_("An event that has happened cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(_("An event that has happened cannot be deleted."))

    def _expected_digest(self):
        return digest(
            self.previous_digest,
            self._case().name,
            self.kind,
            self.at,
            self.user_id.id,
            self.payload,
        )

    def _tag(self):
        return {"case": self._case().name, "id": self.id}
