from odoo import fields, models

from ...base.trust import trusted
from ...base.words import said
from ...case.transitions import Missing


class WaterRequest(models.Model):
    """What a request needs for its steps, and what follows them."""

    _inherit = "water.request"

    # -- requirements -------------------------------------------------------------------------

    def _missing_facts(self):
        """A business may be asked for without an address; a repair never."""
        missing = super()._missing_facts()
        label = self._fields["address"]._description_string(self.env)
        if self.request_type == "business" and label in missing:
            missing.remove(label)
        return missing

    def _need_facts(self):
        """The crew drives off at once; the rest of an emergency is written down meanwhile."""
        return [] if self.severity == "emergency" else super()._need_facts()

    def _need_repair(self):
        if self.request_type == "repair":
            return []
        words = self.env._("a business is accepted with its materials first")
        return [Missing(words, "material_ids")]

    def _need_result(self):
        if said(self.result):
            return []
        return [Missing(self.env._("write down the result first"), "result")]

    # -- clocks -------------------------------------------------------------------------------

    def _standard_lines(self, office):
        """A business is accepted with its materials first: no crew waits to be sent."""
        lines = super()._standard_lines(office)
        if self.request_type == "business":
            lines = [line for line in lines if line.kind != "dispatch"]
        return tuple(self._own_line(line) for line in lines)

    def _own_line(self, line):
        """The time of a business runs from its acceptance, and as long as its guide promises."""
        if line.kind != "close":
            return line
        if self.request_type != "business":
            return line._replace(start_on="received")
        line = line._replace(start_on="accepted")
        days = self.guide_id.sudo().promised_days
        return line._replace(amount=days, unit="working_day") if days else line

    def _restart_clocks(self, kinds):
        clocks = self.env["water.deadline"]
        for kind, cases in self.grouped("request_type").items():
            start = "accepted" if kind == "business" else "received"
            clocks |= cases._start_clocks(start, at=fields.Datetime.now(), kinds=kinds)
        return clocks

    # -- what follows ---------------------------------------------------------------------------

    def _transition_values(self, state):
        now = fields.Datetime.now()
        again = {"closed_at": False, "finished_at": False, "fed_back_at": False}
        again |= {"satisfaction": False, "satisfaction_reason": False, "said_goodbye": False}
        stamps = {
            "accepted": {"accepted_at": now},
            "processing": again,
            "feedback": {"finished_at": now},
        }
        return stamps.get(state, {"closed_at": now} if state in self._final_states else {})

    def _after_transition(self, origins, state):
        if state == "accepted":  # the mail to the customer names the promised date
            # what was promised for a repair that turned out to be business stays
            fresh = self.filtered(lambda case: "close" not in case._open_clocks().mapped("kind"))
            fresh._start_clocks("accepted", at=fields.Datetime.now())
        super()._after_transition(origins, state)
        if state in {"feedback", *self._final_states}:  # what is done is not refused any more
            self.sudo().decision_ids._lapse()
        follow = getattr(self, f"_after_{state}", None)
        if follow:
            follow(origins)

    def _after_accepted(self, origins):
        self._log_events("accepted", {case.id: case._guide_payload() for case in self})
        self.env["water.request.step"]._begin(self)

    def _guide_payload(self):
        guide = self.guide_id.sudo()
        return {"guide": guide.code or "", "version": guide.version}

    def _after_processing(self, origins):
        reopened = self.filtered(lambda case: origins[case.id] in ("feedback", "closed"))
        if reopened:
            reopened._count_reopened(origins)
            reopened._clocks_of_telling()._void()
            reopened._restart_clocks(("close",))
            self.env["water.request.step"]._begin_again(reopened)

    def _clocks_of_telling(self):
        """Clocks until the result is told: one that does not hold is told to nobody."""
        return self.sudo()._open_clocks().filtered(lambda clock: clock.kind == "feedback")

    def _after_feedback(self, origins):
        self._clocks_of_dispatching()._end_work()  # done without a department
        self._log_events("finished", {case.id: {"result": case.result} for case in self})
        self._start_clocks("finished", at=fields.Datetime.now())

    def _after_closed(self, origins):
        self._log_events("closed", {case.id: case._closing_payload() for case in self})
        self._plan_callbacks()

    def _callback_promised(self):
        """Urgent repairs are called back by their standard, whatever the sample."""
        office = self.company_id.sudo()._water_calendar()
        return any(line.kind == "callback" for line in self._standard_lines(office))

    def _after_rejected(self, origins):
        self._log_events("refused", {case.id: case._refusal_payload() for case in self})
        self._end_work()

    def _after_withdrawn(self, origins):
        self._log_events("withdrawn")
        self._end_work()

    def _end_work(self):
        """Ended without a result: nobody comes, works or waits for it any more."""
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        self.sudo().callback_ids._void("cancelled")
        self._clocks_of_case()._void()

    # -- departments ------------------------------------------------------------------------------

    def _dispatch_on_call(self):
        """A repair that is an emergency goes to the department on call at once, by itself."""
        super()._dispatch_on_call()
        for case in self.sudo():
            department = case._proposed_department()
            if (
                case.request_type == "repair"
                and case.severity == "emergency"
                and case.state == "registered"
                and department
                and not case.dispatch_ids
            ):
                supports = case._of_its_company(case.category_id.support_department_ids)
                case._dispatch(department, supports)

    def _prepare_dispatch(self, department):
        super()._prepare_dispatch(department)
        if self.state == "accepted" or (self.state, self.request_type) == ("registered", "repair"):
            self._move_to("processing")

    def _on_dispatch_accepted(self, dispatch):
        super()._on_dispatch_accepted(dispatch)
        if dispatch.role == "lead":
            trusted(self).user_id = self.env.user

    def _on_dispatch_rejected(self, dispatch):
        super()._on_dispatch_rejected(dispatch)
        if dispatch.role == "lead":
            self._back_to_desk()

    def _on_dispatch_finished(self, dispatch):
        super()._on_dispatch_finished(dispatch)
        if dispatch.role == "lead":
            if not self.result or dispatch.handling_round > 1:
                self.result = dispatch.result
            self._back_to_desk()
        led = self.sudo().dispatch_ids.filtered(lambda row: row.role == "lead").sorted("id")[-1:]
        done = self.state == "processing" and led.state == "finished" and not self._who_waits()
        if done and not self._refusals("feedback"):
            self._move_to("feedback")

    def _on_visit_finished(self, visit):
        super()._on_visit_finished(visit)
        if visit.outcome == "done" and not self.result:
            self.result = visit.result

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        if callback.outcome == "not_solved" and self.state == "closed":
            self._reopen_by_callback(callback, "processing")
