"""Writes one picture anew, as a program of its own: a decoder led astray takes nobody along.

``python -I picture_writer.py TYPE PIXELS FRAMES < picture > written``. The exit code says how it
went, see :data:`FAULTS`. Nothing of Odoo is imported here.
"""

import io
import resource
import sys
import warnings

from PIL import (
    Image,
    ImageOps,
    ImageSequence,
    TiffImagePlugin,  # noqa: F401 - reads what a photo says of itself
)

# before anything is limited: what Python compiles of them it may keep now, later it writes nothing
Image.preinit()

#: Seconds of processor time; a picture of 64 million points takes about 5.
CPU = 15
#: Bytes of memory; a picture of 64 million points is there up to four times.
MEMORY = 1536 * 1024 * 1024
QUALITY = 90
#: exit code → what is wrong
FAULTS = {3: "broken", 4: "pixels"}

#: type of the bytes → (Pillow's name of what is read, of what is written)
FORMATS = {
    "image/jpeg": ("JPEG", "JPEG"),
    "image/png": ("PNG", "PNG"),
    "image/gif": ("GIF", "GIF"),
    "image/webp": ("WEBP", "WEBP"),
    "image/heic": ("HEIF", "JPEG"),
}


class PictureError(ValueError):
    """The picture cannot be taken.

    :param fault: "broken" or "pixels"
    """

    def __init__(self, fault):
        super().__init__(fault)
        self.fault = fault


def write(content, mimetype, max_pixels, max_frames):
    """The picture alone: upright, in its colours, without any metadata.

    :param content: bytes of a file whose beginning says ``mimetype``
    :param max_pixels: of all frames together
    :param max_frames: an animation is cut off after so many
    :return: bytes; photos in HEIC become JPEG
    :raises PictureError: when it is broken, or larger than that
    """
    reader, name = FORMATS[mimetype]
    _load_decoder(reader)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=(reader,)) as image:
                return _written(image, name, max_pixels, max_frames)
        except PictureError:
            raise
        except (Image.DecompressionBombError, MemoryError) as error:
            raise PictureError("pixels") from error
        # decoders raise whatever they like on bytes that were made to break them
        except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError) as error:
            raise PictureError("broken") from error
        except (TypeError, KeyError, IndexError, AttributeError, RuntimeError) as error:
            raise PictureError("broken") from error


def _load_decoder(reader):
    """Load what Pillow, or Odoo, does not load by itself; a photo in JPEG waits for neither."""
    if reader == "WEBP":
        from PIL import WebPImagePlugin  # noqa: F401, PLC0415
    elif reader == "HEIF":
        import pillow_heif  # noqa: PLC0415

        pillow_heif.register_heif_opener(thumbnails=False)


def _written(image, name, max_pixels, max_frames):
    if image.width * image.height > max_pixels:  # known before anything is decoded
        raise PictureError("pixels")
    most = min(max_frames, max(1, max_pixels // max(1, image.width * image.height)))
    frames = [_bare(frame, name) for frame in _frames(image, name, most)]
    options: dict = {"quality": QUALITY} if name in ("JPEG", "WEBP") else {}
    if len(frames) > 1:
        duration = image.info.get("duration") or 100
        options |= {"save_all": True, "append_images": frames[1:], "duration": duration, "loop": 0}
    stream = io.BytesIO()
    frames[0].save(stream, name, **options)
    return stream.getvalue()


def _frames(image, name, most):
    """The frames of an animation, as many as the limits allow; else the picture."""
    if name not in ("GIF", "WEBP") or not getattr(image, "is_animated", False):
        yield image
        return
    for index, frame in enumerate(ImageSequence.Iterator(image)):
        if index == most:
            return
        yield frame.copy()


def _bare(frame, name):
    """One frame without metadata: only its size, mode, palette and points; not copied."""
    frame.load()  # some formats tell more of themselves behind their points
    ImageOps.exif_transpose(frame, in_place=True)
    if name == "JPEG" and frame.mode not in ("L", "RGB"):
        frame = frame.convert("RGB")
    if name == "WEBP" and frame.mode not in ("RGB", "RGBA"):
        frame = frame.convert("RGBA" if frame.has_transparency_data else "RGB")
    kept = ("transparency",) if frame.mode in ("P", "L", "RGB") and name != "JPEG" else ()
    frame.info = {key: frame.info[key] for key in kept if key in frame.info}
    return frame


def _limit():
    """Give up the right to more time and memory, and to write or run anything."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(mimetype, max_pixels, max_frames):
    """Run the program."""
    _limit()
    try:
        written = write(sys.stdin.buffer.read(), mimetype, int(max_pixels), int(max_frames))
    except PictureError as error:
        code = next(code for code, fault in FAULTS.items() if fault == error.fault)
        sys.exit(code)
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main(*sys.argv[1:])
