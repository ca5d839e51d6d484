from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import html_sanitize

from .. import pdf
from ..pdf_limit import TooLongError
from .common import RENDER, read, text_of

PAGE = "<html><body><div class='article'>%s</div></body></html>"


@tagged("post_install", "-at_install")
class TestPdfLimit(BaseCase):
    """Text in a letter neither blocks a worker nor includes files."""

    def setUp(self):
        super().setUp()
        self.asked = []

    def _printed(self, text):
        document = pdf.split_body(PAGE % html_sanitize(text, sanitize_attributes=True))
        return RENDER(document, pdf.Sheet(), [], pdf.Fetcher(self._given))

    def _given(self, url):
        self.asked.append(url)
        return b"what the customer shall not have", "text/plain"

    def test_boxes_in_boxes(self):
        """Text whose layout takes hours is given up; the next letter prints."""
        for display in ("flex", "inline-flex"):
            boxes = f'<div style="display: {display}">' * 16 + "x" + "</div>" * 16
            with (
                self.subTest(display),
                patch.object(pdf, "SECONDS", 1),
                self.assertRaises(TooLongError),
            ):
                self._printed(boxes)
        self.assertIn("水压", text_of(self._printed("<p>水压</p>")))

    def test_repetitions(self):
        """A background of a hundred bytes, and rows that are not there, took gigabytes."""
        for style in (
            "height: 500px; background: repeating-linear-gradient(red 0, blue 0.00001px)",
            "display: grid; grid-template-columns: repeat(9999999, 1fr)",
        ):
            with (
                self.subTest(style),
                patch.object(pdf, "BYTES", 20 << 20),
                self.assertRaisesRegex(TooLongError, "20 megabytes"),
            ):
                self._printed(f'<div style="{style}">水压</div>')
        self.assertIn("水压", text_of(self._printed("<p>水压</p>")))

    def test_cells_over_many_columns(self):
        """A cell that goes over a hundred million columns took all memory."""
        table = (
            '<table><colgroup span="{0}"></colgroup><tr><td colspan="{0}">水压</td></tr></table>'
        )
        document = pdf.split_body(PAGE % table.format(100_000_000))
        self.assertNotIn("100000000", document.body)
        self.assertEqual(document.body.count('span="1000"'), 2)
        self.assertEqual(pdf.split_body(PAGE % table.format(3)).body.count('span="3"'), 2)
        self.assertIn("水压", text_of(self._printed(table.format(100_000_000))))

    def test_end_of_process(self):
        """A tab as wide as a hundred million blanks: the library below ended the whole process."""
        for style in (
            *("tab-size: 99999999", "TAB-SIZE:99999999", "-weasy-tab-size:9", "t\\61 b-size: 9"),
            *("counter-reset: list-item 99999999", "counter-set: a 9", "counter-increment: a 9"),
        ):
            text = f'<pre style="color: red; {style}; width: 5em">\t水压</pre>'
            with self.subTest(style):
                document = pdf.split_body(PAGE % text)
                self.assertNotIn("9", document.body)
                self.assertIn("width: 5em", document.body)
        self.assertIn("水压", text_of(self._printed(text)))

    def test_no_file_goes_along(self):
        """A link that puts a file into the PDF would take what its printer may read."""
        for rel in ("attachment", "Attachment", "nofollow attachment"):
            with self.subTest(rel):
                link = f'<a rel="{rel}" href="/web/content/5">x</a>'
                self.assertIn("rel=", html_sanitize(link, sanitize_attributes=True))
                self.assertFalse(read(self._printed(link)).attachments)
        self.assertFalse(self.asked)
