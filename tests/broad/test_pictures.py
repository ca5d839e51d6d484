"""The pictures of the pages by which others choose an addon, taken from the running application.

They are kept in ``.local/pictures``, each in the folder of its addon: when the application looks
another way, they are copied into ``static/description`` from there.
"""

import shutil
from pathlib import Path

import pytest

#: (addon, name, login, address, what is there when the page is, size of the window)
DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 780}
PICTURES = (
    ("water_service_desk", "home", "wangfang", "/odoo/water-home", ".o_water_home_list", DESK),
    ("water_service_desk", "call", "limin", "/odoo/water-call", ".o_form_view", DESK),
    ("water_service_desk", "setup", "admin", "/odoo/water-setup", ".o_water_setup_steps", DESK),
    ("water_service_desk", "field", "zhaojun", "/odoo/water-field", ".o_water_field", PHONE),
    ("water_complaints", "board", "limin", "/odoo/water-complaints", ".o_kanban_record", DESK),
    ("water_complaints", "file", "zhangwei", "/my/complaints/new", "main form", PHONE),
)
LANGUAGES = ("zh_CN", "en_US")
QUALITY, MOST = 65, 140_000  # bytes: a list of apps is read on the road, too


def _speak(page, language):
    """Have the reader's pages in a language, as his preferences would."""
    session = _call(page, "/web/session/get_session_info", {})
    arguments = {"model": "res.users", "method": "write", "kwargs": {}}
    arguments["args"] = [[session["uid"]], {"lang": language}]
    _call(page, "/web/dataset/call_kw/res.users/write", arguments)
    page.context.add_cookies([{"name": "frontend_lang", "value": language, "url": page.url}])


def _call(page, address, params):
    answer = page.request.post(address, data={"jsonrpc": "2.0", "params": params}).json()
    assert "error" not in answer, answer
    return answer["result"]


@pytest.fixture(scope="module")
def folder(stack):
    """Where the pictures are kept, empty at first."""
    place = Path(stack["data"]).with_name("pictures")
    shutil.rmtree(place, ignore_errors=True)
    return place


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("addon", "name", "login", "address", "there", "size"), PICTURES)
def test_taken(sign_in, folder, language, addon, name, login, address, there, size):
    """The page is there, in the language; the picture is small, and shows something."""
    page = sign_in(login, viewport=size, device_scale_factor=1)
    page.wait_for_selector(".o_main_navbar, main")
    page.wait_for_load_state("load")  # what is asked meanwhile would bring the language back
    _speak(page, language)
    page.goto(address)
    page.wait_for_selector(there)
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_function("[...document.images].every((picture) => picture.complete)")
    reader = _call(page, "/web/session/get_session_info", {})
    assert reader["user_context"]["lang"] == language
    assert not page.locator(".o_error_dialog, .o_notification_bar.bg-danger").count()
    taken = page.screenshot(animations="disabled", type="jpeg", quality=QUALITY)
    assert 5_000 < len(taken) < MOST
    target = folder / addon / f"{name}_{language[:2]}.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(taken)
