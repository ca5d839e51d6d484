import json
import re
from collections import Counter
from functools import partial

from odoo import api, models
from odoo.http import request
from odoo.models import fix_import_export_id_paths

from ...base.roles import QUALITY
from ..masking import mask_account, mask_all, mask_email, mask_name, mask_phone
from .water_export_mixin import STAFF

#: Odoo's own models with customers' data, whether an export begins or ends there.
FOREIGN_MASKS = {
    "account.move": {"invoice_partner_display_name": mask_name},
    "mail.followers": {"name": mask_name, "display_name": mask_name, "email": mask_email},
    "mail.mail": {"email_to": mask_all, "email_cc": mask_all, "body_html": mask_all},
    "mail.message": {
        "body": mask_all,
        "preview": mask_all,
        "email_from": mask_email,
        "reply_to": mask_email,
        "record_name": mask_all,
    },
    "mail.notification": {"mail_email_address": mask_email},
    "mail.tracking.value": dict.fromkeys(
        ("old_value_char", "new_value_char", "old_value_text", "new_value_text"), mask_all
    ),
    "phone.blacklist": {"number": mask_phone, "display_name": mask_phone},
    "rating.rating": {"feedback": mask_all},
    "res.partner.bank": {
        "acc_number": mask_phone,
        "sanitized_acc_number": mask_phone,
        "acc_holder_name": mask_name,
        "display_name": mask_phone,
    },
    "res.users": {"name": mask_name, "display_name": mask_name, "login": mask_email},
    "sms.sms": {"number": mask_phone, "body": mask_all},
}
#: Masks of links to such records.
LABEL_MASKS = {
    "res.partner": mask_name,
    "res.partner.bank": mask_phone,
    "res.users": mask_name,
    "water.account": mask_account,
}
#: Numbers of people wherever else they are typed.
MASK_DIGITS = partial(re.sub, r"\d(?:[ -]?\d){6,}", lambda match: mask_phone(match[0]))
#: Conditions whose value is a filter of its own.
NESTED = ("any", "not any", "any!", "not any!")
#: Where the work is, as boards show it: not whose it is.
PLACES = ("address_shown", "case_address")
#: Where colleagues stand among customers: theirs is no customer's data.
MIXED = ("name", "display_name", "login", "email")


