import json
import logging
import uuid
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.keys import HIDDEN, keyless
from ...base.reader import read_by, reader_of
from ...base.roles import CONTACT_GROUPS, INTEGRATION, SUPERVISOR
from ...base.todos import end_todos, open_todos
from ...base.trust import trusted
from ...privacy.masking import mask_email, mask_phone
from ...privacy.scrub import GONE
from ..gateway_http import GatewayError
from .ir_qweb import KEY as COMPILED
from .ir_qweb import CompiledTemplates
from .mail_mail import MANY
from .water_case_messaging import LOST
from .water_gateway import MEDIA, shown_code

NO_FAILURE = {"failure_code": False, "failure_detail": False}
#: Reasons of failed messages, in the reader's language.
FAILURES = [
    ("timeout", "The gateway did not answer in time"),
    ("refused", "The gateway cannot be reached"),
    ("redirect", "The gateway redirects elsewhere, which is not followed"),
    ("internal", "The gateway's address lies inside the house and is not allowed"),
    ("network", "The exchange with the gateway failed"),
    ("status", "The gateway did not accept it"),
    ("answer", "The gateway's answer is no success"),
    ("garbage", "The gateway's answer cannot be read"),
    ("token", "The gateway gave no access token"),
    ("off", "The gateway is switched off"),
    ("lost", "Lost on the way, as the gateway reports"),
    ("address", "The mail address is wrong or missing"),
    ("mail", "The mail server refused it or cannot be reached"),
    ("server", "The mail server cannot be reached or is not accepting mails"),
    ("bounce", "The mail came back"),
    ("cancelled", "The mail was cancelled"),
    ("error", "An unexpected error"),
]
_logger = logging.getLogger(__name__)
#: Attempts of a mail that a server refuses, a quarter of an hour together; Odoo itself makes one.
MAIL_ATTEMPTS = 5
#: Attempts of a mail during temporary failures: for a day in all, as mails to staff
#: (``mail_mail.PAUSES``), and at least once an hour: the text is outdated by then.
PASSING_ATTEMPTS, PASSING_PAUSE = 30, timedelta(hours=1)
#: Failures of a mail that no repetition mends.
HOPELESS_MAIL = frozenset({"mail_email_invalid", "mail_email_missing"})


