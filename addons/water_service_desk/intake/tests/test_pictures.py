"""Pictures from strangers: written anew, within limits."""

import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import BaseCase, tagged

from .. import pictures, uploads
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
            pictures.rewrite(sent, "image/png")
        self.assertEqual(refusal.exception.fault, "pixels")
        huge = samples.picture("GIF", (10, 10)).replace(b"\x0a\x00\x0a\x00", b"\xff\xff\xff\xff", 1)
        with self.assertRaises(pictures.PictureError):
            pictures.rewrite(huge, "image/gif")

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
        for content in (samples.PDF, samples.DOCX, samples.MP4):
            self.assertEqual(uploads.clean("a.bin", io.BytesIO(content))[1], content)
