"""The public page on a real telephone's browser, and under pressure."""

import re
from concurrent.futures import ThreadPoolExecutor

from telephone import PHONE, go_on, photo, typed
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


def _survive(page):
    """Fill in words, an answer and a photo; lose the line, reload, change the language, err."""
    whole = ("黄水三天了", True, 1)
    page.fill("#description", whole[0])
    page.check("input[name=answer_0] >> nth=1")
    page.route("**/water/report/upload", lambda route: route.abort())
    page.set_input_files("#files", photo())
    page.locator(".o_water_upload .text-danger").wait_for()  # the line is lost
    page.unroute("**/water/report/upload")
    page.locator(".o_water_upload button", has_text="again").click()
    assert typed(page) == whole
    page.reload()
    assert typed(page) == whole
    with page.expect_navigation():
        page.locator(".o_water_languages a[lang=zh-CN]").click()
    assert typed(page) == whole
    go_on(page)
    page.locator("#water_errors").wait_for()  # without address, name and telephone
    assert typed(page) == whole
    page.reload()
    assert typed(page) == whole
    return whole


def test_filed_on_a_telephone(server, browser, query):
    """Words, answers and photos outlive reload, Back, another language, a lost line, a refusal."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'WQ01'")
    context = browser.new_context(base_url=server.base_url, **PHONE)
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
    go_on(page)
    page.locator(".o_water_check img").wait_for()
    page.go_back()
    assert typed(page) == whole
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
