from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import NOW

NAME, PHONE, MAIL = "欧阳水清", "13612349876", "ouyang@customer.example"


@tagged("post_install", "-at_install")
class TestFollowers(ComplaintCommon):
    """Followers and linked records of an incident do not reveal closed cases."""

    def setUp(self):
        super().setUp()
        values = {"name": NAME, "phone": PHONE, "email": MAIL}
        self.person = self.env["res.partner"].create(values)
        self._complaint(partner_id=self.person.id)
        zone = self.env["water.zone"].search([], limit=1)
        values = {"subject": "停水", "zone_ids": zone.ids, "aware_at": NOW}
        self.incident = self.env["water.incident"].create(values)
        self.incident.message_subscribe(partner_ids=self.person.ids)

    def _found(self, login, leaf):
        here = [("id", "=", self.incident.id), leaf]
        return bool(self._as(login, self.incident).search(here))

    def test_asked_with_ones_own_rights(self):
        """Readers of customers find the person; masked readers learn nothing."""
        for leaf in (
            ("message_partner_ids.name", "ilike", NAME[:2]),
            ("message_partner_ids.phone", "=like", f"{PHONE[:3]}%"),
            ("message_partner_ids", "ilike", NAME[:2]),
            ("message_partner_ids", "any", [("email", "=", MAIL)]),
        ):
            with self.subTest(leaf=leaf):
                self.assertTrue(self._found("agent", leaf))
                self.assertFalse(self._found("department", leaf))
                self.assertFalse(self._found("agent", ("message_partner_ids", "=", False)))

    def test_closed_fields(self):
        """Not by fields of contacts, colleagues or oneself that staff cannot read."""
        for closed in ("credit_limit", "signup_type", "user_ids.totp_secret"):
            with self.subTest(closed), self.assertRaises(AccessError):
                self._found("department", (f"message_partner_ids.{closed}", "!=", "x"))

    def test_to_dos(self):
        """Activities of others stay hidden on unreadable records."""
        todo = self.incident.activity_schedule(
            "mail.mail_activity_data_todo", summary=NAME, user_id=self.users["supervisor"].id
        )
        for name in ("activity_ids.summary", "activity_summary"):
            with self.subTest(name):
                self.assertFalse(self._found("department", (name, "ilike", NAME[:2])))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._as("department", self.incident).activity_summary)
        with self.assertRaises(AccessError):
            self._as("department", todo).read(["summary"])
        self.assertTrue(self._found("supervisor", ("activity_ids.summary", "ilike", NAME[:2])))
        for name, model in self.env.items():
            todos = model._fields.get("activity_ids")
            if name.startswith("water.") and todos and not model._abstract:
                is_read = model._mail_post_access == "read"
                self.assertTrue(is_read or not todos.bypass_search_access, name)

    def test_followers_by_number(self):
        """Filters by name work as usual."""
        me = self.users["department"].partner_id
        self.incident.message_subscribe(partner_ids=me.ids)
        for value in (me.id, me.ids, me.name):
            operator = "ilike" if value == me.name else "in" if value == me.ids else "="
            with self.subTest(value=value):
                self.assertTrue(self._found("department", ("message_partner_ids", operator, value)))
        self.assertTrue(self._found("department", ("message_is_follower", "=", True)))
