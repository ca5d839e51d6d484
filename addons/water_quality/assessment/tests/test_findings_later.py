from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .common import AssessmentCommon

FEBRUARY = local("2026-02-10 10:00")


@tagged("post_install", "-at_install")
class TestFindingsLater(AssessmentCommon):
    """A confirmed deduction is reversed when its finding falls, for any reason."""

    def _signed(self, kind):
        draft = self._drawn()
        self._put(self._entries(draft), assessment_state="confirmed")
        self._put(draft, state="confirmed", checked_by_id=self.users["quality"].id)
        self._put(draft.line_ids, state="confirmed")
        entry = self._entries(draft, kind)
        self.assertEqual(entry.mapped("state"), ["counts"])
        return entry

    def _taken_back(self, entry):
        return entry.line_id.addendum_ids.filtered(lambda row: row.entry_id == entry)

    def _attitude(self):
        category = self._category("st01")
        self.assertTrue(category.about_staff or category.parent_id.about_staff)
        values = {"category_id": category.id, "department_complained_id": self.net.id}
        values |= {"state": "archived", "closed_at": FEBRUARY, "is_judged_again": False}
        self._put(self.case, **values, finding="upheld", finding_final="upheld")
        return self._signed("attitude")

    def test_the_case_is_withdrawn(self):
        """Figures no longer count its limits, and no one answers for them."""
        entry = self._signed("overdue")
        values = {"state": "withdrawn", "end_reason": "客户撤回"}
        self._as("agent", self.case).write(values)
        self.assertEqual(self._taken_back(entry).mapped("points"), [2])

    def test_the_case_is_merged(self):
        entry = self._signed("overdue")
        lead = self._case_of()
        values = {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        self._as("supervisor", self.case).write(values)
        self.assertEqual(self._taken_back(entry).mapped("points"), [2])

    def _merged_and_undone(self):
        """Merged in error, and one of its own again."""
        lead = self._case_of()
        values = {"duplicate_of_id": lead.id, "end_reason": "同一件事", "state": "merged"}
        self._as("supervisor", self.case).write(values)
        yield
        acts.undo(self._as("supervisor", self.case), "不是一回事")
        self.env.invalidate_all()
        yield

    def test_the_merging_is_undone(self):
        """Reversed only after agreement; after another merge, by one draft."""
        entry = self._signed("overdue")
        score = entry.line_id._score_now()
        steps = self._merged_and_undone()
        next(steps)
        draft = self._taken_back(entry)
        next(steps)
        self.assertEqual(self._taken_back(entry), draft)
        mine = self._as("manager", draft)
        self.assertFalse(mine.can_agree)
        with self.assertRefused("has changed since", draft):
            mine.action_agree()
        self.assertEqual(entry.line_id._score_now(), score)
        next(self._merged_and_undone())
        self.assertEqual(self._taken_back(entry), draft)
        mine.action_agree()
        self.assertEqual(entry.line_id._score_now(), score + 2)

    def test_the_merging_is_undone_after_it_was_taken_back(self):
        """The deduction comes again, when a second person agrees to that as well."""
        entry = self._signed("overdue")
        score = entry.line_id._score_now()
        steps = self._merged_and_undone()
        next(steps)
        self._as("manager", self._taken_back(entry)).action_agree()
        self.assertEqual(entry.line_id._score_now(), score + 2)
        next(steps)
        rows = self._taken_back(entry)
        self.assertEqual(rows.mapped("points"), [2, -2])
        self._as("manager", rows[1]).action_agree()
        self.assertEqual(entry.line_id._score_now(), score)

    def test_an_inquiry_becomes_a_complaint(self):
        case = self._inquiry(department_id=self.net.id)
        self._put(self.clock, complaint_id=None, inquiry_id=case.id)
        entry = self._signed("overdue")
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        acts.convert(self._as("agent", case), values, "不满意")
        self.assertEqual(self._taken_back(entry).mapped("points"), [2])

    def test_later_found_correct(self):
        """Sent to the same department again by a ruling, which takes it."""
        wrong = self.env["water.dispatch.reason"].search([("is_wrong", "=", True)], limit=1)
        self._put(self.clock, state="void")
        self.users["agent2"].write({"water_department_ids": [(6, 0, self.lab.ids)]})
        values = {"complaint_id": self.case.id, "sent_at": FEBRUARY, "department_id": self.net.id}
        values |= {"sent_by_id": self.users["agent2"].id, "state": "rejected"}
        trusted(self.env["water.dispatch"]).create({**values, "reject_reason_id": wrong.id})
        self._put(self.case, rejection_count=1)
        entry = self._signed("wrong_dispatch")
        acts.readback(self._as("agent", self.case))
        self._dispatch(self.case, self.net, login="supervisor")
        self.assertFalse(self._taken_back(entry))
        self._as("department", self._lead(self.case)).action_accept()
        self.assertEqual(self._taken_back(entry).mapped("points"), [1])

    def test_handled_again_under_its_number_and_found_otherwise(self):
        entry = self._attitude()
        self._put(
            self.case, handling_round=2, state="confirmed", closed_at=local("2026-04-10 10:00")
        )
        self.case.sudo()._after_confirmed({self.case.id: "notified"})
        self.assertFalse(self._taken_back(entry), "found the same again, in another month")
        self._put(self.case, finding="not_upheld", finding_final="not_upheld")
        self.case.sudo()._after_confirmed({self.case.id: "notified"})
        self.assertEqual(self._taken_back(entry).mapped("points"), [5])

    def test_upheld_again_under_another_number(self):
        """The finding stands while an appeal is only possible."""
        entry = self._attitude()
        with freeze_time(local("2026-03-10 10:00")):
            again = self._case_of(category_id=self.case.category_id.id)
            about = {"complaint_id": self.case.id, "level": "1", "reason": "x", "demand": "x"}
            appeal = trusted(self.env["water.appeal"]).create(about)
            self._put(appeal, state="decided", decided_at=FEBRUARY, follow_up_id=again.id)
            self._put(self.case, is_judged_again=True)
            self._put(again, is_follow_up=True)
            self._go(again, "confirmed")
        self.assertEqual((again.finding_final, bool(acts.appeal_until(again))), ("upheld", True))
        self.assertFalse(self._taken_back(entry))

    def test_an_appeal_that_changes_nothing(self):
        """The finding stands while a further level is possible."""
        entry = self._attitude()
        with freeze_time(local("2026-03-10 10:00")):
            notice = {"complaint_id": self.case.id, "kind": "result", "sent_at": FEBRUARY}
            notice |= {"mode": "oral", "subject": "x", "body": "x", "told_to": "x"}
            notice = trusted(self.env["water.notice"].sudo()).create(notice)
            self._put(notice, appeal_until="2026-03-25", round=self.case.reopen_count)
            about = {"complaint_id": self.case.id, "level": "1", "reason": "x", "demand": "x"}
            appeal = trusted(self.env["water.appeal"]).create(about)
            self._put(appeal, state="decided", decided_at=FEBRUARY, decision="rejected")
            self.assertTrue(acts.appeal_until(self.case))
            self.case.sudo()._appeal_decided(appeal)
        self.assertFalse(self._taken_back(entry))
