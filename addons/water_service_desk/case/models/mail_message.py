from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

from ...base.links import OURS
from ...base.trust import is_trusted, trusted

#: Content and owner of a message; readers' marks are free.
WORDS = frozenset(
    {
        *("subject", "body", "date", "author_id", "email_from", "model", "res_id"),
        *("message_type", "subtype_id", "attachment_ids", "tracking_value_ids", "parent_id"),
    }
)
#: Recipients, notifications and reply addresses: written by Odoo alone, which sends it.
ADDRESSED = frozenset(
    {
        *("is_internal", "partner_ids", "reply_to", "reply_to_force_new", "message_id"),
        *("notified_partner_ids", "notification_ids", "outgoing_email_to", "incoming_email_to"),
        *("incoming_email_cc", "record_company_id", "email_layout_xmlid", "email_add_signature"),
    }
)
#: Facts that the system adds: time and tracked changes.
FACTS = frozenset({"date", "tracking_value_ids"})
#: Routing of answers: also the system's.
WAY = frozenset({"message_id", "reply_to_force_new", "incoming_email_to", "incoming_email_cc"})
#: Marks checked messages; no remote caller can send this object.
LOOKED_AT = object()
#: The type of unsent mails.
READY = "email_outgoing"
#: The type of notifications without a thread: Odoo lets recipients write them.
TOLD = "user_notification"


