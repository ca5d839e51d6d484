"""Pictures from strangers: decoded within limits and written anew, without what they carry along.

A photo of a telephone tells where and when it was taken and by whose device; what follows the
picture's end may be another file. Only the picture itself survives (S2.2.4).
"""

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps, ImageSequence, WebPImagePlugin  # noqa: F401 - Odoo loads few

pillow_heif.register_heif_opener(thumbnails=False)

#: Largest picture in pixels, all frames together; a telephone's camera takes 12 to 50 million.
MAX_PIXELS = 64_000_000
#: An animation is cut off after so many frames.
MAX_FRAMES = 60
QUALITY = 90

#: type of the bytes → (Pillow's name of what is written, type of what is written)
_WRITTEN = {
    "image/jpeg": ("JPEG", "image/jpeg"),
    "image/png": ("PNG", "image/png"),
    "image/gif": ("GIF", "image/gif"),
    "image/webp": ("WEBP", "image/webp"),
    "image/heic": ("JPEG", "image/jpeg"),
}
_READERS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
}


class PictureError(ValueError):
    """The picture cannot be taken.

    :param fault: "broken" or "pixels"
    """

    def __init__(self, fault):
        super().__init__(fault)
        self.fault = fault


def is_picture(mimetype):
    """Whether files of this type are written anew."""
    return mimetype in _WRITTEN


def rewrite(content, mimetype):
    """The picture alone: upright, in its colours, without any metadata.

    :param content: bytes of a file whose beginning says ``mimetype``
    :return: ``(bytes, mimetype)`` of what is kept; photos in HEIC become JPEG
    :raises PictureError: when it is broken, or larger than a camera's
    """
    name, written = _WRITTEN[mimetype]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=_READERS[mimetype]) as image:
                return _written(image, name), written
        except PictureError:
            raise
        except Image.DecompressionBombError as error:
            raise PictureError("pixels") from error
        # decoders raise whatever they like on bytes that were made to break them
        except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError) as error:
            raise PictureError("broken") from error
        except (TypeError, KeyError, IndexError, AttributeError, RuntimeError) as error:
            raise PictureError("broken") from error


def _written(image, name):
    if image.width * image.height > MAX_PIXELS:  # known before anything is decoded
        raise PictureError("pixels")
    frames = [_bare(frame, name) for frame in _frames(image, name)]
    options = {"quality": QUALITY} if name in ("JPEG", "WEBP") else {}
    if len(frames) > 1:
        duration = image.info.get("duration") or 100
        options |= {"save_all": True, "append_images": frames[1:], "duration": duration, "loop": 0}
    stream = io.BytesIO()
    frames[0].save(stream, name, **options)
    return stream.getvalue()


def _frames(image, name):
    """The frames of an animation, as many as the limits allow; else the picture."""
    if name not in ("GIF", "WEBP") or not getattr(image, "is_animated", False):
        yield image
        return
    most = min(MAX_FRAMES, max(1, MAX_PIXELS // max(1, image.width * image.height)))
    for index, frame in enumerate(ImageSequence.Iterator(image)):
        if index == most:
            return
        yield frame.copy()


def _bare(frame, name):
    """One frame without metadata: only its size, mode, palette and points."""
    upright = ImageOps.exif_transpose(frame)
    if name == "JPEG" and upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    if name == "WEBP" and upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    bare = upright.copy()
    kept = ("transparency",) if bare.mode in ("P", "L", "RGB") and name != "JPEG" else ()
    bare.info = {key: upright.info[key] for key in kept if key in upright.info}
    return bare
