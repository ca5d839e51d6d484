"""Beside Odoo's website app: each website is the door of its own company."""

import re

import pytest
from runs import Runs, faults, settings
from stored_rows import ask
from visitor import NO_LIMITS, Visitor

NAME = "water-websites"
#: Where the font comes from that the first site has.
FONTS = "https://fonts.googleapis.com/"
#: The second company's website is found by its address, which is this machine, too.
SECOND = """
from odoo import Command
china = env.ref("base.cn").id
company = env["res.company"].create({"name": "Second Waterworks", "country_id": china})
company.write({"water_hotline": "96222", "water_public_open": True, "water_front_open": True})
env.ref("base.main_company").write({"water_hotline": "96390", "water_public_open": True})
first = env["website"].search([], limit=1)
first.domain = "http://localhost"
second = env["website"].create(
    {"name": "Second", "company_id": company.id, "domain": "http://127.0.0.1"}
)
env.cr.commit()
print("RESULT", company.id)
"""


@pytest.fixture(scope="module")
def second(stack, copied, serving, tmp_path_factory):
    """``(server, number of the second company)``."""
    runs = Runs(stack, settings(stack, tmp_path_factory.mktemp("website"), wide=True))
    with copied(NAME):
        assert faults(runs.install(NAME, "website")) == []
        number, _said = runs.shell(NAME, SECOND)
        with serving(sql=NO_LIMITS, source=NAME) as server:
            yield server, number


def _doors(server):
    other = server.base_url.replace("localhost", "127.0.0.1")
    return Visitor(server.base_url), Visitor(other)


@pytest.mark.parametrize(
    "page", ["/water", "/water/report/inquiry", "/water/outages", "/water/privacy"]
)
def test_pages_are_the_companys(second, page):
    """Each with the hotline of its own company, and nothing of the other."""
    for visitor, hotline, foreign in zip(
        _doors(second[0]), ("96390", "96222"), ("96222", "96390"), strict=True
    ):
        _url, text = visitor.open(page)
        assert hotline in text, (page, text[:3000])
        assert foreign not in text


def test_looks_of_the_site_are_let(second, browser):
    """Our pages in the frame of a site load its styles and fonts: the browser refuses nothing."""
    server, _number = second
    context = browser.new_context(base_url=server.base_url, locale="zh-CN")
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/web/login")
    page.fill("input[name=login]", "zhangwei")
    page.fill("input[name=password]", "zhangwei")
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_url(lambda url: "/web/login" not in url)
    for address in (
        "/my/complaints",
        "/my/complaints/new",
        "/my/inquiries",
        "/water",
        "/water/report",
    ):
        asked.clear()
        page.goto(address)
        page.wait_for_load_state("load")
        is_framed = address.startswith("/my")
        fonts = [url for url in asked if url.startswith(FONTS)]
        assert bool(fonts) is is_framed, (address, fonts)
    assert [text for text in said if "Content Security Policy" in text] == []
    context.close()


def test_cases_are_the_companys(second):
    """A case filed at a website belongs to its company and is followed there."""
    server, number = second
    ((category,),) = ask(server.db, "SELECT id FROM water_category WHERE code = 'GN'")
    for visitor, words in zip(_doors(server), ("wasser eins", "wasser zwei"), strict=True):
        form = {"description": words, "contact_name": "王芳", "phone": "13712345678"}
        press = visitor.fill_in(category, form)
        assert visitor.press("/water/report/send", press).endswith("/water/report/done")
        _url, page = visitor.open("/water/report/done")
        assert re.search(r"<output[^>]*>ZX\d{6}-\d+</output>", page)
    rows = "SELECT company_id FROM water_inquiry WHERE verbatim LIKE 'wasser%' ORDER BY id"
    found = ask(server.db, rows)
    assert found == [["1"], [str(number)]]
