from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ...base.moments import hours_text, short_writer, span_text
from ...base.roles import AGENT, DEPARTMENT, QUALITY
from ...base.tables import table
from ...clock.models.water_standard_line import INTERNAL
from ...delegation.delegation import OPEN_STATES
from ...duplicate.address import address_key
from ...own_account.models.water_account_bill import cubic_metres
from ..scope import LOOKED_AT, SHOWN, Scope, row, section, tally

#: Roles with access to these pages; their content follows the reader's rights.
STAFF = ",".join((AGENT, DEPARTMENT, QUALITY))
#: Fields that identify a case's customer, or keep it anonymous.
NAMED = ("partner_id", "account_id", "is_anonymous")
#: Accounts of one holder that are looked at.
ACCOUNTS = 20
#: Fields of a case that are read at once.
CASE_FACTS = (
    *("name", "subject", "state", "stage_id", "category_id", "zone_id", "received_at"),
    *("next_due_at", "deadline_state", "company_id"),
)
#: Most open cases of the customer for which similar ones nearby are searched.
MATTERS = 8
CLOCK_FACTS = ("kind", "label", "state", "due_at", "breached_at", "met_at")
VISIT_FACTS = ("state", "slot_from", "slot_to", "purpose", "missed_at")
CALL_FACTS = ("direction", "offered_at", "outcome", "talk_seconds", "user_id")
TONES = {"open": "warning", "paid": "success", "void": "muted"}
TO_COME = ("planned", "confirmed", "arrived")


