import smtplib
import sys
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...base.keys import keyless
from ...base.trust import trusted

#: Minutes before each further try, a day together: a server that begins anew, grey listing, a full
#: mailbox.
PAUSES = (5, 15, 60, 120, 240, 480, 480)
#: Odoo's word for a connection that could not be had, or was lost.
NO_SERVER = "mail_smtp"
#: What mails to several people have in common.
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
        if isinstance(error, OSError):  # the disk, or a connection that says nothing any more
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
        """The copy in the thread is read by the staff: it has the links without their keys.

        What is sent stands in ``body_html``, which nobody but administrators reads. Links of other
        apps stay whole.
        """
        for vals in vals_list:
            is_ours = (vals.get("model") or "").startswith("water.")
            if is_ours and vals.get("body_html") and vals.get("body"):
                vals["body"] = keyless(vals["body"])
        return super().create(vals_list)

    def _ours(self):
        """Those that this house sends: cases and letters, and what the staff is told."""
        return self.filtered_domain(OURS)

    def unlink(self):
        """What was said about a case stays when its mail goes, or the queue would stop at it."""
        said = self.filtered(
            lambda mail: not mail.is_notification and mail.message_type != "email_outgoing"
        )
        cases = self.env["mail.message"]._water_cases() if said else ()
        said.filtered(lambda mail: mail.model in cases).is_notification = True
        return super().unlink()

    def _hide_codes(self):
        """Of codes that customers are sent there is nothing in the copy in the thread, either."""
        for mail in self:
            case = self.env[mail.model].browse(mail.res_id)._message_case()
            if codes := case._told_in_secret():
                copy = trusted(mail.mail_message_id)
                copy.body = keyless(copy.body, codes.values())

    @api.autovacuum
    def _gc_sent(self):
        """Remove mails that went out long ago; what the customer was told stays in the case.

        Half of what a case weighs is the mail as it was sent, beside the same words in its message.
        Mails of other apps are theirs to keep.

        :return: how many were removed, and whether there are more
        """
        before = fields.Datetime.now() - timedelta(days=self._kept_days())
        domain = Domain(OURS) & Domain("state", "in", ("sent", "cancel"))
        domain &= Domain("write_date", "<", before)
        # sudo: mail.mail - by age alone, whoever sent them
        old = self.sudo().search(domain, order="id", limit=BATCH)
        # else the message on a record would go with its mail
        old.filtered("res_id").write({"is_notification": True})
        old.unlink()
        return len(old), len(old) == BATCH

    @api.model
    def _kept_days(self):
        # sudo: ir.config_parameter - a setting of the system
        text = self.env["ir.config_parameter"].sudo().get_param(KEPT_DAYS)
        return max(1, int(text)) if (text or "").isdigit() else DEFAULT_DAYS

    def write(self, vals):
        """A mail that was cancelled reaches nobody."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # sudo: water.message - as in _postprocess_sent_message
            messages = self.env["water.message"].sudo()
            messages.search([("mail_mail_id", "in", self.ids)])._on_mail_cancelled()
        return result

    # -- tried again ---------------------------------------------------------------------------
    # What a mail server does not take for the moment is offered again; whoever is refused keeps
    # no colleague from it.
    #
    # Odoo gives a mail up at its first failure: while the server began anew, nobody of the staff
    # heard of limits that ran out. Of several people in one mail those behind the first who is
    # refused would get none. Mails of other apps fail as Odoo has it.

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Tell the customer messages that these mails carry what became of them."""
        # sudo: water.message - the mail queue works for everybody
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
        """Whether Odoo sends it several times."""
        return len(self.recipient_ids) + self._is_direct() > 1

    def _is_direct(self):
        """Whether an address stands in the mail itself: Odoo sends to it first, and apart."""
        return bool(self and (self.email_to or self.email_cc))

    def mark_outgoing(self):
        """Somebody tries it again, having mended what was wrong: as often as at first, and alone,
        the ordinary way.
        """
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
        """They wait again, for ``mail``."""
        # sudo: mail.notification - the mail queue works for everybody
        rows = self.env["mail.notification"].sudo()
        domain = [("mail_mail_id", "in", self.ids), ("res_partner_id", "in", people.ids)]
        rows.search(domain).write({"mail_mail_id": mail.id, "notification_status": "ready"})

    def _call_at(self, moments):
        # sudo: ir.cron - the queue is called for whoever sends
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        called = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", queue.id)])
        if missing := moments - set(called.mapped("call_at")):
            queue._trigger(at=missing)

    # -- hanging up ----------------------------------------------------------------------------
    # A mail server that is slow, or hangs up in the middle of a batch, costs nobody his mail.
    #
    # Odoo ends the batch there and keeps the mail under way as failed, without a word to whoever
    # waits for it: a customer's message would stay queued for ever.

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
        """Whether the scheduled action that sends these may still go on."""
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
            # who got it already, nobody knows: he gets it once more at most
            mail._each_by_itself()
        elif smtp_session:
            mail._send(auto_commit=True, **options)
        else:
            mail._note_hang_up(reason)
        if post_send_callback:
            post_send_callback(mail.ids)
        self.env["ir.cron"]._commit_progress()

    def _note_hang_up(self, reason):
        """What Odoo notes where a server refuses a mail: whoever waits for it hears of it."""
        kind = "mail_smtp"
        self.write({"state": "exception", "failure_type": kind, "failure_reason": reason})
        self._postprocess_sent_message([], [], failure_reason=reason, failure_type=kind)

    # -- shared sending ------------------------------------------------------------------------
    # Mails of which thousands wait at once are sent by several scheduled actions.
    #
    # Odoo's queue is one action: started twice it would send mails twice. So each helper has a
    # share of its own, and Odoo's own action leaves it alone while that helper is switched on.

    @api.model
    def _helpers(self):
        """``{number: scheduled action}`` of the helpers that are switched on."""
        # sudo: ir.cron - whoever tells customers has the queue look at once
        crons = {
            number: self.env.ref(f"water_service_desk.ir_cron_messages_beside_{number}").sudo()
            for number in HELPERS
        }
        return {number: cron for number, cron in crons.items() if cron.active}

    def _share_out(self):
        """Give each helper its share, and Odoo's own action one."""
        helpers = list(self._helpers()) if len(self) >= MANY else ()
        for position, number in enumerate(helpers, 1):
            self[position :: len(helpers) + 1].water_sender = number

    def _wake_helpers(self, moments):
        """Call the helpers that have a share of these.

        :param moments: when they are to look, datetimes in UTC
        """
        shared = set(filter(None, self.mapped("water_sender")))
        helpers = self._helpers() if shared else {}
        for number in shared & helpers.keys():
            helpers[number]._trigger(at=moments)

    @api.model
    def _send_share(self, number):
        """Send what is shared out to a helper.

        :param number: of ``HELPERS``
        """
        share = [("water_sender", "=", number)]
        self.with_context(filters=share).process_email_queue()

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Leave to each helper that is switched on what is his."""
        filters = self.env.context.get("filters", [])
        if "water_sender" not in {leaf[0] for leaf in filters}:
            filters = [*filters, ("water_sender", "not in", list(self._helpers()))]
        queue = super(MailMail, self.with_context(filters=filters))
        return queue.process_email_queue(email_ids, batch_size)
