import re

from odoo import api, models
from odoo.fields import Command, Domain

from ...base.tables import table
from ...base.trust import trusted
from ..masking import mask_address
from ..scrub import GONE
from .mail_message import CUSTOMER_MAILS

#: Whom a message was sent to besides contacts, and who else had it.
ADDRESSES = ("outgoing_email_to", "incoming_email_to", "incoming_email_cc")
WORD = re.compile(r"\w+")
#: What people write in a to-do.
TO_DO = ("summary", "note", "feedback", "res_name")


class WaterCaseMixin(models.AbstractModel):
    """How a case, its rows, its thread and its files forget the customer."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.erasure.mixin"]

    #: fields of cases and of their rows that are no text of people
    _technical = frozenset(
        {
            *("name", "key", "reference", "event_head", "sent_to", "checksum", "mimetype"),
            *("record_name", "lang", "model", "digest"),
        }
    )
    #: years that a finished case is kept with all its data, whoever asks
    _retention_years = 0

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if self.state not in self._final_states:
            return [*hindrances, self.env._("it is not finished")]
        years = self._kept_for_years()
        if not self._older_than(self.closed_at or self.received_at, years):
            hindrances.append(self.env._("it has to be kept for %(years)s years", years=years))
        return hindrances

    def _kept_for_years(self):
        """Years for which this case is kept once it is finished; heirs may know better."""
        return self._retention_years

    def _erasure_name(self):
        return self.name

    def _erasure_links(self):
        return {
            self.env["water.privacy.log"]._case_field(self._name): self.id,
            "company_id": self.company_id.id,
        }

    def _erasure_words(self):
        customer, account = self.partner_id, self.account_id
        return [
            *(self.contact_name, self.phone, self.phone_normalized, self.email_from, self.address),
            *(customer.name, customer.phone, customer.email, customer.street),
            *(account.code, account.address, account.identity_number),
        ]

    def _erase_values(self, scrubber):
        texts = self._scrubbed(self, self._texts_of(self), scrubber)
        return {
            **super()._erase_values(scrubber),
            **texts,
            **self._scrubbed_trees(self, scrubber),
            "partner_id": False,
            "account_id": False,
            "contact_name": GONE,
            "phone": False,
            "email_from": False,
            "address": mask_address(self.address),
            "position": False,
            "recording_ref": False,
        }

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

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        rows = self._rows_around()
        self._erase_threads(scrubber, rows)
        self._erase_to_dos(scrubber, rows)
        self._erase_files(rows)
        for row in rows:
            values = self._scrubbed(row, self._texts_of(row), scrubber)
            values |= self._scrubbed_trees(row, scrubber)
            for name in getattr(row, "_personal", ()):
                values[name] = GONE if row._fields[name].required else False
            if values:
                row.write(values)
        self._erase_chains(scrubber, rows, reason=reason)

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

    def _erase_chains(self, scrubber, rows, **facts):
        """Events of the case, and of those of its rows that have a chain of their own."""
        for record in (self, *rows):
            if getattr(record, "_chain_event", None):
                events = record._erase_events(scrubber)
                if events or record == self:
                    record._log_events("erased", {**facts, "events": events})

    def _rows_around(self):
        """The rows of other models that belong to the case."""
        rows = []
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto:
                continue  # a view shows rows of others
            if not model._name.startswith("water.") or hasattr(model, "_erase_payload"):
                continue  # evidence has its own way
            links = [
                name
                for name, field in model._fields.items()
                if field.type == "many2one" and field.store and field.comodel_name == self._name
            ]
            if links and model._name != self._name:
                found = model.sudo().with_context(active_test=False)
                rows += trusted(found.search([(links[0], "=", self.id)]))
        return rows

    def _hanging(self, name, link, rows):
        """What of one of Odoo's models hangs on the case or its rows, also what is done.

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
        mails = self._mails_of_customer(messages)
        others = messages - mails
        mails.unlink()
        self._erase_readers(others, rows)
        tracking = others.tracking_value_ids
        tracking.filtered(lambda row: row.old_value_text or row.new_value_text).unlink()
        tracking.exists().filtered(lambda row: row.old_value_char or row.new_value_char).unlink()
        for message in others:
            values = self._scrubbed(message, ("subject", "body"), scrubber)
            if values:
                message.write(values)

    def _erase_readers(self, messages, rows):
        """Nobody from outside stands beside the case any more, as follower or reader."""
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
