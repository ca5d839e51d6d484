import unicodedata

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...own_account.models.water_account import folded

#: As billing systems write it.
CLASSES = {"": False, "居民": "household", "household": "household"}
CLASSES |= {"非居民": "business", "单位": "business", "business": "business"}
#: In wide digits or with blanks between, as typed on a Chinese keyboard, it is the same number.
NUMBERS = ("code", "meter_no")


class WaterAccount(models.Model):
    """Import accounts from a table: new ones, and corrections of known ones.

    A table does not change the holder of a known account, because payments and messages depend on
    it; a second person confirms a new holder.
    """

    _inherit = "water.account"

    #: field → headings in Chinese and English
    _table_columns = {
        "code": ("户号", "Account Number"),
        "holder_name": ("户主姓名", "Holder's Name"),
        "holder_phone": ("联系电话", "Holder's Phone"),
        "address": ("用水地址", "Premises"),
        "zone": ("供水片区", "Supply Zone"),
        "meter_no": ("表号", "Meter Number"),
        "customer_class": ("用水性质", "Customer Class"),
    }
    _table_example = (
        *("10002345", "张伟", "13800138000", "清河市东城路12号3-501"),
        *("东城片区", "20230001234", "居民"),
    )

    @api.model
    def _take_row(self, told):
        """Make or correct the account of one row.

        :param told: {column: text}
        :raises UserError: why the row is refused
        :return: ``(created, changed or unchanged, what of it)``
        """
        numbers = {name: _narrow(told[name]) for name in NUMBERS if told.get(name)}
        told = {**told, **numbers}
        if not told.get("code"):
            raise ValidationError(self.env._("The account number is missing."))
        here = [("code", "=", told["code"]), ("company_id", "=", self.env.company.id)]
        known = self.with_context(active_test=False).search(here, limit=1)
        values = self._table_values(told)
        if not known:
            self._check_new_row(told)
            names = ("code", "holder_name", "holder_phone")
            self.create({**values, **{name: told.get(name, False) for name in names}})
            return "created", ""
        known._check_known_row(told)
        fresh = {name: value for name, value in values.items() if known._table_differs(name, value)}
        labels = [self._fields[name]._description_string(self.env) for name in fresh]
        if fresh:
            known.write(fresh)
        return "changed" if fresh else "unchanged", ", ".join(labels)

    @api.model
    def _table_values(self, told):
        """Return the field values of a line; empty cells change nothing."""
        kind = CLASSES.get(told.get("customer_class", "").lower(), None)
        if kind is None:
            raise ValidationError(self.env._("Unknown customer class: %s", told["customer_class"]))
        zone = told.get("zone") and self.env["water.zone"]._table_zone(told["zone"])
        values = {
            "address": told.get("address"),
            "zone_id": zone and zone.id,
            "meter_no": told.get("meter_no"),
            "customer_class": kind,
        }
        return {name: value for name, value in values.items() if value}

    def _table_differs(self, name, value):
        known = self[name]
        return (known.id if self._fields[name].type == "many2one" else known) != value

    @api.model
    def _check_new_row(self, told):
        missing = [name for name in ("holder_name", "address") if not told.get(name)]
        if missing:
            labels = [self._fields[name]._description_string(self.env) for name in missing]
            raise ValidationError(self.env._("A new account needs: %s", ", ".join(labels)))

    def _check_known_row(self, told):
        if not self.active:
            raise UserError(self.env._("The account is archived."))
        name, phone = told.get("holder_name"), told.get("holder_phone")
        company, holder = self.company_id.sudo(), self.partner_id
        if name and folded(name) != folded(holder.name):
            raise UserError(self.env._("Another holder is entered on the account, not by a table."))
        number = phone and company._water_phone(phone)
        if phone and number != company._water_phone(holder.phone or ""):
            raise UserError(self.env._("Change the holder's phone number on the contact."))


def _narrow(text):
    return "".join(unicodedata.normalize("NFKC", text).split())
