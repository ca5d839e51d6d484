import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ...base.tables import table
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ..scrub import GONE, Scrubber, forgotten
from .mail_message import CUSTOMER_MAILS

PRIVACY = "water_service_desk.group_privacy"
#: Addresses and other recipients of a message besides contacts.
ADDRESSES = ("outgoing_email_to", "incoming_email_to", "incoming_email_cc")
WORD = re.compile(r"\w+")
#: Text fields of a to-do.
TO_DO = ("summary", "note", "feedback", "res_name")


class WaterErasureMixin(models.AbstractModel):
    """Removes a person from a record and keeps the record (PIPL art. 47, S2.2.4).

    What happened, when, and the result stay for statistics and evidence; the identity goes.
    """

    _name = "water.erasure.mixin"
    _description = "Personal Data can be Erased"

    erased_at = fields.Datetime(string="Personal Data Erased", readonly=True, copy=False)
    legal_hold = fields.Boolean(
        copy=False, help="Needed as evidence: no part of it is erased, whatever its age."
    )

    #: fields of cases and of their rows that are no text of people
    _technical = frozenset(
        {
            *("name", "key", "reference", "event_head", "sent_to", "checksum", "mimetype"),
            *("record_name", "lang", "model", "digest"),
        }
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_hold({name for vals in vals_list for name in vals if vals[name]})
        return super().create(vals_list)

    def write(self, vals):
        self._check_hold(vals)
        return super().write(vals)

    @api.model
    def _check_hold(self, names):
        if is_trusted(self.env) or not {"erased_at", "legal_hold"} & set(names):
            return
        if "erased_at" in names or not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers decide what is kept or erased."))

    def _check_eraser(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PRIVACY)):
            raise AccessError(self.env._("Only privacy officers erase personal data."))

    def _erasure_hindrances(self):
        """Return why the data of the record have to stay, as sentences."""
        self.ensure_one()
        if self.legal_hold:
            return [self.env._("it is under legal hold")]
        return []

    def _anonymise(self, reason):
        """Erase the personal data of the records for good.

        :param reason: who asked for it or which rule, required
        :raises UserError: if one of them has to stay; then no data are erased
        """
        if not strip_invisible(reason):
            raise UserError(self.env._("Say why the data is erased."))
        # sudo: what may go is worked out here, after the check of the dialog or by the rule
        records = trusted(self.sudo().filtered(lambda record: not record.erased_at))
        for record in records:
            hindrances = record._erasure_hindrances()
            if hindrances:
                raise UserError(
                    self.env._(
                        "%(record)s stays as it is: %(why)s.",
                        record=record._erasure_name(),
                        why="; ".join(hindrances),
                    )
                )
        for record in records:
            record._erase(reason.strip())

    def _erase(self, reason):
        """Erase one record that may go."""
        name, links = self._erasure_name(), self._erasure_links()
        scrubber = Scrubber(self._erasure_words())
        self._erase_around(scrubber, reason)
        self.with_context(tracking_disable=True).write(
            {**self._erase_values(scrubber), "erased_at": fields.Datetime.now()}
        )
        self.env["water.privacy.log"]._keep(
            "erase", self._name, record_name=name, row_count=1, note=reason, **links
        )

    def _erasure_name(self):
        """Return the record's name for the log."""
        return f"{self.env['ir.model']._get(self._name).name} #{self.id}"

    def _erasure_links(self):
        """Return the values that link the log to the record."""
        return {}

    def _erasure_words(self):
        """Return the person's data as texts may contain them: names, numbers, addresses."""
        return []

    def _erase_values(self, scrubber):
        """Return the values left after an erasure, as the fields declare; heirs add Odoo's own."""
        return forgotten(self)

    def _erase_around(self, scrubber, reason):
        """Hook: erase what belongs to the record."""

    @api.model
    def _scrubbed(self, record, names, scrubber):
        """Return {field: scrubbed text} of those of ``names`` that change."""
        return {
            name: clean
            for name in names
            if record[name] and (clean := scrubber(str(record[name]))) != str(record[name])
        }

    @api.model
    def _older_than(self, moment, years):
        """Return whether ``moment`` (naive UTC) is so many years ago.

        0 years are always over: a machine whose clock is ahead may have written it.
        """
        since = fields.Datetime.now() - relativedelta(years=years)
        return bool(moment) and (not years or moment <= since)

    # -- around --------------------------------------------------------------------------------
    # How rows, threads, to-dos and files around a record forget the person.

    def _erase_rows(self, scrubber, rows):
        for row in rows:
            values = self._scrubbed(row, self._texts_of(row), scrubber)
            values |= self._scrubbed_trees(row, scrubber)
            for name in getattr(row, "_personal", ()):
                values[name] = GONE if row._fields[name].required else False
            if values:
                row.write(values)

    @api.model
    def _texts_of(self, record):
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
        """Return fields with unique values: two erased cases would collide otherwise."""
        rules = [rule.get_definition(self.pool) for rule in record._table_objects.values()]
        unique = " ".join(rule for rule in rules if rule.startswith("UNIQUE"))
        return record._fields.keys() & set(WORD.findall(unique))

    def _scrubbed_trees(self, row, scrubber):
        technical = table(self, "_technical")
        kept = {
            name: row[name]
            for name, field in row._fields.items()
            if field.store and field.type == "json" and name not in technical and row[name]
        }
        clean = {name: scrubber.tree(value) for name, value in kept.items()}
        return {name: clean[name] for name in clean if clean[name] != kept[name]}

    def _hanging(self, name, link, rows):
        """Return rows of one of Odoo's models that belong to the record or its rows, also done
        ones.

        :param link: field of that model with the other model's name, beside ``res_id``
        """
        owners = {self._name: self.ids}
        for row in rows:
            owners.setdefault(row._name, []).append(row.id)
        here = (Domain(link, "=", owner) & Domain("res_id", "in", i) for owner, i in owners.items())
        return self.env[name].with_context(active_test=False).search(Domain.OR(here))

    def _erase_threads(self, scrubber, rows):
        """Delete mails from and to the customer; scrub colleagues' messages."""
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
        """Remove outside followers and recipients."""
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
        """Scrub to-dos, also done ones, and delete scheduled messages."""
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
