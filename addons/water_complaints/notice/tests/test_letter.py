import io
from datetime import timedelta

from freezegun import freeze_time
from pypdf import PdfReader

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...complaint.tests import acts
from .common import LetterCase, text_of

REPORT = "water_complaints.action_report_water_notice"


@tagged("post_install", "-at_install")
class TestLetter(LetterCase):
    """The formal letter (S3.2.3c): its text, its paper, and that the sent one is kept."""

    def _print(self, notice, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        return reports._render_qweb_pdf(REPORT, notice.ids)[0]

    def _kept(self, notice):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "water.notice"),
                ("res_id", "=", notice.id),
                ("res_field", "=", "letter"),
            ]
        )

    @freeze_time("2026-11-24 16:30:00")
    def test_chinese_letter(self):
        """Half past midnight in China: the letter bears the customer's day, not UTC's."""
        self.agent.name = "陈晨"
        case = self._handled(self.zhang)
        notice = self._notify(case)
        text = text_of(self._print(notice))
        for words in (
            "处理结果告知书",
            f"文号：{notice.name}",
            "尊敬的张伟：",
            f"编号{case.name}",
            "早晚高峰水压低",
            "减压阀已更换，复测压力0.21MPa。",
            "认定依据：《城市供水条例》第十九条。",
            "12345",
            "消费者协会",
            "办理依据：本公司服务承诺（投诉：单户水压低）",
            "2026年12月10日前（含当日）提出申诉",
            "服务热线：0300-96510",
            "清河供水首诉责任人：陈晨2026年11月25日",
        ):
            self.assertIn(words, text)
        self.assertNotIn("内部备注", text)

    def test_english_letter(self):
        case = self._handled(self.miller)
        text = text_of(self._print(self._notify(case)))
        self.assertIn("NoticeoftheResult", text)
        self.assertIn("DearJohnMiller,", text)
        self.assertIn("Ifyoudonotagree,youhavetherighttoaskforareviewuntil", text)
        self.assertNotIn("尊敬的", text)

    def test_no_telephone_without_a_hotline(self):
        """Without a phone number the customer is not asked to call."""
        called = ("bytelephone", "Servicehotline")
        text = text_of(self._print(self._notify(self._handled(self.miller))))
        for words in called:
            self.assertIn(words, text)
        self.company.water_hotline = False
        text = text_of(self._print(self._notify(self._handled(self.miller))))
        self.assertIn("onyourcustomerpageoratanyservicecounter", text)
        for words in called:
            self.assertNotIn(words, text)

    def test_one_page_of_a4(self):
        """An ordinary letter fits one A4 page, regardless of the company's paper size."""
        self.company.paperformat_id = self.env.ref("base.paperformat_us")
        pages = PdfReader(io.BytesIO(self._print(self._notify(self._handled(self.zhang))))).pages
        self.assertEqual(len(pages), 1)
        self.assertAlmostEqual(float(pages[0].mediabox.width), 210 / 25.4 * 72, delta=1)
        self.assertAlmostEqual(float(pages[0].mediabox.height), 297 / 25.4 * 72, delta=1)

    def test_sent_letter_is_kept(self):
        """Printing later gives the letter that was sent, though the text would differ now."""
        case = self._handled(self.zhang)
        notice = self._notify(case)
        kept = self._kept(notice)
        self.assertEqual(kept.name, f"处理结果告知书-{case.name}.pdf")
        self.assertEqual(self._mails_of(notice).attachment_ids.checksum, kept.checksum)
        self.zhang.sudo().name = "张伟伟"
        self.company.name = "改名供水"
        self.assertEqual(self._print(notice), kept.raw)
        self.assertEqual(self._kept(notice), kept)
        with self.assertRaises(AccessError):
            kept.with_user(self.agent).write({"raw": b"%PDF-other"})
        with self.assertRaises(AccessError):
            kept.with_user(self.agent).unlink()

    def test_mail_carries_it(self):
        """The notice's mail has the letter attached under its Chinese name."""
        case = self._handled(self.zhang)
        attached = self._mails_of(self._notify(case)).attachment_ids
        self.assertEqual(attached.mapped("name"), [f"处理结果告知书-{case.name}.pdf"])
        self.assertEqual(attached.mimetype, "application/pdf")
        self.assertIn(case.name, text_of(attached.raw))

    def test_printing_users(self):
        """The desk and quality print; a department, which sees the notice, does not."""
        case = self._handled(self.zhang)
        notice = self._notify(case)
        oral = self._oral(self._handled(self.zhang))
        self.assertTrue(notice.with_user(self.worker).has_access("read"))
        for letter in (notice, oral):
            self.assertEqual(self._print(letter, self.quality)[:5], b"%PDF-")
            with self.assertRaises(AccessError):
                self._print(letter, self.worker)
        with self.assertRaises(AccessError):
            self._kept(notice).with_user(self.worker).read(["raw"])
        with self.assertRaises(AccessError):
            notice.with_user(self.worker).read(["letter"])

    def test_print_menu(self):
        actions = self.env["ir.actions.actions"]
        for user, shown in ((self.agent, True), (self.quality, True), (self.worker, False)):
            bindings = actions.with_user(user).get_bindings("water.notice").get("report", ())
            ids = [action["id"] for action in bindings]
            self.assertEqual(self.env.ref(REPORT).id in ids, shown, user.login)

    def _oral(self, case):
        return self._notify(case, mode="oral", told_to="张伟的妻子")

    def test_oral_notice(self):
        """An oral notice prints with its recipient; it is neither mailed nor stored."""
        notice = self._oral(self._handled(self.zhang))
        self.assertIn("口头告知张伟的妻子", text_of(self._print(notice)))
        self.assertFalse(self._mails_of(notice))
        self.assertFalse(self._kept(notice))

    def test_kinds(self):
        """Every kind has its own title and opening; only answers can be appealed."""
        titles = {
            "acceptance": ("受理告知书", "正式受理", False),
            "refusal": ("不予受理告知书", "决定不予受理", True),
            "delay": ("延期办理告知书", "需延长办理时限", False),
            "result": ("处理结果告知书", "经调查处理", True),
            "final": ("最终答复", "经调查处理", False),
        }
        case = self._complaint(self.zhang)
        for kind, (title, opening, appeal) in titles.items():
            values = {"kind": kind, "mode": "written", "subject": "x", "body": "<p>说明</p>"}
            notice = self.env["water.notice"].with_user(self.agent)._send(case, values)
            text = text_of(self._print(notice))
            self.assertIn(title, text)
            self.assertIn(opening, text)
            self.assertEqual("申请复核" in text, appeal, kind)
            self.assertEqual("12345" in text, kind in ("result", "refusal", "final"), kind)

    def test_anonymous(self):
        """The letter to an anonymous customer contains no name."""
        case = self._complaint(self.zhang, is_anonymous=True, email_from=self.zhang.email)
        values = {"kind": "acceptance", "mode": "written", "subject": "x", "body": "<p>说明</p>"}
        notice = self.env["water.notice"].with_user(self.agent)._send(case, values)
        text = text_of(self._print(notice))
        self.assertIn("尊敬的客户：", text)
        self.assertNotIn("张伟", text)

    def test_several_at_once(self):
        """Ticked notices print as one file, each in its customer's language."""
        both = self._notify(self._handled(self.zhang)) | self._notify(self._handled(self.miller))
        content = self._print(both)
        self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), 2)
        self.assertIn("尊敬的张伟：", text_of(content))
        self.assertIn("DearJohnMiller,", text_of(content))

    def test_second_result_has_its_own_letter(self):
        """After a contest the new answer is another letter; the first one stays."""
        case = self._handled(self.zhang)
        first = self._notify(case)
        kept = self._kept(first).checksum
        acts.contest(case, "水压还是低。")
        again = case.sudo().dispatch_ids.filtered(lambda row: row.state == "sent")
        again.action_accept()
        again.result = "增压泵已调整。"
        again.action_finish()
        with freeze_time(first.sent_at + timedelta(days=1)):
            case.resolution = "增压泵已调整。"
            second = self._notify(case)
        self.assertNotEqual(first, second)
        self.assertEqual(self._kept(first).checksum, kept)
        self.assertIn("增压泵已调整。", text_of(self._print(second)))
