"""A day at the desk in clicks besides typing, visible without scrolling.

Each test is a task of desk staff with its maximal number of clicks; Tab and Enter within a form
count as typing. Everything fits a screen of 1366 × 768.
"""

import os
import re

import pytest
from hand import DESK, Hand
from playwright.sync_api import expect

#: One account, no incident at it; and one in the old town, where a main has burst.
GUO_LIN, WANG_XIUYING = "13800136246", "13800136108"
HOMES = ("limin", "wangfang")  # the fullest; of all roles in the long form
if os.environ.get("WATER_LONG"):
    HOMES += ("zhaojun", "sunli", "chenguo", "zhouhong")
#: Rows that wait for a supervisor, one after the other, are fewer than this.
MANY = 60


@pytest.fixture
def at_home(sign_in, errors):
    """Return a function: a user on the home page."""

    def _at_home(login):
        page = sign_in(login, **DESK)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/odoo/water-home")
        page.locator(".o_water_home_parts").wait_for()
        return Hand(page)

    return _at_home


def _pick_up(hand, who):
    hand.page.locator(".o_water_home_call:focus").wait_for()
    hand.write(who)
    hand.press("Enter")
    hand.page.locator(".o_water_call div[name=contact_name] input").wait_for()
    expect(hand.page.locator("div[name=contact_name] input")).not_to_have_value("")


def _go_to(hand, field):
    """By Tab from field to field, not faster than the screen is drawn.

    Odoo's date field turns from a button into an input when Tab reaches it, and takes the focus
    back when drawn: typing for the next field would go into the date.
    """
    drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    here = "document.activeElement.closest('.o_field_widget')?.getAttribute('name')"
    for _press in range(20):
        hand.page.evaluate(drawn)
        if hand.page.evaluate(here) == field:
            return
        hand.press("Tab")
    pytest.fail(f"{field} is not reached by Tab")


def _choose_category(hand, words):
    _go_to(hand, "category_id")
    hand.write(words)
    expect(hand.page.locator(".o-autocomplete--dropdown-item").first).to_contain_text(words)
    hand.press("Enter")


def _fits(page, what):
    """Whether the element's bottom is visible without scrolling."""
    box = page.locator(what).first.bounding_box()
    return box and box["y"] >= 0 and box["y"] + box["height"] <= DESK["viewport"]["height"]


def test_telephone_complaint_registered_and_dispatched(at_home, query):
    hand = at_home("limin")
    _pick_up(hand, GUO_LIN)
    _go_to(hand, "verbatim")
    hand.write("水表走得太快，这个月水费翻了一倍。")
    _choose_category(hand, "MT01")
    _go_to(hand, "demand")
    hand.write("请来检定水表")
    hand.click("button[name=action_register_complaint]")
    assert hand.page.locator(".modal div[name=summary]").inner_text()
    hand.click(".modal button[name=action_confirm_and_dispatch]")
    hand.click(".modal button[name=action_dispatch]")
    hand.page.locator(".modal").wait_for(state="detached")
    told = hand.page.locator("div[name=confirmation]").inner_text()
    number = re.search(r"TS\d{6}-\d{5}", told)[0]
    assert query(f"SELECT state FROM water_complaint WHERE name = '{number}'") == [["dispatched"]]
    assert hand.clicks <= 5
    assert _fits(hand.page, ".o_water_call_result")
    assert _fits(hand.page, "div[name=demand]"), "the whole call is seen with its result"


def test_burst_pipe_on_its_way(at_home, query):
    hand = at_home("limin")
    _pick_up(hand, GUO_LIN)
    _go_to(hand, "verbatim")
    hand.write("楼前爆管，水淹了马路！")
    _choose_category(hand, "爆管")
    hand.click("button[name=action_register_request]")
    told = hand.page.locator("div[name=confirmation]").inner_text()
    number = re.search(r"[A-Z]{2}\d{6}-\d{5}", told)[0]
    sent = query(
        "SELECT dispatch.state FROM water_dispatch dispatch JOIN water_request request"
        f" ON request.id = request_id WHERE request.name = '{number}'"
    )
    assert ["sent"] in sent, "a crew is told"
    assert hand.clicks <= 3


def test_inquiry_answered(at_home, query):
    hand = at_home("chenchen")
    page = hand.page
    row = page.locator("[data-section=work] li", has_text="智能水表").first
    number = re.search(r"ZX\d{6}-\d{5}", row.inner_text())[0]
    hand.click(row.locator(".btn-link"))
    hand.click("div[name=answer] textarea")
    hand.write("已查明，账单无误，附上明细。")
    hand.click(".o_form_statusbar button.btn-primary >> nth=0")
    page.locator(".o_arrow_button_current", has_text=re.compile("已答复|已结案|已办结")).wait_for()
    ((state,),) = query(f"SELECT state FROM water_inquiry WHERE name = '{number}'")
    assert state in ("answered", "closed")
    assert hand.clicks <= 3


def test_compensation_paid(at_home, query):
    """From the row of the first page to the payment, and the entry leads back."""
    hand = at_home("zhouhong")
    row = hand.page.locator("[data-section=work] li", has_text="待支付").first
    number = re.search(r"BC\d{6}-\d{5}", row.inner_text())[0]
    hand.click(row.locator(".btn-link"))
    hand.click(".o_form_statusbar button:visible >> text=付款")
    hand.click("button[name=action_register_payment]:visible >> nth=0")
    hand.click(".modal footer button.btn-primary:visible >> nth=0")
    hand.page.locator(".modal").wait_for(state="detached")
    expect(hand.page.locator("button[name=action_open_water_compensation]")).to_contain_text(number)
    paid = f"SELECT payment_state FROM water_compensation WHERE name = '{number}'"
    assert query(paid) == [["paid"]]
    assert hand.clicks <= 4


