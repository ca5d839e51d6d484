import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...complaint.tests import acts
from ...notice.tests.common import LetterCase, text_of

REPORT = "water_complaints.action_report_water_notice"
SUPERVISOR = "base.group_user,water_service_desk.group_supervisor"
MANAGER = "base.group_user,water_service_desk.group_manager"
HEAD = "清河供水"


@tagged("post_install", "-at_install")
class TestAppealLetter(LetterCase):
    """Letters that the system composes (S3.2.3c, E8): words, preview, delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.water_authority = "清河市水务局（电话 0300-12319）"
        people = ("head", "reviewer", "member1", "member2")
        cls.people = {name: new_test_user(cls.env, name, groups=SUPERVISOR) for name in people}
        cls.people["chair"] = new_test_user(cls.env, "chair", groups=MANAGER)
        cls.people["reviewer"].name = "王芳"
        cls.people["chair"].name = "陈国"

    def _text(self, notice):
        reports = self.env["ir.actions.report"].with_user(self.agent)
        return text_of(reports._render_qweb_pdf(REPORT, notice.ids)[0])

    def _dialog(self, user, case, **values):
        dialogs = self.env["water.notice.wizard"].with_user(user)
        context = {"active_model": "water.complaint", "active_ids": case.ids}
        return dialogs.with_context(**context).create(values)

    def _sent(self, user, case, **values):
        self._dialog(user, case, **values).action_send()
        return case.sudo().notice_ids.sorted("id")[-1:]

    def _file(self, case, **values):
        facts = {"reason": "减压阀更换后晚上水压仍低", "demand": "再次测压", **values}
        return self.env["water.appeal"].with_user(self.agent)._file(case, facts)

    def _reviewed(self, case, who="reviewer", members=(), **values):
        """An appeal up to its decision; returns the letters of receipt and decision."""
        appeal = self._file(case)
        head = appeal.with_user(self.people["head"])
        panel = [self.people[name].id for name in members]
        head.write({"reviewer_id": self.people[who].id, "member_ids": [(6, 0, panel)]})
        receipt = self._sent(head.env.user, case, kind="appeal_receipt", appeal_id=appeal.id)
        work = appeal.with_user(self.people[who])
        work.write({"decision": "partly", "decision_text": "高峰时段复测 0.16 MPa。", **values})
        for name in (who, *members) if members else ():
            acts.vote(appeal.with_user(self.people[name]), "partly", "同意")
        kind = "final" if members else "appeal_decision"
        return receipt, self._sent(work.env.user, case, kind=kind, appeal_id=appeal.id)

    # -- words ------------------------------------------------------------------------------------

    @freeze_time("2026-11-24 02:00:00")
    def test_acceptance(self):
        case = self._complaint(self.zhang)
        text = self._text(self._sent(self.agent, case, kind="acceptance"))
        for words in ("受理告知书", "文号：GZ2026-", "尊敬的张伟：", "恢复正常水压", "12月1日"):
            self.assertIn(words, text)
        self.assertNotIn("申请复核", text)

    @freeze_time("2026-11-24 02:00:00")
    def test_refusal(self):
        """Reason, who is there for it, the last day and the ways outside; then refused."""
        case = self._complaint(self.zhang)
        values = {"reason": "表后管道属物业管理。", "elsewhere": "锦绣花园物业 0300-8001"}
        letter = self._sent(self.people["head"], case, kind="refusal", **values)
        self.assertEqual((case.state, case.end_reason), ("rejected", values["reason"]))
        text = self._text(letter)
        for words in (
            "不予受理告知书",
            "表后管道属物业管理。",
            "锦绣花园物业0300-8001",
            "2026年12月9日前（含当日）提出申诉",
            "12345",
            "清河市水务局（电话0300-12319）",
            "消费者协会",
            "仲裁",
        ):
            self.assertIn(words, text)

    def test_agent_does_not_refuse(self):
        case = self._complaint(self.zhang)
        with self.assertRefused("this step is for: Supervisor", case):
            self._sent(self.agent, case, kind="refusal", reason="不属供水")
        self.assertEqual(case.state, "registered")

    @freeze_time("2026-11-24 02:00:00")
    def test_delay(self):
        """A granted extension is told by letter at once, with both dates."""
        case = self._complaint(self.zhang)
        clock = case.deadline_ids.filtered(lambda row: row.kind == "close")
        old = clock.due_at
        asked = acts.extend(clock.with_user(self.agent), "需开挖路面", 3)
        asked.with_user(self.people["head"]).action_approve()
        letter = case.sudo().notice_ids
        self.assertEqual((letter.kind, letter.pause_id), ("delay", asked))
        text = self._text(letter)
        self.assertIn("延期办理告知书", text)
        self.assertIn("需开挖路面", text)
        for moment in (old, clock.due_at):
            day = moment + timedelta(hours=8)
            self.assertIn(f"{day.year}年{day.month}月{day.day}日", text)
        self.assertGreater(clock.due_at, old)

    @freeze_time("2026-11-24 02:00:00")
    def test_appeal_letters(self):
        """Receipt, decision of the first level, final answer: each says what it must."""
        case = self._handled(self.zhang)
        self._notify(case)
        receipt, decision = self._reviewed(case, corrected_finding="partly", remedy="更换立管")
        text = self._text(receipt)
        for words in ("申诉受理告知书", receipt.appeal_id.name, "水压仍低", "王芳", "12月1日"):
            self.assertIn(words, text)
        text = self._text(decision)
        for words in (
            "申诉复核决定书",
            "高峰时段复测0.16MPa。",
            "部分",
            "更换立管",
            "2026年12月9日前（含当日）提出申诉",
            "消费者协会",
            "复核人：王芳",
        ):
            self.assertIn(words, text)
        _receipt, final = self._reviewed(case, "chair", ("member1", "member2"))
        text = self._text(final)
        for words in ("最终答复", "公司的最终答复", "12345", "仲裁", "陈国"):
            self.assertIn(words, text)
        self.assertNotIn("申请复核，", text)
        self.assertFalse(final.appeal_until)

    def test_english(self):
        case = self._handled(self.miller)
        self._notify(case)
        _receipt, decision = self._reviewed(case)
        text = self._text(decision)
        for words in ("DecisiononYourAppeal", "DearJohnMiller,", "youhavetherighttoask", "12345"):
            self.assertIn(words, text)
        self.assertIn("consumers’association".replace("’", "'"), text)

    def test_one_page(self):
        import io

        from pypdf import PdfReader

        case = self._handled(self.zhang)
        self._notify(case)
        for letter in self._reviewed(case, remedy="更换立管"):
            reports = self.env["ir.actions.report"].with_user(self.agent)
            content = reports._render_qweb_pdf(REPORT, letter.ids)[0]
            self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), 1, letter.kind)

    # -- preview ----------------------------------------------------------------------------------

    def test_preview(self):
        """A preview of the letter: not sent, numbered or stored."""
        case = self._handled(self.zhang)
        dialog = self._dialog(self.agent, case)
        dialog.body = "<p>改过的话：阀门已换。</p>"
        notices = self.env["water.notice"].search_count([])
        action = dialog.action_preview()
        self.assertEqual((action["res_model"], action["res_id"]), (dialog._name, dialog.id))
        text = text_of(base64.b64decode(dialog.preview))
        for words in (
            "处理结果告知书",
            "改过的话：阀门已换。",
            "尊敬的张伟：",
            "提出申诉，申请复核",
            HEAD,
        ):
            self.assertIn(words, text)
        self.assertNotIn("GZ20", text)
        self.assertEqual(self.env["water.notice"].search_count([]), notices)
        self.assertFalse(self._mails_of(self.env["water.notice"].browse(dialog.id)))
        dialog.action_send()
        sent = case.sudo().notice_ids
        self.assertIn("改过的话：阀门已换。", self._text(sent))

    def test_preview_for_the_desk_alone(self):
        case = self._handled(self.zhang)
        for user in (self.worker, self.quality):
            with self.assertRaises(AccessError):
                self._dialog(user, case).action_preview()

    # -- proof of delivery ----------------------------------------------------------------------

    def _by_post(self, way="post"):
        case = self._handled(self.zhang)
        dialog = self._dialog(self.agent, case, mode="written", way=way)
        action = dialog.action_send()
        return case.sudo().notice_ids.sorted("id")[-1:], action

    def test_sent_by_post(self):
        """Printed and kept, no mail; delivered with the number of the registered letter."""
        notice, action = self._by_post()
        self.assertEqual((notice.way, notice.email_to, notice.delivered_at), ("post", False, False))
        self.assertFalse(self._mails_of(notice))
        self.assertTrue(notice.letter)
        self.assertEqual(action["report_name"], "water_complaints.report_water_notice")
        mine = notice.with_user(self.agent)
        self.assertTrue(mine.can_deliver)
        now = fields.Datetime.now()
        values = {"delivered_at": now, "delivered_how": "post"}
        for wrong in (
            values,
            {**values, "delivery_ref": "XA1", "delivered_at": now + timedelta(days=1)},
            {**values, "delivery_ref": "XA1", "delivered_at": notice.sent_at - timedelta(hours=1)},
            {"delivered_at": now, "delivered_how": "hand"},
        ):
            with self.assertRefused("after it was written|registered letter|who received", notice):
                mine._record_delivery(wrong)
        with self.assertRaises(AccessError):
            notice.with_user(self.quality)._record_delivery({**values, "delivery_ref": "XA1"})
        mine._record_delivery({**values, "delivery_ref": "XA12345"})
        self.assertRecordValues(
            notice,
            [
                {
                    "delivered_how": "post",
                    "delivery_ref": "XA12345",
                    "delivered_by_id": self.agent.id,
                    "delivered_at": now,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, notice.name):
            mine._record_delivery({**values, "delivery_ref": "XA2"})

    def test_handed_over(self):
        notice, _action = self._by_post("hand")
        dialogs = self.env["water.delivery.wizard"].with_user(self.agent)
        dialog = dialogs.create({"notice_id": notice.id, "delivered_to": "张伟的妻子"})
        self.assertEqual(dialog.how, "hand")
        dialog.action_save()
        self.assertEqual((notice.delivered_how, notice.delivered_to), ("hand", "张伟的妻子"))

    def test_merged_customers_are_told_too(self):
        """The hook names complaints whose customers get the result as well."""
        case, other = self._handled(self.zhang), self._complaint(self.miller)
        model = type(self.env["water.complaint"])
        self.patch(model, "_notice_also_to", lambda row: other if row == case else row.browse())
        notice = self._notify(case)
        twin = other.sudo().notice_ids
        self.assertRecordValues(
            twin, [{"kind": "result", "also_of_id": case.sudo().notice_ids.id, "way": "mail"}]
        )
        self.assertNotEqual(twin.name, notice.name)
        self.assertEqual(self._mails_of(twin).email_to, other.sudo().email_from)

    def test_compensation_is_told(self):
        model = type(self.env["water.complaint"])
        self.patch(model, "_compensation_notice", lambda case: ["补偿 50 元，计入下期账单。"])
        dialog = self._dialog(self.agent, self._handled(self.zhang))
        self.assertIn("补偿 50 元，计入下期账单。", dialog.body)
