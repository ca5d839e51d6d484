import json
import time
from datetime import timedelta

from odoo import api, fields, models

from ...messaging import gateway_http, guarded_http
from ...messaging.gateway_http import GatewayError

#: Longest wait between two attempts.
LONGEST = timedelta(hours=6)
SUCCESS = range(200, 300)


class WaterWebhookDelivery(models.Model):
    """How a delivery leaves the house: signed, again after a while, or not at all."""

    _name = "water.webhook.delivery"
    _inherit = ["water.webhook.delivery", "water.outbox.mixin"]

    _outbox_cron = "water_service_desk.ir_cron_webhooks"

    def _receiver(self):
        return self.webhook_id

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
        signed = guarded_http.signature(hook._read_secret(), stamp, content)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "water-service-webhook/1",
            "X-Water-Delivery": key,
            "X-Water-Event": body["event"],
            "X-Water-Timestamp": stamp,
            "X-Water-Signature": f"sha256={signed}",
        }
        allowed = self.env["water.gateway"]._allowed_networks()
        try:
            answer = guarded_http.deliver("POST", hook.url, headers, content, hook.timeout, allowed)
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
