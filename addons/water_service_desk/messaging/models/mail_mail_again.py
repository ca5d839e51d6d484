import smtplib
import sys
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

#: Minutes before each further try, a day together: a server that begins anew, grey listing, a full
#: mailbox.
PAUSES = (5, 15, 60, 120, 240, 480, 480)
#: Odoo's word for a connection that could not be had, or was lost.
NO_SERVER = "mail_smtp"
#: What mails to several people have in common.
SHARED = ("body_html", "references", "headers", "auto_delete", "is_notification")


class MailMail(models.Model):
    """What a mail server does not take for the moment is offered again; whoever is refused keeps
    no colleague from it.

    Odoo gives a mail up at its first failure: while the server began anew, nobody of the staff
    heard of limits that ran out. Of several people in one mail those behind the first who is
    refused would get none. Mails of other apps fail as Odoo has it.
    """

    _inherit = "mail.mail"

    water_tries = fields.Integer(string="Tries in Vain", readonly=True, copy=False)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
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
        """Somebody tries it again, having mended what was wrong: as often as at first."""
        self.write({"water_tries": 0})
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
