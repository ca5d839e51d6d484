from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local

CHILDREN = ("water.deadline", "water.case.event", "water.dispatch", "water.notice")


@tagged("post_install", "-at_install")
class TestMultiCompany(ComplaintCommon):
    """Two companies on one database keep their cases, people and limits apart."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls._new_user(
            "both",
            "base.group_user,water_service_desk.group_agent",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.company2).ids)],
        )

    def test_foreign_manager(self):
        """Managers of two companies see nothing of each other's."""
        ours = self._complaint_at("notified") | self._complaint()
        theirs = self._complaint("foreign")
        self.assertEqual(theirs.company_id, self.company2)
        for login, hidden in (("foreign", ours), ("manager", theirs)):
            mine = self._as(login, hidden)
            self.assertFalse(mine.search([("id", "in", hidden.ids)]))
            with self.assertRaises(AccessError):
                mine.read(["subject"])
            with self.assertRaises(AccessError):
                mine[:1].write({"subject": "x"})
        for model in CHILDREN:
            rows = self.env[model].sudo().search([("complaint_id", "in", ours.ids)])
            self.assertTrue(rows, model)
            self.assertFalse(self._as("foreign", rows).search([("id", "in", rows.ids)]), model)
            with self.assertRaises(AccessError):
                self._as("foreign", rows).read(["id", "display_name"])

    def test_inquiries_too(self):
        """The same holds for inquiries and what belongs to them."""
        ours = self._inquiry()
        self._dispatch(ours)
        ours._schedule_callback()
        for rows in (ours, ours.deadline_ids, ours.event_ids, ours.dispatch_ids, ours.callback_ids):
            with self.subTest(model=rows._name), self.assertRaises(AccessError):
                self._as("foreign", rows).read(["id", "display_name"])

    def test_both(self):
        ours, theirs = self._complaint(), self._complaint("foreign")
        mine = self.env["water.complaint"].with_user(self.both)
        domain = [("id", "in", (ours | theirs).ids)]
        switched = mine.with_context(allowed_company_ids=(self.company2.id,))
        self.assertEqual(switched.search(domain), theirs)
        together = mine.with_context(allowed_company_ids=(self.company | self.company2).ids)
        self.assertEqual(together.search(domain), ours | theirs)

    def test_foreign_company_in_the_context(self):
        theirs = self._complaint("foreign")
        mine = self._as("manager", theirs).with_context(allowed_company_ids=self.company2.ids)
        with self.assertRaises(AccessError):
            mine.read(["subject"])
        with self.assertRaises(AccessError):
            mine.search([])

    def test_shared_by_another_company(self):
        """All use it; only its own managers and administrators change it."""
        words = self._as("manager", self.env["water.emergency.word"])
        shared = words.create({"name": "管沟塌陷"})
        self.assertFalse(shared.company_id)
        theirs = self._as("foreign", shared)
        self.assertTrue(theirs.read(["name"]))
        for change in (lambda: theirs.write({"active": False}), theirs.unlink):
            with self.assertRaisesRegex(AccessError, "Another company shares this"):
                change()
        self.assertTrue(shared.active)
        shared.write({"name": "管沟下沉"})
        self.users["foreign"].company_ids += self.company
        theirs.write({"name": "路面下沉"})
        self.users["foreign"].company_ids -= self.company
        self.users["foreign"].group_ids += self.env.ref("base.group_system")
        theirs.write({"name": "路面塌陷"})

    def test_company_does_not_change(self):
        """A registered case stays with its company."""
        case = self._complaint()
        for login in ("agent", "manager"):
            with self.subTest(login=login), self.assertRefused("kept by the system", case):
                self._as(login, case).company_id = self.company2

    def test_create_elsewhere(self):
        """Cases can only be registered for the user's own company."""
        with self.assertRaises(AccessError):
            self._complaint("agent", company_id=self.company2.id)

    def test_own_calendar(self):
        """Each company's clocks run in its own office hours."""
        hours = [
            Command.create({"name": day, "dayofweek": day, "hour_from": 9.0, "hour_to": 16.0})
            for day in "0123456"
        ]
        self.company2.water_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Every day",
                "tz": "Asia/Shanghai",
                "company_id": self.company2.id,
                "attendance_ids": [Command.clear(), *hours],
            }
        )
        received = {"received_at": local("2026-03-06 10:00"), "occurred_at": False}
        ours, theirs = self._complaint(**received), self._complaint("foreign", **received)
        self.assertLocal(self._clock(ours, "close").due_at, "2026-03-13 17:30")
        self.assertLocal(self._clock(theirs, "close").due_at, "2026-03-11 16:00")
        batch = self.env["water.complaint"].create(
            [
                self._complaint_values(**received, company_id=company.id)
                for company in (self.company2, self.company)
            ]
        )
        dues = [self._clock(case, "close").due_at for case in batch]
        self.assertEqual(dues, [local("2026-03-11 16:00"), local("2026-03-13 17:30")])

    def test_own_standard(self):
        """A standard of one company is not that of the other."""
        self._new_standard(
            "T-SECOND",
            {"amount": 1, "unit": "hour"},
            model="water.complaint",
            category_id=self._category("bl02").id,
            company_id=self.company2.id,
            valid_from="2026-01-01",
        )
        self.assertLocal(self._clock(self._complaint(), "close").due_at, "2026-03-18 17:30")
        self.assertLocal(
            self._clock(self._complaint("foreign"), "close").due_at, "2026-03-11 11:00"
        )

    def test_master_data(self):
        """Departments, zones and standards of a company are its own; common ones are shared."""
        clocks = [(0, 0, {"kind": "close", "amount": 1})]
        for model, values in (
            ("water.department", {}),
            ("water.zone", {}),
            ("water.standard", {"case_model": "water.inquiry", "line_ids": clocks}),
        ):
            values = {"name": "T", "code": "T-C2", "company_id": self.company2.id, **values}
            theirs = self.env[model].create(values)
            common = self.env[model].create({**values, "code": "T-ALL", "company_id": False})
            both = theirs | common
            domain = [("id", "in", both.ids)]
            with self.subTest(model=model):
                self.assertEqual(self._as("manager", both).search(domain), common)
                self.assertEqual(self._as("foreign", both).search(domain), both)

    def test_department_of_another_company(self):
        theirs = self.env["water.department"].create(
            {"name": "T", "code": "T-C2", "company_id": self.company2.id}
        )
        case = self._complaint()
        acts.readback(self._as("agent", case))
        with self.assertRefused("refers to a record you cannot see", case):
            acts.dispatch(self._as("agent", case), theirs)

    @mute_logger("odoo.sql_db")
    def test_account_numbers(self):
        """Two companies may use the same account number; one company may not twice."""
        values = {"code": "T-1", "partner_id": self.customer.id, "address": "东城路8号"}
        accounts = self.env["water.account"]
        accounts.create([values, {**values, "company_id": self.company2.id}])
        with self.assertRaises(Exception) as caught:
            accounts.create(values)
        self.assertIn("water_account", str(caught.exception))
