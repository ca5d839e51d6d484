from odoo import fields, models

from ...base.moments import is_late
from ...base.trust import trusted


class WaterVisit(models.Model):
    """Appointments that a merging has cancelled hold again when it is undone."""

    _inherit = "water.visit"

    def _take_up_again(self, states):
        """Appointments that were cancelled hold again, as far as their time still lies ahead.

        :param states: {visit id: state before it was cancelled}
        """
        now = fields.Datetime.now()
        for visit in self.filtered(lambda row: row.state == "cancelled" and str(row.id) in states):
            state = states[str(visit.id)]
            if is_late(visit.slot_to, now) and state != "arrived":
                continue
            trusted(visit).write(visit._restored_values(state))
            promise = visit.deadline_ids.filtered(lambda row: row.state == "void")[-1:]
            trusted(promise).write({"state": "running", "next_check_at": now})
            promise._wake_sweep()
            visit._case()._log_events("visit_restored", visit._payload())
            visit._tell_customer()
            visit._tell_worker()

    def _restored_values(self, state):
        """What an appointment is again; rooms add theirs.

        :param state: its state before it was cancelled
        """
        return {"state": state, "changed_by": False, "change_reason": False, "notice_hours": 0}
