import io
import os
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged

from ...base.models import ir_attachment
from .. import uploads
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
    """What people type is read without ever failing."""

    def test_clean_text(self):
        self.assertEqual(clean_text("  水压\r\n低\x00\x07 "), "水压\n低")
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


@tagged("post_install", "-at_install")
class TestFileStore(TransactionCase):
    """Files on the disk are there whole or not at all, whoever writes the same ones meanwhile."""

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
