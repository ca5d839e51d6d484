from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .water_deadline_display import short_writer

#: The shortest extension: where this is too long, none is possible.
LEAST = {"amount": 1, "unit": "minute"}


class WaterDeadline(models.Model):
    """How often a limit may be extended, and to how long in all (S3.2.3c).

    Both are the company's choice; what was granted stays when it chooses otherwise.
    """

    _inherit = "water.deadline"

    def _request_extension(self, reason, amount, unit):
        """Ask to move the limit; a supervisor other than the requester approves.

        :param reason: why, required
        :param amount: how much later, positive
        :param unit: unit of a time limit
        :raises UserError: without a reason, after the due time, while another extension waits, or
            for more than the company allows
        :return: water.deadline.pause rows to approve
        """
        if amount <= 0:
            raise UserError(self.env._("Choose by how much the limit moves."))
        return self._create_pauses("extension", reason, {"amount": amount, "unit": unit})

    def _check_request(self, kind, values):
        """:raises UserError: when so much cannot be asked for: why"""
        fault = self._asking_fault(kind, values)
        if fault:
            raise UserError(fault)

    def _asking_fault(self, kind, values):
        """Why it cannot be asked for, as a sentence: one extension at a time is decided.

        :param kind: as for :meth:`_request_fault`, ``values`` likewise
        """
        if kind == "extension" and self._extensions("requested"):
            return self.env._("An extension of this time limit waits for a decision already.")
        return self._request_fault(kind, values)

    def _request_fault(self, kind, values):
        """Why a pause or extension of that length cannot be, as a sentence; "" when it can.

        :param kind: ``pause`` or ``extension``
        :param values: ``until`` (naive UTC) of a pause, ``amount`` and ``unit`` of an extension
        """
        if kind == "pause":
            return ""
        company, granted = self._case().company_id, len(self._extensions("done"))
        if granted >= company.water_extension_times:
            return self.env._(
                "Extensions of one time limit that the company allows: %(most)s; granted already:"
                " %(granted)s.",
                most=company.water_extension_times,
                granted=granted,
            )
        latest = self._latest_due()
        if latest and self._due_moved(kind, values) > latest[0]:
            return self.env._(
                "A time limit is extended to at most %(days)s working days in all: this one until"
                " %(latest)s.",
                days=company.water_extension_days,
                latest=short_writer(self.env, self._zone())(latest[0]),
            )
        return ""

    def _extensions(self, state):
        """What was asked for or granted for this limit.

        :param state: of the requests
        """
        # sudo: water.deadline.pause - how often, whoever asked for it
        rows = self._clocks_alike().sudo().pause_ids
        return rows.filtered(lambda row: row.kind == "extension" and row.state == state)

    def _clocks_alike(self):
        """The clocks whose extensions count for this one; rooms add those for which it stands."""
        return self

    def _who_gains(self, asker):
        """Return the users who have more time when the limit moves: they do not decide on it.

        :param asker: res.users who asks for it, for the department that the user works in
        """
        clock = self.sudo()
        case = clock._case()
        department, person = clock._holder()
        department |= case._speaks_for(asker) & case._open_dispatches().department_id
        return person | department.member_ids | department.manager_id

    def _latest_due(self, before=None):
        """Until when the limit may be extended; the time it stood still comes on top.

        :param before: only pauses that began before this one count
        :return: ``(due, provisional)``; None where another body waits: its limit is the most
        """
        if self.kind == "external":
            return None
        days = self._case().company_id.water_extension_days
        try:
            latest = self.calendar_id._water_due_at(self.started_at, days, "working_day")
        except ValidationError:  # a calendar without hours: days as they come
            latest = self.calendar_id._water_due_at(self.started_at, days, "calendar_day")
        for pause in self.sudo().pause_ids._in_effect():
            if pause == before:
                break
            if pause.kind == "pause":
                span = pause.started_at, pause.ended_at
                latest = self._due_after_pause(*span, *latest, "working_day")
        return latest

    def _due_extended(self, extension, due):
        """Where a granted extension moves a limit that was worked out anew.

        No later than the most, which a longer standard does not raise, or than what the customer
        was told.

        :param due: the limit without it (naive UTC)
        :return: ``(due, provisional)``
        """
        later = self.calendar_id._water_due_at(due, extension.amount, extension.unit)
        latest = self._latest_due(extension)
        if not latest:
            return later
        told = (extension.new_due_at, later[1])
        return max((due, False), min(later, max(latest, told)))

    def _due_moved(self, kind, values):
        """Where a pause that is used to its end, or an extension, moves the limit.

        :param kind: ``pause`` or ``extension``
        :param values: how long, as for :meth:`_request_fault`
        """
        if kind == "pause":
            now = fields.Datetime.now()
            return self._due_after_pause(now, max(values["until"], now), self.due_at, False)[0]
        return self.calendar_id._water_due_at(self.due_at, values["amount"], values["unit"])[0]
