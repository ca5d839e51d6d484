from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.tests.common import local
from odoo.addons.water_service_desk.tools.trust import trusted

from .scheme_common import SchemeCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationExemption(SchemeCommon):
    """Nothing, or less, is owed: with evidence, by a second person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accounts(2)

    def setUp(self):
        super().setUp()
        self.incident = self._incident("2026-03-09 08:00")
        self.rows = self._restored(self.incident, "2026-03-11 09:30")  # 49.5 h: 50 + 3 × 50

    def _refuse(self, exemption, reason="证据不符", login="supervisor"):
        self._as(login, exemption)._refuse(reason)

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

    def test_drought_voids_for_all(self):
        exemption = self._exempt(self.incident, "drought")
        self._as("supervisor", exemption).action_approve()
        self._job()
        self.assertOwed(self.rows, 0)

    def test_one_customer_alone(self):
        """His own pipe: his nothing stays when the rest is worked out again."""
        one, other = self.rows
        exemption = self._exempt(one, "customer_act")
        self._as("supervisor", exemption).action_approve()
        self.assertOwed(one, 0)
        self.assertOwed(other, 200)
        self.incident._compensate_again()
        self._job()
        self.assertOwed(self.rows, 200)
        self._refuse(exemption)
        self.assertOwed(one, 200)

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
        wizard = self._as("supervisor", self.env["water.exemption.refuse.wizard"]).create(
            {"exemption_ids": exemption.ids, "reason": " "}
        )
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_save()
        wizard.reason = "并无旱情"
        wizard.action_save()
        self.assertEqual((exemption.state, exemption.decision_note), ("refused", "并无旱情"))
        self.assertOwed(self.rows, 400)

    def test_bad_input(self):
        with self.assertRaisesRegex(ValidationError, "from when"):
            self._exempt(self.incident, "severe_weather")
        with self.assertRaisesRegex(ValidationError, "knows no exemption"):
            self._exempt(self.rows[0], "weather_visit")
        exemption = self._exempt(self.rows[0], "customer_act")
        with self.assertRaises(UserError):
            self._as("agent", exemption).state = "approved"
        with self.assertRaises(UserError):
            exemption.unlink()
        self._as("supervisor", exemption).action_approve()
        with self.assertRaisesRegex(UserError, "decided"):
            self._as("agent", exemption).note = "x"

    def test_what_was_refused_stays_refused(self):
        """A compensation that was decided against is not brought back by new facts."""
        trusted(self.rows[0]).state = "refused"
        self.incident.strategic_main = True
        self._job()
        self.assertEqual((self.rows[0].state, self.rows[0].amount), ("refused", 200))
        self.assertEqual(self.rows[1].amount, 50)  # 49.5 h, 48 allowed
