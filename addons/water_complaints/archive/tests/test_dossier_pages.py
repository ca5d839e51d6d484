import os
import time
from io import BytesIO
from unittest.mock import patch

from pypdf import PdfReader

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...notice.tests.common import text_of
from .. import dossier_paper, sealed_file
from .common import PHOTO, ArchiveCommon

#: Each takes five seconds: all of them in the long form.
IS_LONG = bool(os.environ.get("WATER_LONG"))
WORDS = ("я", "\xa0", "é", "ش", "я\xa0", "水\u2060", "。", "क्", "가", "😀\u200d")[
    : None if IS_LONG else 2
]
MARKS = ("\u0301", "\u200d", "\u202e", "\u05b0")[: None if IS_LONG else 1]


def _facts(**values):
    """The printed form of an almost empty case."""
    row = {"name": "1", "values": [{"label": "地址", "text": "东城路 1 号"}], "parts": []}
    empty = {"title": "空", "rows": []}
    return {
        "title": "投诉档案",
        "subject": "水费异常",
        "company": "示例自来水公司",
        "number": "DA-2026-1",
        "date": "2026-10-13",
        "language": "zh",
        "region": "CN",
        "fonts": ["Noto Sans CJK SC"],
        "head": [["档案号", "DA-2026-1"], ["工单号", "TS1"]],
        "chain_head": ["最新事件", "0" * 64],
        "checklist": empty,
        "case": {"title": "工单", **row},
        "sections": [],
        "thread": empty,
        "files": empty,
        "events": empty,
        "note": "完",
        **values,
    }


def _said(text):
    values = [{"label": "诉求", "text": text}]
    return dossier_paper.lay_out(_facts(case={"title": "工单", "values": values, "parts": []}))


def _begins(content):
    """The text of the first page: to read all of a word without end takes longer than to print."""
    return PdfReader(BytesIO(content)).pages[0].extract_text()


