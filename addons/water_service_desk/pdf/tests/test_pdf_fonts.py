import io
import re
from unittest.mock import patch

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from odoo.tests import BaseCase, tagged

from .. import pdf, pdf_fonts
from .common import PdfCase, page_of, read, text_of

RARE = "喆"
TEXTS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")


def fonts_of(content):
    """The fonts in a PDF: {name: (font, {glyph's number: what it is read as})}."""
    found = {}
    for page in read(content).pages:
        for item in page["/Resources"]["/Font"].values():
            font = item.get_object()
            [drawn] = font["/DescendantFonts"]
            data = drawn.get_object()["/FontDescriptor"]["/FontFile3"].get_data()
            codes = b"".join(TEXTS.findall(font["/ToUnicode"].get_data()))
            texts = {int(c, 16): bytes.fromhex(t.decode()) for c, t in PAIR.findall(codes)}
            texts = {cid: text.decode("utf-16-be") for cid, text in texts.items()}
            found[font["/BaseFont"]] = (TTFont(io.BytesIO(data)), texts)
    return found


def bounds(font, name):
    """The box around a glyph's outlines; None for invisible ones."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds


@tagged("post_install", "-at_install")
class TestPdfFonts(PdfCase):
    """Letters are made from a small edition of their font, and look as with the full one."""

    def test_each_glyph_is_the_full_font_s(self):
        """The drawn glyph has the shape of the character it is read as."""
        words = "关于水压不足的答复（2026）第 12 号：①、㎡、kPa，“您好”！"
        fonts = fonts_of(self._run(page_of(f"<p>{words}</p><p><b>{words}</b></p>")))
        self.assertEqual(len(fonts), 2)
        for name, (font, texts) in fonts.items():
            self.assertIn("Noto-Sans-CJK-SC-Small", name)
            self.assertEqual(set("".join(texts.values())), set(words))
            file = pdf_fonts.FILES["bold" if "Bold" in name else "normal"]
            full = TTFont(pdf_fonts.FOLDER / file, fontNumber=pdf_fonts.SIMPLIFIED, lazy=True)
            for cid, text in texts.items():
                shape = bounds(full, full.getBestCmap()[ord(text)])
                self.assertEqual(bounds(font, f"cid{cid:05d}"), shape, (name, text))
                self.assertEqual(shape is None, text.isspace())

    def test_a_rare_character_comes_from_the_full_font(self):
        self.assertNotIn(ord(RARE), pdf_fonts.characters())
        content = self._run(page_of(f"<p>尊敬的王{RARE}先生</p>"))
        self.assertIn(f"尊敬的王{RARE}先生", text_of(content))
        texts = {name: "".join(t.values()) for name, (_f, t) in fonts_of(content).items()}
        [small] = [text for name, text in texts.items() if "Small" in name]
        [full] = [text for name, text in texts.items() if "Small" not in name]
        self.assertEqual((full, RARE in small), (RARE, False))

    def test_without_the_library(self):
        """Where HarfBuzz or Debian's fonts are missing, the full font does as before."""
        page = page_of("<p>关于水压不足的答复</p>")
        for target, value in (
            ("ctypes.CDLL", {"side_effect": OSError}),
            ("FOLDER", {"new": pdf_fonts.FOLDER / "nowhere"}),
        ):
            with (
                patch(f"{pdf_fonts.__name__}.{target}", **value),
                patch.object(pdf, "_idle_fonts", []),
            ):
                self.assertEqual(pdf_fonts.small(), {})
                content = self._run(page)
            self.assertIn("关于水压不足的答复", text_of(content))
            self.assertFalse([name for name in fonts_of(content) if "Small" in name])

    def test_a_font_of_one_document_stays_in_it(self):
        """Resources of one document are unknown to the next."""
        font = pdf_fonts.small()["normal"]
        style = "<style>@font-face { font-family: x; src: url(/web/static/x.otf) }</style>"
        page = page_of(f"{style}<p style='font-family: x'>Water</p>")
        with (
            patch.object(pdf, "_idle_fonts", []) as idle,
            patch.object(type(self.report), "_pdf_read_static", lambda *args: font),
        ):
            self._run(page_of("<p>Water</p>"))
            [before] = idle
            self._run(page)
            self.assertNotIn(before, idle)


@tagged("post_install", "-at_install")
class TestLending(BaseCase):
    """Fonts are kept between documents, and used by one at a time."""

    def setUp(self):
        super().setUp()
        self.idle = self.startPatcher(patch.object(pdf, "_idle_fonts", []))

    def test_lent_again(self):
        with pdf.lent_fonts() as first, pdf.lent_fonts() as second:
            self.assertIsNot(first, second)
        self.assertEqual(self.idle, [second, first])
        with pdf.lent_fonts() as again:
            self.assertIs(again, first)
            self.assertEqual(self.idle, [second])

    def test_let_go(self):
        """After many documents, and after an error."""
        with patch.object(pdf, "RENDERINGS", 2):
            with pdf.lent_fonts() as first:
                pass
            with pdf.lent_fonts() as again:
                self.assertIs(again, first)
        self.assertFalse(self.idle)
        with self.assertRaises(ZeroDivisionError), pdf.lent_fonts():
            raise ZeroDivisionError
        self.assertFalse(self.idle)
