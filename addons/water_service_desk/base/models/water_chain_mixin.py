from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..event_chain import altered_by_erasure, digest, seal
from ..tables import table
from ..trust import is_trusted, trusted


class WaterChainMixin(models.AbstractModel):
    """A record with evidence of what happened to it: append-only events, each bound to the last.

    Heirs name the model of their events, whose rows point back to them.
    """

    _name = "water.chain.mixin"
    _description = "Has a Chain of Events"

    #: model of the events, an heir of ``water.chain.event.mixin``
    _chain_event = None

    event_head = fields.Char(
        readonly=True, copy=False, help="Digest of the newest event: the chain's loose end."
    )
    event_count = fields.Integer(readonly=True, copy=False)

    def _log_events(self, kind, payloads=None, at=None, **columns):
        """Append one event to the chain of each record.

        :param kind: kind of event, see the model of the events
        :param payloads: {record id: JSON-able dict}, or one dict for all, or None
        :param at: naive UTC time of the happening, now by default
        :param columns: further values of the events
        :return: the created events
        """
        # sudo: events - appended here alone
        events = trusted(self.env[self._chain_event].sudo())
        if not self:
            return events
        at = (at or fields.Datetime.now()).replace(microsecond=0)
        payloads = payloads or {}
        one_for_all = not payloads.keys() <= set(self.ids)
        link = self.env[self._chain_event]._chain_link(self._name)
        rows = []
        for record in self.sudo():
            payload = payloads if one_for_all else payloads.get(record.id, {})
            rows.append({**columns, link: record.id, **record._next_event(kind, at, payload)})
        events = events.create(rows)
        self._on_event(kind, at)
        return events

    def _next_event(self, kind, at, payload):
        """Values of the event that comes next; the loose end moves on to it.

        Two writers of one chain collide on this row, and the database makes one retry.
        """
        previous = self.event_head
        new = digest(previous, self._chain_name(), kind, at, self.env.uid, payload)
        # past `write`, whose guards and consequences do not concern these two
        self._fields["event_head"].write(self, new)
        self._fields["event_count"].write(self, self.event_count + 1)
        return {
            "kind": kind,
            "at": at,
            "user_id": self.env.uid,
            "payload": payload,
            "digest": new,
            "previous_digest": previous or False,
        }

    def _erase_events(self, scrubber):
        """Erase words but keep the seals: the chain can be verified as before.

        The caller logs the returned value with an event ``erased``.

        :param scrubber: see ``privacy.scrub``
        :return: ``{"events": ids of changed events, "left": seals of the remaining words}``
        """
        events = self.env[self._chain_event]
        # sudo: events - all events are erased, also unreadable ones
        found = events.sudo().search([(events._chain_link(self._name), "in", self.ids)])
        return found.filtered(lambda event: event._erase_payload(scrubber))._erasure()

    def _chain_name(self):
        """Return the permanent name that the events are bound to."""
        return self.name

    def _on_event(self, kind, at):
        """Hook: something happened at ``at`` (naive UTC)."""

    def _verify_events(self):
        """Check the chains of the records (design rule 5).

        :return: list of faults in the reader's language, empty if every chain is sound
        """
        self.check_access("read")
        return [fault for record in self.sudo() for fault in record._event_faults()]

    def _event_faults(self):
        previous, faults = False, []
        rows = self.env[self._chain_event].sudo()
        events = rows.search([(rows._chain_link(self._name), "=", self.id)], order="id")
        name = self.name if "name" in self._fields else self.display_name
        for event in events:
            tag = {"case": name, "id": event.id}
            if event.previous_digest != previous:
                faults.append(self.env._("%(case)s: an event before no. %(id)s is missing.", **tag))
            expected = event._expected_digest(self._chain_name())
            if expected != event.digest or event._is_said_otherwise():
                faults.append(self.env._("%(case)s: event no. %(id)s was altered.", **tag))
            previous = event.digest
        words = [(row.id, row.kind, row.payload, bool(row.payload_seal)) for row in events]
        faults += [
            self.env._("%(case)s: event no. %(id)s was altered.", case=name, id=event_id)
            for event_id in altered_by_erasure(words)
        ]
        if (previous or False) != (self.event_head or False) or len(events) != self.event_count:
            faults.append(self.env._("%(case)s: the newest events are missing.", case=name))
        return faults


class WaterChainEventMixin(models.AbstractModel):
    """One thing that happened to a record: written once by the service, never changed."""

    _name = "water.chain.event.mixin"
    _inherit = ["water.choice.name.mixin", "water.readonly.mixin", "water.never.deleted.mixin"]
    _description = "Event of a Chain"
    _order = "id desc"
    _allow_sudo_commands = False

    #: parts of a payload that identify the customer and are removed by an erasure
    _erased_parts = frozenset()
    #: digests, without personal data
    _lasting_parts = frozenset({"digest", "left"})
    #: {column that repeats a part of the payload: that part}
    _said_again = {}
    #: those of them that go with it
    _erased_columns = ()

    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    payload = fields.Json(readonly=True)
    digest = fields.Char(required=True, readonly=True)
    previous_digest = fields.Char(readonly=True)
    payload_seal = fields.Char(
        readonly=True, help="Stands for the words of the event after they were erased."
    )

    @api.model
    def _chain_link(self, model):
        return next(
            name
            for name, field in self._fields.items()
            if field.comodel_name == model and field.required
        )

    @api.model
    def _readonly_message(self):
        return self.env._("Events are written by the system alone.")

    def write(self, vals):
        """Keep events read-only; words can be erased against their seal."""
        erasure = {"payload", "payload_seal", *self._erased_columns}
        if is_trusted(self.env) and vals.keys() == erasure:
            return super().write(vals)
        raise AccessError(self.env._("An event that has happened cannot be changed."))

    def _erase_payload(self, scrubber):
        """Take the customer out of the words; their seal keeps the chain whole.

        :param scrubber: see ``privacy.scrub``
        :return: whether there was anything to take out
        """
        payload = self.payload or {}
        erased, lasting = table(self, "_erased_parts"), table(self, "_lasting_parts")
        words = payload.keys() - erased - lasting
        clean = scrubber.tree({key: payload[key] for key in payload if key in words})
        clean |= {key: payload[key] for key in payload if key in lasting}
        if clean == payload:
            return False
        gone = dict.fromkeys(self._erased_columns, False)
        sealed = self.payload_seal or seal(payload)
        trusted(self).write({"payload": clean, "payload_seal": sealed, **gone})
        return True

    def _is_said_otherwise(self):
        """Return whether a column shown on screens differs from the bound payload."""
        payload, gone = self.payload or {}, self._erased_columns if self.payload_seal else ()
        for name, part in table(self, "_said_again").items():
            value = self[name].id if self._fields[name].relational else self[name]
            is_kept = name not in gone and self.kind != "erased"
            if is_kept and (value or False) != (payload.get(part) or False):
                return True
        return False

    def _erasure(self):
        """Return the payload of an event ``erased``, which binds the remaining words."""
        left = {str(event.id): seal(event.payload) for event in self}
        return {"events": sorted(self.ids), "left": left}

    def _expected_digest(self, chain_name):
        seal = self.payload_seal
        who = self.user_id.id
        return digest(self.previous_digest, chain_name, self.kind, self.at, who, self.payload, seal)
