from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.intake.tests.upload_samples import PNG

from ...complaint.tests import acts
from .common import AppealCommon, appeal_clock


@tagged("post_install", "-at_install")
class TestAppealMerged(AppealCommon):
    """The customer of a merged complaint appeals in their own name against the common result."""

    def _told(self, late=False, **values):
        """Two customers' complaints, merged and told; ``late``: merged after the other was told."""
        lead = self._complaint(
            partner_id=self.customer2.id, address="南湖路1号", email_from="lead@example.com"
        )
        case = self._complaint("agent2", email_from="dialysis@example.com", **values)
        if not late:
            self._merge(case, lead)
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
        if late:
            self._merge(case, lead)
        return lead, case

    def _mine(self, case, login="portal1"):
        return self._as(login, self.env["water.complaint"])._portal_find(case.id)

    def _page(self, case, login="portal1"):
        return self._mine(case, login)._portal_page()

    def _filed(self, lead, case, **values):
        typed = {"appeal_reason": "我家仍然没水", **values}
        self._mine(case)._portal_do("appeal", typed)
        self.env.invalidate_all()
        return lead.appeal_ids

    def test_supervisor_whose_complaint_was_merged_decides_nothing_of_the_appeal(self):
        lead, case = self._told()
        clock = appeal_clock(self._filed(lead, case), "decision")
        self.assertTrue(self._as("manager", clock)._filtered_access("read"))
        own = self._complaint("agent2", partner_id=self.users["manager"].partner_id.id)
        trusted(own.sudo()).write({"state": "merged", "duplicate_of_id": lead.id})
        self.env.invalidate_all()
        for row in (lead, lead.appeal_ids, clock):
            self.assertFalse(self._as("manager", row)._filtered_access("read"))

    def test_date_moves(self):
        """With holidays: told to the appellant only, with their own number."""
        lead, case = self._told()
        clock = appeal_clock(self._filed(lead, case), "decision")
        trusted(clock).moved_from = clock.due_at - timedelta(days=1)
        before = self.env["water.message"].search([])
        clock._tell_moved()
        told = self.env["water.message"].search([]) - before
        self.assertEqual(told.complaint_id, case)
        self.assertEqual(told.address, "dialysis@example.com")
        self.assertIn(case.name, told.subject)
        self.assertNotIn(lead.name, told.subject + str(told.body))

    def test_on_his_page(self):
        """Offered until the announced last day; the other customer sees nothing of it."""
        lead, case = self._told()
        page = self._page(case)
        self.assertTrue(page["can"]["appeal"] and page["appeal_until"])
        appeal = self._filed(lead, case)
        self.assertEqual((appeal.complaint_id, appeal.appellant_case_id), (lead, case))
        self.assertEqual((appeal.level, appeal.notice_id), ("1", case.notice_ids))
        page = self._page(case)
        self.assertEqual([row["number"] for row in page["appeals"]], [appeal.name])
        self.assertTrue(page["is_open"] and page["can"]["unappeal"])
        self.assertFalse(page["can"]["appeal"])
        other = self._page(lead, "portal2")
        self.assertEqual((other["appeals"], other["can"]["unappeal"]), ([], False))
        self.assertFalse(other["can"]["confirm"])
        rows = self.env["water.api"]._appeals(case.sudo())
        self.assertEqual([row["number"] for row in rows["appeals"]], [appeal.name])
        self.assertEqual(self.env["water.api"]._appeals(lead.sudo())["appeals"], [])
        self._mine(case)._portal_do("unappeal", {})
        self.assertEqual(appeal.state, "withdrawn")

    def test_decided_in_his_name(self):
        """A receipt to the appellant; the decision to both, in their own words."""
        lead, case = self._told()
        appeal = self._appeal(case, "agent2")
        with self.assertRefused(f"appeal {appeal.name} is decided first", case):
            acts.undo(self._as("supervisor", case), "不是一回事")
        self._accepted(appeal)
        receipt = appeal.notice_ids
        self.assertEqual((receipt.complaint_id, receipt.kind), (case, "appeal_receipt"))
        self._decided(appeal, "partly", corrected_finding="partly", reopen=False)
        self.assertEqual(lead.finding_final, "partly")
        twin = lead.notice_ids.filtered(lambda row: row.kind == "appeal_decision")
        self.assertEqual((twin.also_of_id.complaint_id, twin.appeal_id), (case, appeal))
        letters = self.env["report.water_complaints.report_water_notice"]
        self.assertIn("Another customer has asked", letters._opening(twin))
        for one in (lead, case):
            self.assertEqual(one._appeal_level(), "2")
            self.assertTrue(acts.appeal_until(one))
        found = self._as("agent", case).action_open_appeals()["domain"]
        self.assertEqual(self.env["water.appeal"].search(found), appeal)
        self.assertEqual((case.appeal_count, lead.appeal_count), (1, 1))
        acts.undo(self._as("supervisor", case), "不是一回事")
        self.assertEqual([row["number"] for row in self._page(case)["appeals"]], [appeal.name])

    def test_participants_cannot_review(self):
        """The reviewer has handled neither, and is complained of in neither."""
        lead, case = self._told(person_complained_id=self.users["member1"].id)
        appeal = self._appeal(case, "agent")
        eligible = self._as("supervisor", appeal).eligible_ids
        self.assertNotIn(self.users["member1"], eligible)
        self.assertIn(self.users["senior"], eligible)

    def test_his_earlier_appeal_stays_on_his_page(self):
        lead = self._complaint(partner_id=self.customer2.id, address="南湖路1号")
        case = self._complaint_at("notified")
        first = self._first(case)
        self._as("agent", case).write({"state": "handling"})
        self._merge(case, lead)
        page = self._page(case)
        self.assertEqual([row["number"] for row in page["appeals"]], [first.name])
        self.assertFalse(page["can"]["appeal"])

    def test_merged_after_the_answer(self):
        """Both are told at the same time, and can appeal from then on."""
        lead, case = self._told(late=True)
        [told] = case.notice_ids
        self.assertEqual((told.kind, told.also_of_id), ("result", lead.notice_ids))
        self.assertTrue(self._page(case)["can"]["appeal"])

    def test_upheld_after_it_was_archived(self):
        """Handled again under a new number: the merged one goes on with it."""
        lead, case = self._told()
        for step in ("confirmed", "callback", "archived"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
        appeal = self._filed(lead, case)
        self._decided(self._accepted(appeal), "upheld", reopen=True)
        again = appeal.follow_up_id
        self.env.invalidate_all()
        self.assertEqual(case.duplicate_of_id, again)
        page = self._page(case)
        self.assertTrue(page["is_open"])
        self.assertEqual([row["number"] for row in page["appeals"]], [appeal.name])
        self.assertWhole(case | again)

    def test_hidden_from_whom_it_is_about(self):
        """The appeal is as closed as the appellant's complaint, for both customers and the desk."""
        lead, case = self._told()
        appeal = self._accepted(self._appeal(case, "agent2"))
        trusted(case).person_complained_id = self.users["member2"]
        rows = self.env["water.appeal"].search([("id", "=", appeal.id)])
        events = appeal.event_ids
        for login, seen in (("member2", False), ("quality", True), ("agent", True)):
            self.env.invalidate_all()
            with self.subTest(login):
                self.assertEqual(bool(self._as(login, rows)._filtered_access("read")), seen)
                self.assertEqual(bool(self._as(login, events)._filtered_access("read")), seen)
        trusted(case).category_id = self._category("st04")
        self.env.invalidate_all()
        self.assertTrue(case.is_restricted)
        self.assertFalse(self._as("agent", rows)._filtered_access("read"))
        self.assertTrue(self._as("agent2", rows)._filtered_access("read"))

    def test_package_and_erasure_of_each(self):
        """Each data package has its own appeals; erasing one keeps the other's files."""
        lead, case = self._told()
        appeal = self._appeal(case, "agent2", [("表.png", PNG)], reason="我是张伟，仍然没水")
        acts.withdraw(self._as("agent2", appeal), "客户撤回")
        packages = self.env["water.personal.package"].sudo()
        for person, found in ((self.customer2, False), (self.customer, True)):
            rows = [part for part in packages._known(person) if part._name == "water.appeal"]
            self.assertEqual(bool(rows), found)
        with freeze_time("2040-01-01 02:00:00"):
            trusted(lead).state = "withdrawn"
            acts.erase(lead.sudo(), "本人要求")
            self.assertTrue(appeal.evidence_ids.exists())
            acts.erase(case.sudo(), "本人要求")
        self.env.invalidate_all()
        self.assertNotIn("张伟", appeal.reason)
        self.assertFalse(appeal.evidence_ids.exists())
        self.assertEqual(appeal._verify_events(), [])
