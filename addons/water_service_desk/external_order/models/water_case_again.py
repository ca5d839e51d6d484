from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.telling import tell_staff
from ...base.trust import trusted
from ...callback.models.water_case_callback import NEVER_TAKEN_UP
from ...case.births import AGAIN

#: Working days for a second handling where the body names no limit (proposal).
AGAIN_DAYS = 3


class WaterCaseMixin(models.AbstractModel):
    """An order that its body wants handled again (重办).

    It goes the way of every case that is handled again, and the vice-president hears of it at
    once. Both rounds stay on record: answers and verdicts in the chain, clocks and dispatches.
    What was only returned to its body, and comes again, is none: nobody has handled it yet, and
    a rate of what is handled again (重办率, domain 10) counts what was closed before.
    """

    _inherit = "water.case.mixin"

    #: {state of the case: states it goes through when its order is handled again}
    _rehandle_path = {}

    external_rehandle_count = fields.Integer(
        string="Second Handlings",
        readonly=True,
        copy=False,
        default=0,
        help="How often it came again (重办).",
    )
    external_rehandle_reason = fields.Text(string="Why Again", readonly=True, copy=False)
    external_history = fields.Text(
        string="Rounds of the Order",
        compute="_compute_external_history",
        help="What the body was answered in each round, and what it said of it.",
    )
    can_rehandle_order = fields.Boolean(
        compute="_compute_can_order", export_string_translation=False
    )

    _external_uniq = models.UniqueIndex(
        "(external_source, external_ref, company_id, COALESCE(external_rehandle_count, 0))"
        " WHERE external_ref IS NOT NULL AND external_state IS DISTINCT FROM 'returned'",
        "This external number is registered already.",
    )

    @api.depends("external_state", "external_rehandle_count", "external_satisfied")
    @api.depends_context("lang", "tz")
    def _compute_external_history(self):
        kinds = ("external_answered", "external_judged", "external_rehandled", "external_returned")
        kinds += ("external_resent",)
        for case in self:
            # sudo: water.case.event - whoever sees the case reads what its body was told
            rows = case.sudo().event_ids.filtered(lambda row: row.kind in kinds).sorted("id")
            lines = (row.with_env(self.env).sudo()._history_line(case) for row in rows)
            case.external_history = "\n".join(lines) or False

    # -- handled again -------------------------------------------------------------------------

    def _rehandle_order(self, reason, due=None):
        """The body wants it handled again (重办): counted, with a new limit and a new clock.

        A case that is filed for good stays closed; a new one carries the order on. So it does
        for an order that was returned and is sent again, without any second handling.

        :param reason: the body's, required
        :param due: naive UTC, the body's new limit; three working days where it names none
        :return: the cases that are to be handled now
        :raises UserError: without a reason, or when the order was not answered before
        :raises ValidationError: for a limit that is over
        """
        self._check_order_text(reason, self.env._("Say why it is handled again."))
        if due and due <= fields.Datetime.now():
            raise ValidationError(self.env._("The new limit must lie in the future."))
        self._check_order_move("open")
        fresh = self.browse()
        for case in self:
            limit = case._limit_again(due)
            if case.external_state == "returned":
                fresh |= case._take_anew(reason, limit)
                continue
            again = case._follow_up(reason, limit) if case._is_sealed_off() else case
            if again == case:
                case._begin_again(reason, limit)
            again._tell_rehandled()
            fresh |= again
        return fresh

    def _limit_again(self, due):
        """The limit of the round to come, and whose it is."""
        if due:
            return {"external_due_at": due, "is_own_order_limit": False}
        own = self._own_order_limit(fields.Datetime.now())[0]
        return {"external_due_at": own, "is_own_order_limit": True}

    def _own_order_limit(self, start=None):
        """Until when a round is to be answered for which the body names no limit.

        :param start: naive UTC, by default when this round began
        :return: ``(limit, whether it is provisional)``
        """
        start = start or self.external_signed_at or fields.Datetime.now()
        return self._order_calendar()._water_due_at(start, AGAIN_DAYS, "working_day")

    def _is_sealed_off(self):
        """Whether nobody changes the case any more."""
        return self.state in self._final_states and self.state not in self._rehandle_path

    def _round_values(self, reason, limit, more=1):
        """What an order begins a round with, signed by whoever registers it."""
        return {
            **limit,
            "external_state": "open",
            "external_rehandle_count": self.external_rehandle_count + more,
            "external_rehandle_reason": reason,
            "external_signed_at": fields.Datetime.now(),
            "external_signed_by_id": self.env.uid,
        }

    def _begin_again(self, reason, limit):
        """Take the case itself up again."""
        values = self._round_values(reason, limit)
        # first the round, so that its clock is numbered by it
        self._handle_again(None, reason, self._rehandle_path.get(self.state, ()))
        trusted(self).write({**values, **self._blank_verdict(), "external_answered_at": False})
        self._log_rehandling()

    def _follow_up(self, reason, limit):
        """Register the order again beside the ended case, which nobody changes any more."""
        counted = self.state not in NEVER_TAKEN_UP
        case = self._copy_order({**self._round_values(reason, limit), "is_follow_up": counted})
        case._log_rehandling(self.name)
        case._message_log(body=self.env._("Second handling of %s", self.display_name))
        case._continue(self, reason)
        return case

    def _copy_order(self, values):
        """The same order in a case of its own."""
        values = {**self._matter_values(), "external_ref": self.external_ref, **values}
        self.flush_recordset(["external_state"])  # one of a number is open, see the index
        return trusted(self.browse()).create(values).with_env(self.env)

    def _take_anew(self, reason, limit):
        """The body sends again what was only returned to it: taken as at first, by anybody.

        Who had it in an earlier round that was answered stays out, and its round goes on.
        """
        case = self._copy_order(self._round_values(reason, limit, more=0))
        payload = {"reason": reason, "due": case.external_due_at.isoformat()}
        case._log_events("external_resent", {**payload, "original": self.name})
        case._message_log(body=self.env._("Sent again after its return: %s", self.display_name))
        case._take_along(self, AGAIN)
        case._carry_on(self)
        return case

    def _portal_continued(self):
        """An order that came again beside its ended case is handled in the new one."""
        return self._orders_after()[:1] or super()._portal_continued()

    def _born_of_it(self):
        return [*super()._born_of_it(), self._orders_after()]

    def _orders_after(self):
        """The cases in which the order of an ended one came again, in their order."""
        if not (self.external_ref and self._is_sealed_off()):
            return self.browse()
        same = [("company_id", "=", self.company_id.id), ("id", ">", self.id)]
        same += [(name, "=", self[name]) for name in ("external_source", "external_ref")]
        return self.search(same, order="id")

    def _log_rehandling(self, original=""):
        payload = {
            "reason": self.external_rehandle_reason,
            "due": self.external_due_at.isoformat(),
            "round": self.external_rehandle_count,
        }
        self._log_events("external_rehandled", {**payload, "original": original})

    def _tell_rehandled(self):
        """The executive in charge hears of it at once; where there is none, supervisors."""
        case = self.sudo()
        tell_staff(
            case,
            case._vice_president() or case._desk_supervisors(),
            lambda row: row.env._("%s comes again from its body: second handling", row.name),
        )

    def action_rehandle_order(self):
        """Open the dialog that registers a second handling."""
        return self._order_dialog("rehandle", self.env._("Handle the Order Again"))
