import base64
import email
import errno
import hashlib
import io
import logging
from typing import NamedTuple

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.misc import mute_logger

from ...base.trust import trusted
from ...intake.filing import first_line
from ...mail_gateway import inbound
from .water_case_mail_gateway import Answered

_logger = logging.getLogger(__name__)
TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To")
SUBJECT, WORDS = 200, 10000


def _break_off():
    """Raise an error where a transaction is rolled back.

    :raises OSError: always
    """
    raise OSError(errno.ENOSPC, "A mail could not be kept: it stays in its mailbox")


#: Results of mails that prove the sender: an accepted mail's number is known to its writer alone. A
#: noted one may be forged, with a number chosen by its writer.
PROVED = ("case", "added")


class Thread(NamedTuple):
    """The case that a mail answers, and the address that was written to; None, "" without one."""

    case: object
    address: str


class WaterMailDoor(models.AbstractModel):
    """The door for mails (S3.2.1a 渠道畅通, S2.2.4): sorts them, without trusting the sender.

    Anyone can forge an address, so a known one only suggests the customer. A mail continues a case
    if it answers one of our mails, whose number is secret, from the address that mail went to.
    Machines get no answer and make no case.
    """

    _name = "water.mail.door"
    _description = "E-mail Door"

    # -- is it ours ----------------------------------------------------------------------------

    @api.model
    def _parse(self, raw):
        return inbound.readable(email.message_from_bytes(raw, policy=inbound.POLICY))

    @api.model
    def _is_for_us(self, message):
        """Return whether a mail goes to one of our departments, or answers a mail about a case."""
        return bool(self._department(message)) or self._thread(message).case is not None

    @api.model
    def _department(self, message):
        found = inbound.addresses(message, *TO)
        plain = [f"{a.partition('@')[0].partition('+')[0]}@{a.partition('@')[2]}" for a in found]
        # sudo: water.department - the sender names its address
        return (
            self.env["water.department"]
            .sudo()
            .search([("alias_id.alias_full_name", "in", [*found, *plain])], limit=1)
        )

    # -- taking in -----------------------------------------------------------------------------

    @api.model
    def _check_caller(self):
        """Accept mails from the scheduler or an administrator's mail gateway alone.

        :raises AccessError: for anyone else, who could write in any name
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("Mails are taken in by the mail server alone."))

    @api.model
    def _receive(self, raw, is_addressed=True):
        """Process one mail; none is lost, regardless of its faults.

        :param raw: bytes as received
        :param is_addressed: whether it names an address of ours, or a case
        :return: id of the case, or False
        """
        self._check_caller()
        try:
            return self._take_in(raw, is_addressed)
        except (OSError, OperationalError):  # not even set aside: there is no room
            self._leave_in_mailbox()
            raise

    @api.model
    def _leave_in_mailbox(self):
        """Leave a mail in the mailbox if it was fetched but not stored.

        Odoo marks fetched mails as read or deletes them. Breaking its transaction ends the
        fetching, which starts there the next time.
        """
        if "default_fetchmail_server_id" in self.env.context:
            self.env.cr.prerollback.add(_break_off)

    @api.model
    def _take_in(self, raw, is_addressed):
        door = self.with_user(SUPERUSER_ID)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                case = door._sort(raw, is_addressed)
                self.env.flush_all()
                return case.id if case is not None else False
        except UniqueViolation as error:
            if error.diag.table_name == "water_inbound_mail":  # it was brought twice
                return False
            return door._rescue(raw, error)
        except OperationalError:
            if "default_fetchmail_server_id" not in self.env.context:
                raise  # the whole call is tried again
            with self.env.registry.cursor() as cr:
                return door.with_env(door.env(cr=cr))._rescue(raw, "conflict")
        except Exception as error:  # any content a stranger may send
            return door._rescue(raw, error)

    @api.model
    def _rescue(self, raw, error):
        """Quarantine a mail that could not be processed."""
        _logger.warning("A mail could not be taken in: %s", type(error).__name__)
        try:
            row = self._note(inbound.heads(raw), raw)
        except Exception:  # not even its headers can be read
            row = self._note(inbound.heads(b""), raw)
        self._aside(row, raw, "error")
        return False

    @api.model
    def _company_of(self, message):
        case = self._thread(message).case
        return self.env.company if case is None else case.company_id

    @api.model
    def _note(self, message, raw):
        """The row of a mail, before it is known what becomes of it."""
        name, sender = inbound.sender(message)
        department = self._department(message)
        number = inbound.message_id(message)
        company = department.company_id or self._company_of(message)
        # sudo: water.inbound.mail - written by this service alone
        row = trusted(self.env["water.inbound.mail"].sudo()).create(
            {
                "message_id": number or f"sha256:{hashlib.sha256(raw).hexdigest()}",
                "sender": sender,
                "sender_name": name,
                "subject": inbound.header(message, "Subject")[:SUBJECT],
                "department_id": department.id,
                "size": len(raw),
                "company_id": company.id,
            }
        )
        row.flush_recordset()
        return row

    @api.model
    def _sort(self, raw, is_addressed):
        """Process a mail; return the case, or None."""
        message = self._parse(raw)
        row = self._note(message, raw)
        lost = inbound.bounced_ids(message)
        if lost is not None:
            self.env["water.message"]._on_bounce(lost)
            return self._end(row, "bounce", case=self._thread(message).case)
        if row.sender in self._own_addresses() or not row.sender:
            return self._end(row, "ignored", "own" if row.sender else "automatic")
        thread = self._thread(message)
        if thread.case is not None and thread.case.erased_at:
            # it has forgotten who wrote: this is a matter of its own
            thread = thread._replace(case=None)
        if inbound.is_automatic(message):
            return self._end(row, "ignored", "automatic", thread.case)
        if row.size > row.company_id.water_mail_max_mb * 1024 * 1024:
            return self._aside(row, raw, "large")
        if thread.case is not None and thread.address == row.sender:
            voice = thread.case._voice_by_mail(row.sender)
            if voice is not None:
                return self._continue(row, message, raw, thread.case, voice)
        return self._judge(row, message, raw, thread.case, is_addressed)

    @api.model
    def _judge(self, row, message, raw, case, is_addressed):
        """Process an unproved mail: quarantine spam and floods, else make a note or a new case."""
        company = row.company_id
        if inbound.is_spam(message, company.water_mail_spam_score):
            return self._aside(row, raw, "spam")
        if row._is_flood():
            return self._aside(row, raw, "flood")
        content = inbound.content(message)
        if case is None:
            case = self._named_case(row)
        if case is not None:
            return self._note_in(row, case, content)
        if not is_addressed:
            return self._aside(row, raw, "unaddressed")
        if not (content.text or content.files):
            return self._aside(row, raw, "empty")
        return self._open(row, content)

    @api.model
    def _own_addresses(self):
        domains = self.env["mail.alias.domain"].search([("name", "!=", False)])
        departments = self.env["water.department"].search([("alias_name", "!=", False)])
        companies = self.env["res.company"].search([("email", "!=", False)])
        found = [*domains.mapped("catchall_email"), *domains.mapped("bounce_email")]
        found += [*domains.mapped("default_from_email"), *companies.mapped("email")]
        found += departments.mapped("alias_email")
        return {email_normalize(address) for address in found} - {False}

    @api.model
    def _aside(self, row, raw, reason):
        """Quarantine the mail as received; of a huge one only the beginning."""
        kept = raw[: row.company_id.water_mail_max_mb * 1024 * 1024]
        content = {"raw": base64.b64encode(kept)}
        trusted(row).write({"outcome": "aside", "reason": reason, **content})

    @api.model
    def _end(self, row, outcome, reason=False, case=None):
        link = {} if case is None else {row._case_field(case._name): case.id}
        trusted(row).write({"outcome": outcome, "reason": reason, "raw": False, **link})

    # -- into a case ---------------------------------------------------------------------------

    @api.model
    def _files(self, case_model, content):
        """``(good files, notes about bad ones)``: a bad file never keeps a mail out."""
        good, notes = [], []
        cases = self.env[case_model]
        limit = self.env.company.sudo().water_upload_max_files
        for name, data in content.files:
            pair = (name, io.BytesIO(data))
            faults = cases._file_faults([pair])
            if not faults and len(good) >= limit:
                faults = cases._file_faults([pair] * (limit + 1))[:1]
            notes += faults
            if not faults:
                good.append(pair)
        return good, notes

    @api.model
    def _continue(self, row, message, raw, case, voice):
        """The customer answers one of our mails; once the case is over it is a new one."""
        content = inbound.content(message)
        if not case._portal_can("message"):
            if row._is_flood():
                return self._aside(row, raw, "flood")
            return self._open(row, content, earlier=case)
        files, notes = self._files(case._name, content)
        text = inbound.visible(content.text)[: case._text_limits["description"]]
        if text or files:
            case._go_on_by_mail(text, files, voice)
        case._keep_mail(row, content, notes)
        self._end(row, "added", case=case)
        return case

    @api.model
    def _note_in(self, row, case, content):
        note = self.env._("It is not proved that this mail is from the customer: ask them.")
        case._keep_mail(row, content, [note])
        case._tell_unproved()
        self._end(row, "note", case=case)
        return case

    @api.model
    def _open(self, row, content, earlier=None):
        """Register a case from a mail; its column's mail is the acknowledgement."""
        department = row.department_id
        model = f"water.{department.mail_kind or 'inquiry'}"
        # sudo: case - the sender has no rights; the input is checked here
        cases = self.env[model].sudo().with_company(row.company_id)
        lang = row.company_id.partner_id.lang or self.env.lang
        cases = cases.with_context(lang=lang, water_answered=Answered(row.message_id))
        files, notes = self._files(model, content)
        vals = self._values(row, content, files)
        case = cases._create_once(vals, files)
        if earlier is not None:
            notes.append(self.env._("Answers the finished case %s.", earlier.name))
        case._keep_mail(row, content, notes)
        self._end(row, "case", case=case)
        return case

    @api.model
    def _values(self, row, content, files):
        """A case is received when its mail came in, however long that was set aside."""
        words = inbound.visible(content.text)[:WORDS]
        names = ", ".join(name for name, _stream in files)
        subject = row.subject or first_line(words) or names or row.sender
        return {
            "subject": subject[:SUBJECT],
            "received_at": row.received_at,
            "description": words or names or subject,
            "verbatim": content.text[:WORDS] or names or subject,
            "contact_name": row.sender_name or False,
            "email_from": row.sender,
            "customer_lang": row._language_of(f"{subject} {words}"),
            "channel_id": self.env.ref("water_service_desk.channel_email").id,
            "department_id": row.department_id.id,
            "company_id": row.company_id.id,
            "claimed_partner_id": self._claimed(row).id,
        }

    @api.model
    def _claimed(self, row):
        """Return the customer of this address if there is only one: a hint, no proof."""
        # sudo: res.partner - whom the desk may ask for
        people = self.env["res.partner"].sudo()
        domain = [("email_normalized", "=", row.sender), ("partner_share", "=", True)]
        domain += [("company_id", "in", [False, row.company_id.id])]
        found = people.search(domain, limit=2)
        return found if len(found) == 1 else found.browse()

    @api.model
    def _admit(self, row):
        """Make a case of a quarantined mail that a user has reviewed."""
        door = self.with_user(SUPERUSER_ID)
        raw = base64.b64decode(row.raw)
        try:
            message = self._parse(raw)
        except RecursionError:  # its words stand too deep in it
            message = inbound.heads(raw)
        return door._open(row.with_env(door.env), inbound.content(message))

    @api.model
    def _preview(self, raw):
        try:
            return inbound.content(self._parse(raw)).text
        except Exception:  # any content a stranger may send
            return ""

    # -- mail thread ---------------------------------------------------------------------------
    # Which case a mail is about, and how far it proves that it is its customer's.

    @api.model
    def _thread(self, message):
        """The case whose mail is answered; the nearest reference counts."""
        numbers = inbound.references(message)
        if not numbers:
            return Thread(None, "")
        for model, field, address, proving in (
            ("water.message", "reference", "address", []),
            ("water.inbound.mail", "message_id", "sender", [("outcome", "in", PROVED)]),
        ):
            # sudo: water.message, water.inbound.mail - asked for incoming mail
            rows = self.env[model].sudo()
            rows = rows.search([(field, "in", numbers), *proving], order="id desc")
            for row in rows:
                case = row._case_or_none()
                if case is not None:
                    return Thread(case, (row[address] or "").lower())
        return self._posted(numbers)

    @api.model
    def _posted(self, numbers):
        """The case in whose thread a message with one of these numbers stands."""
        cases = list(self.env["water.case.link.mixin"]._case_models().values())
        # sudo: mail.message - asked for incoming mail
        found = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("message_id", "in", numbers), ("model", "in", cases), ("res_id", "!=", False)],
                order="id desc",
                limit=1,
            )
        )
        if not found:
            return Thread(None, "")
        case = self.env[found.model].sudo().browse(found.res_id)
        outward = not (found.is_internal or found.subtype_id.internal)
        return Thread(case, (outward and case.email_normalized) or "")

    @api.model
    def _named_case(self, row):
        """Return the open case whose number is in the subject, if written from its own address.

        Both can be guessed, so it leads to a note for staff at most, never in a restricted or
        confidential case, and without an answer.
        """
        for model in self.env["water.case.link.mixin"]._case_models().values():
            # sudo: case - asked for incoming mail
            cases = self.env[model].sudo()
            prefix = Domain("email_normalized", "=", row.sender) & Domain("closed_at", "=", False)
            open_ = prefix & Domain("is_restricted", "=", False)
            open_ &= Domain("is_confidential", "=", False)
            for case in cases.search(open_, order="id desc", limit=50):
                if case.name in (row.subject or ""):
                    return case
        return None
