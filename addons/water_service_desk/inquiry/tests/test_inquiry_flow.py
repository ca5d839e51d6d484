from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestInquiryFlow(WaterCommon):
    """An inquiry from the first word to the end, in its three ways."""

    def test_answered_on_the_spot(self):
        """Asked, answered, closed in one step; counted as solved at first contact."""
        case = self._inquiry()
        self.assertRegex(case.name, r"^ZX202603-\d{5,}$")
        work = self._as("agent", case)
        work.answer = "第二阶梯从220立方米开始"
        work.action_answer_and_close()
        self.assertEqual(case.state, "closed")
        self.assertTrue(case.resolved_on_first_contact)
        self.assertEqual(case.closed_at, fields.Datetime.now())
        self.assertEqual(self._clock(case, "close").state, "met")
        self.assertEqual(case.deadline_state, "none")
        self.assertEqual(self._kinds(case), ["created", "moved", "answered", "moved", "closed"])
        self.assertWhole(case)

    def test_opened_again_was_not_solved_at_first_contact(self):
        """Any reopening removes it from the figure, permanently."""
        case = self._inquiry(answer="第二阶梯从220立方米开始")
        work = self._as("agent", case)
        work.action_answer_and_close()
        self.assertTrue(case.resolved_on_first_contact)
        self._as("quality", case).action_reopen()
        self.assertFalse(case.resolved_on_first_contact)
        work.action_answer()
        work.action_close()
        self.assertFalse(case.resolved_on_first_contact)

    def test_no_answer_while_a_department_works(self):
        """A helper at work binds the answer; the department that leads reports by answering."""
        case = self._inquiry(answer="已答复")
        lead = self._dispatch(case, self.net, self.lab)
        with self.assertRaisesRegex(UserError, "which leads, has not finished"):
            self._as("agent", case).action_answer()
        self.assertEqual(case.state, "processing")
        self._as("department", lead).action_accept()
        with self.assertRaisesRegex(UserError, "which supports, is still at work"):
            self._as("department", case).action_answer()
        (case.dispatch_ids - lead).with_user(self.users["agent"]).action_withdraw()
        self._as("department", case).action_answer()
        self.assertEqual((case.state, lead.state, lead.result), ("answered", "finished", "已答复"))

    def test_sent_message_stays(self):
        """Signed, told, then rewritten: the customer's text stays; reopened, it is answered
        again.
        """
        case = self._inquiry(answer="第二阶梯从220立方米开始")
        work = self._as("agent", case)
        for step in (work.action_answer, work.action_close):
            step()
            for login in ("agent", "agent2", "manager"):
                with self.assertRefused("was told this already|is finished", case):
                    self._as(login, case).answer = "从250立方米开始"
            work.answer = case.answer
        self._as("quality", case).action_reopen()
        work.answer = "从230立方米开始"
        work.action_answer()
        self.assertEqual(case.answer, "从230立方米开始")

    def test_recorded_and_followed_up(self):
        """Recorded with a promise, answered by a department, closed by the agent."""
        case = self._inquiry()
        work = self._as("agent", case)
        work.promised_due_at = case.promised_at
        work.action_process()
        dispatch = self._as("department", self._dispatch(case))
        dispatch.action_accept()
        dispatch.result = "您家在二次供水区, 水价含二次加压费"
        dispatch.action_finish()
        self.assertEqual(case.answer, dispatch.result)
        self._as("department", case).action_answer()
        self.assertEqual(case.state, "answered")
        work.action_close()
        self.assertFalse(case.resolved_on_first_contact)
        self.assertWhole(case)

    def test_reopened(self):
        """Not settled: a new clock from that moment, the old one keeps its result."""
        case = self._inquiry(answer="答复")
        work = self._as("agent", case)
        self.assertFalse(work.can_reopen)
        work.action_answer()
        work.action_close()
        self.assertTrue(work.can_reopen)
        first = self._clock(case, "close")
        with freeze_time("2026-03-16 02:00:00"):
            work.action_reopen()
            self.assertEqual(case.state, "processing")
            self.assertFalse(case.closed_at)
            second = self._clock(case, "close")
            self.assertNotEqual(first, second)
            self.assertEqual((first.state, second.state), ("met", "running"))
            self.assertLocal(second.due_at, "2026-03-18 17:30")
            self.assertIn("reopened", self._kinds(case))
            work.action_answer()
            self.assertEqual(second.state, "met")
        self.assertWhole(case)

    def test_reopened_before_anybody_has_called(self):
        """No rating is asked for: that time does not run, however it is reopened."""
        for login in ("agent", "supervisor"):
            case = self._inquiry(answer="答复")
            self._as("agent", case).action_answer()
            self._as("agent", case).action_close()
            case._start_follow_up_clocks()
            case._schedule_callback()
            self.assertEqual(self._clock(case, "callback").state, "running")
            self._as(login, case).action_reopen()
            self.assertFalse(self._calls(case, "follow_up"))
            self.assertEqual(self._clock(case, "callback").state, "void")
            self.assertWhole(case)

    def test_withdrawn(self):
        """The customer no longer asks: the clocks are void, neither met nor breached."""
        case = self._inquiry()
        self._as("agent", case).action_withdraw()
        self.assertEqual(case.state, "withdrawn")
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"void"})
        self.assertFalse(any(case.deadline_ids.mapped("met_at")))
        self.assertFalse(case.next_due_at)
        self.assertWhole(case)

    def test_numbers(self):
        """Numbers of a batch are different and drawn from the month's sequence."""
        cases = self.env["water.inquiry"].create([self._inquiry_values() for _n in range(20)])
        self.assertEqual(len(set(cases.mapped("name"))), 20)
        case = self._inquiry(name="ZX000000-00001")
        self.assertNotEqual(case.name, "ZX000000-00001")

    def test_facts_from_account_and_customer(self):
        """The account fills in address and zone, the customer name and phone."""
        zone = self.env["water.zone"].create({"name": "东城", "code": "T-EAST"})
        account = self.env["water.account"].create(
            {
                "code": "T-100234",
                "partner_id": self.customer.id,
                "address": "东城路8号2单元301",
                "zone_id": zone.id,
            }
        )
        case = self._inquiry(account_id=account.id)
        self.assertEqual((case.address, case.zone_id), (account.address, zone))
        self.assertEqual((case.contact_name, case.phone), ("张伟", "13812345678"))
        self.assertEqual(case.phone_normalized, "+8613812345678")
        case = self._inquiry(account_id=account.id, address="西城路1号", phone="010-87654321")
        self.assertEqual((case.address, case.phone), ("西城路1号", "010-87654321"))

    def test_masked_twins(self):
        """Readers see masked fields; only the desk sees the number."""
        case = self._inquiry(email_from="zhang@example.com")
        self._dispatch(case)
        self.users["department"].group_ids |= self.env.ref("base.group_allow_export")
        seen = self._as("department", case)
        self.assertEqual(
            (seen.contact_masked, seen.phone_masked, seen.email_masked),
            ("张*", "138****5678", "z***@example.com"),
        )
        hidden = ("phone", "phone_normalized", "email_from", "email_normalized")
        for name in hidden:
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.read([name])
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.search([(name, "ilike", "1")])
            with self.subTest(field=name), self.assertRaises(AccessError):
                seen.formatted_read_group([], [name], ["__count"])
            with (
                self.subTest(field=name),
                self.enter_registry_test_mode(),  # exports are kept beside the transaction
                self.assertRefused("enough rights to access the field"),
            ):
                seen.export_data([name])
        self.assertFalse(set(hidden) & seen.fields_get().keys())
        for login in ("agent2", "quality", "supervisor"):
            self.assertEqual(self._as(login, case).phone, "13812345678")

    def test_contact(self):
        """The first talk is kept and meets its clock; later ones leave events only."""
        case = self._inquiry("integration")
        acts.contact(self._as("agent", case), "已电话联系")
        first = case.first_contact_at
        self.assertEqual(first, fields.Datetime.now())
        with freeze_time("2026-03-11 06:00:00"):
            acts.contact(self._as("agent", case), "再次联系")
        self.assertEqual(case.first_contact_at, first)
        self.assertEqual(self._kinds(case), ["created", "contacted", "contacted"])
        self.assertEqual(case.event_ids.sorted("id")[1].payload, {"note": "已电话联系"})

    def test_dialog_needs_a_case(self):
        """A dialog called for another model or for cases one may not see is refused."""
        wizards = self._as("agent", self.env["water.contact.wizard"])
        case = self._inquiry()
        restricted = self._inquiry("agent2", category_id=self._category("st04").id)
        for model, ids, error in (
            ("res.users", self.env.user.ids, "Open this dialog from a case"),
            ("water.case.event", case.event_ids.ids, "Open this dialog from a case"),
            ("water.inquiry", restricted.ids, None),
        ):
            with self.subTest(model=model), self.assertRaises(Exception) as caught:
                wizards.create({"case_model": model, "case_ids": ids, "note": "x"}).action_log()
            if error:
                self.assertIn(error, str(caught.exception))
            else:
                self.assertIsInstance(caught.exception, AccessError)

    @mute_logger("odoo.sql_db")
    def test_external_number_once(self):
        """A case of another body is registered once per source."""
        self._inquiry(external_source="12345", external_ref="A-1")
        self._inquiry(external_source="MEDIA", external_ref="A-1")
        with self.assertRaises(Exception) as caught:
            self._inquiry(external_source="12345", external_ref="A-1")
        self.assertIn("water_inquiry", str(caught.exception))

    def test_mails_to_the_customer(self):
        """Receipt and answer go to the customer's address in their language."""
        case = self._inquiry(email_from="zhang@example.com", answer="答复内容")
        self._as("agent", case).action_answer()
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "water.inquiry"), ("res_id", "=", case.id)], order="id")
        )
        self.assertEqual(mails.mapped("email_to"), ["zhang@example.com"] * 2)
        self.assertIn(case.name, mails[0].body_html)
        self.assertIn("答复内容", mails[1].body_html)

    def test_reopened_bars_the_former_handler(self):
        """By button or by dragging the card: another person handles it."""
        for reopen in (
            lambda case: case.action_reopen(),
            lambda case: case.write({"state": "processing"}),
        ):
            case = self._inquiry(answer="每年 220 立方米")
            work = self._as("agent", case)
            work.action_answer_and_close()
            reopen(self._as("supervisor", case))
            case.invalidate_recordset()
            self.assertEqual((case.handling_round, case.user_id.ids), (2, []))
            with self.assertRaisesRegex(UserError, "had it before"):
                self._as("supervisor", case).user_id = self.users["agent"]
            self.assertFalse(case.user_id)
            self._as("supervisor", case).user_id = self.users["agent2"]

    def test_dispatching_is_limited_from_a_return_on(self):
        """Most questions go to no department; one that comes back finds another in time."""
        case = self._inquiry()
        self.assertFalse(self._clock(case, "dispatch"))
        self._dispatch(case)
        with freeze_time(self._later(hours=1)):
            acts.reject(self._as("department", self._lead(case)), "属水质", owner=self.lab)
        clock = self._clock(case, "dispatch")
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-11 11:30")
        self._dispatch(case, self.lab)
        self.assertEqual(clock.state, "met")
