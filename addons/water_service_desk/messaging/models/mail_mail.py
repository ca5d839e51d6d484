import smtplib
import sys
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...base.keys import keyless
from ...base.trust import trusted
from ..plain_text import plain_text

#: Minutes before each further try, a day together: a server that begins anew, grey listing, a full
#: mailbox.
PAUSES = (5, 15, 60, 120, 240, 480, 480)
#: Odoo's word for a connection that could not be had, or was lost.
NO_SERVER = "mail_smtp"
#: Values common to mails to several people.
SHARED = ("body_html", "references", "headers", "auto_delete", "is_notification")


def is_passing(error):
    """Tell whether what hindered a mail may be gone in an hour: codes 400 to 499, or no answer.

    :param error: the exception, by which Odoo wraps that of the connection
    """
    while error is not None:
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return all(code < 500 for code, _words in error.recipients.values())
        if isinstance(error, smtplib.SMTPResponseException):
            return error.smtp_code < 500
        if isinstance(error, OSError):  # the disk is full, or a connection hangs
            return True
        error = error.__cause__ or error.__context__
    return False


#: Days that a mail that went out stays in the queue's table.
KEPT_DAYS = "water_service_desk.mail_days"
DEFAULT_DAYS = 30
BATCH = 2000
#: Mails about our records, and those that our staff is told by: others are their apps' matter.
OURS = ["|", ("model", "=like", "water.%"), ("email_layout_xmlid", "=like", "water_%")]
#: Seconds beyond Odoo's own limit of a scheduled action that its mails may take: Odoo kills what
#: lasts for four minutes, and the mail under way would be sent twice.
LONGER = 60
#: Scheduled actions that send beside Odoo's own, by the end of their XML ids.
HELPERS = (1, 2, 3)
#: Messages queued at once from which the helpers are called.
MANY = 20


