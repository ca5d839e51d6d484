from odoo import api, models
from odoo.fields import Domain

from ...clock.models.water_standard_line import INTERNAL
from ...duplicate.address import address_key
from ..scope import LOOKED_AT, SHOWN, row, section, tally

#: Open cases of the customer whose like is looked for around him.
MATTERS = 8
CLOCK_FACTS = ("kind", "label", "state", "due_at", "breached_at", "met_at")


class WaterCustomer(models.AbstractModel):
    """What runs and ran: cases, what was promised in them, and neighbours with the same matter."""

    _inherit = "water.customer"

    @api.model
    def _sections(self, scope):
        parts = [self._case_section(scope), self._promise_section(scope)]
        return super()._sections(scope) + parts + [self._neighbour_section(scope)]

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
