import re

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from ...base.tables import table

#: A reserved domain (RFC 2606): the stand-in for a person without a mail address matches no one.
NOBODY = "nobody@phone.invalid"


class PrivacyLookupWizard(models.TransientModel):
    """Finds a person in our records too: by name as typed, by telephone number, by message."""

    _inherit = "privacy.lookup.wizard"

    #: models whose rows of the person's cases are listed too
    _listed_with_case = ()

    phone = fields.Char(help="Most customers of a water company have no mail address.")

    @api.model_create_multi
    def create(self, vals_list):
        """Odoo's look-up wants a mail address; a telephone number will do."""
        for vals in vals_list:
            if vals.get("phone") and not vals.get("email"):
                vals["email"] = NOBODY
        return super().create(vals_list)

    def _get_query(self):
        """Extend Odoo's search by names and numbers typed into cases."""
        parts = [super()._get_query()]
        case_ids = {}
        for link, model in self.env["water.case.link.mixin"]._case_models().items():
            cases = self.env[model]
            found = SQL("SELECT id FROM %s WHERE %s", SQL.identifier(cases._table), self._is_him())
            case_ids[link] = found
            parts.append(self._lines(cases, SQL("id IN (%s)", found)))
        for name in table(self, "_listed_with_case"):
            model = self.env[name]
            links = [
                SQL("%s IN (%s)", SQL.identifier(link), found)
                for link, found in case_ids.items()
                if link in model._fields
            ]
            parts.append(self._lines(model, SQL(" OR ").join(links)))
        holders = SQL("SELECT id FROM res_partner WHERE %s", self._is_contact())
        account = self.env["water.account"]
        parts.append(self._lines(account, SQL("partner_id IN (%s)", holders)))
        parts.append(self._lines(self.env["res.partner"], SQL("id IN (%s)", holders)))
        # one line for each record, however it was found
        return SQL(
            "SELECT res_model_id, res_id, bool_or(is_active) AS is_active FROM (%s) AS found"
            " GROUP BY res_model_id, res_id",
            SQL(" UNION ALL ").join(parts),
        )

    def _numbers(self):
        """Return the telephone number as typed, as digits and in international form."""
        typed = (self.phone or "").strip()
        if not typed:
            return ["-"]
        digits = re.sub(r"\D", "", typed)
        return sorted({typed, digits, self.env.company._water_phone(typed) or typed})

    def _is_him(self):
        """Return the condition on a case: its customer has that name, number or mail address."""
        return SQL(
            "(contact_name = %s OR phone_normalized = ANY(%s) OR phone = ANY(%s)"
            " OR email_normalized = %s)",
            (self.name or "").strip(),
            self._numbers(),
            self._numbers(),
            email_normalize(self.email),
        )

    def _is_contact(self):
        return SQL(
            "(phone_sanitized = ANY(%s) OR phone = ANY(%s) OR name = %s)",
            self._numbers(),
            self._numbers(),
            (self.name or "").strip(),
        )

    @api.model
    def _lines(self, model, condition):
        active = SQL.identifier("active") if "active" in model._fields else SQL("TRUE")
        return SQL(
            "SELECT %s AS res_model_id, id AS res_id, %s AS is_active FROM %s WHERE %s",
            self.env["ir.model"]._get_id(model._name),
            active,
            SQL.identifier(model._table),
            condition,
        )
