from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestIncidentMakers(IncidentCommon):
    """Users who enter facts of an incident are recorded; they cannot decide on its money."""

    def _new(self, login="supervisor", **values):
        values = {
            "subject": "爆管",
            "zone_ids": self.zone.ids,
            "kind_id": self._kind("quality").id,
            **values,
        }
        return self._as(login, self.incidents).create(values).with_env(self.env)

    def _makers(self, incident):
        return [login for login, user in self.users.items() if user in incident.maker_ids]

    def test_each_fact_makes_a_maker(self):
        """Fields of place, subject, times and commander only."""
        other = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        for values, makes in (
            ({"zone_ids": [fields.Command.link(other.id)]}, True),
            ({"account_ids": self._account(1).ids}, True),
            ({"kind_id": self._kind("pressure").id}, True),
            ({"kind_id": self._kind("pressure").id}, True),
            ({"kind_id": self._kind("planned").id}, True),
            ({"strategic_main": True}, True),
            ({"aware_at": local("2026-03-11 07:00")}, True),
            ({"announced_end_at": local("2026-03-12 07:00")}, True),
            ({"notice_given_at": local("2026-03-11 07:00")}, True),
            ({"quality_from": local("2026-03-11 07:00")}, True),
            ({"quality_from": local("2026-03-11 07:00"), "quality_notice": "boil"}, True),
            ({"quality_until": local("2026-03-11 07:30")}, True),
            ({"manager_id": self.users["agent"].id}, True),
            ({"department_id": self.net.id}, True),
            ({"subject": "爆管停水", "address": "东城路", "cause": "施工"}, False),
            ({"households": 7, "businesses": 2, "level": "3"}, False),
            ({"zone_ids": self.zone.ids, "kind_id": self._kind("quality").id}, False),  # as it was
        ):
            incident = self._new()
            self.assertEqual(self._makers(incident), ["supervisor"])
            self._as("manager", incident).write(values)
            with self.subTest(values):
                found = ["supervisor", "manager"] if makes else ["supervisor"]
                self.assertEqual(self._makers(incident), found)

    def test_the_notice_about_the_water_alone(self):
        """Graver or lighter, its beginning stays: that is a fact by itself."""
        notice = {"quality_from": local("2026-03-11 07:00"), "quality_notice": "boil"}
        incident = self._new(**notice)
        told = {"quality_notice": "drink"}
        self.assertIs(self._as("manager", incident).write(told), True)
        self.assertEqual(self._makers(incident), ["supervisor", "manager"])

    def test_steps_make_facts(self):
        """Users who start it or enter its end."""
        incident = self._new()
        self._as("agent", incident).action_start()
        self.assertEqual(self._makers(incident), ["agent", "supervisor"])
        acts.restore(self._as("manager", incident), incident.aware_at, "水质合格。")
        self.assertEqual(self._makers(incident), ["agent", "supervisor", "manager"])

    def test_system_acts_without_person(self):
        incident = self.incidents.create({"subject": "爆管", "zone_ids": self.zone.ids})
        incident.strategic_main = True
        self.assertFalse(incident.maker_ids)

    def test_beginning_set_back(self):
        """The maximum, and by whom; values entered as known are not reset."""
        incident = self._new()
        self.assertEqual((incident.set_back_minutes, incident.set_back_by_ids.ids), (0, []))
        incident = self._new(aware_at=local("2026-03-11 07:00"))
        self.assertEqual(incident.set_back_minutes, 60)
        self.assertEqual(incident.set_back_by_ids, self.users["supervisor"])
        with self._at("2026-03-11 09:00"):
            self._as("agent", incident).strategic_main = True  # without a time
            self._as("agent2", incident).aware_at = local("2026-03-11 09:00")  # that is now
        self.assertEqual(incident.set_back_minutes, 60)
        self.assertEqual(incident.set_back_by_ids, self.users["supervisor"])
        with self._at("2026-03-11 09:30"):
            self._as("manager", incident).aware_at = local("2026-03-11 08:59")
            self.assertEqual(incident.set_back_minutes, 60)  # 31 min: the most is kept
            self._as("manager", incident).aware_at = local("2026-03-11 06:30")
        self.assertEqual(incident.set_back_minutes, 180)
        people = self.users["supervisor"] | self.users["manager"]
        self.assertEqual(incident.set_back_by_ids, people)
