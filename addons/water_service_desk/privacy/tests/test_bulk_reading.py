import warnings
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBulkReading(WaterCommon):
    """Much that is read bit by bit is kept like much that is read at once (S2.2.4)."""

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

    def _forget(self):
        self.newest = self.log.search([], limit=1).id or 0
        trusted(self.env["water.privacy.seen"].sudo()).search([]).unlink()

    def _who_sign_in(self):
        """Customers who sign in."""
        portal = [Command.set(self.env.ref("base.group_portal").ids)]
        people = [
            {"login": f"k{one.id}@example.com", "partner_id": one.id, "group_ids": portal}
            for one in self.people
        ]
        quiet = self.env["res.users"].with_context(no_reset_password=True)
        return quiet.create(people)

    def _followers(self):
        """Customers who follow one case, as an agent reads them."""
        self.cases[:1].message_subscribe(self.people.ids)
        return self._as("agent", self.cases[:1].message_follower_ids)

    def test_all_ways(self):
        """Pages, groups, names that complete, filters of a panel: each customer counts once."""
        cases = self._as("agent", self.cases)
        here = [("id", "in", cases.ids)]
        people = cases.partner_id
        ways = {
            "pages": lambda: [cases[n : n + 5].read(["phone"]) for n in range(0, 25, 5)],
            "one by one": lambda: [case.web_read({"contact_name": {}}) for case in cases],
            "groups": lambda: cases.formatted_read_group(here, ["phone"], ["__count"]),
            "by link": lambda: cases.formatted_read_group(here, ["partner_id"], ["__count"]),
            "board": lambda: cases.web_read_group(
                here, ["state"], auto_unfold=True, unfold_read_specification={"phone": {}}
            ),
            "pivot": lambda: cases.formatted_read_grouping_sets(here, [["contact_name"]]),
            "values": lambda: cases.formatted_read_group(here, [], ["phone:array_agg"]),
            "bar": lambda: cases.read_progress_bar(
                here, "phone", {"field": "state", "colors": {self.cases[0].state: "info"}}
            ),
            "old groups": lambda: cases.read_group(here, ["phone"], ["phone"]),
            "names": lambda: people.name_search("客户", [("id", "in", people.ids)], limit=100),
            "panel": lambda: cases.search_panel_select_range("partner_id", search_domain=here),
        }
        self._try(ways)

    def test_ways_behind(self):
        """Values without groups, names in links, what a new case takes over, users, followers."""
        cases, people = self._as("agent", self.cases), self.people
        here, empty = [("id", "in", cases.ids)], cases.browse()
        logins, followers = self._as("agent", self._who_sign_in()), self._followers()
        ways = {
            "old values": lambda: cases.read_group(here, ["phone:array_agg"], []),
            "under a name": lambda: cases.read_group(here, ["x:array_agg(phone)"], ["state"]),
            "links": lambda: cases.read(["partner_id"]),
            "new cases": lambda: [
                empty.onchange({"partner_id": one.id}, ["partner_id"], {"phone": {}})
                for one in people
            ],
            "their logins": lambda: logins.read(["login"]),
            "as users": lambda: logins.read(["phone"]),
            "who follows": lambda: followers.read(["email"]),
            "copies": lambda: cases.partner_id.copy_data(),
            "mentions": lambda: cases.partner_id.get_mention_suggestions("客户", limit=100),
        }
        self._try(ways)

    def test_printed(self):
        """On paper, or on the page that Odoo makes of it."""
        arch = """<t t-name="water_service_desk.cards">
            <p t-foreach="docs" t-as="doc" t-field="doc.contact_name" /></t>"""
        values = {"name": "x", "type": "qweb", "key": "water_service_desk.cards", "arch": arch}
        self.env["ir.ui.view"].create(values)
        report = self.env["ir.actions.report"].create(
            {
                "name": "x",
                "model": "water.inquiry",
                "report_type": "qweb-html",
                "report_name": "water_service_desk.cards",
            }
        )
        reports, cases = self._as("agent", self.env["ir.actions.report"]), self.cases
        self._try({"pages": lambda: reports._render_qweb_html(report.report_name, cases.ids)})

    def test_what_is_no_record(self):
        """Numbers that no record can have, and groups of none, are shown to nobody."""
        seen = self._as("agent", self.env["water.privacy.seen"])
        for keys in ([2**63], [2**31, False], [-(2**40)], [False], [""], [None]):
            with self.subTest(keys=keys):
                seen._note("water.inquiry", keys, ["phone"])
        self.assertFalse(seen.sudo().search_count([("user_id", "=", self.users["agent"].id)]))

    def _try(self, ways):
        """Each way is kept once, however often it is gone."""
        for way, read in ways.items():
            with self.subTest(way=way), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                self._forget()
                read()
                read()
                row = self._new()
                self.assertEqual((row.kind, row.row_count > 20, row.is_large), ("read", True, True))
                self.assertEqual(row.user_id, self.users["agent"])

    def test_little_is_no_matter(self):
        """The same few over and over are few; colleagues are no customers; an hour goes by."""
        cases = self._as("agent", self.cases)
        for _time in range(10):
            cases[:15].read(["phone"])
        staff = self.env["res.users"].search([("share", "=", False)]).partner_id
        self._as("agent", staff).read(["name", "phone"])
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(hours=1, seconds=1)):
            cases[15:].read(["phone"])
        self.assertFalse(self._new())

    def test_again_at_each_further_limit(self):
        """Whoever goes on is kept again, not with every page."""
        self.company.water_export_limit = 10
        cases = self._as("agent", self.cases)
        for number in range(25):
            cases[number].read(["phone"])
        self.assertEqual(self._new().mapped("row_count"), [21, 11])

    def test_off(self):
        """0 keeps nothing."""
        self.company.water_export_limit = 0
        self._as("agent", self.cases).read(["phone"])
        self.assertFalse(self._new())

    def test_whoever_has_no_part_in_the_service(self):
        """A salesman's ordinary contacts are nobody's matter; customers of the service are."""
        salesman = new_test_user(self.env, "salesman", "base.group_user")
        people = self.env["res.partner"].create([{"name": f"买家{n}"} for n in range(25)])
        people.with_user(salesman).read(["name", "phone"])
        self.assertFalse(self._new())
        self.people.user_id = salesman
        self.people.with_user(salesman).read(["name", "phone"])
        self.assertRecordValues(self._new(), [{"row_count": 25, "user_id": salesman.id}])

    def test_rows_go_after_the_hour(self):
        """Who has seen whom is not kept for longer than it counts."""
        self._as("agent", self.cases).read(["phone"])
        seen, mine = (
            self.env["water.privacy.seen"].sudo(),
            [("user_id", "=", self.users["agent"].id)],
        )
        self.assertEqual(seen.search_count(mine), 25)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(hours=1)):
            seen._gc_seen()
        self.assertFalse(seen.search_count(mine))

    def test_opening_is_kept(self):
        """Who opens a case stands in the log, once within the hour; lists leave no row."""
        form = {"description": {}, "event_ids": {}, "contact_masked": {}}
        case = self._as("department", self.cases[0])
        self._dispatch(self.cases[0])
        self._forget()
        for _again in range(2):
            case.web_read(form)
        self._as("agent", self.cases).web_read(form)
        self._as("agent", self.cases[0]).web_read({"description": {}})
        row = self._new()
        self.assertEqual((row.kind, row.user_id), ("open", self.users["department"]))
        self.assertEqual((row.inquiry_id, row.record_name), (self.cases[0], self.cases[0].name))
        with freeze_time("2026-03-11 03:30:00"):
            case.web_read(form)
        self.assertEqual(len(self._new()), 2)