def test_repeat_call(at_home, query):
    """Known facts are not asked again: urged, text added, no second case or clock."""
    before = query("SELECT count(*) FROM water_deadline")
    hand = at_home("limin")
    _pick_up(hand, WANG_XIUYING)
    row = hand.page.locator(".o_water_running tr", has_text="TS").first
    number = row.locator("a").inner_text()
    hand.click(row.locator("button", has_text="催办"))
    expect(row).to_contain_text("已催")
    hand.click(row.locator("button", has_text="补充"))
    row.locator("input").wait_for()
    hand.write("他今天下午在家。")
    hand.press("Enter")
    hand.page.locator(".o_notification", has_text=number).last.wait_for()
    assert hand.clicks <= 2
    assert query("SELECT count(*) FROM water_deadline") == before


@pytest.mark.parametrize("way", ["box", "Control+k"])
def test_found_by_number(at_home, query, way):
    ((number,),) = query("SELECT name FROM water_complaint ORDER BY id LIMIT 1")
    hand = at_home("limin")
    if way == "box":
        hand.page.locator(".o_water_home_call:focus").wait_for()
        hand.write(number)
    else:
        hand.press(way)
        hand.page.locator(".o_command_palette input:focus").wait_for()
        hand.write(number)
        hand.page.locator(".o_command.focused", has_text=number).wait_for()
    hand.press("Enter")
    hand.page.locator(".o_form_view div[name=name]", has_text=number).wait_for()
    assert hand.clicks <= 1


def _decide(hand, row):
    """By the row's button, with the dialog's text; whether there was one."""
    page, button = hand.page, row.locator("button.btn-primary")
    if not button.count():
        return False
    before = page.locator("[data-section=decide]").inner_html()
    hand.click(button)
    page.wait_for_function(
        "before => document.querySelector('.modal') ||"
        " document.querySelector('[data-section=decide]').innerHTML !== before",
        arg=before,
    )
    if page.locator(".modal").count():
        words = page.locator(".modal .o_field_widget textarea")
        words.last.fill("已核实，同意。")
        hand.click(".modal footer .btn-primary")
        page.locator(".modal").wait_for(state="detached")
    return True


def test_supervisor_decides_from_her_home(at_home):
    """Waiting rows are decided on the page, or on the row's page with its buttons."""
    hand = at_home("wangfang")
    page, opened = hand.page, set()
    rows = page.locator("[data-section=decide] li.d-flex")
    assert rows.count() > 4
    for _turn in range(MANY):
        texts = [text for text in rows.all_inner_texts() if text not in opened]
        if not texts:
            break
        row = rows.nth(rows.all_inner_texts().index(texts[0]))
        if not _decide(hand, row):
            opened.add(texts[0])
            hand.click(row.locator(".btn-link"))
            assert page.locator(".o_form_statusbar button[name]:visible").first.is_enabled()
            page.go_back()
            page.locator(".o_water_home_parts").wait_for()
        assert not page.locator(".o_error_dialog").count()
    assert not texts
    assert len(opened) < hand.clicks / 2


def test_extension_asked_for_and_decided_on_its_case(at_home, query):
    """Both see old and new limit on the case; it is decided from there."""
    ((case,),) = query(
        "SELECT min(complaint_id) FROM water_deadline clock JOIN water_complaint complaint"
        " ON complaint.id = complaint_id WHERE clock.kind = 'close' AND clock.state = 'running'"
        " AND clock.due_at > now() + interval '2 days' AND complaint.severity != 'emergency'"
        " AND complaint.state IN ('dispatched', 'investigating')"
    )
    hand = at_home("limin")
    hand.page.goto(f"/odoo/water-complaints/{case}")
    hand.click(".o_cp_action_menus button:has(.fa-cog)")
    hand.click(hand.page.locator(".o-dropdown-item", has_text="暂停或延期"))
    hand.click(".modal div[name=kind] input[data-value=extension]")
    hand.page.locator(".modal div[name=reason] textarea").fill("等待检定结果")
    hand.click(".modal button[name=action_ask]")
    asked = hand.page.locator("div.o_field_widget[name=asked_limits]")
    expect(asked).to_contain_text(re.compile("延期待批.*→.*由.*决定.*等待检定结果"))
    assert hand.clicks <= 4
    decider = at_home("wangfang")
    decider.page.goto(f"/odoo/water-complaints/{case}")
    decider.click("button[name=action_open_asked_limits]")
    decider.click("button[name=action_approve]")
    decider.page.locator(".o_data_row .text-bg-success").wait_for()
    assert decider.clicks <= 2
    assert query(
        "SELECT pause.id FROM water_deadline_pause pause JOIN water_deadline clock"
        " ON clock.id = deadline_id WHERE pause.kind = 'extension' AND pause.state = 'done'"
        f" AND complaint_id = {case}"
    )


@pytest.mark.parametrize("login", HOMES)
def test_home_on_one_screen(at_home, login):
    page = at_home(login).page
    spare = page.evaluate(
        "() => { const home = document.querySelector('.o_water_home');"
        " return home.clientHeight - home.scrollHeight; }"
    )
    assert spare >= 0


def test_top_of_the_case_on_one_screen(at_home, query):
    ((case,),) = query(
        "SELECT min(id) FROM water_complaint WHERE state = 'investigating' AND verbatim != ''"
    )
    page = at_home("limin").page
    page.goto(f"/odoo/water-complaints/{case}")
    page.locator(".o_form_view .o_water_strip").wait_for()
    for part in ("div[name=verbatim]", ".o_water_strip", "div[name=next_step]"):
        assert _fits(page, part), part
