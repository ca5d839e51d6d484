import contextlib
import io
import os
import time
import zipfile
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pikepdf
import pypdf
import weasyprint
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged

from ...base.models import ir_attachment
from .. import papers, pictures, uploads
from ..filing import clean_text, first_line, parse_id, parse_local
from . import upload_samples as samples

MEGABYTE = 1024 * 1024


@tagged("post_install", "-at_install")
class TestUploads(BaseCase):
    """Files are judged by their bytes, size and count of bytes; names are made harmless."""

    def _fault(self, name, content, max_mb=10):
        return uploads.check(name, io.BytesIO(content), max_mb)[1]

    def test_good_files(self):
        for name, content in samples.GOOD.items():
            with self.subTest(name):
                mimetype, fault = uploads.check(name, io.BytesIO(content), 10)
                self.assertIsNone(fault)
                self.assertIn(name.rpartition(".")[2].lower(), uploads.EXTENSIONS[mimetype])

    def test_bad_files(self):
        for name, content in samples.BAD.items():
            with self.subTest(name):
                self.assertEqual(self._fault(name, content), "type")

    def test_ending_must_fit(self):
        for name in ("photo.pdf", "photo.png", "photo", "photo.jpg.exe", ".jpg.html"):
            with self.subTest(name):
                self.assertEqual(self._fault(name, samples.JPEG), "mismatch")

    def test_size(self):
        full = samples.JPEG + b"\x00" * (MEGABYTE - len(samples.JPEG))
        self.assertIsNone(self._fault("photo.jpg", full, max_mb=1))
        self.assertEqual(self._fault("photo.jpg", full + b"\x00", max_mb=1), "large")
        self.assertEqual(self._fault("photo.jpg", b""), "empty")

    def test_stream_is_left_at_its_beginning(self):
        for content in (samples.JPEG, samples.DOCX, samples.EXE):
            stream = io.BytesIO(content)
            uploads.check("letter.docx", stream, 10)
            self.assertEqual(stream.tell(), 0)

    def _kept(self, name, content):
        return uploads.clean(name, io.BytesIO(content))[1]

    def test_authors_of_office_documents(self):
        """Properties, comments, changes and photo data are removed; the text stays."""
        photo = samples.picture("JPEG", exif={0x010F: "Handy-Zhang"})
        parts = {
            "docProps/core.xml": "<c><dc:creator>张三</dc:creator></c>",
            "docProps/app.xml": "<p><Company>张三公司</Company></p>",
            "word/document.xml": '<w:ins w:author="张三" w:date="2026"><w:t>水压低</w:t></w:ins>',
            "word/comments.xml": "<w:comment w:initials='张三'/><author>张三</author>",
            "word/media/image1.jpeg": photo,
        }
        for base in (samples.DOCX, samples.XLSX):
            stream = io.BytesIO(base)
            with zipfile.ZipFile(stream, "a") as file:
                for name, content in parts.items():
                    if name not in file.namelist():
                        file.writestr(name, content)
            ending = "docx" if base is samples.DOCX else "xlsx"
            with zipfile.ZipFile(io.BytesIO(self._kept(f"a.{ending}", stream.getvalue()))) as kept:
                self.assertLessEqual(set(parts), set(kept.namelist()))
                everything = b"".join(kept.read(name) for name in kept.namelist())
                self.assertEqual({part.date_time[0] for part in kept.infolist()}, {1980})
                self.assertTrue(Image.open(io.BytesIO(kept.read("word/media/image1.jpeg"))).load())
            with self.subTest(ending):
                for secret in ("张三", "Handy-Zhang"):
                    self.assertNotIn(secret.encode(), everything)
                if ending == "xlsx":
                    self.assertIn("水压低".encode(), everything)

    def test_pdf_keeps_its_words_and_loses_its_author(self):
        """Information, metadata, notes, photo data and attachments are removed."""
        made = weasyprint.HTML(
            string="<title>x</title><meta name=author content='Zhang San'><p>Water</p>"
        ).write_pdf(pdf_variant="pdf/a-3b")
        exif = samples.picture("JPEG", exif={0x010F: "Handy-Zhang"})
        sent = io.BytesIO()
        with pikepdf.open(io.BytesIO(made)) as pdf:
            pdf.attachments["a.docx"] = samples.DOCX + b"Zhang"
            photo = Stream(pdf, exif, Filter=Name.DCTDecode, Subtype=Name.Image)
            pdf.Root.Photo = pdf.make_indirect(photo)
            note = Dictionary(Subtype=Name.Text, T="Zhang San", Contents="low")
            field = Dictionary(Subtype=Name.Widget, FT=Name.Tx, T="Zhang1", Contents="x")
            pdf.pages[0].Annots = Array([note, field])
            pdf.save(sent)
        self.assertIn(b"Handy-Zhang", sent.getvalue())
        kept = self._kept("a.pdf", sent.getvalue())
        reader = pypdf.PdfReader(io.BytesIO(kept))
        self.assertIn("Water", reader.pages[0].extract_text())
        self.assertFalse(reader.metadata and reader.metadata.author)
        self.assertFalse(reader.attachments)
        self.assertNotIn(b"Handy-Zhang", kept)
        notes = [row.get_object() for row in reader.pages[0]["/Annots"]]
        self.assertEqual([row.get("/T") for row in notes], [None, "Zhang1"])
        self.assertEqual(notes[0]["/Contents"], "low")
        self.assertEqual(self._kept("a.pdf", kept), kept)

    def _packed(self, text):
        """A letter with a part that packs well."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
            for name in ("[Content_Types].xml", "word/document.xml"):
                file.writestr(name, b"")
            file.writestr("word/x.xml", text)
        return stream.getvalue()

    def test_documents_that_unpack_without_end(self):
        """Damaged or exploding files are refused; work is linear in length."""
        endless = self._packed(b" " * (papers.MOST_BYTES + 1))
        large = self._packed(b" " * (papers.MOST_BYTES // 2))
        self.assertLess(len(self._kept("a.docx", large)), 2 * len(large))  # as small as it came
        broken = bytearray(samples.archive("[Content_Types].xml", "word/document.xml", "x" * 30))
        broken[broken.index(b"PK\x03\x04", 4) + 2] = 0
        for content in (endless, bytes(broken)):
            with self.assertRaises(papers.PaperError):
                self._kept("a.docx", content)
        deep = samples.PDF + b"9 0 obj " + b"[" * MEGABYTE
        many = samples.PDF + b"9 0 obj << >> endobj\n" * (2 * MEGABYTE // 21)
        for content in (deep, many):
            began = time.monotonic()
            with contextlib.suppress(papers.PaperError):
                self._kept("a.pdf", content)
            self.assertLess(time.monotonic() - began, pictures.PATIENCE)

    def test_only_pictures_are_shown_inline(self):
        self.assertTrue(all(mimetype.startswith("image/") for mimetype in uploads.INLINE))
        self.assertNotIn("image/svg+xml", uploads.EXTENSIONS)

    def test_safe_name(self):
        names = {
            "../../etc/passwd": "passwd",
            "C:\\fakepath\\水表.jpg": "水表.jpg",
            "a\r\nSet-Cookie: x.pdf": "aSet-Cookie: x.pdf",
            "rtl\u202egpj.exe": "rtlgpj.exe",
            "": "file",
            "...": "file",
            None: "file",
        }
        for sent, kept in names.items():
            with self.subTest(sent):
                self.assertEqual(uploads.safe_name(sent), kept)
        long = uploads.safe_name("长" * 500 + ".jpg")
        self.assertTrue(long.endswith(".jpg"))
        self.assertLess(len(long), 140)


@tagged("post_install", "-at_install")
class TestFilingTools(BaseCase):
    """Typed text is parsed without errors."""

    def test_clean_text(self):
        self.assertEqual(clean_text("  水压\r\n低\x00\x07 "), "水压\n低")
        self.assertEqual(clean_text("T1\u200b\u200bx", 3), "T1")  # a cut text ends in no blanks
        for value in (None, 5, b"bytes", object()):
            self.assertEqual(clean_text(value), "")

    def test_parse_id(self):
        self.assertEqual(parse_id("17"), 17)
        self.assertEqual(parse_id(2**31 - 1), 2**31 - 1)
        for value in (None, "", "0", "-1", "1.5", "²", "x", "1 or 1=1", 2**31, "9" * 5000):
            with self.subTest(str(value)[:20]):
                self.assertIsNone(parse_id(value))

    def test_parse_local(self):
        moment = parse_local("2026-10-13T17:30", "Asia/Shanghai")
        self.assertEqual(str(moment), "2026-10-13 09:30:00")
        moment = parse_local("2026-10-13T17:30:59.5+00:00", "Asia/Shanghai")
        self.assertEqual(str(moment), "2026-10-13 17:30:59")
        for value in ("", "yesterday", "2026-13-45T99:99", "0001-01-01T00:00", "9999-12-31T23:59"):
            with self.subTest(value):
                self.assertIsNone(parse_local(value, "Asia/Shanghai"))

    def test_first_line(self):
        self.assertEqual(first_line("\n  水压低 \n第二行"), "水压低")
        self.assertEqual(first_line("字" * 50), "字" * 39 + "…")
        self.assertEqual(first_line("  \n "), "")
        words = "The meter in my flat runs although every tap is shut and nobody comes to read it"
        self.assertEqual(first_line(words[:80]), words[:80])
        self.assertEqual(first_line(f"{words} at all"), f"{words.removesuffix(' it')}…")
        self.assertEqual(first_line("w" * 90), "w" * 79 + "…")


@tagged("post_install", "-at_install")
class TestFileStore(TransactionCase):
    """Files on disk are complete or missing, even with concurrent writers."""

    def setUp(self):
        super().setUp()
        self.files = self.env["ir.attachment"]
        self.content = uuid4().bytes * 5000
        checksum = self.files._compute_checksum(self.content)
        self.path = Path(self.files._full_path(f"{checksum[:2]}/{checksum}"))
        self.addCleanup(self.path.unlink, missing_ok=True)

    def _store(self):
        return self.files.create({"name": "a.bin", "raw": self.content})

    def test_whole_in_one_step(self):
        seen = []

        def replace(draft, path):
            # at this moment the worker next door stores the same file
            seen.append((self.path.exists(), Path(draft).read_bytes() == self.content))
            move(draft, path)
            self.assertEqual(self._store().raw, self.content)

        move = os.replace
        with patch.object(ir_attachment.os, "replace", replace):
            self.assertEqual(self._store().raw, self.content)
        self.assertEqual(seen, [(False, True)])
        self.assertEqual(
            [file.name for file in self.path.parent.glob(f"{self.path.name}*")], [self.path.name]
        )

    def test_nothing_stays_of_what_fails(self):
        with patch.object(ir_attachment.os, "replace", side_effect=OSError("disk")):
            with self.assertRaises(OSError):
                self._store()
        self.assertFalse(list(self.path.parent.glob(f"{self.path.name}*")))

    def test_pictures_of_staff_are_looked_at_too(self):
        """For our records alone: other apps take what Odoo takes."""
        row = {"name": "a.jpg", "raw": samples.scans(200), "mimetype": "image/jpeg"}
        case = {"res_model": "water.inquiry"}
        before = self.files.search_count([])
        coded = {"name": "a.jpg", "datas": b64encode(row["raw"])}
        for values in ({**row, **case}, {**coded, **case}):
            with self.assertRaisesRegex(UserError, "a.jpg.*pixels"):
                self.files.create(values)
        self.assertEqual(self.files.search_count([]), before)
        self.files.create({**row, **case, "raw": samples.JPEG})
        with patch.object(type(self.files), "_postprocess_contents", lambda _self, values: values):
            self.files.create({**row, "res_model": "res.partner"})
