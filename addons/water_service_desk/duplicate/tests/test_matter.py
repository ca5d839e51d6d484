from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...request.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestMatter(RequestCommon):
    """Inquiries, repairs and applications about one matter are one, and all are answered."""

    def _merge(self, case, original, login="agent", reason=False, how="merge"):
        wizards = self._as(login, self.env["water.merge.wizard"])
        about = {"active_model": case._name, "active_ids": case.ids}
        field = f"original_{case._name.split('.')[1]}_id"
        wizard = wizards.with_context(**about).create(
            {"how": how, field: original.id, "reason": reason}
        )
        wizard.action_save()
        self.env.invalidate_all()
        return wizard

    def _undo(self, case):
        acts.undo(self._as("agent", case), "不是一回事")
        self.env.invalidate_all()

    def _page(self, case):
        return case.with_user(self.users["portal1"]).sudo()._portal_page()

    def test_similar_while_typing(self):
        for make in (self._inquiry, self._repair):
            case = make(address="东城路9号", phone="13812345678")
            for values in ({"phone": "138 1234 5678"}, {"address": "东城路９号"}):
                with self.subTest(case=case._name, values=values):
                    drafts = self._as("agent", self.env[case._name])
                    self.assertEqual(drafts.new(values).similar_ids._origin, case)

    def test_nameless_one_is_not_like_a_named_one_by_its_telephone(self):
        """Its number would say whose it is; its address is where the matter is."""
        case = self._inquiry(
            address="东城路9号", phone="13812345678", is_anonymous=True, contact_name=False
        )
        drafts = self._as("agent", self.env[case._name])
        self.assertFalse(drafts.new({"phone": "13812345678"}).similar_ids)
        self.assertEqual(drafts.new({"address": "东城路9号"}).similar_ids._origin, case)

    def test_inquiry_answered_with_another(self):
        """The earliest limit wins; the merged one shows the answer and its customer is told."""
        with freeze_time("2026-03-10 01:00:00"):
            first = self._inquiry(partner_id=self.customer2.id)
        second = self._inquiry(address="x")
        due = self._clock(first, "close").due_at
        with self.assertRaisesRegex(UserError, "ask a supervisor"):
            self._merge(first, second)
        wizard = self._merge(first, second, "supervisor", "同一片区同一问题")
        self.assertFalse(wizard.same_customer)
        self.assertEqual((first.state, first.duplicate_of_id), ("merged", second))
        self.assertEqual(self._clock(second, "close").due_at, due)
        self.assertEqual(self._clock(first, "close").state, "void")
        second.answer = f"张伟您好，{second.name} 的答复：220立方米起。"
        self._as("agent", second).action_answer_and_close()
        self.assertIn("220立方米", first.answer)
        self.assertNotIn("张伟", first.answer)
        self.assertNotIn(second.name, first.answer)
        self.assertIn("duplicate_told", self._kinds(first))
        self.assertEqual(
            self._mails(first)[-1:].subject, f"Our answer to your inquiry {first.name}"
        )
        page = first.with_user(self.users["portal2"]).sudo()._portal_page()
        self.assertEqual((page["status"], page["answer"]), ("Finished", first.answer))
        self.assertNotIn(second.name, str(page))
        self.assertWhole(first | second)

    def test_merged_into_what_was_answered_already(self):
        """Told at once, as the other was."""
        first = self._inquiry(partner_id=self.customer2.id, address="x")
        first.answer = "220立方米起。"
        self._as("agent", first).action_answer()
        case = self._inquiry()
        self._merge(case, first, "supervisor", "同一问题")
        self.assertEqual(case.answer, "220立方米起。")
        self.assertIn("220立方米起", self._mails(case)[-1:].body_html)

    def test_repair_merged_and_taken_apart(self):
        """State, dispatch and clocks come back; the customer is told once by one case."""
        first, case = self._repair(), self._repair()
        self._dispatch(case)
        before = (case.state, case.next_due_at, self._lead(case).state)
        self._merge(case, first)
        self.assertEqual((case.state, self._lead(case).state), ("merged", "cancelled"))
        with self.assertRaisesRegex(UserError, "is merged into it|no step"):
            other = self._repair(partner_id=self.customer2.id)
            self._merge(other, first, "supervisor", "同一处")
            self._as("agent", first).action_withdraw()
        self._undo(case)
        self.assertEqual((case.state, case.next_due_at, self._lead(case).state), before)
        self.assertFalse(case.duplicate_of_id or case.closed_at or case.reopen_count)
        self.assertWhole(first | case)

    def test_case_with_a_missed_limit_is_not_merged_into_a_later_one(self):
        first = self._inquiry()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            late = self._inquiry()
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            (first | late).deadline_ids._check_due()
            self.assertIn("breached", late.deadline_ids.mapped("state"))
            copy = self._inquiry()
            for login in ("agent", "supervisor"):
                with self.assertRaisesRegex(UserError, "merge the later case into this one"):
                    self._merge(late, copy, login, "同一件事")
            with self.assertRaisesRegex(UserError, "it has missed a limit: ask a supervisor"):
                self._merge(late, first)
            self._merge(copy, first)
            self._merge(late, first, "supervisor")
        self.assertEqual(late.duplicate_of_id, first)

    def test_result_of_a_repair_reaches_all(self):
        first = self._repair()
        case = self._repair(partner_id=self.customer2.id, address="x")
        self._merge(case, first, "supervisor", "同一处漏水")
        self.assertIn("handle", self._mails(case)[-1:].subject)
        self._done(first)
        self.assertEqual(case.result, first.result)
        page = case.with_user(self.users["portal2"]).sudo()._portal_page()
        self.assertEqual(page["answer"], first.result)

    def test_linked_and_counted(self):
        first, case = self._inquiry(), self._inquiry()
        self._merge(case, first, how="link")
        self.assertEqual((first.repeat_count, case.state), (2, "registered"))
        with self.assertRaisesRegex(ValidationError, "no chains"):
            self._merge(first, case, how="link")
        self._dispatch(case)
        with self.assertRaisesRegex(UserError, "not allowed to create .Same Matter"):
            acts.link(self._as("department", case), case)
        self._undo(case)
        self.assertEqual(first.repeat_count, 0)
