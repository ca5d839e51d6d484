from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestMergePeople(ComplaintCommon):
    """Handler, recipients and waiting parties of a merged case."""

    def test_person_complained_of_in_merged_case_cannot_handle(self):
        """Not merged into the barred user's case, nor assigned to that user later."""
        about = {"person_complained_id": self.users["agent"].id}
        case, his, other = self._complaint("agent2", **about), self._complaint(), None
        with self.assertRefused("hand that case over first", case | his):
            self._merge(case, his)
        other = self._complaint("agent2")
        self._merge(case, other)
        self.assertIn(self.users["agent"], other._people_concerned())
        with self.assertRefused("merged into .* is about them", other):
            acts.hand_over(self._as("supervisor", other), self.users["agent"], "换人")

    def _own(self, login, **values):
        """A complaint of a member of the staff as a customer."""
        return self._complaint("agent2", partner_id=self.users[login].partner_id.id, **values)

    def test_own_case_merged_into_another_bars_its_customer_from_both(self):
        """A member of the department neither sees, accepts nor handles the rest of it."""
        lead, own = self._complaint("agent2"), self._own("department")
        other = self._complaint("agent2", partner_id=self.customer2.id)
        for case in (own, other):
            self._merge(case, lead)
        self._step_dispatched(lead, "agent2", self.net)
        self.assertTrue(self._as("department", lead).is_own_matter)
        for case in (lead, own, other):
            self.assertFalse(self._as("department", case)._filtered_access("read"))
            domain = [("id", "=", case.id)]
            self.assertFalse(self._as("department", self.env["water.complaint"]).search(domain))
        self.assertIn(self.users["department"], lead._people_concerned())
        with self.assertRaises(AccessError):
            self._as("department", self._lead(lead)).action_accept()
        with self.assertRefused("the matter of water_department", lead):
            acts.hand_over(self._as("supervisor", lead), self.users["department"], "换人")

    def test_own_case_taken_apart_again_opens_the_other(self):
        lead, own = self._complaint("agent2"), self._own("supervisor")
        trusted(own.sudo()).duplicate_of_id = lead
        self.assertFalse(self._as("supervisor", lead).is_own_matter)
        trusted(own.sudo()).state = "merged"
        self.env.invalidate_all()
        self.assertTrue(self._as("supervisor", lead).is_own_matter)
        trusted(own.sudo()).state = "registered"
        self.env.invalidate_all()
        self.assertFalse(self._as("supervisor", lead).is_own_matter)

    def test_own_case_is_not_merged_into_what_its_customer_handles(self):
        lead, own = self._complaint("agent"), self._own("agent")
        with self.assertRefused(
            "is the customer of this case: hand that one over first", lead | own
        ):
            self._merge(own, lead)

    def _merged_with_his(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint("agent2")
        self._merge(case, lead)
        return lead, case

    def test_case_leaves_person_later_found_concerned(self):
        lead, case = self._merged_with_his()
        with self.assertRefused(f"hand {lead.name} over first", case | lead):
            self._as("agent2", case).person_complained_id = self.users["agent"]
        work = self._as("supervisor", case)
        acts.replace_responsible(work, self.users["agent2"], "投诉他本人", about=True)
        self.env.invalidate_all()
        self.assertEqual(lead.first_responsible_id | lead.user_id, self.users["agent2"])
        self.assertEqual(case.person_complained_id, self.users["agent"])
        self.assertFalse(lead.person_complained_id)
        self.assertIn("recused", lead.event_ids.mapped("kind"))
        self.assertIn(self.users["agent"], self._barred(lead, self.users["agent"]))
        self.assertNotIn(self.users["agent"], lead._desk_handler())

    def test_found_out_later_where_both_are_with_him(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint()
        self._merge(case, lead)
        work = self._as("supervisor", case)
        acts.replace_responsible(work, self.users["agent2"], "投诉他本人", about=True)
        self.env.invalidate_all()
        self.assertEqual((lead | case).first_responsible_id, self.users["agent2"])
        self.assertEqual(case.person_complained_id, self.users["agent"])

    def test_user_without_access_to_both_cannot_replace(self):
        """Neither complaint moves if one of them is closed to the user."""
        lead, case = self._merged_with_his()
        own = {"person_complained_id": self.users["supervisor"].id}
        for hidden in (case, lead):
            with self.subTest(hidden=hidden.name):
                trusted(hidden).write(own)
                with self.assertRaises(AccessError):
                    work = self._as("supervisor", case)
                    acts.replace_responsible(work, self.users["agent2"], "x", about=True)
                self.env.invalidate_all()
                self.assertEqual(lead.first_responsible_id, self.users["agent"])
                self.assertNotEqual(case.person_complained_id, self.users["agent"])
                trusted(hidden).person_complained_id = False

    def test_found_out_later_it_leaves_the_unit_it_is_about(self):
        lead, case = self._merged_with_his()
        self._step_dispatched(lead, "agent", self.net)
        work = self._as("agent2", case)
        with self.assertRefused("dispatch it to another department", case | lead):
            work.write({"department_complained_id": self.net.id, "is_confidential": True})
        self._dispatch(lead, self.lab)
        work.write({"department_complained_id": self.net.id, "is_confidential": True})
        self.assertEqual(case.department_complained_id, self.net)

    def test_no_deputy_whom_a_merged_one_is_about(self):
        about = {"person_complained_id": self.users["department"].id}
        lead, case = self._complaint(), self._complaint("agent2", **about)
        self._merge(case, lead)
        with self.assertRefused("is about them", lead):
            acts.appoint_deputy(
                self._as("supervisor", lead), self.users["department"], self._later(days=1), "休假"
            )

    def test_not_merged_into_case_of_former_handler(self):
        case = self._complaint_at("notified")
        case._handle_again(False, "客户不满意", case._rehandle_path["notified"])
        lead = self._complaint_at("investigating", partner_id=self.customer2.id)
        self.assertEqual(lead.user_id, self.users["department"])
        self.assertIn(lead.user_id, self._barred(case, lead.user_id))
        with self.assertRefused("had this case before", case | lead):
            self._merge(case, lead)
        trusted(lead).user_id = self.users["agent2"]
        self._merge(case, lead)
        self.assertIn(self.users["department"], self._barred(lead, self.users["department"]))
        with self.assertRefused("had it before", lead):
            acts.hand_over(self._as("supervisor", lead), self.users["department"], "换人")
        acts.undo(self._as("supervisor", case), "不是一回事")
        self.assertNotIn(self.users["department"], self._barred(lead, self.users["department"]))

    def test_not_sent_to_the_unit_that_a_merged_one_is_about(self):
        about = {"department_complained_id": self.net.id, "is_confidential": True}
        lead, case = self._complaint("agent2"), self._complaint("agent2", **about)
        self._merge(case, lead)
        acts.readback(self._as("agent2", lead))
        with self.assertRefused("send it to another department", lead):
            self._dispatch(lead, self.net, login="agent2")

    def test_customer_words_reach_handler(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint("agent2")
        self._merge(case, lead)
        mine = self._as("portal1", self.env["water.complaint"])._portal_find(case.id)
        mine._portal_do("message", {"body": "透析机只剩两小时的水"})
        told_of = [("subject", "ilike", f"{lead.name}: the customer")]
        told = self.env["mail.message"].search(told_of)
        self.assertEqual(told.notified_partner_ids, self.users["agent"].partner_id)
        self.assertIn("透析机", told.body)

        trusted(case).category_id = self._category("st04")
        mine._portal_do("message", {"body": "只说给能看的人"})
        self.env.flush_all()
        self.env.cr.execute(  # as earlier releases have left it
            "UPDATE water_complaint SET person_complained_id = %s, category_id = %s WHERE id = %s",
            [self.users["agent"].id, lead.category_id.id, case.id],
        )
        self.env.invalidate_all()
        mine._portal_do("message", {"body": "只说给能看的人，再说一次"})
        self.assertNotIn("只说给能看的人", "".join(told.search(told_of).mapped("body")))

    def test_not_merged_across_companies(self):
        lead, case = self._complaint(), self._complaint("agent2")
        trusted(lead).company_id = self.env["res.company"].create({"name": "另一公司"})
        with self.assertRefused("of the same company", case):
            case.write({"duplicate_of_id": lead.id, "end_reason": "x", "state": "merged"})

    def test_limit_of_external_body(self):
        """Its limit counts for the case that is handled, at the merging and when it changes."""
        lead = self._complaint()
        order = {"external_source": "12345", "external_ref": "P-1"}
        case = self._complaint(**order, external_due_at=local("2026-03-18 12:00"))
        self._merge(case, lead)
        clock = self._clock(lead, "close")
        self.assertEqual(clock.due_at, self._clock(case, "external").due_at)
        self._as("supervisor", case).external_due_at = local("2026-03-16 17:30")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")

    def test_an_order_is_not_returned_with_what_was_merged_into_it(self):
        """The body has its answer then, the same customer's own complaint none."""
        order = {"external_source": "12345", "external_ref": "P-2"}
        lead = self._complaint(**order, external_due_at=local("2026-03-20 17:30"))
        case = self._complaint()
        self._merge(case, lead)
        with self.assertRefused(f"{case.name} is merged into it", lead):
            acts.return_order(self._as("supervisor", lead), "不属本单位", "条例第三条", "市水务局")

    def test_not_filed_while_a_merged_customer_waits_for_a_call(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint()
        call = acts.call_back(self._as("agent", case), local("2026-03-13 15:00"))
        self._merge(case, lead)
        for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
        self._step_callback(lead, "agent", self.net)
        with self.assertRefused("promised and still to come", lead):
            self._as("quality", lead).action_archive_case()
        self._as("agent", call).action_cancel()
        self._step_archived(lead, "agent", self.net)
        self.assertEqual(lead.state, "archived")

    def test_a_promise_that_was_missed_is_still_owed(self):
        lead, case = self._complaint(partner_id=self.customer2.id), self._complaint()
        promise = acts.promise(self._as("agent", case), "一小时内回电", self._later(hours=1))
        promise._break(self._later(hours=2))
        self._merge(case, lead)
        self.assertEqual((promise.state, promise.is_pending), ("breached", True))
