from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests.common import ComplaintCommon

OTHERS = "another person handles it"


@tagged("post_install", "-at_install")
class TestOwnMatter(ComplaintCommon):
    """Staff have no part in their own cases as customers."""

    def _partner(self, login):
        return self.users[login].partner_id

    def _account_of(self, person, code):
        values = {"code": code, "address": "东城路9号", "partner_id": person.id}
        return self.env["water.account"].create(values)

    def assertKeptOut(self, login, case):
        mine = self._as(login, case)
        here = [("id", "=", case.id)]
        self.assertFalse(mine.search(here), login)
        rows = mine.env["water.deadline"]
        if rows.has_access("read"):
            self.assertFalse(rows.search([("complaint_id", "=", case.id)]))
        for act in (
            lambda: mine.read(["person_complained_id"]),
            mine.action_pause,
            lambda: mine.write({"state": "archived"}),
            lambda: mine.check_access("write"),
            lambda: mine._check_investigator(),
            mine.action_archive_case,
        ):
            with self.assertRaisesRegex(AccessError, "own matter"):
                act()

    def test_nothing_of_it_is_his(self):
        """For each relation to a case; the same people see other cases."""
        person = self._partner("supervisor")
        mine = {"partner_id": person.id}
        account = {"account_id": self._account_of(person, "7001").id}
        speaks = {"is_represented": True, "representative_id": person.id}
        speaks |= {"representative_relation": "家属", "representative_authority": "委托书"}
        for values in (mine, account, {**speaks, "representative_name": person.name}):
            case = self._complaint_at("handling", **values)
            with self.subTest(values=values):
                self.assertKeptOut("supervisor", case)
        other = self._complaint_at("handling")
        self.assertTrue(self._as("supervisor", other).search([("id", "=", other.id)]))
        for login in ("manager", "quality", "department"):
            case = self._complaint_at("handling", department=self.lab)
            case.partner_id = self._partner(login)
            with self.subTest(login=login):
                self.assertKeptOut(login, case)

    def test_nothing_that_names_it_is_his(self):
        """Whether by its own link or by that of the row that it belongs to, required or not."""
        him = self.users["manager"]
        rules = self.env["ir.rule"].with_user(him)
        names = [name for name in self.env if "complaint_id" in self.env[name]._fields]
        names += ["water.deadline.pause", "water.callback.answer", "water.request.step"]
        # models of other addons, if these are installed
        more = ("water.leak.usage", "water.problem", "water.improvement", "water.inspection.line")
        names += [name for name in more if name in self.env]
        closed = [name for name in names if not self.env[name]._abstract]
        closed = [name for name in closed if name.startswith("water.")]
        self.assertGreater(len(closed), 30)
        for is_his in (False, True):
            if is_his:
                self._complaint(partner_id=him.partner_id.id)
            for name in closed:
                with self.subTest(name, is_his=is_his):
                    asked = str(rules._compute_domain(name))
                    self.assertEqual("is_own_matter" in asked, is_his)
        # an invoice that compensates is the accountants'
        self.assertNotIn("is_own_matter", str(rules._compute_domain("account.move")))

    def test_he_is_given_none_of_it(self):
        """Neither handed over, nor as a deputy, nor found out by who writes it down."""
        him = self.users["agent2"]
        case = self._complaint(partner_id=him.partner_id.id)
        desk = self._as("supervisor", case)
        with self.assertRaisesRegex(UserError, OTHERS):
            acts.hand_over(desk, him, "换人")
        with self.assertRaisesRegex(UserError, OTHERS):
            acts.appoint_deputy(desk, him, self._later(days=2), "休假")
        with self.assertRefused(OTHERS, case):
            desk.user_id = him
        his = self._complaint("agent2")
        with self.assertRefused(OTHERS, his):
            self._as("supervisor", his).partner_id = him.partner_id
        acts.hand_over(self._as("supervisor", his), self.users["agent"], "客户为本人")
        self._as("supervisor", his).partner_id = him.partner_id

    def test_queue_chooses_another_person(self):
        """It waits as long as no one else is available."""
        him, other = self.users["agent"], self.users["agent2"]
        queue = self.env["water.queue"].create({"name": "全部", "member_ids": [(6, 0, him.ids)]})
        case = self._complaint_filed(him.partner_id)
        self.assertNotIn(case, queue._allocate())
        queue.member_ids += other
        self.assertEqual(queue._allocate()[case], other)

    def _complaint_filed(self, person):
        values = self._complaint_values(partner_id=person.id)
        return self.env["water.complaint"].sudo().create(values)

    def test_he_may_take_it_down(self):
        """The customer pages show no handler yet, and the person sees only the number."""
        person = self._partner("agent")
        for model, values in (
            ("water.complaint", self._complaint_values(partner_id=person.id)),
            ("water.inquiry", {"subject": "问水价", "partner_id": person.id}),
        ):
            rows = self._at_door("agent", self.env[model])
            (row,) = rows.web_save(values, {"name": {}, "event_ids": {}, "user_id": {}})
            case = self.env[model].browse(row["id"])
            with self.subTest(model):
                self.assertEqual((row["name"], row["event_ids"]), (case.name, []))
                self.assertFalse(case.first_responsible_id | case.user_id)
                self.assertFalse(self._as("agent", case).search([("id", "=", case.id)]))
                with self.assertRaises(AccessError):
                    self._as("agent", case).action_take()
                self._as("agent2", case).action_take()
                self.assertEqual(case.first_responsible_id, self.users["agent2"])

    def test_his_letters_are_his(self):
        """No notices as staff; the customer pages continue."""
        him = self.users["supervisor"]
        case = self._complaint_at("notified", partner_id=him.partner_id.id)
        self.assertIn(him, case._people_concerned())
        self.assertNotIn(him, case._desk_supervisors())
        page = case.with_user(him)._portal_find(case.id)
        self.assertEqual(page, case)
        page._portal_do("confirm", {"result": "5", "process": "5"})
        self.assertEqual(case.state, "confirmed")

    def test_change_is_known_at_once(self):
        """The account gets another holder; the case another customer."""
        him = self.users["supervisor"]
        account = self._account_of(self.customer, "7002")
        case = self._complaint(account_id=account.id)
        seen = self._as("supervisor", case)
        here = [("id", "=", case.id)]
        self.assertTrue(seen.search(here))
        trusted(account).partner_id = him.partner_id
        self.assertFalse(seen.search(here))
        trusted(account).partner_id = self.customer
        self.assertTrue(seen.search(here))
        trusted(case).partner_id = him.partner_id
        self.assertFalse(seen.search(here))
        self.assertFalse(case.closed_at or case.received_at > fields.Datetime.now())

    def test_case_cannot_be_hidden_from_superiors(self):
        """Each relation is logged and told to superiors and to the person."""
        him = self.users["supervisor"]
        account = self._account_of(him.partner_id, "7003")
        speaks = {"is_represented": True, "representative_id": him.partner_id.id}
        for values in ({"partner_id": him.partner_id.id}, {"account_id": account.id}, speaks):
            case = self._complaint()
            mine = self._as("agent", case)
            with self.subTest(values=values), self._told() as told:
                mine.write(values)
            event = case.event_ids.sorted("id")[-1]
            self.assertEqual((event.kind, event.user_id), ("own_matter", self.users["agent"]))
            self.assertEqual(event.payload, {"named": him.ids, "dropped": []})
            self.assertLessEqual({"supervisor", "manager"}, told)
            with self._told() as told:
                mine.write({**dict.fromkeys(values, False), "partner_id": self.customer.id})
            event = case.event_ids.sorted("id")[-1]
            self.assertEqual(event.payload, {"named": [], "dropped": him.ids})
            self.assertLessEqual({"supervisor", "manager"}, told)
        with self._told() as told:
            case = self._complaint(partner_id=him.partner_id.id)
        self.assertIn("own_matter", self._kinds(case))
        self.assertLessEqual({"supervisor", "manager"}, told)

    @contextmanager
    def _told(self):
        """Logins of those who are told something while this is done."""
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        told = set()
        yield told
        news = self.env["mail.message"].search(
            [("id", ">", before), ("subject", "like", "member of the staff")]
        )
        told |= {name for name, user in self.users.items() if user.partner_id in news.partner_ids}

    def test_contacts_that_are_merged(self):
        """A customer turns out to be a member of the staff."""
        him, twice = self.users["manager"], self.env["res.partner"].create({"name": "张三"})
        case = self._complaint(partner_id=twice.id)
        here = [("id", "=", case.id)]
        self.assertTrue(self._as("manager", case).search(here))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([twice.id, him.partner_id.id], him.partner_id)
        self.assertEqual(case.partner_id, him.partner_id)
        self.assertFalse(self._as("manager", case).search(here))
