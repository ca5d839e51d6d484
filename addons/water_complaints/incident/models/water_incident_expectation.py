from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.apart import apart
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import sentences

from .water_incident_news import NEWS


class WaterIncident(models.Model):
    """By when an incident is expected to be over, and what is said once that time has passed.

    A time that has passed is nobody's expectation: no caller, page or message is told it as one.
    """

    _inherit = "water.incident"

    late_told_at = fields.Datetime(
        string="Expected End Passed", readonly=True, copy=False, help="Whoever commands was told."
    )

    @api.constrains("aware_at", "expected_at")
    def _check_lasts(self):
        for incident in self:
            if incident.expected_at and incident.expected_at < incident.aware_at:
                raise ValidationError(self.env._("The supply cannot be back before it was gone."))

    def _expected_end(self):
        """By when it is to be over (naive UTC): as announced, later as told since; or nothing."""
        announced = self.is_planned and self._announced_until()
        told = self.expected_at
        if announced and told and announced < fields.Datetime.now():
            return max(announced, told)
        return announced or told

    def _end_ahead(self):
        """The expected end as long as it can be kept, or nothing."""
        end = self._expected_end()
        return end and end >= fields.Datetime.now() and end

    def _is_past_expected_end(self):
        """Whether it takes longer than everybody was told last."""
        return self.state == "open" and bool(self._expected_end()) and not self._end_ahead()

    def _expected_words(self):
        """What a caller is told about the end."""
        if self._is_past_expected_end():
            return self.env._(
                "It was expected to be over by %s and takes longer; no new time is known yet.",
                self._local(self._expected_end()),
            )
        until = self._local(self._end_ahead())
        return until and self.kind_id._worded("expected_text", {"until": until})

    def _late_alert(self):
        """Planned work takes longer than announced: it is another matter now (OT05)."""
        late = self.env._(
            "%(subject)s was announced until %(until)s and is not over: register it as"
            " “%(category)s”.",
            subject=self.subject,
            until=self._local(self._announced_until()),
            category=self.kind_id.late_category_id.display_name or self.env._("late"),
        )
        return sentences([late, self._end_ahead() and self._expected_words()])

    @api.model
    def _watch_expected_ends(self):
        """Whoever commands hears that it takes longer than everybody was told, once each time."""
        for incident in self.sudo().search([("state", "=", "open")]):
            end, told_at = incident._expected_end(), incident.late_told_at
            if incident._is_past_expected_end() and not (told_at and told_at > end):
                apart(incident, type(self)._tell_commander_of_the_end)

    def _tell_commander_of_the_end(self):
        user, now = self._commander(), fields.Datetime.now()
        told = self.with_context(lang=user.lang)
        announced = self._is_past_announced_end() and not self.late_told_at
        summary = announced and told._late_alert()
        self.activity_schedule(
            NEWS,
            summary=summary
            or told.env._(
                "%(subject)s was expected to be over by %(until)s: tell everybody how it stands",
                subject=self.subject,
                until=told._local(self._expected_end()),
            ),
            user_id=user.id,
        )
        values = {"late_told_at": now, "next_progress_at": self._next_news_after(now)}
        trusted(self).write(values)
