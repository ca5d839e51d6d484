"""The screens of complaints: the next lawful step is at hand, and only what one may see."""

import re
from datetime import timedelta
from pathlib import Path

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time
from odoo.tools.misc import file_path
from odoo.tools.safe_eval import safe_eval

from odoo.addons.water_complaints.complaint.tests.common import WAY, ComplaintCommon
from odoo.addons.water_service_desk.base.tests.view_checks import ViewChecks

from .test_module import MODULES


@tagged("post_install", "-at_install")
class TestComplaintViews(ViewChecks, ComplaintCommon):
    def test_every_action_opens_for_readers(self):
        self._complaint_at("notified")
        for module in MODULES[1:-1]:
            self._check_actions(module)

    def test_every_filter_filters(self):
        for module in MODULES[1:-1]:
            self._check_filters(module)

    def test_open_filter(self):
        self._check_open_filter("water.complaint")

    def test_complaints_stand_in_the_menu_of_the_desk(self):
        for login in ("agent", "department", "supervisor", "quality", "manager"):
            self.assertIn("water_complaints.menu_complaint", self._menus(login), login)

    def test_overdue_case_has_limit(self):
        """The first page counts down to limits and appointments, not from when a thing was made."""
        limits = {"due_at", "due_on", "next_due_at", "reply_due_at", "slot_to", "starts_at"}
        work = [("section", "=", "work"), ("due_field", "!=", False)]
        items = self.env["water.home.item"].search(work)
        self.assertGreater(len(items), 6)
        self.assertLessEqual(set(items.mapped("due_field")), limits)

    def test_menus_stay_short(self):
        most = {"agent": 25, "department": 25, "supervisor": 45, "quality": 45, "manager": 70}
        self._check_menus(most)

    def test_menus_of_small_scope_are_shorter(self):
        self._choose_small()
        most = {"agent": 18, "department": 18, "supervisor": 30, "quality": 30, "manager": 40}
        self._check_menus(most)

    def _choose_small(self):
        with Form(self.env["res.config.settings"]) as form:
            form.water_scope = "small"
        form.record.execute()

    def _check_menus(self, most):
        for login, number in most.items():
            with self.subTest(login=login):
                menus = self._menus(login)
                self.assertLessEqual(len(menus), number, sorted(menus))

    def test_every_list_is_reached(self):
        """Lists without a menu open from the list or the record they belong to."""
        arches = "".join(self.env["ir.ui.view"].search([]).mapped("arch_db"))
        opened = {int(number) for number in re.findall(r'name="([0-9]+)"', arches)}
        opened |= {menu.action.id for menu in self.env["ir.ui.menu"].search([]) if menu.action}
        opened |= set(self.env["water.home.item"].search([]).action_id.ids)
        code = "".join(
            path.read_text()
            for module in MODULES
            for path in Path(file_path(module)).rglob("*.*")
            if path.suffix in (".py", ".js") and "tests" not in path.parts
        )
        for module in MODULES:
            for action in self._window_actions(module):
                name = action.get_external_id()[action.id]
                with self.subTest(action=name):
                    self.assertTrue(action.id in opened or name.split(".")[1] in code)

    def test_action_menus_stay_short(self):
        """Six steps at most beside a case; the rest stands in the dialog “More Steps”."""
        for model in ("water.complaint", "water.inquiry", "water.request"):
            for login in ("agent", "department", "supervisor", "quality"):
                with self.subTest(model=model, login=login):
                    views = self._as(login, self.env[model]).get_views(
                        [(False, "form")], {"toolbar": True}
                    )
                    toolbar = views["views"]["form"]["toolbar"].get("action", [])
                    self.assertLessEqual(len(toolbar), 6, [row["name"] for row in toolbar])

    def _size_of_form(self, model, login):
        """Return (fields, header buttons, pages, stat buttons) of the form as the server sends it.

        Counted are the nodes of the combined arch, whether hidden or not, with the fields that
        Odoo adds for modifiers; fields within the lists of the form are not counted.
        """
        sent = self._as(login, self.env[model]).get_view(view_type="form")
        arch = etree.fromstring(sent["arch"])
        places = (
            "//field[not(ancestor::field)]",
            "/form/header/button",
            "//notebook/page",
            "//div[@name='button_box']/button",
        )
        return [len(arch.xpath(place)) for place in places]

    def test_forms_of_cases_stay_small(self):
        """Rare facts, records and steps stand in dialogs, not on the page."""
        limits = {
            "water.complaint": (150, 8, 6, 8),
            "water.request": (115, 8, 6, 8),
            "water.inquiry": (95, 7, 4, 8),
        }
        for model, most in limits.items():
            for login in ("agent", "department", "supervisor", "quality", "manager"):
                with self.subTest(model=model, login=login):
                    size = self._size_of_form(model, login)
                    self.assertFalse([a for a, b in zip(size, most, strict=True) if a > b], size)

    def test_form_of_complaint_is_smaller_in_small_scope(self):
        full = self._size_of_form("water.complaint", "manager")
        self._choose_small()
        size = self._size_of_form("water.complaint", "manager")
        self.assertLess(size[0], full[0] - 8, (size, full))

    def test_forms_of_cases_have_one_parent(self):
        parent = self.env.ref("water_service_desk.water_case_view_form")
        for model in ("water.complaint", "water.request", "water.inquiry"):
            with self.subTest(model=model):
                view = self.env["ir.ui.view"].browse(
                    self.env[model].get_view(view_type="form")["id"]
                )
                self.assertEqual((view.mode, view.inherit_id), ("primary", parent))

    def test_linked_records_open_in_a_dialog(self):
        for case in (self._complaint(), self._inquiry()):
            seen = self._as("agent", case)
            action = seen.action_more_records()
            with self.subTest(model=case._name), Form(seen, view=action["views"][0][0]) as form:
                self.assertEqual(form.rejection_count, 0)

    def test_rare_steps_open_in_a_dialog(self):
        case = self._as("agent", self._complaint())
        action = case.action_more_steps()
        with Form(case, view=action["views"][0][0]) as form:
            self.assertFalse(form.is_final)

    def test_agent_registers_a_complaint(self):
        with Form(self._as("agent", self.env["water.complaint"])) as form:
            form.subject = "水压低"
            form.description = "早晚高峰水很小"
            form.demand = "恢复水压"
            form.channel_id = self._channel("phone")
            form.category_id = self._category("pr01")
            form.occurred_at = "2026-03-11 00:00:00"
            form.partner_id = self.customer
            form.address = "东城路8号"
        self.assertTrue(form.record.can_readback)
        self.assertEqual(form.record.phone, self.customer.phone)

    def test_required_facts_are_marked(self):
        form = Form(self._as("agent", self.env["water.complaint"]))
        for name in (*self.env["water.complaint"]._required_facts, "phone", "contact_name"):
            with self.subTest(field=name):
                self.assertTrue(form._get_modifier(name, "required"))
        form.is_anonymous = True
        self.assertFalse(form._get_modifier("phone", "required"))

    def test_department_fills_in_its_part_alone(self):
        case = self._complaint_at("investigating")
        with Form(self._as("department", case)) as form:
            self.assertNotIn("phone", form._view["fields"])
            form.investigation = "现场测压 0.14 MPa"
            form.finding = "upheld"
            form.plan = "清洗过滤器"
        self.assertEqual(case.finding, "upheld")
        with Form(self._as("department", case)) as form:
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.demand = "不要了"

    def test_archived_complaint_is_readonly(self):
        case = self._complaint_at("archived")
        form = Form(self._as("agent", case))
        for name in ("subject", "demand", "finding", "resolution", "category_id", "user_id"):
            with self.subTest(field=name):
                self.assertTrue(form._get_modifier(name, "readonly"))

    def test_dragging_too_far_says_what_is_missing(self):
        case = self._as("agent", self._complaint())
        stage = self.env["water.stage"]._of_state("water.complaint", "dispatched")
        with self.assertRaisesRegex(UserError, "read the matter back"):
            case.web_save({"stage_id": stage.id}, {"stage_id": {}})
        self.assertEqual(case.state, "registered")

    def test_duty_board_keeps_what_is_still_to_do(self):
        """A late clock of a closed case is over, its call-back is not."""
        case = self._complaint_at("notified")
        late = self._clock(self._complaint(), "close")
        with freeze_time(late.due_at + timedelta(seconds=1)):
            self._sweep()
        self.assertTrue(late.is_pending)
        self._as("agent", late.complaint_id).write({"state": "withdrawn", "end_reason": "x"})
        self.assertEqual((late.state, late.is_pending), ("breached", False))
        self._step_confirmed(case, "agent", self.net)
        pending = case.deadline_ids.filtered("is_pending")
        self.assertEqual(pending.mapped("kind"), ["callback"])
        self._step_callback(case, "agent", self.net)
        self.assertFalse(case.deadline_ids.filtered("is_pending"))

    def test_counters(self):
        case = self._complaint_at("notified")
        copy = self._complaint()
        self._as("agent", copy).write({"state": "merged", "duplicate_of_id": case.id})
        seen = self._as("agent", case)
        self.assertEqual((seen.notice_count, seen.duplicate_count), (1, 1))
        self.assertEqual(seen.action_open_notices()["domain"], [("complaint_id", "=", case.id)])

    def test_columns_cost_the_same_for_one_and_many(self):
        cases = self.env["water.complaint"].union(*(self._complaint() for __ in range(6)))
        names = ["notice_count", "duplicate_count", "deadline_count", "dispatch_count", "time_left"]
        names += ["dispatch_state", "contact_masked", "has_provisional", "next_due_kind"]
        queries = []
        for some in (cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as("agent", some).read(names)
            queries.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(queries[1], queries[0] + 1)


@tagged("post_install", "-at_install")
class TestComplaintButtons(ComplaintCommon):
    """One primary button, the user's next step, and at most two more."""

    #: state → (login, primary button)
    NEXT = {
        "registered": ("agent", "action_readback"),
        "dispatched": ("department", "action_accept_dispatch"),
        "investigating": ("department", "action_verify"),
        "handling": ("department", "action_finish_dispatch"),
        "notified": ("agent", "action_confirm"),
        "confirmed": ("quality", "action_open_callbacks"),
        "callback": ("quality", "action_archive_case"),
    }

    def _visible_buttons(self, case, login):
        """Names of the buttons a role sees in the header and in the line of the next step."""
        form = Form(self._as(login, case))
        context = dict(form._get_eval_context())
        primary, others = [], []
        steps = "/form/header/button | /form/div[@name='next']/button"
        for node in form._view["tree"].xpath(steps):
            if node.get("name") in ("action_urge", "action_hand_over"):
                continue  # they push others, and are no step of the case
            if not safe_eval(node.get("invisible") or "False", context):
                is_primary = "btn-primary" in (node.get("class") or "")
                (primary if is_primary else others).append(node.get("name"))
        return primary, others

    def test_next_step_in_each_state(self):
        for state in WAY[:-1]:
            case = self._complaint_at(state)
            login, expected = self.NEXT[state]
            with self.subTest(state=state, login=login):
                primary, others = self._visible_buttons(case, login)
                self.assertEqual(primary, [expected])
                self.assertLessEqual(len(others), 2)

    def test_never_two_primary_buttons(self):
        for state in WAY:
            case = self._complaint_at(state)
            for login in ("agent", "supervisor", "quality", "manager"):
                with self.subTest(state=state, login=login):
                    primary, others = self._visible_buttons(case, login)
                    self.assertLessEqual(len(primary), 1)
                    self.assertLessEqual(len(others), 2)
