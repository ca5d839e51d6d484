import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import json_default

from ...assignment.models.water_case_bounce import RULING
from ...base.roles import SUPERVISOR
from ...base.todos import open_todos
from ...base.trust import is_trusted, trusted
from ...case.models.water_case_triage import RANK
from ...case.transitions import Missing

#: Clocks of the matter itself, whichever of the contacts started them.
SHARED_CLOCKS = ("accept", "contact", "on_site", "verify", "plan", "close", "news")
#: The field that says which case it is the same as.
SAME = "duplicate_of_id"
#: What is remembered of a clock that stands still.
STILL_FACTS = ("due_at", "warn_at", "provisional", "paused_minutes", "next_check_at")


class WaterMatterMixin(models.AbstractModel):
    """One of several contacts about a matter is handled, the others are merged into it.

    The earliest limits win, every customer is answered, orders of other bodies keep their own
    limit, and all of it can be undone. Nobody sees more by it: the links open no case.
    """

    _inherit = "water.matter.mixin"
    _open_facts = frozenset({"end_reason"})

    duplicate_of_id = fields.Many2one(
        "water.matter.mixin", string="Same as", index="btree_not_null", copy=False
    )
    duplicate_ids = fields.One2many("water.matter.mixin", "duplicate_of_id", string="Duplicates")
    duplicate_count = fields.Integer(
        string="Number of Duplicates", compute="_compute_duplicate_count"
    )
    end_reason = fields.Text(
        string="Reason for Ending", copy=False, help="Why it is withdrawn or not accepted."
    )
    merged_at = fields.Datetime(readonly=True, copy=False)
    merge_snapshot = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

    @api.model
    def _refuse_new(self, vals_list):
        super()._refuse_new(vals_list)
        if not is_trusted(self.env) and any(vals.get(SAME) for vals in vals_list):
            raise AccessError(self._kept_message())

    def _check_write(self, vals):
        if vals.get(SAME):
            self._check_names(self.browse(vals[SAME]), vals.get("end_reason"))
        if "duplicate_of_id" in vals and any(case.state == "merged" for case in self):
            raise UserError(self.env._("Undo the merging with the button “Same Matter”."))
        super()._check_write(vals)

    def _check_names(self, original, reason):
        """An original is named before the merging by whoever may merge with it, and by nobody else:
        a case that is named is counted with it, and keeps it from being merged or destroyed.

        :param reason: why the matters of two customers are one, if it is said along with it
        :raises AccessError: for an original that is closed to him
        :raises UserError: what is missing
        """
        if is_trusted(self.env) or self.env.su:
            return
        if not original._filtered_access("read"):
            words = self.env._("choose an original that you may see")
            raise AccessError(words[:1].upper() + words[1:])
        original = original.sudo()
        for case in self:
            words = reason or case.end_reason
            if not case._is_desk():
                raise UserError(self.env._("Only the service desk links cases."))
            missing = case._need_same_company(original)
            missing = missing or case._need_same_customer(original, words)
            if missing:
                raise UserError("\n".join(missing))

    @api.constrains("duplicate_of_id")
    def _check_duplicate(self):
        for case in self:
            original = case.duplicate_of_id
            if original == case or original.duplicate_of_id or (original and case.duplicate_ids):
                raise ValidationError(
                    self.env._("Choose the original case: no chains, no circles.")
                )

    def _need_original(self):
        original = self.duplicate_of_id
        if not original:
            return [Missing(self.env._("choose the original case"), "action_relate")]
        if not original.with_env(self.env)._filtered_access("read"):
            return [Missing(self.env._("choose an original that you may see"), "action_relate")]
        if original.sudo().state in self._final_states:
            return [Missing(self.env._("choose an original that is still open"), "action_relate")]
        apart = self._need_same_company(original)
        if apart:
            return apart
        if original.sudo().user_id & self._barred_handlers():
            words = self.env._(
                "whoever handles %s had this one before: hand that over first", original.name
            )
            return [Missing(words, "action_relate")]
        late = self._need_kept_breach(original)
        return late or self._need_same_customer(original, self.end_reason)

    def _need_kept_breach(self, original):
        """Only a supervisor merges a case with a missed limit, and never into a later case.

        Figures leave merged cases out: a fresh copy would hide that the first one was late.
        """
        # sudo: water.deadline - a missed limit counts for users who cannot read it
        is_late = "breached" in self.sudo().deadline_ids.mapped("state")
        if self.env.su or not is_late:
            return []
        if original.sudo().received_at > self.received_at:
            words = self.env._("it has missed a limit: merge the later case into this one")
            return [Missing(words, "action_relate")]
        if not self.env.user.has_group(SUPERVISOR):
            words = self.env._("it has missed a limit: ask a supervisor")
            return [Missing(words, "action_relate")]
        return []

    def _need_unmerging(self):
        """A merged case comes back by its own service, into the state it had."""
        if self.duplicate_of_id:
            words = self.env._("undo the merging with the button “Same Matter”")
            return [Missing(words, "action_relate")]
        return []

    def _former_handlers(self):
        """What was merged has been handled in the other case."""
        lead = self._lead_case()
        theirs = lead and lead._former_handlers() | lead._barred_handlers()
        return super()._former_handlers() | (theirs or self.env["res.users"])

    def _barred_handlers(self):
        """Nor does anybody get a case into which what he must not have again was merged."""
        merged = [case._barred_handlers() for case in self._merged_cases()]
        return super()._barred_handlers().union(*merged)

    # -- merging -----------------------------------------------------------------------------

    def _move_to(self, state, stage=None):
        if state != "merged":
            return super()._move_to(state, stage)
        fresh = self.filtered(lambda case: case.state != "merged")
        snapshots = {case: case.sudo()._merge_facts() for case in fresh}
        super()._move_to(state, stage)
        for case, facts in snapshots.items():
            original = case.sudo().duplicate_of_id
            promised = original.promised_at
            facts["severity"] = original.severity
            facts["round"] = original.handling_round
            facts["place"] = len(original._merged_in_order())
            running = facts["running"] + case._order_facts()
            facts["original"] = case._bring_forward(original, running)
            facts["held"] = case._held_back(original, facts["running"])
            facts["promises"] = case._hand_promises_on(original)
            trusted(case.sudo()).write(
                {"merge_snapshot": facts, "merged_at": fields.Datetime.now()}
            )
            original._log_events("duplicate_joined", {"number": case.name})
            original._count_repeats()
            if case not in original._tell_earlier(promised):
                case._send_of_lead()
            original._tell_late(case.sudo())
            case._after_merging(original)

    def _after_merging(self, original):
        """Hook: the case has just been merged; an order that is handled with another is taken.

        :param original: the case that is handled, with superuser rights
        """
        self._sign_taken()

    def _merge_facts(self):
        """What has to be put back when the merging is undone."""
        clocks = self._open_clocks() - self._external_clocks()
        return {
            "state": self.state,
            "stage": self.stage_id.id,
            "user": self.user_id.id,
            "dispatches": {
                str(row.id): row.state
                for row in self.dispatch_ids
                if row.state in ("sent", "accepted")
            },
            "clocks": [clock.id for clock in clocks if clock.state != "breached"],
            "late": clocks.filtered(lambda row: row.dispatch_id and row.state == "breached").ids,
            "pauses": self._pause_facts(clocks),
            "visits": {str(visit.id): visit.state for visit in self._open_visits()},
            "ruling": bool(open_todos(self.filtered("bounced_at"), RULING)),
            "running": [
                clock._limit_facts("kind", "due_at") | clock._limit_that_goes_on()
                for clock in clocks
                if clock.kind in self._shared_kinds() and not clock.visit_id
            ],
        }

    def _order_facts(self):
        """The body waits for the result: by its limit the matter is to be completed.

        :return: facts of our own limit for its answer, as of a clock of completion
        """
        clocks = self._external_clocks().filtered(lambda row: row.state == "running")
        return [clock._limit_facts("due_at") | {"kind": "close"} for clock in clocks]

    def _shared_kinds(self):
        """Clocks that count for both; a guarantee is given to each customer once."""
        one = self._same_customer(self.duplicate_of_id)
        return (*SHARED_CLOCKS, "guarantee") if one else SHARED_CLOCKS

    @api.model
    def _pause_facts(self, clocks):
        """{pause id: what its clock was}, of the clocks that stand still."""
        paused = clocks.filtered(lambda clock: clock.state == "paused")
        facts = {
            str(pause.id): {name: pause.deadline_id[name] for name in STILL_FACTS}
            for pause in paused.pause_ids.filtered(lambda row: row.state == "running")
        }
        return json.loads(json.dumps(facts, default=json_default))

    def _bring_forward(self, original, running):
        """The earlier limit wins: the original is due no later than any contact about it.

        :param running: facts of this case's clocks, with kind and limit
        :return: {clock id: what it was before}
        """
        if RANK[self.severity] > RANK[original.severity]:
            values = {"severity": self.severity, "triage_reason": self._merging_reason()}
            original.write(values)
        return self._hurry(original, running)

    def _merging_reason(self):
        return self.env._("Merged with an earlier contact: %s", self.name)

    def _hurry(self, original, running):
        """The clocks of ``original`` are due no later than those of this case were."""
        before = {}
        for theirs in running:
            for clock in original._later_clocks(theirs, "running"):
                before.setdefault(str(clock.id), clock._limit_facts())
                clock._hurry_by(theirs, self._merging_reason())
        return before

    def _later_clocks(self, theirs, state):
        """Clocks in ``state`` that are due later than that of another contact was.

        :param theirs: facts of that contact's clock, with kind and limit
        """
        due = fields.Datetime.to_datetime(theirs["due_at"])
        return self._clocks_like(theirs, state).filtered(lambda row: row.due_at > due)

    def _clocks_like(self, theirs, state):
        """Clocks in ``state`` of the kind of another contact's clock."""
        return self._open_clocks().filtered(
            lambda row: row.kind == theirs["kind"] and row.state == state and not row.visit_id
        )

    def _clocks_to_void(self, kind):
        """The clocks that end with a case that ended before a result.

        The order of another body is answered to it by itself, merged or not, and what was
        promised is kept.

        :param kind: the state in which it ended
        """
        clocks = self._clocks_of_case()
        if kind != "merged":
            return clocks
        return clocks - self.sudo()._external_clocks() - self._promises_to_keep()

    def _end_payload(self):
        """What the chain remembers of the end."""
        return {"reason": self.end_reason or "", "original": self.duplicate_of_id.name or ""}

    def _end_merged(self):
        """Nobody comes, works or waits for it any more: that goes on in the original."""
        self._log_events("merged", {case.id: case._end_payload() for case in self})
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        self._clocks_to_void("merged")._void()

    def _compute_duplicate_count(self):
        is_any = self._origin._pointed_at_by([self._fields["duplicate_of_id"]])
        counts = self._count_by(self._name, "duplicate_of_id") if is_any else {}
        for case in self:
            case.duplicate_count = counts.get(case._origin.id, 0)
