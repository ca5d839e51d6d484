from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon

WORDS = "我又想起一件事"


@tagged("post_install", "-at_install")
class TestLostRight(WaterCommon):
    """Users without read access get no notices of the case, follower or not."""

    def _heard(self, person, case):
        """Messages about the case shown or sent to a user."""
        seen = [("res_partner_id", "=", person.id), ("mail_message_id.res_id", "=", case.id)]
        rows = self.env["mail.notification"].search(seen)
        return rows.filtered(lambda row: row.mail_message_id.model == case._name).mail_message_id

    def _goes_on(self, case):
        """The customer writes, and a colleague answers in the thread."""
        self._as("portal1", case).sudo()._take_message(WORDS)
        self._as("agent", case).message_post(
            body=f"客户说：{WORDS}", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.env.flush_all()

    def _close(self, case, login):
        with self.assertRaises(AccessError):
            self._as(login, case).check_access("read")

    def test_followers_of_what_is_restricted_now(self):
        case, person = self._inquiry(), self.users["agent2"].partner_id
        self._as("agent2", case).message_subscribe(person.ids)
        self._goes_on(case)
        before = self._heard(person, case)
        self.assertTrue(before, "as long as he may read it")
        case.category_id.restricted = True
        self._close(case, "agent2")
        self._goes_on(case)
        self.assertEqual(self._heard(person, case), before)

    def test_followers_in_another_department(self):
        case, user = self._inquiry(), self.users["department"]
        self._dispatch(case)
        self._as("department", case).message_subscribe(user.partner_id.ids)
        self._goes_on(case)
        before = self._heard(user.partner_id, case)
        self.assertTrue(before)
        user.water_department_ids = self.lab
        self._close(case, "department")
        self._goes_on(case)
        self.assertEqual(self._heard(user.partner_id, case), before)

    def test_followers_who_have_left(self):
        """Odoo treats a colleague with a disabled login as external."""
        case, user = self._inquiry(), self.users["agent2"]
        self._as("agent2", case).message_subscribe(user.partner_id.ids)
        user.active = False
        self._goes_on(case)
        self.assertFalse(self._heard(user.partner_id, case))

    def test_followers_who_are_no_customers_any_more(self):
        """A case for the wrong person: later messages are not for them."""
        case, wrong = self._inquiry(partner_id=self.customer2.id), self.customer2
        self._as("agent", case).message_subscribe(wrong.ids)
        self._as("agent", case).partner_id = self.customer
        self._goes_on(case)
        self.assertFalse(self._heard(wrong, case))
        self._as("agent", case).message_subscribe(self.customer.ids)
        self._as("agent", case).message_post(
            body="x", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self._heard(self.customer, case))

    def test_named_people_are_told(self):
        """Named one by one, as before: an expert outside is asked about a case."""
        case = self._inquiry()
        expert = self.env["res.partner"].create({"name": "专家", "email": "x@expert.example"})
        self._as("agent", case).message_post(
            body="请看",
            partner_ids=expert.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTrue(self._heard(expert, case))

    def test_browsers_that_were_away(self):
        """Stored messages are closed to former readers too."""
        case, user = self._inquiry(), self.users["agent2"]
        user.notification_type = "inbox"
        self._as("agent", case).message_post(body=WORDS, partner_ids=user.partner_id.ids)
        self.env.cr.precommit.run()
        bus = self._as("agent2", self.env["bus.bus"])
        self.assertIn(WORDS, str(bus._poll([user.partner_id], 1)))
        case.category_id.restricted = True
        self._close(case, "agent2")
        self.assertNotIn(WORDS, str(bus._poll([user.partner_id], 1)))

    def test_to_dos_of_what_is_closed(self):
        """A to-do keeps the title of its case: it is read as long as the case is."""
        case, user = self._inquiry(), self.users["agent2"]
        to_do = case.activity_schedule(summary=WORDS, note=WORDS, user_id=user.id)
        mine = self._as("agent2", self.env["mail.activity"])
        asked = ("summary", "note", "res_name")
        self.assertTrue(mine.search_read([("user_id", "=", user.id)], asked))
        case.category_id.restricted = True
        self._close(case, "agent2")
        self.env.invalidate_all()
        self.assertFalse(mine.search_read([("user_id", "=", user.id)], asked))
        with self.assertRaises(AccessError):
            self._as("agent2", to_do).read(asked)

    def test_former_employee_cannot_be_named(self):
        """Nor are people with disabled logins notified or assigned: they would get mail."""
        case, user = self._as("agent", self._inquiry()), self.users["agent2"]
        user.active = False
        person = user.partner_id.ids
        for work in (
            lambda: case.message_post(body=WORDS, partner_ids=person),
            lambda: case.message_subscribe(person),
            lambda: case.activity_schedule(summary=WORDS, user_id=user.id),
        ):
            with self.assertRaisesRegex(AccessError, "may not see this case"):
                work()
        self.assertTrue(case.message_post(body=WORDS, partner_ids=self.customer.ids))

    def test_work_is_given_to_no_customer(self):
        """They would learn by mail of another's case, or of notes on their own."""
        case = self._inquiry()
        mine = self._as("agent", case)
        for login in ("portal1", "portal2"):
            user = self.users[login]
            with self.assertRaisesRegex(AccessError, "may not see this case"):
                mine.activity_schedule(summary=WORDS, user_id=user.id)
            to_do = mine.activity_schedule(summary=WORDS, user_id=self.users["agent"].id)
            with self.assertRaisesRegex(AccessError, "may not see this case"):
                to_do.user_id = user
            to_do.sudo().unlink()
            department = self._as("manager", self.net)
            for name in ("manager_id", "deputy_id", "member_ids", "on_call_user_ids"):
                with (
                    self.subTest(name),
                    self.assertRaisesRegex(AccessError, "choose a member of staff"),
                ):
                    department.write({name: user.ids if name.endswith("ids") else user.id})

    def test_to_dos_among_others(self):
        """Own activities of an open case stay; none of the closed one, own or others'."""
        closed, still_open = self._inquiry(), self._inquiry(category_id=self._category("wq04").id)
        owners = ((closed, "agent2"), (closed, "agent"), (still_open, "agent2"))
        rows = [
            case.activity_schedule(summary=WORDS, user_id=self.users[login].id)
            for case, login in owners
        ]
        mine = self._as("agent2", rows[0].union(*rows))
        self.assertEqual(mine._filtered_access("read"), mine)
        closed.category_id.restricted = True
        self._close(closed, "agent2")
        self.env.invalidate_all()
        self.assertEqual(mine._filtered_access("read"), mine[2])
        self.assertEqual(mine.sudo()._filtered_access("read"), mine)
        self.assertEqual(mine[0]._filtered_access("read"), mine.browse())
        with self.assertRaises(AccessError):
            mine.check_access("read")

    def test_options_shown_to_customer(self):
        """Nor does the inbox show messages of a case closed since."""
        case, person = self._inquiry(), self.users["agent2"].partner_id
        self._as("agent2", case).message_subscribe(person.ids)
        self._goes_on(case)
        mine = self._as("agent2", self.env["mail.message"])
        here = [("model", "=", case._name), ("res_id", "=", case.id), ("body", "ilike", WORDS)]
        self.assertTrue(mine.search(here))
        case.category_id.restricted = True
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(mine.search(here))
        with self.assertRaises(AccessError):
            self._heard(person, case).with_user(self.users["agent2"]).read(["body"])

    def test_later_customer_message(self):
        """Nor is a scheduled message posted to thread or customer."""
        case, user = self._inquiry(), self.users["agent2"]
        later = {"model": case._name, "res_id": case.id, "author_id": user.partner_id.id}
        later |= {"body": WORDS, "scheduled_date": self._later(days=1)}
        later |= {"partner_ids": self.customer.ids, "composition_comment_option": "reply_all"}
        self._as("agent2", self.env["mail.scheduled.message"]).create(later)
        case.category_id.restricted = True
        self._close(case, "agent2")
        with freeze_time(self._later(days=2)), self.enter_registry_test_mode():
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.env.invalidate_all()
        self.assertFalse(case.message_ids.filtered(lambda row: WORDS in (row.body or "")))
        self.assertFalse(self._heard(self.customer, case))
