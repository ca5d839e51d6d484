from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...clock.models.water_standard_line import INTERNAL


@tagged("post_install", "-at_install")
class TestDispatch(WaterCommon):
    """Work orders to departments (转办单): accept, return, finish; the clocks take no notice."""

    second_company = True

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()

    def _clocks(self):
        names = ("kind", "started_at", "due_at", "state", "met_at")
        customers = self.case.deadline_ids.filtered(lambda clock: clock.kind not in INTERNAL)
        return [tuple(clock[name] for name in names) for clock in customers]

    def test_sent(self):
        """A dispatch says to whom, in what role, when and by whom."""
        dispatch = self._dispatch(self.case, self.net, self.lab, note="请现场查看")
        self.assertRecordValues(
            self.case.dispatch_ids.sorted("role"),
            [
                {"department_id": self.net.id, "role": "lead", "state": "sent"},
                {"department_id": self.lab.id, "role": "support", "state": "sent"},
            ],
        )
        self.assertEqual(dispatch.note, "请现场查看")
        self.assertEqual(dispatch.sent_by_id, self.users["agent"])
        self.assertEqual(self.case.department_id, self.net)
        self.assertEqual(self.case.state, "processing")
        self.assertEqual(self._kinds(self.case).count("dispatched"), 2)

    def test_assigned_person(self):
        """Not a department that returned it, until it is sent again."""
        for department, login in ((self.net, "department"), (self.lab, "department2")):
            lead = self._dispatch(self.case, department, login="supervisor")
            self.assertEqual(self.case._working_department(), department)
            acts.reject(self._as(login, lead), "不属我部门")
            self.case.invalidate_recordset()
            self.assertFalse(self.case._working_department())

    def test_a_department_is_closed_to_which_categories_lead(self):
        """Supervisors are told if no one would be waiting for the cases, at night too."""
        unit = self.env["water.department"].create({"name": "抄表部", "code": "T-CB"})
        said = [("subject", "=", "抄表部 is closed, and cases are still led there")]
        unit.active = False
        self.assertFalse(self.env["mail.message"].search(said))
        unit.active = True
        self._category("bl02").department_id = unit
        unit.active = False
        message = self.env["mail.message"].search(said)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)
        self.assertIn(self._category("bl02").name, message.body)

    def test_assigned_person_after_one_of_two_is_done(self):
        """The leader is done: helpers still have it; then the desk, which has to answer."""
        self._dispatch(self.case, self.net, self.lab)
        self.assertEqual(self.case._working_department(), self.net)
        self._finish_lead(self.case)
        self.assertEqual(self.case._working_department(), self.lab)
        helping = self._as(
            "department2", self.case.dispatch_ids.filtered_domain([("role", "=", "support")])
        )
        helping.action_accept()
        helping.result = "水样合格"
        helping.action_finish()
        self.assertFalse(self.case._working_department())

    def _shown(self):
        self.case.invalidate_recordset()
        return self.case.lead_note, self.case.lead_report

    def test_work_shown_on_case(self):
        """For the present leader; not for helpers, returned or recalled dispatches."""
        lead = self._dispatch(self.case, self.net, self.lab, note="请现场查看")
        self.assertEqual(self._shown(), ("请现场查看", False))
        acts.reject(self._as("department", lead), "不属我部门")
        self.assertEqual(self._shown(), (False, False))
        self._dispatch(self.case, self.lab, login="supervisor", note="请化验")
        self._finish_lead(self.case, "department2", "已化验")
        self.assertEqual(self._shown(), ("请化验", "已化验"))
        self._dispatch(self.case, self.net, login="supervisor", note="请再看")
        self.assertEqual(self._shown(), ("请再看", False))
        self.case = self._inquiry()
        self._dispatch(self.case, note="请查")
        self._as("agent", self.case).action_withdraw()
        self.assertEqual(self._shown(), (False, False))

    def test_accounts_of_the_work(self):
        """A department finds the accounts of what it works on, until it has finished."""
        account = self.env["water.account"].create(
            {"code": "T-1", "partner_id": self.customer.id, "address": "东城路"}
        )
        case = self._inquiry(account_id=account.id)
        mine = self._as("department", account)
        domain = [("is_at_work", "=", True)]
        self.assertFalse(mine.is_at_work or mine in mine.search(domain))
        dispatch = self._as("department", self._dispatch(case))
        mine.invalidate_recordset(["is_at_work"])
        self.assertTrue(mine.is_at_work)
        self.assertIn(mine, mine.search(domain))
        acts.reject(dispatch, "不属我部门")
        self.assertNotIn(mine, mine.search(domain))

    def test_accept_finish(self):
        """The department accepts, writes down its work, and finishes."""
        dispatch = self._as("department", self._dispatch(self.case))
        dispatch.action_accept()
        self.assertEqual(dispatch.state, "accepted")
        self.assertEqual(dispatch.accepted_by_id, self.users["department"])
        self.assertTrue(dispatch.accepted_at)
        for nothing in (False, "", "  "):
            dispatch.result = nothing
            with self.assertRaisesRegex(UserError, "Write down what was done"):
                dispatch.action_finish()
        dispatch.result = "已冲洗管道"
        dispatch.action_finish()
        self.assertEqual(dispatch.state, "finished")
        self.assertTrue(dispatch.finished_at)
        self.assertEqual(self.case.answer, "已冲洗管道")
        self.assertEqual(self._kinds(self.case)[-2:], ["dispatch_accepted", "dispatch_finished"])
        self.assertWhole(self.case)

    def test_the_form_says_what_the_customer_said(self):
        """In the case's words, to readers of the case only."""
        self.case = self._inquiry(verbatim="家里一滴水都没有")
        dispatch = self._as("department", self._dispatch(self.case))
        with Form(dispatch) as form:
            self.assertEqual(form.case_verbatim, "家里一滴水都没有")
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.case_verbatim = "别的"
        acts.reject(dispatch, "不属我部门")
        dispatch.invalidate_recordset()
        self.assertFalse(self._as("department", self.case).has_access("read"))
        self.assertFalse(dispatch.case_verbatim)
        self.assertEqual(self._as("agent", dispatch).case_verbatim, "家里一滴水都没有")

    def test_arrived_once(self):
        """Neither the form nor the card asks again; a board asks for all its cards at once."""
        board = etree.fromstring(self.env["water.dispatch"].get_view(view_type="kanban")["arch"])
        self.assertTrue(board.xpath("/kanban/field[@name='has_arrived']"))
        (button,) = board.xpath("//button[@name='action_arrived']")
        self.assertIn("!record.has_arrived.raw_value", button.get("t-if"))
        many = [self._dispatch(self._inquiry()) for _number in range(6)]
        for dispatch in many:
            self._as("department", dispatch).action_accept()
        arrived = self._as("department", many[0])
        arrived.action_arrived()
        self.assertEqual(self._arrived(many), [True, *[False] * 5])
        self._queries(many)  # queries asked once in a process
        self.assertEqual(self._queries(many), self._queries(many[:2]))

    def _arrived(self, dispatches):
        rows = self._as("department", dispatches[0].union(*dispatches))
        return rows.mapped("has_arrived")

    def _queries(self, dispatches):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._arrived(dispatches)
        return self.env.cr.sql_log_count - before

    def test_finished_case_is_sent_to_no_one(self):
        """Found by the machine: a request that was withdrawn went to a department."""
        values = self._request_values(category_id=self._category("lk03").id)
        repair = self._as("agent", self.env["water.request"]).create(values).with_env(self.env)
        self._as("agent", repair).action_withdraw()
        self._as("agent", self.case).action_withdraw()
        for case in (repair, self.case):
            before = case.event_count
            with self.assertRaisesRegex(UserError, "it can no longer be added to"):
                acts.dispatch(self._as("supervisor", case), self.net)
            self.assertEqual((case.dispatch_ids.ids, case.event_count), ([], before))

    def test_a_department_is_not_closed_over_its_work(self):
        """No one else would do it; closed departments get nothing."""
        case, new = self._inquiry(), {"name": "旧部", "code": "T-OLD"}
        old = self.env["water.department"].create(new)
        category = case.category_id.sudo()
        category.department_id = old
        self._dispatch(case, old)
        with self.assertRefused("1 dispatches to .*旧部.* are still open", old):
            old.active = False
            self.env.flush_all()
        self._dispatch(case, self.net)
        old.active = False
        with self.assertRefused("has been closed: choose another", case):
            self._dispatch(case, old)
        self.assertFalse(case._proposed_department())

    def test_a_closed_case_takes_no_answers(self):
        """Working helpers are recalled; nothing is added to the chain."""
        lead = self._dispatch(self.case, self.net, self.lab)
        self._as("department2", self.case.dispatch_ids - lead).action_accept()
        self._as("agent", self.case).action_withdraw()
        self.assertEqual(set(self.case.dispatch_ids.mapped("state")), {"cancelled"})
        count = self.case.event_count
        with self.assertRaisesRegex(UserError, "already answered"):
            self._as("department2", self.case.dispatch_ids - lead).action_arrived()
        with self.assertRaisesRegex(UserError, "“Withdrawn”, it can no longer be added to"):
            acts.contact(self._as("agent", self.case), "再次联系")
        self.assertEqual(self.case.event_count, count)

    def test_finished_result_stays(self):
        """A report cannot be rewritten."""
        dispatch = self._dispatch(self.case)
        work = self._as("department", dispatch)
        work.action_accept()
        work.result = "已冲洗管道"
        work.action_finish()
        for login in ("department", "agent", "supervisor", "manager", "su"):
            with self.subTest(login=login), self.assertRefused("this dispatch is already answered"):
                self._as(login, dispatch).result = "别的"

    def test_reject(self):
        """A return needs a reason, is counted, and the department loses sight of the case."""
        dispatch = self._dispatch(self.case)
        with self.assertRaisesRegex(UserError, "Say why"):
            acts.reject(self._as("department", dispatch), "  ")
        acts.reject(self._as("department", dispatch), "属水质")
        self.assertEqual((dispatch.state, dispatch.reject_reason), ("rejected", "属水质"))
        self.assertTrue(dispatch.rejected_at)
        self.assertEqual(self.case.rejection_count, 1)
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "dispatch_rejected")
        self.assertEqual(event.user_id, self.users["department"])
        self.assertEqual(event.payload["reason"], "属水质")
        with self.assertRaises(AccessError):
            self._as("department", self.case).read(["subject"])
        self.assertWhole(self.case)

    def test_reject_after_accepting(self):
        """Accepted by mistake: it can still be returned."""
        dispatch = self._as("department", self._dispatch(self.case))
        dispatch.action_accept()
        acts.reject(dispatch, "实际属水质")
        self.assertEqual(dispatch.sudo().state, "rejected")

    def test_reject_by_dialog(self):
        """The button opens a dialog that asks for the reason."""
        dispatch = self._as("department", self._dispatch(self.case))
        action = dispatch.action_reject()
        wizard = (
            self._as("department", self.env[action["res_model"]])
            .with_context(**action["context"])
            .create({"reason": "属水质"})
        )
        wizard.action_reject()
        self.assertEqual(dispatch.sudo().state, "rejected")

    def test_once(self):
        """An answer is final."""
        dispatch = self._as("department", self._dispatch(self.case))
        with self.assertRefused("this dispatch is already answered"):
            dispatch.action_finish()
        dispatch.action_accept()
        dispatch.result = "完成"
        dispatch.action_finish()
        for call in (
            dispatch.action_accept,
            dispatch.action_finish,
            dispatch.action_reject,
            lambda: acts.reject(dispatch, "理由"),
        ):
            with self.assertRefused("this dispatch is already answered"):
                call()

    def test_only_the_own_department(self):
        """Another department, an agent, quality: none of them answers for NET."""
        dispatch = self._dispatch(self.case)
        for login in ("department2", "agent", "quality", "plain", "portal1", "foreign"):
            mine = self._as(login, dispatch)
            for name, call in (
                ("accept", mine.action_accept),
                ("reject", lambda mine=mine: acts.reject(mine, "理由")),
                ("finish", mine.action_finish),
            ):
                with (
                    self.subTest(login=login, step=name),
                    self.assertRefused("top-secret records|not allowed to modify"),
                ):
                    call()
        self.assertEqual(dispatch.state, "sent")

    def test_supervisor_answers_for_a_department(self):
        dispatch = self._as("supervisor", self._dispatch(self.case))
        dispatch.action_accept()
        self.assertEqual(dispatch.accepted_by_id, self.users["supervisor"])

    def test_dispatching_users(self):
        """Agents dispatch; a department, quality or machine does not."""
        self._dispatch(self.case)
        for login in ("department", "quality", "integration", "plain", "portal1"):
            with (
                self.subTest(login=login),
                self.assertRefused("Only service agents can|not allowed to"),
            ):
                acts.dispatch(self._as(login, self.case), self.lab)
        self.assertEqual(self.case.department_id, self.net)

    def test_redispatch_leaves_the_clocks(self):
        """Sent, returned, sent elsewhere: the customer's clocks run on as they were."""
        before = self._clocks()
        dispatch = self._dispatch(self.case)
        acts.reject(self._as("department", dispatch), "属水质")
        self._dispatch(self.case, self.lab, self.net, login="supervisor")
        self.assertEqual(self._clocks(), before)
        self.assertTrue(before)

    def test_redispatch_withdraws_the_old(self):
        """There is one open dispatch per department; the one that is no longer wanted ends."""
        first = self._dispatch(self.case, self.net)
        second = self._dispatch(self.case, self.lab)
        self.assertEqual((first.state, second.state), ("cancelled", "sent"))
        again = self._dispatch(self.case, self.lab, note="补充说明")
        self.assertEqual(again, second)
        self.assertEqual(second.note, "补充说明")
        with self.assertRaises(AccessError):
            self._as("department", self.case).read(["subject"])
        self.assertTrue(self._as("department2", self.case).read(["subject"]))

    def test_withdrawn_case(self):
        dispatch = self._dispatch(self.case)
        self._as("agent", self.case).action_withdraw()
        self.assertEqual(dispatch.state, "cancelled")
        self.assertIn("dispatch_cancelled", self._kinds(self.case))

    def test_dialog(self):
        """The dialog proposes the category's departments and sends several cases."""
        category = self._category("wq04")
        category.support_department_ids = self.net
        cases = self._inquiry(category_id=category.id) | self._inquiry(category_id=category.id)
        wizard = (
            self._as("agent", self.env["water.dispatch.wizard"])
            .with_context(active_model=cases._name, active_ids=cases.ids)
            .create({})
        )
        self.assertEqual(wizard.department_id, self.lab)
        self.assertEqual(wizard.support_department_ids, self.net)
        self.assertEqual(wizard.action_dispatch()["type"], "ir.actions.act_window_close")
        self.assertEqual(len(cases.dispatch_ids), 4)
        with self.assertRefused("The lead department cannot support itself"):
            wizard.support_department_ids = self.lab
        case = self._inquiry(category_id=category.id)
        acts.dispatch(self._as("agent", case), self.net, self.net.browse(), False)
        again = wizard.with_context(active_ids=case.ids).create({})
        self.assertEqual(again.department_id, self.net)
        self.assertFalse(again.support_department_ids, "who leads already is not proposed twice")

    def test_entered_by_hand(self):
        """Dispatches cannot be created, changed or deleted by hand."""
        dispatch = self._dispatch(self.case)
        values = {"inquiry_id": self.case.id, "department_id": self.lab.id}
        for login in (*self.users, "su"):
            mine = self._as(login, dispatch)
            for name, call in (
                ("create", lambda mine=mine: mine.browse().create(values)),
                ("state", lambda mine=mine: mine.write({"state": "finished"})),
                ("department", lambda mine=mine: mine.write({"department_id": self.lab.id})),
                ("case", lambda mine=mine: mine.write({"inquiry_id": False})),
                ("unlink", lambda mine=mine: mine.unlink()),
            ):
                with (
                    self.subTest(login=login, operation=name),
                    self.assertRefused(
                        "Use the buttons|with its own button|not allowed to delete|never deleted"
                    ),
                ):
                    call()
