from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ...base.moments import short_writer, span_text
from ...delegation.delegation import OPEN_STATES
from ...own_account.models.water_account import cubic_metres
from ..scope import LOOKED_AT, SHOWN, row, section, tally

VISIT_FACTS = ("state", "slot_from", "slot_to", "purpose", "missed_at")
CALL_FACTS = ("direction", "offered_at", "outcome", "talk_seconds", "user_id")
TONES = {"open": "warning", "paid": "success", "void": "muted"}
TO_COME = ("planned", "confirmed", "arrived")


class WaterCustomer(models.AbstractModel):
    """What stands around the cases: visits, calls, bills and readings, people who act for him."""

    _inherit = "water.customer"

    @api.model
    def _sections(self, scope):
        parts = (
            *(self._visit_section(scope), self._call_section(scope)),
            *(self._bill_section(scope), self._reading_section(scope)),
            self._delegate_section(scope),
        )
        return super()._sections(scope) + [part for part in parts if part]

    @api.model
    def _seen(self, model, domain, names=None, **options):
        """Rows that the reader may see; None where he has no business with such rows at all."""
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
            tally(self.env._("Nobody came"), missed, "danger"),
        ]
        rows = [self._visit_row(visit) for visit in (coming | visits)[:SHOWN]]
        return section("visits", 30, self.env._("Visits"), rows, tallies)

    @api.model
    def _coming(self, visits):
        """The next one first."""
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
            state=self.env._("Nobody came") if visit.is_missed else state,
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

    # -- people who act for him -----------------------------------------------------------------

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
