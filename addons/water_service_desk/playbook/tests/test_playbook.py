from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...base.tests import acts
from ...request.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestPlaybook(RequestCommon):
    """The steps of a category's playbook are to-dos; those that block keep the case open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        todo = cls.env.ref("mail.mail_activity_data_todo").id
        steps = [("核对账单", True, 0), ("通知抄表班", False, 2)]
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "水费咨询",
                "res_model": "water.inquiry",
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": todo,
                            "summary": summary,
                            "water_blocks": blocks,
                            "delay_count": days,
                            "responsible_type": "on_demand",
                        }
                    )
                    for summary, blocks, days in steps
                ],
            }
        )
        cls._category("gn").plan_ids = cls.plan

    def _step(self, case, summary="核对账单"):
        return case.activity_ids.filtered(lambda row: row.summary == summary)

    def test_steps_of_a_case(self):
        """At assignment, once; blocking steps first."""
        case = self._inquiry(answer="已答复")
        self.assertEqual(set(case.activity_ids.mapped("summary")), {"核对账单", "通知抄表班"})
        self.assertEqual(case.activity_ids.user_id, self.users["agent"])
        self.assertIn("playbook_started", self._kinds(case))
        self._as("supervisor", case).user_id = self.users["agent2"]
        self.assertEqual(len(case.activity_ids), 2)
        with self.assertRefused("“核对账单” of the playbook is not done", case):
            self._as("agent", case).action_answer_and_close()
        self._as("agent", self._step(case)).action_feedback("金额无误")
        self._as("agent", case).action_answer_and_close()
        self.assertEqual(case.state, "closed")
        done = case.event_ids.filtered(lambda row: row.kind == "step_done")
        self.assertEqual(done.payload["note"], "核对账单")
        self.assertWhole(case)

    def test_escalation_steps_of_leaving_person(self):
        """Odoo deletes the user's activities: the successor gets them, blocking ones included."""
        heir, agent2 = self.users["supervisor"], self.users["agent2"]
        self.company.water_message_user_id = heir
        told = [("subject", "ilike", "has left: 2 to-dos are yours")]
        for leave in ("action_archive", "write"):
            agent2.active = True
            case = self._inquiry("agent2", answer="已答复")
            self.assertEqual(case.activity_ids.user_id, agent2)
            getattr(agent2, leave)(*([{"active": False}] if leave == "write" else []))
            self.assertEqual(set(case.activity_ids.mapped("summary")), {"核对账单", "通知抄表班"})
            self.assertEqual(case.activity_ids.user_id, heir)
            message = self.env["mail.message"].search(told, limit=1)
            self.assertEqual(message.notified_partner_ids, heir.partner_id)
            self.assertIn(case.name, message.body)
            with self.assertRefused("“核对账单” of the playbook is not done", case):
                self._as("supervisor", case).action_answer_and_close()

    def test_steps_of_another_colleague(self):
        """Handlers also get the steps of those who leave."""
        case = self._inquiry("agent")
        self._step(case).user_id = self.users["agent2"]
        self.users["agent2"].action_archive()
        self.assertEqual(self._step(case).user_id, self.users["agent"])

    def test_not_assigned_yet(self):
        case = self._inquiry("su")
        self.assertFalse(case.activity_ids)
        self._as("agent", case).action_take()
        self.assertEqual(len(case.activity_ids), 2)

    def test_the_steps_of_another_category(self):
        """Corrected, it has that category's steps; the first ones no longer block."""
        case = self._inquiry()
        other = self.plan.copy({"name": "停水咨询"})
        other.template_ids.summary = "查停水计划"
        self._category("ot06").plan_ids = other
        values = {"category_id": self._category("ot06").id, "triage_reason": "问的是停水"}
        self._as("agent", case).write(values)
        self.assertFalse(self._step(case))
        self.assertEqual(len(self._step(case, "查停水计划")), 2)
        self._as("agent", case).write({"category_id": self._category("gn").id})
        blocking = case.activity_ids.filtered("water_blocks")
        self.assertEqual(blocking.mapped("summary"), ["核对账单"])

    def test_handled_again_it_has_them_again(self):
        case = self._inquiry(answer="已答复")
        self._as("agent", self._step(case)).action_feedback("金额无误")
        self._as("agent", case).action_answer_and_close()
        self._as("quality", case).action_reopen()
        self.assertFalse(self._step(case))
        self._as("supervisor", case).user_id = self.users["agent2"]
        self.assertEqual(self._step(case).user_id, self.users["agent2"])

    def test_withdrawn_case_has_no_steps(self):
        case = self._inquiry()
        self._as("agent", case).action_withdraw()
        self.assertFalse(self._step(case))

    def test_undo_restores_steps_of_merged_case(self):
        """Undone ones return with their users; meanwhile no one has them."""
        lead, case = self._inquiry(), self._inquiry()
        values = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一件事"}
        before = self._step(case)
        deadline = before.date_deadline
        self._as("supervisor", case).write(values)
        self.assertFalse(self._step(case))
        self.assertTrue(self._step(lead))
        acts.undo(self._as("supervisor", case), "是两件事")
        case.invalidate_recordset()
        self.assertRecordValues(
            self._step(case),
            [{"user_id": self.users["agent"].id, "water_blocks": True, "date_deadline": deadline}],
        )
        self._as("agent", self._step(case)).action_feedback("金额无误")
        self._as("supervisor", case).write({**values, "end_reason": "还是同一件事"})
        acts.undo(self._as("supervisor", case), "是两件事")
        case.invalidate_recordset()
        self.assertFalse(self._step(case))
        self.assertWhole(case | lead)

    def test_a_blocking_step_is_not_put_away(self):
        """Assignees cannot delete, archive or defuse them."""
        case = self._inquiry()
        step = self._as("agent", self._step(case))
        for attempt in (
            step.unlink,
            lambda: step.write({"active": False}),
            lambda: step.write({"water_blocks": False}),
            lambda: step.write({"res_id": self._inquiry().id}),
            lambda: step.create({"water_blocks": True}),
        ):
            with self.assertRaisesRegex(UserError, "belongs to the playbook"):
                attempt()
        with self.assertRaisesRegex(UserError, "playbook"):
            self._as("supervisor", step).write({"water_blocks": False})
        step.note = "账单已调出"  # the assignee plans it as usual
        self.assertIn("已调出", step.note)
        self._as("agent", self._step(case, "通知抄表班")).unlink()
        self._as("supervisor", step).unlink()
        self.assertFalse(case.activity_ids)
