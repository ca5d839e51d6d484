from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.privacy.scrub import GONE, Scrubber

#: Parts of an event's payload that are no words of people.
FACTS = frozenset(
    {
        *("from", "to", "clock", "due", "mode", "finding", "cause", "medium", "failure"),
        *("severity", "category", "channel", "received_at", "department", "role", "events"),
        *("goodbye", "process", "number", "digest", "step", "decision", "level", "liability"),
    }
)


class Shredder(Scrubber):
    """Leaves of texts nothing; of what an event remembers, the facts that are counted."""

    def __init__(self):
        super().__init__(())

    def __call__(self, text):
        return GONE

    def tree(self, value):
        """The same for what JSON can express; counted facts and keys stay."""
        if isinstance(value, dict):
            return {k: v if k in FACTS else self.tree(v) for k, v in value.items()}
        return super().tree(value)


class WaterComplaint(models.Model):
    """What is left of a complaint after its destruction (销毁): what statistics count."""

    _inherit = "water.complaint"

    def _destruction_hindrances(self):
        """Why the case has to stay: sentences, none when it may go; heirs add theirs."""
        self.ensure_one()
        if self.destroyed_at:
            return [self.env._("it was destroyed before")]
        if self.state != "archived":
            return [self.env._("it is not archived")]
        return [] if self.erased_at else self._erasure_hindrances()

    def _is_answered(self):
        """Of what was destroyed nobody offers a review."""
        return super()._is_answered() and not self._appealed_case().destroyed_at

    def _check_not_destroyed(self):
        """:raises UserError: where nothing is left that somebody could hold or look at again"""
        gone = self.sudo().filtered("destroyed_at")[:1]
        if gone:
            raise UserError(self.env._("The file of %s has been destroyed.", gone.name))

    def _destroy(self, number):
        """Destroy what the archived complaint holds; category, dates and figures stay.

        :param number: number of the protocol that two people have signed
        """
        reason = self.env._("Destroyed by the protocol %s", number)
        for case in trusted(self.sudo()):
            if not case.erased_at:
                case._anonymise(reason)
            case._shred()
            values = {"destroyed_at": fields.Datetime.now(), "seal_due_at": False}
            case.with_context(tracking_disable=True).write({**values, "archive_digest": False})
            case._log_events("destroyed", {"number": number})

    def _shred(self):
        """Take every word out of the case, its rows, its chain and its thread."""
        shredder = Shredder()
        rows = self._rows_around()
        messages = self._hanging("mail.message", "model", rows)
        self.env["bus.bus"]._forget(messages)
        messages.unlink()
        self._erase_to_dos(shredder, rows)
        self._erase_files(rows)
        for row in rows:
            values = self._scrubbed(row, self._texts_of(row), shredder)
            if values:
                row.write(values)
        texts = self._scrubbed(self, self._texts_of(self), shredder)
        self.with_context(tracking_disable=True).write(texts)
        self._erase_chains(shredder, rows)