@tagged("post_install", "-at_install")
class TestDossierPaper(BaseCase):
    """All typed texts are printed unchanged."""

    def test_long_lived(self):
        """Its metadata say which part of ISO 19005 it keeps to, and all fonts are in it."""
        content = _said("水费异常")
        metadata = PdfReader(BytesIO(content)).xmp_metadata
        root = metadata.rdf_root.toxml()
        self.assertRegex(root, r"pdfaid:part\W+2\W")
        self.assertRegex(root, r"pdfaid:conformance\W+B\W")
        for page in PdfReader(BytesIO(content)).pages:
            for font in page["/Resources"]["/Font"].values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                self.assertTrue({"/FontFile2", "/FontFile3"} & set(inner.get_object()))

    def test_no_markup(self):
        """Markup of the layout language is printed as text."""
        for text in (
            "#pagebreak() *粗* _斜_ $x^2$ \\n @ref <label>",
            '#read("/etc/passwd")',
            "= 标题",
        ):
            with self.subTest(text=text):
                self.assertIn("".join(text.split()), text_of(_said(text)))

    def test_lines_stay_lines(self):
        text = PdfReader(BytesIO(_said("第一段\n第二段"))).pages[0].extract_text()
        self.assertIn("第一段", text)
        self.assertNotIn("第一段第二段", text.replace(" ", ""))

    def test_long_words_stay_on_the_paper(self):
        """An address without a place to break goes on in the next line."""
        word = "https://example.test/" + "abcdefghij" * 60
        text = PdfReader(BytesIO(_said(word))).pages[0].extract_text()
        self.assertIn(word, "".join(text.split()))
        self.assertGreater(sum("abc" in line for line in text.splitlines()), 5)
        self.assertNotIn("\u200b", text)  # otherwise its words could not be found in the file

    def test_words_without_end(self):
        """In no script does a word without end, or a letter without end, keep a dossier from being
        made: what a customer writes would keep all others waiting.
        """
        for word in WORDS:
            with self.subTest(word=word):
                self.assertIn("在此", _begins(_said(f"在此{word * 40_000}")))
        for mark in MARKS:
            with self.subTest(mark=mark):
                begun = time.process_time()
                self.assertIn("在此", _begins(_said(f"在此 a{mark * 100_000}")))
                self.assertLess(time.process_time() - begun, 5)

    def test_a_word_of_another_script_stays_on_the_paper(self):
        word = "водоснабжение" * 20
        text = PdfReader(BytesIO(_said(word))).pages[0].extract_text()
        self.assertIn(word, "".join(text.split()))

    def test_more_than_paper_takes(self):
        """Long texts share the printed space, and say where the rest is; short ones stay whole."""
        rows = [["甲", "水" * 900, []], ["乙", "长" * 2_000, []], ["丙", "长" * 3_000, []]]
        facts = _facts(thread={"title": "往来", "rows": rows})
        with patch.object(dossier_paper, "MOST_SIGNS", 4_000):
            text = text_of(dossier_paper.lay_out(facts, "余文另存"))
        self.assertEqual(text.count("水" * 900), 1)
        self.assertEqual(text.count("余文另存"), 2)
        self.assertTrue(2_000 < text.count("长") < 3_100)
        self.assertNotIn("余文另存", text_of(dossier_paper.lay_out(facts, "余文另存")))

    def test_a_fault_of_typst(self):
        """The error affects this dossier only; the next ones are made."""
        panic = type("PanicException", (BaseException,), {})
        with patch.object(dossier_paper.typst, "compile", side_effect=panic("index")):
            with self.assertRaisesRegex(dossier_paper.BadLayoutError, "index"):
                _said("水费")
        with patch.object(dossier_paper.typst, "compile", side_effect=KeyboardInterrupt):
            self.assertRaises(KeyboardInterrupt, _said, "水费")

    def test_odd_signs(self):
        """Signs without a look are left out; one that is in no font does not stop the sealing."""
        self.assertIn("前后", text_of(_said("前\x07\x00后")))
        for sign in ("\ue123", "\U000105c0", "\u0378", "😀"):
            with self.subTest(sign=sign):
                self.assertIn("在此", text_of(_said(f"在此{sign}")))

    def test_many_pages(self):
        """A text goes over pages, and none of its lines is lost at their ends."""
        text = "\n".join(f"第{number}行。" for number in range(400))
        content = _said(text)
        self.assertGreater(len(PdfReader(BytesIO(content)).pages), 4)
        found = text_of(content)
        for number in range(400):
            self.assertIn(f"第{number}行。", found)


@tagged("post_install", "-at_install")
class TestDossierPages(ArchiveCommon):
    """The dossier in a sealed file can be read."""

    def test_no_column_is_lost(self):
        case = trusted(self._archived().sudo())
        content = self.env["water.archive"].sudo()._sealed_content(case, 1)[0]
        text = text_of(self._members(content)["dossier.pdf"])
        # of the head, the checklist, a fact, the files and the events
        files, chain = sealed_file.sha256(PHOTO), case.event_ids[0].digest[:12]
        for words in (case.event_head, "齐全", "现场抄见", files, chain, self.company.name):
            self.assertIn("".join(words.split()), text)

    def test_views_are_logged(self):
        """Words that a look hides and shows again are read by people, and stand in the dossier."""
        words = self.env["water.dossier"]._words
        self.assertEqual(words('<p style="display: none; max-height: 0px">甲</p><p>乙</p>'), "乙")
        self.assertEqual(words('<p style="display:none; display : block">甲</p>'), "甲")

    def test_other_languages(self):
        """For a company without Chinese, in its language and order."""
        case = trusted(self._archived().sudo()).with_context(lang="en_US", tz="Europe/Berlin")
        dossier = case.env["water.dossier"]
        pages = dossier._paper(case, dossier._gather(case), [])
        for name in ("ar_001", "es_419", "sr@latin", "zh_HK"):
            self.env["res.lang"]._activate_lang(name)
            case = case.with_context(lang=name)
            with self.subTest(lang=name):
                self.assertTrue(dossier._paper(case, dossier._gather(case), []))
        for words in ("ComplaintDossier", "EventChain", "Keepuntil"):
            self.assertIn(words, text_of(pages))
