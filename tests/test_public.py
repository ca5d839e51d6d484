"""The public page under pressure: a form sent several times at the same moment is filed once."""

import re
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
