"""The main job, told once by the people who do it.

The customer files in the portal with a photo; the agent reads back and dispatches; the department
accepts, investigates and finishes; the agent notifies; the customer gets the mail, confirms and
rates; quality calls back and files. In the end the card is in the last column and the event chain
is whole.
"""

import re
import struct
import zlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1366, "height": 768}}
CUSTOMER = "zhangwei@example.com"
WORDS = "今天早上厨房龙头流出黄水，放了十分钟还是黄的。"
DEMAND = "请尽快来人检查，告诉我水能不能喝。"


def _photo(path):
    """Write a small real PNG: a yellow square, as a customer's photo of the water."""
    size = 64
    rows = (b"\0" + b"\xc8\xa0\x32" * size) * size

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


def _file_complaint(page, photo):
    """File in the portal on a phone; return the number and the address of the case's page."""
    page.goto("/my/complaints/new")
    family = page.locator("details.o_water_family", has_text="水发黄").first
    if family.get_attribute("open") is None:
        family.locator("summary").click()
    family.locator("a.o_water_choice", has_text="水发黄").click()
    page.fill("#description", WORDS)
    happened = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(hours=2)
    page.fill("#occurred_at", happened.strftime("%Y-%m-%dT%H:%M"))
    page.locator("input[name=account_id]").first.check()
    page.fill("#demand", DEMAND)
    page.fill("#phone", "13800136001")
    page.set_input_files("#files", photo)
    page.locator(".o_water_upload img").wait_for()
    page.locator("form.o_water_public_form button[type=submit]").click()
    page.locator("dl.o_water_review", has_text=DEMAND).wait_for()
    page.locator("button[name=confirmed]").click()
    page.wait_for_url(re.compile(r"/my/complaints/\d+"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "scrolls sideways"
    number = re.search(r"TS\d{6}-\d{5}", page.inner_text("main, #wrap, body"))[0]
    return number, re.search(r"/my/complaints/(\d+)", page.url)[1]


def _step(page, name, dialog=None):
    page.locator(f".o_form_view button[name={name}]:visible").first.click()
    if dialog:
        page.locator(f".modal button[name={dialog}]").wait_for()


def _confirm(page, name):
    page.locator(f".modal button[name={name}]").click()
    page.locator(".modal").wait_for(state="detached")


def _wait_for_state(page, label):
    page.locator(".o_statusbar_status .o_arrow_button_current", has_text=label).wait_for()


def _write(page, field, text):
    page.locator(f"div[name={field}] textarea").fill(text)


def _tab(page, name):
    page.locator(f".o_notebook_headers a[name={name}]").click()


def _choose(page, field, label):
    page.locator(f"div[name={field}] input, div[name={field}] select").first.click()
    page.locator(".o_select_menu_item, .dropdown-item", has_text=label).first.click()


def _save(page):
    if page.locator(".o_form_button_save:visible").count():
        page.locator(".o_form_button_save").click()
    page.locator(".o_form_button_save:visible").wait_for(state="detached")


def _watch(page, errors):
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


def _look_and_dispatch(agent, number):
    """The agent sees the card appear and what the customer has confirmed, and dispatches it."""
    agent.goto("/odoo/water-complaints")
    column = agent.locator(".o_kanban_group", has_text="已登记")
    column.locator(".o_kanban_record", has_text=number).click()
    agent.locator(".o_form_view").wait_for()
    text = agent.locator("div[name=readback_text]").inner_text()
    assert WORDS in text and DEMAND in text  # confirmed by the customer on an own screen
    _step(agent, "action_dispatch", "action_dispatch")
    _confirm(agent, "action_dispatch")
    _wait_for_state(agent, "已转办")


def _prove(department, photo):
    """Add a photo, judge what the customer asks for, and say what the finding rests on."""
    department.locator("button[name=action_add_evidence]:visible").first.click()
    department.locator(".modal .o_field_widget[name=file] input[type=file]").set_input_files(photo)
    department.locator(".modal .o_field_widget[name=title] input").fill("末梢冲洗前后水样")
    department.locator(".modal footer .btn-primary").click()
    department.locator(".modal").wait_for(state="detached")
    department.locator(".o_field_widget[name=evidence_ids] img.o_water_thumb").wait_for()
    demand = department.locator(".o_field_widget[name=demand_ids]")
    demand.locator(".o_data_row td[name=verdict]").click()
    demand.locator(".o_selected_row [name=verdict] input").click()
    department.locator(".o_select_menu_item").get_by_text("支持", exact=True).click()
    basis = demand.locator(".o_selected_row [name=basis] textarea")
    basis.fill("《生活饮用水卫生标准》：浑浊度不超过 1 NTU。")
    department.locator("div[name=investigation] textarea").click()  # the row is left
    _write(department, "investigation", "管网末梢冲洗前浊度 3.2 NTU，冲洗后 0.4 NTU。")
    demand.locator(".o_selected_row").wait_for(state="detached")
    department.locator(".o_field_widget[name=basis_evidence_ids] input").click()
    department.keyboard.type("末梢")
    department.locator(".o-autocomplete--dropdown-item", has_text="末梢冲洗前后水样").click()


def _investigate(department, number, case_id, photo):
    """The department accepts, proves and writes down what it found and did."""
    department.goto("/odoo/water-dispatches")
    department.locator(".o_kanban_record", has_text=number).wait_for()
    department.goto(f"/odoo/water-complaints/{case_id}")
    department.locator(".o_form_view").wait_for()
    assert "13800136001" not in department.inner_text("body"), "the phone number is masked"
    _step(department, "action_accept_dispatch")
    _wait_for_state(department, "调查")
    _tab(department, "investigation")
    _prove(department, photo)
    _choose(department, "finding", "属实")
    _choose(department, "liability", "公司")
    _tab(department, "handling")
    _write(department, "resolution", "已冲洗末梢管道，水质恢复正常，可以饮用。")
    _save(department)


def _review(supervisor, case_id):
    """An urgent case: a person who did not investigate confirms the conclusion."""
    supervisor.goto(f"/odoo/water-complaints/{case_id}")
    supervisor.locator(".o_form_view").wait_for()
    _step(supervisor, "action_review")
    supervisor.locator("button[name=action_review]:visible").wait_for(state="detached")


def _finish(department, case_id):
    """The facts are established and confirmed: the department reports its work as done."""
    department.goto(f"/odoo/water-complaints/{case_id}")
    department.locator(".o_form_view").wait_for()
    _step(department, "action_verify")
    _wait_for_state(department, "处理")
    _step(department, "action_finish_dispatch")
    finish = department.locator(".o_form_view button[name=action_finish_dispatch]:visible")
    finish.wait_for(state="detached")


def _withdraw_help(agent, dispatches):
    """The leader has finished: no notice while others are still working."""
    for (number,) in dispatches:
        agent.goto(f"/odoo/water-all-dispatches/{number}")
        _step(agent, "action_withdraw")
        agent.locator(".modal-footer .btn-primary").click()
        agent.locator("button[name=action_withdraw]:visible").wait_for(state="detached")


def _notify(agent, case_id):
    """The agent sends the formal notice with the result the department reported."""
    agent.goto(f"/odoo/water-complaints/{case_id}")
    agent.locator(".o_form_view").wait_for()
    _step(agent, "action_notify", "action_send")
    assert "已冲洗末梢管道" in agent.locator(".modal div[name=body]").inner_text()
    _confirm(agent, "action_send")


def _confirm_and_rate(customer, notice):
    """The customer follows the link of the mail, confirms and rates."""
    letters = [part for part in notice.walk() if part.get_content_type() == "application/pdf"]
    assert letters and letters[0].get_content().startswith(b"%PDF")
    html = notice.get_body(("html",)).get_content()
    customer.goto(re.search(r'href="([^"]*/my/complaints/\d+)"', html)[1])
    customer.locator(".o_water_settled summary").first.click()
    for field, score in (("result", "5"), ("process", "4")):
        customer.locator(f"label:has(input[name={field}][value='{score}'])").click()
    customer.fill("#remark", "处理得很快，谢谢。")
    customer.locator("form[action$='/confirm'] button[type=submit]").click()
    customer.wait_for_load_state()
    assert customer.locator("form[action$='/confirm']").count() == 0


def _call_back_and_file(quality, case_id):
    """Quality calls back, files the complaint and checks its event chain."""
    quality.goto(f"/odoo/water-complaints/{case_id}")
    quality.locator(".o_form_view").wait_for()
    _wait_for_state(quality, "已确认")
    _step(quality, "action_open_callbacks")
    _step(quality, "action_start")
    quality.locator("div[name=answer_ids] .o_data_row", has_text="是否").first.wait_for()
    quality.locator("div[name=outcome] input[type=radio]").first.check()
    quality.locator("div[name=score] input[type=radio]").last.check()
    _save(quality)
    _step(quality, "action_done")
    quality.locator("button[name=action_done]:visible").wait_for(state="detached")
    quality.goto(f"/odoo/water-complaints/{case_id}")
    _step(quality, "action_archive_case")
    _wait_for_state(quality, "已归档")
    quality.locator(".o_cp_action_menus button").click()
    quality.locator(".o-dropdown-item", has_text="更多步骤").click()
    quality.locator(".modal button[name=action_verify_events]").click()
    quality.locator(".o_notification", has_text="完整").wait_for()


def test_from_the_customers_photo_to_the_archive(server, sign_in, tmp_path, errors, query):
    query("UPDATE res_company SET water_call_from = 0, water_call_until = 24")  # at any hour
    customer = _watch(sign_in("zhangwei", **PHONE), errors)
    photo = _photo(tmp_path / "黄水.png")
    number, case_id = _file_complaint(customer, photo)
    mail = server.wait_for_mail(CUSTOMER, number)
    assert "我们已收到您的投诉" in str(mail["subject"])
    assert number in mail.get_body(("html",)).get_content()
    agent = _watch(sign_in("limin", **DESK), errors)
    _look_and_dispatch(agent, number)
    department = _watch(sign_in("qianli", **DESK), errors)
    _investigate(department, number, case_id, photo)
    _review(_watch(sign_in("wangfang", **DESK), errors), case_id)
    _finish(department, case_id)
    _withdraw_help(
        agent,
        query(f"SELECT id FROM water_dispatch WHERE complaint_id = {case_id} AND role = 'support'"),
    )
    _notify(agent, case_id)
    _confirm_and_rate(customer, server.wait_for_mail(CUSTOMER, "处理结果"))
    _call_back_and_file(_watch(sign_in("sunli", **DESK), errors), case_id)
    row = query(
        "SELECT state, satisfaction_result, satisfaction_process FROM water_complaint"
        f" WHERE id = {case_id}"
    )[0]
    assert row == ["archived", "5", "4"]
    rows = query(f"SELECT kind FROM water_case_event WHERE complaint_id = {case_id} ORDER BY id")
    told = ["created", "readback", "taken", "dispatched", "dispatch_accepted"]
    told += ["verified", "dispatch_finished", "notified", "confirmed", "closed", "callback_done"]
    assert list(dict.fromkeys(kind for (kind,) in rows if kind in told)) == told
