"""The first-run checklist: missing steps are named, mended where they lead, and tried for real."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server, MailDeliveryException
from odoo.addons.mail.models.fetchmail import FetchmailServer

from ...base.tests.common import NOW, WaterCommon, WaterPeople
from ...messaging.tests.common import MessageCommon

#: problems that only an administrator can fix
OTHERS = {"company", "hotline", "people", "mail_out", "gateway", "mail_in", "public_page"}
OTHERS |= {"scope", "mail_address", "integrations", "outgoing", "webhooks"}
SYSTEM = "base.group_system"


class SetupCase(WaterCommon):
    def _setup(self, login="manager"):
        return self._as(login, self.env["water.setup"])

    def _step(self, key, login="manager"):
        return next(step for step in self._setup(login).page()["steps"] if step["key"] == key)

    def _make_administrator(self, login="manager"):
        self.users[login].group_ids = [Command.link(self.env.ref(SYSTEM).id)]


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSetup(SetupCase):
    second_company = True

    def test_managers_alone(self):
        for login in ("agent", "department", "supervisor", "quality", "plain", "portal1"):
            with self.subTest(login=login):
                with self.assertRaisesRegex(AccessError, "Only managers"):
                    self._setup(login).page()
                with self.assertRaisesRegex(AccessError, "Only managers"):
                    self._setup(login).try_step("calendar")

    def test_own_company_only(self):
        """Not even by naming another one, as a client may."""
        foreign = self._setup().with_context(allowed_company_ids=self.company2.ids)
        with self.assertRaises(AccessError):
            foreign.page()
        self.assertEqual(self._setup("foreign").page()["company"], "Second Water")

    def test_a_new_company_lacks_everything(self):
        """Each line goes when what it names is there."""
        page = self._setup("foreign").page()
        steps = {step["key"]: step for step in page["steps"]}
        self.assertIn("No country", steps["company"]["missing"])
        self.assertEqual(steps["hotline"]["missing"], ["No hotline"])
        self.assertIn("No office hours are chosen in the settings", steps["calendar"]["missing"])
        self.assertTrue(steps["ladder"]["missing"])
        self.assertIn("No account; import", steps["accounts"]["missing"][0])
        self.assertIn("The page is closed", steps["public_page"]["missing"][-1])
        needed = [step for step in page["steps"] if step["state"] == "open"]
        self.assertEqual(page["open"], len(needed))
        self.company2.write(
            {
                "street": "东城路 1 号",
                "country_id": self.env.ref("base.cn").id,
                "phone": "0300-96511",
                "email": "second@example.com",
                "water_hotline": "96511",
                "water_calendar_id": self.env.ref("water_service_desk.calendar_office").id,
            }
        )
        for key in ("company", "hotline", "calendar", "mail_out"):
            step = self._step(key, "foreign")
            self.assertEqual((step["missing"], step["state"]), ([], "done"), key)
        self.assertEqual(self._setup("foreign").page()["open"], page["open"] - 4)

    def test_departments_in_words(self):
        departments = self.env["water.department"].search([])
        departments.write({"manager_id": self.users["supervisor"].id, "on_call_user_ids": False})
        departments.member_ids = self.users["department"]
        self.lab.member_ids = False
        lines = self._step("departments")["missing"]
        self.assertIn(f"No staff in: {self.lab.name}", lines)
        self.assertTrue(any("No one is on call: " in line and " more" in line for line in lines))
        departments.write({"on_call_user_ids": self.users["department"].ids})
        self.lab.member_ids = self.users["department"]
        self.assertEqual(self._step("departments")["missing"], [])

    def test_role_without_users(self):
        step = self._step("people", "foreign")
        self.assertTrue(any("Department Staff" in line for line in step["missing"]), step)
        self.users["agent"].email = False
        lines = self._step("people")["missing"]
        self.assertTrue(any(self.users["agent"].name in line for line in lines), lines)

    def test_a_year_without_holidays(self):
        self.env["water.calendar.day"].search([("date", ">=", "2026-01-01")]).unlink()
        self.assertEqual(self._step("calendar")["missing"], ["No holidays of 2026"])

    def test_improving_person(self):
        """A manager is told that others do; an administrator is led there, and may try."""
        steps = {step["key"]: step for step in self._setup().page()["steps"]}
        self.assertLessEqual(OTHERS, {key for key in steps if not steps[key]["action"]})
        for key in ("calendar", "ladder", "departments", "zones", "accounts"):
            self.assertTrue(steps[key]["action"], key)
        self.assertEqual({key for key in steps if steps[key]["tries"]}, {"calendar"})
        with self.assertRaisesRegex(AccessError, "no such step"):
            self._setup().try_step("mail_out")
        self._make_administrator()
        steps = {step["key"]: step for step in self._setup().page()["steps"]}
        for key, step in steps.items():
            self.assertTrue(self.env.ref(step["action"]).exists(), key)
        tries = {key for key in steps if steps[key]["tries"]}
        self.assertEqual(tries, {"calendar", "mail_out", "mail_in", "gateway", "webhooks"})
        for key in ("no_such", "", "step", None):
            with self.assertRaisesRegex(AccessError, "no such step"):
                self._setup().try_step(key)

    def test_a_limit_is_counted(self):
        answer = self._setup().try_step("calendar")
        self.assertTrue(answer["is_well"])
        self.assertIn("3/16/26, 5:30", answer["words"], "three working days from Wednesday on")

    @contextmanager
    def _server(self, **sending):
        """Mail is sent in earnest, up to the server: Odoo's tests would leave it in the queue."""
        with (
            patch.object(IrMail_Server, "_disable_send", return_value=False),
            patch.object(IrMail_Server, "_connect__", return_value=None),
            patch.object(IrMail_Server, "send_email", **sending) as send,
        ):
            yield send

    def test_a_mail_goes_out(self):
        self._make_administrator()
        with self._server(return_value="<1@example.com>") as send:
            answer = self._setup().try_step("mail_out")
        self.assertTrue(answer["is_well"], answer)
        self.assertIn("w.w@example.com", answer["words"])
        self.assertIn("w.w@example.com", str(send.call_args[0][0]["To"]))

    def test_a_mail_that_does_not_go_out(self):
        self._make_administrator()
        mails = self.env["mail.mail"].search_count([])
        fault = MailDeliveryException("Mail Delivery Failed", "no such host")
        log = "odoo.addons.mail.models.mail_mail"
        with self._server(side_effect=fault), mute_logger(log):
            answer = self._setup().try_step("mail_out")
        self.assertFalse(answer["is_well"])
        self.assertIn("no such host", answer["words"])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "it left nothing")

    def test_mailboxes_are_opened(self):
        self._make_administrator()
        boxes = self.env["fetchmail.server"]
        boxes.search([]).unlink()
        self.assertIn("no mailbox", self._setup().try_step("mail_in")["words"])
        box = boxes.create({"name": "客服邮箱", "server_type": "imap", "server": "imap.invalid"})
        with patch.object(FetchmailServer, "_connect__", side_effect=UserError("closed")):
            self.assertFalse(self._setup().try_step("mail_in")["is_well"])
        self.assertTrue(self._step("mail_in")["missing"])
        with patch.object(FetchmailServer, "_connect__"):
            answer = self._setup().try_step("mail_in")
        self.assertEqual(answer, {"is_well": True, "words": "Opened: 客服邮箱"})
        self.assertEqual((box.state, self._step("mail_in")["missing"]), ("done", []))

    def test_the_public_page_opens_last(self):
        """Neither without a phone number nor without staff."""
        departments = self.env["water.department"].search([])
        people = {row: row.member_ids for row in departments}
        departments.member_ids = False
        self.company.write({"water_public_open": False, "water_hotline": False})
        with self.assertRaisesRegex(ValidationError, "No hotline; No staff"):
            self.company.water_public_open = True
        self.company.water_hotline = "96510"
        with self.assertRaisesRegex(ValidationError, "yet: No staff"):
            self.company.water_public_open = True
        for row, members in people.items():
            row.member_ids = members
        self.company.water_public_open = True
        self.assertEqual(self._step("public_page")["state"], "done")
        self.assertFalse(self.company2.water_public_open)

    def test_the_first_page_leads_an_administrator_there(self):
        home = self._setup("foreign").env["water.home.item"].home()
        self.assertEqual(home["setup"], 0, "a manager alone cannot mend most of it")
        self._make_administrator("foreign")
        page = self._setup("foreign").page()
        home = self._setup("foreign").env["water.home.item"].home()
        self.assertEqual(home["setup"], page["open"])
        self.assertGreater(page["open"], 3)


