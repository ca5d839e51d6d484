import logging
import time
from collections import Counter
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models

from ...base.trust import trusted

_logger = logging.getLogger(__name__)

WAITING = [("state", "in", ("queued", "failed"))]
#: Rows claimed per committed batch.
BATCH = 20
#: Rows looked at for a batch, so that those who send beside each other find some to lock.
LOOK = 5 * BATCH
#: How long a claim holds. A sender that was killed loses it.
LEASE = timedelta(minutes=25)
#: A receiver that fails so often in a row is left alone for the rest of the batch.
BREAK_AFTER = 3


class WaterOutboxMixin(models.AbstractModel):
    """Outgoing rows: claimed, sent one by one, retried with back-off.

    Batches are claimed and committed before sending, and each result is committed at once. Two runs
    never take the same row; after a kill at most the present row is sent again, and the receiver
    recognises its key. Heirs have ``state`` (``queued`` and ``failed`` wait), ``attempt_count`` and
    ``next_try_at``, and implement ``_receiver`` (a record with a ``timeout``), ``_send`` and
    ``_fail``.
    """

    _name = "water.outbox.mixin"
    _description = "Is Sent, and Tried Again"

    #: XML id of the scheduled action that sends
    _outbox_cron = None

    @api.model
    def _due_domain(self):
        return [*WAITING, ("next_try_at", "<=", fields.Datetime.now())]

    @api.model
    def _cron_send(self):
        """Scheduled action: send the rows whose moment has come."""
        self = trusted(self.sudo())
        remaining = self.search_count(self._due_domain())
        while remaining:
            batch = self._claim_batch()
            if not batch:
                break
            self.env["ir.cron"]._commit_progress(remaining=remaining)
            seconds = batch._send_claimed()
            remaining = max(remaining - len(batch), 0)
            if not seconds:
                break
            self.env.invalidate_all()
        self._trigger_next()

    @api.model
    def _claim_batch(self):
        """Claim the next rows that no other run is sending; empty if there are none."""
        while True:
            rows = self.search(self._due_domain(), limit=LOOK, order="next_try_at, id")
            try:
                batch = rows.try_lock_for_update(allow_referencing=True, limit=BATCH)
            except SerializationFailure:  # another sender took some since we looked
                self.env.cr.rollback()
            else:
                batch._claim()
                return batch

    def _claim(self):
        until = fields.Datetime.now() + LEASE
        for row in self:
            row.write({"attempt_count": row.attempt_count + 1, "next_try_at": until})

    def _send_claimed(self):
        """Send one after the other and commit each result.

        :return: seconds this run may still take, 0 when it has to end
        """
        failures, begun, seconds = Counter(), time.monotonic(), 1
        for row, until in [(row, row.next_try_at) for row in self]:
            if not row._is_claimed(until):
                continue
            receiver = row._receiver()
            left = LEASE.total_seconds() - (time.monotonic() - begun)
            late = left < 2 * (receiver.timeout or 0)
            try:
                if not seconds or late or failures[receiver.id] >= BREAK_AFTER:
                    row._put_off()
                else:
                    reached = row._send_safely()
                    failures[receiver.id] = 0 if reached else failures[receiver.id] + 1
                seconds = self.env["ir.cron"]._commit_progress(1)
            except SerializationFailure:
                # a receipt or cancellation was faster and wins; the next rows need not wait for the
                # end of their claim
                self.env.cr.rollback()
        return seconds

    def _is_claimed(self, until):
        """Return whether the row is still claimed by this run: after a suspend, or with a slow
        clock, the claims may have expired and been taken over.
        """
        return self.search_count([("id", "=", self.id), ("next_try_at", "=", until)])

    def _put_off(self):
        again = fields.Datetime.now() + timedelta(minutes=1)
        self.write({"attempt_count": self.attempt_count - 1, "next_try_at": again})

    def _send_safely(self):
        """Send one row by the heir's ``_send``; a fault does not stop the others.

        :return: False if the receiver could not be reached; faults of ours do not count
        """
        try:
            with self.env.cr.savepoint():
                return self._send()
        except SerializationFailure:
            raise
        except Exception as error:  # the text of an error may hold the customer's data
            _logger.error("%s %s could not be sent: %s", self._name, self.id, type(error).__name__)
            self._fail("error", type(error).__name__)
            return True

    @api.model
    def _trigger_next(self):
        waiting = [*WAITING, ("next_try_at", "!=", False)]
        row = self.search(waiting, order="next_try_at", limit=1)
        if row:
            at = max(row.next_try_at, fields.Datetime.now())
            self.env.ref(self._outbox_cron)._trigger(at=at)
