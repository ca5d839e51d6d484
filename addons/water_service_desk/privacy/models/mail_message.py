from collections import defaultdict
from itertools import product

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store

from ...base.locks import force_conflict
from ..masking import mask_name

#: Types of messages with customers' mails.
CUSTOMER_MAILS = ("email", "email_outgoing")
#: Recipient fields of a message.
RECIPIENTS = frozenset({"partner_ids", "notified_partner_ids"})


class MailMessage(models.Model):
    """Threads of cases contain customers' names and addresses. Readers who see customers masked
    get only colleagues' messages (S2.2.4).
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """As Odoo, but refuse messages on records being erased.

        :raises AccessError: for a case whose customer was erased
        """
        if not self.env.su:
            self._check_water_erased((vals.get("model"), vals.get("res_id")) for vals in vals_list)
        return super().create(vals_list)

    @api.model
    def _check_water_erased(self, owners):
        """Refuse additions to a case whose customer was erased: they would not be erased again.

        :param owners: (model, id) of the records to which messages, files and to-dos are added
        :raises AccessError: for a case whose customer was erased
        """
        numbers, cases = defaultdict(set), self._water_cases()
        for model, number in owners:
            if model in cases and number:
                numbers[model].add(number)
        for model, ids in numbers.items():
            # sudo: case - whether it was erased
            rows = self.env[model].sudo().browse(ids).exists()
            # a concurrent erasure starts again and sees the message, or the message is refused
            force_conflict(rows.filtered(lambda case: case.state in case._final_states))
            for case in rows.filtered("erased_at"):
                raise AccessError(
                    self.env._(
                        "The customer of %s was erased, so it can no longer be added to. Register "
                        "a new case for anything else.",
                        case.name,
                    )
                )

    @api.model
    def _water_domain(self):
        """The messages that the present user may see as far as customers are concerned."""
        cases = list(self.env["water.case.link.mixin"]._case_models().values())
        # any!: the author's record rules do not apply to this check
        by_colleague = Domain("author_id", "any!", [("partner_share", "=", False)])
        not_mail = Domain("message_type", "not in", CUSTOMER_MAILS)
        return (
            Domain("model", "=", False)
            | Domain("model", "not in", cases)
            | (not_mail & (by_colleague | Domain("author_id", "=", False)))
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access or self.env["res.users"]._water_reads_contact()):
            domain = Domain(domain) & self._water_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _get_store_partner_name_fields(self):
        names = super()._get_store_partner_name_fields()
        cases = self.env["water.case.link.mixin"]._case_models().values()
        if self.model not in cases or self.env["res.users"]._water_reads_contact():
            return names
        return [
            Store.Attr("name", lambda who: mask_name(who.name) if who.partner_share else who.name)
        ]

    def _water_recipients(self, name):
        """Return the recipients: of a case only colleagues, for readers who see customers
        masked.

        :param name: of a field of recipients
        :return: res.partner, with superuser rights
        """
        # sudo: res.partner - asked whether it is a colleague
        told, cases = self.sudo()[name], self._water_cases()
        if self.model not in cases or self.env["res.users"]._water_reads_contact():
            return told
        return told.filtered(lambda who: not who.partner_share)

    def _to_store_defaults(self, target):
        """Return a message for the thread, without a masked customer's contact."""
        shown = super()._to_store_defaults(target)
        for part in shown:
            if isinstance(part, Store.Many) and part.field_name == "partner_ids":
                part.value = lambda message: message._water_recipients("partner_ids")
        return shown

    def _read_format(self, fnames, load="_classic_read"):
        """Check links that Odoo reads as superuser without a further access check."""
        rows = super()._read_format(fnames, load)
        names = RECIPIENTS.intersection(fnames)
        if names and not (self.env.su or self.env["res.users"]._water_reads_contact()):
            for row, name in product(rows, names):
                told = self.browse(row["id"])._water_recipients(name)
                row[name] = [number for number in row[name] if number in told.ids]
        return rows

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if operation == "create" or self.env["res.users"]._water_reads_contact():
            return forbidden
        # sudo: mail.message - asked which of them are not for this reader
        shown = self.sudo().filtered_domain(self._water_domain()).with_env(self.env)
        return forbidden | (self - shown)
