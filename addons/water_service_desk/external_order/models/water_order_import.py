import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...base.roles import AGENT, INTEGRATION
from ...intake.filing import clean_text, first_line, parse_local
from ..order_file import COLUMNS, DATES

_logger = logging.getLogger(__name__)

#: Longest texts in characters; a number is short, a report is not.
LIMITS = {"description": 10000, "demand": 2000, "external_ref": 64, "phone": 40, "subject": 200}
OTHER_LIMIT = 300
#: How forwarding bodies call the kinds of a case.
KINDS = {
    "咨询": "inquiry",
    "求助": "inquiry",
    "建议": "inquiry",
    "表扬": "inquiry",
    "inquiry": "inquiry",
    "投诉": "complaint",
    "举报": "complaint",
    "complaint": "complaint",
    "request": "request",
}
YES = {"1", "true", "yes", "y", "是", "保密"}
NO = {"", "0", "false", "no", "n", "否"}


class WaterOrderImport(models.AbstractModel):
    """Registers orders of other bodies row by row: each wholly, or not at all, and once."""

    _name = "water.order.import"
    _description = "Import of Orders"

    @api.model
    def _for_importer(self, cases):
        if self.env.user.has_group(INTEGRATION) and not self.env.su:
            channels = self.env["water.api"]._enter("import_orders")
            # sudo: cases - the integration has no rights; each order is checked by the import
            return self.sudo(), channels
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Orders are imported by service agents or integrations."))
        cases.check_access("create")
        return self, None

    @api.model
    def _import(self, rows, defaults, model, channels=None):
        results = []
        for number, row in enumerate(rows, start=1):
            row = {**defaults, **{key: val for key, val in row.items() if val not in ("", None)}}
            ref = clean_text(self._text(row.get("external_ref")))
            result = {"row": row.pop("row", number), "external_ref": ref, "case": "", "reason": ""}
            results.append({**result, **self._import_row(row, ref, model, channels)})
        return results

    @api.model
    def _import_row(self, row, ref, model, channels):
        """Import one row in a savepoint and return the result."""
        try:
            self._check_flat(row)
            source = clean_text(self._text(row.get("external_source")))
            known = self._find(source, ref)
            if known is not None:
                self._check_channel(known.sudo().channel_id, channels)
                if self._is_sent_again(known.sudo(), row):
                    return self._take_anew(known, row)
                return {**self._result("unchanged", known), "reason": self._difference(known, row)}
            with self.env.cr.savepoint():
                name, values = self._read(row, model)
                channel = self.env["water.channel"].browse(values["channel_id"])
                self._check_channel(channel, channels)
                case = self.env[name].create(values)
                self.env.flush_all()
            return self._result("created", case)
        except UserError as error:
            return {"result": "error", "reason": str(error)}
        except psycopg2.errors.UniqueViolation:  # a concurrent import was first
            return {"result": "unchanged", "reason": ""}
        except psycopg2.Error as error:
            _logger.warning("An order could not be saved: %s", type(error).__name__)
            return {"result": "error", "reason": self.env._("It could not be saved.")}

    @api.model
    def _check_flat(self, row):
        for name, value in row.items():
            if isinstance(value, list | dict):
                label = self._label(name) if name in COLUMNS else name
                raise ValidationError(self.env._("%s: send a text, no list and no object.", label))

    @api.model
    def _check_channel(self, channel, channels):
        """Refuse channels of other integrations, and hide their cases.

        :raises ValidationError: for another channel
        """
        if channels is not None and channel not in channels:
            raise ValidationError(self.env._("This order belongs to a channel that is not yours."))

    @api.model
    def _result(self, result, case):
        # sudo: case - an importer may not see it, but has named its number
        return {"result": result, "case": case.sudo().name, "model": case._name, "id": case.id}

    @api.model
    def _find(self, source, ref):
        """Return the newest case of an order, of any type, or None."""
        if not ref:
            raise ValidationError(self.env._("The number of the order is missing."))
        if not source:
            raise ValidationError(self.env._("The body that forwards the order is missing."))
        for model in self._case_models():
            # sudo: case - an order is registered once, also if the user cannot read it
            found = (
                self.env[model]
                .sudo()
                .search(
                    [
                        ("external_source", "=", source),
                        ("external_ref", "=", ref),
                        ("company_id", "=", self.env.company.id),
                    ],
                    order="id desc",
                    limit=1,
                )
            )
            if found:
                return found.with_env(self.env)
        return None

    @api.model
    def _case_models(self):
        models_ = self.env["water.case.link.mixin"]._case_models().values()
        return [model for model in models_ if "external_ref" in self.env[model]._fields]

    @api.model
    def _difference(self, known, row):
        """Return a hint that the body has moved its limit; importing again changes nothing."""
        try:
            due = self._moment("external_due_at", row.get("external_due_at"))
        except ValidationError:
            return ""
        kept = known.sudo().external_due_at
        if due and kept and due != kept:
            return self.env._("The limit differs; a supervisor changes it in the case.")
        return ""

    @api.model
    def _is_sent_again(self, known, row):
        """Return whether a row is later than the return: importing the same file again changes
        nothing.

        :param known: the newest case of the order, with superuser rights
        """
        if known.external_state != "returned":
            return False
        received = self._moment("received_at", row.get("received_at"))
        due = self._moment("external_due_at", row.get("external_due_at"))
        came = received and received > known.external_returned_at
        return bool(came or (due and due > fields.Datetime.now() and due != known.external_due_at))

    @api.model
    def _take_anew(self, known, row):
        """Register an order that the body sends again after a return."""
        due = self._moment("external_due_at", row.get("external_due_at"))
        reason = clean_text(self._text(row.get("description"))) or known.sudo().subject
        with self.env.cr.savepoint():
            # sudo: case - an importer may not see the ended one, but has named its number
            case = known.sudo()._rehandle_order(reason, due or None)
            self.env.flush_all()
        return self._result("created", case)

    # -- reading a row ---------------------------------------------------------------------

    @api.model
    def _read(self, row, model):
        """``(case model, values)`` of a row.

        :raises ValidationError: naming the column that is wrong
        """
        row = dict(row)
        unknown = row.keys() - COLUMNS.keys()
        if unknown:
            raise ValidationError(self.env._("Unknown columns: %s", ", ".join(sorted(unknown))))
        model = self._kind(row.pop("kind", ""), model)
        values = {
            name: self._moment(name, value) if name in DATES else self._checked(name, value)
            for name, value in row.items()
            if name not in ("category", "channel", "is_confidential")
        }
        self._check_limits(values)
        if not values.get("description"):
            raise ValidationError(self.env._("The content of the order is missing."))
        values["is_confidential"] = self._flag(row.get("is_confidential"))
        values["category_id"] = self._category(row.get("category"), model).id
        values["channel_id"] = self._channel(row.get("channel"), values["external_source"]).id
        values.setdefault("subject", first_line(values["description"]))
        values["verbatim"] = values["description"]
        values["is_anonymous"] = not (values.get("contact_name") or values.get("phone"))
        values = {name: value for name, value in values.items() if name in self.env[model]._fields}
        return model, {**values, "company_id": self.env.company.id}

    @api.model
    def _check_limits(self, values):
        """No body asks for something to be done before it has handed it in: a column is wrong.

        :raises ValidationError: naming both columns
        """
        came = values.get("received_at")
        for name in ("external_return_until", "external_due_at"):
            if came and values.get(name) and values[name] <= came:
                raise ValidationError(
                    self.env._(
                        "%(limit)s lies before %(receipt)s: correct one of them.",
                        limit=self._label(name),
                        receipt=self._label("received_at"),
                    )
                )

    @api.model
    def _text(self, value):
        """Return a cell as text: numbers without the decimals that spreadsheets add."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None or value is False else str(value)

    @api.model
    def _checked(self, name, value):
        text = clean_text(self._text(value))
        limit = LIMITS.get(name, OTHER_LIMIT)
        if len(text) > limit:
            raise ValidationError(
                self.env._(
                    "%(column)s: longer than %(limit)s characters.",
                    column=self._label(name),
                    limit=limit,
                )
            )
        return text

    @api.model
    def _label(self, name):
        return COLUMNS[name][0 if (self.env.lang or "").startswith("zh") else 1]

    @api.model
    def _kind(self, value, model):
        kind = clean_text(self._text(value)).lower()
        if kind:
            model = f"water.{KINDS.get(kind, '')}"
        if model not in self._case_models():
            raise ValidationError(self.env._("Unknown kind of case: %s", kind))
        return model

    @api.model
    def _moment(self, name, value):
        """Naive UTC from a cell, a text in the company's time zone, or ISO 8601."""
        if value in (None, "", False):
            return False
        text = value.isoformat() if hasattr(value, "isoformat") else clean_text(self._text(value))
        for mark in "年月/":
            text = text.replace(mark, "-")
        text = text.replace("日", " ").replace("时", ":").replace("分", "").rstrip("-: ")
        text = " ".join(text.split())
        parts = text.split("-", 2)
        if len(parts) == 3 and all(part.isdigit() for part in parts[:2]):
            day, space, clock = parts[2].partition(" ")
            text = f"{parts[0]}-{parts[1]:0>2}-{day:0>2}{space}{clock}"
        moment = parse_local(text, self.env.company._water_tz())
        if not moment:
            raise ValidationError(
                self.env._(
                    "%(column)s: write a time like 2026-10-13 17:30.", column=self._label(name)
                )
            )
        return moment

    @api.model
    def _flag(self, value):
        text = clean_text(self._text(value)).lower()
        if text not in YES | NO:
            raise ValidationError(self.env._("Confidential: write yes or no."))
        return text in YES

    @api.model
    def _category(self, value, model):
        """Return the category by code or by name in any language; empty ones go to triage."""
        text = clean_text(self._text(value))
        categories = self.env["water.category"]
        if not text:
            return categories
        domain = [(self.env[model]._category_flag, "=", True)]
        found = categories.search([*domain, ("code", "=ilike", text)], limit=1)
        for lang, _name in self.env["res.lang"].get_installed():
            found = found or categories.with_context(lang=lang).search(
                [*domain, ("name", "=", text)], limit=1
            )
        if not found:
            raise ValidationError(self.env._("Unknown category: %s", text))
        return found

    @api.model
    def _channel(self, value, source):
        text = clean_text(self._text(value))
        code = text or ("HOTLINE12345" if source == "12345" else "AUTHORITY")
        found = self.env["water.channel"].search([("code", "=ilike", code)], limit=1)
        if text and not found:
            raise ValidationError(self.env._("Unknown channel: %s", text))
        return found
