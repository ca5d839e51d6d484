import base64
import io

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import in_words, local, speak_chinese
from ...base.trust import trusted
from ...pdf.tests.common import wkhtml
from .common import PNG, RequestCommon

REPORT = "water_service_desk.action_report_request_notice"


def text_of(content):
    """All text of a PDF in one line without spaces: line breaks are the paper's affair."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@tagged("post_install", "-at_install")
class TestRequestNotice(RequestCommon):
    """Everything told at once (S2.3.2b): content, acknowledgement, no later additions."""

    real_pdf = True

    def _issued(self, **values):
        case = self._request(email_from="wang@example.com", **values)
        self._as("agent", case).action_issue_notice()
        return case

    def _wizard(self, model, case, login="agent", **values):
        wizards = self._as(login, self.env[model])
        return wizards.with_context(active_model=case._name, active_ids=case.ids).create(values)

    def test_everything_at_once(self):
        """Materials, steps, fees with their basis, limit and grounds, all in one notice."""
        case = self._issued()
        notice = case.notice_ids
        content = notice.content
        self.assertEqual((notice.kind, case.state), ("instruction", "notified"))
        self.assertEqual(case.notice_issued_at, notice.issued_at)
        self.assertEqual(len(content["materials"]), len(self.guide.material_ids))
        self.assertEqual(len(content["steps"]), len(self.guide.step_ids))
        self.assertTrue(all(fee["basis"] for fee in content["fees"]))
        self.assertIn("5 working days", content["limit"])
        self.assertEqual(content["refusal"], self.guide.refusal_grounds)
        body = str(self._mails(notice).body_html)
        for words in (
            self.guide.material_ids[0].name,
            self.guide.step_ids[1].name,
            self.guide.fee_ids[0].basis,
            self.guide.refusal_grounds,
            "5 working days",
        ):
            self.assertIn(words, body)
        self.assertIn("notice_issued", self._kinds(case))
        self.assertWhole(case)

    def test_notice_keeps_its_words(self):
        """The customer's copy does not change with the guide."""
        case = self._issued()
        before = dict(case.notice_ids.content)
        action = self._as("manager", self.guide).action_new_version()
        draft = self._as("manager", self.env["water.guide"].browse(action["res_id"]))
        draft.write({"refusal_grounds": "另有规定", "promised_days": 2})
        draft.action_put_in_force()
        case.invalidate_recordset()
        self.assertEqual(case.notice_ids.content, before)
        with self.assertRaisesRegex(UserError, "it stays"):
            self._as("agent", case).guide_id = draft

    def test_known_to_be_ours(self):
        """The letter's code finds it in any spelling; nothing else does."""
        self.env = self.env(context={**self.env.context, "force_report_rendering": True})
        case = self._issued()
        notice = case.notice_ids
        address, code = notice._letter_check()
        self.assertRegex(code, r"^(\w{4}-){2}\w{4}$")
        self.assertIn(code, text_of(base64.b64decode(notice.letter)))
        letters = self.env["water.letter.mixin"]
        for typed in (code, code.lower(), f" {code.replace('-', ' ')} ", address.split("=")[1]):
            self.assertEqual(letters._find_letter(typed), notice)
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        for typed in ("", "x", "%", code[:-1], wrong, None):
            self.assertFalse(letters._find_letter(typed))
        with self.assertRaises(AccessError):
            self._as("agent", notice).check_code = wrong

    def test_seal(self):
        """Place for it on paper; none in a mail; its picture wherever the company has one."""
        self.env = self.env(context={**self.env.context, "force_report_rendering": True})
        self.customer.email = False
        paper, mailed = self._request(), self._issued()
        self._as("agent", paper).action_issue_notice()
        for case, place in ((paper, True), (mailed, False)):
            text = text_of(base64.b64decode(case.notice_ids.letter))
            self.assertEqual("(Seal)" in text, place)
        self.company.water_seal = base64.b64encode(PNG)
        again = self._request()
        self._as("agent", again).action_issue_notice()
        self.assertNotIn("(Seal)", text_of(base64.b64decode(again.notice_ids.letter)))

    def test_letter(self):
        """The PDF is made when the notice is handed out, in the customer's language."""
        self.startPatcher(wkhtml("install"))
        speak_chinese(self.env)
        self.customer.lang = "zh_CN"
        case = self._request(email_from="wang@example.com")
        self._as("agent", case).with_context(force_report_rendering=True).action_issue_notice()
        notice = case.notice_ids
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", notice._name), ("res_field", "=", "letter")]
            + [("res_id", "=", notice.id)]
        )
        text = text_of(kept.raw)
        for words in (
            "一次性告知书",
            notice.name,
            case.name,
            "尊敬的张伟：",
            "用水报装申请表",
            "现场勘查并出具方案和报价",
            "5个工作日",
            "违法建设",
            "张伟",
        ):
            self.assertIn(words, text)
        self.assertIn("不再要求您", text)
        self.assertEqual(notice._letter_name(), f"一次性告知书-{notice.name}.pdf")
        mail = self._mails(notice)
        self.assertEqual(mail.attachment_ids.raw, kept.raw)
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        again = reports._render_qweb_pdf(REPORT, notice.ids)[0]
        self.assertEqual(again, kept.raw)  # printed again, it is the very same letter
        with self.assertRaises(AccessError):
            self._as("department", notice).read(["letter"])

    def test_told_once_only(self):
        case = self._issued()
        with self.assertRaisesRegex(UserError, "already"):
            self._as("agent", case).action_issue_notice()
        self.assertEqual(len(case.notice_ids), 1)

    def test_needs_a_guide(self):
        case = self._request(category_id=self._category("nc03").id)
        with self.assertRaisesRegex(UserError, "Choose the guide"):
            self._as("agent", case).action_issue_notice()
        with self.assertRaisesRegex(UserError, "issue the notice first"):
            self._as("agent", case).write({"state": "notified"})

    def test_no_second_request_of_materials(self):
        """Refused, counted, kept in the chain, told to the supervisors; each time."""
        case = self._issued()
        before = case.material_ids
        for count, login in ((1, "agent"), (2, "manager")):
            wizard = self._wizard("water.material.wizard", case, login, name="户口簿", reason="补")
            answer = wizard.action_ask()
            self.assertEqual(answer["tag"], "display_notification")
            self.assertIn("No new material may be asked for", answer["params"]["message"])
            self.assertEqual(case.second_request_count, count)
        self.assertEqual(case.material_ids, before)
        event = case.event_ids.filtered(lambda row: row.kind == "material_refused")[:1]
        self.assertEqual(event.payload, {"material": "户口簿", "reason": "补"})
        self.assertTrue(any("second request" in text for text in self._told("supervisor")))
        for login in ("agent", "manager"):
            with self.subTest(login), self.assertRefused("Materials come from the guide; ask for"):
                self._as(login, self.env["water.request.material"]).create(
                    {"request_id": case.id, "name": "户口簿"}
                )
            with self.subTest(login), self.assertRefused("Materials come from the guide; ask for"):
                self._as(login, case).write({"material_ids": [(0, 0, {"name": "户口簿"})]})
        self.assertWhole(case)

    def test_refusal_names_the_day(self):
        """From the notice, however late the acceptance; without a notice, from the acceptance."""
        told = self._issued()
        with freeze_time(local("2026-03-12 10:00")):
            told.material_ids.write({"state": "correct"})
            self._as("agent", told).action_accept()
            for case, day in ((told, "March 11, 2026"), (self._accepted(), "March 12, 2026")):
                self.assertIn(day, acts.ask_material(self._as("agent", case), "户口簿", "补"))

    def test_a_repair_needs_no_material(self):
        """Documents not shown in the form are neither listed nor refused as told before."""
        fresh, begun = self._repair(), self._repair()
        self._as("agent", begun).action_process()
        for case in (fresh, begun):
            mine = self._as("agent", case)
            with self.assertRefused("A repair needs no materials", case):
                mine.action_ask_material()
            self.assertFalse(case.material_ids)

    def test_material_before_the_notice(self):
        case = self._request()
        wizard = self._wizard("water.material.wizard", case, name="房东同意书", reason="租赁")
        self.assertEqual(wizard.action_ask()["type"], "ir.actions.act_window_close")
        self.assertIn("房东同意书", case.material_ids.mapped("name"))
        self.assertEqual(case.second_request_count, 0)

    def test_only_supplied_ones_are_incorrect(self):
        """The only way to ask again: a supplied document is incorrect, with the reason."""
        case = self._issued()
        row = self._as("agent", case.material_ids[0])
        with self.assertRaisesRegex(UserError, "has not been supplied"):
            row.write({"state": "incorrect", "reason": "缺页"})
        row.write({"state": "supplied"})
        with self.assertRaisesRegex(UserError, "Say what is incorrect"):
            row.write({"state": "incorrect"})
        row.write({"state": "incorrect", "reason": "只有一面"})
        self.assertEqual((row.checked_by_id, row.state), (self.users["agent"], "incorrect"))
        self._as("agent", case).action_return_materials()
        mail = self._mails(case)[-1]
        self.assertIn("只有一面", str(mail.body_html))
        speak_chinese(self.env)
        told = case.with_context(lang="zh_CN")._incorrect_lines()
        self.assertIn("：只有一面", told, "no colon of another script")
        self.assertIn("material_returned", self._kinds(case))
        with self.assertRefused("Only the state of a material is changed, with"):
            row.write({"name": "另一份"})
        with self.assertRefused("not allowed to delete"):
            row.unlink()

    def test_nothing_incorrect_to_tell(self):
        with self.assertRaisesRegex(UserError, "Mark what is incorrect"):
            self._as("agent", self._issued()).action_return_materials()

    def test_signed_at_the_counter(self):
        """Signer, receiver and time; once."""
        case = self._issued()
        self._wizard("water.acknowledge.wizard", case).action_acknowledge()
        notice = case.notice_ids
        self.assertEqual(
            (notice.acknowledge_mode, notice.acknowledged_by, notice.acknowledge_user_id),
            ("counter", "张伟", self.users["agent"]),
        )
        self.assertIs(notice.signature, False)
        self.assertEqual(notice._letter_day(), notice.issued_at)  # as the checker is told
        wizard = self._wizard("water.acknowledge.wizard", case, "agent2", name="别人")
        wizard.action_acknowledge()
        self.assertEqual(notice.acknowledged_by, "张伟")
        self.assertEqual(self._kinds(case).count("notice_acknowledged"), 1)

    def test_notices_are_evidence(self):
        notice = self._issued().notice_ids
        for login in ("agent", "manager", "su"):
            mine = self._as(login, notice)
            with self.subTest(login), self.assertRaises(AccessError):
                mine.write({"content": {}})
            with self.subTest(login), self.assertRaises(AccessError):
                mine.unlink()
            with self.subTest(login), self.assertRaises(AccessError):
                mine.with_context(water_trusted=True).write({"content": {}})

    def test_lists_of_notices_are_masked(self):
        """Signer and address are hidden in lists for users without access to customers."""
        masks = self.env["water.request.notice"]._export_masks()
        self.assertEqual(masks["acknowledged_by"]("张伟"), "张*")
        self.assertEqual(masks["email_to"]("zhang@example.com"), "z***@example.com")

    # -- delays and refusals ----------------------------------------------------------------------

    def test_delay_needs_an_alternative_and_another_person(self):
        case = self._accepted()
        agent, supervisor = self._as("agent", case), self._as("supervisor", case)
        with self.assertRaisesRegex(UserError, "offered instead"):
            acts.ask_decision(agent, "delay", self.frost, " ", amount=3)
        decision = acts.ask_decision(supervisor, "delay", self.frost, "临时用水", amount=3)
        with self.assertRaisesRegex(UserError, "your own request"):
            decision.action_approve()
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            self._as("agent", decision).action_approve()
        self._as("manager", decision).action_approve()
        clock = self._clock(case, "close")
        self.assertEqual(decision.new_due_at, clock.due_at)
        self.assertGreater(clock.due_at, clock.planned_due_at)
        pause = clock.pause_ids
        self.assertEqual(
            (pause.requested_by_id, pause.decided_by_id),
            (self.users["supervisor"], self.users["manager"]),
        )
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("manager", decision).action_approve()
        self.assertWhole(case)

    def test_handler_cannot_move_limit(self):
        """Buttons that would be refused are hidden."""
        case = self._accepted()
        decision = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时用水", amount=3
        )
        trusted(case.sudo()).user_id = self.users["supervisor"]
        mine, theirs = (self._as(login, decision) for login in ("supervisor", "manager"))
        self.assertEqual((mine.can_decide, theirs.can_decide), (False, True))
        with self.assertRaisesRegex(UserError, "handler of the work"):
            mine.action_approve()

    def test_one_delay_at_a_time_and_in_all(self):
        """Asked for, refused and asked for again; granted, the limit moves no more."""
        case = self._accepted()
        work = self._as("agent", case)

        def ask(amount):
            return acts.ask_decision(work, "delay", self.frost, "临时用水", amount=amount)

        with self.assertRefused("at most 15 working days in all", case):
            ask(11)
        first = ask(3)
        for act in (lambda: ask(2), work.action_delay):
            with self.assertRefused("waits for a supervisor", case):
                act()
        acts.refuse(self._as("supervisor", first), "已经派人")
        second = ask(2)
        self._as("supervisor", second).action_approve()
        self.env.invalidate_all()
        for act in (lambda: ask(1), work.action_delay):
            with self.assertRefused("granted already: 1", case):
                act()
        acts.ask_decision(work, "refusal", self.frost, "临时用水")
        for act in (
            lambda: acts.ask_decision(work, "refusal", self.frost, "临时用水"),
            work.action_refuse,
        ):
            with self.assertRefused("waits for a supervisor", case):
                act()

    def test_one_of_two_waiting_delays_is_approved(self):
        """As they may have been asked for at the same moment."""
        case = self._accepted()
        first = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时用水", amount=3
        )
        names = ["request_id", "kind", "reason_id", "alternative", "amount", "unit"]
        values = first.sudo().read([*names, "requested_by_id", "requested_at"], load="")[0]
        values.pop("id")
        second = trusted(self.env["water.request.decision"]).create(values)
        self._as("supervisor", first).action_approve()
        self.env.invalidate_all()
        due = self._clock(case, "close").due_at
        self.assertFalse(self._as("supervisor", second).can_decide)
        with self.assertRefused("granted already: 1", second):
            self._as("supervisor", second).action_approve()
        acts.refuse(self._as("supervisor", second), "已延期")
        self.assertEqual(self._clock(case, "close").due_at, due)

    def test_a_limit_that_moves_before_it_is_decided(self):
        case = self._accepted()
        asked = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时用水", amount=3
        )
        clock, told = self._clock(case, "close"), asked.old_due_at
        self.assertEqual(asked.limit_before, told)
        day = clock.due_at.date()
        self.env["water.calendar.day"].create({"name": "x", "date": day, "kind": "off"})
        self.env.invalidate_all()
        self.assertGreater(clock.due_at, told)
        before, after = clock.due_at, asked.limit_after
        self.assertEqual(asked.limit_before, before)
        self._as("supervisor", asked).action_approve()
        self.env.invalidate_all()
        self.assertEqual((asked.old_due_at, asked.new_due_at), (before, after))
        self.assertEqual((asked.limit_before, asked.limit_after), (before, after))
        self.assertIn(in_words(before), asked.notice_id.content["old_due"])

    def test_no_way_round_the_decision(self):
        """The general dialog cannot move the limit of a request without code and notice."""
        clock = self._clock(self._accepted(), "close")
        with self.assertRaisesRegex(UserError, "Ask for a delay"):
            acts.extend(self._as("agent", clock), "冻土", 3)
        forged = self._as("manager", clock).with_context(water_deciding=True)
        with self.assertRaisesRegex(UserError, "Ask for a delay"):
            acts.pause(forged, "冻土", self._later(days=1))

    def test_refusal(self):
        """Approved, told by letter with the alternative, and the request ends."""
        case = self._issued()
        reason = self.env.ref("water_service_desk.reason_area")
        with self.assertRaisesRegex(UserError, "approved first"):
            self._as("supervisor", case).write({"state": "rejected"})
        wizard = self._wizard(
            "water.request.decision.wizard",
            case,
            kind="refusal",
            reason_id=reason.id,
            note="供水管网未到。",
        )
        self.assertEqual(wizard.alternative, reason.alternative)
        wizard.action_ask()
        self._as("supervisor", case.decision_ids).action_approve()
        self.assertEqual(case.state, "rejected")
        notice = case.decision_ids.notice_id
        body = str(self._mails(notice).body_html)
        self.assertIn(reason.alternative, body)
        self.assertIn("供水管网未到。", body)
        self.assertNotIn("。.", body)
        self.assertNotIn("。。", body)
        self.assertTrue(case.decision_ids.in_time)
        self.assertFalse(self._running(case))
        self.assertWhole(case)
