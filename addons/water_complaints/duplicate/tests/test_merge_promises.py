from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .common import MergeCommon


@tagged("post_install", "-at_install")
class TestMergePromises(MergeCommon):
    """The lead's handler keeps promises to merged customers."""

    def _two(self):
        """The complaint that is handled, and another customer's about the same matter."""
        lead = self._complaint(partner_id=self.customer2.id, address="南湖路1号")
        return lead, self._complaint(email_from="dialysis@example.com")

    def _mail(self, record):
        about = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.mail"].search(about, order="id desc", limit=1)

    def _promised(self, case, moment, kind="result"):
        return acts.promise(self._as("agent", case), "张伟：停水前打电话", local(moment), kind)

    def _shown(self, case):
        """{kind: limit} of what the customer's page promises."""
        rows = self._as("portal1", case).sudo()._portal_promises()
        return {row["kind"]: row["until"] for row in rows}

    def test_promised_date_is_kept_and_told_to_both(self):
        """The earlier date applies to both; after undoing each has its own."""
        lead, case = self._two()
        own = lead.promised_at
        promise = self._promised(case, "2026-03-11 12:00")
        self._merge(case, lead)
        self.assertEqual((promise.complaint_id, promise.state), (lead, "running"))
        self.assertTrue(promise.is_pending)
        for one in (lead, case):
            self.assertLocal(one.promised_at, "2026-03-11 12:00")
            self.assertIn("12:00 today", self._shown(one)["promise"])
            self.assertIn("March 11, 2026", self._mail(one).body_html)
        told = case.customer_message_ids.filtered(lambda row: "together" in row.subject)
        self.assertEqual(len(told), 1)
        [event] = lead.event_ids.filtered(lambda row: row.kind == "promised")
        self.assertNotIn("张伟", event.payload["text"])
        self._undo(case)
        self.assertEqual((promise.complaint_id, promise.state), (case, "running"))
        self.assertEqual(lead.promised_at, own)
        self.assertNotIn("promise", self._shown(lead))
        self.assertWhole(lead | case)

    def test_a_call_to_another_customer_does_not_keep_it(self):
        lead, case = self._two()
        promise = self._promised(case, "2026-03-11 12:00", "contact")
        self._merge(case, lead)
        self.assertNotIn("promise", self._shown(lead))
        self.assertIn("12:00 today", self._shown(case)["promise"])
        acts.contact(self._as("agent", lead), "已电话联系")
        self.assertFalse(promise.met_at)
        self._as("agent", promise.with_env(self.env)).action_promise_kept()
        self.assertEqual(promise.state, "met")
        self._undo(case)
        self.assertEqual((promise.complaint_id, promise.promise_kind), (case, "contact"))

    def test_wished_call_is_still_owed(self):
        """A requested call stays in the queue, with its limit on the board."""
        lead, case = self._two()
        call = acts.call_back(self._as("agent", case), local("2026-03-11 15:00"))
        self._merge(case, lead)
        self.assertEqual((call.state, call.deadline_id.state), ("open", "running"))
        self.assertTrue(call.deadline_id.is_pending)

    def _promise_news(self):
        self.env["water.standard"].search([("case_model", "=", "water.complaint")]).active = False
        self._new_standard(
            "T-NEWS",
            {"amount": 30},
            {"kind": "news", "amount": 2},
            model="water.complaint",
            category_id=self._category("wq04").id,
        )

    def test_news_that_both_were_promised_is_owed_once(self):
        """Told, it is told to both; the next interval is one clock, not one for each of them."""
        self._promise_news()
        category = self._category("wq04").id
        lead, case = (
            self._complaint(partner_id=partner.id, address=address, category_id=category)
            for partner, address in ((self.customer2, "南湖路1号"), (self.customer, "东城路8号"))
        )
        self._merge(case, lead)
        self._as("agent", lead)._tell_news("已开挖")
        clocks = (lead | case).deadline_ids.filtered(lambda row: row.kind == "news")
        running = clocks.filtered(lambda row: row.state == "running")
        self.assertEqual((len(running), running.complaint_id), (1, lead))

    def test_news_goes_on(self):
        """News that only the standard of the merged one promises is owed to both from now on."""
        self._promise_news()
        lead = self._complaint(partner_id=self.customer2.id, address="南湖路1号")
        case = self._complaint(category_id=self._category("wq04").id, email_from="d@example.com")
        news = self._clock(case, "news")
        self._merge(case, lead)
        self.assertEqual((news.complaint_id, news.state), (lead, "running"))
        self.assertIn("news", self._shown(case))
        self._as("agent", lead)._tell_news("南湖路1号已开挖")
        self.assertEqual(news.state, "met")
        [row] = self.env["water.case.news"].search([("complaint_id", "=", case.id)])
        self.assertNotIn("南湖路1号", row.text)
        self.assertIn("已开挖", row.text)
        self.assertEqual(self._mail(row).email_to, "d@example.com")
        again = self._clock(lead, "news")
        self.assertNotEqual(again, news)
        self.assertEqual(again.state, "running")
        self.assertIn("news_told", self._kinds(case))

    def test_earlier_limit_waits_for_the_end_of_the_pause(self):
        """Told to the merged customer at once; the clock that stands still has it afterwards."""
        lead, case = self._two()
        clock, due = self._clock(lead, "close"), self._clock(case, "close").due_at
        rows = acts.extend(self._as("agent", clock), "等检定", 5)
        self._as("supervisor", rows).action_approve()
        plain = clock.due_at
        acts.pause(self._as("supervisor", clock), "等客户", local("2026-03-12 10:00"))
        self._merge(case, lead)
        self.assertEqual((clock.state, clock.due_at), ("paused", plain))
        self.assertEqual(case.promised_at, due)
        self.assertIn("2026-03-18 17:30", self._shown(case)["close"])
        with freeze_time(local("2026-03-12 09:30")):
            self._as("supervisor", clock.with_env(self.env)).action_resume()
            self.assertEqual((clock.state, clock.due_at), ("running", due))
            self.env.invalidate_all()
            self.assertEqual(case.promised_at, due)
        self.assertWhole(lead | case)

    def test_a_date_that_becomes_certain_is_told_to_both(self):
        """Provisional on the customer's page too, and told once the year is published."""
        with freeze_time(local("2026-12-30 10:00")):
            lead, case = self._two()
            self._merge(case, lead)
            self.assertIn("provisional", self._shown(case)["close"])
            before = len(case.customer_message_ids)
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
            self._clock(lead, "close")._check(local("2026-12-30 10:00"))
        self.env.invalidate_all()
        self.assertEqual(len(case.customer_message_ids), before + 1)

    def test_a_request_ends_with_its_clock(self):
        """Requests on ended clocks need no decision; both users are told."""
        lead, case = self._two()
        clock = self._clock(case, "close")
        request = acts.extend(self._as("agent", clock), "等检定", 2)
        self._merge(case, lead)
        self.assertEqual((clock.state, request.state), ("void", "lapsed"))
        told = self.env["mail.message"].search([("subject", "ilike", "no longer to be decided")])
        people = told.notified_partner_ids
        self.assertIn(self.users["agent"].partner_id, people)
        self.assertIn(self.users["manager"].partner_id, people)
        with self.assertRefused("decided already", request):
            self._as("supervisor", request).action_approve()
