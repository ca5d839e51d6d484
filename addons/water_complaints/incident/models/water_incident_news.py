from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted


class WaterIncident(models.Model):
    """What everybody affected is told about an incident, and when."""

    _inherit = "water.incident"

    # -- words --------------------------------------------------------------------------------

    def _local(self, moment):
        """A moment in the company's time zone, for texts; nothing for none."""
        zone = self.company_id.sudo()._water_calendar().tz
        return moment and format_datetime(self.env, moment, tz=zone, dt_format="short")

    def _spoken_alert(self):
        """What the agent must see, and can say, at once."""
        since, until = self._local(self.aware_at), self._local(self.expected_at)
        subject = self.subject
        if until:
            return self.env._(
                "%(subject)s since %(since)s, expected back %(until)s",
                subject=subject,
                since=since,
                until=until,
            )
        return self.env._("%(subject)s since %(since)s", subject=subject, since=since)

    def _draft_news(self):
        """How it stands, to be put right before it is sent."""
        text = self.cause or self.subject
        until = self._local(self.expected_at)
        if not until:
            return self.env._("%(text)s. We are working on it.", text=text)
        return self.env._(
            "%(text)s. We are working on it and expect the water back by %(until)s.",
            text=text,
            until=until,
        )

    def _draft_restored(self):
        return self.env._(
            "The supply is back to normal: %(subject)s. Let the water run for a moment before you"
            " use it. We are sorry for the trouble.",
            subject=self.subject,
        )

    # -- dialogs ------------------------------------------------------------------------------

    def action_news(self):
        """Open the dialog that tells all how it stands."""
        self._check_step("open")
        return self._dialog("progress")

    def action_restore(self):
        """Open the dialog that ends the incident: the supply is back."""
        self._check_step("open")
        return self._dialog("restored")

    def _dialog(self, kind):
        self.ensure_one()
        return windows.dialog(
            "water.incident.wizard",
            self.env._("News") if kind == "progress" else self.env._("Supply Restored"),
            {"default_incident_id": self.id, "default_kind": kind},
        )

    def action_dismiss(self):
        """Open the dialog that says why it is none."""
        self._check_step("proposed")
        return {**self._dialog("dismissed"), "name": self.env._("No Incident")}

    # -- telling ------------------------------------------------------------------------------

    def _announce(self, kind, text, expected=None):
        """Tell everybody who is affected, in the background.

        :param kind: as in ``water.incident.notice``
        :param text: what they are told
        :param expected: naive UTC time by which the supply is expected back, or nothing
        :return: water.incident.notice
        """
        self.ensure_one()
        self.check_access("write")
        if not (text or "").strip():
            raise UserError(self.env._("Write down what customers are told."))
        # sudo: water.incident.notice - written by this checked service alone
        notice = trusted(self.env["water.incident.notice"].sudo()).create(
            {
                "incident_id": self.id,
                "kind": kind,
                "body": text.strip(),
                "expected_at": expected,
                "user_id": self.env.uid,
            }
        )
        if kind == "progress":
            later = fields.Datetime.now() + timedelta(hours=self.progress_hours)
            trusted(self).write(
                {"next_progress_at": later, "expected_at": expected or self.expected_at}
            )
        self._wake_broadcast()
        return notice.with_env(self.env)

    @api.model
    def _wake_broadcast(self):
        # sudo: ir.cron - whoever has news may have them sent
        self.env.ref("water_complaints.ir_cron_incidents").sudo()._trigger()

    @api.model
    def _remind_of_news(self):
        """Ask whoever commands for the next news, when they are due."""
        now = fields.Datetime.now()
        late = self.sudo().search([("state", "=", "open"), ("next_progress_at", "<=", now)])
        for incident in late:
            user = incident.manager_id or incident.opened_by_id
            incident.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=incident.with_context(lang=user.lang).env._("Tell everybody how it stands"),
                user_id=user.id,
            )
            later = now + timedelta(hours=incident.progress_hours)
            trusted(incident).write({"next_progress_at": later})
