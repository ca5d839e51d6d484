"""A caller whose address is known to be affected: told, counted, on the incident in one step."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from ...incident.tests.common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallIncident(IncidentCommon):
    def _call(self, account):
        return self._as("agent", self.env["water.call"]).create({"query": account.code})

    def test_told_and_registered(self):
        account, incident = self._account(1), self._open()
        call = self._call(account)
        self.assertEqual(call.incident_id.id, incident.id)
        call.action_tell_and_register()
        case = call._case().sudo()
        self.assertEqual(case.incident_id, incident)
        self.assertIn(incident.subject, case.description)
        self.assertTrue(case.first_contact_at)
        self.assertIn("incident_told", self._kinds(case))
        self.assertEqual(incident.affected_count, 1)
        self.assertIn(case.name, call.confirmation)
        again = self._call(account)
        again.verbatim = "还是没有水"
        again.action_tell_and_register()
        self.assertEqual(again._case().verbatim, "还是没有水")
        self.assertEqual(incident.affected_count, 1, "a household counts once")

    def test_where_nothing_goes_on(self):
        elsewhere = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        self._open()
        call = self._call(self._account(2, zone_id=elsewhere.id))
        self.assertFalse(call.incident_id)
        with self.assertRaisesRegex(UserError, "Nothing goes on"):
            call.action_tell_and_register()

    def test_second_press_registers_nothing(self):
        account = self._account(3)
        self._open()
        call = self._call(account)
        call.action_tell_and_register()
        with self.assertRaisesRegex(UserError, "registered already"):
            call.action_tell_and_register()
