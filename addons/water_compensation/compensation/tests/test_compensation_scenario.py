from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-04-01 10:00"))
class TestCompensationScenario(SchemeCommon, CompensationCommon):
    """From the failure to the ledger with the shipped rules and no mocks."""

    def _late(self, moment):
        with freeze_time(local(moment)):
            self._run("late")

    def test_s8_from_the_missed_visit_to_the_ledger(self):
        """£50 at 11:00 on 3 April, payable by the 20th; credited on the 22nd, £40 more: £90."""
        case = self._complaint_at("dispatched")
        slot = (local("2026-04-03 09:00"), local("2026-04-03 11:00"))
        visit = acts.plan_visit(self._as("agent", case), self.net, *slot).with_env(self.env)
        with freeze_time(local("2026-04-03 11:00:01")):
            self._sweep()
        row = visit.sudo().compensation_ids
        self.assertEqual((row.amount, row.failed_at), (50, local("2026-04-03 11:00")))
        self.assertDue(row, "2026-04-20")
        with freeze_time(local("2026-04-03 11:42")):
            self._as("department", visit).action_arrive()
        with freeze_time(local("2026-04-07 09:00")):
            self._as("supervisor", row).action_approve()
        self._late("2026-04-20 23:59")
        self.assertFalse(row.penalty_ids)
        self._late("2026-04-21 00:01")
        self._late("2026-04-21 00:02")
        penalty = row.penalty_ids
        self.assertEqual((penalty.amount, penalty.state, row.late_penalty), (40, "proposed", 40))
        self.assertEqual(penalty.complaint_id, case)
        with freeze_time(local("2026-04-22 12:00")):
            self._as("supervisor", penalty).action_approve()
            for each in row | penalty:
                self._post(each)
                self._pay(each)
        paid = row | penalty
        self.assertEqual(set(paid.mapped("payment_state")), {"paid"})
        self.assertEqual([row.in_time, str(row.paid_on)], [0, "2026-04-22"])
        lines = paid.move_id.line_ids.filtered(lambda line: line.display_type == "product")
        self.assertEqual(sum(lines.mapped("balance")), 90)
        self.assertEqual(self._steps(case)[-2:], ["posted", "paid"])

    def test_sixty_hours_in_the_books(self):
        """£250 a household by the scheme of 2025, £40 by that of 2008: so the entries say."""
        self._account(partner_id=self.customer.id)
        moves = self.env["account.move"]
        for scheme, begun, back in (
            ("gss_en_2025", "2026-03-02 08:00", "2026-03-04 20:00"),
            ("gss_ew_2008", "2026-03-16 08:00", "2026-03-18 20:00"),
        ):
            self._choose(scheme)
            rows = self._restored(self._incident(begun), back)
            self._as("supervisor", rows).action_approve()
            moves |= rows.move_id
        self.assertEqual(moves.mapped("amount_total"), [250, 40])
        self.assertEqual(set(moves.mapped("move_type")), {"out_refund"})

    # -- reports ----------------------------------------------------------------------------------

    def test_reports_of_finance(self):
        """By rule, cause, department, zone and month; paid on time; exported as a file."""
        zone = self.zone
        self._accounts(4)
        rows = self._restored(self._incident("2026-03-02 08:00"), "2026-03-03 09:00")
        self._as("supervisor", rows).action_approve()
        with freeze_time(local("2026-03-20 09:00")):
            for row in rows[:2]:
                self._post(row)
                self._pay(row)
        self._post(rows[2])
        with freeze_time(local("2026-05-20 09:00")):
            self._pay(rows[2])
        mine = self._as("finance", self.compensations)
        domain = [("id", "in", rows.ids)]
        for name, value in (
            ("rule_id", self._rule("gss_en_2025_supply_emerg_household")),
            ("zone_id", zone),
            ("department_id", rows.department_id),
            ("cause_id", self.env["water.cause"]),
        ):
            with self.subTest(name):
                groups = mine._read_group(domain, [name], ["amount:sum", "__count"])
                self.assertEqual([tuple(group) for group in groups], [(value, 400, 4)])
        months = mine._read_group(domain, ["create_date:month"], ["amount:sum"])
        self.assertEqual([amount for __, amount in months], [400])
        (in_time,) = mine._read_group([*domain, ("is_settled", "=", True)], [], ["in_time:avg"])
        self.assertAlmostEqual(in_time[0], 2 / 3, 5)
        names = ["name", "rule_id", "amount", "payment_state", "partner_id"]
        self.users["finance"].group_ids += self.env.ref("base.group_allow_export")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            lines = mine.browse(rows.ids).export_data(names)["datas"]
        self.assertEqual([line[2] for line in lines], [100] * 4)
        self.assertNotIn(self.customer.name, str(lines))  # finance cannot export names
        views = mine.get_views([(False, "pivot"), (False, "graph"), (False, "search")])
        for name in ("group_rule", "group_cause", "group_department", "group_zone", "group_month"):
            self.assertIn(f'name="{name}"', views["views"]["search"]["arch"])

    def test_progress_for_finance(self):
        """Counts by incident without a look at the incident, and a way to each of them."""
        self._accounts(30)
        incident = self._incident("2026-03-02 08:00")
        rows = self._restored(incident, "2026-03-03 09:00")
        self._as("supervisor", rows[:28]).action_approve()
        line = self._line_of(incident)
        self.assertEqual((line.to_decide, line.approved, line.waiting), (2, 28, 28))
        self.assertEqual((line.made, line.percent, line.amount), (0, 0, 2800))
        self._run("entries")
        for row in rows[:7]:
            self._post(row)
        self._pay(rows[0])
        line = self._line_of(incident)
        self.assertEqual((line.waiting, line.made, line.percent), (0, 28, 100))
        self.assertEqual((line.posted, line.paid, line.open_count), (7, 1, 27))
        self.assertIn(incident.name, line.incident_name)
        dialogs = self._as("finance", self.env["account.move.reversal"]).with_context(
            active_model="account.move", active_ids=rows[1].sudo().move_id.ids
        )
        journal = rows[1].sudo().move_id.journal_id.id
        dialogs.create({"journal_id": journal}).reverse_moves(is_modify=False)
        self._as("finance", rows[1].sudo().move_id.reversal_move_ids).action_post()
        self.env.invalidate_all()
        self.assertEqual(rows[1].payment_state, "reversed")
        line = self._line_of(incident)  # taken back is neither paid nor still to be paid
        self.assertEqual((line.made, line.posted, line.paid, line.open_count), (28, 6, 1, 26))
        action = self._as("finance", line).action_open()
        self.assertEqual(self.compensations.search_count(action["domain"]), 30)

    def _line_of(self, incident):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self._as("finance", self.env["water.compensation.progress"])
        return lines.search([("incident_name", "like", incident.name)])

    def test_progress_is_exported(self):
        """With or without the numbers of rows; no row of it has an external id."""
        self._proposed(kind="goodwill")
        self.env.flush_all()
        export = self.env.ref("base.group_allow_export")
        self.users["finance"].group_ids |= export
        lines = self._as("finance", self.env["water.compensation.progress"]).search([])
        self.assertTrue(lines)
        with self.enter_registry_test_mode():
            rows = lines.export_data(["id", "incident_name", "to_decide"])["datas"]
        self.assertEqual([row[0] for row in rows], [str(line.id) for line in lines])
        self.assertEqual(rows[0][1], lines[0].incident_name)
