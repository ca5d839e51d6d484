from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...assignment.models.water_case_assignment import RULING
from ...base.roles import SUPERVISOR
from ...base.todos import end_todos, open_todos
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...case.models.water_case_triage import RANK
from ...case.transitions import Missing
from ...clock.models.water_standard_line import WORKING_UNITS
from ...privacy.scrub import Scrubber
from .water_matter_mixin import RESULT

#: Clocks of the matter itself, whichever of the contacts started them.
SHARED_CLOCKS = ("accept", "contact", "on_site", "verify", "plan", "close", "news")
#: The field that says which case it is the same as.
SAME = "duplicate_of_id"
#: Answers to all customers of merged cases.
TO_ALL = (False, "result")
#: Promises met only by reaching the very customer.
IN_PERSON = ("contact", "visit")
MERGED = Domain("state", "=", "merged")


class WaterMatterMixin(models.AbstractModel):
    """Merge cases about one matter into the case that is handled, and undo the merging.

    The earliest due dates hold, each customer is answered, orders of other bodies keep their own
    limit. Undoing reopens the merged case: its clocks run again with the due dates they had; the
    case that is handled keeps its own dates, severity and pauses. The links give no read access.
    """

    _inherit = "water.matter.mixin"

    duplicate_of_id = fields.Many2one(
        "water.matter.mixin", string="Same as", index="btree_not_null", copy=False
    )
    duplicate_ids = fields.One2many("water.matter.mixin", "duplicate_of_id", string="Duplicates")
    duplicate_count = fields.Integer(
        string="Number of Duplicates", compute="_compute_duplicate_count"
    )
    end_reason = fields.Text(
        string="Reason for Ending",
        copy=False,
        help="Why it is withdrawn or not accepted.",
        water_open=True,
    )
    merged_at = fields.Datetime(readonly=True, copy=False)
    merge_snapshot = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

    #: states in which the result was told, and the case goes on
    _told_states = ()
    #: external id of the message that tells the result, where no letter does
    _joined_template = None
    _contact_todos = (RESULT,)

    @api.model
    def _refuse_new(self, vals_list):
        super()._refuse_new(vals_list)
        if not is_trusted(self.env) and any(vals.get(SAME) for vals in vals_list):
            raise AccessError(self._readonly_message())

    def _check_write(self, vals):
        if vals.get(SAME):
            self._check_names(self.browse(vals[SAME]), vals.get("end_reason"))
        if "duplicate_of_id" in vals and any(case.state == "merged" for case in self):
            raise UserError(self.env._("Undo the merging with the button “Same Matter”."))
        super()._check_write(vals)

    def _check_names(self, original, reason):
        """Refuse to name an original without the right to merge with it: naming counts the case
        with it, and keeps it from being merged or destroyed.

        :param reason: why two customers' cases are one, if given with it
        :raises AccessError: for an original that the user may not read
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
                "the handler of %s had this case before: hand that one over first", original.name
            )
            return [Missing(words, "action_relate")]
        return (
            self._need_kept_breach(original)
            or self._need_same_customer(original, self.end_reason)
            or self._need_no_own_matter()
        )

    def _need_no_own_matter(self):
        """Refuse to merge a case into one handled by its own customer."""
        original = self.sudo().duplicate_of_id
        people = original.first_responsible_id | original.user_id | original._acting_responsible()
        if not people & self._customer_users():
            return []
        words = self.env._(
            "the handler of %s is the customer of this case: hand that one over first",
            original.name,
        )
        return [Missing(words, "action_relate")]

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
        lead = self._lead_case()
        theirs = lead and lead._former_handlers() | lead._barred_handlers()
        return super()._former_handlers() | (theirs or self.env["res.users"])

    def _barred_handlers(self):
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
            facts["round"] = original.handling_round
            paused = original._open_clocks().filtered(lambda row: row.state == "paused")
            facts["held"] = paused.ids
            facts["promises"] = case._hand_promises_on(original)
            trusted(case.sudo()).write(
                {"merge_snapshot": facts, "merged_at": fields.Datetime.now()}
            )
            case._bring_forward(original)
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
        """Return the facts needed to undo the merging."""
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
            "ruling": bool(open_todos(self.filtered("bounced_at"), RULING)),
            "shared": clocks.filtered(
                lambda row: row.kind in self._shared_kinds() and not row.visit_id
            ).ids,
        }

    def _shared_kinds(self):
        one = self._same_customer(self.duplicate_of_id)
        return (*SHARED_CLOCKS, "guarantee") if one else SHARED_CLOCKS

    def _limits_to_keep(self):
        """Return the limits of this merged case that the case it was merged into has to keep.

        The own ones count in the round of handling in which it was merged; another body waits
        until its order is answered, so that its limit counts as one of completion.

        :return: ``[(kind, due date, whether another body waits)]``
        """
        # sudo: case - dates alone are used of it
        case, facts = self.sudo(), self.sudo().merge_snapshot or {}
        shared = case.deadline_ids.filtered(lambda row: row.id in facts.get("shared", ()))
        if facts.get("round") != case.duplicate_of_id.handling_round:
            shared = shared.browse()
        orders = case._external_clocks().filtered(lambda row: row.state == "running")
        own = [(row.kind, row.due_at, False) for row in shared]
        return own + [("close", row.due_at, True) for row in orders]

    def _bring_forward(self, original):
        """Make ``original`` as grave as this case, and due no later."""
        if RANK[self.severity] > RANK[original.severity]:
            values = {"severity": self.severity, "triage_reason": self._merging_reason()}
            original.write(values)
        self._hurry(original._open_clocks(), self._limits_to_keep(), is_final=True)

    def _merging_reason(self):
        return self.env._("Merged with an earlier contact: %s", self.name)

    def _hurry(self, clocks, limits, is_final=False):
        """Make ``clocks`` of the case that is handled due no later than this merged case was.

        A clock that was paused at the merging waits for :meth:`_catch_up`, and so does any paused
        clock where another body waits.

        :param limits: as :meth:`_limits_to_keep` returns them
        :param is_final: the dates themselves; else pauses and extensions of the clock move them on
        """
        held = (self.sudo().merge_snapshot or {}).get("held", ())
        for kind, due, is_order in limits:
            if not is_final and due <= fields.Datetime.now():
                continue
            final = is_final or is_order
            states = ("running",) if final else ("running", "paused")
            for clock in clocks.filtered(lambda row, k=kind: row.kind == k and not row.visit_id):
                waits = clock.state not in states or (clock.state == "paused" and clock.id in held)
                if not waits and (clock.due_at if final else clock.planned_due_at) > due:
                    clock._fix_at(due, self._merging_reason(), final)

    def _paused_like(self, kind):
        return self._open_clocks().filtered(
            lambda row: row.kind == kind and row.state == "paused" and not row.visit_id
        )

    def _clocks_to_void(self, kind):
        """Return the clocks that end with a case without a result.

        Orders are answered to their body separately, merged or not, and promises are kept.

        :param kind: the state in which it ended
        """
        clocks = self._clocks_of_case()
        if kind != "merged":
            return clocks
        return clocks - self.sudo()._external_clocks() - self._promises_to_keep()

    def _end_payload(self):
        """Return the facts of the end for the chain."""
        return {"reason": self.end_reason or "", "original": self.duplicate_of_id.name or ""}

    def _end_merged(self):
        self._log_events("merged", {case.id: case._end_payload() for case in self})
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        self._clocks_to_void("merged")._void()

    def _compute_duplicate_count(self):
        is_any = self._origin._pointed_at_by([self._fields["duplicate_of_id"]])
        counts = self._count_by(self._name, "duplicate_of_id") if is_any else {}
        for case in self:
            case.duplicate_count = counts.get(case._origin.id, 0)

    # -- undoing -------------------------------------------------------------------------------
    # The case is open again, and its clocks run with the due dates they had.

    def _unmerge(self, reason):
        """Reopen the merged case, with the clocks and dispatches that the merging had stopped.

        The lead case keeps its due dates and its severity.

        :param reason: why, required
        :raises UserError: without a reason, if it is not merged, or by anyone but the desk
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "merged" or not self._is_desk():
            raise UserError(self.env._("%s is not merged with another case.", self.name))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        self._check_unmerging()
        original = self.sudo().duplicate_of_id
        facts = self.sudo().merge_snapshot or {"state": "registered"}
        trusted(self.sudo()).write(
            {"duplicate_of_id": False, "merge_snapshot": False, "merged_at": False}
        )
        stage = self.env["water.stage"].browse(facts.get("stage")).exists()
        # sudo: complaint - a step that the system takes alone, checked above
        self.sudo()._move_to(facts["state"], stage or None)
        self._put_back(facts)
        end_todos(self, RESULT)
        self._log_events("unmerged", {"original": original.name, "reason": reason})
        if original.state not in original._final_states:
            original.dispatch_ids._keep_promise()
            original._log_events("duplicate_left", {"number": self.name, "reason": reason})
            self._after_unmerging(original, facts)
        original._count_repeats()

    def _check_unmerging(self):
        """Hook: refuse to undo a merging.

        :raises UserError: with the reason
        """

    def _after_unmerging(self, original, facts):
        """Hook: the case is separate again.

        :param original: the lead case, with superuser rights
        :param facts: stored at the merging
        """

    def _put_back(self, facts):
        """Restart what the merging had stopped."""
        case = trusted(self.sudo())
        states = facts.get("dispatches", {})
        rows = case.dispatch_ids.filtered(lambda row: row.state == "cancelled")
        rows = rows.filtered(lambda row: str(row.id) in states)
        back = rows.filtered(lambda row: self._may_go_back_to(row.department_id))
        for row in back:
            row.state = states[str(row.id)]
        case.write({"user_id": self._had_by(facts.get("user")).id, "end_reason": False})
        case._take_promises_back(facts.get("promises", {}))
        clocks = case.deadline_ids.filtered(lambda row: row.id in facts.get("clocks", ()))
        clocks = clocks.filtered(lambda row: row.state == "void" and not row.visit_id)
        clocks.write({"state": "running", "next_check_at": fields.Datetime.now()})
        case.deadline_ids.filtered(lambda row: row.id in facts.get("late", ()))._go_on_unanswered()
        clocks._wake_sweep()
        clocks.filtered(lambda row: row.unit in WORKING_UNITS)._follow_own_calendars()
        for row in back:
            self.env["water.dispatch"]._announce(self, row.department_id)
        if facts.get("ruling"):
            case._ask_ruling(case._desk_supervisors())
        for row in rows - back:  # what lay with one that must not have it now is the desk's
            self.sudo()._on_dispatch_rejected(row)

    def _had_by(self, number):
        user = self.env["res.users"].browse(number).exists()
        gone = user and not (user.active and self._is_open_to(user))
        return self._desk_handler() if gone else user

    def _may_go_back_to(self, department):
        """Whether a department that worked on it may do so still; heirs know who may not."""
        return department.active

    @api.model
    def _transition_values(self, state):
        back = self.filtered(lambda case: case.state == "merged")
        values = super()._transition_values(state)
        return {**values, "closed_at": False} if back else values

    def _after_transition(self, origins, state):
        """Suppress the usual reactions: an unmerged case goes on where it was."""
        back = self.filtered(lambda case: origins[case.id] == "merged")
        if back:
            back._log_events("moved", {case.id: {"from": "merged", "to": state} for case in back})
        rest = self - back
        if rest:
            super(WaterMatterMixin, rest)._after_transition(origins, state)

    # -- promise -------------------------------------------------------------------------------
    # Promises to the customer of a merged case are kept by the lead case.
    #
    # Promises go over to the case that is handled, and come back when the merging is undone.

    # -- promises ------------------------------------------------------------------------------

    def _promises_to_keep(self):
        """Promises that run; news as well, where the other case owes none by itself; what another
        customer was guaranteed.
        """
        original = self.sudo().duplicate_of_id
        kinds = {"promise", "news"} - ({"news"} & set(original._open_clocks().mapped("kind")))
        kinds |= set() if self._same_customer(original) else {"guarantee"}
        return (
            self.sudo()
            ._open_clocks()
            .filtered(
                lambda row: (
                    row.kind in kinds
                    and (row.state != "breached" or row.kind == "promise")  # still owed
                    and not row._is_appointment()
                )
            )
        )

    def _hand_promises_on(self, original):
        """Hand this customer's promises to the lead case.

        Calls or visits to other customers do not meet them.

        :return: {clock id: what met it here}
        """
        clocks, kept = self._promises_to_keep(), {}
        link = clocks._case_field(self._name)
        others = not self._same_customer(original)
        for clock in clocks:
            kept[str(clock.id)] = clock.promise_kind
            values = {link: original.id, "handling_round": original.handling_round}
            if others and clock.promise_kind in IN_PERSON:
                values["promise_kind"] = "other"
            trusted(clock).write(values)
            if clock.kind == "guarantee":
                continue  # internal limits whose date the customer does not know
            words = self._words_for(original, {"text": clock.label})
            original._log_events("promised", {**words, "due": clock.due_at.isoformat()})
        clocks._bind_departments()
        return kept

    def _take_promises_back(self, kept):
        """:param kept: as :meth:`_hand_promises_on` returned it"""
        rows = self.env["water.deadline"].sudo().browse(int(key) for key in kept).exists()
        link = rows._case_field(self._name)
        for clock in trusted(rows):
            kind = kept[str(clock.id)]
            values = {link: self.id, "handling_round": self.handling_round}
            clock.write({**values, "promise_kind": kind})
        answered = rows.filtered(lambda row: row.kind == "guarantee" and row.met_at)
        answered._go_on_unanswered()

    def _need_wished_call(self):
        cases = [(case, case._need_wished_call()) for case in self._merged_cases()]
        theirs = [Missing(f"{c.name}: {note}", note.place) for c, rows in cases for note in rows]
        return super()._need_wished_call() + theirs

    def _promised_to_others(self):
        """Promises that customers of merged cases were given for themselves alone."""
        rows = self.env["water.deadline"].sudo()
        for case in self._joined_cases():
            kept = (case.merge_snapshot or {}).get("promises", {})
            rows += rows.browse(int(key) for key, kind in kept.items() if kind not in TO_ALL)
        return rows.filtered(lambda row: row.kind == "promise")

    def _promised_to_him(self):
        kept = (self.sudo().merge_snapshot or {}).get("promises", {})
        return self.env["water.deadline"].sudo().browse(int(key) for key in kept)

    def _tell_earlier(self, before):
        (self | self._merged_cases()).invalidate_recordset(["promised_at"])
        if not (before and self.promised_at and self.promised_at < before):
            return self.browse()
        joined = self._joined_cases()
        (self | joined)._send_of_lead()
        return joined

    # -- limits of cases whose clocks stand still ----------------------------------------------

    def _held_limits(self):
        lead, limits = self._lead_case(), {}
        held = (self.sudo().merge_snapshot or {}).get("held", ())
        for kind, due, is_order in self._limits_to_keep() if lead else ():
            for clock in lead._paused_like(kind):
                if is_order or clock.id in held:
                    limits[clock.id] = min(due, limits.get(clock.id, due))
        return limits

    def _held_dates(self, lead):
        limits = self._held_limits()
        still = lead.deadline_ids.filtered(lambda row: row.state == "paused")
        return [limits[row.id] for row in still if row.id in limits and row._promises_result()]

    def _catch_up(self, clock):
        for case in self._merged_cases().filtered("merge_snapshot"):
            facts = case.merge_snapshot
            is_held = clock.id in facts["held"]
            limits = [row for row in case._limits_to_keep() if row[2] or is_held]
            case._hurry(clock, limits, is_final=True)
            held = [key for key in facts["held"] if key != clock.id]
            trusted(case).merge_snapshot = {**facts, "held": held}

    # -- own -----------------------------------------------------------------------------------
    # Bar the customer of a case from all cases that are linked to it by merging.

    def _cases_of_matter(self):
        """Return all cases of the matter, the one that is handled first, with superuser rights."""
        matter = self.sudo().browse()
        for case in self.sudo():  # most are alone, and are read together
            lead = case._lead_case() or case
            matter |= lead | lead._merged_cases()
        return matter

    @api.depends("state", "duplicate_of_id", "duplicate_ids.state")
    def _compute_is_own_matter(self):
        return super()._compute_is_own_matter()

    def _search_is_own_matter(self, operator, value):
        own = super()._search_is_own_matter(operator, value)
        if own is NotImplemented:
            return own
        leads = own | Domain("duplicate_ids", "any!", own & MERGED)
        return leads | (MERGED & Domain("duplicate_of_id", "any!", leads))

    def _is_matter_of(self, user):
        others = self._cases_of_matter() - self.sudo()
        return super()._is_matter_of(user) or any(
            super(WaterMatterMixin, case)._is_matter_of(user) for case in others
        )

    def _people_concerned(self):
        people, others = super()._people_concerned(), self._cases_of_matter() - self.sudo()
        return people | others._customer_users() if others else people

    # -- telling -------------------------------------------------------------------------------
    # Every customer of a merged case is answered, in their own case and way.

    def _merged_cases(self):
        # sudo: case - not shown; their customers are notified
        return self.sudo().duplicate_ids.filtered(lambda case: case.state == "merged").sorted("id")

    def _is_told_with(self, original):
        merged = "merged" in (self.state, original.state) and not self.external_ref
        return merged and self._same_customer(original)

    def _words_for(self, case, words):
        own = {str(word) for word in case.sudo()._erasure_words() if word}  # what both share
        foreign = [word for word in self.sudo()._erasure_words() if word and str(word) not in own]
        clean = Scrubber(foreign)
        return {
            name: clean(str(text or "").replace(self.name, case.name))
            for name, text in words.items()
        }

    def _answer_merged(self):
        for case in self:
            for other in case._merged_cases():
                case._answer_one(other)

    def _answer_one(self, other):
        result = self._closing_result
        trusted(other).write(self._words_for(other, {result: self[result]}))
        other._log_events("duplicate_told", {"number": self.name})
        if not other._is_told_with(self):
            other._tell_merged()

    def _tell_late(self, case):
        """``case`` was merged when the result was told already: its customer hears it now."""
        if self.state in self._told_states:
            self._answer_one(case)
            self._keep_guarantee(case)

    def _keep_guarantee(self, case):
        promised = case._promised_to_him().filtered(lambda row: row.kind == "guarantee")
        (promised & self.sudo()._open_clocks())._meet(fields.Datetime.now())

    def _tell_merged(self):
        end_todos(self, RESULT)  # told anew, there is one thing to tell
        if self.email_from or self.phone:
            self._send_to_customer(self.env.ref(self._joined_template))
        elif not self.is_anonymous:
            self._ask_to_tell()

    def _ask_to_tell(self):
        """Create a to-do to tell the merged case's customer by phone."""
        user = self._acting_responsible() or self._desk_supervisors()[:1]
        if user:
            self.activity_schedule(
                RESULT,
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Tell the customer the result"),
            )
