import json
import logging
import time
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models

from ...base.trust import trusted
from ...messaging import gateway_http
from ...messaging.gateway_http import GatewayError
from .. import webhook_http

_logger = logging.getLogger(__name__)

#: Deliveries claimed per committed batch.
BATCH = 20
#: How long a claim holds; a sender that was killed loses it.
LEASE = timedelta(minutes=25)
#: A receiver that fails so often in a row is left alone for the rest of the batch.
BREAK_AFTER = 3
#: Longest wait between two attempts.
LONGEST = timedelta(hours=6)
SUCCESS = range(200, 300)


class WaterWebhookDelivery(models.Model):
    """The scheduled action of webhooks: sends, retries with back-off, gives up.

    Batches are claimed and committed before anything leaves the house, and each result is
    committed at once: run twice at a time, nothing is taken by both.
    """

    _inherit = "water.webhook.delivery"

    @api.model
    def _due_domain(self):
        now = fields.Datetime.now()
        return [("state", "in", ("queued", "failed")), ("next_try_at", "<=", now)]

    @api.model
    def _cron_send(self):
        """Scheduled action: send the deliveries whose moment has come."""
        self = trusted(self.sudo())
        remaining = self.search_count(self._due_domain())
        while remaining:
            batch = self.search(self._due_domain(), limit=BATCH, order="next_try_at, id")
            batch = batch.try_lock_for_update(allow_referencing=True)
            if not batch:
                break
            batch._claim()
            self.env["ir.cron"]._commit_progress(remaining=remaining)
            seconds = batch._send_claimed()
            remaining = max(remaining - len(batch), 0)
            if not seconds:
                break
            self.env.invalidate_all()
        self._trigger_next()

    def _claim(self):
        until = fields.Datetime.now() + LEASE
        for row in self:
            row.write({"attempt_count": row.attempt_count + 1, "next_try_at": until})

    def _send_claimed(self):
        """Send one after the other and commit each result.

        :return: seconds this run may still take, 0 when it has to end
        """
        failures, begun, seconds = Counter(), time.monotonic(), 1
        for row in self:
            hook = row.webhook_id
            late = time.monotonic() - begun > LEASE.total_seconds() - 2 * hook.timeout
            if not seconds or late or failures[hook] >= BREAK_AFTER:
                row._put_off()
            else:
                failures[hook] = 0 if row._send_safely() else failures[hook] + 1
            seconds = self.env["ir.cron"]._commit_progress(1)
        return seconds

    def _put_off(self):
        """Not tried after all: the claim is given back."""
        pause = timedelta(minutes=1)
        count = self.attempt_count - 1
        self.write({"attempt_count": count, "next_try_at": fields.Datetime.now() + pause})

    def _send_safely(self):
        """Send one delivery; a fault in one never stops the others.

        :return: whether the receiver took it
        """
        try:
            with self.env.cr.savepoint():
                return self._send()
        except Exception as error:
            _logger.error("Webhook delivery %s failed: %s", self.id, type(error).__name__)
            self._fail("error", type(error).__name__)
            return False

    def _send(self):
        if not self.webhook_id.active:
            self._fail("off")
            return True
        body = {**(self.payload or {}), "delivery": self.key}
        fault, detail, wait = self._post(self.webhook_id, self.key, body)
        if fault:
            self._fail(fault, detail, timedelta(seconds=wait))
            return False
        self.write(
            {
                "state": "delivered",
                "delivered_at": fields.Datetime.now(),
                "next_try_at": False,
                "failure_code": False,
                "failure_detail": False,
            }
        )
        return True

    @api.model
    def _post(self, hook, key, body):
        """Hand one body over.

        :return: ``(failure code or None, detail, seconds the receiver asks to wait)``
        """
        content = json.dumps(body, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        signed = webhook_http.signature(hook._read_secret(), stamp, content)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "water-service-webhook/1",
            "X-Water-Delivery": key,
            "X-Water-Event": body["event"],
            "X-Water-Timestamp": stamp,
            "X-Water-Signature": f"sha256={signed}",
        }
        allowed = self.env["water.webhook"]._allowed_networks()
        try:
            answer = webhook_http.post(hook.url, headers, content, hook.timeout, allowed)
        except GatewayError as error:
            return error.kind, "", 0
        if answer.status in SUCCESS:
            return None, "", 0
        return "status", gateway_http.phrase(answer.status), answer.retry_after

    def _fail(self, code, detail="", wait=timedelta()):
        """An attempt has failed: try again after 1, 2, 4, 8 … minutes, or give up."""
        values = {"failure_code": code, "failure_detail": detail or False}
        if self.attempt_count >= self.webhook_id.max_attempts:
            self.write({**values, "state": "dead", "next_try_at": False})
            return
        pause = min(timedelta(minutes=2 ** max(self.attempt_count - 1, 0)), LONGEST)
        moment = fields.Datetime.now() + min(max(pause, wait), timedelta(hours=24))
        self.write({**values, "state": "failed", "next_try_at": moment})

    @api.model
    def _trigger_next(self):
        waiting = [("state", "in", ("queued", "failed")), ("next_try_at", "!=", False)]
        row = self.search(waiting, order="next_try_at", limit=1)
        if row:
            cron = self.env.ref("water_service_desk.ir_cron_webhooks")
            cron._trigger(at=max(row.next_try_at, fields.Datetime.now()))
