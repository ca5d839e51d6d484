"""Printed pages contain the content: no buttons or fields, nothing cut off, few sheets."""

import os
import re
from pathlib import Path

import pytest
from visitor import NO_LIMITS

SERVER_SQL = NO_LIMITS
#: the browser itself lists printed elements
PRESSED = "button, input, select, textarea, form, nav, [role=search], .btn, .o_water_skip, footer"
SHOWN = """selector => [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility({visibilityProperty: true}))
    .map((node) => node.outerHTML.slice(0, 120))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: folder for the printed sheets
KEPT = os.environ.get("WATER_SHEETS")


class Printer:
    """Pages on paper: A4 as the browser prints them."""

    def __init__(self, page):
        self.page = page
        page.emulate_media(media="print")

    def sheets(self, path, most, name):
        """The text of a page on paper; it takes ``most`` sheets or fewer."""
        self.page.goto(path)
        self.page.wait_for_load_state("load")
        assert not self.page.evaluate(SHOWN, PRESSED), path
        assert self.page.evaluate(WIDER) <= 0, f"{path} is cut off"
        content = self.page.pdf(format="A4", prefer_css_page_size=True)
        if KEPT:
            (Path(KEPT) / f"{name}.pdf").write_bytes(content)
        sheets = len(re.findall(rb"/Type\s*/Page\b", content))
        assert 1 <= sheets <= most, f"{path} takes {sheets} sheets"
        return self.page.inner_text("body")


def _rows(query, table, where, columns="min(id)"):
    return query(f"SELECT {columns} FROM {table} WHERE {where}")[0]


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_public_pages(server, browser, query, language):
    """Guides, answers, the timetable of outages, one outage, the privacy notice."""
    (guide,) = _rows(query, "water_guide", "state = 'in_force'")
    (article,) = _rows(query, "water_article", "is_published AND customer_text IS NOT NULL")
    (outage,) = _rows(query, "water_incident", "state = 'open'")
    (hotline,) = _rows(query, "res_company", "id = 1", "water_hotline")
    context = browser.new_context(base_url=server.base_url, locale=language)
    printer = Printer(context.new_page())
    for path, most in (
        ("/water", 1),
        (f"/water/guides/{guide}", 2),
        (f"/water/answers/{article}", 1),
        ("/water/outages", 3),
        (f"/water/outages/{outage}", 1),
        ("/water/privacy", 2),
        ("/water/letter", 1),
    ):
        name = language + path.replace("/", "-")
        text = printer.sheets(path, most, name)
        assert hotline in text, path
        assert f"{server.base_url}{path}" in text, path
    context.close()


def test_case_of_code_holder(server, browser, query):
    """Number and promises of the new case, then the page of the case, each on one sheet."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    context = browser.new_context(base_url=server.base_url, locale="zh-CN")
    page = context.new_page()
    page.goto(f"/water/report/inquiry?category={category}")
    page.fill("#description", "打印出来的咨询")
    page.fill("#contact_name", "王芳")
    page.fill("#phone", "13712345678")
    page.locator(".o_water_proof [data-state=done]:not(.d-none)").wait_for()
    page.locator(".o_water_public_form button[type=submit]").click()
    page.locator(".o_water_check form button").click()
    page.locator(".o_water_code").wait_for()
    code, printer = page.locator(".o_water_code").first.inner_text(), Printer(page)
    text = printer.sheets(page.url, 1, "filed")
    ((number,),) = query("SELECT name FROM water_inquiry WHERE verbatim = '打印出来的咨询'")
    assert number in text
    assert server.base_url in text
    page.emulate_media(media="screen")
    page.goto("/water/track")
    page.fill("#number", number)
    page.fill("#code", code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.emulate_media(media="print")
    text = printer.sheets("/water/track/case", 2, "tracked")
    assert number in text
    assert "打印出来的咨询" in text
    context.close()


def test_case_of_a_customer(server, sign_in, query):
    """The page of a case behind the login: the case and its messages, not the menu."""
    ((number, case),) = query(
        "SELECT c.name, c.id FROM water_complaint c JOIN res_users u ON u.partner_id = c.partner_id"
        " WHERE u.login = 'zhangwei' ORDER BY c.id LIMIT 1"
    )
    printer = Printer(sign_in("zhangwei"))
    assert number in printer.sheets(f"/my/complaints/{case}", 3, "mine")