class WaterCustomer(models.AbstractModel):
    """All that is known of one customer, on one page (S2.1.0 以客户为中心).

    Nothing is stored. Everything is read with the reader's own rights: hidden rows are neither
    shown nor counted, so that a person complained of does not learn of it here. The privacy log
    records each opening.
    """

    _name = "water.customer"
    _description = "Customer at a Glance"

    #: Models with such a page and their window; a case represents a caller known by telephone
    #: alone.
    _windows = {
        "water.account": "water_service_desk.action_customer_account",
        "res.partner": "water_service_desk.action_customer_contact",
        "water.inquiry": "water_service_desk.action_customer_inquiry",
        "water.request": "water_service_desk.action_customer_request",
    }

    @api.model
    @api.readonly
    def page(self, model, record_id):
        """Return the page of an account, a contact or a caller.

        :param model: ``water.account``, ``res.partner`` or a type of case
        :param record_id: its id
        :return: ``{"name", "accounts", "flags", "alerts", "sections": [{"key", "rows"}]}``
        :raises AccessError: for anyone but staff, or if the user may not read the record
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
        """Return the action that opens the page of ``subject``, an account, a contact or a case.

        :raises AccessError: for anyone but staff
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
        """Return the domain of other cases with the same telephone and no known customer."""
        number = Domain("phone_normalized", "=", caller.phone_normalized)
        nobody = Domain.AND(Domain(name, "=", False) for name in NAMED)
        return number & nobody

    @api.model
    def _case_domain(self, person, accounts):
        """Return the domain of cases of the person, the telephone, or the accounts since they
        hold them.

        Anonymous cases are not found by telephone: it would reveal the customer.
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
        is_open = Domain("state", "not in", sorted(cases._final_states))
        found = cases.search_fetch(domain & is_open, CASE_FACTS, order="id desc", limit=LOOKED_AT)
        rest = cases.search_fetch(domain, CASE_FACTS, order="id desc", limit=LOOKED_AT)
        return (found | rest)[:LOOKED_AT]

    @api.model
    def _of_cases(self, model, scope):
        rows = self.env[model]
        links = {name: scope.cases.get(kind) for name, kind in rows._case_models().items()}
        return Domain.OR(Domain(name, "in", cases.ids) for name, cases in links.items() if cases)

    @api.model
    def _note_read(self, subject, scope):
        self.env["water.privacy.log"]._note_opened(subject, "customer")

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
        """Return the data of one account; readers who may not know addresses get the street."""
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
        """Return the sentences to read first; other addons add theirs."""
        first = scope.accounts.flag_ids.filtered("served_first")
        names = ", ".join(first.mapped("name"))
        told = names and self.env._("Gets water and news before others: %s.", names)
        return [told, scope.person._vexatious_alert()]

    @api.model
    def _sections(self, scope):
        """Return the parts of the page; other addons add theirs, each with its place."""
        around = (
            *(self._visit_section(scope), self._call_section(scope)),
            *(self._bill_section(scope), self._reading_section(scope)),
            self._delegate_section(scope),
        )
        parts = [self._case_section(scope), self._promise_section(scope)]
        parts.append(self._neighbour_section(scope))
        return parts + [part for part in around if part]

    # -- words ----------------------------------------------------------------------------------

    @api.model
    def _label(self, model, name, value):
        return dict(self.env[model]._fields[name]._description_selection(self.env)).get(value, "")

    @api.model
    def _kind(self, model):
        # sudo: ir.model - the name of a kind of record
        return self.env["ir.model"].sudo()._get(model).name

    # -- cases ---------------------------------------------------------------------------------
    # Running and past cases, their promises, and neighbours with the same problem.

    # -- cases ----------------------------------------------------------------------------------

    @api.model
    def _case_section(self, scope):
        kinds = {model: self._kind(model) for model in scope.cases}
        rows = [self._case_row(case, kinds[case._name]) for case in scope.all_cases()[:SHOWN]]
        tallies = []
        for model, cases in scope.cases.items():
            running = cases.filtered(lambda case: case.state not in case._final_states)
            words = {"kind": kinds[model], "open": len(running)}
            tallies.append(tally(self.env._("%(kind)s, %(open)s of them open:", **words), cases))
        return section("cases", 10, self.env._("Cases"), rows, tallies)

    @api.model
    def _case_row(self, case, kind):
        is_open = case.state not in case._final_states
        return row(
            case,
            case.name,
            case.subject,
            kind=kind,
            note=case.category_id.name or "",
            state=case.stage_id.name or "",
            day=case.received_at,
            due=is_open and case.next_due_at,
            told=case.deadline_state or False,
            tone="" if is_open else "muted",
        )

    # -- promises -------------------------------------------------------------------------------

    @api.model
    def _promise_section(self, scope):
        """Time limits of which the customer hears: kept, missed, and still to be kept."""
        told = Domain("kind", "not in", INTERNAL) & Domain("state", "!=", "void")
        clocks = self.env["water.deadline"].search_fetch(
            self._of_cases("water.deadline", scope) & told,
            (*CLOCK_FACTS, *self.env["water.deadline"]._case_models()),
            order="due_at desc, id desc",
            limit=LOOKED_AT * 4,
        )
        missed = clocks.filtered("breached_at")
        kept = (clocks - missed).filtered("met_at")
        given = (clocks - missed - kept).filtered(lambda clock: clock.kind == "promise")
        tallies = [
            tally(self.env._("Not kept"), missed, "danger"),
            tally(self.env._("Kept"), kept, "success"),
            tally(self.env._("To be kept"), clocks - missed - kept),
        ]
        rows = [self._promise_row(clock) for clock in (given | missed)[:SHOWN]]
        return section("promises", 20, self.env._("Promises"), rows, tallies)

    @api.model
    def _promise_row(self, clock):
        case, is_missed = clock._case(), bool(clock.breached_at)
        return row(
            case,
            case.name,
            clock.label or self._label("water.deadline", "kind", clock.kind),
            state=self.env._("Not kept") if is_missed else "",
            tone="danger" if is_missed else "",
            day=clock.due_at if is_missed else False,
            due=False if is_missed else clock.due_at,
        )

    # -- neighbours -----------------------------------------------------------------------------

    @api.model
    def _neighbour_section(self, scope):
        """Open cases of others: of the same category in the zone, or at the same address."""
        domain = self._neighbour_domain(scope)
        found = []
        for cases in scope.cases.values() if not domain.is_false() else ():
            running = Domain("state", "not in", sorted(cases._final_states))
            others = domain & running & Domain("id", "not in", cases.ids)
            found += self.env[cases._name].search(others, order="id desc", limit=SHOWN)
        found.sort(key=lambda case: case.received_at, reverse=True)
        rows = [self._neighbour_row(case) for case in found[:SHOWN]]
        return section("neighbours", 60, self.env._("Neighbors with the Same Matter"), rows)

    @api.model
    def _neighbour_domain(self, scope):
        matters = {(case.zone_id.id, case.category_id.id) for case in scope.open_cases()[:MATTERS]}
        parts = [
            Domain("zone_id", "=", zone) & Domain("category_id", "=", category)
            for zone, category in sorted(matters)
            if zone and category
        ]
        if self._reads_people():
            keys = {address_key(account.address) for account in scope.accounts} - {False}
            parts += [Domain("address_key", "in", sorted(keys))] if keys else []
        return Domain.OR(parts)

    @api.model
    def _neighbour_row(self, case):
        """The matter and the place; who it is stands on the case."""
        place = case.address if self._reads_people() else case.zone_id.name
        return row(
            case,
            case.name,
            case.subject,
            note=" · ".join(part for part in (case.category_id.name, place) if part),
            state=case.stage_id.name or "",
            day=case.received_at,
        )

    # -- around --------------------------------------------------------------------------------
    # Rows around the cases: visits, calls, bills and readings, delegates.

    @api.model
    def _seen(self, model, domain, names=None, **options):
        rows = self.env[model]
        if not rows.has_access("read"):
            return None
        return rows.search_fetch(domain, names, **{"limit": LOOKED_AT, **options})

    @api.model
    def _visit_section(self, scope):
        links = tuple(self.env["water.visit"]._case_models())
        visits = self._seen(
            "water.visit",
            self._of_cases("water.visit", scope),
            (*VISIT_FACTS, *links),
            order="slot_from desc, id desc",
        )
        if visits is None:
            return None
        missed, coming = visits.filtered("missed_at"), self._coming(visits)
        tallies = [
            tally(self.env._("To come"), coming),
            tally(self.env._("Done"), visits.filtered(lambda visit: visit.state == "done")),
            tally(self.env._("Missed visit"), missed, "danger"),
        ]
        rows = [self._visit_row(visit) for visit in (coming | visits)[:SHOWN]]
        return section("visits", 30, self.env._("Visits"), rows, tallies)

    @api.model
    def _coming(self, visits):
        coming = visits.filtered(lambda visit: visit.state in TO_COME and not visit.is_missed)
        return coming.sorted("slot_from")

    @api.model
    def _visit_row(self, visit):
        state = self._label("water.visit", "state", visit.state)
        return row(
            visit,
            visit.slot_text,
            visit.purpose or visit._case().subject,
            note=visit._case().name,
            state=self.env._("Missed visit") if visit.is_missed else state,
            tone="danger" if visit.is_missed else "" if visit.state in TO_COME else "muted",
        )

    @api.model
    def _call_section(self, scope):
        his = Domain("partner_id", "=", scope.person.id) if scope.person else Domain.FALSE
        calls = self._seen(
            "water.call.record",
            his | self._of_cases("water.call.record", scope),
            (*CALL_FACTS, *self.env["water.call.record"]._case_models()),
            order="offered_at desc, id desc",
        )
        if calls is None:
            return None
        by_outcome = calls.grouped("outcome")
        tallies = [
            tally(self._label(calls._name, "outcome", outcome), by_outcome.get(outcome, calls[:0]))
            for outcome in ("answered", "abandoned")
        ]
        write = short_writer(self.env, self.env.company.sudo()._water_tz())
        rows = [self._call_row(call, write) for call in calls[:SHOWN]]
        return section("calls", 40, self.env._("Calls"), rows, tallies)

    @api.model
    def _call_row(self, call, write):
        case = call._case_or_none()
        lasted = call.talk_seconds and span_text(self.env, max(call.talk_seconds // 60, 1))
        who = call.user_id.name if call.user_id else call.agent_ref
        return row(
            call,
            write(call.offered_at) if call.offered_at else call.call_ref,
            " · ".join(part for part in (who, lasted) if part),
            note=case.name if case is not None else self.env._("Without a case"),
            state=self._label(call._name, "outcome", call.outcome),
            tone="warning" if call.outcome == "abandoned" else "",
        )

    # -- from the billing system ----------------------------------------------------------------

    @api.model
    def _bill_section(self, scope):
        order = "issued_on desc, id desc"
        domain = self.env["water.account.bill"]._present_domain(scope.accounts)
        bills = self._seen("water.account.bill", domain, order=order)
        if bills is None:
            return None
        owed = bills.filtered(lambda bill: bill.state == "open")
        most = max(bills[:SHOWN].mapped("volume"), default=0)
        tallies = [tally(self.env._("To pay"), owed, "warning")]
        rows = [self._bill_row(bill, most) for bill in bills[:SHOWN]]
        return section("bills", 50, self.env._("Usage and Bills"), rows, tallies)

    @api.model
    def _bill_row(self, bill, most):
        amount = format_amount(self.env, bill.amount, bill.currency_id)
        return row(
            None,
            format_date(self.env, bill.period_until or bill.issued_on),
            f"{cubic_metres(self.env, bill.volume)} · {amount}",
            note=" · ".join((bill.account_id.code, bill.number)),
            state=self._label("water.account.bill", "state", bill.state),
            tone=TONES[bill.state],
            bar=round(100 * bill.volume / most) if most > 0 else 0,
        )

    @api.model
    def _reading_section(self, scope):
        order = "read_on desc, id desc"
        domain = self.env["water.account.reading"]._present_domain(scope.accounts)
        readings = self._seen("water.account.reading", domain, order=order, limit=SHOWN)
        rows = [
            row(
                None,
                format_date(self.env, reading.read_on),
                cubic_metres(self.env, reading.value),
                note=reading.account_id.code,
                state=self._label(readings._name, "kind", reading.kind),
            )
            for reading in readings or ()
        ]
        return rows and section("readings", 55, self.env._("Meter Readings"), rows)

    # -- delegates ------------------------------------------------------------------------------

    @api.model
    def _delegate_section(self, scope):
        domain = Domain("account_id", "in", scope.accounts.ids)
        domain &= Domain("state", "in", OPEN_STATES)
        delegates = self._seen("water.account.delegate", domain)
        rows = [
            self._delegate_row(delegate) for delegate in delegates or () if not delegate.is_over
        ]
        return rows and section("delegates", 70, self.env._("Acts for the Customer"), rows)

    @api.model
    def _delegate_row(self, delegate):
        until = delegate.date_until and format_date(self.env, delegate.date_until)
        return row(
            delegate,
            delegate.name,
            self._label(delegate._name, "relation", delegate.relation),
            note=" · ".join(part for part in (delegate.account_id.code, until) if part),
            state=self._label(delegate._name, "state", delegate.state),
            tone="muted" if delegate.state == "invited" else "",
        )
