from odoo import fields, models

from odoo.addons.water_service_desk.base.event_chain import digest
from odoo.addons.water_service_desk.base.trust import trusted


class WaterAppeal(models.Model):
    """The appeal's own chain of events, apart from that of the filed complaint."""

    _inherit = "water.appeal"

    event_ids = fields.One2many("water.appeal.event", "appeal_id", string="Events")
    event_head = fields.Char(readonly=True, copy=False)
    event_count = fields.Integer(string="Number of Events", readonly=True, copy=False)

    def _log(self, kind, payload=None):
        """Append one event to the chain of each appeal.

        :param kind: value of ``water.appeal.event.kind``
        :param payload: JSON-able dict of codes, no words of people
        """
        now = fields.Datetime.now()
        rows = []
        for appeal in trusted(self.sudo()):
            new = digest(appeal.event_head, appeal.name, kind, now, self.env.uid, payload or {})
            rows.append(
                {
                    "appeal_id": appeal.id,
                    "kind": kind,
                    "at": now,
                    "user_id": self.env.uid,
                    "payload": payload or {},
                    "digest": new,
                    "previous_digest": appeal.event_head or False,
                }
            )
            appeal.write({"event_head": new, "event_count": appeal.event_count + 1})
        # sudo: water.appeal.event - nobody but this method may append
        trusted(self.env["water.appeal.event"].sudo()).create(rows)

    def _verify_events(self):
        """Check the chains of the appeals.

        :return: list of faults in the reader's language, empty when every chain is whole
        """
        self.check_access("read")
        return [fault for appeal in self.sudo() for fault in appeal._event_faults()]

    def _event_faults(self):
        previous, faults = False, []
        events = self.event_ids.sorted("id")
        for event in events:
            if event.previous_digest != previous or event._expected_digest() != event.digest:
                faults.append(
                    self.env._(
                        "%(appeal)s: event no. %(id)s was altered, or one before it is missing.",
                        appeal=self.name,
                        id=event.id,
                    )
                )
            previous = event.digest
        if (previous or False) != (self.event_head or False) or len(events) != self.event_count:
            faults.append(self.env._("%s: the newest events are missing.", self.name))
        return faults
