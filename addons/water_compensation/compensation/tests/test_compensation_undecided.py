from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon

WAITS = "a compensation is not decided yet"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestCompensationUndecided(CompensationCommon):
    """A case with undecided money is not told, closed or filed."""

    def assertWaits(self, case, call):
        """``call`` is refused because of the money, and the case stays where it was."""
        with self.assertRefused(WAITS, case):
            call()

    def test_complaint_is_not_told(self):
        """Refused by button, letter and step; accepted once decided."""
        case = self._complaint_at("handling")
        row = self._proposed(case=case)
        dispatch = self._worker(self.net, self._lead(case))
        dispatch.result = "已重新抄表并更正账单"
        dispatch.action_finish()
        case.invalidate_recordset()
        self.assertWaits(case, self._as("agent", case).action_notify)
        self.assertWaits(case, lambda: self._as("agent", case).write({"state": "notified"}))
        self.assertWaits(case, lambda: self._notify(case))
        self.assertFalse(case.notice_ids.filtered(lambda row: row.kind == "result"))
        self._as("supervisor", row).action_approve()
        self._notify(case)
        self.assertEqual(case.state, "notified")

    def test_draft_counts_as_undecided_and_withdrawn_does_not(self):
        case = self._complaint_at("handling")
        row = self._compensation(case=case)
        self._finish_lead(case)
        self.assertWaits(case, case.action_notify)
        self._as("agent", row).action_propose()
        acts.withdraw(self._as("supervisor", row), "弄错了")
        case.invalidate_recordset()
        self.assertTrue(case.action_notify())

    def test_complaint_is_not_filed(self):
        """Money that came up after the answer; the checklist names it as missing."""
        case = self._complaint_at("callback")
        row = self._proposed(case=case)
        self.assertWaits(case, lambda: self._step_archived(case, "agent", self.net))
        item = {line["key"]: line for line in case._checklist()}["compensation"]
        self.assertEqual((item["state"], item["note"]), ("missing", WAITS))
        self._as("supervisor", row).action_approve()
        case.invalidate_recordset()
        item = {line["key"]: line for line in case._checklist()}["compensation"]
        self.assertEqual(item["state"], "done")
        self._step_archived(case, "agent", self.net)
        case.invalidate_recordset()
        self.assertEqual(case.state, "archived")

    def test_unanswered_complaint_is_not_closed_by_the_clock(self):
        case = self._complaint_at("notified")
        row = self._proposed(case=case)
        case.sudo()._close_unanswered()
        self.assertEqual(case.state, "notified")
        acts.refuse(self._as("supervisor", row), "不予补偿")
        case.sudo()._close_unanswered()
        self.assertEqual(case.state, "confirmed")

    def test_inquiry_is_not_answered_nor_closed(self):
        case = self._inquiry()
        row = self._proposed(case=case)
        answer = {"answer": "已答复", "state": "answered"}
        self.assertWaits(case, lambda: self._as("agent", case).write(answer))
        acts.refuse(self._as("supervisor", row), "不予补偿")
        self._as("agent", case).write(answer)
        self.assertEqual(case.state, "answered")

    def test_request_is_not_closed(self):
        requests = self._as("agent", self.env["water.request"])
        case = requests.create(self._request_values()).with_env(self.env)
        self._proposed(case=case)
        self.assertIn(WAITS, case._who_waits())

    def test_money_of_a_merged_case_keeps_the_lead_open(self):
        """One matter, one answer: the list opens the other customer's row."""
        lead, case = self._complaint_at("handling"), self._complaint(partner_id=self.customer2.id)
        row = self._proposed(case=case)
        self._as("supervisor", case).write(
            {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        )
        self.env.invalidate_all()
        self.assertIn(WAITS, lead._who_waits())
        [missing] = [words for words in lead._who_waits() if words == WAITS]
        action = getattr(self._as("agent", lead), missing.place)()
        self.assertEqual(self.env["water.compensation"].search(action["domain"]), row)
