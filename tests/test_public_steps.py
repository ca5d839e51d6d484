"""Another language and a reload in every step without an account, and codes typed wrongly."""

import pytest
from telephone import PHONE, turn

WRONG = 5


@pytest.fixture
def page(server, browser):
    """A phone's browser; nothing on its pages may fail."""
    context = browser.new_context(base_url=server.base_url, **PHONE)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert not faults
    context.close()


def _file(page, query, words):
    """Fill in and send the form, turning in every step; the number and the code."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    page.goto(f"/water/report/inquiry?category={category}")
    page.fill("#contact_name", "王芳")
    page.fill("#phone", "13712345678")
    page.fill("#description", words)
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(".o_water_public_form button[type=submit]").click()
    page.locator(".o_water_check").wait_for()
    turn(page, words)
    page.locator(".o_water_check form button").click()
    code = page.locator(".o_water_code").first.inner_text()
    ((number,),) = query(f"SELECT name FROM water_inquiry WHERE verbatim = '{words}'")
    return number, code


def test_another_language_in_every_step(page, query):
    """Read-back, filed and followed cases stay the same."""
    number, _code = _file(page, query, "换语言不能丢")
    turn(page, number)
    page.locator("form[action$='/follow'] button").click()
    page.locator(".o_water_timeline").wait_for()
    turn(page, number)
    assert query("SELECT count(*) FROM water_inquiry WHERE verbatim = '换语言不能丢'") == [["1"]]


def test_typed_before_the_script_has_come(page, query):
    """On a slow line: text typed at once is newer than the browser's draft."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    form = f"/water/report/inquiry?category={category}"
    page.goto(form)
    page.fill("#contact_name", "王芳")
    page.fill("#description", "昨天写的")
    held = []
    page.route("**/water_service_desk.assets_public*.js", lambda route: held.append(route))
    page.goto(form, wait_until="commit")
    page.fill("#description", "今天写的")
    assert not page.input_value("#contact_name")
    with page.expect_event("domcontentloaded"):
        held.pop().continue_()
    page.wait_for_function("document.querySelector('#contact_name').value === '王芳'")
    assert page.input_value("#description") == "今天写的"


def test_five_wrong_codes(page, query):
    """Each is refused in words and keeps the number; then a wait is told, and Back does no harm."""
    number, code = _file(page, query, "查询码输错了")
    typed = [*["AAAAA-AAAAA"] * WRONG, code]
    page.goto("/water/track")
    page.fill("#number", number)
    for count, word in enumerate(typed, 1):
        assert page.input_value("#number") == number, count
        page.fill("#code", word)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if count <= WRONG:
            assert page.evaluate("document.activeElement.id") == "water_errors"
    assert "Try again in a few minutes" in page.inner_text("main")
    page.go_back()
    assert page.input_value("#number") == number
    assert not page.locator(".o_water_timeline").count()


@pytest.mark.parametrize("path", ["/water", "/en/water/track"])
def test_without_a_network(server, browser, path):
    """Returning visitors see the hotline instead of the browser's error page."""
    context = browser.new_context(base_url=server.base_url, **PHONE)
    page = context.new_page()
    page.goto(path)
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.reload()  # from now on the worker looks after its pages
    context.set_offline(True)
    page.goto("/water/answers")
    assert "There is no network" in page.inner_text("main")
    assert page.locator("a[href^='tel:']").count() == 1
    context.set_offline(False)
    page.reload()
    assert page.locator("header").count() == 1
    context.close()
