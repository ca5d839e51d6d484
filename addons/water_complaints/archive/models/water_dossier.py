import base64
import hashlib
import json
import re
from datetime import UTC
from zoneinfo import ZoneInfo

import lxml.etree
import lxml.html

from odoo import api, fields, models
from odoo.tools.mail import html2plaintext

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.pdf.pdf import han_font

from ..dossier_paper import lay_out
from ..sealed_file import CASE

#: Fields without information for the reader of a dossier, or shown elsewhere in it.
TECHNICAL = frozenset(
    {
        *models.MAGIC_COLUMNS,
        "display_name",
        "complaint_id",
        "company_id",
        "is_restricted",
        "is_open_to_desk",
        "is_sent_to_me",
        "sent_to",
        "next_check_at",
        "event_head",
        "event_count",
        "submission_key",
        "access_token",
        "archive_digest",
        "archive_ids",
        "seal_due_at",
        "seal_error",
        "stage_id",
        "urgency",
        "next_due_at",
        "next_due_kind",
        "deadline_state",
        "has_provisional",
        "dispatch_state",
        "sequence",
        "phone_normalized",
        "address_key",
        "email_normalized",
        "incident_text",
    }
)
#: Hidden elements; a second class could show them everywhere but in the dossier.
HIDDEN = (
    ".//*[contains(translate(@style, ' ', ''), 'display:none')"
    " and not(contains(substring-after(translate(@style, ' ', ''), 'display:none'), 'display:'))]"
    " | .//img[contains(@src, '/logo.png')]"
)
#: Links of a mail that are no words: how to reach the company, and the customer's own way in.
WAYS = (
    ".//a[starts-with(@href, 'tel:') or starts-with(@href, 'mailto:')"
    " or contains(@href, '/water/track/link/')]"
)
LINKS = ("many2one", "many2many", "one2many")
DEFAULT_ORDER = 50


