from datetime import date

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

MONTHS = {month: (date(2026, month, 1), date(2026, month + 1, 1)) for month in range(2, 6)}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioFigures(AppealCommon, CompensationCommon):
    """A month's figures of cases that continue into the next month."""

    def _figure(self, code, month):
        kpi = self.env["water.kpi"].search([("code", "=", code)], limit=1)
        self.env.flush_all()
        found = kpi._count(self.company, *MONTHS[month])
        return found.get(("company", False), (0, 0))

    def _more(self, code, month, before):
        """The growth of a figure beside the demo data."""
        return tuple(
            now - then for now, then in zip(self._figure(code, month), before, strict=True)
        )

    def test_orders_go_by_the_limit_of_the_body(self):
        """Ours is a working day before; answered between the two, the body has it in time."""
        before = self._figure("K26", 3)
        answers = {"F-1": "2026-03-19 17:30:00", "F-2": "2026-03-20 17:30:00"}
        answers["F-3"] = "2026-03-20 17:30:01"
        for number, moment in answers.items():
            case = self._complaint(
                external_source="12345",
                external_ref=number,
                external_due_at=local("2026-03-20 17:30"),
            )
            self.assertLocal(self._clock(case, "external").due_at, "2026-03-19 17:30")
            with at(moment):
                self._sweep()
                acts.answer_order(self._as("agent", case), "已办理")
        self.assertEqual(self._more("K26", 3, before), (2, 3))

    def test_orders_that_the_body_has_extended(self):
        """The limit that the body has set last, of each round one."""
        march, april = self._figure("K26", 3), self._figure("K26", 4)
        case = self._complaint(
            external_source="12345", external_ref="F-4", external_due_at=local("2026-03-20 17:30")
        )
        with at("2026-03-18 10:00"):
            paper = (local("2026-04-02 17:30"), date(2026, 3, 18), "延字1号")
            acts.extend_order(self._as("supervisor", case), *paper)
        with at("2026-04-02 17:00"):
            self._sweep()
            acts.answer_order(self._as("agent", case), "已办理")
        with at("2026-04-03 10:00"):
            acts.rehandle_order(self._as("agent", case), "未解决", local("2026-04-13 17:30"))
        with at("2026-04-14 09:00"):
            self._sweep()
            acts.answer_order(self._as("agent", case), "已再次办理")
        self.assertEqual(self._more("K26", 3, march), (0, 0))
        self.assertEqual(self._more("K26", 4, april), (1, 2))

    def test_late_payment_of_lying_debt(self):
        """Unapproved on its due day counts as late; amounts of 0 do not."""
        before = self._figure("K35", 3)
        rows = self.env["water.compensation"].browse()
        for number in range(3):
            rows |= self._entitlement(f"rule:f{number}", due_on="2026-03-20")
        self._entitlement("rule:f9", due_on="2026-03-20", amount=0)
        self._as("supervisor", rows[0]).action_approve()
        with at("2026-03-18 09:00"):
            if not rows[0].move_id:
                self._as("finance", rows[0]).action_make_entry()
            self._post(rows[0])
            self._pay(rows[0], day=date(2026, 3, 20))
        with at("2026-03-23 09:00"):
            self._as("supervisor", rows[1]).action_approve()
            self.env.invalidate_all()
            self.assertEqual((rows[0].payment_state, rows[2].state), ("paid", "proposed"))
            self.assertEqual(self._more("K35", 3, before), (1, 3))
        with at("2026-03-20 23:59"):  # can still be paid today: not late yet
            self.assertEqual(self._more("K35", 3, before), (1, 1))

    def test_reopened_across_months(self):
        """Told in time in March, not solved: handled again and filed in April."""
        first, again = self._figure("K11", 3), self._figure("K20", 4)
        with at("2026-03-20 10:00"):  # due on the 27th
            case = self._complaint_at("notified")
        with at("2026-03-30 10:00"):
            acts.contest(self._as("agent", case), "没有解决")
        with at("2026-04-02 10:00"):
            self._told_again(case)
            acts.settle(self._as("supervisor", case.review_ids), "explained", "已当面沟通")
            for step in ("confirmed", "callback", "archived"):
                getattr(self, f"_step_{step}")(case, "agent", self.net)
                self.env.invalidate_all()
        self.assertEqual(self._more("K11", 3, first), (1, 1))
        self.assertEqual(self._more("K20", 4, again), (1, 1))

    def test_an_appeal_decides_in_the_next_month(self):
        """The closed sheet of March stays; counted anew, the complaint is not valid any more."""
        before = self._figure("K22", 3)
        with at("2026-03-12 10:00"):
            case = self._complaint_at("archived")
        self.assertEqual(self._more("K22", 3, before), (1, 1))
        with at("2026-04-02 10:00"):
            sheet = self._as("quality", self.env["water.kpi.sheet"]).create(
                {"period_start": "2026-03-01"}
            )
            sheet.action_recount()
            sheet.action_check()
            self._as("manager", sheet).action_close()
            line = sheet.sudo().line_ids.filtered(
                lambda row: (row.kpi_id.code, row.dimension) == ("K22", "company")
            )
            closed = line.numerator, line.denominator
        with at("2026-04-03 10:00"):
            words = {"reason": "并非公司责任", "late_reason": "客户住院"}
            late = acts.appeal(self._as("supervisor", case), **words)
            change = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
            self._decided(self._accepted(late.with_env(self.env)), "upheld", **change)
            addenda = self._as("quality", self.env["water.kpi.addendum"])
            row = addenda.create({"line_id": line.id, "reason": "申诉改判"})
        self.env.invalidate_all()
        self.assertEqual((line.numerator, line.denominator), closed)
        self.assertEqual((row.numerator, row.denominator), (closed[0] - 1, closed[1]))
