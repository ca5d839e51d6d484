from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.models.res_company import check_most
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said, sentences

#: The to-do of whoever commands: how it stands is told to everybody.
NEWS = "water_complaints.mail_activity_type_news"
#: News come once a year at least, in hours.
LONGEST = 8760


class WaterIncident(models.Model):
    """What everybody affected is told about an incident, and when."""

    _inherit = "water.incident"

    @api.constrains("progress_hours")
    def _check_progress_hours(self):
        check_most(self, "progress_hours", LONGEST)

    # -- words --------------------------------------------------------------------------------

    def _local(self, moment):
        """A moment in the company's time zone, for texts; nothing for none."""
        zone = self.company_id.sudo()._water_calendar().tz
        return moment and moment_text(self.env, moment, zone)

    def _words(self):
        """What the texts of the kind may say of this incident."""
        until = self._local(self._end_ahead())
        return {
            "subject": self.subject,
            "cause": said(self.cause or self.subject).rstrip(".。"),
            "since": self._local(self.aware_at),
            "until": until or self.env._("further notice"),
            "advice": self._advice_now(),
        }

    def _spoken_alert(self):
        """What the agent must see, and can say, at once."""
        if self._is_past_announced_end():
            return self._late_alert()
        spoken = self.kind_id._worded("spoken_text", self._words()) or self.subject
        return sentences([spoken, not self.is_planned and self._expected_words()])

    def _promise_rows(self):
        """Return the promises to all of its cases as ``(title, sentence)`` pairs.

        What goes on, by when it is expected to be over, and when the next news come.
        """
        self.ensure_one()
        unknown = self.env._("It is not known yet when it will be over.")
        known = self.env._("This belongs to a known incident: %s.", self.subject)
        if self.is_planned:
            known = self.env._("This belongs to planned work: %s.", self.subject)
        rows = [
            (self.env._("Incident"), known),
            (self.env._("Expected end"), self._expected_words() or unknown),
        ]
        news = self.next_progress_at
        if news and news > fields.Datetime.now():
            words = self.env._("We will tell you how it stands by %s.", self._local(news))
            rows.append((self.env._("Next news"), words))
        return rows

    def _draft_news(self):
        """How it stands, to be put right before it is sent."""
        name = "end_text" if self._is_lifted() else "news_text"
        return self.kind_id._worded(name, self._words()) or self.subject

    def _draft_restored(self):
        return self.kind_id._worded("end_text", self._words()) or self.subject

    # -- dialogs ------------------------------------------------------------------------------

    def action_news(self):
        """Open the dialog that tells all how it stands."""
        self._check_step("open")
        return self._dialog("progress")

    def action_restore(self):
        """Open the dialog that ends the incident, with what closes and what stays open."""
        self._check_step("open")
        dialog = self._dialog("restored")
        # made here: a client would send back only what he may change of the lines
        wizard = self.env["water.incident.wizard"].create(
            {"incident_id": self.id, "kind": "restored"}
        )
        return {**dialog, "res_id": wizard.id}

    def _dialog(self, kind):
        self.ensure_one()
        return windows.dialog(
            "water.incident.wizard",
            self.env._("News") if kind == "progress" else self.kind_id.end_name,
            {"default_incident_id": self.id, "default_kind": kind},
        )

    def action_dismiss(self):
        """Open the dialog that says why it is none."""
        self._check_step("proposed")
        return {**self._dialog("dismissed"), "name": self.env._("No Incident")}

    # -- telling ------------------------------------------------------------------------------

    def _announce(self, kind, text, expected=None, chosen=None):
        """Tell everybody who is affected, in the background.

        :param kind: as in ``water.incident.notice``
        :param text: what they are told
        :param expected: naive UTC time by which it is expected to be over, or nothing
        :param chosen: {case model: ids} of the cases to close at the end
        :raises UserError: without a text, or before planned work whose lead time is too short
        :return: water.incident.notice
        """
        self.ensure_one()
        self.check_access("write")
        if not said(text):
            raise UserError(self.env._("Write down what customers are told."))
        if expected and expected < fields.Datetime.now():
            raise UserError(
                self.env._("This end has passed: enter when it will be over, or leave it empty.")
            )
        expected = self._end_to_announce(kind, expected)
        if kind == "progress":
            self._check_lead()
        waiting = self._same_news(kind, text.strip(), expected)
        if waiting:
            return waiting
        # sudo: water.incident.notice - written by this checked service alone
        notice = trusted(self.env["water.incident.notice"].sudo()).create(
            {
                "incident_id": self.id,
                "kind": kind,
                "body": text.strip(),
                "begin_at": kind == "progress" and self._is_ahead() and self.aware_at,
                "expected_at": expected,
                "user_id": self.env.uid,
                "chosen": chosen,
            }
        )
        if kind == "progress":
            values = {"next_progress_at": self._next_news_after(fields.Datetime.now())}
            if expected and not self._is_ahead():
                values["expected_at"] = expected
            trusted(self).write(values)
            self._keep_announcement(notice)
        end_todos(self, NEWS)
        self._wake_broadcast()
        return notice.with_env(self.env)

    def _end_to_announce(self, kind, expected):
        """Return the end that news name; before planned work the one that they announce.

        :param expected: naive UTC end that the user has chosen, or nothing
        """
        if kind != "progress" or not self._is_ahead():
            return expected
        if expected and expected != self._planned_end():
            trusted(self).announced_end_at = expected
        return self._planned_end()

    def _same_news(self, kind, text, expected):
        """The very same news that are not sent yet: two people told them at once, nobody hears
        them twice.
        """
        # sudo: water.incident.notice - whoever tells news of the incident may know of them
        waiting = self.sudo().notice_ids.filtered(
            lambda row: (
                row.state == "queued"
                and (row.kind, row.body, row.expected_at) == (kind, text, expected or False)
            )
        )
        return waiting[:1].with_env(self.env)

    @api.model
    def _wake_broadcast(self):
        # sudo: ir.cron - whoever has news may have them sent
        self.env.ref("water_complaints.ir_cron_incidents").sudo()._trigger()

    @api.model
    def _remind_of_news(self):
        """Ask whoever commands for the next news, when they are due."""
        now = fields.Datetime.now()
        late = self.sudo().search([("state", "=", "open"), ("next_progress_at", "<=", now)])
        each_apart(late, type(self)._remind_of_next_news, now)

    def _commander(self):
        """Who is asked for what is to be done: whoever commands, else whoever has started it.

        Where they have left somebody else is: on duty, at the head of the lead, or a supervisor.
        """
        people = (
            self.manager_id + self.opened_by_id + self.roster_ids + self.department_id.manager_id
        )
        return people.filtered("active")[:1] or self.company_id._water_asked_user()

    def _remind_of_next_news(self, now):
        user = self._commander()
        words = self.with_context(lang=user.lang).env._("Tell everybody how it stands")
        asked = open_todos(self, NEWS).filtered(lambda todo: todo.user_id == user)
        if words not in asked.mapped("summary"):
            self.activity_schedule(NEWS, summary=words, user_id=user.id)
        trusted(self).write({"next_progress_at": self._next_news_after(now)})

    def _ask_for_news_now(self):
        """What was told no longer holds, or not for all: whoever commands is asked at once."""
        told = self.filtered("notice_ids")
        if told:
            trusted(told).write({"next_progress_at": fields.Datetime.now()})
            self._wake_broadcast()

    def _next_news_after(self, now):
        """When all want to hear again: of planned work not before it has begun."""
        begun = max(now, self.aware_at) if self.is_planned else now
        return begun + timedelta(hours=self.progress_hours)