class MailMessage(models.Model):
    """Makes threads of our records append-only: messages, notes and tracking.

    Odoo lets users edit and delete their messages, and editors of the record those of others; a
    remote caller can name any author. Nothing in such a thread would be evidence.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su or is_trusted(self.env):
            return super().create(vals_list)
        self._check_water_author(vals_list)
        messages = super().create(vals_list)
        for message in messages:
            # recipients read it, regardless of record rules
            if message.partner_ids and message.res_id and self._is_thread_of_ours(message.model):
                thread = self.env[message.model].browse(message.res_id)
                thread._check_readers(message.partner_ids.ids)
        return messages

    def write(self, vals):
        words = (WORDS if self.env.su else WORDS | ADDRESSED) & vals.keys()
        if words and not (words == {"subject"} and self._is_only_named(vals["subject"])):
            self._check_water_thread()
        return super().write(vals)

    def _is_only_named(self, subject):
        """Return whether only a heading is added by Odoo's mail; no word changes."""
        said = {" ".join((row.subject or "").split()) for row in self}
        return self.env.su and said <= {"", " ".join((subject or "").split())}

    def unlink(self):
        # a mail that was sent takes its own copy along, which is no word in the thread
        sent = self.env.su and all(row.message_type == READY for row in self)
        if sent:
            return super(MailMessage, trusted(self)).unlink()
        self._check_water_thread(with_record=True)
        return super().unlink()

    # -- who reads it --------------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        query = super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
        if self.env.su or bypass_access:
            return query
        found = self.browse(query.get_result_ids())
        closed = found._about_closed()
        return (found - closed)._as_query() if closed else query

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        return forbidden if operation != "read" else forbidden | (self - forbidden)._about_closed()

    def _about_closed(self):
        """Return messages about our records that are closed to a member of staff by now.

        Odoo shows them for ever to their first recipients.
        """
        me = self.env.user
        # sudo: mail.message - only their owners, not their content
        rows = self.sudo().filtered(
            lambda row: (
                (row.model or "").startswith(OURS)
                and row.message_type != TOLD
                and row.author_id != me.partner_id
            )
        )
        closed = self.browse()
        for model, said in rows.grouped("model").items() if me._is_internal() else ():
            numbers = self._closed_records(model, said.mapped("res_id"))
            closed |= said.filtered(lambda row, closed=numbers: row.res_id in closed)
        return closed.with_env(self.env)

    @api.model
    def _closed_records(self, name, numbers):
        model = self.env.get(name)
        if model is None:
            return set()
        companies = self.env.user.company_ids.ids
        there = model.with_context(allowed_company_ids=companies).browse(set(numbers)).exists()
        return set((there - there._filtered_access("read")).ids)

    # -- whose words they are ------------------------------------------------------------------

    @api.model
    def _water_cases(self):
        return set(self.env["water.case.link.mixin"]._case_models().values())

    @api.model
    def _check_water_author(self, vals_list):
        """Require the writer as author, and the present time.

        :raises AccessError: for another author or date, or tracked changes
        """
        me = self.env.user.partner_id.id
        begun, is_looked_at = self._begun_with(), self.env.context.get("water_way") is LOOKED_AT
        for vals in [{**begun, **vals} for vals in vals_list]:
            if not str(vals.get("model") or "").startswith(OURS):
                continue
            named = "email_from" in vals or vals.get("author_id")
            if named and vals.get("author_id") != me:
                raise self._not_in_ones_own_name()
            self._check_water_facts(vals)
            if not is_looked_at:
                self._check_water_way(vals.get("model"), vals.get("res_id"), vals)

    @api.model
    def _begun_with(self):
        """Return the default values that would be written: of context keys and of
        ``ir.default``.
        """
        chosen = self.env["ir.default"]._get_model_defaults(self._name)
        keys, prefix = self.env.context, "default_"
        given = {key.removeprefix(prefix): keys[key] for key in keys if key.startswith(prefix)}
        return {**chosen, **given}

    @api.model
    def _check_water_facts(self, said):
        if any(said.get(name) for name in FACTS):
            raise AccessError(
                self.env._("When something was said and what changed is noted by the system.")
            )

    @api.model
    def _check_water_way(self, model, number, said):
        """Keep routing to ourselves, so that customers' answers do not reach strangers.

        :param number: id of the record of the thread
        :raises AccessError: for an address or number other than the system's
        """
        me, address = self.env.user, said.get("reply_to")
        where = {"model": model, "res_id": number, "author_id": me.partner_id.id}
        usual = self._get_reply_to({**where, "email_from": me.email_formatted})
        if any(said.get(name) for name in WAY) or not (
            not address or address == usual or self._comes_back(address)
        ):
            raise AccessError(self.env._("Answers come back to the company, nowhere else."))

    @api.model
    def _comes_back(self, address):
        """Return whether the company reads mails to an address."""
        plain = email_normalize(address)
        # sudo: res.company, mail.alias - whether the address is one of ours
        companies = self.env["res.company"].sudo().search([("email", "!=", False)])
        caught = self.env["mail.alias.domain"].sudo().search([("name", "!=", False)])
        found = [*companies.mapped("email"), *caught.mapped("catchall_email")]
        ours = {email_normalize(address) for address in found if address}
        aliases = self.env["mail.alias"].sudo()
        return bool(plain) and (
            plain in ours or bool(aliases.search_count([("alias_full_name", "=", plain)], limit=1))
        )

    @api.model
    def _not_in_ones_own_name(self):
        return AccessError(self.env._("You cannot write in another person's name."))

    def _check_water_thread(self, with_record=False):
        """Refuse to change a thread of ours, also for superusers.

        :param with_record: whether it is deleted; Odoo may delete records other than cases with
            their threads, as superuser
        """
        # sudo: mail.message - only their owners, not their content
        rows, cases = self.sudo(), self._water_cases()
        kept = rows.filtered(lambda row: row.model in cases)
        if not (with_record and self.env.su):
            # a mail that Odoo makes ready does not stand in the thread yet
            said = rows.filtered(lambda row: not self.env.su or row.message_type != READY)
            kept |= said.filtered(lambda row: self._is_thread_of_ours(row.model))
        if not self.env.su:  # mails about records without a thread, and notifications of staff
            kept |= rows.filtered(
                lambda row: (row.model or "").startswith(OURS) or row.message_type == TOLD
            )
        if kept and not is_trusted(self.env):
            raise AccessError(
                self.env._(
                    "What was said about a case stays as it is. Write another message instead."
                )
            )

    @api.model
    def _is_thread_of_ours(self, name):
        model = self.env.get(name or "")
        ours = model is not None and name.startswith(OURS)
        return ours and isinstance(model, self.env.registry["mail.thread"])
