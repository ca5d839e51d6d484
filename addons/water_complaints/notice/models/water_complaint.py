from odoo import fields, models

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.case.transitions import Missing, Move, Refusal


class WaterComplaint(models.Model):
    """Letters to the customer of a complaint: result, refusal, delay (S3.2.3c).

    An extension is announced by letter (延期告知书), a pause by a message.
    """

    _inherit = "water.complaint"

    _counters = {"notice_count": "water.notice"}

    _transitions = {
        ("handling", "notified"): Move(needs=("_need_notice",)),
        ("registered", "rejected"): Move(needs=("_need_refusal_letter",)),
    }

    notice_ids = fields.One2many("water.notice", "complaint_id", string="Notices")
    notice_count = fields.Integer(string="Number of Notices", compute="_compute_counts")

    def _tell_customer_of_delay(self, clock, pause):
        if pause.kind != "extension" or clock.kind != "close" or not self.sudo().email_from:
            super()._tell_customer_of_delay(clock, pause)
            return
        subject, body = self.env["water.notice.text"]._compose("delay", self, pause=pause)
        values = {"kind": "delay", "mode": "written", "subject": subject, "body": body}
        self.env["water.notice"]._send(self, {**values, "pause_id": pause.id})

    def _need_refusal_letter(self):
        """Require a refusal in writing or by word, with the reason and other bodies.

        An order that is returned is answered to its body; a customer without name and address
        cannot be told.
        """
        case = self.sudo()
        unreachable = case.is_anonymous and not (case.phone or case.email_from)
        told = case.notice_ids.filtered(lambda row: row.kind == "refusal" and row.sent_at)
        if told or unreachable or case.external_ref:
            return []
        words = self.env._("tell the customer why it is not accepted, and who is there for it")
        return [Missing(words, "action_end")]

    def _compensation_notice(self):
        """Hook: the lines of the result letter about compensation, in the env's language."""
        return []

    def action_notify(self):
        """Open the notice dialog (S3.2.3c).

        :raises UserError: while work is still going on: before the letter is written
        """
        self.ensure_one()
        missing = self._need_resolution()
        if self.state == "handling":
            missing += self._who_waits()
        if missing:
            raise Refusal(self.env._("%s cannot be told yet:", self.name), self, missing)
        return self._dialog("water.notice.wizard", self.env._("Notify the Customer"))

    def action_open_notices(self):
        """Open the notices of the complaint."""
        return self._open_children("water.notice", self.env._("Notices"), "complaint_id")

    def _need_notice(self):
        sent = self.sudo().notice_ids.filtered(
            lambda notice: (
                notice.kind == "result" and notice.sent_at and notice.round == self.reopen_count
            )
        )
        if sent:
            return []
        return [Missing(self.env._("notify the customer of the result"), "action_notify")]

    def action_letter(self):
        """Write a letter of acceptance, or of the delay that was granted."""
        self.ensure_one()
        self.check_access("read")
        granted = self.sudo().deadline_ids.pause_ids.filtered(
            lambda row: row.kind == "extension" and row.state == "done"
        )
        told = self.sudo().notice_ids.pause_id
        kind = "delay" if granted - told else "acceptance"
        return self._dialog("water.notice.wizard", self.env._("Write a Letter"), default_kind=kind)

    # -- portal --------------------------------------------------------------------------------
    # The notices on the customer's page (S3.2.3c).

    def _portal_notices(self):
        """The notices sent to the customer, newest first."""
        kinds = dict(self.env["water.notice"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "number": notice.name,
                "kind": kinds[notice.kind],
                "subject": notice.subject,
                "body": notice.body,
                "at": self._portal_time(notice.sent_at),
                "appeal": self._portal_appeal(notice),
            }
            for notice in self.sudo().notice_ids.filtered("sent_at")
        ]

    def _portal_appeal(self, notice):
        if not notice.appeal_until or notice.kind in ("acceptance", "delay"):
            return ""
        if not self._appeal_last_day() or notice != self.sudo()._appealed_notice():
            return ""
        day = day_text(notice.appeal_until)
        return self.env._("If you do not agree, you can ask for a review by %s.", day)

    def _portal_page(self):
        return super()._portal_page() | {"notices": self._portal_notices()}

    def _portal_opened(self):
        super()._portal_opened()
        self.notice_ids.filtered("sent_at")._mark_delivered()
