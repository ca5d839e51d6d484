"""Write a picture or PDF anew, in a process with limits: a hostile file stops that process
alone.

``python -I file_writer.py TYPE PIXELS FRAMES < file > written``. The exit code gives the result,
see :data:`FAULTS`. Nothing of Odoo is imported here.
"""

import io
import resource
import sys
import warnings

from PIL import (
    Image,
    ImageOps,
    ImageSequence,
    TiffImagePlugin,  # noqa: F401 - registers the reader of photo metadata
)

# before the limits: Python may still write its compiled files now
Image.preinit()

#: Seconds of processor time; a picture of 64 million points takes about 5.
CPU = 15
#: Bytes of memory; a picture of 64 million points is there up to four times.
MEMORY = 1536 * 1024 * 1024
QUALITY = 90
#: exit code → fault
FAULTS = {3: "broken", 4: "pixels", 5: "paper"}
PDF = "application/pdf"
#: Entries of a PDF's dictionaries that act when it is opened, carry a file, or tell who made it.
DROPPED = (
    *("/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA", "/RichMediaContent"),
    *("/EmbeddedFiles", "/EF", "/AF", "/Metadata", "/PieceInfo", "/LastModified"),
)
#: Actions that run, fetch, send or play something; links that a reader clicks stay.
ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR"),
        *("/GoToE", "/GoTo3DView", "/Rendition", "/RichMediaExecute", "/Movie", "/Sound"),
        *("/Thread", "/Hide", "/SetOCGState", "/Trans", "/GoToDp"),
    }
)
#: How a JPEG begins to tell of the camera, the moment and the place.
TELLS = (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0")

#: file type → (Pillow's names of input and output)
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
        # decoders raise any error on bytes made to break them
        except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError) as error:
            raise PictureError("broken") from error
        except (TypeError, KeyError, IndexError, AttributeError, RuntimeError) as error:
            raise PictureError("broken") from error


def _load_decoder(reader):
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
    """Return the frames of an animation within the limits; else the picture."""
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


def write_pdf(content):
    """Return a PDF without its author, attached files and active content (S2.2.4).

    :param content: bytes of a PDF
    :raises PictureError: if it cannot be read, or needs a password
    """
    import pikepdf  # noqa: PLC0415 - pictures need not wait for it

    stream = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for name in ("/Info", "/ID"):
                if name in pdf.trailer:
                    del pdf.trailer[name]
            for item in pdf.objects:
                _clean(item, pikepdf)
            pdf.save(stream, fix_metadata_version=False, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, MemoryError) as error:
        raise PictureError("paper") from error
    return stream.getvalue()


def _clean(item, pikepdf):
    """Clean one object of a PDF, and the arrays and dictionaries written within it."""
    left = [item]
    while left:
        part = left.pop()
        if isinstance(part, pikepdf.Array):
            left += [child for child in part if _holds_more(child, pikepdf)]
        if not isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            continue
        for name in DROPPED:
            if name in part:
                del part[name]
        if isinstance(part.get("/S"), pikepdf.Name) and str(part["/S"]) in ACTIONS:
            part["/S"] = pikepdf.Name("/None")
        if "/Contents" in part and "/Subtype" in part and "/T" in part and "/FT" not in part:
            del part["/T"]  # the author of a note
        if isinstance(part, pikepdf.Stream) and part.get("/Filter") == "/DCTDecode":
            part.write(without_places(part.read_raw_bytes()), filter=part["/Filter"])
        left += [child for _name, child in part.items() if _holds_more(child, pikepdf)]


def _holds_more(child, pikepdf):
    """Return whether a value is stored within its object: others are handled separately."""
    held = isinstance(child, pikepdf.Array | pikepdf.Dictionary)
    return held and not child.is_indirect


def without_places(content):
    """Blank a photo's metadata: time, place, device."""
    content = bytearray(content)
    for name in TELLS:
        at = content.find(name)
        while at >= 0:
            if content[at - 4 : at - 2] == b"\xff\xe1":
                end = at - 2 + int.from_bytes(content[at - 2 : at], "big")
                end = min(end, len(content))
                content[at + len(name) : end] = b"\0" * max(0, end - at - len(name))
            at = content.find(name, at + 1)
    return bytes(content)


def _limit():
    """Limit this process's time and memory, and forbid writing and executing."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(mimetype, max_pixels, max_frames):
    """Run the program."""
    if mimetype == PDF:
        import pikepdf  # noqa: F401, PLC0415 - compiled before writing is forbidden
    _limit()
    content = sys.stdin.buffer.read()
    try:
        if mimetype == PDF:
            written = write_pdf(content)
        else:
            written = write(content, mimetype, int(max_pixels), int(max_frames))
    except PictureError as error:
        code = next(code for code, fault in FAULTS.items() if fault == error.fault)
        sys.exit(code)
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main(*sys.argv[1:])
