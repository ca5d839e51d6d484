from odoo.tests import new_test_user, tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBulkReading(WaterCommon):
    """Large reads and opened cases are logged (S2.2.4)."""

    def setUp(self):
        super().setUp()
        self.company.water_export_limit = 20
        self.people = self.env["res.partner"].create(
            [{"name": f"客户{number}", "phone": f"1390000{number:04}"} for number in range(25)]
        )
        rows = [self._inquiry_values(partner_id=person.id) for person in self.people]
        self.cases = self.env["water.inquiry"].create(rows)
        self.log = self.env["water.privacy.log"]
        self.newest = self.log.search([], limit=1).id or 0

    def _new(self):
        return self.log.search([("id", ">", self.newest)])

    def test_read_above_limit_is_logged_and_quality_notified(self):
        cases = self._as("agent", self.cases)
        here = [("id", "in", cases.ids)]
        ways = {
            "read": lambda: cases.read(["phone"]),
            "search_read": lambda: cases.search_read(here, ["phone"]),
            "web_read": lambda: cases.web_read({"contact_name": {}}),
            "web_search_read": lambda: cases.web_search_read(here, {"phone": {}}),
        }
        for way, read in ways.items():
            with self.subTest(way=way):
                self.newest = self.log.search([], limit=1).id or 0
                read()
                row = self._new()
                self.assertEqual((row.kind, row.row_count, row.is_large), ("read", 25, True))
                self.assertEqual(row.user_id, self.users["agent"])

    def test_read_of_pages_or_of_other_facts_is_not_logged(self):
        cases = self._as("agent", self.cases)
        cases[:20].read(["phone"])
        cases.read(["subject", "state"])
        staff = self.env["res.users"].search([("share", "=", False)]).partner_id
        self._as("agent", staff).read(["name", "phone"])
        self.assertFalse(self._new())

    def test_limit_of_zero_logs_nothing(self):
        self.company.water_export_limit = 0
        self._as("agent", self.cases).read(["phone"])
        self.assertFalse(self._new())

    def test_reader_outside_the_service_is_logged_for_its_customers_alone(self):
        salesman = new_test_user(self.env, "salesman", "base.group_user")
        people = self.env["res.partner"].create([{"name": f"买家{n}"} for n in range(25)])
        people.with_user(salesman).read(["name", "phone"])
        self.assertFalse(self._new())
        self.people.user_id = salesman
        self.people.with_user(salesman).read(["name", "phone"])
        self.assertRecordValues(self._new(), [{"row_count": 25, "user_id": salesman.id}])

    def test_opening_is_kept(self):
        """Opening a case is logged, once an hour; lists are not."""
        form = {"description": {}, "event_ids": {}, "contact_masked": {}}
        case = self._as("department", self.cases[0])
        self._dispatch(self.cases[0])
        self.newest = self.log.search([], limit=1).id or 0
        for _again in range(2):
            case.web_read(form)
        self._as("agent", self.cases[:5]).web_read(form)
        self._as("agent", self.cases[0]).web_read({"description": {}})
        row = self._new()
        self.assertEqual((row.kind, row.user_id), ("open", self.users["department"]))
        self.assertEqual((row.inquiry_id, row.record_name), (self.cases[0], self.cases[0].name))
        with freeze_time("2026-03-11 03:30:00"):
            case.web_read(form)
        self.assertEqual(len(self._new()), 2)
