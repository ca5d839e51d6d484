"""The screens of the desk: forms open and save, menus lead somewhere, nobody sees too much."""

import re

from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import WaterCommon

ROLES = ("agent", "department", "supervisor", "quality", "manager")


class ViewChecks:
    """Checks of window actions and menus, for the models whose names begin with a prefix."""

    def _window_actions(self, module):
        names = self.env["ir.model.data"].search(
            [("module", "=", module), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(names.mapped("res_id"))
        # a dialog has neither an empty list nor an address
        return actions.filtered(lambda action: action.target != "new")

    def _check_actions(self, module):
        """Every action explains its empty list, has a readable address, and opens."""
        actions = self._window_actions(module)
        self.assertTrue(actions)
        for action in actions:
            with self.subTest(action=action.name):
                self.assertIn("o_view_nocontent_smiling_face", action.help)
                self.assertTrue(action.path)
                self.assertEqual(len(actions.filtered(lambda a, p=action.path: a.path == p)), 1)
                for login in ROLES:
                    self._check_opens(action, login)

    def _check_opens(self, action, login):
        """Whoever may read the model can open each view and look at its rows."""
        model = self._as(login, self.env[action.res_model])
        groups = action.sudo().group_ids
        if groups and not groups & model.env.user.all_group_ids:
            return
        if not model.has_access("read"):
            return
        views = [(False, mode) for mode in action.view_mode.split(",")] + [(False, "search")]
        answer = model.get_views(views, {"toolbar": True})
        self.assertEqual(set(answer["views"]), {mode for __, mode in views})
        if not model._transient:
            model.env.invalidate_all()  # what others may see is not in a user's own request
            domain = safe_eval(action.domain or "[]", {"uid": model.env.uid})
            model.search(domain, limit=5).read(self._shown(answer["views"]))

    def _shown(self, views):
        """Names of the fields that the views show of the model itself."""
        return {
            node.get("name")
            for mode, view in views.items()
            for node in etree.fromstring(view["arch"]).xpath("//field[not(ancestor::field)]")
            if mode != "search"
        }

    def _check_open_filter(self, model):
        """“Open” names every state in which something is left to do, and so do its indexes."""
        arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
        states = {key for key, __ in self.env[model]._fields["state"].selection}
        wanted = states - self.env[model]._final_states
        for name in ("open", "overdue"):
            domain = safe_eval(arch.find(f".//filter[@name='{name}']").get("domain"))
            named = next(value for field, __, value in domain if field == "state")
            self.assertEqual(set(named), wanted, name)
        for name in ("open_list_idx", "open_board_idx"):
            self.env.cr.execute(
                "SELECT indexdef FROM pg_indexes WHERE indexname = %s",
                [f"{self.env[model]._table}_{name}"],
            )
            __, __, condition = self.env.cr.fetchone()[0].partition(" WHERE ")
            self.assertEqual(set(re.findall(r"'(\w+)'", condition)), wanted, name)

    def _menus(self, login):
        """Names of the leaves a role finds under the root menu, by xml id."""
        menus = self._as(login, self.env["ir.ui.menu"]).load_menus(False)
        root = self.env.ref("water_service_desk.menu_root").id
        found, queue = set(), [root] if root in menus else []
        while queue:
            menu = menus[queue.pop()]
            queue += menu["children"]
            if menu["action_id"]:
                found.add(menu["xmlid"].removeprefix("water_service_desk."))
        return found


@tagged("post_install", "-at_install")
class TestDeskViews(ViewChecks, WaterCommon):
    def test_every_action_opens_for_whoever_may_read(self):
        self._inquiry()
        self._check_actions("water_service_desk")

    def test_open_filter(self):
        for model in ("water.inquiry", "water.request"):
            with self.subTest(model=model):
                self._check_open_filter(model)

    def test_menus_by_role(self):
        agent, department = self._menus("agent"), self._menus("department")
        self.assertLessEqual({"menu_overview", "menu_inquiry", "menu_callback"}, agent)
        self.assertNotIn("menu_category", agent)
        self.assertNotIn("menu_inquiry_analysis", agent)
        self.assertIn("menu_dispatch", department)
        self.assertFalse({"menu_account", "menu_callback", "menu_dispatch_all"} & department)
        self.assertIn("menu_inquiry_analysis", self._menus("supervisor"))
        self.assertIn("menu_case_event", self._menus("quality"))
        self.assertNotIn("menu_category", self._menus("quality"))
        self.assertLessEqual({"menu_category", "menu_calendar_day"}, self._menus("manager"))
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
        mine.action_arrived()
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
        self._as("department", self._dispatch(case))._reject("属于营业部")
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
