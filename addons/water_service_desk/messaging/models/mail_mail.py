import sys
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...base.keys import keyless
from ...base.trust import trusted
from .mail_mail_again import NO_SERVER, is_passing

#: Days that a mail that went out stays in the queue's table.
KEPT_DAYS = "water_service_desk.mail_days"
DEFAULT_DAYS = 30
BATCH = 2000
#: Mails about our records, and those that our staff is told by: others are their apps' matter.
OURS = ["|", ("model", "=like", "water.%"), ("email_layout_xmlid", "=like", "water_%")]


class MailMail(models.Model):
    _inherit = "mail.mail"

    _waiting_idx = models.Index("(state, id) WHERE state IN ('outgoing', 'exception')")

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

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Tell the customer messages that these mails carry what became of them."""
        # sudo: water.message - the mail queue works for everybody
        messages = self.env["water.message"].sudo().search([("mail_mail_id", "in", self.ids)])
        if messages:
            passes = failure_type == NO_SERVER or is_passing(sys.exception())
            messages._on_mail_result(failure_type or self[:1].failure_type, passes)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
