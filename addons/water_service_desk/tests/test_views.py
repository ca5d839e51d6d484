"""Screens of the desk: forms open and save, menus work, rights apply."""

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..base.tests import acts
from ..base.tests.common import WaterCommon
from ..base.tests.view_checks import ViewChecks


@tagged("post_install", "-at_install")
class TestDeskViews(ViewChecks, WaterCommon):
    def test_every_action_opens_for_readers(self):
        self._inquiry()
        self._check_actions("water_service_desk")

    def test_every_filter_filters(self):
        self._check_filters("water_service_desk")

    def test_open_filter(self):
        for model in ("water.inquiry", "water.request"):
            with self.subTest(model=model):
                self._check_open_filter(model)

    def test_styles_compile(self):
        for name in ("web.assets_backend", "web.assets_frontend"):
            bundle = self.env["ir.qweb"]._get_asset_bundle(name, js=False)
            bundle.preprocess_css()
            self.assertEqual(bundle.css_errors, [], name)

    def test_menus_by_role(self):
        agent, department = self._menus("agent"), self._menus("department")
        self.assertLessEqual({"menu_overview", "menu_inquiry", "menu_callback"}, agent)
        self.assertNotIn("menu_category", agent)
        self.assertNotIn("menu_deadline_analysis", agent)
        self.assertIn("menu_dispatch", department)
        self.assertFalse({"menu_account", "menu_callback", "menu_dispatch_all"} & department)
        self.assertIn("menu_deadline_analysis", self._menus("supervisor"))
        self.assertIn("menu_case_event", self._menus("quality"))
        self.assertNotIn("menu_category", self._menus("quality"))
        self.assertLessEqual({"menu_category", "menu_working_hours"}, self._menus("manager"))
        self.assertFalse(self._menus("plain"))

    def test_agent_registers_an_inquiry(self):
        with Form(self._as("agent", self.env["water.inquiry"])) as form:
            form.subject = "怎样办理过户"
            form.description = "客户想知道要带什么"
            form.channel_id = self._channel("phone")
            form.category_id = self._category("gn")
            form.partner_id = self.customer
            self.assertEqual(form.phone, self.customer.phone)
            form.verbatim = "我要过户，带什么？"
        case = form.record
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        with Form(case) as form:
            self.assertTrue(form.verbatim_kept)
            form.answer = "带身份证和房产证"
        case.action_answer_and_close()
        with Form(case) as form, self.assertRaisesRegex(AssertionError, "readonly"):
            form.answer = "改口"

    def test_department_sees_masked_contacts_and_edits_its_own_part(self):
        case = self._inquiry()
        dispatch = self._dispatch(case)
        self._as("department", dispatch).action_accept()
        with Form(self._as("department", case)) as form:
            self.assertNotIn("phone", form._view["fields"])
            self.assertNotIn("partner_id", form._view["fields"])
            self.assertEqual(form.phone_masked, "138****5678")
            self.assertFalse(form.can_edit)
            form.answer = "今天 18 点恢复"
        self.assertEqual(case.answer, "今天 18 点恢复")
        with Form(self._as("department", case)) as form:
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.subject = "别的事"

    def test_department_reports_on_its_dispatch(self):
        dispatch = self._dispatch(self._inquiry())
        mine = self._as("department", dispatch)
        mine.action_accept()
        self.assertFalse(mine.has_arrived)
        mine.action_arrived()
        self.env.invalidate_all()
        self.assertTrue(mine.has_arrived)
        with Form(mine) as form:
            form.result = "阀门已开"
        mine.action_finish()
        self.assertEqual(dispatch.state, "finished")
        self.assertIn("arrived", self._kinds(dispatch.inquiry_id))

    def test_board_of_dispatches_has_its_columns(self):
        board = self._as("department", self.env["water.dispatch"])
        columns = board.with_context(read_group_expand=True).web_read_group([], ["state"])["groups"]
        self.assertEqual(
            [column["state"] for column in columns],
            ["sent", "accepted", "finished", "rejected"],
        )

    def test_counters(self):
        case = self._inquiry()
        self._dispatch(case)
        agent = self._as("agent", case)
        self.assertEqual(agent.deadline_count, len(case.deadline_ids))
        self.assertEqual((agent.dispatch_count, agent.callback_count), (1, 0))
        self.assertEqual(self._as("department", case).callback_count, 0)

    def test_return_note(self):
        case = self._inquiry()
        acts.reject(self._as("department", self._dispatch(case)), "属于营业部")
        case.invalidate_recordset()
        self.assertEqual(self._as("agent", case).return_note, f"{self.net.name}: 属于营业部")

    def test_events_tell_in_words(self):
        case = self._inquiry()
        self._dispatch(case)
        details = {event.kind: event.details for event in case.event_ids}
        self.assertEqual(details["moved"], "Registered → In progress")
        self.assertIn(self.net.name, details["dispatched"])

    def test_duty_board_leaves_finished_cases_out(self):
        case, closed = self._inquiry(), self._inquiry()
        closed.answer = "好"
        closed.action_answer_and_close()
        action = self.env.ref("water_service_desk.action_deadline")
        rows = self.env["water.deadline"].search(safe_eval(action.domain))
        self.assertIn(case, rows.inquiry_id)
        self.assertNotIn(closed, rows.inquiry_id)
        self.assertTrue(all(row.time_left for row in rows))


@tagged("post_install", "-at_install")
class TestDeskChatter(WaterCommon):
    """A department uses the thread of a case without learning how to reach the customer."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry(email_from="zhangwei@example.com")
        self._dispatch(self.case)

    def test_department_posts_and_plans(self):
        case = self._as("department", self.case)
        note = case.message_post(body="已到现场", subtype_xmlid="mail.mt_note")
        message = case.message_post(body="请补充照片", subtype_xmlid="mail.mt_comment")
        self.assertEqual(note.author_id, self.users["department"].partner_id)
        self.assertIn(message, case.message_ids)
        activity = case.activity_schedule(
            "mail.mail_activity_data_todo", summary="复测", user_id=case.env.uid
        )
        self.assertEqual(case.activity_ids, activity)

    def test_customer_is_proposed_to_the_desk_alone(self):
        desk = self._as("agent", self.case)._message_get_suggested_recipients()
        self.assertIn(self.customer.id, [row["partner_id"] for row in desk])
        others = self._as("department", self.case)._message_get_suggested_recipients()
        self.assertNotIn(self.customer.id, [row["partner_id"] for row in others])
        self.assertNotIn("zhangwei@example.com", str(others))
