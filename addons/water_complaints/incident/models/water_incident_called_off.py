from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said


class WaterIncident(models.Model):
    """Planned work that does not take place: whoever was told of it is told so (S2.1.1)."""

    _inherit = "water.incident"

    can_call_off = fields.Boolean(compute="_compute_can_call_off", export_string_translation=False)

    @api.depends("state", "is_planned", "aware_at")
    @api.depends_context("uid")
    def _compute_can_call_off(self):
        for incident in self:
            ahead = incident.is_planned and incident.state == "open" and not incident._has_begun()
            incident.can_call_off = ahead and self._is_manager()

    def action_dismiss(self):
        """Open the dialog that says why it is none, or does not take place."""
        if self.can_call_off:
            self.check_access("write")
            return {**self._dialog("dismissed"), "name": self.env._("Call the Work Off")}
        return super().action_dismiss()

    def _dismiss(self, reason):
        """It was none, or planned work is called off before it has begun.

        :raises UserError: without a reason
        """
        off = self.filtered("can_call_off")
        for incident in off:
            incident._call_off(reason)
        if self - off:
            super(WaterIncident, self - off)._dismiss(reason)

    def _call_off(self, reason):
        """Nothing more is to be done for it; what only asked about it ends with the news."""
        self._check_step("open")
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        values = {"state": "dismissed", "dismiss_reason": reason, "next_progress_at": False}
        trusted(self).write(values)
        self.sudo().activity_ids.unlink()
        if self.notice_ids or self.notice_given_at:
            words = self.with_context(lang=self.company_id.partner_id.lang).env
            text = words._(
                "%(subject)s does not take place: %(reason)s",
                subject=self.subject,
                reason=reason.strip(),
            )
            self._announce("restored", text)