@tagged("post_install", "-at_install")
class TestSetupGateway(SetupCase, MessageCommon):
    def test_a_text_message_goes_out(self):
        self._make_administrator()
        self.assertIn("no telephone number", self._setup().try_step("gateway")["words"])
        self.users["manager"].phone = "13812345678"
        answer = self._setup().try_step("gateway")
        self.assertEqual(answer["words"], "短信平台 took a message to +8613812345678.")
        self.assertEqual(self.server.sent("phone"), ["+8613812345678"])

    def test_a_gateway_that_refuses(self):
        self._make_administrator()
        self.users["manager"].phone = "13812345678"
        self.gateway.success_value = "NEVER"
        answer = self._setup().try_step("gateway")
        self.assertFalse(answer["is_well"])
        self.assertRegex(answer["words"], "短信平台 did not take the message: .*no success")
        self.gateway.active = False
        self.assertIn("No gateway", self._setup().try_step("gateway")["words"])
        self.assertEqual(self._step("gateway")["state"], "later")


@tagged("post_install", "-at_install")
class TestSetupChoices(SetupCase):
    def _uses(self, feature):
        name = f"water_service_desk.group_use_{feature}"
        return self.env["res.groups"]._is_feature_enabled(name)

    def test_small_scope_leaves_optional_parts_out(self):
        self._make_administrator()
        self.env["ir.config_parameter"].set_param("water_service_desk.scope", False)
        self.assertEqual(self._step("scope")["state"], "later")
        self._setup().choose("scope", "small")
        self.assertEqual(self._step("scope")["state"], "done")
        self.assertFalse(self._step("scope")["choices"])
        self.assertFalse(self._uses("sign_off") or self._uses("details"))
        self.assertFalse(self.users["agent"].has_group("water_service_desk.group_use_queues"))

    def test_settings_switch_one_part(self):
        with Form(self.env["res.config.settings"]) as form:
            self.assertEqual(form.water_scope, "full")
            form.group_water_use_queues = False
            self.assertEqual(form.water_scope, "chosen")
        form.record.execute()
        self.assertFalse(self._uses("queues"))
        self.assertTrue(self._uses("sign_off"))
        self.assertEqual(self.env["water.setup"]._scope(), "chosen")

    def test_scope_is_refused_to_managers_without_settings(self):
        with self.assertRaises(AccessError):
            self._setup().choose("scope", "small")
        self.assertTrue(self._uses("queues"))

    def test_department_that_a_company_does_not_have_is_archived(self):
        self.env["res.company"].search([("id", "!=", self.env.company.id)]).active = False
        department = self.env["water.department"].create({"name": "泳池", "code": "POOL"})
        category = self.env["water.category"].search([("department_id", "!=", False)], limit=1)
        category.department_id = department
        category.support_department_ids = department
        labels = {row["key"]: row["label"] for row in self._step("departments")["choices"]}
        self.assertEqual(labels[str(department.id)], "We have no 泳池")
        self._setup().choose("departments", str(department.id))
        self.assertFalse(department.active)
        self.assertEqual(category.department_id.code, "CSC")
        self.assertFalse(category.support_department_ids)

    def test_department_with_people_cannot_be_left_out(self):
        department = self.env["water.department"].create({"name": "泳池", "code": "POOL"})
        department.manager_id = self.users["department"]
        with self.assertRaises(AccessError):
            self._setup().choose("departments", str(department.id))
        self.assertTrue(department.active)


@tagged("post_install", "-at_install")
class TestSetupPage(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.users["manager"].group_ids = [Command.link(cls.env.ref(SYSTEM).id)]

    def test_the_page(self):
        """From the first page to the checklist; a step is tried, and mended in a dialog."""
        people = ("water_desk_head_id", "water_vice_president_id", "water_general_manager_id")
        self.company.write(dict.fromkeys(people, False))
        self.start_tour("/odoo/water-home", "water_setup_tour", login="water_manager", step_delay=0)
