from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.tests.doors import Sent
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationExemption(SchemeCommon, CompensationCommon):
    """Refused or reduced, with evidence, by a second person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accounts(2)

    def setUp(self):
        super().setUp()
        self.incident = self._incident("2026-03-09 08:00")
        self.rows = self._restored(self.incident, "2026-03-11 09:30")  # 49.5 h: 50 + 3 × 50

    def _refuse(self, exemption, reason="证据不符", login="supervisor"):
        acts.refuse(self._as(login, exemption), reason)

    def test_storm_suspends_a_day(self):
        """“So long as”: 24 hours do not count, the rest does."""
        span = {"from_at": local("2026-03-09 20:00"), "until_at": local("2026-03-10 20:00")}
        exemption = self._exempt(self.incident, "severe_weather", **span)
        self.assertOwed(self.rows, 400)  # asked for is not decided
        self._as("supervisor", exemption).action_approve()
        self._job()
        self.assertOwed(self.rows, 200)
        self.assertIn("do not count", self.rows[0].calculation)
        self._refuse(exemption)
        self._job()
        self.assertOwed(self.rows, 400)
        self.assertEqual(self.rows[0].version_ids.mapped("amount"), [200, 100, 200])

    def test_editor_of_facts_cannot_exempt(self):
        """Neither who commands the incident, or has told of it, nor who has put the claim right."""
        self.users["supervisor3"] = self._new_user(
            "supervisor3", "water_service_desk.group_supervisor"
        )
        exemption = self._exempt(self.incident, "drought")
        trusted(self.incident).manager_id = self.users["supervisor"]
        self._as("supervisor2", exemption).note = "改写"
        for login in ("supervisor", "supervisor2"):
            with self.subTest(login):
                mine = self._as(login, exemption)
                self.assertFalse(mine.can_decide)
                with self.assertRefused("nor made its facts", exemption):
                    mine.action_approve()
                with self.assertRefused("nor made its facts", exemption):
                    acts.refuse(mine, "x")
        self._as("supervisor3", exemption).action_approve()
        self.assertEqual(exemption.state, "approved")

    def test_nothing_is_paid_before_it_is_decided(self):
        """An exemption for one customer holds that compensation only."""
        one, other = self.rows
        exemption = self._exempt(one, "customer_act")
        mine = self._as("supervisor", one)
        self.assertEqual((mine.is_held, mine.can_decide), (True, False))
        self.assertIn(exemption.code_id.name, mine.hold_note)
        held = self.compensations.search([("is_held", "=", True), ("id", "in", self.rows.ids)])
        self.assertEqual(held, one)
        with self.assertRaisesRegex(UserError, "decided first"):
            mine.action_approve()
        with self.assertRaisesRegex(UserError, "decided first"):
            acts.refuse(mine, "x")
        answer = self._as("supervisor", self.rows).action_approve()
        self.assertIn(one.name, answer["params"]["message"])
        self.assertEqual((one.state, other.state), ("proposed", "approved"))
        self.assertEqual(mine.action_open_exemptions()["domain"][0], "|")
        self._refuse(exemption)
        self.assertFalse(one.is_held)
        mine.action_approve()
        self.assertEqual(one.state, "approved")

    def test_keeps_what_it_was_requested_for(self):
        """It cannot be moved to another compensation to release this one."""
        one, other = self.rows
        exemption = self._exempt(one, "customer_act")
        away = {"compensation_id": False, "incident_id": self.incident.id}
        for login in ("agent", "supervisor", "manager"):
            for values in ({"compensation_id": other.id}, away):
                with self.assertRefused("kept by the system", exemption):
                    self._as(login, exemption).write(values)
        self.assertTrue(one.is_held)

    def test_not_posted_before_it_is_decided(self):
        """Asked for after the approval: finance cannot post the draft entry meanwhile."""
        self._make_books(self.company)
        row = self.rows[0]
        self._as("supervisor", row).action_approve()
        exemption = self._exempt(self.incident, "drought")
        move = row.move_id.with_user(self.users["finance"])
        with self.assertRefused("decided first"):
            move.action_post()
        self._refuse(exemption)
        move.action_post()
        self.assertEqual(row.payment_state, "posted")

    def test_band_of_the_rule_waits_too(self):
        """What needs no approval is approved once the exemption is refused."""
        with freeze_time(local("2026-03-12 08:00")):
            self.env.ref("water_compensation.compensation_band_small").approvers = 0
            incident = self._incident("2026-03-12 08:00")
            exemption = self._exempt(incident, "drought")
        rows = self._restored(incident, "2026-03-13 09:00")
        self.assertEqual(set(rows.mapped("state")), {"proposed"})
        self._refuse(exemption)
        self._job()
        self.assertEqual(set(rows.mapped("state")), {"approved"})

    def test_penalty_comes_again_with_what_it_is_for(self):
        """With the exemption it is not late; without it, late once."""
        row = self.rows[0]
        with freeze_time(local("2026-04-30 10:00")):
            row._add_penalties()
            penalty = row.penalty_ids
            self.assertEqual((penalty.amount, penalty.state), (40, "proposed"))
            exemption = self._exempt(row, "customer_act")
            self.assertTrue(penalty.is_held)
            self._as("supervisor", exemption).action_approve()
            self.assertEqual((row.amount, penalty.state), (0, "withdrawn"))
            self._refuse(exemption)
            late = self.compensations.search(self.compensations._penalty_domain())
            self.assertIn(row, late)
            for __ in range(2):
                late.filtered_domain(self.compensations._penalty_domain())._add_penalties()
        self.assertEqual(row.penalty_ids.mapped("state").count("proposed"), 1)
        self.assertEqual(row.late_penalty, 40)

    def test_penalty_of_what_another_amount_stands_for(self):
        """Less is owed than is posted: the first difference is late by the rule, no other is."""
        row = self.rows[0]
        self._as("supervisor", row).action_approve()
        self._run("entries")
        self._post(row)
        row._reprice(100, "x")
        first = row.correction_ids
        row._reprice(130, "x")
        second = row.correction_ids - first
        self.assertEqual((row.state, first.amount, second.amount), ("withdrawn", 100, 30))
        with freeze_time(local("2026-04-30 10:00")):
            (first | second)._add_penalties()
        self.assertEqual(first.penalty_ids.amount, 40)
        self.assertFalse(second.penalty_ids)

    def test_drought_voids_for_all(self):
        exemption = self._exempt(self.incident, "drought")
        self._as("supervisor", exemption).action_approve()
        self._job()
        self.assertOwed(self.rows, 0)

    def test_one_customer_alone(self):
        """The fault of the customer's own pipe stays when the rest is recalculated."""
        one, other = self.rows
        exemption = self._exempt(one, "customer_act")
        self._as("supervisor", exemption).action_approve()
        self.assertOwed(one, 0)
        self.assertOwed(other, 200)
        self.incident.action_compensate()
        self._job()
        self.assertOwed(self.rows, 200)
        self._refuse(exemption)
        self.assertOwed(one, 200)

    def test_decider_sees_evidence(self):
        """A file uploaded in the dialog, before there was a record it could belong to."""
        files = self._as("agent", self.env["ir.attachment"])
        file = files.create({"name": "预警.pdf", "raw": b"x"})
        exemption = self._as("agent", self.env["water.compensation.exemption"]).create(
            {
                "incident_id": self.incident.id,
                "code_id": self.env.ref("water_compensation.exemption_code_drought").id,
                "note": "红色预警",
                "evidence_ids": file.ids,
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self._as("supervisor", exemption).evidence_ids.name, "预警.pdf")
        self.assertEqual((file.res_model, file.res_id), (exemption._name, exemption.id))

    def test_second_person(self):
        exemption = self._exempt(self.incident, "drought", login="supervisor")
        for login in ("supervisor", "agent"):
            with self.assertRaises(AccessError):
                self._as(login, exemption).action_approve()
        self._as("manager", exemption).action_approve()
        self.assertEqual(exemption.decided_by_id, self.users["manager"])
        with self.assertRaisesRegex(UserError, "decided"):
            self._as("manager", exemption).action_approve()

    def test_evidence_and_reason(self):
        exemption = self._exempt(self.incident, "drought")
        exemption.evidence_ids = False
        with self.assertRaisesRegex(UserError, "evidence"):
            self._as("supervisor", exemption).action_approve()
        wizards = self._as("supervisor", self.env["water.refusal.wizard"])
        record = f"{exemption._name},{exemption.id}"
        with self.assertRaisesRegex(UserError, "it cannot be blank"):
            Sent(wizards).create({"record": record, "reason": " "})
        self.assertEqual(exemption.state, "requested")
        wizards.create({"record": record, "reason": "并无旱情"}).action_refuse()
        self.assertEqual((exemption.state, exemption.refusal_reason), ("refused", "并无旱情"))
        self.assertOwed(self.rows, 400)

    def test_bad_input(self):
        with self.assertRaisesRegex(ValidationError, "from when"):
            self._exempt(self.incident, "severe_weather")
        with self.assertRaisesRegex(ValidationError, "knows no exemption"):
            self._exempt(self.rows[0], "weather_visit")
        exemption = self._exempt(self.rows[0], "customer_act")
        with self.assertRefused("kept by the system", exemption):
            self._as("agent", exemption).state = "approved"
        with self.assertRefused("not allowed to delete", exemption):
            exemption.unlink()
        self._as("supervisor", exemption).action_approve()
        with self.assertRaisesRegex(UserError, "decided"):
            self._as("agent", exemption).note = "x"

    def test_refused_stays_refused(self):
        """A compensation that was decided against is not brought back by new facts."""
        trusted(self.rows[0]).state = "refused"
        self.incident.strategic_main = True
        self._job()
        self.assertEqual((self.rows[0].state, self.rows[0].amount), ("refused", 200))
        self.assertEqual(self.rows[1].amount, 50)  # 49.5 h, 48 allowed
