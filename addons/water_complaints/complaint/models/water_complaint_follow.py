from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterComplaint(models.Model):
    """What follows when a complaint has moved, and when departments and callers answer."""

    _inherit = "water.complaint"

    def _transition_values(self, state):
        now = fields.Datetime.now()
        stamps = {
            "notified": {"notified_at": now},
            "confirmed": {"confirmed_at": now, "closed_at": now},
            "handling": {"closed_at": False, "confirmed_at": False, "said_goodbye": False},
            "withdrawn": {"closed_at": now},
            "rejected": {"closed_at": now},
            "merged": {"closed_at": now},
        }
        return stamps.get(state, {})

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        follow = getattr(self, f"_after_{state}", None)
        if follow:
            follow(origins)

    def _after_dispatched(self, origins):
        for case in self:
            case._check_ruled(case.department_id)
        self._send_dispatches()

    def _after_investigating(self, origins):
        """Handling it oneself is accepting it."""
        own = self.filtered(lambda case: origins[case.id] == "registered")
        own._on_event("dispatch_accepted", fields.Datetime.now())
        own._clocks_of_dispatching()._end_work()

    def _after_handling(self, origins):
        fresh = self.filtered(lambda case: origins[case.id] == "investigating")
        fresh._log_events("verified", {case.id: case._verified_payload() for case in fresh})
        reopened = self - fresh
        reopened._count_reopened(origins)
        reopened._restart_clocks(("close",))

    def _verified_payload(self):
        """What the chain remembers of the facts that were established; rooms add theirs."""
        return {}

    def _after_notified(self, origins):
        self._log_events("notified")

    def _after_confirmed(self, origins):
        self._log_events("confirmed", {case.id: case._confirmed_payload() for case in self})
        self._log_events("closed")
        self._plan_callbacks()

    def _confirmed_payload(self):
        """What the chain remembers of the customer's answer; rooms add theirs."""
        return {"goodbye": self.said_goodbye}

    def _keeps_left_out(self, percent):
        """A complaint is filed only with its call, or with the record that it was not drawn."""
        return True

    def _after_archived(self, origins):
        self.sudo().dispatch_ids._cancel()  # nobody works at what is sealed
        by_incident = self.filtered(lambda case: not case.closed_at)
        trusted(by_incident).closed_at = fields.Datetime.now()
        by_incident._log_events("closed")
        self._log_events("archived")

    def _after_withdrawn(self, origins):
        self._end("withdrawn")

    def _after_rejected(self, origins):
        self._end("rejected")

    def _after_merged(self, origins):
        self._end("merged")

    def _end(self, kind):
        """Ended before a result: dispatches are withdrawn, clocks do not apply any more."""
        self._log_events(kind, {case.id: case._end_payload() for case in self})
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        if kind != "merged":  # then he is called about the matter all the same
            self.sudo().callback_ids._void("cancelled")
        self._clocks_to_void(kind)._void()

    def _clocks_to_void(self, kind):
        """The clocks that end with a complaint that ended before a result.

        :param kind: the state in which it ended
        """
        return self._clocks_of_case()

    def _end_payload(self):
        """What the chain remembers of the end; rooms add to it."""
        return {"reason": self.end_reason or "", "original": ""}

    def _prepare_return(self, reason):
        super()._prepare_return(reason)
        trusted(self).end_reason = reason

    def _draft_answer(self):
        return self.resolution

    def _people_concerned(self):
        confidential = self.filtered("is_confidential").department_complained_id
        about = self.person_complained_id | confidential.member_ids | confidential.manager_id
        return super()._people_concerned() | about

    # -- what departments and callers answer ----------------------------------------------

    def _prepare_dispatch(self, department):
        super()._prepare_dispatch(department)
        if self.state != "dispatched":
            self._move_to("dispatched")

    def _on_dispatch_accepted(self, dispatch):
        super()._on_dispatch_accepted(dispatch)
        if dispatch.role == "lead":
            trusted(self).user_id = self.env.user
            if self.state == "dispatched":
                self._move_to("investigating")

    def _on_dispatch_rejected(self, dispatch):
        super()._on_dispatch_rejected(dispatch)
        if dispatch.role == "lead":
            self._back_to_desk()
            if self.state in ("dispatched", "investigating"):
                self._move_to("registered")

    def _on_dispatch_finished(self, dispatch):
        super()._on_dispatch_finished(dispatch)
        if dispatch.role != "lead":
            return
        if not self.resolution or dispatch.handling_round > 1:
            self.resolution = dispatch.result
        if self.state == "investigating" and not self._refusals("handling"):
            self._move_to("handling")
        self._back_to_desk()

    def _left_after_report(self, env):
        """Take the report; leave gaps of the investigation to the desk."""
        case = self.with_context(lang=env.lang)
        lacks = case._refusals("handling") if case.state == "investigating" else []
        return super()._left_after_report(env) + lacks

    def _hears_late_answer(self, kind):
        """To what is filed nothing is added."""
        return self.state != "archived" and super()._hears_late_answer(kind)

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        if callback.kind == "follow_up" and self.state == "confirmed":
            self._move_to("callback")
        if callback.outcome == "not_solved" and self.state in ("confirmed", "callback"):
            if self.state == "confirmed":
                self._move_to("callback")
            self._reopen_by_callback(callback, "handling")
