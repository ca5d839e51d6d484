from odoo import fields, models

from ...base.trust import trusted
from ...case.transitions import Missing

#: What keeps a promise that was given to all who rely on the matter.
TO_ALL = (False, "result")
#: What is kept by reaching the very person to whom it was promised.
IN_PERSON = ("contact", "visit")


class WaterMatterMixin(models.AbstractModel):
    """What was promised to the customer of a merged case is kept by whoever handles the matter.

    Promises go over to the case that is handled, and come back when the merging is undone. The
    limit of a contact that was merged into a case whose clocks stand still waits with them.
    """

    _inherit = "water.matter.mixin"

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
        """Whoever handles the matter keeps what was promised to this customer.

        A call or a visit to somebody else does not keep it.

        :return: {clock id: what kept it here}
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
                continue  # a matter between us and him, of which nobody was told a date
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
        """Nor while somebody waits for it whose contact was merged into this one."""
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
        """Promises that this customer was given, kept now by the case that is handled."""
        kept = (self.sudo().merge_snapshot or {}).get("promises", {})
        return self.env["water.deadline"].sudo().browse(int(key) for key in kept)

    def _tell_earlier(self, before):
        """Who was told a date hears when another contact has it earlier.

        :param before: the date that he was promised
        :return: the merged cases whose customers hear of it as well
        """
        (self | self._merged_cases()).invalidate_recordset(["promised_at"])
        if not (before and self.promised_at and self.promised_at < before):
            return self.browse()
        joined = self._joined_cases()
        (self | joined)._send_of_lead()
        return joined

    # -- limits of cases whose clocks stand still ----------------------------------------------

    def _held_back(self, original, running):
        """What waits until the clocks of ``original`` run again: {clock id: facts of this one}.

        All of them, for nobody knows yet when those will be due; of several the earliest. Orders
        are not among them: their limit is asked for when it is time, for the body may move it.
        """
        return {
            str(clock.id): theirs
            for theirs in sorted(running, key=lambda row: row["due_at"], reverse=True)
            for clock in original._clocks_like(theirs, "paused")
        }

    def _held_limits(self):
        """{clock id: limit} by which this customer is told while that clock stands still."""
        held = (self.sudo().merge_snapshot or {}).get("held", {})
        rows = [(int(key), row) for key, row in held.items() if self._is_own(row)]
        lead = self._lead_case()
        for theirs in self.sudo()._order_facts():
            rows += [(clock.id, theirs) for clock in lead._clocks_like(theirs, "paused")]
        limits = {}
        for key, row in rows:
            due = fields.Datetime.to_datetime(row["due_at"])
            limits[key] = min(due, limits.get(key, due))
        return limits

    def _held_dates(self, lead):
        """The dates of the result that this customer has, while that of ``lead`` stands still."""
        limits = self._held_limits()
        still = lead.deadline_ids.filtered(lambda row: row.state == "paused")
        return [limits[row.id] for row in still if row.id in limits and row._promises_result()]

    def _catch_up(self, clock):
        """Its pause is over: limits of contacts that were merged meanwhile hold from now on."""
        for case in self._merged_in_order().filtered("merge_snapshot"):
            facts = case.merge_snapshot
            held = dict(facts.get("held", {}))
            own = held.pop(str(clock.id), None)
            rows = [own] if own and case._is_own(own) else []
            rows += [row for row in case._order_facts() if row["kind"] == clock.kind]
            before = {}
            for theirs in rows:
                before = case._hurry_one(clock, theirs) | before
            original = before | facts.get("original", {})
            trusted(case).merge_snapshot = {**facts, "held": held, "original": original}

    def _hurry_one(self, clock, theirs):
        """:return: {clock id: what it was before}, none when it is due earlier anyway"""
        if clock.due_at <= fields.Datetime.to_datetime(theirs["due_at"]):
            return {}
        before = {str(clock.id): clock._limit_facts()}
        clock._hurry_by(theirs, self._merging_reason())
        return before