class WaterExport(models.AbstractModel):
    """Logs exports, and masks personal data in them (S2.2.4).

    At every door (the export of a list, grouped or not, a remote call) and for every first model:
    the end of a column's path decides.
    """

    _name = "water.export"
    _description = "Exports of Personal Data"

    @api.model
    def _of(self, records, columns):
        paths = ["/".join(fix_import_export_id_paths(column)) for column in columns]
        masks = self._masks_of(records, paths)
        is_ours = records._name.startswith("water.")
        if is_ours or (self._ends_personal(records, paths) and self._concerns_service(records)):
            self._keep_export(records, paths, bool(masks))
        return masks

    @api.model
    def _concerns_service(self, records):
        if self.env.user.has_groups(STAFF):
            return True
        return records._name == "res.partner" and bool(records._export_customers())

    @api.model
    def _ends_personal(self, model, paths):
        """Return whether a column shows customers; authors and handlers of a record are
        colleagues.
        """
        for path in paths:
            end, name = self._end(model, path)
            field = end._fields.get(name)
            colleague = end._name == "res.users" or (field and field.comodel_name == "res.users")
            if self._mask(model, path) and not colleague:
                return True
        return False

    @api.model
    def _masks_of(self, model, paths):
        masks = {
            place: mask for place, path in enumerate(paths) if (mask := self._mask(model, path))
        }
        return self._for_colleagues(masks) if masks and not self._is_plain(model) else {}

    @api.model
    def _is_plain(self, records):
        model = records if hasattr(records, "_exports_plain") else self.env["water.export.mixin"]
        return model._exports_plain()

    @api.model
    def _mask(self, model, path):
        model, name = self._end(model, path)
        mask = self._masks(model).get(name)
        field = model._fields.get(name)
        return mask or (field and LABEL_MASKS.get(field.comodel_name))

    @api.model
    def _masks(self, model):
        own = model._export_masks() if hasattr(model, "_export_masks") else {}
        return own or FOREIGN_MASKS.get(model._name, {})

    @api.model
    def _end(self, model, path):
        """Return the end of a path, following links and related fields.

        :return: (model, name of its field), an empty name if unknown
        """
        first, _slash, rest = path.partition("/")
        field = model._fields.get(first)
        if rest and field and field.comodel_name:
            return self._end(self.env[field.comodel_name], rest)
        if rest or not field or first == "id":
            return model, ""
        if field.related and first not in self._masks(model):
            return self._end(model, field.related.replace(".", "/"))
        return model, first

    @api.model
    def _for_colleagues(self, masks):
        """The same masks, which leave the names and addresses of colleagues as they are."""
        # sudo: res.users - staff know each other
        staff = self.env["res.users"].sudo().with_context(active_test=False)
        rows = staff.search_fetch([("share", "=", False)], ["login"])
        known = {row[name] for row in rows for name in MIXED}

        def keeping(mask):
            return lambda text: text if text in known else mask(text)

        return {place: keeping(mask) for place, mask in masks.items()}

    # -- the log ------------------------------------------------------------------------------

    @api.model
    def _keep_export(self, records, names, is_masked):
        """The log comes first, in a transaction of its own: it stays if the export fails."""
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr))._keep(
                "export",
                records._name,
                len(records),
                names,
                shares=self._shares(records),
                domain=self._filter(records),
                is_masked=is_masked,
            )

    @api.model
    def _note_read(self, records, names):
        """Log a call that reads personal data of more customers than the limit (S2.2.4).

        :param records: of a model with ``_export_masks``
        :param names: fields that are read; None for all
        """
        masks = records._export_masks().keys() - PLACES
        personal = sorted(
            name
            for name in masks.intersection(names or records._fields)
            if records._has_field_access(records._fields[name], "read")
        )
        limit = self.env.companies._water_export_most() if personal else 0
        if not limit or len(records) <= limit or not self.env.user._is_internal():
            return
        customers = records._export_customers()
        if len(customers) > limit:
            values = ("read", records._name, len(customers), personal, self._shares(customers))
            self.env["water.privacy.log"]._when_writable(
                lambda env: env["water.export"]._keep(*values, is_masked=False)
            )

    @api.model
    def _shares(self, records):
        """Return {company: number of its records}, so that each company is notified of its own.

        Records without a company count for the user's.
        """
        here, shares = self.env.company, Counter()
        if "company_id" in records._fields and len(self.env.companies) > 1:
            # sudo: only the companies of the rows
            shares = Counter(row.company_id or here for row in records.sudo())
        rest = len(records) - shares.total()
        return shares + Counter({here: rest}) or {here: 0}

    @api.model
    def _keep(self, kind, model, count, names, shares, **values):
        """Write the log of each company, and tell its quality when it is much.

        :param kind: key of the log's kinds
        :param count: records that were taken out or read
        :param shares: as :meth:`_shares` tells them
        """
        limit, person = self.env.companies._water_export_most(), self.env.user.name
        for company, part in shares.items():
            row = self.env["water.privacy.log"]._keep(
                kind,
                model,
                field_names=names,
                row_count=part,
                is_large=bool(limit) and count > limit,
                company_id=company.id,
                **values,
            )
            if row.is_large:
                row._warn(
                    QUALITY,
                    lambda env, part=part: env._(
                        "%(person)s has taken out %(count)s records", person=person, count=part
                    ),
                )

    @api.model
    def _filter(self, model):
        """Return the exported list's filter as sent by the browser, without persons."""
        if not (request and request.httprequest.path.startswith("/web/export/")):
            return False
        try:
            domain = json.loads(request.params["data"])["domain"]
        except (KeyError, TypeError, ValueError):
            return False
        return json.dumps([self._masked_leaf(model, leaf) for leaf in domain], ensure_ascii=False)

    @api.model
    def _masked_leaf(self, model, leaf):
        """Mask persons in a condition of a filter."""
        if not (isinstance(leaf, list) and len(leaf) == 3 and isinstance(leaf[0], str)):
            return leaf
        path, operator, value = leaf
        if operator in NESTED and isinstance(value, list):
            inner = self._inner(model, path)
            return [path, operator, [self._masked_leaf(inner, part) for part in value]]
        mask = self._mask(model, path.replace(".", "/")) or MASK_DIGITS
        values = value if isinstance(value, list) else [value]
        masked = [self._masked_value(mask, one) for one in values]
        return [path, operator, masked if isinstance(value, list) else masked[0]]

    @api.model
    def _inner(self, model, path):
        end, name = self._end(model, path.replace(".", "/"))
        field = end._fields.get(name)
        return self.env[field.comodel_name] if field and field.comodel_name else model

    @api.model
    def _masked_value(self, mask, value):
        """Return a filter's value without the person; numbers of so many digits are telephone
        numbers.
        """
        if isinstance(value, str):
            return mask(value)
        long = isinstance(value, int) and value >= 10**6 and not isinstance(value, bool)
        return mask_phone(str(value)) if long else value
