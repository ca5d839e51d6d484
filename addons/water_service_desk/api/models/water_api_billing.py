from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...base.trust import trusted
from ...intake.filing import FilingError, parse_local

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
#: So many days before its day of issue a bill is printed and handed in.
BEFOREHAND = 31


class WaterApi(models.AbstractModel):
    """What the billing system hands in: bills, readings, balances; each row by itself, and safe
    to repeat, for a number that is there already is corrected."""

    _inherit = "water.api"

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
        """What stands to the credit of accounts; below zero is owed.

        :param balances: list of ``account_number``, ``balance``, ``currency`` (that of the
            company) and ``balance_at`` (a moment)
        :return: as :meth:`report_bills`; ``unchanged`` where a newer one is kept
        """
        self._enter_billing("report_balances")
        return self._report(balances, BALANCE, self._read_balance, "water.account")

    @api.model
    def _enter_billing(self, method):
        """Let the billing system in, and nobody else.

        :raises AccessError: for an integration of other channels alone
        """
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
        """``{number: account}`` of the company, for all rows at once."""
        codes = [row.get("account_number") for row in rows if isinstance(row, dict)]
        codes = [code for code in codes if isinstance(code, str)]
        # sudo: water.account - the billing system names accounts, nothing of them is told
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
        """What is sent again, or came late, does not stand over a newer balance."""
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
        """Amounts are kept in the company's currency: another one is refused, not reckoned."""
        code = self._read_text(row, "currency", errors)
        own = self._company().currency_id.name
        if code and code != own and "currency" not in errors:
            errors["currency"] = self.env._("Amounts are in %s.", own)

    @api.model
    def _read_past_day(self, row, name, errors, ahead=0):
        """A day that has come, where the company is, or lies no more than some days ahead."""
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
        """A moment as naive UTC, now without one; without an offset by the company's clock."""
        text = self._read_text(row, name, errors)
        if not text:
            return fields.Datetime.now()
        moment = parse_local(text, self.env.company._water_reader_tz())
        if not moment:
            errors[name] = self.env._("Enter a date and a time, such as 2026-10-13 17:30.")
        return moment
