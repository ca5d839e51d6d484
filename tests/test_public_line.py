"""A slow connection, Back and double taps in every step, with and without a login: nothing is
lost.
"""

import re

import pytest
from playwright.sync_api import expect
from telephone import PHONE, photo, turn
from visitor import NO_LIMITS

UPLOAD = "**/water/report/upload"
#: pages for filing a complaint: without an account, and by a customer
DOORS = {
    "public": "/water/report/complaint?category={category}",
    "own": "/my/complaints/new?category_id={category}",
}
SEND = ".o_water_public_form button[type=submit]"
#: sends the case from the read-back page
CONFIRM = ".o_water_check form button[type=submit], button[name=confirmed]"
#: how long the page waits for a silent connection, and a little more
STALLED = 31_000
SERVER_SQL = NO_LIMITS


@pytest.fixture(params=DOORS)
def door(request, browser, sign_in, server, query):
    """A phone with an empty form, and a unique word; nothing may fail."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'ST02'")
    if request.param == "own":
        page = sign_in("zhangwei", **PHONE)
        page.context.add_cookies(
            [{"name": "frontend_lang", "value": "en_US", "url": server.base_url}]
        )
    else:
        page = browser.new_context(base_url=server.base_url, **PHONE).new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.clock.install()
    page.goto(DOORS[request.param].format(category=category))
    yield page, request.param
    assert not faults
    if request.param == "public":
        page.context.close()


def _fill(page, words):
    page.fill("#description", words)
    page.fill("#occurred_at", "2026-03-01T10:30")
    page.fill("#demand", "请给一个说法")
    if page.locator("input[name=account_id]").count():
        page.locator("input[name=account_id]").first.check()
    for field, text in (("address", "营业厅 3 号窗口"), ("contact_name", "王芳")):
        if page.locator(f"#{field}:visible").count():
            page.fill(f"#{field}", text)
    page.fill("#phone", "13712345678")
    if page.locator(".o_water_proof").count():
        page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()


def _kept(page, words):
    """Whether the form holds the typed values."""
    expect(page.locator("#description")).to_have_value(words)
    expect(page.locator("#demand")).to_have_value("请给一个说法")
    expect(page.locator("#phone")).to_have_value("13712345678")


def _filed(query, words):
    return query(f"SELECT count(*) FROM water_complaint WHERE verbatim = '{words}'")[0][0]


def _is_pressed(page):
    return expect(page.locator(SEND)).to_have_class(re.compile(r"\bdisabled\b"))


def test_upload_that_stalls(door, query):
    """“Next” waits for it and comes back; sent again, taken away, and gone on without it."""
    page, words = door[0], f"照片传不上去 {door[1]}"
    _fill(page, words)
    row, before = page.locator(".o_water_upload"), page.url
    page.route(UPLOAD, lambda _route: None)  # the connection is silent
    with page.expect_request(UPLOAD):
        page.set_input_files("#files", photo())
    page.locator(SEND).click()
    _is_pressed(page)
    page.clock.fast_forward(STALLED)
    expect(row.locator(".text-danger")).to_be_visible()
    expect(page.locator(SEND)).not_to_have_class(re.compile(r"\bdisabled\b"))
    assert page.url == before, "nobody goes on without the photo that he has chosen"
    _kept(page, words)
    page.unroute(UPLOAD)
    row.get_by_role("button", name="again").click()
    row.locator("img").wait_for()
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    page.reload()
    expect(row).to_have_count(0)
    _kept(page, words)
    page.route(UPLOAD, lambda _route: None)
    with page.expect_request(UPLOAD):
        page.set_input_files("#files", photo())
    row.get_by_role("button", name="Remove").click()  # while it is on its way
    expect(row).to_have_count(0)
    if page.locator(".o_water_proof").count():
        page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(SEND).click()
    page.locator(CONFIRM).first.click()
    expect(page.locator(CONFIRM)).to_have_count(0)
    assert _filed(query, words) == "1"


def test_upload_that_was_refused(door, query):
    """“Next” sends it once more, stays with it while that is in vain, and takes it along."""
    page, words = door[0], f"照片被退回 {door[1]}"
    _fill(page, words)
    row, before = page.locator(".o_water_upload"), page.url
    page.route(UPLOAD, lambda route: route.fulfill(status=503, body="away"))
    page.set_input_files("#files", photo())
    row.locator(".text-danger").wait_for()
    with page.expect_request(UPLOAD):
        page.locator(SEND).click()
    expect(row.get_by_role("button", name="again")).to_be_focused()
    expect(page.locator(SEND)).not_to_have_class(re.compile(r"\bdisabled\b"))
    assert page.url == before
    page.unroute(UPLOAD)
    page.locator(SEND).click()
    page.locator(CONFIRM).first.click()
    expect(page.locator(CONFIRM)).to_have_count(0)
    assert query(
        "SELECT count(*) FROM ir_attachment a JOIN water_complaint c ON c.id = a.res_id"
        f" WHERE a.res_model = 'water.complaint' AND c.verbatim = '{words}'"
    ) == [["1"]]


def test_file_that_cannot_be_sent(door):
    """Required fields are not skipped: “Next” leads there, and continues after removing the
    file.
    """
    page = door[0]
    _fill(page, f"文件太大 {door[1]}")
    row = page.locator(".o_water_upload")
    large = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(11 * 1024 * 1024)}
    page.set_input_files("#files", large)
    page.locator(SEND).click()
    remove = row.get_by_role("button", name="Remove")
    expect(remove).to_be_focused()
    remove.click()
    page.locator(SEND).click()
    page.locator(CONFIRM).first.wait_for()


def test_network_lost_in_every_step(door, query):
    """Typed text returns, and is filed once."""
    page, words = door[0], f"坐电梯断网 {door[1]}"
    line = page.context
    _fill(page, words)
    line.set_offline(True)
    page.locator(SEND).click()
    page.wait_for_function("!document.querySelector('#description')")
    line.set_offline(False)
    page.go_back()
    _kept(page, words)
    if page.locator(".o_water_proof").count():
        page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(SEND).click()
    page.locator(CONFIRM).first.wait_for()
    line.set_offline(True)
    page.locator(CONFIRM).first.click()
    page.wait_for_function("!document.querySelector('main form')")
    line.set_offline(False)
    page.go_back()
    assert words in page.inner_text("main")
    page.locator(CONFIRM).first.click()
    expect(page.locator(CONFIRM)).to_have_count(0)
    assert _filed(query, words) == "1"


def test_network_lost_before_the_check(server, browser, query):
    """The check that keeps programs out is done again once the line is back."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    context = browser.new_context(base_url=server.base_url, **PHONE)
    page = context.new_page()
    page.route("**/water/report/challenge*", lambda route: route.abort())
    page.goto(f"/water/report/inquiry?category={category}")
    page.locator(".o_water_proof [data-state=lost]:not(.d-none)").wait_for()
    page.fill("#description", "断网重连")
    page.fill("#contact_name", "王芳")
    page.fill("#phone", "13712345678")
    page.unroute("**/water/report/challenge*")
    page.locator(SEND).click()  # tries again, and goes on when it is done
    page.locator(CONFIRM).first.wait_for()
    assert "断网重连" in page.inner_text("main")
    context.close()


