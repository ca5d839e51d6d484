"""A caller whose address is known to be affected: told, counted, on the incident in one step."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
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
        case = acts.case_of(call).sudo()
        self.assertEqual(case.incident_id, incident)
        self.assertIn(incident.subject, case.description)
        self.assertTrue(case.first_contact_at)
        self.assertIn("incident_told", self._kinds(case))
        self.assertEqual(incident.affected_count, 1)
        self.assertIn(case.name, call.confirmation)
        again = self._call(account)
        again.verbatim = "还是没有水"
        again.action_tell_and_register()
        self.assertEqual(acts.case_of(again).verbatim, "还是没有水")
        self.assertEqual(incident.affected_count, 1, "a household counts once")

    def test_where_nothing_goes_on(self):
        elsewhere = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        self._open()
        call = self._call(self._account(2, zone_id=elsewhere.id))
        self.assertFalse(call.incident_id)
        with self.assertRaisesRegex(UserError, "No current outages at this address"):
            call.action_tell_and_register()

    def test_a_caller_without_an_account(self):
        """Found by the zone of the street; told, counted once, and linked to the incident."""
        self._account(4, address="槐荫里 9 号")
        incident = self._open()
        call = self._as("agent", self.env["water.call"]).create(
            {"query": "13900001234", "address": "槐荫里 12 号", "contact_name": "路人"}
        )
        self.assertEqual((call.zone_id, call.incident_id.id), (self.zone, incident.id))
        self.assertTrue(call.alerts)
        call.action_tell_and_register()
        case = acts.case_of(call).sudo()
        self.assertEqual((case.incident_id, case.zone_id), (incident, self.zone))
        self.assertEqual(incident.affected_count, 1)
        self.assertFalse(incident.affected_ids.is_subscribed, "his case brings him the news")

    def test_found_by_the_street_of_the_incident(self):
        """Where no zone is known, the place that the incident names tells."""
        incident = self._open(subject="滨河西街主管爆裂停水")
        calls = self._as("agent", self.env["water.call"])
        call = calls.create({"query": "13900001234", "address": "滨河西街 3 号 2-101"})
        self.assertFalse(call.zone_id)
        self.assertEqual(call.incident_id.id, incident.id)
        elsewhere = calls.create({"query": "13900001234", "address": "滨河东街 3 号"})
        self.assertFalse(elsewhere.incident_id)

    def test_a_chosen_zone_takes_a_complaint_to_its_incident(self):
        incident = self._open()
        call = self._as("agent", self.env["water.call"]).create(
            {
                **{"query": "13900001234", "address": "新小区", "contact_name": "路人"},
                **{"verbatim": "整个小区都没有水", "demand": "恢复供水"},
                **{"category_id": self._category("ot03").id, "zone_id": self.zone.id},
            }
        )
        call.action_register_complaint()
        self.assertEqual(acts.case_of(call).sudo().incident_id, incident)

    def test_second_press_registers_nothing(self):
        account = self._account(3)
        self._open()
        call = self._call(account)
        call.action_tell_and_register()
        with self.assertRaisesRegex(UserError, "registered already"):
            call.action_tell_and_register()

    def test_caller_is_warned_for_every_account(self):
        """Two accounts of one telephone: the incident at one of them is told at once."""
        incident = self._open()
        holder = self._account(5, address="东城路 5 号").partner_id
        holder.phone = "13900007777"
        elsewhere = self.env["water.zone"].create({"code": "T-NC", "name": "南城片区"})
        other = self._account(6, zone_id=elsewhere.id, address="南城街 6 号")
        other.partner_id = holder
        call = self._as("agent", self.env["water.call"]).create({"query": "13900007777"})
        self.assertFalse(call.account_id)
        self.assertIn(incident.subject, call.alerts)
        self.assertEqual(call.incident_id.id, incident.id)
        call.account_id = other
        self.assertIn("东城路 5 号", call.alerts, "the other account is named")
        call.account_id = False
        call.action_tell_and_register()
        self.assertEqual(acts.case_of(call).account_id.address, "东城路 5 号")

    def test_caller_is_warned_for_the_typed_address(self):
        """Also where an account elsewhere is picked."""
        self._account(7, address="槐荫里 9 号")
        incident = self._open()
        elsewhere = self.env["water.zone"].create({"code": "T-NC", "name": "南城片区"})
        call = self._call(self._account(8, zone_id=elsewhere.id, address="南城街 8 号"))
        self.assertFalse(call.incident_id)
        call.address = "槐荫里 12 号"
        self.assertEqual(call.incident_id.id, incident.id)

    def test_told_caller_hears_the_promise_of_the_incident(self):
        account = self._account(9)
        self._open(expected_at=fields.Datetime.now() + timedelta(hours=3))
        call = self._call(account)
        call.action_tell_and_register()
        self.assertIn("We expect the water back by", call.confirmation)
        self.assertNotIn("Our staff will be with you", call.confirmation)
        self.assertNotIn("our answer by", call.confirmation)
