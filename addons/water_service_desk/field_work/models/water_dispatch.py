from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ...assignment.models.water_case_assignment import WORKED_STATES
from ...visit.models.water_visit import OPEN_STATES

#: Arrival within this time is promised when a worker sets out without an appointment.
SOON = timedelta(hours=2)
#: Most work without an appointment in the list, the most urgent first.
MOST = 30


class WaterDispatch(models.Model):
    """Work without an appointment: setting out creates one."""

    _inherit = "water.dispatch"

    def _field_accept(self):
        """Accept the work for the department; a colleague may have been faster."""
        self.filtered(lambda row: row.state == "sent").action_accept()

    def _field_visits(self):
        begin, _end = self.env["water.visit"]._field_today()
        states = Domain("state", "in", OPEN_STATES)
        if self.state not in WORKED_STATES:
            states |= Domain("finished_at", ">=", begin)
        domain = Domain("field_dispatch_id", "in", self.ids) & states
        return self.env["water.visit"].search(domain, order="id desc")

    def _field_visit(self):
        self._field_accept()
        now = fields.Datetime.now()
        case = self._case()
        visit = case._plan_visit(self.department_id, now, now + SOON, self.env.user)
        visit._field_belongs(self)
        return visit

    # -- the day --------------------------------------------------------------------------------

    @api.model
    def _field_waiting(self):
        departments = self.env.user.water_department_ids
        domain = Domain("department_id", "in", departments.ids)
        domain &= Domain("state", "in", WORKED_STATES)
        domain &= Domain("accepted_by_id", "in", (False, self.env.uid))
        found = self.search(domain, order="urgency desc, due_at, id", limit=2 * MOST)
        mine = found.filtered(lambda row: row.state != "sent" or row.can_accept)
        return mine.filtered(lambda row: not row._field_visited())[:MOST]

    def _field_visited(self):
        # sudo: water.visit - whether a colleague goes there already
        visits = self.sudo()._case().visit_ids
        return visits.filtered(
            lambda visit: visit.state in OPEN_STATES and visit.department_id == self.department_id
        )

    def _field_row(self):
        """Return the row of the day for work without an appointment."""
        return self.env["water.visit"]._field_facts(self) | {
            "stop": f"dispatch-{self.id}",
            "state": "new" if self.state == "sent" else "accepted",
            "slot": "",
            "begin": fields.Datetime.to_string(self.due_at) if self.due_at else "",
            "is_late": self.is_late,
            "note": self.note or "",
            "who": "",
            "result": self.result or "",
        }


def day_of(moment, zone):
    """The day on which a moment falls in a zone, as its first and last naive UTC moments.

    :param moment: naive UTC
    :param zone: name of the time zone
    """
    here = pytz.timezone(zone)
    day = pytz.utc.localize(moment).astimezone(here).date()
    ends = (datetime.combine(date, time.min) for date in (day, day + timedelta(days=1)))
    begin, end = (here.localize(at).astimezone(pytz.utc).replace(tzinfo=None) for at in ends)
    return begin, end
