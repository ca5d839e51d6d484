"""A customer's telephone: its browser, its photos, and what happens to it on the way."""

import random
import struct
import zlib

PHONE = {"locale": "en-US", "viewport": {"width": 390, "height": 844}}


def photo():
    """A picture of 3000 × 2000 dots, as a telephone takes it."""
    grain = bytes(120 + (value & 3) for value in range(256))
    dots = random.Random(1).randbytes(9000 * 2000).translate(grain)
    rows = b"".join(b"\0" + dots[at : at + 9000] for at in range(0, len(dots), 9000))
    head = struct.pack(">IIBBBBB", 3000, 2000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return {
        "name": "水表.png",
        "mimeType": "image/png",
        "buffer": b"\x89PNG\r\n\x1a\n" + b"".join(chunks),
    }


def typed(page):
    """Values of the form: text, an answer, a file."""
    page.locator(".o_water_upload img").wait_for()
    return (
        page.input_value("#description"),
        page.is_checked("input[name=answer_0] >> nth=1"),
        page.locator(".o_water_upload").count(),
    )


def go_on(page):
    """Press the button of the form once the browser has done its work."""
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(".o_water_public_form button[type=submit]").click()


def turn(page, said):
    """Reload, change the language twice, reload: ``said`` stands there each time."""
    for _language in ("zh-CN", "en"):
        page.reload()
        assert said in page.inner_text("main"), page.url
        before = page.locator("html").get_attribute("lang")
        with page.expect_navigation():
            page.locator(f".o_water_languages a:not([lang='{before}'])").first.click()
        assert page.locator("html").get_attribute("lang") != before
        assert said in page.inner_text("main"), page.url
