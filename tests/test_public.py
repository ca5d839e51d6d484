"""The public page on a real telephone's browser, and under pressure."""

import random
import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

from visitor import Visitor, token

PRESSES = 6


def test_pressed_many_times_at_once(server, query):
    """Every press leads to the same number, with its file of evidence whole."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    visitor = Visitor(server.base_url)
    _url, page = visitor.open(f"/water/report/inquiry?category={category}")
    form = {
        "csrf_token": token(page),
        "category_id": category,
        "description": "同时点击多次",
        "contact_name": "王芳",
        "phone": "13712345678",
        "altcha": visitor.solve(),
    }
    url, page = visitor.open("/water/report/inquiry", form)
    assert "/water/report/check/" in url, page[:2000]
    press = {"csrf_token": token(page), "draft": url.rsplit("/", 1)[1]}
    with ThreadPoolExecutor(PRESSES) as presses:
        answers = list(
            presses.map(lambda _i: visitor.open("/water/report/send", press), range(PRESSES))
        )
    cases = query("SELECT name FROM water_inquiry WHERE verbatim = '同时点击多次'")
    assert len(cases) == 1, answers
    assert {url.rsplit("/", 1)[1] for url, _page in answers} == {"done"}
    assert all(cases[0][0] in page for _url, page in answers)
    codes = [re.findall(r"o_water_code[^>]*>([A-Z0-9-]{11})<", page) for _url, page in answers]
    assert any(codes), "nobody has been shown the secret code"


def _photo():
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


def _typed(page):
    """What the form holds: words, an answer, a file."""
    page.locator(".o_water_upload img").wait_for()
    return (
        page.input_value("#description"),
        page.is_checked("input[name=answer_0] >> nth=1"),
        page.locator(".o_water_upload").count(),
    )


def _go_on(page):
    """Press the button of the form once the browser has done its work."""
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(".o_water_public_form button[type=submit]").click()


def _survive(page):
    """Fill in words, an answer and a photo; lose the line, reload, change the language, err."""
    whole = ("黄水三天了", True, 1)
    page.fill("#description", whole[0])
    page.check("input[name=answer_0] >> nth=1")
    page.route("**/water/report/upload", lambda route: route.abort())
    page.set_input_files("#files", _photo())
    page.locator(".o_water_upload .text-danger").wait_for()  # the line is lost
    page.unroute("**/water/report/upload")
    page.locator(".o_water_upload button").click()
    assert _typed(page) == whole
    page.reload()
    assert _typed(page) == whole
    with page.expect_navigation():
        page.locator(".o_water_languages a[lang=zh-CN]").click()
    assert _typed(page) == whole
    _go_on(page)
    page.locator("#water_errors").wait_for()  # without address, name and telephone
    assert _typed(page) == whole
    page.reload()
    assert _typed(page) == whole
    return whole


def test_filed_on_a_telephone(server, browser, query):
    """Words, answers and photos outlive reload, Back, another language, a lost line, a refusal."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'WQ01'")
    phone = {"locale": "en-US", "viewport": {"width": 390, "height": 844}}
    context = browser.new_context(base_url=server.base_url, **phone)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/water/report/repair?category={category}")
    whole = _survive(page)
    for field, text in (
        ("address", "东城路 8 号"),
        ("contact_name", "王芳"),
        ("phone", "13712345678"),
    ):
        page.fill(f"#{field}", text)
    _go_on(page)
    page.locator(".o_water_check img").wait_for()
    page.go_back()
    assert _typed(page) == whole
    page.go_forward()
    page.locator(".o_water_check form button").click()
    page.locator(".o_water_code").wait_for()
    page.locator("form[action$='/follow'] button").click()
    page.locator(".o_water_timeline").wait_for()
    ((name, size),) = query(
        "SELECT a.name, a.file_size FROM ir_attachment a JOIN water_request r ON r.id = a.res_id"
        " WHERE a.res_model = 'water.request' AND r.verbatim = '黄水三天了'"
    )
    assert name == "水表.jpg"
    assert int(size) < 2**21, "not made smaller in the browser"
    assert not faults
    context.close()


def test_says_so_without_javascript(server, browser):
    """Before anything is filled in; searching, reading and following work without it."""
    context = browser.new_context(base_url=server.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/water/report?q=invoice")
    page.locator("section[aria-label] a.d-block").first.click()
    page.locator("noscript, .alert-warning").first.wait_for()
    assert "hotline" in page.inner_text("main")
    context.close()
