import base64
import io
import re
import tracemalloc
from contextlib import suppress
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local
from .. import order_file
from .order_checks import OrderChecks
from .orders import ORDER, RETURN

HEAD = "工单编号,诉求内容,办结期限,联系电话"


@tagged("post_install", "-at_install")
class TestInquiryOrder(OrderChecks, WaterCommon):
    """Orders of other bodies that are inquiries."""

    allow_inherited_tests_method = True
    MODEL = "water.inquiry"

    def _plain_case(self):
        return self._as("agent", self._inquiry())

    def _answered(self):
        case = self._order()
        case.answer = "已解答"
        self._as("agent", case).action_answer()
        self.assertEqual(self._clock(case, "external").state, "running")
        return case

    def _served(self):
        case = self._order()
        work = self._as("department", self._dispatch(case))
        work.action_accept()
        work.result = "已解答"
        work.action_finish()
        self._as("agent", case).action_answer()
        return case

    def _withdraw(self, case):
        self._as("agent", case).action_withdraw()

    def test_looking_first(self):
        """A look names new and refused orders, and leaves no order behind."""
        lines = "12345-A,水价怎么算,2026-03-20,\n12345-B,,2026-03-20,\n"
        file = base64.b64encode(f"{HEAD}\n{lines}".encode())
        wizards = self._as("agent", self.env["water.table.import.wizard"])
        values = {"kind": "water.order.import", "case_model": self.MODEL}
        dialog = wizards.create({"file": file, **values})
        dialog.action_check()
        here = [("external_ref", "in", ("12345-A", "12345-B"))]
        self.assertFalse(self.env[self.MODEL].search(here))
        self.assertEqual(dialog.state, "checked")
        self.assertIn("Would be new: 1", dialog.report)
        self.assertIn("Not taken: 1", dialog.report)
        self.assertNotIn("/odoo/", dialog.report)
        dialog.action_import()
        self.assertEqual(self.env[self.MODEL].search(here).external_ref, "12345-A")
        self.assertEqual(dialog.state, "done")
        self.assertIn("New: 1", dialog.report)

    def test_questions_of_the_category_stay_open(self):
        """The body has asked its own: what ours asks stands on the form until it is answered."""
        case = self._order()
        case.category_id.public_questions = "Since when?"
        self.assertEqual(case.open_questions, "Since when?")
        case.description = f"{case.description}\nSince when? 昨天"
        self.assertFalse(case.open_questions)
        self.assertEqual(case._asked_of_customer(), [])
        case.description = "空"
        self._as("agent", case).action_withdraw()
        self.assertFalse(case.open_questions, "the work is over")

    def test_nothing_was_said_to_a_body_yet(self):
        self.assertIs(self._order().external_history, False)

    def test_closing_needs_the_answer_to_the_body(self):
        case = self._as("agent", self._answered())
        with self.assertRaisesRegex(UserError, "answer the order of 12345 first"):
            case.action_close()
        draft = self._dialog_of(case, "action_answer_order").create({})
        self.assertEqual(draft.text, "已解答")
        draft.action_save()
        case.action_close()
        self.assertEqual(case.state, "closed")

    def test_one_category_for_a_code(self):
        """Codes differ by capitals alone: the list takes one of them, and goes on."""
        flag = self.env[self.MODEL]._category_flag
        known = self.env["water.category"].search([(flag, "=", True)], limit=1)
        known.copy({"code": known.code.lower(), "name": "停水"})
        found = self.env["water.order.import"]._category(known.code, self.MODEL)
        self.assertEqual(found.code.lower(), known.code.lower())

    def test_too_far_to_return(self):
        case = self._answered()
        with self.assertRaisesRegex(UserError, "too far on"):
            acts.return_order(self._as("supervisor", case), *RETURN)

    def test_closed_order_is_taken_up_again(self):
        case = self._as("agent", self._answered())
        acts.answer_order(case, "好")
        case.action_close()
        self.assertEqual(self._again(case), case)
        self.assertEqual(case.state, "processing")


