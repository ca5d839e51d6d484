from odoo import fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted


class WaterMatterMixin(models.AbstractModel):
    """New limits of the case that is handled pass none that still waits of what was merged into it.

    It may be judged anew, follow another standard or be taken up again: the earlier limit of a
    contact about it holds on in that round of handling, that of a body until its order is answered.
    """

    _inherit = "water.matter.mixin"

    def _restart_clocks(self, kinds, at=None):
        clocks = super()._restart_clocks(kinds, at)
        for case in self.sudo():
            case._hurry_by_merged(clocks.filtered(lambda row, case=case: row._case() == case))
        return clocks

    def _hurry_by_merged(self, clocks):
        """:param clocks: clocks of this case that have just been given their own limits"""
        for case in self._merged_in_order():
            case._hurry_anew(clocks, self)

    def _hurry_anew(self, clocks, original):
        """Have ``clocks`` of the case that is handled keep the limits of this one as well.

        What they were without it is remembered anew: by that they run when the merging is undone.
        """
        facts = self.merge_snapshot or {}
        keys = {str(clock.id) for clock in clocks}
        kept = {key: row for key, row in facts.get("original", {}).items() if key not in keys}
        before, reason = {}, self._merging_reason()
        for theirs, is_final in self._limits_ahead(original, facts):
            due = fields.Datetime.to_datetime(theirs["due_at"])
            for clock in clocks.filtered(lambda row, kind=theirs["kind"]: row.kind == kind):
                own = clock.due_at if is_final else clock.planned_due_at
                if clock.state == "running" and own > due:
                    before.setdefault(str(clock.id), clock._matter_facts())
                    clock._hurry_by(theirs, reason, is_final)
        trusted(self).merge_snapshot = {**facts, "original": {**kept, **before}}

    def _limits_ahead(self, original, facts):
        """``(facts of a clock, whether the date is final)`` of what is still to be kept."""
        orders = self._order_facts()
        ours = {clock.id for clock in self._external_clocks()}
        told = facts.get("round") != original.handling_round
        rows = [] if told else [row for row in facts["running"] if row["id"] not in ours]
        now = fields.Datetime.now()
        both = [(row, False) for row in rows] + [(row, True) for row in orders]
        return [pair for pair in both if fields.Datetime.to_datetime(pair[0]["due_at"]) > now]

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
