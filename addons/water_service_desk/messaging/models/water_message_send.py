import json
import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ...base.keys import HIDDEN, keyless
from ...base.todos import end_todos, open_todos
from ...base.trust import trusted
from ...privacy.scrub import GONE
from ..gateway_http import GatewayError
from .mail_mail_sharing import MANY
from .water_case_mixin import LOST
from .water_message import NO_FAILURE

_logger = logging.getLogger(__name__)

#: Attempts of a mail that a server refuses, a quarter of an hour together; Odoo itself makes one.
MAIL_ATTEMPTS = 5
#: Attempts of a mail that a server does not take for the moment, or for want of one: a day
#: together, as mails to the staff (``mail_mail_again.PAUSES``), and each hour at least: what was
#: said is old by then.
PASSING_ATTEMPTS, PASSING_PAUSE = 30, timedelta(hours=1)
#: Failures of a mail that no repetition mends.
HOPELESS_MAIL = frozenset({"mail_email_invalid", "mail_email_missing"})


class WaterMessage(models.Model):
    """How a message leaves the house: by Odoo's mail queue or a gateway, again, or not at all."""

    _name = "water.message"
    _inherit = ["water.message", "water.outbox.mixin"]

    _outbox_cron = "water_service_desk.ir_cron_messages"

    @api.model
    def _wake(self, messages):
        """Have the queues look at once: a slow server never holds up the user."""
        mailed = messages.filtered("mail_mail_id")
        now = fields.Datetime.now()
        if mailed:
            moments = {message.not_before or now for message in mailed}
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=moments)
            mailed.mail_mail_id._wake_helpers(moments)
        by_gateway = messages.filtered("gateway_id")
        if by_gateway:
            self.env.ref(self._outbox_cron).sudo()._trigger()
        if len(by_gateway) >= MANY:
            for cron in self.env["mail.mail"]._helpers().values():
                cron._trigger()

    @api.model
    def _cron_send_beside(self, number):
        """Scheduled action: help to send, where thousands are told at once.

        :param number: which of the helpers this is, see ``mail.mail._share_out``
        """
        self._cron_send()
        self.env["mail.mail"]._send_share(number)  # last: it says whether more of it waits

    def _receiver(self):
        return self.gateway_id

    def _send(self):
        return self._send_mail() if self.medium == "mail" else self._send_gateway()

    def _send_mail(self):
        """Put a mail that had failed back into Odoo's queue."""
        if self.mail_mail_id:
            self.mail_mail_id.mark_outgoing()
            # the attempt is counted when Odoo's queue has made it
            count = self.attempt_count - 1
            self.write({"state": "queued", "next_try_at": False, "attempt_count": count})
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        else:
            self._give_up("cancelled")
        return True

    def _send_gateway(self):
        gateway = self.gateway_id
        if not gateway.active:
            self._fail("off")
            return True
        try:
            fault, hopeless, reference, wait = gateway._call(self._facts())
        except GatewayError as error:
            self._fail(error.kind)
            return error.kind == "redirect"
        if fault:
            self._fail(*fault, hopeless=hopeless, wait=timedelta(seconds=wait))
        else:
            self._succeed(reference)
        return True

    def _facts(self):
        """What the gateway's templates may carry."""
        facts = self._plain_facts()
        # sudo: mail.template - whoever sends need not see templates
        return {**facts, "data": self.template_id.sudo()._gateway_data(facts, self.medium)}

    def _plain_facts(self):
        params = self.params or {}
        return {
            **{name: params.get(name, "") for name in ("number", "name", "due", "link")},
            "company": self.company_id.name,
            "hotline": self.company_id.water_hotline or "",
            "address": self.address,
            "text": self._text_to_send(),
            "key": self.key,
            "medium": self.medium,
            "lang": self.lang or "",
            "code": self.gateway_code or "",
            "params": json.dumps(params, ensure_ascii=False),
        }

    def _text_to_send(self):
        """The words as the customer gets them: kept are they without key and code."""
        params, text = self.params or {}, self.body or ""
        link, code = params.get("link"), params.get("code")
        text = text.replace(keyless(link), link) if link else text
        return text.replace(HIDDEN, code) if code else text

    def _succeed(self, reference=None):
        """The message has left the house."""
        self.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "next_try_at": False,
                "reference": reference or self.reference,
                **NO_FAILURE,
            }
        )

    def _fail(self, code, detail=False, hopeless=False, wait=timedelta()):
        """An attempt has failed: try again later, or give up.

        :param code: why, see ``failure_code``
        :param detail: a code without the customer's data
        :param hopeless: trying again is useless
        :param wait: how long the gateway asks to wait
        """
        passes = code == "server"
        of_mail = PASSING_ATTEMPTS if passes else MAIL_ATTEMPTS
        limit = self.gateway_id.max_attempts or of_mail
        if hopeless or self.attempt_count >= limit:
            self._give_up(code, detail)
            return
        longest = PASSING_PAUSE if passes else timedelta(hours=24)
        pause = min(max(self._backoff(), wait), longest)
        again = fields.Datetime.now() + pause
        self.write(
            {
                "state": "failed",
                "failure_code": code,
                "failure_detail": detail,
                "next_try_at": self._after_quiet(again),
            }
        )

    def _after_quiet(self, moment):
        """``moment``, or the end of the quiet hours in which a telephone would ring."""
        case = self._case_or_none()
        if not self.gateway_id or case is None or case._is_urgent_news():
            return moment
        return self.partner_id._water_after_quiet(moment, case._customer_tz())

    def _requeue(self):
        """Send again from the start."""
        if self.mail_mail_id:
            self.mail_mail_id.mark_outgoing()
        self.write(
            {
                "state": "queued",
                **NO_FAILURE,
                "next_try_at": False if self.mail_mail_id else fields.Datetime.now(),
            }
        )
        self._wake(self)
        self._end_asked()

    def _has_failed(self):
        """Whether it can be sent again; whom nobody knows any more is told nothing."""
        # sudo: water.message - whether there is an address, not which
        return self.state in ("failed", "given_up") and self.sudo().address != GONE

    # -- giving up -------------------------------------------------------------------------

    def _give_up(self, code, detail=False):
        """No further attempt: leave it in the case's chain and before a supervisor."""
        failure = {"failure_code": code, "failure_detail": detail}
        self.write({"state": "given_up", "next_try_at": False, **failure})
        _logger.info("Message %s to %s was given up", self.id, self.address_masked)
        case = self._case_or_none()
        if case is not None:
            payload = {"medium": self.medium, "failure": code, "note": detail or ""}
            case._log_events("message_failed", payload)
        user = self.company_id._water_asked_user()
        if not user:
            return
        if case is None or not self._plan_activity(case, user):
            self.env["water.staff.message"]._tell(user, self._compose_failure)

    def _plan_activity(self, case, user):
        """One to-do per case, however many messages about it are lost.

        :return: False when the user may not see the case
        """
        if not case._is_open_to(user):
            return False
        if not open_todos(case, LOST):
            case.activity_schedule(
                LOST,
                user_id=user.id,
                summary=self.with_context(lang=user.lang)._failure_line(),
            )
        return True

    def _end_asked(self):
        """It is under way again, or has arrived: nobody has to tell the customer otherwise.

        Not while another message of the case was lost as well.
        """
        for message in self:
            case = message._case_or_none()
            if case is not None and not message._lost_besides(case):
                end_todos(case, LOST)

    def _lost_besides(self, case):
        """Whether another message about ``case`` was given up, and not by its own sender."""
        lost = [(self._case_field(case._name), "=", case.id), ("state", "=", "given_up")]
        lost += [("id", "!=", self.id), ("failure_code", "!=", "cancelled")]
        return bool(self.sudo().search_count(lost, limit=1))

    def _failure_line(self):
        medium = dict(self._fields["medium"]._description_selection(self.env))[self.medium]
        return self.env._("%(medium)s not delivered: tell the customer otherwise", medium=medium)

    def _compose_failure(self, env):
        """Subject and body of the word to a supervisor, in his language."""
        message = self.with_env(env).sudo()
        line = f"{message.case_name or ''} {message.failure_reason or ''}".strip()
        return message._failure_line(), Markup("<p>%s</p>") % line

    # -- what Odoo's mail queue reports ------------------------------------------------------

    def _on_mail_result(self, failure_type, passes=False):
        """The mail of each message was sent, or was not.

        :param failure_type: as on mail.mail, or a false value
        :param passes: what hindered it may be gone in an hour
        """
        for message in trusted(self):
            mail = message.mail_mail_id
            if mail.state == "sent":
                message.attempt_count += 1
                message._succeed(mail.message_id)
            elif mail.state == "exception" and message.state == "queued":
                message.attempt_count += 1
                hopeless = failure_type in HOPELESS_MAIL
                code = "server" if passes else "mail"
                message._fail("address" if hopeless else code, hopeless=hopeless)
        if any(message.next_try_at for message in self):  # after each of thousands of mails
            self._trigger_next()

    def _on_mail_cancelled(self):
        """Somebody has taken the mails out of the queue: nothing is sent, nobody is alarmed."""
        gone = trusted(self.filtered(lambda message: message.state in ("queued", "failed")))
        gone.write({"state": "given_up", "failure_code": "cancelled", "next_try_at": False})

    def _overtake(self):
        """Newer words go to the same people: what still waits is not sent any more."""
        waiting = trusted(self.filtered(lambda message: message.state in ("queued", "failed")))
        waiting.write({"state": "overtaken", "next_try_at": False})
        waiting.mail_mail_id.cancel()

    # -- erasure -----------------------------------------------------------------------------

    def _drop(self):
        """Have nothing sent that waits for a gateway; a mail under way is told him still."""
        self.filtered(lambda message: not message.mail_mail_id)._on_mail_cancelled()

    def _forget(self, scrubber):
        """Take the person out whose data is erased; that something was sent stays."""
        self._drop()
        gone = {name: GONE if self._fields[name].required else False for name in self._personal}
        for message in trusted(self):
            message.write({**gone, "subject": scrubber(message.subject)})

    @api.model
    def _on_bounce(self, message_ids):
        """Mails that came back: the address does not exist or takes nothing.

        :param message_ids: RFC 5322 Message-Ids that the bounce names
        """
        # sudo: water.message - called for incoming mail
        found = self.sudo().search([("reference", "in", message_ids), ("medium", "=", "mail")])
        for message in trusted(found.filtered(lambda row: row.state != "given_up")):
            message._give_up("bounce")
