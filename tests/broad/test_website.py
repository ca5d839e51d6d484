"""Beside Odoo's website app: each website is the door of its own company."""

import re

import pytest
from runs import Runs, faults, settings
from stored_rows import ask
from visitor import NO_LIMITS, Visitor

NAME = "water-websites"
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
    """A visitor of each website."""
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


def test_cases_are_the_companys(second):
    """What is filed at a website belongs to its company and is followed there."""
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
