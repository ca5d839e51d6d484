import io
import json
import re
import zipfile

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import html2plaintext

from ...base.marks import marked
from ...base.moments import moment_text
from ...base.tables import table
from ..masking import mask_name
from ..scrub import GONE, PATTERNS, SHORTEST
from .mail_message import CUSTOMER_MAILS

_SAFE = re.compile(r"[^\w.-]+")


class WaterPersonalPackage(models.AbstractModel):
    """All data about one person, as a readable file (PIPL art. 45).

    Fields of cases declare it by ``water_package``, other models by ``_package``, a tuple of field
    names: statements, messages and claims of the person. Names, numbers and addresses of others are
    masked. Rows of an account with a former holder name theirs by ``_package_whose``.
    """

    _name = "water.personal.package"
    _description = "Export Personal Data"

    @api.model
    def _make(self, person):
        """The package of one contact, for a privacy officer who has been checked.

        :param person: one res.partner
        :raises UserError: when the reader may not see all that belongs to it
        :return: ``(file name, bytes of a ZIP, number of records)``
        """
        known = self._known(person)
        mask = self._masker(person, known)
        sections = [self._section(rows, person, mask) for rows in known]
        sections.append(self._talk(known, person, mask))
        files = self._files(known)
        zone = self.env.company._water_tz()
        made = {"made_at": moment_text(self.env, fields.Datetime.now(), zone), "time_zone": zone}
        made["sections"] = sections
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", json.dumps(made, ensure_ascii=False, indent=1))
            archive.writestr("data.html", self._page(sections, files))
            for name, file in files.items():
                archive.writestr(name, file.raw or b"")
        name = f"personal-data-{person.id}.zip"
        return name, stream.getvalue(), sum(len(section["rows"]) for section in sections)

    # -- what there is ------------------------------------------------------------------------

    @api.model
    def _known(self, person):
        """Return the person's records by model: contact, accounts, cases, and their rows."""
        contact = [("id", "in", (person | person._own_addresses()).ids)]
        known = [self._found(person.browse(), contact)]
        accounts = self._found(self.env["water.account"], [("partner_id", "=", person.id)])
        cases = {
            model: self._found(self.env[model], [("partner_id", "=", person.id)])
            for model in self.env["water.case.link.mixin"]._case_models().values()
        }
        owners = {"water.account": accounts, **cases}
        known += owners.values()
        for model in self.env.values():
            if model._name in (*owners, "res.partner") or model._abstract or model._transient:
                continue
            if self._names(model):
                known.append(self._found(model, self._domain(model, person, owners)))
        return [rows for rows in known if rows]

    @api.model
    def _names(self, model):
        listed = table(model, "_package") if hasattr(model, "_package") else ()
        return (*marked(model, "water_package"), *listed)

    @api.model
    def _domain(self, model, person, owners):
        whose = getattr(model, "_package_whose", None)
        parts = [Domain.FALSE]
        for name, field in model._fields.items():
            if field.type != "many2one" or not field.store:
                continue
            if field.comodel_name == "res.partner":
                parts.append(Domain(name, "=", person.id))
            elif field.comodel_name in owners:
                part = Domain(name, "in", owners[field.comodel_name].ids)
                if whose and field.comodel_name == "water.account":
                    part &= Domain(whose, "in", (False, person.id))
                parts.append(part)
        return Domain.OR(parts)

    @api.model
    def _found(self, model, domain):
        """Return the rows; refuse instead of omitting unreadable ones."""
        model = model.with_context(active_test=False, bin_size=False)
        rows = model.search(domain, order="id")
        # sudo: rows - how many there are, to say that some are missing
        if model.sudo().search_count(domain) > len(rows):
            raise UserError(
                self.env._(
                    "Some of it is closed to you, such as a complaint about yourself or of another"
                    " company: another privacy officer makes the package."
                )
            )
        return rows

    @api.model
    def _files(self, known):
        """Return {name in the package: ir.attachment} of files sent by or shown to the person."""
        files = {}
        for case in (case for rows in known for case in rows):
            if "published_attachment_ids" not in case._fields:
                continue
            # sudo: ir.attachment - shown on the person's own page
            for file in case.sudo().published_attachment_ids._given_out().sorted("id"):
                name = _SAFE.sub("-", file.name or "")[-80:]
                files[f"files/{_SAFE.sub('-', case.name)}/{file.id}-{name}"] = file
        return files

    # -- how it is told -----------------------------------------------------------------------

    @api.model
    def _section(self, rows, person, mask):
        names = [name for name in self._names(rows) if name in rows._fields]
        labels = {name: rows._fields[name]._description_string(self.env) for name in names}
        # sudo: rows - found with the reader's rights; contact data is the person's own
        told = [
            {name: self._value(row, name, person, mask) for name in names if row[name]}
            for row in rows.sudo()
        ]
        title = self.env["ir.model"].sudo()._get(rows._name).name
        return {"model": rows._name, "title": title, "labels": labels, "rows": told}

    @api.model
    def _talk(self, known, person, mask):
        """Return the person's messages and our answers, as on the person's own page."""
        cases = list(self.env["water.case.link.mixin"]._case_models().values())
        here = Domain.OR(
            Domain("model", "=", rows._name) & Domain("res_id", "in", rows.ids)
            for rows in known
            if rows._name in cases
        )
        public = [("is_internal", "=", False), ("subtype_id.internal", "=", False)]
        kinds = [("message_type", "in", ("comment", "email", *CUSTOMER_MAILS))]
        # sudo: mail.message - of cases that the reader may see; internal notes are left out
        messages = self.env["mail.message"].sudo()
        found = messages.search(here & Domain(public + kinds), order="id")
        names = ("date", "author_id", "record_name", "body")
        labels = {name: messages._fields[name]._description_string(self.env) for name in names}
        rows = [
            {name: self._value(row, name, person, mask) for name in names if row[name]}
            for row in found
        ]
        title = self.env["ir.model"].sudo()._get(messages._name).name
        return {"model": messages._name, "title": title, "labels": labels, "rows": rows}

    @api.model
    def _value(self, row, name, person, mask):
        """Return a value for the person: choices in words, other people masked."""
        value, field = row[name], row._fields[name]
        if field.type == "many2one":
            people = field.comodel_name in ("res.users", "res.partner")
            label = value.with_env(self.env).sudo().display_name
            return mask_name(label) if people and value != person else mask(label)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "date":
            return field.to_string(value)
        if field.type == "datetime":  # in the time zone of the record's company, as in messages
            company = "company_id" in row._fields and row.company_id or self.env.company
            return moment_text(self.env, value, company._water_tz())
        if field.type == "html":
            return mask(html2plaintext(value))
        return mask(value) if isinstance(value, str) else value

    @api.model
    def _masker(self, person, known):
        """Return a function that removes other people from a text.

        :param known: the recordsets whose links name the others
        """
        # sudo: res.users, res.partner - names that must not go out
        staff = self.env["res.users"].sudo().with_context(active_test=False)
        others = set(staff.search([("share", "=", False)]).mapped("name"))
        for rows in known:
            for name, field in rows._fields.items():
                if field.comodel_name == "res.partner" and field.store:
                    others.update(rows.sudo()[name].mapped("name"))
        own = {text.strip() for text in person.sudo()._erasure_words() if text}
        own |= {re.sub(r"\D", "", text)[-11:] for text in own}
        names = sorted((n for n in others - own if n and len(n) >= SHORTEST), key=len, reverse=True)
        patterns = [re.compile("|".join(map(re.escape, names)))] if names else []

        def keep(found):
            text = found[0]
            return text if text in own or re.sub(r"\D", "", text)[-11:] in own - {""} else GONE

        def mask(text):
            for pattern in (*patterns, *PATTERNS):
                text = pattern.sub(keep, text or "")
            return text

        return mask

    @api.model
    def _page(self, sections, files):
        """The same for people: one page without anything from outside."""
        parts = []
        for section in sections:
            tables = Markup("").join(
                Markup("<table>%s</table>")
                % Markup("").join(
                    Markup("<tr><th>%s</th><td>%s</td></tr>") % (section["labels"][name], value)
                    for name, value in row.items()
                )
                for row in section["rows"]
            )
            parts.append(Markup("<h2>%s</h2>%s") % (section["title"], tables))
        links = Markup("").join(
            Markup('<li><a href="%s">%s</a></li>') % (name, file.name)
            for name, file in files.items()
        )
        return Markup(
            '<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><title>%s</title><style>'
            "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;margin:0 0 1em}"
            "th,td{border:1px solid #999;padding:.3em;text-align:left;white-space:pre-wrap}"
            "</style></head><body><h1>%s</h1>%s<ul>%s</ul></body></html>"
        ) % (
            (self.env.lang or "zh_CN").replace("_", "-"),
            *[self.env._("What we hold about you")] * 2,
            Markup("").join(parts),
            links,
        )
