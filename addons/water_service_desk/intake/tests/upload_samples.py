"""The smallest files of each kind, and some that only pretend."""

import io
import zipfile

import pikepdf
import pillow_heif
from PIL import Image, WebPImagePlugin  # noqa: F401 - Odoo has Pillow load few

from .. import file_writer

pillow_heif.register_heif_opener(thumbnails=False)


def picture(kind, size=(4, 3), exif=None, **options):
    """A real picture.

    :param kind: Pillow's name of the format
    :param exif: {tag: value} of what a telephone writes into it
    """
    image, stream = Image.new("RGB", size, "steelblue"), io.BytesIO()
    if exif:
        tags = Image.Exif()
        for tag, value in exif.items():
            tags[tag] = value
        options["exif"] = tags.tobytes()
    image.save(stream, kind, **options)
    return stream.getvalue()


def document(**entries):
    """A real PDF of one page.

    :param entries: of its catalogue
    """
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 100))
        for name, value in entries.items():
            pdf.Root[f"/{name}"] = pdf.make_indirect(value)
        pdf.save(stream)
    return stream.getvalue()


def scans(number):
    """A progressive JPEG whose last scan is there again and again: each is work for its decoder."""
    content = picture("JPEG", (1200, 900), progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + (content[last : last + 10] + b"\0" * 20) * number + b"\xff\xd9"


JPEG = picture("JPEG")
PNG = picture("PNG")
GIF = picture("GIF")
WEBP = picture("WEBP")
HEIC = picture("HEIF", (64, 64))
PDF = file_writer.write_pdf(document())
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00isomiso2"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\x00" * 16
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def archive(*names):
    """A ZIP file with empty members of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, b"")
    return stream.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
MACRO = archive("[Content_Types].xml", "word/document.xml", "word/VbaProject.bin")
PLAIN_ZIP = archive("virus.exe")

GOOD = {
    "photo.jpg": JPEG,
    "PHOTO.JPEG": JPEG,
    "photo.png": PNG,
    "anim.gif": GIF,
    "photo.webp": WEBP,
    "IMG_1.HEIC": HEIC,
    "bill.pdf": PDF,
    "film.mp4": MP4,
    "film.mov": MOV,
    "talk.m4a": M4A,
    "talk.mp3": MP3,
    "letter.docx": DOCX,
    "table.xlsx": XLSX,
}
BAD = {
    "invoice.pdf": EXE,
    "photo.jpg": HTML,
    "drawing.svg": SVG,
    "photo.png": SVG,
    "letter.docx": MACRO,
    "letter2.docx": PLAIN_ZIP,
    "broken.docx": b"PK\x03\x04 not a zip at all",
    "notes.txt": b"plain text",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "riff.webp": b"RIFF\x00\x00\x00\x00AVI ",
    "odd.mp4": b"\x00\x00\x00\x18ftypzzzz",
}
