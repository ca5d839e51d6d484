from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .meeting_common import MeetingCommon
from .test_scenario_meetings_parts import NOTHING


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsFollowUp(MeetingCommon):
    """A matter goes on under another number: whom it is about, who speaks and who has filed it."""

    def _about(self):
        return {
            "category_id": self._category("st01").id,
            "person_complained_id": self.users["agent2"].id,
            "department_complained_id": self.lab.id,
            "is_confidential": True,
            "verbatim": "他说了难听的话。",
        }

    def _goes_on(self):
        """By an appeal's decision, and because its body sends it again: the new cases."""
        case = self._filed(self._complaint(**self._about()))
        appeal = self._first(case, "upheld", reopen=True, remedy="重新调查")
        order = self._filed(self._order("2026-03-20 17:30", "U-1", **self._about()))
        again = acts.rehandle_order(self._as("agent", order), "市民不满意").with_env(self.env)
        return {"appeal": appeal.follow_up_id, "order": again}

    def test_person_concerned_stays_out(self):
        """Neither the person nor the unit reads or gets it."""
        for cause, again in self._goes_on().items():
            with self.subTest(cause):
                self.assertEqual(again.person_complained_id, self.users["agent2"])
                self.assertEqual(again.department_complained_id, self.lab)
                for login in ("agent2", "department2"):
                    with self.assertRaises(AccessError):
                        self._as(login, again).read(["subject"])
                    found = self._as(login, again.browse()).search([("id", "=", again.id)])
                    self.assertFalse(found, login)
                with self.assertRefused(f"is about {self.lab.name}", again):
                    acts.dispatch(self._as("supervisor", again), self.lab)

    def test_in_the_customers_own_words(self):
        for cause, again in self._goes_on().items():
            self.assertEqual(again.verbatim, "他说了难听的话。", cause)

    def test_the_page_of_the_filed_one_leads_on(self):
        """Its customer does not read that the matter is finished, but where it goes on."""
        for cause, again in self._goes_on().items():
            with self.subTest(cause):
                (before,) = again._earlier_cases()
                page = before.sudo()._portal_page()
                words = f"The case continues under the number {again.name}."
                self.assertFalse(page["is_open"])
                self.assertEqual(
                    page["goes_on"], {"text": words, "url": f"/my/complaints/{again.id}"}
                )
                self.assertEqual(again.sudo()._portal_page()["goes_on"], {})

    def test_a_second_handling_is_no_first_one(self):
        """A case has one first limit of completion under all its numbers."""
        for cause, again in self._goes_on().items():
            with self.subTest(cause):
                self.assertEqual(again.handling_round, 2)
                self.assertEqual(set(again.deadline_ids.mapped("handling_round")), {2})

    def test_representative(self):
        case = self._complaint(
            is_represented=True,
            representative_name="李娜",
            representative_relation="女儿",
            representative_authority="委托书",
            representative_id=self.customer2.id,
            representative_may_read=True,
        )
        values = {"subject": "水黄", "description": "水是黄的", "category_id": case.category_id.id}
        part = acts.split(self._as("agent", case), {**values}, NOTHING, "两件事").with_env(self.env)
        other = {"contact_name": "王五", "phone": "13700009999"}
        theirs = acts.split(self._as("agent", case), {**values, **other}, NOTHING, "邻居的事")
        self.assertFalse(theirs.sudo().is_represented)
        appeal = self._first(self._filed(case), "upheld", reopen=True, remedy="重新抄表")
        for one in (part, appeal.follow_up_id):
            self.assertEqual(one._additional_recipients(), self.customer2)
        mine = self.env["water.complaint"].sudo()._portal_domain(self.customer2)
        found = self.env["water.complaint"].search(mine)
        self.assertEqual(found, case | part | appeal.follow_up_id)

    def test_filing_user(self):
        """A delegate limited to own filings sees what they become."""
        home = self.env["water.account"].create(
            {"code": "F-1", "partner_id": self.customer.id, "address": "东城路8号"}
        )
        row = self._delegation(home)
        case = self._inquiry(account_id=home.id)
        trusted(case).delegation_id = row  # as the form leaves it
        new = self._become_complaint(case)
        values = {"subject": "水黄", "description": "水是黄的", "category_id": new.category_id.id}
        part = acts.split(self._as("agent", new), dict(values), NOTHING, "两件事").with_env(
            self.env
        )
        other = {"contact_name": "李娜", "phone": "13700009999"}
        theirs = acts.split(self._as("agent", new), {**values, **other}, NOTHING, "邻居的事")
        self._filed(new)
        appeal = self._first(new, "upheld", reopen=True, remedy="重新抄表")
        self.assertEqual((new | part | appeal.follow_up_id).delegation_id, row)
        self.assertFalse(theirs.sudo().delegation_id)
        domain = self.env["water.complaint"].sudo()._portal_domain(row.partner_id)
        found = self.env["water.complaint"].sudo().search(domain)
        self.assertEqual(found, new | part | appeal.follow_up_id)

    def _delegation(self, account):
        """The other customer files for the holder, and sees it."""
        user = self._new_user("helper", "base.group_portal", email="helper@example.com")
        values = {
            "account_id": account.id,
            "holder_id": account.partner_id.id,
            "partner_id": user.partner_id.id,
            "name": "王五",
            "files_cases": True,
            "date_from": "2026-03-01",
            "state": "active",
        }
        rows = self.env["water.account.delegate"].sudo()
        return trusted(rows).create(values).with_env(self.env)

    # -- who has nothing but a number and a code --------------------------------------------------

    def test_a_nameless_one_follows_it_by_his_code(self):
        """The page shows the new number, the code opens it, and the result can be told there."""
        case = self._complaint(partner_id=False, is_anonymous=True)
        code = case._issue_query_code()
        appeal = self._first(self._filed_nameless(case), "upheld", reopen=True, remedy="重新抄表")
        again = appeal.follow_up_id
        self.assertTrue(again.is_anonymous)
        self.assertEqual(again._find_by_query_code(again.name, code), again)
        row = case.sudo()._portal_page()["appeals"][0]
        self.assertIn(again.name, row["remedy"])
        values = {**self._notice_values(), "mode": "published", "told_to": False}
        notice = self._as("agent", self.env["water.notice"])._send(self._as("agent", again), values)
        self.assertTrue(notice.sent_at)

    def _filed_nameless(self, case):
        """Told on the page of its code; no call is possible."""
        for step in ("dispatched", "investigating", "handling"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            self.env.invalidate_all()
        self._finish_lead(case)
        values = {**self._notice_values(), "mode": "published", "told_to": False}
        self._as("agent", self.env["water.notice"])._send(self._as("agent", case), values)
        self._as("agent", case).write({"state": "notified"})
        acts.confirm(self._as("agent", case), "unanswered")
        self._step_archived(case, "agent", self.net)
        return case

    def test_a_question_by_its_code_becomes_a_complaint(self):
        """Without mail and phone, the inquiry's page shows the number."""
        case = self._inquiry(partner_id=False, is_anonymous=True)
        code = case._issue_query_code()
        new = self._become_complaint(case)
        self.assertEqual(new._find_by_query_code(new.name, code), new)
        self.assertIn(new.name, case._stage_words())
        other = {"contact_name": "王五", "phone": "13700009999"}
        values = {"subject": "水黄", "description": "水是黄的", "category_id": new.category_id.id}
        part = acts.split(self._as("agent", new), {**values}, NOTHING, "两件事").with_env(self.env)
        theirs = acts.split(self._as("agent", new), {**values, **other}, NOTHING, "邻居的事")
        self.assertEqual(part._find_by_query_code(part.name, code), part)
        self.assertFalse(theirs.sudo().query_code_at)

    # -- reports due first -------------------------------------------------------------

    def test_a_major_one_is_merged(self):
        """The lead is reported before it is handled, and stays major when the merging is undone."""
        lead = self._complaint("agent2", partner_id=self.customer2.id, phone="13700009999")
        first, second = (self._complaint(major_media=True, address=f"{n}号") for n in range(2))
        self._merge(first, lead)
        self._merge(second, lead)
        self._step_dispatched(lead, "agent2", self.net)
        self.assertTrue(lead.is_major)
        with self.assertRefused("report it to the executive in charge first", lead):
            self._worker(self.net, self._lead(lead)).action_accept()
        self._undo(first)
        self._undo(second)
        self.assertTrue(lead.is_major)
        self.assertTrue(first.is_major and second.is_major)

    def test_a_major_one_that_was_reported_is_merged(self):
        lead = self._complaint("agent2", partner_id=self.customer2.id, phone="13700009999")
        case = self._complaint(major_injury=True)
        acts.report(self._as("agent", case), self.users["manager"], "先救治")
        self._merge(case, lead)
        self._step_dispatched(lead, "agent2", self.net)
        self._worker(self.net, self._lead(lead)).action_accept()
        facts = (lead.state, lead.major_reported_to_id, lead.major_report_note)
        self.assertEqual(facts, ("investigating", self.users["manager"], "先救治"))

    def test_a_major_one_goes_on(self):
        case = self._complaint(major_legal=True)
        acts.report(self._as("agent", case), self.users["manager"], "先救治")
        appeal = self._first(self._filed(case), "upheld", reopen=True, remedy="重新调查")
        self.assertTrue(appeal.follow_up_id.major_legal)

    # -- who waits for money, or for a call --------------------------------------------------------

    def test_creditor_cannot_be_erased(self):
        """For an outage, for example, without a case."""
        payee = self.env["res.partner"].create({"name": "王五", "phone": "13700009999"})
        row = self._entitlement(partner_id=payee.id)
        with self.assertRefused(f"{row.name} has not been paid yet", payee):
            acts.erase(payee, "本人要求")
        self._as("supervisor", row).action_approve()
        self._post(row)
        self.assertTrue(acts.hindrances(payee))
        self._pay(row)
        self.env.invalidate_all()
        self.assertFalse(acts.hindrances(payee))

    def test_a_wished_call_of_what_is_not_accepted(self):
        """As of withdrawn cases: no call stays in the queue whose time limit has ended."""
        case = self._complaint()
        call = acts.call_back(self._as("agent", case), local("2026-03-11 16:00"), "问水费")
        self._ended(case, "rejected")
        self.assertEqual((call.sudo().state, call.sudo().deadline_id.state), ("void", "void"))

    # -- reasons of dissatisfaction --------------------------------------------------------------

    def _unhappy(self):
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        return case, case.review_ids

    def test_looked_at_though_it_was_merged(self):
        """On time, before archiving; a second handling is already under way."""
        case, review = self._unhappy()
        lead = self._complaint("agent2", partner_id=self.customer2.id, phone="13700009999")
        self._merge(case, lead)
        clock = review.deadline_ids
        self.assertEqual((review.state, clock.state, clock.is_pending), ("open", "running", True))
        self.assertLocal(clock.due_at, "2026-03-12 17:30")
        for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
            getattr(self, f"_step_{step}")(lead, "agent2", self.lab)
            self.env.invalidate_all()
        self._step_callback(lead, "agent", self.lab)
        with self.assertRefused("look at why the customer is not satisfied first", lead):
            self._as("quality", lead).action_archive_case()
        shown = self.env["water.satisfaction.review"].search(lead.action_open_reviews()["domain"])
        self.assertEqual(shown, review)
        with at("2026-03-12 16:00"):
            acts.settle(self._as("senior", review), "explained", "已当面沟通")
        self.assertEqual(clock.state, "met")
        self._step_archived(lead, "agent", self.lab)

    def test_the_matter_is_handled_again(self):
        case, review = self._unhappy()
        lead = self._complaint("agent2", partner_id=self.customer2.id, phone="13700009999")
        self._merge(case, lead)
        for step in ("dispatched", "investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(lead, "agent2", self.lab)
            self.env.invalidate_all()
        acts.settle(self._as("senior", review), "rehandled", "由他人重办")
        self.env.invalidate_all()
        self.assertEqual((lead.handling_round, case.state), (2, "merged"))
        self.assertIn(self.users["department2"], self._barred(lead, self.users["department2"]))

    def test_looked_at_though_he_has_withdrawn(self):
        case, review = self._unhappy()
        self._as("agent", case).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        self.assertTrue(review.deadline_ids.is_pending)
        acts.settle(self._as("senior", review), "explained", "已电话沟通")
        self.assertEqual(review.deadline_ids.state, "met")
