from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import QualityCommon


@tagged("post_install", "-at_install")
class TestInspectionPlan(QualityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.inspection.plan"].search([]).active = False
        cls.people = cls.users["agent"] | cls.users["agent2"]
        cls.plan = cls.env["water.inspection.plan"].create(
            {
                "name": "T",
                "template_id": cls.template.id,
                "user_ids": cls.people.ids,
                "inspector_ids": (cls.users["quality"] | cls.users["agent"]).ids,
                "per_month": 2,
            }
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_quality.ir_cron_inspections").method_direct_trigger()
        return self._drawn()

    def _drawn(self):
        return self.env["water.inspection"].search([("plan_id", "=", self.plan.id)], order="id")

    def test_month_is_drawn_up_once(self):
        drawn = self._run()
        self.assertEqual(len(drawn), 4)
        self.assertEqual(set(drawn.mapped("due_on")), {self.plan.last_month.replace(day=31)})
        self.assertFalse(drawn.filtered(lambda row: row.inspector_id == row.user_id))
        self.assertTrue(all(len(row.line_ids) == 3 for row in drawn))
        self.assertEqual(self._run(), drawn)
        with freeze_time("2026-04-02 02:00:00"):
            self.assertEqual(len(self._run()), 8)

    def test_killed_halfway_draws_up_the_rest(self):
        drawn = self._run()
        kept = [(row.user_id, row.number, row.inspector_id) for row in drawn]
        drawn.line_ids.sudo().unlink()
        drawn[1:].sudo().unlink()
        again = self._run().sorted(lambda row: (row.user_id.id, row.number))
        self.assertEqual([(r.user_id, r.number, r.inspector_id) for r in again], kept)

    def test_same_sample_twice_is_refused_by_the_database(self):
        row = self._run()[0]
        values = self.plan._sample_values(row.user_id, row.number, row.month, None)
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(Exception, "sample_uniq"):
            with self.env.cr.savepoint():
                trusted(self.env["water.inspection"]).create(values)

    def test_closed_cases_are_chosen_by_lot(self):
        cases = self.env["water.inquiry"]
        for number in range(5):
            case = self._inquiry(answer="已答复", recording_ref=f"R{number}" if number else False)
            self._as("agent", case).action_answer_and_close()
            cases |= case
        restricted = self._inquiry(
            answer="已答复", category_id=self._category("st04").id, recording_ref="S"
        )
        self._as("agent", restricted).action_answer_and_close()
        with freeze_time("2026-04-01 02:00:00"):
            drawn = self._run().filtered(lambda row: row.user_id == self.users["agent"])
            self.assertEqual(len(drawn.inquiry_id), 2)
            self.assertLessEqual(drawn.inquiry_id, cases.filtered("recording_ref"))
            self.assertEqual(
                drawn.mapped("recording_ref"), drawn.mapped("inquiry_id.recording_ref")
            )
            again = self.plan._cases_to_hear(self.people, drawn[0].month)
            heard = set(drawn.inquiry_id.ids)
            self.assertFalse({case for __, case, __ in again.values()} & heard)

    def test_cases_of_the_month_before_by_the_companys_clock(self):
        """Closed in the 31 days before its first midnight; cases closed after it wait."""
        closed = {}
        for moment in (
            *("2026-01-28 23:59", "2026-01-29 00:00"),
            *("2026-02-28 23:59", "2026-03-01 00:00"),
        ):
            with freeze_time(local(moment)):
                case = self._inquiry(answer="已答复")
                self._as("agent", case).action_answer_and_close()
            closed[case.id] = moment
        self.plan.per_month = 5
        self.env.flush_all()
        found = self.plan._cases_to_hear(self.people, date(2026, 3, 1))
        heard = sorted(closed[case] for _link, case, _recording in found.values() if case in closed)
        self.assertEqual(heard, ["2026-01-29 00:00", "2026-02-28 23:59"])

    def test_inspectors_who_have_left(self):
        """Others take turns; if no one is left, supervisors are notified."""
        self.users["quality"].active = False
        drawn = self._run()
        self.assertEqual(drawn.inspector_id, self.users["agent"])
        self.assertNotIn(self.users["agent"], drawn.user_id)
        self.users["agent"].active = False
        with freeze_time("2026-04-02 02:00:00"):
            for _time in range(2):
                self.assertEqual(self._run(), drawn)
        supervisor = self.users["supervisor"].partner_id
        told = self.env["mail.message"].search([("partner_ids", "=", supervisor.id)])
        told = told.filtered(lambda row: self.plan.name in (row.body or "") + (row.subject or ""))
        self.assertEqual(len(told), 1)

    def test_drawing_up_costs_the_same_for_one_and_many(self):
        counts = []
        for people in (self.users["agent2"], self.env["res.users"].union(*self.users.values())):
            staff = people.filtered(lambda u: not u.share and self.company in u.company_ids)
            self.plan.user_ids = staff
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            drawn = self.plan._draw_up()
            self.env.flush_all()
            counts.append((len(drawn), self.env.cr.sql_log_count - before))
        (few, cheap), (many, dear) = counts
        self.assertGreater(many, 4 * few)
        self.assertLess(dear / many, cheap / few)
        self.assertLessEqual((dear - cheap) / (many - few), 3)

    def test_inspectors_are_reminded_once(self):
        drawn = self._run()
        quality = self.users["quality"].partner_id
        told = self.env["mail.message"].search_count([("partner_ids", "=", quality.id)])
        with freeze_time("2026-03-27 02:00:00"):
            for __ in range(2):
                self._run()
        now = self.env["mail.message"].search_count([("partner_ids", "=", quality.id)])
        self.assertEqual(now, told + 1)
        self.assertTrue(all(drawn.mapped("reminded_on")))

    def test_plan_needs_an_inspector(self):
        with self.assertRaisesRegex(ValidationError, "at least one inspector"):
            self.plan.inspector_ids = False
