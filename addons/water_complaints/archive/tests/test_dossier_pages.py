from io import BytesIO

from pypdf import PdfReader

from odoo.tests import BaseCase, tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...notice.tests.common import text_of
from .. import dossier_paper, sealed_file
from .common import PHOTO, ArchiveCommon


def _facts(**values):
    """What the paper prints, of a case with next to nothing."""
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
    """The paper of a case in which somebody said a text."""
    values = [{"label": "诉求", "text": text}]
    return dossier_paper.lay_out(_facts(case={"title": "工单", "values": values, "parts": []}))


@tagged("post_install", "-at_install")
class TestDossierPaper(BaseCase):
    """Whatever people have written is on the paper, as they wrote it."""

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
        """What looks like a command of the layout is printed."""
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
        self.assertNotIn("\u200b", text)  # or nobody would find its words in the file

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

    def test_other_languages(self):
        """Of a company without Chinese, in the order and with the words of its language."""
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
