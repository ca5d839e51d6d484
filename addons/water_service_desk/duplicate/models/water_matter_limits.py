from odoo import fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted


class WaterMatterMixin(models.AbstractModel):
    """New limits of the case that is handled pass none that still waits of what was merged into it.

    It may be judged anew, follow another standard or be taken up again: the earlier limit of a
    contact about it holds on in that round of handling, that of a body until its order is answered.
    """

    _inherit = "water.matter.mixin"

    def _restart_clocks(self, kinds):
        clocks = super()._restart_clocks(kinds)
        for case in self.sudo():
            case._hurry_by_merged(clocks.filtered(lambda row, case=case: row._case() == case))
        return clocks

    def _hurry_by_merged(self, clocks):
        """:param clocks: clocks of this case that have just been given their own limits"""
        for case in self._merged_in_order():
            case._hurry_anew(clocks, self)

    def _hurry_anew(self, clocks, original, is_final=False):
        """Have ``clocks`` of the case that is handled keep the limits of this one as well.

        What they were without it is remembered anew: by that they run when the merging is undone.

        :param is_final: the dates themselves; else what the matter was granted moves them on
        """
        facts = self.merge_snapshot or {}
        keys = {str(clock.id) for clock in clocks}
        kept = {key: row for key, row in facts.get("original", {}).items() if key not in keys}
        before, reason = {}, self._merging_reason()
        for theirs, is_order in self._limits_of_contact(original, facts):
            due, final = fields.Datetime.to_datetime(theirs["due_at"]), is_final or is_order
            if not is_final and due <= fields.Datetime.now():
                continue
            for clock in self._reached(clocks, theirs, is_order):
                if (clock.due_at if final else clock.planned_due_at) > due:
                    before.setdefault(str(clock.id), clock._limit_facts())
                    clock._hurry_by(theirs, reason, final)
        trusted(self).merge_snapshot = {**facts, "original": {**kept, **before}}

    def _reached(self, clocks, theirs, is_order):
        """Those of ``clocks`` that a limit of this contact moves at once.

        What stood still when it was merged, and for a body whatever stands still, waits until it
        goes on (:meth:`_catch_up`); else the contact waits as long as the matter does.
        """
        held = (self.merge_snapshot or {}).get("held", {})
        states = {"running"} if is_order else {"running", "paused"}
        alike = clocks.filtered(lambda row: row.kind == theirs["kind"] and row.state in states)
        return alike.filtered(lambda row: row.state == "running" or str(row.id) not in held)

    def _limits_of_contact(self, original, facts):
        """``(facts of a clock, whether a body waits by it)`` of what is still to be kept."""
        told = facts.get("round") != original.handling_round
        rows = [] if told else facts["running"]
        orders = self._order_facts()
        return [(row, False) for row in rows if self._is_own(row)] + [(row, True) for row in orders]

    def _is_own(self, theirs):
        """Whether that limit is no body's: those are asked for as they are now."""
        return self.env["water.deadline"].sudo().browse(theirs["id"]).kind != "external"

    # -- the body moves its limit ----------------------------------------------------------------

    def _start_external_clock(self):
        super()._start_external_clock()
        self._order_moved()

    def _order_moved(self):
        """A new limit of the body counts for the case into which its order was merged.

        The old one does no longer: where it was the earlier one, the matter has what it had
        without it. What stands still asks for it when it goes on.
        """
        for case in self.sudo().filtered("merge_snapshot"):
            lead, orders = case._lead_case(), case._order_facts()
            if not (orders and lead) or lead.state in lead._final_states:
                continue
            promised = lead.promised_at
            case._ease_by_order(lead, orders)
            before, facts = case._hurry(lead, orders), case.merge_snapshot
            original = before | facts.get("original", {})
            trusted(case).merge_snapshot = {**facts, "original": original}
            lead._tell_earlier(promised)

    def _ease_by_order(self, lead, orders):
        """Give clocks back that were due before the body now wants its answer."""
        limit = min(fields.Datetime.to_datetime(row["due_at"]) for row in orders)
        early = {str(clock.id) for clock in lead._open_clocks() if clock.due_at < limit}
        before = self.merge_snapshot.get("original", {})
        before = {key: row for key, row in before.items() if key in early}
        merged = lead._merged_in_order()
        reason = self.env._("The body has moved its limit: %s", self.name)
        self._release(lead, before, merged[merged.ids.index(self.id) :], reason)

    def _check_unsealed(self):
        """What comes up about a merged case is entered where the matter is handled.

        :raises UserError: with the number of that case
        """
        for case in self:
            lead = case._lead_case()
            if lead and lead.state not in lead._final_states:
                raise UserError(
                    self.env._(
                        "%(case)s is handled together with %(lead)s: enter it there, or undo the"
                        " merging first with the button “Same Matter”.",
                        case=case.name,
                        lead=lead.name,
                    )
                )
        super()._check_unsealed()
