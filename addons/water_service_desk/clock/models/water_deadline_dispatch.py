import json

from odoo import fields, models
from odoo.tools import json_default

from ...base.moments import is_late
from ...base.trust import trusted
from .water_standard_line import WORKING_UNITS

#: By what a limit is worked out.
RULE_FACTS = ("amount", "unit", "calendar_id")
#: What is remembered of a clock that another limit moves.
LIMIT_FACTS = ("started_at", "planned_due_at", "provisional", *RULE_FACTS)
#: What work has again when it goes by its own limit.
KEPT_FACTS = ("standard_line_id", *RULE_FACTS)
#: By these a customer is promised the result; departments have no longer than that.
RESULT_KINDS = ("close", "external", "promise")


class WaterDeadline(models.Model):
    """Clocks of dispatching and of what departments were asked to do (S3.2.2a 及时分派)."""

    _inherit = "water.deadline"

    _work_links = ("dispatch_id",)

    dispatch_id = fields.Many2one(
        "water.dispatch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The dispatch whose work it limits.",
    )

    after_return = fields.Boolean(
        readonly=True,
        help="Of finding another department when one has returned the work: a rate of first"
        " dispatches leaves it out.",
    )
    by_promise = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="The work was given no time of its own: it has as long as the customer is promised.",
    )
    # what the work was given by itself, as long as the customer is promised the result earlier
    own_limit = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )

    def _limit_facts(self, *more):
        """How the limit came about, as JSON keeps it.

        :param more: names of other fields to keep
        """
        rows = self._read_format([*LIMIT_FACTS, *more], load=None)
        return json.loads(json.dumps(rows[0], default=json_default))

    def _bind_to(self, latest):
        """Work is to be done by what the customer is promised, and else by its own limit.

        :param latest: naive UTC moment that the customer is promised
        """
        clock = trusted(self.sudo())
        due, facts = clock.due_at, clock.own_limit
        if facts:
            planned, due, provisional = clock._own_limit_now()
        if due > latest:
            clock.own_limit = facts or clock._own_facts()
            if clock.due_at != latest:
                clock._fix_at(latest, self.env._("The customer was promised the result earlier."))
        elif facts:
            reason = self.env._("The customer is no longer promised the result earlier.")
            clock.write({"own_limit": False, **{name: facts[name] for name in KEPT_FACTS}})
            clock._replan({clock: (due, provisional)}, reason, is_final=True)
            clock.planned_due_at = planned

    def _follow_promise(self, latest):
        """Work without a time of its own has as long as the customer waits, when that grows too.

        :param latest: naive UTC moment that the customer is promised
        """
        if self.due_at > latest:
            self._fix_at(latest, self.env._("The customer was promised the result earlier."))
        elif self.due_at < latest:
            self._fix_at(latest, self.env._("The customer is promised the result later."))

    def _own_facts(self):
        """What the work was given by itself, before the customer was promised it earlier."""
        return self._limit_facts("due_at", "standard_line_id") | {"moved_by": self.pause_ids.ids}

    def _own_limit_now(self):
        """``(original limit, limit, whether it is provisional)`` of the work by itself.

        By its rule, as the calendar now says; a given date moves with what was granted since.
        """
        facts = self.own_limit
        if facts["unit"] in WORKING_UNITS:
            start = fields.Datetime.to_datetime(facts["started_at"])
            due = self.calendar_id._water_due_at(start, facts["amount"], facts["unit"])
            return due[0], *self._replay_pauses(*due, unit=facts["unit"])
        due = fields.Datetime.to_datetime(facts["due_at"]), facts["provisional"]
        moved = self._replay_pauses(*due, unit=facts["unit"], known=facts["moved_by"])
        return fields.Datetime.to_datetime(facts["planned_due_at"]), *moved

    def _fix_at(self, due, reason):
        """No rule gives this date any more: a change of the calendar leaves it alone."""
        trusted(self).write({"amount": 0, "unit": False, "standard_line_id": False})
        self._replan(dict.fromkeys(self, (due, False)), reason, is_final=True)

    def _bind_departments(self):
        """What has been sent is to be done by what the customer is promised now."""
        rows = self.sudo()
        for case in {row._case() for row in rows if row.kind in RESULT_KINDS and not row.met_at}:
            case.dispatch_ids._keep_promise()

    def _extend_department(self, pause):
        """The department that has asked for more time than the customer was promised has it too.

        Its own limit moves as far, on record. Without that an approved request would leave late
        whoever had asked for it; more time that others have asked for is no more time for its work.

        :param pause: water.deadline.pause, the extension of this clock that was approved
        """
        if self.kind not in RESULT_KINDS:
            return
        case = self._case().sudo()
        asking = case._speaks_for(pause.requested_by_id)
        works = case._open_dispatches().filtered(lambda row: row.department_id in asking)
        now = fields.Datetime.now()
        # what stands still has it when it goes on
        clocks = works.deadline_ids.filtered(lambda row: row.state in ("running", "paused"))
        for clock in clocks if asking else ():
            if not (clock.by_promise or is_late(clock._limit_now()[0], now)):
                trusted(pause.sudo()).create(pause._alike_values(clock))._begin()

    def _bind_after_pause(self):
        """What waited has no longer either, once it is known until when the customer waits."""
        for case in {clock._case() for clock in self.sudo()}:
            results = case._open_clocks().filtered(lambda row: row.kind in RESULT_KINDS)
            if "paused" not in results.mapped("state"):
                case.dispatch_ids._keep_promise()

    def _may_move(self):
        """Tell whether the limit may still move: provisional, or bound to a promise that may."""
        if self.provisional and self.unit in WORKING_UNITS:
            return True
        promised = self._case().sudo().deadline_ids if self.dispatch_id else self.browse()
        return any(
            clock.kind in RESULT_KINDS and clock.due_at == self.due_at and clock._may_move()
            for clock in promised - self
        )

    def _recipients(self, step, case):
        """Whoever accepted the work hears of its limit before his head does."""
        dispatch = self.sudo().dispatch_id
        if not dispatch or step.recipient not in (
            "handler",
            "first_responsible",
            "department_head",
        ):
            return super()._recipients(step, case)
        head = dispatch.department_id.manager_id
        if step.recipient == "department_head":
            return head.filtered("active") or super()._recipients(step, case)
        if step.recipient == "handler":
            return (dispatch.accepted_by_id or head).filtered("active")
        return super()._recipients(step, case)

    def _end_work(self):
        """Nobody is to do it any more: void, or ended late for good."""
        self._void()
        late = self.filtered(lambda clock: clock.state == "breached" and not clock.met_at)
        late._meet(fields.Datetime.now())
