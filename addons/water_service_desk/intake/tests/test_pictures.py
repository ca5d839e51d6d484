"""Pictures from strangers: written anew, within limits."""

import io
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from PIL import Image

from odoo.tests import BaseCase, tagged

from .. import file_writer, pictures, uploads
from . import upload_samples as samples

MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


@tagged("post_install", "-at_install")
class TestPictures(BaseCase):
    KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}

    def _image(self, content):
        return Image.open(io.BytesIO(content))

    def test_metadata_is_gone(self):
        exif = {MAKE: "SPYPHONE", ORIENTATION: 6, GPS: {2: (31.0, 13.0, 49.0)}}
        for kind, mimetype in (
            ("JPEG", "image/jpeg"),
            ("PNG", "image/png"),
            ("WEBP", "image/webp"),
            ("HEIF", "image/heic"),
        ):
            with self.subTest(kind):
                sent = samples.picture(kind, (80, 40), exif)
                self.assertIn(b"SPYPHONE", sent)
                kept, _mimetype = pictures.rewrite(sent, mimetype)
                self.assertNotIn(b"SPYPHONE", kept)
                image = self._image(kept)
                self.assertFalse(dict(image.getexif()))
                self.assertEqual(image.size, (40, 80))  # upright without the mark that said so

    def test_comments_and_what_follows_are_gone(self):
        sent = samples.picture("JPEG", comment=b"SECRET") + b"PK\x03\x04 <script>alert(1)</script>"
        self.assertIn(b"SECRET", sent)
        kept, _mimetype = pictures.rewrite(sent, "image/jpeg")
        for word in (b"SECRET", b"<script>", b"PK\x03\x04"):
            self.assertNotIn(word, kept)

    def test_colours_stay(self):
        sent = samples.picture("PNG", (5, 5))
        kept, _mimetype = pictures.rewrite(sent, "image/png")
        self.assertEqual(
            self._image(kept).convert("RGB").getpixel((2, 2)),
            self._image(sent).convert("RGB").getpixel((2, 2)),
        )

    def test_every_mode(self):
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"):
            for kind, mimetype in (
                ("PNG", "image/png"),
                ("JPEG", "image/jpeg"),
                ("WEBP", "image/webp"),
            ):
                stream = io.BytesIO()
                try:
                    Image.new(mode, (6, 4)).save(stream, kind)
                except (OSError, ValueError):
                    continue  # the format does not know this mode
                with self.subTest(mode=mode, kind=kind):
                    kept, _mimetype = pictures.rewrite(stream.getvalue(), mimetype)
                    self.assertEqual(self._image(kept).size, (6, 4))

    def test_animation(self):
        stream = io.BytesIO()
        frames = [Image.new("RGB", (6, 4), color) for color in ("red", "blue", "green")]
        frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], comment=b"SECRET")
        kept, _mimetype = pictures.rewrite(stream.getvalue(), "image/gif")
        self.assertEqual(self._image(kept).n_frames, 3)
        self.assertNotIn(b"SECRET", kept)
        with patch.object(pictures, "MAX_FRAMES", 2):
            kept, _mimetype = pictures.rewrite(stream.getvalue(), "image/gif")
        self.assertEqual(self._image(kept).n_frames, 2)

    def test_heic_becomes_jpeg(self):
        name, content, mimetype = uploads.clean("IMG_1.HEIC", io.BytesIO(samples.HEIC))
        self.assertEqual((name, mimetype), ("IMG_1.jpg", "image/jpeg"))
        self.assertEqual(self._image(content).format, "JPEG")

    def test_bombs_are_not_decoded(self):
        sent = samples.picture("PNG", (9000, 8000))
        self.assertLess(len(sent), 400_000)
        with (
            patch.object(Image.Image, "load", side_effect=AssertionError("decoded")),
            self.assertRaises(pictures.PictureError) as refusal,
        ):
            file_writer.write(sent, "image/png", pictures.MAX_PIXELS, 1)
        self.assertEqual(refusal.exception.fault, "pixels")
        with self.assertRaises(pictures.PictureError) as refusal:
            pictures.rewrite(sent, "image/png")
        self.assertEqual(refusal.exception.fault, "pixels")
        huge = samples.picture("GIF", (10, 10)).replace(b"\x0a\x00\x0a\x00", b"\xff\xff\xff\xff", 1)
        with self.assertRaises(pictures.PictureError):
            pictures.rewrite(huge, "image/gif")

    def _refused(self, content, mimetype):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with self.assertRaises(pictures.PictureError) as refusal:
            pictures.rewrite(content, mimetype)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return refusal.exception.fault, seconds, after.ru_maxrss / 1024

    def test_a_photo_with_thousands_of_scans(self):
        """A progressive JPEG of one megabyte kept a worker busy for minutes."""
        content = samples.scans(20_000)
        self.assertLess(len(content), 1_100_000)
        fault, seconds, _memory = self._refused(content, "image/jpeg")
        self.assertEqual(fault, "pixels")
        self.assertLess(seconds, 0.1)  # not started
        kept, _mimetype = pictures.rewrite(samples.scans(20), "image/jpeg")
        self.assertEqual(self._image(kept).format, "JPEG")

    def test_a_few_bytes_that_ask_for_gigabytes(self):
        size = (16_383).to_bytes(3, "little")
        chunk = b"VP8X" + (10).to_bytes(4, "little") + b"\x02\0\0\0" + size + size
        content = b"RIFF" + (30).to_bytes(4, "little") + b"WEBP" + chunk + b"ANIM"
        self.assertEqual(self._refused(content, "image/webp")[0], "pixels")
        with patch.object(pictures, "MAX_PIXELS", 10**9):  # and past the header, by the limit
            fault, _seconds, memory = self._refused(content, "image/webp")
        self.assertIn(fault, ("broken", "pixels"))
        self.assertLess(memory, 1_600)

    def test_canvas_of_webp(self):
        """The header is read in each of its forms."""
        for options in ({}, {"lossless": True}, {"exif": {MAKE: "X"}}):
            content = samples.picture("WEBP", (80, 40), **options)
            with self.subTest(**options), patch.object(pictures, "MAX_PIXELS", 3_199):
                self.assertEqual(self._refused(content, "image/webp")[0], "pixels")
            with self.subTest(**options), patch.object(pictures, "MAX_PIXELS", 3_200):
                pictures.check_structure(content, "image/webp")

    def test_the_decoder_is_stopped_at_its_limits(self):
        """A decoder that never ends, or wants all memory, is another process and ends there."""
        for body, why in (
            ("while True: pass", "the processor's time"),
            ("b'x' * 10**10", "memory"),
            ("open(__file__ + 'x', 'w').write('x' * 9999)", "files"),
            ("import time; time.sleep(60)", "the clock"),
        ):
            with self.subTest(why), TemporaryDirectory() as folder:
                writer = Path(folder, "writer.py")
                path = str(pictures.WRITER.parent)
                writer.write_text(
                    f"import sys; sys.path.insert(0, {path!r})\n"
                    f"import file_writer as w; w.CPU = 1; w._limit()\n{body}\n"
                )
                with (
                    patch.object(pictures, "WRITER", writer),
                    patch.object(pictures, "PATIENCE", 5),
                ):
                    fault, seconds, memory = self._refused(samples.JPEG, "image/jpeg")
                self.assertEqual(fault, "pixels")
                self.assertLess(seconds, 4)
                self.assertLess(memory, 1_600)

    def test_nothing_is_compiled_for_each_photo(self):
        """Within the limits nothing can be stored, and code is compiled again."""
        photo = samples.picture("JPEG", (80, 40), {MAKE: "SPYPHONE", ORIENTATION: 6})
        body = (
            f"import sys; sys.path.insert(0, {str(pictures.WRITER.parent)!r})\n"
            "import file_writer as writer; before = set(sys.modules)\n"
            "writer.main(*sys.argv[1:])\n"
            "sys.stdout.write(' '.join(sorted(set(sys.modules) - before)))\n"
        )
        with TemporaryDirectory() as folder:
            writer = Path(folder, "writer.py")
            writer.write_text(body)
            with patch.object(pictures, "WRITER", writer):
                kept, _mimetype = pictures.rewrite(photo, "image/jpeg")
        self.assertEqual(kept.rpartition(b"\xff\xd9")[2].decode(), "")

    def test_broken(self):
        for name, content in samples.GOOD.items():
            mimetype = uploads.sniff(io.BytesIO(content))
            if not pictures.is_picture(mimetype):
                continue
            for end in (24, len(content) // 2):
                with self.subTest(name=name, end=end):
                    try:
                        kept, _mimetype = pictures.rewrite(content[:end], mimetype)
                    except pictures.PictureError as refusal:
                        self.assertEqual(refusal.fault, "broken")
                    else:
                        self.assertTrue(self._image(kept).size)

    def test_bytes_of_another_format(self):
        """Only the decoder of the type that the bytes claim is tried."""
        with self.assertRaises(pictures.PictureError):
            pictures.rewrite(samples.PNG, "image/jpeg")

    def test_other_files_stay_as_they_are(self):
        for content in (samples.PDF, samples.MP4):
            self.assertEqual(uploads.clean("a.bin", io.BytesIO(content))[1], content)
