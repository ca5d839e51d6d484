import json
import time
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.roles import SUPERVISOR
from ...base.trust import trusted
from ...messaging import gateway_http, guarded_http
from ...messaging.gateway_http import GatewayError
from .water_case_api import iso

EVENTS = [
    ("created", "Case registered"),
    ("state_changed", "State changed"),
    ("promise_changed", "Promised time changed"),
    ("message", "Message to the customer"),
    ("file_published", "File published"),
    ("visit_changed", "Appointment changed"),
]
FAILURES = [
    ("timeout", "The receiver did not answer in time"),
    ("refused", "The receiver cannot be reached"),
    ("redirect", "The receiver redirects elsewhere, which is not followed"),
    ("network", "The exchange with the receiver failed"),
    ("internal", "The name leads to an internal address"),
    ("status", "The receiver did not accept it"),
    ("off", "The webhook is switched off"),
    ("error", "An unexpected error"),
]


def link_kind(entry, case):
    """``complaint``, ``inquiry`` or ``request``."""
    return entry._case_field(case._name).removesuffix("_id")


#: Longest wait between two attempts.
LONGEST = timedelta(hours=6)
SUCCESS = range(200, 300)


class WaterWebhookDelivery(models.Model):
    """One event for one webhook, with the result of its delivery.

    The content is the external number, our number, the state and the promised times: no name,
    address or words of the customer (S2.2.4). Receivers ask the interface for more, with their key.
    """

    _name = "water.webhook.delivery"
    _inherit = [
        "water.readonly.mixin",
        "water.case.link.mixin",
        "water.outbox.mixin",
        "water.mixin",
    ]
    _description = "Webhook Delivery"
    _dossier = False  # what other systems were told of the state
    _order = "id desc"
    _rec_name = "key"
    _allow_sudo_commands = False

    webhook_id = fields.Many2one(
        "water.webhook", required=True, readonly=True, index=True, ondelete="cascade"
    )
    event = fields.Selection(EVENTS, required=True, readonly=True)
    payload = fields.Json(readonly=True)
    key = fields.Char(
        string="Delivery Number",
        required=True,
        readonly=True,
        default=lambda self: uuid.uuid4().hex,
        help="The same in every attempt, so that the receiver can tell a repetition.",
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("delivered", "Delivered"),
            ("failed", "Failed, to be retried"),
            ("dead", "Given up"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    attempt_count = fields.Integer(string="Send Attempts", readonly=True)
    next_try_at = fields.Datetime(string="Next Attempt", readonly=True)
    queued_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    delivered_at = fields.Datetime(readonly=True)
    failure_code = fields.Selection(FAILURES, string="Kind of Failure", readonly=True)
    failure_detail = fields.Char(readonly=True)
    company_id = fields.Many2one(required=True)
    can_retry = fields.Boolean(compute="_compute_can_retry", export_string_translation=False)

    _key_uniq = models.Constraint("UNIQUE (key)", "This event has been queued already.")
    _due_idx = models.Index("(next_try_at, id) WHERE state IN ('queued', 'failed')")

    _outbox_cron = "water_service_desk.ir_cron_webhooks"

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_retry(self):
        may = self._may_retry()
        for row in self:
            row.can_retry = may and row.state in ("failed", "dead")

    @api.model
    def _may_retry(self):
        return self.env.su or self.env.user.has_group(SUPERVISOR)

    @api.model
    def _readonly_message(self):
        return self.env._("Deliveries are created by the system and cannot be entered by hand.")

    @api.model
    def _queue(self, cases, event):
        """Queue an event for every webhook that hears of these cases.

        :param cases: cases of one type
        :param event: a key of ``EVENTS``
        """
        hooks, now, rows = self.env["water.webhook"], fields.Datetime.now(), []
        link = self._case_field(cases._name)
        for entry in cases._api_entries():
            case = entry[link]
            for hook in hooks._hearing(event, entry.channel_id, entry.company_id):
                rows.append(
                    {
                        link: case.id,
                        "webhook_id": hook.id,
                        "event": event,
                        "payload": self._facts(entry, case, event, now),
                        "next_try_at": now,
                    }
                )
        # sudo: water.webhook.delivery - written by this service alone
        deliveries = trusted(self.sudo()).create(rows)
        if rows:
            self.env.ref("water_service_desk.ir_cron_webhooks").sudo()._trigger()
        return deliveries

    @api.model
    def _facts(self, entry, case, event, at):
        """Return the content, without the customer's identity and words."""
        return {
            "event": event,
            "occurred_at": iso(at),
            "external_id": entry._own_number(),
            "channel": entry.channel_id.code,
            "kind": link_kind(entry, case),
            "number": case.name,
            **case._api_state(),
        }

    def _forget(self):
        """Remove the app's own number of the case from the content."""
        for row in trusted(self.filtered("payload")):
            row.payload = {**row.payload, "external_id": ""}

    def action_retry(self):
        """Send a failed delivery again, from the first attempt on.

        :raises UserError: by anyone below supervisor, or if it is queued or delivered
        """
        self.check_access("read")
        if not self._may_retry():
            raise UserError(self.env._("Only a supervisor has a delivery sent again."))
        if any(row.state not in ("failed", "dead") for row in self):
            raise UserError(self.env._("Only what has failed is sent again."))
        trusted(self.sudo()).write(
            {
                "state": "queued",
                "attempt_count": 0,
                "next_try_at": fields.Datetime.now(),
                "failure_code": False,
                "failure_detail": False,
            }
        )
        self.env.ref("water_service_desk.ir_cron_webhooks").sudo()._trigger()
        return True

    # -- send ----------------------------------------------------------------------------------
    # How a delivery leaves the house: signed, again after a while, or not at all.

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
        values = {"failure_code": code, "failure_detail": detail or False}
        if self.attempt_count >= self.webhook_id.max_attempts:
            self.write({**values, "state": "dead", "next_try_at": False})
            return
        pause = min(timedelta(minutes=2 ** max(self.attempt_count - 1, 0)), LONGEST)
        moment = fields.Datetime.now() + min(max(pause, wait), timedelta(hours=24))
        self.write({**values, "state": "failed", "next_try_at": moment})
