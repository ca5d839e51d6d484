import smtplib
import time

from odoo import models

#: Seconds beyond Odoo's own limit of a scheduled action that its mails may take: Odoo kills what
#: lasts for four minutes, and the mail under way would be sent twice.
LONGER = 60


class MailMail(models.Model):
    """A mail server that is slow, or hangs up in the middle of a batch, costs nobody his mail.

    Odoo ends the batch there and keeps the mail under way as failed, without a word to whoever
    waits for it: a customer's message would stay queued for ever.
    """

    _inherit = "mail.mail"

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
