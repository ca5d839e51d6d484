from odoo import models

from odoo.addons.water_service_desk.case.transitions import Move

from ...complaint.models.water_complaint import OPEN_STATES


class WaterComplaint(models.Model):
    """A complaint that hangs on an incident ends with it, and is concluded by two people."""

    _inherit = "water.complaint"

    _incident_end = "archived"
    _incident_busy_states = ("investigating",)
    _clock_events = {
        "incident_joined": ("accept", "dispatch"),
        "incident_told": ("contact",),
        "incident_over": (
            *("accept", "contact", "on_site", "verify", "plan", "close", "promise", "guarantee"),
        ),
    }
    _transitions = {
        (state, "archived"): Move((), ("_need_incident_over",)) for state in OPEN_STATES
    }

    def _why_not_ended(self):
        words = super()._why_not_ended()
        if self.appeal_ids.filtered(lambda row: row.state in ("filed", "review")):
            words.append(self.env._("an appeal is open"))
        if self.plan_action_ids.filtered(lambda row: not row.done_at):
            words.append(self.env._("a measure of the plan is still to come"))
        return words + self._about_people()

    def _unsigned_end(self):
        told = self.notice_ids.filtered(lambda row: row.round == self.reopen_count)
        return [] if "result" in told.mapped("kind") else self._need_signature("letter", "")

    def _what_remains(self):
        return super()._what_remains() + self._about_people()

    def _about_people(self):
        """Keep complaints about a person or unit open: the end of an incident does not
        settle them.
        """
        unit = self.department_complained_id and self._is_delicate()
        if not (self.person_complained_id or unit):
            return []
        return [self.env._("it complains of a person or a unit")]

    # -- the customer's page ------------------------------------------------------------------

    def _portal_page(self):
        return super()._portal_page() | {"answer": self._notified_at_end()}

    def _notified_at_end(self):
        """Return what the customer of a complaint that ended with its incident was told, and how to
        object; "" for others.
        """
        case = self.sudo()
        if case.state != "archived" or not case.incident_id:
            return ""
        over = case.event_ids.filtered(lambda event: event.kind == "incident_over").sorted("id")[
            -1:
        ]
        told = (over.payload or {}).get("result")
        help_ = self.env._("If it is not so at your place, please call us.")
        return f"{told}\n{help_}" if told else ""