class WaterDossier(models.AbstractModel):
    """Gathers all that belongs to a complaint, for the sealed file and its PDF (S3.2.4b).

    Every model with a link ``complaint_id`` decides by its class attribute ``_dossier``: a tuple of
    field names, in order; ``True`` for all stored fields except technical ones; ``False`` for rows
    outside the case's own file. Fields of many rows are shown below their row. ``_dossier_order``
    places the section, 50 by default. A model without the attribute is taken in whole: better too
    much than a gap in the evidence.
    """

    _name = "water.dossier"
    _description = "Dossier of a Complaint"

    @api.model
    def _models(self):
        found = []
        for model in self.env.values():
            field = model._fields.get("complaint_id")
            if model._abstract or model._transient or not field or not field.store:
                continue
            if field.comodel_name == "water.complaint" and self._shown(model) is not False:
                found.append(model)
        return sorted(found, key=lambda model: (self._order_of(model), model._name))

    @api.model
    def _shown(self, model):
        shown = getattr(model, "_dossier", None)
        return True if shown is None else shown

    @api.model
    def _order_of(self, model):
        return getattr(model, "_dossier_order", DEFAULT_ORDER)

    @api.model
    def _gather(self, complaint):
        """Everything about one complaint, in the language of the environment.

        :param complaint: one water.complaint; the caller has checked who asks
        :return: dict with ``case``, ``sections``, ``thread`` and ``files`` (ir.attachment)
        """
        # sudo: rows - a dossier is complete; the caller checks who may have it
        case = complaint.sudo().with_context(active_test=False, bin_size=False)
        owners, sections = [case], []
        for model in self._models():
            rows = case.env[model._name].search([("complaint_id", "=", case.id)], order="id")
            if rows:
                sections.append(self._section(rows, owners))
        thread = self._messages(case)
        return {
            "case": self._row(case, self._case_fields(case), owners),
            "sections": sections,
            "thread": [self._message(message, case) for message in thread],
            "files": self._files(owners, thread),
        }

    @api.model
    def _case_fields(self, case):
        first = [name for name in case._dossier if name in case._fields]
        skipped = {name for name, field in case._fields.items() if field.type == "one2many"}
        rest = [name for name in self._default_fields(case) if name not in {*first, *skipped}]
        return first + rest

    @api.model
    def _default_fields(self, model):
        return [
            name
            for name, field in model._fields.items()
            if (field.store or field.type == "one2many")
            and name not in TECHNICAL
            and field.type != "binary"
            and not (field.inherited or name.startswith(("message_", "activity_", "rating_")))
            and field.comodel_name not in ("mail.message", "mail.followers", "mail.activity")
            and (field.type != "one2many" or self._nests(model, field))
        ]

    @api.model
    def _nests(self, model, field):
        """Return whether the rows are shown below their parent instead of in a section."""
        rows = self.env[field.comodel_name]
        own = "complaint_id" in rows._fields or rows._name == "water.complaint"
        return not own and not rows._transient and rows._name.startswith("water.")

    @api.model
    def _section(self, rows, owners, link=None):
        """Return the rows of one model without ``link``, the field to their parent."""
        owners.append(rows)
        shown = self._shown(rows)
        names = self._default_fields(rows) if shown is True else shown
        names = [name for name in names if name != link]
        # sudo: ir.model - the name of a kind of record
        title = self.env["ir.model"].sudo()._get(rows._name).name
        return {
            "model": rows._name,
            "title": title,
            "rows": [self._row(row, names, owners) for row in rows],
        }

    @api.model
    def _row(self, row, names, owners):
        """Return one record: name, values as data and as text, and the rows below it."""
        values, parts = [], []
        for name in names:
            field = row._fields[name]
            if field.type == "one2many":
                if row[name]:
                    parts.append(self._section(row[name], owners, field.inverse_name))
                continue
            if field.comodel_name == "ir.attachment" and row[name]:
                owners.append(row[name])
            text = self._text(row, field)
            if text:
                label = field._description_string(self.env)
                raw = self._raw(row, field)
                values.append({"name": name, "label": label, "value": raw, "text": text})
        return {"id": row.id, "name": row.display_name, "values": values, "parts": parts}

    # -- values -------------------------------------------------------------------------------

    @api.model
    def _raw(self, row, field):
        """The value as data: UTC times, keys of selections, links with id and name."""
        value = row[field.name]
        if field.type == "many2one":
            return {"id": value.id, "name": value.display_name}
        if field.type in LINKS:
            return [{"id": link.id, "name": link.display_name} for link in value]
        if field.type == "datetime":
            return f"{value.isoformat()}Z"
        if field.type == "date":
            return value.isoformat()
        return str(value) if field.type in ("html", "text", "char") else value

    @api.model
    def _text(self, row, field):
        """Return the value as people read it; empty if there is none."""
        value = row[field.name]
        if value is False or value is None or (field.type in LINKS and not value):
            return ""
        if field.type in LINKS:
            return ", ".join(link.display_name or "" for link in value)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "datetime":
            return self._moment(value)
        if field.type == "date":
            return day_text(value)
        return self._plain_text(value, field)

    @api.model
    def _plain_text(self, value, field):
        if field.type == "html":
            return self._words(value)
        if field.type == "json":
            return json.dumps(value, ensure_ascii=False) if value else ""
        if field.type in ("integer", "float", "monetary"):
            return f"{value:g}" if value else ""
        return str(value).strip()

    @api.model
    def _words(self, body):
        tree = lxml.html.fragment_fromstring(str(body or ""), create_parent="div")
        for hidden in tree.xpath(HIDDEN):  # the line shown beside the subject, the logo
            hidden.drop_tree()
        for way in tree.xpath(WAYS):
            way.drop_tag()
        lxml.etree.strip_tags(tree, "b", "strong", "em", "i")  # they would leave asterisks
        text = html2plaintext(lxml.etree.tostring(tree, encoding="unicode"), False)
        return "\n".join(line.strip() for line in text.splitlines() if line.strip(" \xa0\u200c"))

    @api.model
    def _moment(self, value):
        if not value:
            return ""
        zone = self.env.company.sudo()._water_calendar().tz or "UTC"
        return f"{value.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"

    # -- thread and files ---------------------------------------------------------------------

    @api.model
    def _messages(self, case):
        domain = [("model", "=", case._name), ("res_id", "=", case.id)]
        return case.env["mail.message"].search(domain, order="id")

    @api.model
    def _message(self, message, case):
        return {
            "id": message.id,
            "at": f"{message.date.isoformat(timespec='seconds')}Z",
            "moment": self._moment(message.date),
            "author": message.author_id.name or message.email_from or "",
            "type": message.message_type,
            "subject": message.subject or "",
            "text": self._words(message.body),
            "changes": [
                f"{change['fieldInfo']['changedField']}: "
                f"{change['oldValue'] or '—'} → {change['newValue'] or '—'}"
                for change in message.tracking_value_ids._tracking_value_format()
            ],
        }

    @api.model
    def _files(self, owners, thread):
        """Each file of the case, its rows and its thread, once, in the order they came."""
        files = thread.attachment_ids
        ids = {}
        for rows in owners:
            if rows._name == "ir.attachment":
                files |= rows
            else:
                ids.setdefault(rows._name, set()).update(rows.ids)
        for model, numbers in ids.items():
            # res_field is named, or the files of binary fields would be left out
            files |= files.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", list(numbers)),
                    "|",
                    ("res_field", "=", False),
                    ("res_field", "!=", False),
                ]
            )
        # pictures that Odoo makes smaller copies of, and what only points elsewhere, are no files
        return files.filtered(lambda file: file.type == "binary").sorted("id")

    @api.model
    def _file_fact(self, file, member, content):
        """Return the facts about a file; ``intact`` compares Odoo's own checksum."""
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return {
            "member": member,
            "name": file.name,
            "type": file.mimetype,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "at": f"{fields.Datetime.to_string(file.create_date).replace(' ', 'T')}Z",
            "by": file.create_uid.name,
            "of": {"model": file.res_model or "", "id": file.res_id or 0},
            "intact": not file.checksum or file.checksum == sha1,
            **({"virus": file.water_virus} if file.water_virus else {}),
        }

    @api.model
    def _content(self, file):
        """Return the bytes of a file; empty if infected or missing on the disk."""
        raw = file._given_out().raw or b""
        return raw if isinstance(raw, bytes) else base64.b64decode(raw)

    # -- paper ---------------------------------------------------------------------------------
    # The PDF of a dossier (S3.2.4b): the system makes it of a case that it seals.

    @api.model
    def _paper(self, case, dossier, files):
        """Lay the dossier out.

        :param case: one archived water.complaint, in the language of the paper
        :param dossier: what ``_gather`` found
        :param files: a dict for each file, see ``_file_fact``
        :return: the PDF, bytes
        """
        # names of languages without a country, of a region or a script: ar_001, sr@latin
        language, region = re.match("([a-z]+)(?:_([A-Z]{2}))?", case.env.lang or "en").groups("")
        return lay_out(
            {
                "title": self.env._("Complaint Dossier"),
                "subject": case.subject or "",
                "company": case.company_id.name,
                "number": case.archive_number,
                "date": day_text(case.archived_at),
                "language": language,
                "region": region,
                "fonts": [han_font(f"{language}-{region}")],
                **self._paper_head(case, len(files)),
                "checklist": self._paper_checklist(case),
                "case": {"title": self.env._("The Case"), **dossier["case"]},
                "sections": dossier["sections"],
                "thread": self._paper_thread(dossier["thread"]),
                "files": self._paper_files(files),
                "events": self._paper_events(case),
                "note": self.env._(
                    "This dossier is part of a sealed file. Its manifest holds the SHA-256 of every"
                    " part; the program verify-archive checks them, and the events above, without"
                    " a database."
                ),
            },
            self.env._("… (too long for the paper; the whole text is in %s)", CASE),
        )

    @api.model
    def _paper_head(self, case, count):
        received, archived = self._moment(case.received_at), self._moment(case.archived_at)
        return {
            "head": [
                [self.env._("Archive number"), case.archive_number],
                [self.env._("Case number"), case.name],
                [case._fields["received_at"]._description_string(self.env), received],
                [case._fields["archived_at"]._description_string(self.env), archived],
                [self.env._("Keep until"), day_text(case.retain_until)],
                [self.env._("Files"), str(count)],
            ],
            "chain_head": [self.env._("Newest event (SHA-256)"), case.event_head or ""],
        }

    @api.model
    def _paper_checklist(self, case):
        marks = {
            "done": self.env._("complete"),
            "absent": self.env._("does not apply"),
            "missing": self.env._("missing"),
        }
        rows = [[i["label"], marks[i["state"]], i["note"] or ""] for i in case._checklist()]
        return {"title": self.env._("Checklist"), "rows": rows}

    @api.model
    def _paper_thread(self, thread):
        rows = [
            [
                f"{message['moment']} · {message['author']} {message['subject']}",
                message["text"],
                message["changes"],
            ]
            for message in thread
        ]
        return {"title": self.env._("Messages and Notes"), "rows": rows}

    @api.model
    def _paper_files(self, files):
        lost = self.env._("Lost or damaged before the sealing.")
        rows = [
            [file["name"], file["member"], file["sha256"], "" if file["intact"] else lost]
            for file in files
        ]
        return {"title": self.env._("Files"), "rows": rows}

    @api.model
    def _paper_events(self, case):
        events = case.event_ids.sorted("id")
        kinds = dict(events._fields["kind"]._description_selection(case.env))
        rows = [
            [
                self._moment(event.at),
                kinds.get(event.kind, event.kind),
                event.details or "",
                event.user_id.name or "",
                event.digest[:12],
            ]
            for event in events
        ]
        return {"title": self.env._("Event Chain"), "rows": rows}