class MailMail(models.Model):
    _inherit = "mail.mail"

    water_tries = fields.Integer(string="Tries in Vain", readonly=True, copy=False)

    _waiting_idx = models.Index("(state, id) WHERE state IN ('outgoing', 'exception')")

    water_sender = fields.Integer(string="Sent by Helper", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """Remove keys from links in the thread's copy, which staff read.

        The sent text is ``body_html``, readable by administrators alone. Links of other apps stay.
        """
        for vals in vals_list:
            is_ours = (vals.get("model") or "").startswith("water.")
            if is_ours and vals.get("body_html") and vals.get("body"):
                vals["body"] = keyless(vals["body"])
        return super().create(vals_list)

    def _ours(self):
        """Return mails of our apps: about cases, letters, and to staff."""
        return self.filtered_domain(OURS)

    def unlink(self):
        """Keep messages about cases when their mail is deleted, which would stop the queue."""
        said = self.filtered(
            lambda mail: not mail.is_notification and mail.message_type != "email_outgoing"
        )
        cases = self.env["mail.message"]._water_cases() if said else ()
        said.filtered(lambda mail: mail.model in cases).is_notification = True
        return super().unlink()

    def _prepare_outgoing_list(self, *args, **kwargs):
        """As Odoo, but with a readable plain-text part in our mails."""
        rows = super()._prepare_outgoing_list(*args, **kwargs)
        for row in rows if self._ours() else ():
            row["body_alternative"] = plain_text(row["body"])
        return rows

    def _hide_codes(self):
        for mail in self:
            case = self.env[mail.model].browse(mail.res_id)._message_case()
            if codes := case._secrets_of_message():
                copy = trusted(mail.mail_message_id)
                copy.body = keyless(copy.body, codes.values())

    @api.autovacuum
    def _gc_sent(self):
        """Delete old sent mails; their message stays in the case.

        Half of the size of a case is the sent mail, beside the same text in its message. Mails of
        other apps stay.

        :return: how many were deleted, and whether there are more
        """
        before = fields.Datetime.now() - timedelta(days=self._retention_days())
        domain = Domain(OURS) & Domain("state", "in", ("sent", "cancel"))
        domain &= Domain("write_date", "<", before)
        # sudo: mail.mail - by age alone, of all senders
        old = self.sudo().search(domain, order="id", limit=BATCH)
        # else the message on a record would go with its mail
        old.filtered("res_id").write({"is_notification": True})
        old.unlink()
        return len(old), len(old) == BATCH

    @api.model
    def _retention_days(self):
        # sudo: ir.config_parameter - a setting of the system
        text = self.env["ir.config_parameter"].sudo().get_param(KEPT_DAYS)
        return max(1, int(text)) if (text or "").isdigit() else DEFAULT_DAYS

    def write(self, vals):
        """Fail the messages of cancelled mails."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # sudo: water.message - as in _postprocess_sent_message
            messages = self.env["water.message"].sudo()
            messages.search([("mail_mail_id", "in", self.ids)])._on_mail_cancelled()
        return result

    # -- tried again ---------------------------------------------------------------------------
    # Temporary failures are retried; a refused recipient does not keep others from the mail.
    #
    # Odoo gives up at the first failure: during a restart of the mail server, staff would not hear
    # of missed limits, and recipients after a refused one would get nothing. Mails of other apps
    # fail as usual.

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Tell the customer messages that these mails carry what became of them."""
        # sudo: water.message - messages of all users
        messages = self.env["water.message"].sudo().search([("mail_mail_id", "in", self.ids)])
        if messages:
            passes = failure_type == NO_SERVER or is_passing(sys.exception())
            messages._on_mail_result(failure_type or self[:1].failure_type, passes)
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        failed = self.exists()._ours().filtered(lambda mail: mail.state == "exception")
        if failure_type and failed:
            # sudo: water.message - messages to customers are tried again by rules of their own
            carried = self.env["water.message"].sudo().search([("mail_mail_id", "in", failed.ids)])
            (failed - carried.mail_mail_id)._offer_again(success_pids, success_emails, failure_type)
        return result

    def _offer_again(self, success_pids, success_emails, failure_type):
        """Send to those who did not get it, as far as that may help.

        :param success_pids: res.partner records that got it, as Odoo hands them over
        """
        for mail in self:
            got = mail.recipient_ids.filtered(lambda one: one in success_pids)
            directly = {"email_to": False, "email_cc": False} if success_emails else {}
            mail.write({"recipient_ids": [Command.unlink(one.id) for one in got], **directly})
        if failure_type == NO_SERVER:
            self._try_later(NO_SERVER)
        elif self._is_for_several():
            self._each_by_itself()
        elif is_passing(sys.exception()):
            self._try_later(failure_type)

    def _is_for_several(self):
        return len(self.recipient_ids) + self._is_direct() > 1

    def _is_direct(self):
        """Return whether the mail itself has an address: Odoo sends to it first, separately."""
        return bool(self and (self.email_to or self.email_cc))

    def mark_outgoing(self):
        """Send again on a user's request: with all attempts, and by the ordinary queue."""
        self.write({"water_sender": False, "water_tries": 0})
        return super().mark_outgoing()

    def _try_later(self, failure_type):
        now = fields.Datetime.now()
        moments = set()
        for mail in self.filtered(lambda mail: mail.water_tries < len(PAUSES)):
            moment = now + timedelta(minutes=PAUSES[mail.water_tries])
            moment = moment.replace(second=0)  # one call for all of a minute
            tried = {"water_tries": mail.water_tries + 1, "failure_type": failure_type}
            mail.write({"state": "outgoing", "scheduled_date": moment, "water_sender": 0, **tried})
            moments.add(moment)
            mail._await_notifications(mail, mail.recipient_ids)
        self._call_at(moments)

    def _each_by_itself(self):
        """One mail for each who is left: the one who was refused is refused alone."""
        self.ensure_one()
        people = self.recipient_ids if self._is_direct() else self.recipient_ids[1:]
        values = {name: self[name] for name in SHARED}
        values["mail_message_id"] = self.mail_message_id.id
        for person in people:
            own = self.create({**values, "recipient_ids": [Command.link(person.id)]})
            self._await_notifications(own, person)
        first = self.recipient_ids - people
        # or the first one that is sent would take the message along, which they share
        alone = {"is_notification": True, "recipient_ids": [Command.set(first.ids)]}
        self.write({"state": "outgoing", **alone})
        self._await_notifications(self, first)
        self._call_at({fields.Datetime.now()})

    def _await_notifications(self, mail, people):
        # sudo: mail.notification - of all users
        rows = self.env["mail.notification"].sudo()
        domain = [("mail_mail_id", "in", self.ids), ("res_partner_id", "in", people.ids)]
        rows.search(domain).write({"mail_mail_id": mail.id, "notification_status": "ready"})

    def _call_at(self, moments):
        # sudo: ir.cron - sending wakes the queue
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        called = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", queue.id)])
        if missing := moments - set(called.mapped("call_at")):
            queue._trigger(at=missing)

    # -- hanging up ----------------------------------------------------------------------------
    # A slow mail server, or one that hangs up in a batch, must lose no mail.
    #
    # Odoo ends the batch there and marks the present mail as failed, without updating its message:
    # it would stay queued for ever.

    def _send(self, auto_commit=False, **options):
        if not auto_commit:
            return super()._send(**options)
        size, left = 1, self
        while left and self._has_time():
            mails, left, begun = left[:size], left[size:], time.monotonic()
            try:
                super(MailMail, mails)._send(auto_commit=True, **options)
            except smtplib.SMTPServerDisconnected as error:
                self.env.cr.rollback()
                mails._after_hang_up(str(error), **options)
                return True
            size = 20 if time.monotonic() - begun < len(mails) else 1
        if left:
            self.env["ir.cron"]._commit_progress(remaining=len(left))
        return True

    def _has_time(self):
        """Return whether the present scheduled action has time left."""
        return time.monotonic() < self.env.context.get("cron_end_time", float("inf")) + LONGER

    def _after_hang_up(self, reason, smtp_session=None, post_send_callback=None, **options):
        """Send the mail under way on a connection of its own; the others wait in the queue.

        Servers hang up after so many mails, when they begin anew, and at mails that they do not
        like: these must not hold up all others time and again.

        :param smtp_session: the connection that is lost; None where it was the mail's own
        """
        mail = self.filtered(lambda mail: mail.state == "outgoing")[:1]
        if not mail._ours():
            mail._note_hang_up(reason)
        elif mail._is_for_several():
            # delivered or not is unknown: it is sent once more at most
            mail._each_by_itself()
        elif smtp_session:
            mail._send(auto_commit=True, **options)
        else:
            mail._note_hang_up(reason)
        if post_send_callback:
            post_send_callback(mail.ids)
        self.env["ir.cron"]._commit_progress()

    def _note_hang_up(self, reason):
        """Record a server's refusal as Odoo does, so that the message fails too."""
        kind = "mail_smtp"
        self.write({"state": "exception", "failure_type": kind, "failure_reason": reason})
        self._postprocess_sent_message([], [], failure_reason=reason, failure_type=kind)

    # -- shared sending ------------------------------------------------------------------------
    # Mails of which thousands wait at once are sent by several scheduled actions.
    #
    # Odoo's queue is one action: started twice it would send mails twice. So each helper has a
    # share of its own, and Odoo's own action skips the shares of active helpers.

    @api.model
    def _helpers(self):
        # sudo: ir.cron - messages to customers wake the queue
        crons = {
            number: self.env.ref(f"water_service_desk.ir_cron_messages_beside_{number}").sudo()
            for number in HELPERS
        }
        return {number: cron for number, cron in crons.items() if cron.active}

    def _share_out(self):
        """Assign a share to each helper, and one to Odoo's own action."""
        helpers = list(self._helpers()) if len(self) >= MANY else ()
        for position, number in enumerate(helpers, 1):
            self[position :: len(helpers) + 1].water_sender = number

    def _wake_helpers(self, moments):
        """Wake the helpers that have a share of these.

        :param moments: when they are to run, datetimes in UTC
        """
        shared = set(filter(None, self.mapped("water_sender")))
        helpers = self._helpers() if shared else {}
        for number in shared & helpers.keys():
            helpers[number]._trigger(at=moments)

    @api.model
    def _send_share(self, number):
        share = [("water_sender", "=", number)]
        self.with_context(filters=share).process_email_queue()

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Leave active helpers their shares."""
        filters = self.env.context.get("filters", [])
        if "water_sender" not in {leaf[0] for leaf in filters}:
            filters = [*filters, ("water_sender", "not in", list(self._helpers()))]
        queue = super(MailMail, self.with_context(filters=filters))
        return queue.process_email_queue(email_ids, batch_size)