class WaterMessage(models.Model):
    """One message to a customer, by mail, SMS or WeChat, with what became of it.

    Everything customers are told automatically goes through here (S1.2.3 主动关心, S3.1.2b):
    the customer's channel and language are chosen, the words are kept, and what cannot be
    delivered comes back to a person.
    """

    _name = "water.message"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.case.link.mixin",
        "water.outbox.mixin",
        "water.mixin",
    ]
    _description = "Message to a Customer"
    _package = (
        *("subject", "medium", "address", "body", "lang", "state", "queued_at", "sent_at"),
        "delivered_at",
    )
    _order = "id desc"
    _rec_name = "subject"
    _allow_sudo_commands = False
    _case_required = False
    _dossier_order = 70
    _dossier = (
        "subject",
        "medium",
        "state",
        "address",
        "body",
        "queued_at",
        "sent_at",
        "delivered_at",
        "failure_code",
    )
    _personal = ("partner_id", "address", "body", "params")

    subject = fields.Char(string="Purpose", required=True, readonly=True)
    medium = fields.Selection(MEDIA, required=True, readonly=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sent", "Sent out"),
            ("delivered", "Delivered"),
            ("failed", "Failed, to be retried"),
            ("given_up", "Given up"),
            ("overtaken", "Overtaken by newer words"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
    )
    address = fields.Char(
        string="Sent to", required=True, readonly=True, groups=CONTACT_GROUPS, water_mask="reach"
    )
    address_masked = fields.Char(
        string="Address (Masked)", compute="_compute_address_masked", compute_sudo=True
    )
    body = fields.Text(string="Text", readonly=True, groups=CONTACT_GROUPS, water_mask="all")
    lang = fields.Char(string="Language Code", readonly=True)
    language = fields.Char(compute="_compute_language")
    params = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Further values passed to the gateway, among them the customer's own link.",
        water_mask="all",
    )
    gateway_code = fields.Char(string="Gateway Template", readonly=True)
    template_id = fields.Many2one("mail.template", readonly=True, ondelete="set null")
    mail_mail_id = fields.Many2one(
        "mail.mail", string="Mail", readonly=True, index="btree_not_null", ondelete="set null"
    )
    gateway_id = fields.Many2one("water.gateway", readonly=True, ondelete="restrict")
    key = fields.Char(
        string="Idempotency Key",
        required=True,
        readonly=True,
        default=lambda self: uuid.uuid4().hex,
        help="The same in every attempt, so that the gateway can tell a repetition.",
    )
    reference = fields.Char(
        string="Outside Reference",
        readonly=True,
        index="btree_not_null",
        help="The gateway's own number, or the Message-Id of the mail.",
    )
    attempt_count = fields.Integer(string="Send Attempts", readonly=True)
    next_try_at = fields.Datetime(string="Next Attempt", readonly=True)
    not_before = fields.Datetime(
        string="Held Back until", readonly=True, help="End of the customer's quiet hours."
    )
    queued_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    sent_at = fields.Datetime(readonly=True)
    delivered_at = fields.Datetime(readonly=True)
    failure_code = fields.Selection(FAILURES, string="Kind of Failure", readonly=True)
    failure_detail = fields.Char(readonly=True)
    failure_reason = fields.Char(string="Reason of Failure", compute="_compute_failure_reason")
    company_id = fields.Many2one(required=True)
    can_retry = fields.Boolean(compute="_compute_can_retry", export_string_translation=False)

    _key_uniq = models.Constraint("UNIQUE (key)", "This message has been queued already.")
    _address_idx = models.Index("(address, queued_at)")
    _due_idx = models.Index("(next_try_at, id) WHERE state IN ('queued', 'failed')")

    _outbox_cron = "water_service_desk.ir_cron_messages"

    @api.depends("address", "medium")
    def _compute_address_masked(self):
        for message in self:
            mask = mask_email if message.medium == "mail" else mask_phone
            if message.medium == "wechat":
                message.address_masked = f"{(message.address or '')[:4]}***"
            else:
                message.address_masked = mask(message.address)

    @api.depends("lang")
    def _compute_language(self):
        names = dict(self.env["res.lang"].get_installed())
        for message in self:
            message.language = names.get(message.lang, message.lang)

    @api.depends("failure_code", "failure_detail")
    @api.depends_context("lang")
    def _compute_failure_reason(self):
        labels = dict(self._fields["failure_code"]._description_selection(self.env))
        for message in self:
            label, detail = labels.get(message.failure_code), message.failure_detail
            message.failure_reason = (
                self.env._("%(reason)s: %(detail)s", reason=label, detail=detail)
                if label and detail
                else label
            )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_retry(self):
        is_supervisor = self._is_supervisor()
        for message in self:
            message.can_retry = is_supervisor and message._has_failed()

    @api.model
    def _readonly_message(self):
        return self.env._("Messages are sent by the system alone.")

    @api.model
    def _is_supervisor(self):
        group = SUPERVISOR
        return self.env.su or self.env.user.has_group(group)

    # -- queueing --------------------------------------------------------------------------

    @api.model
    def _queue(self, template, records, medium=None):
        """Send ``template`` about ``records`` to their customers.

        Each customer gets it in their language by the preferred channel, or the first that reaches
        them; unreachable customers are skipped.

        :param template: mail.template, with a short text for SMS and WeChat
        :param records: records of the template's model; each has a ``_message_case()``
        :param medium: this channel or none, such as ``mail`` for letters
        :return: the messages
        """
        # sudo: mail.template, case - moving a case needs no access to contact data
        template, records = template.sudo(), records.sudo()
        kind = template.water_kind or "statutory"
        own = records.filtered(lambda row: row._message_case()._tells_customer(kind))
        messages = self._queue_for(template, own, medium)
        for reader, rows in self._copies(records).items():
            if medium not in (None, "mail", reader.water_message_medium):
                continue  # by the customer's preferences, not the reader's
            messages |= self._queue_for(read_by(template, reader), read_by(rows, reader), medium)
        self._wake(messages)
        return messages.with_env(self.env)

    @api.model
    def _copies(self, records):
        copies = {}
        for record in records:
            for reader in record._message_case()._additional_recipients():
                copies[reader] = copies.get(reader, records.browse()) | record
        return copies

    @api.model
    def _queue_for(self, template, records, medium):
        """Queue the messages to the customers, or to the reader of their environment."""
        routes = self._routes(template, records, medium)
        mailed = {row: route for row, route in routes.items() if route["medium"] == "mail"}
        by_gateway = [record.id for record in routes if record not in mailed]
        mails = self._queue_mails(template, mailed)
        texts = template._water_short_texts(by_gateway)
        rows = []
        for record, route in routes.items():
            content = dict(mails.get(record.id) or texts.get(record.id))
            codes = record._message_case()._secrets_of_message().values()
            content["body"] = keyless(content.get("body"), codes)
            rows.append({**route, **content, "template_id": template.id})
        # sudo: water.message - written by this service alone
        return trusted(self.sudo()).create(rows)

    @api.model
    def _routes(self, template, records, medium):
        """``{record: values}`` of who is to be reached, where, how and when."""
        cases = {record: record._message_case() for record in records}
        companies = records.env["res.company"].union(*(c.company_id for c in cases.values()))
        gateways = self.env["water.gateway"]._usable(companies) if companies else {}
        kind = template.water_kind or "statutory"
        must, routes = kind == "statutory", {}
        for record, case in cases.items():
            if not (must or case._message_wanted(kind)):
                continue
            route = case._message_route(gateways, bool(template.water_short_text), medium, must)
            if route and not self._exceeds_daily_messages(case, route["address"]):
                link = {**case._message_link(), "company_id": case.company_id.id}
                wait = case._hold_back(must and route["medium"] == "mail")
                routes[record] = {**route, **link, **self._waiting(route, wait)}
        return routes

    @api.model
    def _exceeds_daily_messages(self, case, address):
        """Whether strangers have had us write to an address as often as they may in a day."""
        limit = case.company_id.water_unproved_limit
        if not limit or not case._is_unproved():
            return False
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: water.message - counted, never shown
        lately = self.sudo().search_count(
            [("address", "=", address), ("queued_at", ">", since)], limit=limit
        )
        return lately >= limit

    @api.model
    def _waiting(self, route, wait):
        if not wait:
            return {}
        return {"not_before": wait, **({"next_try_at": wait} if "next_try_at" in route else {})}

    @api.model
    def _queue_mails(self, template, routes):
        """``{record id: values}`` of mails that wait in Odoo's queue.

        :param routes: {record: values of its message}
        """
        if not routes:
            return {}
        once = template.with_context(**{COMPILED: CompiledTemplates()})
        mails = once.send_mail_batch([record.id for record in routes])
        self._address_mails(template, mails, {row.id: route for row, route in routes.items()})
        mails._share_out()
        mails._hide_codes()
        return {
            mail.res_id: {"mail_mail_id": mail.id, "subject": mail.subject or template.name}
            for mail in mails
        }

    @api.model
    def _address_mails(self, template, mails, routes):
        """Answers find the case again, no machine answers, and quiet hours are kept."""
        departments = self.env["water.department"].sudo()._answering()
        by_id = {mail.res_id: mail for mail in mails}
        is_copy = bool(reader_of(template.env))
        for record in self.env[template.model].sudo().browse(by_id):
            values, route = record._message_case()._mail_headers(departments), routes[record.id]
            if is_copy:
                values |= {"email_to": route["address"]}
            if route.get("not_before"):
                values |= {"scheduled_date": route["not_before"]}
            by_id[record.id].write(values)

    # -- what people and machines do with it -----------------------------------------------

    def action_retry(self):
        """Try a failed message again, at the customer's present address.

        :raises UserError: by anyone below supervisor, or if it is queued or sent
        """
        self.check_access("read")
        if not self._is_supervisor():
            raise UserError(self.env._("Only a supervisor has a message sent again."))
        if not all(message._has_failed() for message in self):
            raise UserError(self.env._("Only what has failed is sent again."))
        for message in trusted(self.sudo()):
            message.write({**message._fresh_address(), "attempt_count": 0})
            message._requeue()
        return True

    def _fresh_address(self):
        """The corrected address of the case; another address is another message."""
        case = self._case_or_none()
        if case is not None and self.partner_id not in (case.partner_id, self.partner_id.browse()):
            case = read_by(case, self.partner_id)  # a copy stays with whom it was for
        address = case is not None and case._message_address(self.medium)
        if not address or address == self.address:
            return {}
        if self.mail_mail_id:
            self.mail_mail_id.email_to = address
        return {"address": address, "key": uuid.uuid4().hex}

    @api.model
    def report_delivery(self, reference=None, delivered=True, reason=None):
        """Record a gateway's receipt: the message has, or has not, reached the device.

        :param reference: the gateway's message number, or the idempotency key
        :param delivered: False if it was lost
        :param reason: the gateway's code for the loss
        :raises AccessError: for anyone but an integration
        :raises UserError: if no sent message has this reference
        :return: True; a repeated receipt changes nothing
        """
        if not (self.env.su or self.env.user.has_group(INTEGRATION)):
            raise AccessError(self.env._("Receipts come from an integration."))
        message = self._of_reference(reference)
        if not message:
            raise UserError(self.env._("No message has this reference."))
        trusted(message)._receipt(delivered, reason)
        return True

    @api.model
    def _of_reference(self, reference):
        known = [str(reference)] if reference else []
        # sudo: water.message - an integration reads no messages, it only reports by number
        ours = [("gateway_id", "!=", False), ("company_id", "in", self.env.companies.ids)]
        named = ["|", ("reference", "in", known), ("key", "in", known)]
        return self.sudo().search(ours + named, limit=1)

    def _receipt(self, delivered, reason):
        if self.state == "delivered":
            return
        if delivered:
            was_lost, now = self.state == "given_up", fields.Datetime.now()
            values = {"sent_at": self.sent_at or now, "delivered_at": now, **NO_FAILURE}
            self.write({**values, "state": "delivered", "next_try_at": False})
            if was_lost:
                self._end_asked()
        elif self.state != "given_up":
            self._give_up("lost", reason and shown_code(str(reason)))

    def _mark_seen(self):
        """Mark messages as read when the customer opens their page."""
        unseen = self.sudo().filtered(lambda message: message.state == "sent")
        trusted(unseen).write({"state": "delivered", "delivered_at": fields.Datetime.now()})

    def _backoff(self):
        """Return 1, 2, 4, 8 … minutes, at most four hours, after so many attempts."""
        return timedelta(minutes=min(2 ** max(self.attempt_count - 1, 0), 240))

    # -- send ----------------------------------------------------------------------------------
    # How a message leaves the house: by Odoo's mail queue or a gateway, again, or not at all.

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
        """Return the values of the gateway's placeholders."""
        facts = self._plain_facts()
        # sudo: mail.template - senders need no access to templates
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
        """Return whether it can be sent again; erased customers are skipped."""
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
        """Close to-dos about failed messages once one is queued again or delivered.

        Not while another message of the case has failed.
        """
        for message in self:
            case = message._case_or_none()
            if case is not None and not message._lost_besides(case):
                end_todos(case, LOST)

    def _lost_besides(self, case):
        """Return whether another message about ``case`` failed, apart from cancelled ones."""
        lost = [(self._case_field(case._name), "=", case.id), ("state", "=", "given_up")]
        lost += [("id", "!=", self.id), ("failure_code", "!=", "cancelled")]
        return bool(self.sudo().search_count(lost, limit=1))

    def _failure_line(self):
        medium = dict(self._fields["medium"]._description_selection(self.env))[self.medium]
        return self.env._("%(medium)s not delivered: tell the customer otherwise", medium=medium)

    def _compose_failure(self, env):
        """Return subject and body of the notice to a supervisor, in their language."""
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
        gone = trusted(self.filtered(lambda message: message.state in ("queued", "failed")))
        gone.write({"state": "given_up", "failure_code": "cancelled", "next_try_at": False})

    def _overtake(self):
        """Drop waiting messages to the same people when newer ones are queued."""
        waiting = trusted(self.filtered(lambda message: message.state in ("queued", "failed")))
        waiting.write({"state": "overtaken", "next_try_at": False})
        waiting.mail_mail_id.cancel()

    # -- erasure -----------------------------------------------------------------------------

    def _drop(self):
        """Drop messages waiting for a gateway; queued mails are still sent."""
        self.filtered(lambda message: not message.mail_mail_id)._on_mail_cancelled()

    def _forget(self, scrubber):
        """Remove an erased person's data; that a message was sent stays."""
        self._drop()
        gone = {name: GONE if self._fields[name].required else False for name in self._personal}
        for message in trusted(self):
            message.write({**gone, "subject": scrubber(message.subject)})

    @api.model
    def _on_bounce(self, message_ids):
        """Mark messages as failed whose mails were returned.

        :param message_ids: RFC 5322 Message-Ids named by the bounce
        """
        # sudo: water.message - called for incoming mail
        found = self.sudo().search([("reference", "in", message_ids), ("medium", "=", "mail")])
        for message in trusted(found.filtered(lambda row: row.state != "given_up")):
            message._give_up("bounce")
