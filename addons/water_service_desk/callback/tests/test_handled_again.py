from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestHandledAgain(WaterCommon):
    """Former handlers, and the case when it is handled again."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()

    def _served(self, case, department=None, supports=None):
        self._dispatch(case, department, supports)
        for row in case.dispatch_ids.filtered(lambda row: row.state == "sent"):
            login = "department2" if row.department_id == self.lab else "department"
            self._as(login, row).action_accept()
            self._as(login, row).result = "已修"
            self._as(login, row).action_finish()
        case.invalidate_recordset()

    def test_acting_user_is_recorded(self):
        """The desk and its deputies for desk work; else the department only."""
        agent, agent2 = self.users["agent"], self.users["agent2"]
        self.assertEqual(self.case._former_handlers(), agent)
        self.case.sudo().user_id = agent2
        self.assertEqual(self.case._former_handlers(), agent2)
        self.case.sudo().user_id = False
        self.assertEqual(self.case._former_handlers(), agent)
        acts.appoint_deputy(self._as("supervisor", self.case), agent2, self._later(days=1), "请假")
        self.case.sudo().user_id = agent
        self.assertEqual(self.case._former_handlers(), agent | agent2)
        self._served(self.case)
        self.assertTrue(self.case._is_done_outside())
        self.assertEqual(self.case._former_handlers(), self.users["department"])
        trusted(self.case).handling_round = 2
        self.assertFalse(self.case._is_done_outside())
        self.assertEqual(self.case._former_handlers(), agent | agent2 | self.users["department"])

    def test_served(self):
        """Accepted or finished in this round, by leader or helpers."""
        self._dispatch(self.case, self.net, self.lab)
        lead = self._lead(self.case)
        helper = self.case.dispatch_ids - lead
        self.assertFalse(self.case._served_dispatches())
        self._as("department", lead).action_accept()
        self._as("department2", helper).action_accept()
        self.assertEqual(self.case._served_dispatches(), lead)
        self.assertEqual(self.case._served_dispatches("support"), helper)
        trusted(self.case).handling_round = 2
        self.assertFalse(self.case._served_dispatches())
        trusted(self.case).handling_round = 1
        acts.reject(self._as("department", lead), "不属我部门")
        self.case.invalidate_recordset()
        self.assertFalse(self.case._served_dispatches())

    def test_counted(self):
        self.case._start_follow_up_clocks()
        call = self.case._schedule_callback()
        self.case._count_reopened({self.case.id: "closed"})
        self.assertEqual((self.case.reopen_count, self.case.handling_round), (1, 2))
        self.assertEqual((self.case.user_id.id, call.state), (False, "void"))
        rows = self.case.event_ids.sorted("id")[-2:]
        self.assertEqual(rows.mapped("kind"), ["reopened", "assigned"])
        agent = self.users["agent"]
        self.assertEqual(
            rows.mapped("payload"), [{"from": "closed"}, {"to": False, "not": agent.ids}]
        )
        self.assertEqual(self._barred(self.case), agent)
        self.assertFalse(self.case._desk_handler())
        self.assertEqual(len(self.case._need_another_handler()), 1)
        self.case.sudo().user_id = self.users["agent2"]
        self.assertEqual(self.case._need_another_handler(), [])
        self.case.with_user(self.users["supervisor"])._check_handler(self.users["agent2"])
        with self.assertRefused("is handled again"):
            self.case.with_user(self.users["supervisor"])._check_handler(agent)

    def test_returned_case_avoids_former_handlers(self):
        """If the responsible person is barred, supervisors are told; otherwise it is theirs."""
        subject = [("subject", "ilike", "is handled again: give it to")]
        self.case.sudo().user_id = False
        self.case._back_to_desk()
        self.assertEqual(self.case.user_id, self.users["agent"])
        self.assertFalse(self.env["mail.message"].search(subject))
        self.case._count_reopened({self.case.id: "closed"})
        self.case._back_to_desk()
        self.assertFalse(self.case.user_id)
        message = self.env["mail.message"].search(subject)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)
        free = self._inquiry("integration")
        free._back_to_desk()
        self.assertEqual(self.env["mail.message"].search(subject), message)

    def test_carried_on(self):
        """The later round applies, and exclusions stay."""
        agent, agent2 = self.users["agent"], self.users["agent2"]
        other = self._inquiry("agent2")
        count = other.event_count
        other._carry_on(self.case)
        self.assertEqual((other.handling_round, other.user_id), (1, agent2))
        self.assertEqual(other.event_count, count, "nobody stays out")
        self.case._count_reopened({self.case.id: "closed"})
        other._carry_on(self.case)
        self.assertEqual((other.handling_round, other.user_id), (2, agent2))
        self.assertEqual(self._barred(other), agent)
        own = self._inquiry()
        trusted(own).handling_round = 3
        own._carry_on(self.case)
        self.assertEqual((own.handling_round, own.user_id.id), (3, False))

    def test_again_by_the_department_and_who_helped(self):
        """With new dispatches; by the desk where the department was closed since."""
        values = {"name": "新部", "code": "T-NEW", "member_ids": self.users["department"].ids}
        for closed in (False, True):
            case, new = self._inquiry(), self.env["water.department"].create(values)
            values["code"] = "T-NEWER"
            self._served(case, new, self.lab)
            new.active = not closed
            case._handle_again(False, "还是漏", ())
            case.invalidate_recordset()
            self.assertEqual((case.reopen_count, case.handling_round), (1, 2))
            rows = case.dispatch_ids.filtered(lambda row: row.state == "sent")
            if closed:
                self.assertFalse(rows or case.department_id)
                continue
            self.assertEqual(rows.department_id, new | self.lab)
            self.assertEqual(set(rows.mapped("note")), {"还是漏"})
            self.assertEqual(set(rows.mapped("handling_round")), {2})

    def test_withdrawn_alone_ends_the_calls(self):
        call = self.case._schedule_callback().with_env(self.env)
        self._as("agent", self.case).action_process()
        self.assertEqual(call.state, "open")
        self._as("agent", self.case).action_withdraw()
        self.assertEqual((call.state, call.void_reason), ("void", "cancelled"))
