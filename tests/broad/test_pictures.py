"""The pictures of the pages by which others choose an addon, and of the manual.

They are taken from the running application into ``.local/pictures``: when it looks another way,
those of the addons are copied from there into ``static/description``, those of ``manual`` into
``doc/site/<language>/pictures``. The manual is not built with one that is missing or shown nowhere.
"""

import shutil
import time
from pathlib import Path

import pytest

#: (addon, name, login, address, element of the loaded page, size of the window)
DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 780}
PICTURES = (
    ("water_service_desk", "home", "wangfang", "/odoo/water-home", ".o_water_home_list", DESK),
    ("water_service_desk", "call", "limin", "/odoo/water-call", ".o_form_view", DESK),
    ("water_service_desk", "setup", "admin", "/odoo/water-setup", ".o_water_setup_steps", DESK),
    ("water_service_desk", "field", "zhaojun", "/odoo/water-field", ".o_water_field", PHONE),
    ("water_complaints", "board", "limin", "/odoo/water-complaints", ".o_kanban_record", DESK),
    (
        "water_quality",
        "figures",
        "chenguo",
        "/odoo/water-kpi-sheets/{sheet}",
        ".o_form_view",
        DESK,
    ),
    ("water_complaints", "file", "zhangwei", "/my/complaints/new", "main form", PHONE),
)
#: Likewise for the manual. A word in braces stands for the record of that name, see ``records``.
MANUAL = (
    *(
        ("manual", f"home-{role}", login, "/odoo/water-home", ".o_water_home_list", DESK)
        for role, login in (
            ("agent", "limin"),
            ("department", "zhaojun"),
            ("supervisor", "wangfang"),
            ("quality", "sunli"),
            ("manager", "chenguo"),
            ("finance", "zhouhong"),
        )
    ),
    ("manual", "call", "limin", "/water/call?phone=13800136021", ".o_form_view", DESK),
    ("manual", "complaint", "limin", "/odoo/water-complaints/{complaint}", ".o_form_view", DESK),
    ("manual", "field", "zhaojun", "/odoo/water-field", ".o_water_field", PHONE),
    ("manual", "outages", "limin", "/water/outages", "main h1", DESK),
    ("manual", "file", "zhangwei", "/my/complaints/new", "main form", PHONE),
    ("manual", "kpi", "chenguo", "/odoo/water-kpi-sheets/{sheet}", ".o_form_view", DESK),
    ("manual", "setup", "admin", "/odoo/water-setup", ".o_water_setup_steps", DESK),
    ("manual", "state", "admin", "/odoo/water-system", ".o_kanban_view, .o_list_view", DESK),
)
LANGUAGES = ("zh_CN", "en_US")
#: Pictures that are fetched when they come into sight are waited for where they are in it.
SEEN = """[...document.images].every((picture) => {
    const box = picture.getBoundingClientRect();
    const isAside =
        box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth;
    return picture.complete || (picture.loading === "lazy" && isAside);
})"""
QUALITY, MOST = 60, 120_000  # bytes: it is read on the road, too


def _speak(page, language):
    """Show the reader's pages in a language, as by preference."""
    session = _call(page, "/web/session/get_session_info", {})
    arguments = {"model": "res.users", "method": "write", "kwargs": {}}
    arguments["args"] = [[session["uid"]], {"lang": language}]
    _call(page, "/web/dataset/call_kw/res.users/write", arguments)
    page.context.add_cookies([{"name": "frontend_lang", "value": language, "url": page.url}])


def _call(page, address, params):
    body = {"jsonrpc": "2.0", "params": params}
    answer = page.request.post(address, data=body, timeout=180_000).json()
    assert "error" not in answer, answer
    return answer["result"]


@pytest.fixture(scope="module")
def folder(stack):
    """Where the pictures are kept, empty at first."""
    place = Path(stack["data"]).with_name("pictures")
    shutil.rmtree(place, ignore_errors=True)
    return place


def _method(page, model, method, *args, **kwargs):
    params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
    return _call(page, "/web/dataset/call_kw", params)


def _records(page, address):
    """The address with the records that it names: a complaint with a history, a counted sheet."""
    if "{complaint}" in address:
        known = [("state", "=", "handling"), ("evidence_ids", "!=", False)]
        found = _method(page, "water.complaint", "search", known, order="id", limit=1)
        return address.format(complaint=found[0])
    if "{sheet}" in address:
        month = [("kind", "=", "month"), ("period_start", ">=", time.strftime("%Y-%m-01"))]
        found = _method(page, "water.kpi.sheet", "search", month)
        if not found:
            values = {"kind": "month", "period_start": time.strftime("%Y-%m-%d")}
            found = [_method(page, "water.kpi.sheet", "create", values)]
            _method(page, "water.kpi.sheet", "action_recount", found)
        return address.format(sheet=found[0])
    return address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("addon", "name", "login", "address", "there", "size"), PICTURES + MANUAL)
def test_taken(sign_in, folder, language, addon, name, login, address, there, size):
    """The page is there, in the language; the picture is small, and shows something."""
    page = sign_in(login, viewport=size, device_scale_factor=1)
    page.wait_for_selector(".o_main_navbar, main")
    page.wait_for_load_state("load")  # requests meanwhile would bring the language back
    _speak(page, language)
    page.goto(_records(page, address))
    page.wait_for_selector(there)
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_function(SEEN)
    reader = _call(page, "/web/session/get_session_info", {})
    assert reader["user_context"]["lang"] == language
    assert not page.locator(".o_error_dialog, .o_notification_bar.bg-danger").count()
    taken = page.screenshot(animations="disabled", type="jpeg", quality=QUALITY)
    assert 5_000 < len(taken) < MOST
    target = folder / addon / f"{name}_{language[:2]}.jpg"
    if addon == "manual":
        target = folder / addon / language[:2] / f"{name}.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(taken)