def test_hasty_thumb_in_every_step(door, query):
    """Each button pressed twice: one case, one message, and the pages that belong there."""
    page, words = door[0], f"手快点了两下 {door[1]}"
    _fill(page, words)
    page.locator(SEND).dblclick()
    page.locator(CONFIRM).first.dblclick()
    expect(page.locator(CONFIRM)).to_have_count(0)
    assert _filed(query, words) == "1"
    follow = page.locator("form[action$='/follow'] button")
    if follow.count():
        follow.dblclick()
    page.locator(".o_water_timeline").wait_for()
    message = page.locator("form[action$='/message']")
    if not message.locator("textarea").is_visible():
        page.locator("details:has(form[action$='/message']) summary").first.click()
    message.locator("textarea").fill("补充：下午去过两次")
    message.locator("button[type=submit]").dblclick()
    page.wait_for_load_state()
    page.locator("main", has_text="补充：下午去过两次").wait_for()
    ((count,),) = query(
        "SELECT count(*) FROM mail_message m JOIN water_complaint c ON c.id = m.res_id"
        f" WHERE m.model = 'water.complaint' AND c.verbatim = '{words}'"
        " AND m.body LIKE '%下午去过两次%'"
    )
    assert count == "1"


def test_back_reload_and_language_on_own_pages(sign_in, server, query):
    """The customer's own form, read-back and case: as on the public page."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'ST02'")
    page, words = sign_in("zhangwei", **PHONE), "来回翻页不丢字"
    page.goto(DOORS["own"].format(category=category))
    page.context.add_cookies([{"name": "frontend_lang", "value": "en_US", "url": server.base_url}])
    page.reload()
    _fill(page, words)
    for language in ("zh", "en"):
        page.reload()
        _kept(page, words)
        with page.expect_navigation():
            page.locator(f".o_water_languages a[lang^={language}]").click()
        _kept(page, words)
    page.locator(SEND).click()
    page.locator(CONFIRM).first.wait_for()
    turn(page, words)
    page.go_back()
    page.go_forward()
    page.locator(CONFIRM).first.click()
    page.locator(".o_water_timeline").wait_for()
    turn(page, words)
    page.go_back()  # going back sends nothing twice
    page.go_forward()
    assert _filed(query, words) == "1"
