from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ...base.moments import hours_text
from ...base.roles import AGENT, DEPARTMENT, QUALITY
from ...base.tables import table
from ..scope import LOOKED_AT, Scope

#: Who has such pages at all; what is on them the reader's own rights decide.
STAFF = ",".join((AGENT, DEPARTMENT, QUALITY))
#: What makes a case somebody's, or keeps it nobody's.
NAMED = ("partner_id", "account_id", "is_anonymous")
#: Accounts of one holder that are looked at.
ACCOUNTS = 20
#: What is read of a case, at once.
CASE_FACTS = (
    *("name", "subject", "state", "stage_id", "category_id", "zone_id", "received_at"),
    *("next_due_at", "deadline_state", "company_id"),
)


class WaterCustomer(models.AbstractModel):
    """All that the house knows of one customer, on one page (S2.1.0 以客户为中心).

    Nothing is kept of it. Everything is read under the reader's own rights: what a rule keeps
    from him is neither shown nor counted, so whoever is complained of does not learn of it here.
    That somebody has opened the page stands in the privacy log.
    """

    _name = "water.customer"
    _description = "Customer at a Glance"

    #: Of whom there is a page, and the window that shows it; a case stands for who called, where
    #: nothing is known of him but his telephone.
    _windows = {
        "water.account": "water_service_desk.action_customer_account",
        "res.partner": "water_service_desk.action_customer_contact",
        "water.inquiry": "water_service_desk.action_customer_inquiry",
        "water.request": "water_service_desk.action_customer_request",
    }

    @api.model
    @api.readonly
    def page(self, model, record_id):
        """What is shown of the customer of an account, of a contact, or of who called.

        :param model: ``water.account``, ``res.partner`` or a type of case
        :param record_id: its id
        :return: ``{"name", "accounts", "flags", "alerts", "sections": [{"key", "rows"}]}``
        :raises AccessError: for anybody but staff, or who may not read the record
        """
        subject = self._subject(model, record_id)
        scope = self._scope(subject)
        self._note_read(subject, scope)
        parts = sorted(self._sections(scope), key=lambda part: part["place"])
        return {
            **self._head(subject, scope),
            "alerts": [alert for alert in self._alerts(scope) if alert],
            "sections": parts,
        }

    @api.model
    def _window(self, subject):
        """The action that opens the page of ``subject``, an account, a contact or a case.

        :raises AccessError: for anybody but staff
        """
        self._check_staff()
        window = table(self, "_windows")[subject._name]
        action = self.env["ir.actions.actions"]._for_xml_id(window)
        return {**action, "context": {"active_model": subject._name, "active_id": subject.id}}

    @api.model
    def _check_staff(self):
        if not self.env.user.has_groups(STAFF):
            raise AccessError(self.env._("What is known of a customer is for staff."))

    @api.model
    def _subject(self, model, record_id):
        """The account, contact or case, which the reader may read."""
        self._check_staff()
        if model not in table(self, "_windows") or not isinstance(record_id, int):
            raise UserError(self.env._("Open the page from an account, a contact or a case."))
        if model != "water.account" and not self._reads_people():
            raise AccessError(self.env._("Departments see the accounts of their work alone."))
        subject = self.env[model].browse(record_id).exists()
        if not subject:
            raise UserError(self.env._("This account or contact is not there any more."))
        subject.check_access("read")
        if self._is_case(subject) and subject._customer() != subject:
            raise UserError(self.env._("Open the page from an account, a contact or a case."))
        return subject

    @api.model
    def _is_case(self, subject):
        return subject._name in self.env["water.case.link.mixin"]._case_models().values()

    @api.model
    def _reads_people(self):
        return self.env["res.users"]._water_reads_contact()

    # -- whose ----------------------------------------------------------------------------------

    @api.model
    def _scope(self, subject):
        person, accounts = self.env["res.partner"], self.env["water.account"]
        caller = subject if self._is_case(subject) else None
        if subject._name == "water.account":
            accounts = subject
        if caller is None and self._reads_people():
            person = accounts.partner_id or subject
            accounts |= accounts.search([("partner_id", "=", person.id)], limit=ACCOUNTS)
        domain = self._case_domain(person, accounts) if caller is None else self._by_phone(caller)
        models_ = self.env["water.case.link.mixin"]._case_models().values()
        seen = [self.env[model] for model in models_ if self.env[model].has_access("read")]
        cases = {model._name: self._newest(model, domain) for model in seen}
        return Scope(person, accounts, cases, caller)

    @api.model
    def _by_phone(self, caller):
        """Cases of the same telephone of whose customer nothing else is known."""
        number = Domain("phone_normalized", "=", caller.phone_normalized)
        nobody = Domain.AND(Domain(name, "=", False) for name in NAMED)
        return number & nobody

    @api.model
    def _case_domain(self, person, accounts):
        """Cases of the person, of his telephone, or of his accounts since they are his.

        What was filed without a name is found by no telephone: its number would say whose it is.
        """
        parts = []
        for account in accounts:
            since = Domain("received_at", ">=", account.holder_since or "1970-01-01")
            parts.append(Domain("account_id", "=", account.id) & since)
        if person:
            parts.append(Domain("partner_id", "=", person.id))
        if person.phone_sanitized:
            number = Domain("phone_normalized", "=", person.phone_sanitized)
            named = Domain("is_anonymous", "=", False)
            parts.append(number & named & Domain("partner_id", "in", (False, person.id)))
        return Domain.OR(parts)

    @api.model
    def _newest(self, cases, domain):
        """The newest cases, and those that are open however old they are."""
        is_open = Domain("state", "not in", sorted(cases._final_states))
        found = cases.search_fetch(domain & is_open, CASE_FACTS, order="id desc", limit=LOOKED_AT)
        rest = cases.search_fetch(domain, CASE_FACTS, order="id desc", limit=LOOKED_AT)
        return (found | rest)[:LOOKED_AT]

    @api.model
    def _of_cases(self, model, scope):
        """A domain of the rows of ``model`` that belong to the cases: one index for each type."""
        rows = self.env[model]
        links = {name: scope.cases.get(kind) for name, kind in rows._case_models().items()}
        return Domain.OR(Domain(name, "in", cases.ids) for name, cases in links.items() if cases)

    @api.model
    def _note_read(self, subject, scope):
        """Keep that the page was opened, and count whose data was shown."""
        self.env["water.privacy.seen"]._note_opened(subject, "customer")
        scope.person._note_seen(scope.person.ids, ["name", "phone", "email"])
        scope.accounts._note_seen(scope.accounts.ids, ["address"])
        if scope.caller is not None:
            subject._note_seen(subject.ids, ["contact_name", "phone"])

    # -- head -----------------------------------------------------------------------------------

    @api.model
    def _head(self, subject, scope):
        person, caller = scope.person, scope.caller
        flags = scope.accounts.flag_ids
        return {
            "model": subject._name,
            "id": subject.id,
            "person": person.id,
            "name": self._name_of(scope),
            "phone": person.phone or (caller.phone if caller is not None else ""),
            "email": person.email or (caller.email_from or "" if caller is not None else ""),
            "flags": [
                {"id": flag.id, "name": flag.name, "color": flag.color, "first": flag.served_first}
                for flag in flags.sorted()
            ],
            "accounts": [self._account(account) for account in scope.accounts],
            "can_call": self.env.user.has_group(AGENT),
        }

    @api.model
    def _name_of(self, scope):
        called = scope.caller.contact_name if scope.caller is not None else ""
        return scope.person.name or scope.accounts[:1].holder_masked or called or ""

    @api.model
    def _account(self, account):
        """What is shown of one account; who must not know where somebody lives reads the street."""
        whole = self._reads_people()
        classes = dict(account._fields["customer_class"]._description_selection(self.env))
        balance, is_known = "", whole and account._knows_balance()
        if is_known:
            balance = format_amount(self.env, account.balance, account.billing_currency_id)
        called = account.call_until and hours_text(account.call_from, account.call_until)
        return {
            "id": account.id,
            "code": account.code,
            "address": account.address if whole else account.address_masked,
            "zone": account.zone_id.name or "",
            "meter": account.meter_no or "",
            "class": classes[account.customer_class],
            "balance": balance,
            "owes": is_known and account.balance < 0,
            "called": called or "",
        }

    @api.model
    def _alerts(self, scope):
        """Sentences that are read first; rooms add to them."""
        first = scope.accounts.flag_ids.filtered("served_first")
        names = ", ".join(first.mapped("name"))
        told = names and self.env._("Gets water and news before others: %s.", names)
        return [told, scope.person._vexatious_alert()]

    @api.model
    def _sections(self, scope):
        """Parts of the page; rooms add theirs, each with its place."""
        return []

    # -- words ----------------------------------------------------------------------------------

    @api.model
    def _label(self, model, name, value):
        """What a choice is called in the reader's language."""
        return dict(self.env[model]._fields[name]._description_selection(self.env)).get(value, "")

    @api.model
    def _kind(self, model):
        """What a kind of record is called in the reader's language."""
        # sudo: ir.model - the name of a kind of record
        return self.env["ir.model"].sudo()._get(model).name
