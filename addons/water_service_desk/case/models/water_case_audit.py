from odoo import fields, models

from ...base.event_chain import digest
from ...base.trust import trusted


class WaterCaseMixin(models.AbstractModel):
    """Evidence of what happened to a case: an append-only, hash-chained event log."""

    _inherit = "water.case.mixin"

    event_ids = fields.One2many("water.case.event", string="Events")
    event_head = fields.Char(
        readonly=True, copy=False, help="Digest of the newest event: the chain's loose end."
    )
    event_count = fields.Integer(readonly=True, copy=False)

    def _log_events(self, kind, payloads=None, at=None):
        """Append one event to the chain of each case, and let the clocks hear of it.

        :param kind: kind of event, see ``water.case.event``
        :param payloads: {case id: JSON-able dict}, or one dict for all, or None
        :param at: naive UTC time of the happening, now by default
        :return: the created events
        """
        at = (at or fields.Datetime.now()).replace(microsecond=0)
        field = self.env["water.case.event"]._case_field(self._name)
        rows = []
        payloads = payloads or {}
        one_for_all = not payloads.keys() <= set(self.ids)
        head, count = self._fields["event_head"], self._fields["event_count"]
        for case in self.sudo():
            payload = payloads if one_for_all else payloads.get(case.id, {})
            new = digest(case.event_head, case.name, kind, at, self.env.uid, payload)
            rows.append(
                {
                    field: case.id,
                    "kind": kind,
                    "at": at,
                    "user_id": self.env.uid,
                    "payload": payload,
                    "digest": new,
                    "previous_digest": case.event_head or False,
                }
            )
            # Two writers of one chain collide on this row, and the database makes one retry.
            # Past `write`, whose guards and consequences do not concern these two.
            head.write(case, new)
            count.write(case, case.event_count + 1)
        # sudo: water.case.event - nobody but this method may append
        events = trusted(self.env["water.case.event"].sudo()).create(rows)
        self._on_event(kind, at)
        return events

    def _on_event(self, kind, at):
        """Hook: something happened at ``at`` (naive UTC)."""

    def _verify_events(self):
        """Check the event chain of the cases (design rule 5).

        :return: list of faults in the reader's language, empty when every chain is whole
        """
        self.check_access("read")
        return [fault for case in self.sudo() for fault in case._event_faults()]

    def _event_faults(self):
        previous, faults, erased = False, [], set()
        events = self.env["water.case.event"].search(
            [(self.env["water.case.event"]._case_field(self._name), "=", self.id)], order="id"
        )
        for event in events:
            if event.previous_digest != previous:
                faults.append(
                    self.env._("%(case)s: an event before no. %(id)s is missing.", **event._tag())
                )
            if event._expected_digest() != event.digest:
                faults.append(self.env._("%(case)s: event no. %(id)s was altered.", **event._tag()))
            if event.payload_seal:
                erased.add(event.id)
            if event.kind == "erased":
                erased -= set((event.payload or {}).get("events", ()))
            previous = event.digest
        faults += [
            self.env._("%(case)s: event no. %(id)s was altered.", case=self.name, id=event_id)
            for event_id in sorted(erased)
        ]
        if (previous or False) != (self.event_head or False) or len(events) != self.event_count:
            faults.append(self.env._("%(case)s: the newest events are missing.", case=self.name))
        return faults
