import base64
import binascii
import io
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import email_normalize

from ...base.trust import trusted
from ...intake.filing import FilingError, clean_text, parse_local
from .water_case_api import iso

CUSTOMER_KEYS = frozenset("reference name phone email account_number language".split())
#: Longest texts in characters.
LIMITS = {"external_id": 64, "reference": 64, "name": 100, "phone": 40, "email": 200}
LIMITS |= {"language": 20}
#: Field of the filing service → field of the interface.
NAMES = {
    "category_id": "category",
    "account_id": "customer.account_number",
    "account_code": "customer.account_number",
    "phone": "customer.phone",
    "email": "customer.email",
    "contact_name": "customer.name",
}
#: Facts that bind an account → names on the household's pages.
FACTS = {
    "account_number": "account_code",
    "holder_name": "holder_name",
    "bill_amount": "bill_amount",
    "meter_number": "meter_no",
}
#: Most rows of one call.
MAX_ROWS = 500
BILL = frozenset(
    "number account_number issued_on due_on period_from period_until volume amount currency"
    " state".split()
)
READING = frozenset("number account_number read_on value kind".split())
BALANCE = frozenset({"account_number", "balance", "currency", "balance_at"})
#: Largest amount and volume that a household's bill has.
MOST = 10**9
#: A bill may be imported so many days before its day of issue.
BEFOREHAND = 31


