"""The first page: each role's own rows, under its own rights, and figures that add up."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon, WaterPeople
from ...base.trust import trusted
from ..models import water_home_item
from ..models.water_home_item import COUNTED

#: queries of a page without rows; rows add a few for each item
QUERIES = 130


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHome(WaterCommon):
    def _home(self, login):
        home = self._as(login, self.env["water.home.item"]).home()
        return {part["key"]: part for part in home["sections"]}

    def _item(self, section, xmlid):
        wanted = self.env.ref(f"water_service_desk.{xmlid}").id
        return next((item for item in section["items"] if item["id"] == wanted), None)

    def test_roles_have_pages_of_their_own(self):
        for login, section, xmlid in (
            ("agent", "work", "home_inquiry"),
            ("department", "decide", "home_dispatch_new"),
            ("supervisor", "decide", "home_pause"),
            ("quality", "work", "home_callback_all"),
            ("manager", "figure", "home_rate_in_time"),
        ):
            with self.subTest(login=login):
                self.assertTrue(self._item(self._home(login)[section], xmlid))
        self.assertIsNone(self._item(self._home("agent")["decide"], "home_pause"))
        # managers are agents too, but not for their own items
        self.assertIsNone(self._item(self._home("manager")["work"], "home_inquiry"))

    def test_a_row_shows_the_name_of_what_it_points_to(self):
        item = self.env.ref("water_service_desk.home_inquiry")
        item.text_field = "channel_id"
        case = self._inquiry()
        (row,) = self._home("agent")["work"]["rows"]
        self.assertEqual(row["text"], case.channel_id.display_name)

    def test_customers_and_strangers_have_none(self):
        for login in ("portal1", "plain"):
            with self.subTest(login=login), self.assertRaisesRegex(AccessError, "for staff"):
                self._home(login)

    def test_work_is_one_s_own_and_what_is_due_first_comes_first(self):
        late = self._inquiry()
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            later = self._inquiry(subject="后来")
        self._inquiry(login="agent2")
        work = self._home("agent")["work"]
        self.assertEqual([row["id"] for row in work["rows"]], [late.id, later.id])
        self.assertIn("后来", work["rows"][1]["name"])
        self.assertEqual(work["rows"][1]["text"], "", "said once")
        item = self._item(work, "home_inquiry")
        self.assertEqual(item["count"], 2)
        found = self._as("agent", self.env["water.inquiry"]).search(item["domain"])
        self.assertEqual(found, (late | later).with_user(self.users["agent"]))

    def test_one_of_each_kind_has_a_place(self):
        """Sixty small sums would leave no row to a delay that waits for the same person."""
        many = [{"id": number, "due": f"2026-03-11 0{number}:00:00"} for number in range(9)]
        late, never = {"id": 20, "due": "2026-04-01 00:00:00"}, {"id": 21, "due": False}
        rows = water_home_item.shown([many, [], [late, never], [never]])
        self.assertEqual(rows, [*many[: water_home_item.SHOWN - 2], late, never])
        self.assertEqual(
            water_home_item.shown([[never], [late], many[:2]]), [*many[:2], late, never]
        )

    def test_department_accepts_from_the_page(self):
        trusted(self.env["water.dispatch"].search([])).write({"state": "cancelled"})
        case = self._inquiry()
        dispatch = self._dispatch(case, note="先关阀")
        row = self._home("department")["decide"]["rows"][0]
        self.assertEqual((row["model"], row["id"]), ("water.dispatch", dispatch.id))
        self.assertEqual(row["text"], f"{case.subject} · {dispatch.note}")
        getattr(self._as("department", dispatch), row["accept"])()
        self.assertEqual(dispatch.state, "accepted")
        home = self._home("department")
        self.assertEqual(self._item(home["decide"], "home_dispatch_new")["count"], 0)
        self.assertEqual(self._item(home["work"], "home_dispatch_open")["count"], 1)

    def test_others_rows_stay_others(self):
        """Record rules apply, regardless of the item's domain."""
        case = self._inquiry()
        item = self.env.ref("water_service_desk.home_inquiry")
        before = self._as("department2", self.env["water.inquiry"]).search_count([])
        item.domain = "[]"
        item.group_ids = [Command.link(self.env.ref("water_service_desk.group_department").id)]
        item = self._item(self._home("department2")["work"], "home_inquiry")
        self.assertEqual(item["count"], before)
        self._dispatch(case, self.lab)
        item = self._item(self._home("department2")["work"], "home_inquiry")
        self.assertEqual(item["count"], before + 1)

    def test_rate_of_this_month_and_the_last(self):
        """Met in time of all due; nothing due gives no rate."""
        item = self.env.ref("water_service_desk.home_rate_in_time")
        deadlines = self.env["water.deadline"].search([])
        item.domain = str([("state", "in", ("met", "breached")), ("id", "not in", deadlines.ids)])
        empty = self._item(self._home("manager")["figure"], "home_rate_in_time")
        self.assertEqual((empty["month"], empty["last"], empty["is_good"]), (None, None, True))
        case = self._inquiry(answer="答复")
        self._as("agent", case).write({"state": "answered"})
        met = case.deadline_ids.filtered(lambda clock: clock.state == "met")
        self.assertTrue(met)
        with freeze_time(max(met.mapped("due_at"))):  # the day on which the last was due
            figure = self._item(self._home("manager")["figure"], "home_rate_in_time")
        self.assertEqual((figure["month"], figure["last"]), (100.0, None))
        self.assertLessEqual(met, self.env["water.deadline"].search(figure["domain"]))

    def test_solved_of_those_who_were_heard(self):
        """One is solved, one is not, one was not reached: half of two."""
        known = self.env["water.callback"].search([])
        item = self.env.ref("water_service_desk.home_rate_solved")
        item.domain = f"{item.domain[:-1]}, ('id', 'not in', {known.ids})]"
        case = self._inquiry()
        rows = [
            {"inquiry_id": case.id, "state": "done", "outcome": outcome, "due_at": NOW}
            for outcome in ("solved", "not_solved", "unreachable")
        ]
        trusted(self.env["water.callback"]).create(rows)._write({"done_at": NOW})
        figure = self._item(self._home("quality")["figure"], "home_rate_solved")
        self.assertEqual(figure["month"], 50.0)

    def test_items_ask_for_values_that_there_are(self):
        """A state that no record can have is no error, and the figure is a false one."""
        for item in self.env["water.home.item"].with_context(active_test=False).search([]):
            for text in filter(None, (item.domain, item.part_domain)):
                for leaf in Domain(item._evaluated(text)).iter_conditions():
                    field = self.env[item.model]._fields.get(leaf.field_expr)
                    if not field or field.type != "selection" or leaf.operator not in ("=", "in"):
                        continue
                    asked = leaf.value if leaf.operator == "in" else [leaf.value]
                    known = set(field.get_values(self.env)) | {False}
                    self.assertLessEqual(set(asked), known, f"{item.name}: {leaf}")

    def test_load_by_person(self):
        """The supervisor sees each person's workload, late cases and unassigned ones."""
        item = self.env.ref("water_service_desk.home_load_inquiry")
        known = self.env["water.inquiry"].search([]).ids
        item.domain = str([("state", "=", "registered"), ("id", "not in", known)])
        for login in ("agent", "agent", "agent2"):
            self._inquiry(login)
        with freeze_time(fields.Datetime.now() - timedelta(days=20)):
            self._inquiry("agent2")
        trusted(self._inquiry().sudo()).write({"user_id": False, "first_responsible_id": False})
        self.env.flush_all()
        load = self._home("supervisor")["load"]
        self.assertIn(item.id, [one["id"] for one in load["items"]])
        cells = {
            row["id"]: row["cells"][item.id] for row in load["people"] if item.id in row["cells"]
        }
        ids = [self.users[login].id for login in ("agent", "agent2")]
        self.assertEqual(cells[ids[0]], {"open": 2, "late": 0})
        self.assertEqual(cells[ids[1]], {"open": 2, "late": 1})
        self.assertEqual(cells[False]["open"], 1)
        self.assertFalse(load["people"][0]["id"], "what nobody has comes first")
        self.assertEqual(
            self._home("agent")["load"],
            {"key": "load", "rows": [], "items": [], "people": [], "told_at": False},
        )

    def test_months_begin_by_the_company_s_clock(self):
        """Two in the morning of the first is still the month before in UTC."""
        item = self.env.ref("water_service_desk.home_count_inquiry")
        known = self.env["water.inquiry"].search([])
        item.domain = str([("id", "not in", known.ids)])
        with freeze_time("2026-03-31 18:00:00"):  # 1 April, 02:00 in Shanghai
            self._inquiry()
            figure = self._item(self._home("manager")["figure"], "home_count_inquiry")
        self.assertEqual((figure["day"], figure["month"], figure["last"]), (1, 1, 0))

    def test_many_are_counted_up_to_a_bound(self):
        item = self.env.ref("water_service_desk.home_breached")
        item.write({"domain": "[]", "model_id": self.env["ir.model"]._get_id("res.country")})
        item.action_id = self.env.ref("base.action_country")
        told = self._item(self._home("manager")["watch"], "home_breached")
        self.assertEqual(told["count"], COUNTED)

    def test_watched_data_is_counted_not_read(self):
        """The newest rows of millions take long to find, and the page shows none of them."""
        item = self.env.ref("water_service_desk.home_breached").with_user(self.users["manager"])
        with patch.object(self.registry["water.deadline"], "search", side_effect=AssertionError):
            told, rows = item.sudo()._told()
        self.assertEqual((told["id"], rows), (item.id, []))

    def test_queries_do_not_grow(self):
        self._home("agent")
        for _number in range(30):
            self._inquiry()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=QUERIES):
            self._home("agent")

    def test_number_of_the_systray(self):
        """The number of waiting items on the page; none for customers and strangers."""
        trusted(self.env["water.dispatch"].search([])).write({"state": "cancelled"})
        items = self._as("department", self.env["water.home.item"])
        self.assertEqual(items.waiting(), 0)
        dispatch = self._dispatch(self._inquiry())
        self.assertEqual(items.waiting(), 1)
        self._as("department", dispatch).action_accept()
        self.assertEqual(items.waiting(), 0)
        with self.assertRaises(AccessError):
            self._as("portal1", self.env["water.home.item"]).waiting()

    def test_new_staff_are_told_in_the_application(self):
        """Others are not, nor people who chose mail."""
        group = self.env.ref("water_service_desk.group_agent")
        plain = self.env.ref("base.group_user")
        values = [
            {"login": f"w{n}", "name": "新人", "group_ids": [Command.set(groups.ids)], **more}
            for n, (groups, more) in enumerate(
                ((group, {}), (group, {"notification_type": "email"}), (plain, {}))
            )
        ]
        users = self.env["res.users"].create(values)
        self.assertEqual(users.mapped("notification_type"), ["inbox", "email", "email"])

    def test_a_case_is_found_by_its_number(self):
        case = self._inquiry()
        items = self._as("agent", self.env["water.home.item"])
        action = items.find_case(f" {case.name.lower()} ")
        self.assertEqual((action["res_model"], action["res_id"]), ("water.inquiry", case.id))
        for text in ("", None, "ZX000000-00000", "13812345678"):
            self.assertFalse(items.find_case(text))
        department = self._as("department2", self.env["water.home.item"])
        self.assertFalse(department.find_case(case.name), "it is not his")

    def test_nonsense_is_refused(self):
        item = self._as("manager", self.env.ref("water_service_desk.home_inquiry"))
        for values, words in (
            ({"domain": "[('no_such', '=', 1)]"}, "no_such"),
            ({"domain": "[('state', "}, "cannot be searched by"),
            ({"domain": "__import__('os')"}, "cannot be searched by"),
            ({"part_domain": "[1]"}, "cannot be searched by"),
            ({"domain": "[('create_uid.password', '=', 'x')]"}, "cannot be searched by"),
            ({"due_field": "no_such"}, "no_such"),
            ({"person_field": "no_such"}, "no_such"),
            ({"accept_method": "unlink"}, "unlink"),
            ({"accept_method": "action_no_such"}, "action_no_such"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, words):
                item.write(values)


@tagged("post_install", "-at_install")
class TestHomePage(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_all_roles_land_there(self):
        """The page shows due work and opens it; the box finds a case by its number."""
        case = self._inquiry(subject="水表倒转")
        self.start_tour("/odoo", "water_home_tour", login="water_agent", step_delay=0)
        self.assertTrue(case.exists())

    def test_first_steps(self):
        """Each role gets a tour of its own pages, once; nothing is registered."""
        cases = self.env["water.inquiry"].search_count([])
        tours = self.env["web_tour.tour"]
        for login in ("agent", "department", "supervisor"):
            name = f"water_{login}_first_steps"
            self.assertEqual(self._as(login, tours)._water_next()["name"], name)
            self.start_tour("/odoo/water-home", name, login=f"water_{login}", step_delay=0)
            self.users[login].tour_enabled = True
            self.assertFalse(self._as(login, tours).consume(name))
            self.assertFalse(self.users[login].tour_enabled)
        self.assertFalse(self._as("department", tours)._water_next())
        self.assertEqual(self.env["water.inquiry"].search_count([]), cases)
