from odoo import api, models
from odoo.exceptions import MissingError

from ...intake.filing import FilingError
from .water_case_mixin import iso

#: Facts by which an account is bound → what the household's pages call them.
FACTS = {
    "account_number": "account_code",
    "holder_name": "holder_name",
    "bill_amount": "bill_amount",
    "meter_number": "meter_no",
}


class WaterApi(models.AbstractModel):
    """The household's accounts in an app: bound by proof, then read (绑定户号、查账单)."""

    _inherit = "water.api"

    @api.model
    def bind(self, customer=None, account=None, channel=None):
        """Bind an account to a customer of the channel. Safe to repeat.

        :param customer: with the ``reference`` under which the channel knows him
        :param account: ``account_number``, ``holder_name``, and ``bill_amount`` of the last bill
            (a text) or ``meter_number``
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
        """Give a bound account up; an account of his own stays his."""
        channel = self._channel(self._enter("unbind"), channel)
        partner = self._known_customer(channel, reference)
        _account, delegation = self._held(partner, account_number)
        delegation._end("resigned", "resigned")
        return {"result": "unbound" if delegation else "own"}

    @api.model
    def accounts(self, reference=None, channel=None):
        """The accounts of a customer: his own and those that he has bound.

        :return: list of ``account_number``, ``address``, ``is_own``, ``balance`` and
            ``balance_at``; without proof of a bill or a telephone no balance
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
        """``(partner, reference)`` of a customer of the channel, who is made when he is new."""
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
        """The customer behind a reference of the channel, with sudo.

        :raises MissingError: when there is none
        """
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
        """``(account, delegation)`` of one that he has.

        :raises MissingError: a foreign account and an unknown one are alike
        """
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
        """Do ``work``; errors stand under the names that the caller knows."""
        names = {ours: f"account.{theirs}" for theirs, ours in FACTS.items()}
        try:
            return work()
        except FilingError as error:
            texts = {names.get(name, "account"): text for name, text in error.errors.items()}
            raise FilingError(texts) from error

    @api.model
    def _day(self, day):
        return day.isoformat() if day else None
