from datetime import timedelta
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models

#: Less than a week, by the tolerance of a scheduled action.
WEEKLY = timedelta(days=5)


class WaterStaffMessage(models.AbstractModel):
    """Tells members of staff about work that has come to them, in their language.

    Messages carry numbers, categories and times, never a customer's personal data (S2.2.4).
    """

    _name = "water.staff.message"
    _description = "Messages to Staff"

    @api.model
    def _tell(self, users, compose, record=None):
        """Notify ``users`` in the inbox or by mail, as each has chosen.

        The mail is queued, so that a slow server does not delay the sender.

        :param users: res.users; inactive ones, customers and the sender are left out
        :param compose: function of an environment in the reader's language that returns ``(subject,
            body)``
        :param record: the mail thread that the message links to, or None
        """
        thread = record if record is not None else self.env["mail.thread"]
        # a customer on the portal can be the sender of internal messages
        readers = users.filtered(
            lambda user: user.active and not user.share and user != self.env.user
        )
        # customers' names and addresses sign no internal message
        sender = self.env.user.partner_id
        sender = self.env.ref("base.partner_root") if self.env.user.share else sender
        # messages without a company's record carry the name of the reader's company
        by_house = readers.grouped(lambda user: (user.lang, user.company_id))
        for (lang, company), group in by_house.items():
            subject, body = compose(self.with_context(lang=lang).env)
            # sudo: mail.message - users who send work may announce it
            thread.sudo().with_company(company).message_notify(
                partner_ids=group.partner_id.ids,
                subject=subject,
                body=body,
                author_id=sender.id,
                force_send=False,
                email_layout_xmlid="water_service_desk.staff_mail_layout",
            )
        if readers:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _tell_weekly(self, what, users, compose):
        """Notify at most once a week: a scheduled action killed after its commit runs again.

        :param what: key of the topic, under which the time is stored
        """
        # sudo: ir.config_parameter - when a message was sent
        memory, name = self.env["ir.config_parameter"].sudo(), f"water_service_desk.told.{what}"
        now = fields.Datetime.now()
        told_at = fields.Datetime.to_datetime(memory.get_param(name) or False)
        # a time in the future, from a wrong clock, does not suppress messages
        if told_at and abs(now - told_at) < WEEKLY:
            return
        memory.set_param(name, fields.Datetime.to_string(now))
        self._tell(users, compose)

    @api.model
    def _tell_lists(self, lists, subject):
        """Send each person one message about their records.

        :param lists: {res.users: recordset with ``_reminder_line()``}
        :param subject: function of an environment and a count that returns the subject
        """
        for user, records in lists.items():
            self._tell(user, partial(self._compose_list, records, subject))

    @api.model
    def _compose_list(self, records, subject, env):
        lines = [record._reminder_line() for record in records.with_env(env)]
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return subject(env, len(records)), Markup("<ul>%s</ul>") % items
