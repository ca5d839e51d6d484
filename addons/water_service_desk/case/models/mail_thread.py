from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...base.links import OURS
from .mail_message import LOOKED_AT


class MailThread(models.AbstractModel):
    """Lets each writer post to our threads in their own name."""

    _inherit = "mail.thread"

    def message_post(self, **kwargs):
        """As Odoo does.

        :raises AccessError: in the name of another
        """
        self._check_author(self._name, kwargs)
        self._check_readers(kwargs.get("partner_ids"))
        return super().message_post(**kwargs)

    def message_notify(self, **kwargs):
        """As Odoo, which also accepts the thread by name.

        :raises AccessError: in another name, or if the record is closed to writer or reader
        """
        self._check_author(kwargs.get("model") or self._name, kwargs)
        about = self._notified_record(kwargs)
        if self.env["mail.message"]._is_thread_of_ours(about._name):
            about._check_readers(kwargs.get("partner_ids"))
            about._check_told(kwargs.get("partner_ids"))
        return super().message_notify(**kwargs)

    def _check_told(self, partner_ids):
        """Hook: refuse recipients named by a user beside the thread.

        :param partner_ids: the recipients
        """

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """As Odoo does.

        :raises AccessError: for staff to whom the record is closed
        """
        self._check_readers(partner_ids)
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        """As Odoo, but with the user's rights: Odoo searches followers as superuser, and readers
        of a thread would learn what else followers take part in.
        """
        return super()._search_message_partner_ids(*self._followers_asked(operator, operand))

    @api.model
    def _followers_asked(self, operator, operand):
        """Look up the followers in question with the user's rights.

        :return: operator and contacts, if these are not given by id
        """
        if operator in Domain.NEGATIVE_OPERATORS or not isinstance(operand, Domain | str):
            return operator, operand  # Odoo turns a negative round, and asks again
        contacts = self.env["res.partner"].with_context(active_test=False)
        if isinstance(operand, str):
            operand = Domain("display_name", operator, operand)
        return "in", contacts._search(operand)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """As Odoo, but only followers who may still read the record.

        Followers stay subscribed after changing department, being complained of, or leaving; and
        Odoo treats a colleague with a closed login as an outsider.
        """
        found = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self._name.startswith(OURS):
            return found
        named = (msg_vals or {}).get("partner_ids", message.sudo().partner_ids.ids)
        numbers = [row["id"] for row in found if row["id"] and row["id"] not in named]
        # sudo: res.partner - which followers are staff
        gone = set(numbers) - set(
            self._still_read_by(self.env["res.partner"].sudo().browse(numbers)).ids
        )
        return [row for row in found if row["id"] not in gone]

    def _still_read_by(self, followers):
        """Return those of ``followers`` who may read the record; heirs know the outsiders.

        :param followers: res.partner, with superuser rights
        """
        return followers - self._closed_staff(followers)

    def _closed_staff(self, people):
        staff = people.with_context(active_test=False).user_ids.filtered(lambda row: not row.share)
        reading = staff.filtered(lambda user: user.active and self._is_open_to(user))
        return staff.partner_id - reading.partner_id

    def _is_open_to(self, user):
        companies = user.sudo().company_ids.ids
        seen = self.with_user(user).with_context(allowed_company_ids=companies)
        return seen.has_access("read")

    def _notified_record(self, said):
        """Return the record of a notification: this one, or the one named by model and id.

        :param said: arguments of :meth:`message_notify`
        :raises AccessError: for a record of ours that is closed to the sender
        """
        name, number = said.get("model"), said.get("res_id")
        if self or self.env.su or not number or not str(name).startswith(OURS):
            return self
        record = self.env[name].browse(number)
        record.check_access("read")
        return record

    def _check_readers(self, partner_ids):
        """Refuse staff as recipients if the record is closed to them, such as a complaint about
        them.

        Former staff are refused too: Odoo would mail them as outsiders.

        :param partner_ids: recipients named by a user
        :raises AccessError: for such staff
        """
        if self.env.su or not partner_ids or not self._name.startswith(OURS):
            return
        # sudo: res.partner - who of the named is staff
        named = self.env["res.partner"].sudo().browse(partner_ids)
        for person in self._closed_staff(named)[:1]:
            raise AccessError(self.env._("%s may not see this case.", person.name))

    @api.model
    def _check_author(self, model, said):
        """Require the writer as author, and the present time.

        :param model: of the thread
        :param said: author and address of the message, and its other values
        :raises AccessError: for another author, or facts of the system
        """
        me = self.env.user
        mine = said.get("author_id") in (None, me.partner_id.id)
        mine = mine and said.get("email_from") in (None, me.email_formatted)
        if self.env.su or not str(model).startswith(OURS):
            return
        if not mine:
            raise self.env["mail.message"]._not_in_ones_own_name()
        self.env["mail.message"]._check_water_facts(said)
        number = self.id if self._name == model else said.get("res_id")
        self.env["mail.message"]._check_water_way(model, number, said)

    def _message_create(self, values_list):
        """Refuse tracked changes from callers: the system adds them."""
        if not self._name.startswith(OURS):
            return super()._message_create(values_list)
        seen = [values.get("tracking_value_ids") or [] for values in values_list]
        looked_at = self.with_context(water_way=LOOKED_AT)  # Odoo gives some a number of its own
        messages = super(MailThread, looked_at)._message_create(
            [{**values, "tracking_value_ids": False} for values in values_list]
        )
        messages = messages.with_env(self.env)
        rows = [
            {**command[2], "mail_message_id": message.id}
            for message, commands in zip(messages, seen, strict=True)
            for command in commands
        ]
        if rows:
            # sudo: mail.tracking.value - as Odoo adds them
            self.env["mail.tracking.value"].sudo().create(rows)
        return messages
