from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon
from .test_scenario_meetings_parts import NOTHING


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsPeople(MeetingCommon):
    """Nameless complainants and people complained of, where matters are merged or split."""

    def _nameless(self, login="agent2", **values):
        nobody = {"partner_id": False, "address": "城东营业厅", "is_anonymous": True}
        return self._complaint(login, **nobody, **values)

    def _named(self, login="agent", **values):
        values = {"email_from": "zhang@example.com", "phone": "13800001234", **values}
        return self._complaint(login, **values)

    def _on(self, case, *states, login="agent"):
        for state in states:
            getattr(self, f"_step_{state}")(case, login, self.net)
            self.env.invalidate_all()

    def _to_notified(self, case, login="agent"):
        self._on(case, "dispatched", "investigating", "handling", "notified", login=login)

    # -- without a name --------------------------------------------------------------------------

    def test_anonymous_with_known_phone(self):
        """It is not revealed that the anonymous customer is the named complainant."""
        lead = self._named()
        case = self._nameless(phone="13800001234")
        self.assertFalse(case._same_customer(lead) or lead._same_customer(case))
        with self.assertRefused("ask a supervisor", case):
            self._as("agent2", case).write(
                {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
            )
        self._merge(case, lead)
        self._to_notified(lead)
        twin = case.notice_ids
        self.assertEqual((twin.mode, twin.told_to), ("published", False))
        self.assertNotIn("张伟", str(twin.body) + str(case.event_ids.mapped("payload")))

    def test_merged_into_a_nameless_one(self):
        """The named customer gets mail, and neither reads of the other."""
        lead = self._nameless(description="三号窗口。张伟在场。")
        case = self._named()
        self._merge(case, lead)
        before = self.env["water.message"].search([])
        self._to_notified(lead, "agent2")
        self.assertEqual((case.notice_ids.mode, case.notice_ids.way), ("written", "mail"))
        told = self.env["water.message"].search([]) - before
        self.assertEqual(set(told.mapped("address")), {"zhang@example.com"})
        self.assertNotIn(lead.name, str(told.mapped("subject")) + str(case.notice_ids.body))
        self.assertNotIn(case.name, str(lead.notice_ids.mapped("body")))
        self.assertTrue(acts.appeal_until(case))

    def test_undone_the_nameless_one_stays_nameless(self):
        lead, case = self._named(), self._nameless(email_from="nobody@example.com")
        self._merge(case, lead)
        self._undo(case)
        for name in ("partner_id", "contact_name", "phone"):
            self.assertFalse(case[name])
        self.assertTrue(case.is_anonymous)
        self.assertNotIn("nobody@example.com", str(lead.event_ids.mapped("payload")))
        self.assertWhole(lead | case)

    def test_a_nameless_part_of_a_named_complaint(self):
        """Split for an anonymous person: no data of the first customer."""
        lead = self._named()
        values = {"subject": "态度", "description": "窗口态度生硬", "contact_name": False}
        values |= {"partner_id": False, "is_anonymous": True}
        values["category_id"] = self._category("st01").id
        part = self._as("agent", lead)._split(values, NOTHING, "两件事").with_env(self.env)
        self.env.invalidate_all()
        for name in ("partner_id", "contact_name", "phone", "email_from", "account_id"):
            self.assertFalse(part[name], name)
        self.assertTrue(part.is_confidential)
        self.assertFalse(part._same_customer(lead))

    def test_two_nameless_ones_and_a_later_name(self):
        """Merged, then identified: the other customer stays unknown."""
        lead, case = self._nameless(phone="13700000001"), self._nameless(phone="13700000002")
        self._merge(case, lead)
        page = case.sudo()._portal_page()
        self.assertNotIn("13700000001", str(page))
        self.assertNotIn(lead.name, str(page))

    # -- about a person or a unit ----------------------------------------------------------------

    def _split_about(self, case, login="agent", **values):
        values = {"subject": "态度", "description": "接电话的人态度差", **values}
        values["category_id"] = self._category("st01").id
        part = self._as(login, case)._split(values, NOTHING, "两件事")
        self.env.invalidate_all()
        return part.with_env(self.env)

    def test_split_part_about_handler(self):
        """The other case is about this user, and is not assigned to them."""
        case = self._complaint()
        part = self._split_about(case, "agent2", person_complained_id=self.users["agent"].id)
        people = part.first_responsible_id | part.user_id | part.original_responsible_id
        self.assertNotIn(self.users["agent"], people)
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        with self.assertRaises(AccessError):
            self._as("agent", part).read(["subject"])

    def test_split_part_about_unit_of_handler(self):
        self.users["agent"].water_department_ids = self.net
        case = self._complaint()
        part = self._split_about(case, "agent2", department_complained_id=self.net.id)
        people = part.first_responsible_id | part.user_id
        self.assertTrue(people)
        self.assertFalse(people & self.net.member_ids)

    def test_split_by_whom_it_is_about(self):
        """Users cannot split complaints about themselves."""
        case = self._complaint()
        with self.assertRaisesRegex(ValidationError, "about yourself"), self.env.cr.savepoint():
            self._split_about(case, person_complained_id=self.users["agent"].id)
        self.env.invalidate_all()
        self.assertEqual(case.split_count, 0)

    def test_no_queue_gives_it_to_him(self):
        """The person complained of is skipped in allocation, also after merging."""
        people = self.users["agent"] | self.users["agent2"]
        family = self._category("bl02").parent_id
        self.env["water.queue"].create(
            {"name": "投诉", "member_ids": people.ids, "category_ids": family.ids}
        )
        for number in range(2):
            self._complaint("agent2", address=f"西城路{number}号")
        about = {"person_complained_id": self.users["agent"].id}
        lead, alone = self._complaint("su"), self._complaint("su", **about)
        self._merge(self._complaint("agent2", **about), lead)
        cron = self.env.ref("water_service_desk.ir_cron_allocate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((lead | alone).user_id, self.users["agent2"])

    def test_a_call_about_him_is_not_made_by_him(self):
        case = self._named("agent2", person_complained_id=self.users["quality"].id)
        self._on(case, "dispatched", "investigating", "handling", "notified", login="agent2")
        self._step_confirmed(case, "agent2", self.net)
        self.env.invalidate_all()
        call = case.callback_ids
        self.assertNotEqual(call.user_id, self.users["quality"])
        with self.assertRaises(AccessError):
            self._as("quality", call).write({"outcome": "solved", "score": "5"})
        self.assertNotEqual(call.outcome, "solved")

    def test_merged_and_split_again(self):
        """A case about the user, merged and separated again, stays closed to them."""
        lead = self._complaint("agent2", partner_id=self.customer2.id)
        about = self._named("agent2", person_complained_id=self.users["agent"].id)
        self._merge(about, lead)
        part = self._split_about(lead, "agent2")
        with self.assertRefused("had it before", part):
            acts.hand_over(self._as("supervisor", part), self.users["agent"], "换人")

    # -- seen before -----------------------------------------------------------------------------

    def test_a_merged_one_found_to_be_about_the_handler(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint("agent2")
        self._merge(case, lead)
        with self.assertRefused("hand .* over first", case | lead):
            self._as("agent2", case).person_complained_id = self.users["agent"]
        work = self._as("supervisor", case)
        acts.replace_responsible(work, self.users["agent2"], "投诉他本人", about=True)
        self.env.invalidate_all()
        self.assertEqual(lead.first_responsible_id, self.users["agent2"])
        with at("2026-03-12 10:00"):
            self._undo(case)
        self.assertEqual(case.person_complained_id, self.users["agent"])
        self.assertNotIn(self.users["agent"], case.first_responsible_id | case.user_id)
        self.assertWhole(lead | case)