class WaterApi(models.AbstractModel):
    """The household's accounts in an app: bound by proof, then read (绑定户号、查账单)."""

    _inherit = "water.api"

    @api.model
    def bind(self, customer=None, account=None, channel=None):
        """Bind an account to a customer of the channel. Safe to repeat.

        :param customer: with the channel's ``reference``
        :param account: ``account_number``, ``holder_name``, and ``bill_amount`` of the last bill (a
            text) or ``meter_number``
        :return: ``result``: ``bound``, ``known``, or ``code_sent`` with ``ticket`` and the masked
            ``phone`` on file, to which a code was sent
        """
        channel = self._channel(self._enter("bind"), channel)
        facts = self._need_object(account, FACTS.keys(), "account")
        partner, reference = self._customer_of(channel, customer)
        errors = {}
        typed = {FACTS[name]: self._read_text(facts, name, errors, "account.") for name in facts}
        if errors:
            raise FilingError(errors)
        if self._knows(partner, typed.get("account_code")):
            return {"result": "known"}
        counted = {"bind_reference": f"{channel.id},{reference}"}
        bound = self._renamed(
            lambda: self.env["water.account.delegate"]._bind(partner, typed, counted)
        )
        if not bound["ticket"]:
            return {"result": "bound"}
        return {"result": "code_sent", "ticket": bound["ticket"], "phone": bound["phone"]}

    @api.model
    def bind_code(self, reference=None, ticket=None, code=None, channel=None):
        """Bind the account for which a code was sent.

        :param ticket: of :meth:`bind`
        :param code: six digits that the customer has typed
        """
        channel = self._channel(self._enter("bind_code"), channel)
        partner = self._known_customer(channel, reference)
        account = self.env["water.account.delegate"]._bind_by_code(partner, ticket, code)
        return {"result": "bound", "account_number": account.code}

    @api.model
    def unbind(self, reference=None, account_number=None, channel=None):
        """Unbind an account; accounts that the customer holds stay."""
        channel = self._channel(self._enter("unbind"), channel)
        partner = self._known_customer(channel, reference)
        _account, delegation = self._held(partner, account_number)
        delegation._end("resigned", "resigned")
        return {"result": "unbound" if delegation else "own"}

    @api.model
    def accounts(self, reference=None, channel=None):
        """Return the accounts of a customer: held and bound ones.

        :return: list of ``account_number``, ``address``, ``is_own``, ``balance`` and
            ``balance_at``; the balance only with a proof by bill or telephone
        """
        channel = self._channel(self._enter("accounts"), channel)
        held = self.env["water.account"]._portal_held(self._known_customer(channel, reference))
        return [self._account_row(account, by) for account, by in held.items()]

    @api.model
    def bills(self, reference=None, account_number=None, channel=None):
        """The bills of an account, the newest first, three years at most.

        :return: list of ``number``, ``issued_on``, ``due_on``, ``period_from``,
            ``period_until``, ``volume`` (m³), ``amount``, ``currency``, ``state`` and ``status``
        """
        account = self._readable("bills", reference, account_number, channel)
        states = dict(account.bill_ids._fields["state"]._description_selection(self.env))
        return [
            {
                **{name: self._day(row[name]) for name in ("issued_on", "due_on")},
                **{name: self._day(row[name]) for name in ("period_from", "period_until")},
                "number": row.number,
                "volume": row.volume,
                "amount": row.amount,
                "currency": row.currency_id.name,
                "state": row.state,
                "status": states[row.state],
            }
            for row in account._present(account.bill_ids)
        ]

    @api.model
    def readings(self, reference=None, account_number=None, channel=None):
        """The meter readings of an account, the newest first, three years at most.

        :return: list of ``number``, ``read_on``, ``value`` (m³), ``kind`` and ``status``
        """
        account = self._readable("readings", reference, account_number, channel)
        kinds = dict(account.reading_ids._fields["kind"]._description_selection(self.env))
        return [
            {
                "number": row.number,
                "read_on": self._day(row.read_on),
                "value": row.value,
                "kind": row.kind,
                "status": kinds[row.kind],
            }
            for row in account._present(account.reading_ids)
        ]

    # -- who, and which account --------------------------------------------------------------

    @api.model
    def _customer_of(self, channel, customer):
        """Return ``(partner, reference)`` of a customer of the channel, created if new."""
        errors = {}
        contact = self._read_contact({"customer": customer}, errors)
        reference = contact["reference"]
        if not reference and "customer" not in errors:
            errors["customer.reference"] = self.env._("Give the reference of the customer.")
        if errors:
            raise FilingError(errors)
        customers = self.env["water.api.customer"]
        known = customers._customer(channel, reference)
        nobody = self.env["res.partner"]
        partner = known or self._once(lambda: customers._bind(channel, reference, nobody, contact))
        return partner.sudo(), reference

    @api.model
    def _known_customer(self, channel, reference):
        text = self._read_id(reference, "reference")
        partner = self.env["water.api.customer"]._customer(channel, text)
        if not partner:
            raise MissingError(self.env._("Your channel has no customer with this reference."))
        return partner.sudo()

    @api.model
    def _knows(self, partner, code):
        held = self.env["water.account"]._portal_held(partner)
        return any(row.code == code and (not by or by.proof == "code") for row, by in held.items())

    @api.model
    def _held(self, partner, code):
        text = self._read_id(code, "account_number")
        for account, by in self.env["water.account"]._portal_held(partner).items():
            if account.code == text and account.company_id == self.env.company:
                return account, by
        raise MissingError(self.env._("This customer has no account with this number."))

    @api.model
    def _readable(self, method, reference, code, channel):
        channel = self._channel(self._enter(method), channel)
        account, by = self._held(self._known_customer(channel, reference), code)
        if by and not by._sees_bills():
            raise MissingError(self.env._("This customer has no account with this number."))
        return account

    @api.model
    def _account_row(self, account, by):
        sees = not by or by._sees_bills()
        known = sees and account._knows_balance()
        return {
            "account_number": account.code,
            "address": account.address,
            "is_own": not by,
            "proof": by.proof if by else "own",
            "balance": account.balance if known else None,
            "currency": account.billing_currency_id.name,
            "balance_at": iso(account.balance_at) if known else None,
        }

    @api.model
    def _renamed(self, work):
        names = {ours: f"account.{theirs}" for theirs, ours in FACTS.items()}
        try:
            return work()
        except FilingError as error:
            texts = {names.get(name, "account"): text for name, text in error.errors.items()}
            raise FilingError(texts) from error

    @api.model
    def _day(self, day):
        return day.isoformat() if day else None

    # -- reader --------------------------------------------------------------------------------
    # Reading input of integrations: every value may be of any type, and none is trusted.

    @api.model
    def _need_object(self, value, keys, name):
        if not isinstance(value, dict):
            raise FilingError({name: self.env._("Send an object with named fields.")})
        unknown = sorted(map(clean_text, value.keys() - keys))
        if unknown:
            raise FilingError({name: self.env._("Unknown fields: %s", ", ".join(unknown)[:200])})
        return value

    @api.model
    def _read_text(self, values, name, errors, prefix="", most=None):
        """Return a cleaned text; numbers are refused, so that 007 stays 007.

        :param most: most characters, if the form sets a limit
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
        """Return a search term, cut to its beginning; empty finds everything.

        :raises FilingError: if it is no text
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
        named = {name: f"answers.{name}" for name in errors if name.startswith("answer_")} | NAMES
        return {named.get(name, name): message for name, message in errors.items()}

    # -- billing -------------------------------------------------------------------------------
    # Data of the billing system: bills, readings, balances. Rows are independent and safe to
    # repeat: a known number is corrected.

    @api.model
    def report_bills(self, bills=None):
        """Bills of accounts, new ones and corrected ones.

        :param bills: list of ``number``, ``account_number``, ``issued_on``, ``amount``, and as
            far as they are known ``due_on``, ``period_from``, ``period_until``, ``volume`` (m³),
            ``currency`` (that of the company) and ``state`` (``open``, ``paid``, ``void``)
        :return: for each ``row`` (from 0), ``result`` (``created``, ``updated``, ``error``) and
            ``errors`` {field: message}
        """
        self._enter_billing("report_bills")
        return self._report(bills, BILL, self._read_bill, "water.account.bill")

    @api.model
    def report_readings(self, readings=None):
        """Meter readings of accounts.

        :param readings: list of ``number``, ``account_number``, ``read_on``, ``value`` (m³) and
            ``kind`` (``read``, ``remote``, ``customer``, ``estimated``)
        :return: as :meth:`report_bills`
        """
        self._enter_billing("report_readings")
        return self._report(readings, READING, self._read_reading, "water.account.reading")

    @api.model
    def report_balances(self, balances=None):
        """Import the balances of accounts; negative ones are owed.

        :param balances: list of ``account_number``, ``balance``, ``currency`` (that of the company)
            and ``balance_at`` (a moment)
        :return: as :meth:`report_bills`; ``unchanged`` if a newer one is stored
        """
        self._enter_billing("report_balances")
        return self._report(balances, BALANCE, self._read_balance, "water.account")

    @api.model
    def _enter_billing(self, method):
        if not any(self._enter(method).mapped("is_billing")):
            raise AccessError(self.env._("This is for the channel of the billing system."))

    @api.model
    def _report(self, rows, keys, read, model):
        if not isinstance(rows, list) or not 0 < len(rows) <= MAX_ROWS:
            raise FilingError({"rows": self.env._("Send a list of 1 to %s rows.", MAX_ROWS)})
        accounts = self._accounts_of(rows)
        answers = []
        for number, row in enumerate(rows):
            answer = {"row": number, "errors": {}}
            try:
                with self.env.cr.savepoint():
                    result = self._report_row(row, keys, read, model, accounts)
            except FilingError as error:
                result, answer["errors"] = "error", error.errors
            answers.append({**answer, "result": result})
        return answers

    @api.model
    def _accounts_of(self, rows):
        codes = [row.get("account_number") for row in rows if isinstance(row, dict)]
        codes = [code for code in codes if isinstance(code, str)]
        # sudo: water.account - the billing system names accounts, but reads none
        accounts = self.env["water.account"].sudo().with_context(active_test=False)
        found = accounts.search([("code", "in", codes), ("company_id", "=", self.env.company.id)])
        return {account.code: account for account in found}

    @api.model
    def _report_row(self, row, keys, read, model, accounts):
        row, errors = self._need_object(row, keys, "row"), {}
        account = accounts.get(self._read_text(row, "account_number", errors))
        if not account:
            errors["account_number"] = self.env._("No account has this number.")
        values = read(row, errors)
        if errors:
            raise FilingError(errors)
        if model == "water.account":
            return self._keep_balance(account, values)
        return self.env[model]._receive(account, self._read_id(row.get("number"), "number"), values)

    @api.model
    def _keep_balance(self, account, values):
        """Keep a newer balance if an older one arrives late."""
        kept = account.balance_at
        if kept and values["balance_at"] < kept <= fields.Datetime.now():
            return "unchanged"
        trusted(account).write(values)
        return "updated"

    # -- reading rows ------------------------------------------------------------------------

    @api.model
    def _read_bill(self, row, errors):
        states = [
            state for state, _label in self.env["water.account.bill"]._fields["state"].selection
        ]
        names = ("due_on", "period_from", "period_until")
        days = {name: self._read_day(row, name, errors) for name in names}
        begin, end = days["period_from"], days["period_until"]
        if begin and end and end < begin:
            errors["period_until"] = self.env._("The period ends before it begins.")
        self._read_currency(row, errors)
        return {
            "issued_on": self._read_past_day(row, "issued_on", errors, BEFOREHAND),
            **days,
            "amount": self._read_number(row, "amount", errors, needed=True),
            "volume": self._read_number(row, "volume", errors),
            "state": self._read_choice(row, "state", states, errors),
        }

    @api.model
    def _read_reading(self, row, errors):
        kinds = [
            kind for kind, _label in self.env["water.account.reading"]._fields["kind"].selection
        ]
        return {
            "read_on": self._read_past_day(row, "read_on", errors),
            "value": self._read_number(row, "value", errors, needed=True, least=0),
            "kind": self._read_choice(row, "kind", kinds, errors),
        }

    @api.model
    def _read_balance(self, row, errors):
        self._read_currency(row, errors)
        moment = self._read_moment(row, "balance_at", errors)
        today = self._company()._water_today
        if moment and today(moment) > today():  # a clock that is a little ahead is let pass
            errors["balance_at"] = self.env._("This lies in the future.")
        return {
            "balance": self._read_number(row, "balance", errors, needed=True),
            "balance_at": moment,
        }

    @api.model
    def _company(self):
        # sudo: res.company - its day and its currency, which every bill names
        return self.env.company.sudo()

    @api.model
    def _read_currency(self, row, errors):
        """Refuse currencies other than the company's: amounts are not converted."""
        code = self._read_text(row, "currency", errors)
        own = self._company().currency_id.name
        if code and code != own and "currency" not in errors:
            errors["currency"] = self.env._("Amounts are in %s.", own)

    @api.model
    def _read_past_day(self, row, name, errors, ahead=0):
        day = self._read_day(row, name, errors, needed=True)
        if day and day - self._company()._water_today() > timedelta(days=ahead):
            errors[name] = self.env._("This lies in the future.")
        return day

    @api.model
    def _read_day(self, row, name, errors, needed=False):
        text = self._read_text(row, name, errors)
        try:
            day = date.fromisoformat(text) if text else False
        except ValueError:
            day = False
        if name not in errors and ((text and not day) or (needed and not text)):
            errors[name] = self.env._("Enter a date, such as 2026-10-13.")
        return day

    @api.model
    def _read_number(self, row, name, errors, needed=False, least=-MOST):
        value = row.get(name)
        if value is None and not needed:
            return 0
        if not isinstance(value, int | float) or isinstance(value, bool):
            errors[name] = self.env._("Send a number.")
        elif not least <= value <= MOST:  # NaN lies nowhere
            errors[name] = self.env._(
                "Send a number from %(least)s to %(most)s.", least=least, most=MOST
            )
        return value

    @api.model
    def _read_choice(self, row, name, choices, errors):
        value = self._read_text(row, name, errors) or choices[0]
        if value not in choices:
            errors[name] = self.env._("Choose one of: %s.", ", ".join(choices))
        return value

    @api.model
    def _read_moment(self, row, name, errors):
        text = self._read_text(row, name, errors)
        if not text:
            return fields.Datetime.now()
        moment = parse_local(text, self.env.company._water_reader_tz())
        if not moment:
            errors[name] = self.env._("Enter a date and a time, such as 2026-10-13 17:30.")
        return moment
