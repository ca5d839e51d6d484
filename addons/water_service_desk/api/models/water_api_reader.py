import base64
import binascii
import io

from odoo import api, models
from odoo.tools import email_normalize

from ...intake.filing import FilingError, clean_text, parse_local

CUSTOMER_KEYS = frozenset("reference name phone email account_number language".split())
#: Longest texts in characters.
LIMITS = {"external_id": 64, "reference": 64, "name": 100, "phone": 40, "email": 200}
LIMITS |= {"language": 20}
#: What the filing service calls a field → what the interface calls it.
NAMES = {
    "category_id": "category",
    "account_id": "customer.account_number",
    "account_code": "customer.account_number",
    "phone": "customer.phone",
    "email": "customer.email",
    "contact_name": "customer.name",
}


class WaterApi(models.AbstractModel):
    """Reads what integrations send: every value may be of any kind, and nothing is trusted."""

    _inherit = "water.api"

    @api.model
    def _need_object(self, value, keys, name):
        """The value, which must be an object with no other keys.

        :raises FilingError: naming what is wrong
        """
        if not isinstance(value, dict):
            raise FilingError({name: self.env._("Send an object with named fields.")})
        unknown = sorted(map(clean_text, value.keys() - keys))
        if unknown:
            raise FilingError({name: self.env._("Unknown fields: %s", ", ".join(unknown)[:200])})
        return value

    @api.model
    def _read_text(self, values, name, errors, prefix="", most=None):
        """A text, cleaned; numbers are no texts, so that 007 stays 007.

        :param most: characters that are taken, where the form of the matter says how many
        """
        value = values.get(name)
        text, most = clean_text(value), most or LIMITS.get(name, 10000)
        if value not in (None, False) and not isinstance(value, str):
            errors[prefix + name] = self.env._("Send a text.")
        elif len(text) > most:
            errors[prefix + name] = self.env._("Please shorten this to %s characters.", most)
        return text

    @api.model
    def _read_search(self, value, name):
        """What is looked for, of a long text its beginning; without one, everything.

        :raises FilingError: for what is no text
        """
        errors = {}
        text = self._read_text({name: value}, name, errors)
        if errors:
            raise FilingError(errors)
        return clean_text(text, 100)

    @api.model
    def _read_flag(self, values, name, errors):
        value = values.get(name)
        if value is not None and not isinstance(value, bool):
            errors[name] = self.env._("Send true or false.")
        return value is True

    @api.model
    def _read_id(self, value, name="external_id"):
        """An external number.

        :raises FilingError: when there is none
        """
        errors = {}
        text = self._read_text({"external_id": value}, "external_id", errors)
        if not text and not errors:
            errors["external_id"] = self.env._("Give the number that the case has with you.")
        if errors:
            raise FilingError({name: errors["external_id"]})
        return text

    @api.model
    def _read_contact(self, case, errors):
        """{reference, name, phone, email, account_number, language} of the customer, all texts."""
        customer = case.get("customer")
        if customer is None:
            customer = {}
        try:
            self._need_object(customer, CUSTOMER_KEYS, "customer")
        except FilingError as error:
            errors.update(error.errors)
            return dict.fromkeys(CUSTOMER_KEYS, "")
        contact = {
            name: self._read_text(customer, name, errors, "customer.") for name in CUSTOMER_KEYS
        }
        if contact["email"] and not email_normalize(contact["email"]):
            errors["customer.email"] = self.env._("This is no mail address.")
        contact["language"] = self._read_language(contact["language"], errors)
        return contact

    @api.model
    def _read_language(self, text, errors):
        """Code of the language (``en``, ``zh-CN``) in which the customer is to be told things."""
        spoken = self.env["res.lang"].get_installed()
        wanted = text.replace("-", "_").lower()
        for code, _name in spoken:
            if wanted and wanted in (code.lower(), code.lower().split("_")[0]):
                return code
        if text:
            known = ", ".join(code.replace("_", "-") for code, _name in spoken)
            errors["customer.language"] = self.env._("Known languages: %s", known)
        return ""

    @api.model
    def _read_due(self, case, channel, errors):
        """The limit that a forwarding body sets, naive UTC; other channels set none."""
        text = self._read_text(case, "due_at", errors)
        if not text:
            return False
        moment = parse_local(text, self.env.company._water_reader_tz())
        if not moment:
            errors["due_at"] = self.env._("Enter a date and a time, such as 2026-10-13 17:30.")
        elif not channel.is_external_body:
            errors["due_at"] = self.env._("Only a body that forwards orders sets a limit.")
        return moment

    @api.model
    def _read_files(self, rows, errors):
        """``(name, stream)`` pairs of ``[{name, content}]`` with contents in base64."""
        if rows in (None, []):
            return []
        company = self.env.company.sudo()
        if not isinstance(rows, list) or len(rows) > company.water_upload_max_files:
            errors["files"] = self.env._("Choose at most %s files.", company.water_upload_max_files)
            return []
        files = [self._read_file(row, company.water_upload_max_mb) for row in rows]
        if None in files:
            errors["files"] = self.env._(
                "Each file is an object with a name and a content in base64, of at most %s MB.",
                company.water_upload_max_mb,
            )
            return []
        return files

    @api.model
    def _read_file(self, row, limit):
        """``(name, stream)``, or None for anything else."""
        if not isinstance(row, dict) or row.keys() != {"name", "content"}:
            return None
        name, content = clean_text(row["name"]), row["content"]
        if not (name and isinstance(content, str)) or len(content) > limit * 1400000:
            return None
        try:
            return name, io.BytesIO(base64.b64decode(content, validate=True))
        except (binascii.Error, ValueError):
            return None

    @api.model
    def _named(self, errors):
        """Errors under the names that the caller knows."""
        named = {name: f"answers.{name}" for name in errors if name.startswith("answer_")} | NAMES
        return {named.get(name, name): message for name, message in errors.items()}
