from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local
from ...request.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestQueue(RequestCommon):
    """Unassigned cases go to present, qualified people with the least work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.users["agent"] | cls.users["agent2"]
        flags = {"for_inquiry": True, "for_request": True}
        cls.family = cls.env["water.category"].create({"name": "族", "code": "TQ", **flags})
        cls.mine = cls.family.create(
            {"name": "类", "code": "TQ01", "parent_id": cls.family.id, **flags}
        )
        cls.queue = cls.env["water.queue"].create(
            {"name": "咨询", "member_ids": people.ids, "category_ids": cls.family.ids}
        )

    def _filed(self, number=1, make=None, **values):
        values = {"category_id": self.mine.id, **values}
        cases = [(make or self._inquiry)("su", **values) for _index in range(number)]
        return cases[0].union(*cases)

    def _run(self):
        cron = self.env.ref("water_service_desk.ir_cron_allocate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_balanced_by_open_load(self):
        self._inquiry()  # one already in the hands of the first
        cases = self._filed(5)
        self.assertEqual(self.queue.waiting_count, 5)
        self._run()
        mine = cases.filtered(lambda case: case.user_id == self.users["agent"])
        self.assertEqual((len(mine), len(cases - mine)), (2, 3))
        case = cases[0]
        self.assertEqual(case.first_responsible_id, case.user_id)
        self.assertEqual(case.original_responsible_id, case.user_id)
        self.assertEqual(self._kinds(case)[-1], "allocated")
        self.assertWhole(cases)
        self._run()
        self.assertEqual(self.queue.waiting_count, 0)

    def test_absent_person_gets_nothing(self):
        """Time off of Odoo's own; outside of working time the cases wait."""
        resource = self.env["resource.resource"].create(
            {
                "name": "agent",
                "user_id": self.users["agent"].id,
                "calendar_id": self.company.water_calendar_id.id,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "病假",
                "resource_id": resource.id,
                "date_from": local("2026-03-11 08:00"),
                "date_to": local("2026-03-11 18:00"),
            }
        )
        cases = self._filed(2)
        self._run()
        self.assertEqual(cases.user_id, self.users["agent2"])
        late = self._filed()
        with freeze_time("2026-03-11 16:00:00"):
            self._run()
        self.assertFalse(late.user_id)

    def test_roster_goes_before_working_time(self):
        shift = {"queue_id": self.queue.id, "user_id": self.users["agent2"].id}
        shifts = self._as("supervisor", self.env["water.shift"])
        shifts.create(
            {**shift, "begin_at": local("2026-03-11 08:00"), "end_at": local("2026-03-11 20:00")}
        )
        cases = self._filed(2)
        self._run()
        self.assertEqual(cases.user_id, self.users["agent2"])
        with freeze_time(local("2026-03-11 19:00")):
            late = self._filed()
            self._run()
        self.assertEqual(late.user_id, self.users["agent2"])
        with self.assertRaises(ValidationError):
            shifts.create(
                {
                    **shift,
                    "begin_at": local("2026-03-11 08:00"),
                    "end_at": local("2026-03-11 08:00"),
                }
            )
        with self.assertRaises(AccessError):
            self._as("agent", self.env["water.shift"]).create(dict(shift))

    def test_skill_and_which_queue(self):
        """The skill that the category insists on; another queue's cases are left alone."""
        skill = self.env["water.skill"].search([], limit=1)
        self.mine.write({"skill_id": skill.id, "skill_rule": "block"})
        repair = self._filed(make=self._repair)
        self._run()
        self.assertFalse(repair.user_id)
        self.env["water.skill.user"].create(
            {"user_id": self.users["agent2"].id, "skill_id": skill.id, "exam_on": "2026-01-01"}
        )
        self._run()
        self.assertEqual(repair.user_id, self.users["agent2"])
        first = self.queue.create(
            {
                "name": "报修",
                "sequence": 1,
                "kind": "water.request",
                "category_ids": self.mine.ids,
                "member_ids": self.users["supervisor"].ids,
            }
        )
        other = self._filed(make=self._repair)
        self.assertEqual((first.waiting_count, self.queue.waiting_count), (1, 0))
        self.assertEqual(self.queue._first_for(other), first)

    def test_at_most_so_many(self):
        self.queue.most = 1
        cases = self._filed(3)
        self._run()
        self.assertEqual(len(cases.filtered("user_id")), 2)

    def test_zone_before_category(self):
        zone = self.env["water.zone"].create(
            {"name": "东", "code": "E9", "department_id": self.lab.id}
        )
        category = self._category("lk03")
        case = self._repair(zone_id=zone.id)
        self.assertEqual(case._proposed_department(), category.department_id)
        category.parent_id.by_zone = True
        self.assertEqual(case._proposed_department(), self.lab)
        about = {"active_model": case._name, "active_ids": case.ids}
        dialog = (
            self._as("agent", self.env["water.dispatch.wizard"]).with_context(**about).create({})
        )
        self.assertEqual(dialog.department_id, self.lab)
        case.zone_id = False
        self.assertEqual(case._proposed_department(), category.department_id)

    def test_a_closed_station(self):
        """Its zones go to the category's own department, and supervisors hear of it: an emergency
        was sent nowhere, and could not be filed at any door.
        """
        station = self.env["water.department"].create({"name": "东城站", "code": "T-DC"})
        zone = self.env["water.zone"].create(
            {"name": "东城片区", "code": "E9", "department_id": station.id}
        )
        category = self._category("lk03")
        category.parent_id.by_zone = True
        station.active = False
        message = self.env["mail.message"].search(
            [("subject", "like", "cases are still led there")]
        )
        self.assertIn("东城片区", message.body)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)
        for login in ("agent", "su"):
            case = self._repair(login, zone_id=zone.id, severity="emergency")
            self.assertEqual(case._proposed_department(), category.department_id)
            self.assertEqual(self._lead(case).department_id, category.department_id)
