from odoo import models
from odoo.fields import Domain

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED_OF_ALL

#: A complaint in such a state has its final answer, unless an appeal follows.
ENDED = ("confirmed", "callback", "archived")
UPHELD = ("upheld", "partly")


class WaterAssessment(models.Model):
    """Entries that the system drafts, from final findings alone.

    A limit counts once no excuse is possible, a complaint while it is upheld without an open
    appeal, a false completion after the second look. No fault counts twice: a missed call-back is
    no missed limit as well.
    """

    _inherit = "water.assessment"

    def _found(self):
        """``{(kind, source): values of an entry}`` of the period, with department and person."""
        found = {}
        for kind in (
            "overdue",
            "false_completion",
            "buck_passing",
            "attitude",
            "wrong_dispatch",
            "missed_callback",
            "praise",
        ):
            for row, case, department, person, at in getattr(self, f"_found_{kind}")():
                source = f"{row._name},{row.id}"
                found[kind, source] = {
                    "kind": kind,
                    "source": source,
                    "department_id": department.id,
                    "user_id": person.id,
                    "happened_at": at,
                    **self.env["water.assessment.entry"]._case_values(case),
                }
        return found

    def _rows(self, model, field, domain):
        start, end = self._moments()
        span = Domain(field, ">=", start) & Domain(field, "<", end)
        # sudo: all rows of the company count, no matter who draws it up
        rows = self.env[model].sudo()
        return rows.search(Domain("company_id", "=", self.company_id.id) & span & Domain(domain))

    @staticmethod
    def _is_out(case):
        """Return whether figures leave the case out, so that it is not assessed."""
        out = case.state in NOT_JUDGED_OF_ALL
        return out or bool("leaves_figures" in case._fields and case.leaves_figures)

    def _found_overdue(self):
        clocks = self._rows(
            "water.deadline", "due_at", [("state", "=", "breached"), ("kind", "!=", "callback")]
        )
        # sudo: water.callback - promised calls count there
        promised = self.env["water.callback"].sudo().search([("deadline_id", "in", clocks.ids)])
        for clock in clocks - promised.deadline_id:
            if clock.excuse_state != "asked" and self._stands_overdue(clock):
                department, person = clock.breached_department_id, clock.breached_user_id
                yield clock, clock._case(), department, person, clock.due_at

    def _stands_overdue(self, clock):
        held = clock.state == "breached" and clock.excuse_state != "excused"
        sure = not (clock.provisional or clock.promised_provisional)
        return held and sure and not self._is_out(clock._case())

    def _found_false_completion(self):
        for row in self._rows("water.false.completion", "second_at", [("state", "=", "final")]):
            case = self.env[row.case_model].sudo().browse(row.case_id)
            yield row, case, row.department_id, row.user_id, row.second_at

    def _stands_false_completion(self, row):
        return row.state == "final"

    def _found_buck_passing(self):
        nobody = self.env["res.users"]
        rulings = self._rows(
            "water.dispatch",
            "sent_at",
            [("is_ruling", "=", True), ("role", "=", "lead"), ("state", "!=", "cancelled")],
        )
        for ruling in rulings.filtered(self._stands_buck_passing):
            yield ruling, ruling._case(), ruling.department_id, nobody, ruling.sent_at

    def _stands_buck_passing(self, ruling):
        case = ruling._case()
        returned = case.dispatch_ids.filtered(
            lambda row: (
                row.state == "rejected"
                and row.department_id == ruling.department_id
                and row.id < ruling.id
            )
        )
        # a ruling whose dispatch was returned again is not final
        return returned and ruling.state in ("accepted", "finished") and not self._is_out(case)

    def _found_attitude(self):
        """Return upheld complaints about attitude, each case once by its last finding."""
        cases = self._rows(
            "water.complaint",
            "closed_at",
            [
                "|",
                ("category_id.about_staff", "=", True),
                ("category_id.parent_id.about_staff", "=", True),
            ],
        )
        for case in cases.filtered(self._is_upheld_for_good):
            if case._earlier_cases().filtered(self._is_upheld):
                continue
            yield (
                case,
                case,
                case.department_complained_id,
                case.person_complained_id,
                case.closed_at,
            )

    def _last_judged(self, case):
        last = case
        while last.is_judged_again and last._portal_continued():
            last = last._portal_continued()
        return last

    def _is_upheld_for_good(self, case):
        last = self._last_judged(case)
        is_final = last.state in ENDED and not last._open_appeal() and not last._appeal_last_day()
        return is_final and self._stands_attitude(case)

    def _stands_attitude(self, case):
        return self._is_upheld(case) and self._is_upheld(self._last_judged(case))

    def _is_upheld(self, case):
        return case.finding_final in UPHELD and not self._is_out(case)

    def _found_wrong_dispatch(self):
        """Return dispatches returned as misdirected and not sent there again by a ruling."""
        rows = self._rows(
            "water.dispatch",
            "sent_at",
            [("state", "=", "rejected"), ("reject_reason_id.is_wrong", "=", True)],
        )
        for row in rows.filtered(self._stands_wrong_dispatch):
            case, sender = row._case(), row.sent_by_id
            yield row, case, case._speaks_for(sender, before=row), sender, row.sent_at

    def _stands_wrong_dispatch(self, row):
        case = row._case()
        again = case.dispatch_ids.filtered(
            lambda other: (
                other.id > row.id
                and other.department_id == row.department_id
                and other.state in ("accepted", "finished")
            )
        )
        return not (again or self._is_out(case))

    def _found_missed_callback(self):
        for call in self._rows("water.callback", "due_at", [("state", "!=", "void")]):
            asked = "asked" in self._limits_of(call).mapped("excuse_state")
            if not asked and self._stands_missed_callback(call):
                case = call._case()
                yield call, case, case.department_id, call.user_id, call.due_at

    def _stands_missed_callback(self, call):
        late = not call.done_at or call.done_at > call.due_at
        tried = call.attempt_ids.filtered(lambda row: row.at <= call.due_at)
        excused = self._limits_of(call).filtered(
            lambda clock: (
                clock.excuse_state == "excused" or clock.provisional or clock.promised_provisional
            )
        )
        return (
            call.state != "void" and late and not (tried or excused or self._is_out(call._case()))
        )

    @staticmethod
    def _limits_of(call):
        clocks = call._case().deadline_ids.filtered(
            lambda clock: clock.kind == "callback" and clock.due_at == call.due_at
        )
        return call.deadline_id | clocks

    def _found_praise(self):
        nobody = self.env["res.users"]
        praise = self.env.ref("water_service_desk.category_pr99", raise_if_not_found=False)
        domain = [("category_id", "=", praise.id if praise else False)]
        for case in self._rows("water.inquiry", "closed_at", domain):
            if case.department_id and self._stands_praise(case):
                yield case, case, case.department_id, nobody, case.closed_at

    def _stands_praise(self, case):
        return not self._is_out(case)

    def _stands(self, kind, row):
        """Return whether a finding still stands that was final when it was entered.

        Easier than entering it: it stands while an appeal or excuse is possible.

        :param kind: of the entry
        :param row: the record the entry follows from, with sudo
        """
        return bool(row.exists()) and bool(getattr(self, f"_stands_{kind}")(row))