@tagged("post_install", "-at_install")
class TestOrderFile(WaterCommon):
    """Files of orders through the dialog: CSV and XLSX, and the report of each row."""

    def _dialog(self, content, login="agent", **values):
        wizards = self._as(login, self.env["water.table.import.wizard"])
        values = {"kind": "water.order.import", "case_model": "water.inquiry", **values}
        return wizards.create({"file": base64.b64encode(content), **values})

    def _template(self, lang="zh_CN"):
        wizards = self._as("agent", self.env["water.table.import.wizard"]).with_context(lang=lang)
        return base64.b64decode(wizards.new({"kind": "water.order.import"}).template)

    def _counts(self, wizard):
        labels = ("New", "Unchanged", "Not taken")
        return tuple(int(re.search(rf"{label}: (\d+)", wizard.report)[1]) for label in labels)

    def _csv(self, *lines, encoding="utf-8"):
        return "\n".join([HEAD, *lines]).encode(encoding)

    def test_report(self):
        """Created, unchanged and wrong rows, each with its line and reason; errors first."""
        self._dialog(self._csv("A-1,水压低,2026-03-18 12:00,1")).action_import()
        wizard = self._dialog(
            self._csv(
                "A-1,水压低,2026/3/18 12:00,1", "", "A-2,没水,2026年3月18日 12:00,2", "A-3,,,"
            )
        )
        action = wizard.action_import()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(self._counts(wizard), (1, 1, 1))
        rows = wizard.report.split("<tr>")[1:]
        self.assertIn("<td>5</td><td>A-3</td>", rows[0])
        self.assertIn("The content of the order is missing.", rows[0])
        self.assertIn("<td>2</td><td>A-1</td>", rows[1])
        self.assertFalse(wizard.file)
        case = self.env["water.inquiry"].search([("external_ref", "=", "A-2")])
        self.assertEqual(case.external_due_at, local("2026-03-18 12:00"))
        self.assertIn(case.name, wizard.report)

    def test_report_is_escaped(self):
        """Content of a file is plain text in the report."""
        wizard = self._dialog(self._csv("<script>alert(1)</script>,,,"))
        wizard.action_import()
        self.assertNotIn("<script>", wizard.report)

    def test_encodings_and_separators(self):
        """Formats of Chinese spreadsheets: UTF-8 with BOM, GB 18030, semicolons, tabs."""
        text = f"{HEAD}\nE-%s,水压低,2026-03-18 12:00,1\n"
        for number, (content, label) in enumerate(
            (
                (text.encode("utf-8-sig"), "mark"),
                (text.encode("gb18030"), "gb18030"),
                (text.replace(",", ";").encode(), "semicolon"),
                (text.replace(",", "\t").replace("\n", "\r\n").encode(), "tab"),
            )
        ):
            with self.subTest(label):
                wizard = self._dialog(content.replace(b"%s", str(number).encode()))
                wizard.action_import()
                self.assertEqual(self._counts(wizard), (1, 0, 0), wizard.report)

    def _workbook(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_workbook(self):
        """Dates and numbers of a spreadsheet arrive as they look."""
        content = self._workbook(
            ["Order number", "Content", "Phone", "Answer until"],
            [20260311.0, "水压低", 13800138000, local("2026-03-18 20:00")],
            [None, None, None, None],
        )
        wizard = self._dialog(content)
        wizard.action_import()
        self.assertEqual(self._counts(wizard), (1, 0, 0), wizard.report)
        case = self.env["water.inquiry"].search([("external_ref", "=", "20260311")])
        self.assertEqual(
            (case.phone, case.external_due_at), ("13800138000", local("2026-03-18 12:00"))
        )

    def test_template(self):
        """The template can be filled in and imported, in both languages."""
        for lang in ("zh_CN", "en_US"):
            rows = order_file.read(self._template(lang))
            self.assertEqual(rows[0], {"row": 2, **order_file.EXAMPLE})

    def test_template_takes_what_is_typed(self):
        """Numbers of many digits stay what they are, in the example and in the rows below it."""
        page = openpyxl.load_workbook(io.BytesIO(self._template())).active
        self.assertEqual(page.freeze_panes, "A2")
        for number in range(1, len(order_file.COLUMNS) + 1):
            head, example = page.cell(1, number), page.cell(2, number)
            column = page.column_dimensions[head.column_letter]
            self.assertTrue(head.font.bold)
            self.assertEqual((example.number_format, column.number_format), ("@", "@"))
            self.assertEqual(column.width, 22)

    def test_template_is_downloaded(self):
        """The button leads to the file of one's own dialog; another's is refused."""
        wizard = self._dialog(b"")
        self.assertIn(
            f"/{wizard.id}/template/water.order.import.xlsx", wizard.action_template()["url"]
        )
        with self.assertRaises(AccessError):
            self._as("agent2", wizard).action_template()

    def test_files_that_are_none(self):
        """Each unreadable file is refused with a message, and nothing is saved."""
        count = self.env["water.inquiry"].search_count([])
        many = self._csv(*(f"N-{n},x,," for n in range(order_file.MAX_ROWS + 1)))
        for content, reason in (
            (b"", "Choose a file"),
            (b"PK\x03\x04broken", "neither a CSV nor an XLSX"),
            (b"\xd0\xcf\x11\xe0old", "neither a CSV nor an XLSX"),
            (b"%PDF-1.7\x00\x01", "neither a CSV nor an XLSX"),
            (b"\xff\xfe\xff\xff", "UTF-8 or GB 18030"),
            ("标题,内容\nx,y".encode(), "headings of the template"),
            (b"\n\n", "headings of the template"),
            (many, "At most 2000"),
            (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        ):
            with self.subTest(reason=reason), self.assertRaisesRegex(UserError, reason):
                self._dialog(content).action_import()
        self.assertEqual(self.env["water.inquiry"].search_count([]), count)

    def test_no_more_than_is_needed(self):
        """Number and content make a file of orders, up to its last row."""
        content = "工单编号,诉求内容\nN-1,没水\nN-2,水黄\n".encode()
        with patch.object(order_file, "MAX_ROWS", 2):
            rows = order_file.read(content)
        self.assertEqual(
            rows,
            [
                {"row": 2, "external_ref": "N-1", "description": "没水"},
                {"row": 3, "external_ref": "N-2", "description": "水黄"},
            ],
        )
        for wrong in (content.replace("诉求内容".encode(), b"x"), content[:-1] + b"\nN-3,y\n"):
            with (
                patch.object(order_file, "MAX_ROWS", 2),
                self.assertRaises(order_file.FileError),
            ):
                order_file.read(wrong)

    def test_chinese_messages(self):
        """A Chinese agent reads Chinese headings in the reasons."""
        self.env["res.lang"]._activate_lang("zh_CN")
        wizard = self._dialog(self._csv("C-1,水压低,明天,1")).with_context(lang="zh_CN")
        wizard.action_import()
        self.assertIn("办结期限：", wizard.report)

    def test_cost_per_row(self):
        def queries(count, prefix):
            rows = [{**ORDER, "external_ref": f"{prefix}{n}"} for n in range(count)]
            before = self.env.cr.sql_log_count
            self._as("agent", self.env["water.inquiry"]).import_orders(rows)
            return (self.env.cr.sql_log_count - before) / count

        queries(5, "warm")
        self.assertLessEqual(queries(50, "many"), queries(5, "few") + 2)


@tagged("post_install", "-at_install")
class TestHugeOrderFile(BaseCase):
    """A file that is small when it comes and huge when it is read."""

    def test_wide_sheet(self):
        """Rows that name the last of 16,384 columns take no more room than others."""
        book = openpyxl.Workbook()
        sheet = book.active
        for row in range(1, order_file.MAX_ROWS + 1):
            sheet.cell(row=row, column=16_384, value="x")
        stream = io.BytesIO()
        book.save(stream)
        tracemalloc.start()
        try:
            with suppress(order_file.FileError):
                order_file.read(stream.getvalue())
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 64 * 1024 * 1024)
