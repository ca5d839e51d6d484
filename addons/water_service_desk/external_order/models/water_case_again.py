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

    It takes the way of every reopened case, and the vice-president is notified at once. Both
    rounds stay on record: answers and verdicts in the chain, clocks and dispatches. An order
    that was only returned and comes again is none: it was not handled yet, and the rate (重办率,
    domain 10) counts closed ones.
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
            # sudo: water.case.event - readers of the case may read the answers to its body
            rows = case.sudo().event_ids.filtered(lambda row: row.kind in kinds).sorted("id")
            lines = (row.with_env(self.env).sudo()._history_line(case) for row in rows)
            case.external_history = "\n".join(lines) or False

    # -- handled again -------------------------------------------------------------------------

    def _rehandle_order(self, reason, due=None):
        """Start another round on the body's demand (重办): counted, with a new limit and clock.

        An archived case stays closed; a new one carries the order on. The same holds for a returned
        order that is sent again, without counting a round.

        :param reason: the body's, required
        :param due: naive UTC, the body's new limit; three working days by default
        :return: the cases that are to be handled now
        :raises UserError: without a reason, or if the order was not answered before
        :raises ValidationError: if the limit has passed
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
        """Return the values of the next round's limit, and who set it."""
        if due:
            return {"external_due_at": due, "is_own_order_limit": False}
        own = self._own_order_limit(fields.Datetime.now())[0]
        return {"external_due_at": own, "is_own_order_limit": True}

    def _own_order_limit(self, start=None):
        """Return the limit of a round for which the body sets none.

        :param start: naive UTC, by default the beginning of this round
        :return: ``(limit, whether it is provisional)``
        """
        start = start or self.external_signed_at or fields.Datetime.now()
        return self._order_calendar()._water_due_at(start, AGAIN_DAYS, "working_day")

    def _is_sealed_off(self):
        """Return whether the case is archived or cannot be reopened."""
        return self.state in self._final_states and self.state not in self._rehandle_path

    def _round_values(self, reason, limit, more=1):
        return {
            **limit,
            "external_state": "open",
            "external_rehandle_count": self.external_rehandle_count + more,
            "external_rehandle_reason": reason,
            "external_signed_at": fields.Datetime.now(),
            "external_signed_by_id": self.env.uid,
        }

    def _begin_again(self, reason, limit):
        values = self._round_values(reason, limit)
        # first the round, so that its clock is numbered by it
        self._handle_again(None, reason, self._rehandle_path.get(self.state, ()))
        trusted(self).write({**values, **self._blank_verdict(), "external_answered_at": False})
        self._log_rehandling()

    def _follow_up(self, reason, limit):
        """Register the order again beside the ended, read-only case."""
        counted = self.state not in NEVER_TAKEN_UP
        case = self._copy_order({**self._round_values(reason, limit), "is_follow_up": counted})
        case._log_rehandling(self.name)
        case._message_log(body=self.env._("Second handling of %s", self.display_name))
        case._continue(self, reason)
        return case

    def _copy_order(self, values):
        values = {**self._matter_values(), "external_ref": self.external_ref, **values}
        self.flush_recordset(["external_state"])  # one of a number is open, see the index
        return trusted(self.browse()).create(values).with_env(self.env)

    def _take_anew(self, reason, limit):
        case = self._copy_order(self._round_values(reason, limit, more=0))
        payload = {"reason": reason, "due": case.external_due_at.isoformat()}
        case._log_events("external_resent", {**payload, "original": self.name})
        case._message_log(body=self.env._("Sent again after its return: %s", self.display_name))
        case._take_along(self, AGAIN)
        case._carry_on(self)
        return case

    def _portal_continued(self):
        """Return the new case of an order that came again after its case ended."""
        return self._orders_after()[:1] or super()._portal_continued()

    def _born_of_it(self):
        return [*super()._born_of_it(), self._orders_after()]

    def _orders_after(self):
        """Return the later cases of an ended case's order, in order."""
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
        """Notify the executive in charge at once, else the supervisors."""
        case = self.sudo()
        tell_staff(
            case,
            case._vice_president() or case._desk_supervisors(),
            lambda row: row.env._("%s comes again from its body: second handling", row.name),
        )

    def action_rehandle_order(self):
        """Open the dialog that registers a second handling."""
        return self._order_dialog("rehandle", self.env._("Handle the Order Again"))
