import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import json_default

from odoo.addons.water_service_desk.base.roles import AGENT
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.models.water_case_triage import RANK
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.privacy.scrub import Scrubber

from ...complaint.models.water_complaint import OPEN_STATES

#: Clocks of the matter itself, whichever of the contacts started them.
SHARED_CLOCKS = ("accept", "contact", "on_site", "verify", "plan", "close")
#: What is remembered of a clock that another contact's earlier limit moves.
CLOCK_FACTS = ("started_at", "planned_due_at")
#: What is remembered of a clock that stands still.
STILL_FACTS = ("due_at", "warn_at", "provisional", "paused_minutes", "next_check_at")


class WaterComplaint(models.Model):
    """One of several contacts about a matter is handled, the others are merged into it.

    The earliest limits win, every customer is answered, orders of other bodies keep their own
    limit, and all of it can be undone. Nobody sees more by it: the links open no case.
    """

    _inherit = "water.complaint"

    _transitions = {
        **{(state, "merged"): Move(AGENT, ("_need_original",)) for state in OPEN_STATES},
        **{("merged", state): Move((), ("_need_unmerging",)) for state in OPEN_STATES},
    }

    duplicate_of_id = fields.Many2one(
        "water.complaint", string="Same as", index="btree_not_null", copy=False
    )
    duplicate_ids = fields.One2many("water.complaint", "duplicate_of_id", string="Duplicates")
    duplicate_count = fields.Integer(
        string="Number of Duplicates", compute="_compute_duplicate_count"
    )
    merged_at = fields.Datetime(readonly=True, copy=False)
    merge_snapshot = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

    def _check_write(self, vals):
        if "duplicate_of_id" in vals and any(case.state == "merged" for case in self):
            raise UserError(self.env._("Undo the merging with the button “Same Matter”."))
        super()._check_write(vals)

    @api.constrains("duplicate_of_id")
    def _check_duplicate(self):
        for case in self:
            original = case.duplicate_of_id
            if original == case or original.duplicate_of_id or (original and case.duplicate_ids):
                raise ValidationError(
                    self.env._("Choose the original complaint: no chains, no circles.")
                )

    def _need_original(self):
        original = self.duplicate_of_id
        if not original:
            return [Missing(self.env._("choose the original complaint"), "action_relate")]
        if not original.with_env(self.env)._filtered_access("read"):
            return [Missing(self.env._("choose an original that you may see"), "action_relate")]
        if original.sudo().state in self._final_states:
            return [Missing(self.env._("choose an original that is still open"), "action_relate")]
        return self._need_same_customer(original, self.end_reason)

    def _need_unmerging(self):
        """A merged complaint comes back by its own service, into the state it had."""
        if self.duplicate_of_id:
            words = self.env._("undo the merging with the button “Same Matter”")
            return [Missing(words, "action_relate")]
        return []

    # -- merging -----------------------------------------------------------------------------

    def _move_to(self, state, stage=None):
        if state != "merged":
            return super()._move_to(state, stage)
        fresh = self.filtered(lambda case: case.state != "merged")
        snapshots = {case: case.sudo()._merge_facts() for case in fresh}
        super()._move_to(state, stage)
        for case, facts in snapshots.items():
            original = case.sudo().duplicate_of_id
            facts["original"] = case._bring_forward(original, facts.pop("running"))
            trusted(case.sudo()).write(
                {"merge_snapshot": facts, "merged_at": fields.Datetime.now()}
            )
            original._log_events("duplicate_joined", {"number": case.name})
            original._count_repeats()

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
            "pauses": self._pause_facts(clocks),
            "visits": {str(visit.id): visit.state for visit in self._open_visits()},
            "running": [
                (clock.kind, clock.started_at, clock.due_at, clock.provisional)
                for clock in clocks
                if clock.kind in SHARED_CLOCKS and not clock.visit_id
            ],
        }

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

        :param running: ``(kind, start, due, provisional)`` of this complaint's clocks
        :return: {clock id: what it was before}
        """
        reason = self.env._("Merged with an earlier contact: %s", self.name)
        graver = RANK[self.severity] > RANK[original.severity]
        if graver:
            original.write({"severity": self.severity, "triage_reason": reason})
        before = {}
        for kind, start, due, provisional in running:
            open_clocks = original._open_clocks().filtered(
                lambda row, k=kind: row.kind == k and row.state == "running" and not row.visit_id
            )
            for clock in open_clocks.filtered(lambda row, d=due: row.due_at > d):
                before[clock.id] = {
                    name: fields.Datetime.to_string(clock[name]) for name in CLOCK_FACTS
                } | {"provisional": clock.provisional}
                trusted(clock).write({"started_at": min(start, clock.started_at)})
                clock._replan({clock: (due, provisional)}, reason)
        return before

    def _clocks_to_void(self, kind):
        """The order of another body is answered to it by itself, merged or not."""
        clocks = super()._clocks_to_void(kind)
        return clocks - self.sudo()._external_clocks() if kind == "merged" else clocks

    def _end_payload(self):
        return super()._end_payload() | {"original": self.duplicate_of_id.name or ""}

    # -- undoing it --------------------------------------------------------------------------

    def _unmerge(self, reason):
        """Another matter after all: back to the state, the clocks and the dispatches it had.

        Its clocks have run on meanwhile; what the original was hurried by is put back.

        :param reason: why, required
        :raises UserError: without a reason, when it is not merged, or by anybody but the desk
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "merged" or not self._is_desk():
            raise UserError(self.env._("%s is not merged with another complaint.", self.name))
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        original = self.sudo().duplicate_of_id
        facts = self.sudo().merge_snapshot or {"state": "registered"}
        trusted(self.sudo()).write(
            {"duplicate_of_id": False, "merge_snapshot": False, "merged_at": False}
        )
        stage = self.env["water.stage"].browse(facts.get("stage")).exists()
        # sudo: complaint - a step that the system takes alone, checked above
        self.sudo()._move_to(facts["state"], stage or None)
        self._put_back(facts)
        self._log_events("unmerged", {"original": original.name, "reason": reason})
        if original.state not in original._final_states:
            self._release(original, facts.get("original") or {})
            original._log_events("duplicate_left", {"number": self.name, "reason": reason})
        original._count_repeats()

    def _put_back(self, facts):
        """Let run again what the merging had stopped."""
        case = trusted(self.sudo())
        case.write({"user_id": facts.get("user"), "end_reason": False})
        clocks = case.deadline_ids.filtered(lambda row: row.id in facts.get("clocks", ()))
        clocks = clocks.filtered(lambda row: row.state == "void" and not row.visit_id)
        clocks.write({"state": "running", "next_check_at": fields.Datetime.now()})
        self._stand_still(clocks, facts.get("pauses", {}))
        clocks._wake_sweep()
        case.visit_ids._take_up_again(facts.get("visits", {}))
        states = facts.get("dispatches", {})
        for row in case.dispatch_ids.filtered(lambda row: row.state == "cancelled"):
            if str(row.id) in states:
                row.write({"state": states[str(row.id)]})
                self.env["water.dispatch"]._announce(self, row.department_id)

    @api.model
    def _stand_still(self, clocks, pauses):
        """Clocks that stood still have stood still meanwhile: the merging has ended no pause."""
        for pause in trusted(clocks.pause_ids.filtered(lambda row: str(row.id) in pauses)):
            pause.write({"state": "running", "ended_at": False, "new_due_at": False, "minutes": 0})
            pause.deadline_id.write({**pauses[str(pause.id)], "state": "paused"})
            pause.deadline_id._tell_pause(pause)

    def _release(self, original, before):
        """Give the original back the limits it had before, where they still run."""
        reason = self.env._("Merging undone: %s", self.name)
        clocks = original._open_clocks().filtered(lambda row: str(row.id) in before)
        for clock in clocks.filtered(lambda row: row.state == "running"):
            facts = before[str(clock.id)]
            planned = fields.Datetime.to_datetime(facts["planned_due_at"])
            start = fields.Datetime.to_datetime(facts["started_at"])
            trusted(clock).write({"started_at": start})
            clock._replan({clock: (planned, facts["provisional"])}, reason)

    def _transition_values(self, state):
        back = self.filtered(lambda case: case.state == "merged")
        values = super()._transition_values(state)
        return {**values, "closed_at": False} if back else values

    def _after_transition(self, origins, state):
        """What comes back goes on where it was: nothing follows as if it had just arrived."""
        back = self.filtered(lambda case: origins[case.id] == "merged")
        if back:
            back._log_events("moved", {case.id: {"from": "merged", "to": state} for case in back})
        rest = self - back
        if rest:
            super(WaterComplaint, rest)._after_transition(origins, state)

    # -- everybody is answered ---------------------------------------------------------------

    def _notice_also_to(self):
        """The customers of what was merged into it hear the result as well."""
        merged = self.sudo().duplicate_ids.filtered(lambda case: case.state == "merged")
        return super()._notice_also_to() | merged

    def _way_of_telling(self, notice):
        """How the customer of a merged complaint is told; who was told already is not again.

        :param notice: the original's water.notice, with superuser rights
        :return: values of the notice that is kept with this complaint
        """
        if self._is_told_with(notice.complaint_id):
            told = {"mode": "oral", "told_to": notice.told_to}
            return told if notice.mode == "oral" else {"mode": "published"}
        if self.is_anonymous and not self.email_from:
            return {"mode": "published"}
        return {"mode": "written", "way": "mail" if self._notice_address() else "post"}

    def _is_told_with(self, original):
        merged = self.state == "merged" and not self.external_ref
        return merged and self._same_customer(original)

    def _words_for(self, case, words):
        """The texts of a notice without what must not be told to the customer of ``case``.

        :param words: {field of the notice: text}
        """
        own = {str(word) for word in case.sudo()._erasure_words() if word}  # what both share
        foreign = [word for word in self.sudo()._erasure_words() if word and str(word) not in own]
        clean = Scrubber(foreign)
        return {
            name: clean(str(text or "").replace(self.name, case.name))
            for name, text in words.items()
        }

    def _told_also(self, notice):
        """Keep it, and have whoever cannot be written to called by his own first responsible."""
        if self.state != "merged":
            return
        self._log_events("duplicate_told", {"number": notice.name})
        told = self._is_told_with(notice.also_of_id.complaint_id)
        if not (told or self.is_anonymous or self._notice_address()):
            self._ask_to_tell()

    def _ask_to_tell(self):
        """A to-do for whoever answers for the merged complaint: tell the customer by phone."""
        user = self._acting_responsible() or self._desk_supervisors()[:1]
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Tell the customer the result"),
            )

    def _compute_duplicate_count(self):
        duplicates = self._count_by("water.complaint", "duplicate_of_id")
        for case in self:
            case.duplicate_count = duplicates.get(case._origin.id, 0)
