import errno
import os
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_actions_report as base_report

from .. import pdf
from .common import PdfCase, page_of, read, text_of, wkhtml

A4 = (595, 842)


@tagged("post_install", "-at_install")
class TestPdf(PdfCase):
    """Layout, several records, and the cases where Odoo keeps its own way."""

    def test_chinese_a4(self):
        """Chinese text can be read back, is set in the font for it, and names its language."""
        content = self._print(self.people[0])
        self.assertIn("关于水压不足的答复", text_of(content))
        self.assertIn("张三丰", text_of(content))
        document = read(content)
        self.assertEqual(document.trailer["/Root"]["/Lang"], "zh-CN")
        self.assertEqual(document.metadata.title, "答复书")
        fonts = {
            font.get_object()["/BaseFont"]
            for page in document.pages
            for font in page["/Resources"]["/Font"].values()
        }
        self.assertTrue(any("Noto-Sans-CJK-SC" in name for name in fonts), fonts)
        sizes = {(round(p.mediabox.width), round(p.mediabox.height)) for p in document.pages}
        self.assertEqual(sizes, {A4})

    def test_header_footer_on_each_page(self):
        """Each page of a long letter has both, and counts the pages."""
        pages = read(self._print(self.people[0])).pages
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, 1):
            text = page.extract_text().replace(" ", "")
            self.assertIn("页眉供水公司", text)
            self.assertIn(f"第{number}页，共{len(pages)}页", text)

    def test_tall_header_moves_the_text_down(self):
        """A header that needs more than the margin doesn't cover the text."""
        lines = "".join(f"<div>地址{i}</div>" for i in range(20))
        header = f'<div id="minimal_layout_report_headers"><div class="header">{lines}</div></div>'
        content = self._run(page_of("<p>正文开始</p>"), header=page_of(header))
        heights = {}

        def visit(text, page, matrix, _font, _size):
            if text.strip():
                heights[text.strip()] = page[3] * matrix[5] + page[5]

        read(content).pages[0].extract_text(visitor_text=visit)
        self.assertGreater(heights["地址19"], heights["正文开始"] + 10)

    def test_a_disk_that_takes_nothing_is_no_fault_of_the_template(self):
        """The user is asked to come again, not sent to an administrator."""
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with (
            patch.object(type(self.env["ir.actions.report"]), "_pdf_render", side_effect=full),
            self.assertLogs("odoo.addons.water_service_desk.availability.outage", "ERROR"),
            self.assertRaises(OSError),
        ):
            self._print(self.people[0])

    def test_landscape_and_language(self):
        """The template can turn the paper; another language picks that language's shapes."""
        body = page_of("<p>漢字</p>").replace("zh_CN", "ja_JP")
        content = self._run(
            body, landscape=None, specific_paperformat_args={"data-report-landscape": "1"}
        )
        page = read(content).pages[0]
        self.assertEqual((round(page.mediabox.width), round(page.mediabox.height)), A4[::-1])
        fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
        self.assertIn("CJK-JP", str(fonts))

    def test_broken_tags_print(self):
        """Tags left open are closed, as a browser would."""
        self.assertIn("水表读数", text_of(self._run(page_of("<table><tr><td><b>水表读数<p>"))))

    def test_unusable_html_is_a_user_error(self):
        """A report without a document in it says so instead of failing with a traceback."""
        self.env["ir.ui.view"].search(
            [("key", "=", "water_service_desk.pdf_probe")]
        ).arch = '<t t-name="water_service_desk.pdf_probe"><p>没有版面</p></t>'
        with mute_logger("odoo.addons.water_service_desk.pdf.models.ir_actions_report"):
            with self.assertRaisesRegex(UserError, "答复书"):
                self._print(self.people[0])
            with self.assertRaisesRegex(UserError, "答复书"):
                self._run("")
            with self.assertRaisesRegex(UserError, "答复书"):
                self._run(page_of("<div>" * 5000))

    def test_attachments_of_several_records(self):
        """Two letters printed at once are kept as two files, each with its own letter only."""
        self.report.write({"attachment": "object.name + '.pdf'", "attachment_use": True})
        merged = self._print(self.people)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.people.ids)]
        )
        self.assertEqual(set(files.mapped("name")), {"张三丰.pdf", "李四海.pdf"})
        for file in files:
            own = self.people.filtered(lambda p, file=file: p.id == file.res_id)
            text = text_of(file.raw)
            self.assertIn(own.name, text)
            self.assertNotIn((self.people - own).name, text)
        total = sum(len(read(file.raw).pages) for file in files)
        self.assertEqual(len(read(merged).pages), total)

    def test_attachment_is_used_again(self):
        """A letter once kept isn't made anew; those still missing beside it are, and are kept."""
        self.report.write({"attachment": "object.name + '.pdf'", "attachment_use": True})
        people = self.people | self.env["res.partner"].create({"name": "王五岳"})
        first = self._print(people[0])
        with patch.object(pdf, "render", wraps=pdf.render) as render:
            merged = self._print(people)
        self.assertEqual(render.call_count, 2)
        self.assertEqual(len(read(merged).pages), 3 * len(read(first).pages))
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", people.ids)]
        )
        self.assertEqual(sorted(kept.mapped("res_id")), sorted(people.ids))

    def test_several_records_without_attachment(self):
        """They come as one file, from one rendering of the template, in the order asked for."""
        asked = self.people[::-1]
        with patch.object(
            type(self.report),
            "_render_qweb_html",
            autospec=True,
            side_effect=type(self.report)._render_qweb_html,
        ) as render:
            content = self._print(asked)
        self.assertEqual(render.call_count, 1)
        text = text_of(content)
        self.assertLess(text.index("李四海"), text.index("张三丰"))
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_id", "in", asked.ids), ("res_model", "=", "res.partner")]
            )
        )
        streams, _kind = self.env["ir.actions.report"]._pre_render_qweb_pdf(
            self.report, self.people.ids
        )
        self.assertEqual(list(streams), self.people.ids)
        for person in self.people:
            self.assertIn(person.name, text_of(streams[person.id]["stream"].getvalue()))

    def test_warm_document_is_quick(self):
        """A second document needs no stylesheet parsed again."""
        self._print(self.people[0])
        parsed = pdf.stylesheet.cache_info().misses
        self._print(self.people[1])
        self.assertEqual(pdf.stylesheet.cache_info().misses, parsed)

    def test_paper_of_water_reports(self):
        """Our reports leave a company's US Letter for A4, but follow any other choice."""
        letter, euro = self.env.ref("base.paperformat_us"), self.env.ref("base.paperformat_euro")
        water = self.env.ref("water_service_desk.paperformat_water_a4")
        ours = self.env["ir.actions.report"].create(
            {"name": "x", "model": "water.inquiry", "report_name": "water_service_desk.x"}
        )
        self.report.paperformat_id = False
        for company_paper, ours_paper in ((letter, water), (euro, euro), (euro.browse(), water)):
            self.env.company.paperformat_id = company_paper
            self.assertEqual(ours.get_paperformat(), ours_paper)
            self.assertEqual(self.report.get_paperformat(), company_paper)
        ours.paperformat_id = letter
        self.assertEqual(ours.get_paperformat(), letter)

    def test_state(self):
        """PDFs are possible with either engine, and impossible without both."""
        reports = self.env["ir.actions.report"]
        self.assertEqual(reports.get_wkhtmltopdf_state(), "ok")
        with patch.object(pdf, "weasyprint", None):
            self.assertEqual(reports.get_wkhtmltopdf_state(), "install")
            with self.assertRefused("Wkhtmltopdf"):
                self._print(self.people[0])
        for state in ("ok", "upgrade", "broken", "workers"):
            with wkhtml(state):
                self.assertEqual(reports.get_wkhtmltopdf_state(), state)

    def test_our_letters_are_ours_alone(self):
        """They are laid out for one engine: it prints them also where the program exists."""
        sequence = self.env["water.category"].create({"name": "x", "code": "pdf"})
        ours = self.report.copy({"model": sequence._name})
        program = patch.object(base_report, "_run_wkhtmltopdf")
        for state in ("ok", "upgrade", "workers"):
            with wkhtml(state, "/opt/wkhtmltopdf"), program as run:
                content, kind = ours._render_qweb_pdf(ours, sequence.ids)
            self.assertEqual((kind, content[:5]), ("pdf", b"%PDF-"))
            self.assertIn("WeasyPrint", read(content).metadata.producer)
            run.assert_not_called()

    def test_titles_stay(self):
        """Layouts that hide titles in the text, as DIN 5008 does, hide none of ours."""
        hidden = ".page > h2, h1 { display: none }"
        page = page_of('<div class="page"><h1>卷宗</h1><h2>处理结果告知书</h2>正文</div>')
        page = page.replace("<head>", f"<head><style>{hidden}</style>")
        for model, shown in (("water.category", ["卷宗", "处理结果告知书"]), ("res.partner", [])):
            self.report.model = model
            text = text_of(self._run(page))
            self.assertIn("正文", text)
            self.assertEqual([t for t in ("卷宗", "处理结果告知书") if t in text], shown, model)

    def test_wkhtmltopdf_goes_first(self):
        """Where the program exists it gets the work of others, with the arguments Odoo gives it."""
        calls = []

        def program(args):
            calls.append(args)
            with open(args[-1], "wb") as file:
                file.write(b"%PDF by the program")
            return type("Process", (), {"returncode": 0, "stderr": ""})

        with (
            wkhtml("ok", "/opt/wkhtmltopdf"),
            patch.object(base_report, "_run_wkhtmltopdf", program),
            patch.object(pdf, "render") as render,
        ):
            self.assertEqual(self._print(self.people[0]), b"%PDF by the program")
        render.assert_not_called()
        self.assertIn("--disable-local-file-access", calls[0])
        self.assertIn("A4", calls[0])


@tagged("post_install", "-at_install")
class TestPdfHttp(HttpCase):
    """The route a browser prints from."""

    @mute_logger("odoo.sql_db")
    def test_print_over_http(self):
        """The engine is offered to the client and the route gives a PDF."""
        self.startPatcher(wkhtml("install"))
        new_test_user(self.env, "pdf_printer", groups="base.group_system")
        self.authenticate("pdf_printer", "pdf_printer")
        state = self.url_open("/report/check_wkhtmltopdf", json={"params": {}}).json()
        self.assertEqual(state["result"], "ok")
        module = self.env["ir.module.module"].search([("name", "=", "base")])
        answer = self.url_open(
            f"/report/pdf/base.report_irmodulereference/{module.id}"
            "?context=" + '{"force_report_rendering": true}',
            timeout=60,  # the first rendering of a machine reads all fonts
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.content[:5], b"%PDF-")
        self.assertGreater(len(read(answer.content).pages), 0)
