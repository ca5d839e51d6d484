import re

from odoo import api, models
from odoo.fields import Command, Domain

from ...base.tables import table
from ..scrub import GONE
from .mail_message import CUSTOMER_MAILS

#: Whom a message was sent to besides contacts, and who else had it.
ADDRESSES = ("outgoing_email_to", "incoming_email_to", "incoming_email_cc")
WORD = re.compile(r"\w+")
#: What people write in a to-do.
TO_DO = ("summary", "note", "feedback", "res_name")


class WaterErasureMixin(models.AbstractModel):
    """How rows, threads, to-dos and files around a record forget the person."""

    _inherit = "water.erasure.mixin"

    #: fields of cases and of their rows that are no text of people
    _technical = frozenset(
        {
            *("name", "key", "reference", "event_head", "sent_to", "checksum", "mimetype"),
            *("record_name", "lang", "model", "digest"),
        }
    )

    def _erase_rows(self, scrubber, rows):
        """Take the person out of what people wrote in the rows, and out of what names him there."""
        for row in rows:
            values = self._scrubbed(row, self._texts_of(row), scrubber)
            values |= self._scrubbed_trees(row, scrubber)
            for name in getattr(row, "_personal", ()):
                values[name] = GONE if row._fields[name].required else False
            if values:
                row.write(values)

    @api.model
    def _texts_of(self, record):
        """Stored fields of a record in which people write."""
        technical = table(self, "_technical") | self._unique_names(record)
        return [
            name
            for name, field in record._fields.items()
            if field.store
            and field.type in ("char", "text", "html")
            and not (field.translate or field.related or name in technical)
        ]

    @api.model
    def _unique_names(self, record):
        """Fields that no two rows have alike: two cases that forgot them would, and one stayed."""
        rules = [rule.get_definition(self.pool) for rule in record._table_objects.values()]
        unique = " ".join(rule for rule in rules if rule.startswith("UNIQUE"))
        return record._fields.keys() & set(WORD.findall(unique))

    def _scrubbed_trees(self, row, scrubber):
        """The same of what is kept as JSON, such as the words of a notice."""
        technical = table(self, "_technical")
        kept = {
            name: row[name]
            for name, field in row._fields.items()
            if field.store and field.type == "json" and name not in technical and row[name]
        }
        clean = {name: scrubber.tree(value) for name, value in kept.items()}
        return {name: clean[name] for name in clean if clean[name] != kept[name]}

    def _hanging(self, name, link, rows):
        """What of one of Odoo's models hangs on the record or its rows, also what is done.

        :param link: field of that model which names the other one, beside ``res_id``
        """
        owners = {self._name: self.ids}
        for row in rows:
            owners.setdefault(row._name, []).append(row.id)
        here = (Domain(link, "=", owner) & Domain("res_id", "in", i) for owner, i in owners.items())
        return self.env[name].with_context(active_test=False).search(Domain.OR(here))

    def _erase_threads(self, scrubber, rows):
        """Mails from and to the customer go; what colleagues wrote forgets him."""
        messages = self._hanging("mail.message", "model", rows)
        self.env["bus.bus"]._forget(messages)
        mails = self._mails_of_customer(messages)
        others = messages - mails
        mails.unlink()
        self._erase_readers(others, rows)
        tracking = others.tracking_value_ids
        tracking.filtered(lambda row: row.old_value_text or row.new_value_text).unlink()
        tracking.exists().filtered(lambda row: row.old_value_char or row.new_value_char).unlink()
        # in other languages they say it as well
        self.env["mail.message.translation"].search([("message_id", "in", others.ids)]).unlink()
        for message in others:
            values = self._scrubbed(message, ("subject", "body"), scrubber)
            if values:
                message.write(values)

    def _erase_readers(self, messages, rows):
        """Nobody from outside stands beside it any more, as follower or reader."""
        followers = self._hanging("mail.followers", "res_model", rows)
        followers.filtered(lambda row: row.partner_id.partner_share).unlink()
        told = messages.notification_ids
        told.filtered(
            lambda row: not row.res_partner_id or row.res_partner_id.partner_share
        ).unlink()
        sent = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        sent.filtered(lambda mail: mail.email_to or mail.recipient_ids)._erase_sent()
        for message in messages:
            outside = message.partner_ids.filtered("partner_share")
            named = [name for name in ADDRESSES if message[name]]
            if outside or named:
                gone = [Command.unlink(partner.id) for partner in outside]
                message.write({"partner_ids": gone, **dict.fromkeys(named, False)})

    def _mails_of_customer(self, messages):
        return messages.filtered(
            lambda message: (
                message.message_type in CUSTOMER_MAILS or message.author_id.partner_share
            )
        )

    def _erase_to_dos(self, scrubber, rows):
        """To-dos keep their words when they are done; what is to be written later is not."""
        self._hanging("mail.scheduled.message", "model", rows).unlink()
        for row in self._hanging("mail.activity", "res_model", rows):
            values = self._scrubbed(row, TO_DO, scrubber)
            if values:
                row.write(values)

    def _erase_files(self, rows):
        """Files of the case and its rows: papers, photographs, recordings, letters."""
        owners = {(self._name, self.id), *((row._name, row.id) for row in rows)}
        files = self.env["ir.attachment"]
        for model in {name for name, __ in owners}:
            ids = [res_id for name, res_id in owners if name == model]
            # res_field is named, or the files of binary fields would be left out
            files |= files.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    "|",
                    ("res_field", "=", False),
                    ("res_field", "!=", False),
                ]
            )
        files.unlink()
