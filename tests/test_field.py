"""A day in the field on a phone, online and offline: nothing lost or doubled."""

import base64

import pytest
from playwright.sync_api import expect
from visitor import run_in_shell

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "geolocation": {"latitude": 31.23, "longitude": 121.47},
    "permissions": ["geolocation"],
}
#: Most taps from accepting the work to the report, beside typing and photos.
TAPS = 4
SCRIPT = """
from datetime import timedelta
from odoo import fields
from odoo.fields import Command
groups = env.ref("base.group_user") | env.ref("water_service_desk.group_department")
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "林师傅", "login": "linshifu", "password": "linshifu", "lang": "zh_CN",
    "tz": "Asia/Shanghai", "group_ids": [Command.set(groups.ids)]})
department = env["water.department"].create({
    "name": "抢修三队", "code": "QX3", "member_ids": [Command.set(user.ids)]})
agent = env.ref("water_service_desk.user_limin")
stops, begin = [], fields.Datetime.now()
for subject in ("表箱漏水", "阀门关不严"):
    case = env["water.request"].with_user(agent).create({
        "subject": subject, "category_id": env.ref("water_service_desk.category_lk03").id,
        "description": subject, "channel_id": env.ref("water_service_desk.channel_phone").id,
        "contact_name": "张伟", "phone": "13812345678", "address": "幸福路 12 号"})
    visit = case._plan_visit(department, begin, begin + timedelta(hours=2))
    stops.append(visit.id)
    begin += timedelta(seconds=1)
env.cr.commit()
print("RESULT", __import__("json").dumps(stops))
"""
#: The first answer to each act is lost on its way: the telephone does not know that it arrived.
DEAF = """
    const heard = new Set();
    const real = window.fetch.bind(window);
    window.fetch = async (address, options) => {
        const answer = await real(address, options);
        const key = String(address).includes("/water/field/act") && options.body.get("key");
        if (sessionStorage.deaf && key && !heard.has(key)) {
            heard.add(key);
            throw new TypeError("Failed to fetch");
        }
        return answer;
    };
"""
#: The line is back, at once instead of a while later.
BACK = "window.dispatchEvent(new Event('online'))"
CAMERA = """
    () => {
        const canvas = Object.assign(document.createElement("canvas"), {width: 3000, height: 2000});
        const context = canvas.getContext("2d");
        for (let row = 0; row < 2000; row += 10) {
            for (let column = 0; column < 3000; column += 10) {
                context.fillStyle = `hsl(${(row * 7 + column * 13) % 360} 80% 50%)`;
                context.fillRect(column, row, 10, 10);
            }
        }
        return canvas.toDataURL("image/jpeg", 0.98).split(",")[1];
    }
"""


@pytest.fixture(scope="module")
def stops(stack, server):
    """Two visits of today, of a department of its own: ids."""
    return run_in_shell(stack, server.db, SCRIPT)


@pytest.fixture
def phone(sign_in, stops):
    """The day of a member of that department, on the phone."""
    page = sign_in("linshifu", **PHONE)
    page.add_init_script(DEAF)
    page.goto("/odoo/water-field")
    page.locator(".o_water_field_open").wait_for()
    return page


def _all_sent(page, query, visit):
    """Until the report, sent after the page has said so, has arrived and nothing waits."""
    for _try in range(300):
        if _state(query, visit) == "done":
            break
        page.wait_for_timeout(100)
    expect(page.locator(".o_water_field_sync.text-bg-success")).to_be_visible()


def _state(query, visit):
    return query(f"SELECT state FROM water_visit WHERE id = {visit}")[0][0]


def test_four_taps(phone, stops, query):
    """Accept, on the way, here, report: in reach of the thumb, each with an answer."""
    card = phone.locator(f"[data-stop='visit-{stops[0]}']")
    for tap in range(TAPS):
        if tap == TAPS - 1:
            card.locator("[name=result]").fill("换了表前阀，复核不漏。")
        button = phone.locator(".o_water_field_thumb [data-step]").first
        place = button.bounding_box()
        assert place["y"] > 844 / 2 and place["height"] >= 44, place
        said = phone.locator(".o_water_field [role=status].text-success").inner_text()
        button.tap()
        told = phone.locator(".o_water_field [role=status].text-success")
        expect(told).not_to_have_text(said)
    _all_sent(phone, query, stops[0])
    assert _state(query, stops[0]) == "done"
    rows = query(
        "SELECT d.state, replace(d.result, chr(10), ' ') FROM water_dispatch d JOIN water_visit v"
        f" ON d.request_id = v.request_id WHERE v.id = {stops[0]}"
    )
    assert [row[0] for row in rows] == ["finished"]
    assert rows[0][1].startswith("换了表前阀，复核不漏。"), rows


def test_without_a_network(phone, stops, query):
    """Three photos and a reading without a network, answers lost, the page loaded anew."""
    visit = stops[1]
    card = phone.locator(f"[data-stop='visit-{visit}']")
    step = phone.locator(".o_water_field_thumb [data-step]")
    if card.locator("[aria-expanded=false]").count():
        card.locator("button").first.tap()
    phone.context.set_offline(True)
    step.first.tap()
    phone.locator("[data-step=arrive]").first.tap()
    photo = base64.b64decode(phone.evaluate(CAMERA))
    names = [f"现场{number}.jpg" for number in range(3)]
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": photo} for name in names]
    card.locator("input[type=file]").set_input_files(files)
    expect(card.locator(".o_water_field_photos img")).to_have_count(3)
    card.locator("[name=reading]").fill("1234.5")
    card.locator("[name=result]").fill("阀门已换")
    expect(phone.locator(".o_water_field_sync")).to_contain_text("6")
    expect(phone.locator(".o_water_field_trouble")).to_be_visible()
    assert _state(query, visit) == "planned"

    _come_back(phone, query, visit)
    phone.locator(f"[data-stop='visit-{visit}'].o_water_field_open [name=result]").wait_for()
    expect(card.locator("[name=result]")).to_have_value("阀门已换")
    expect(card.locator("[name=reading]")).to_have_value("1234.5")
    step.first.tap()
    _all_sent(phone, query, visit)
    _whole(query, visit, len(photo))


def _come_back(page, query, visit):
    """The network is back, but answers are lost; in the middle the page is loaded anew."""
    page.evaluate("sessionStorage.deaf = '1'")
    page.context.set_offline(False)
    photos = f"SELECT count(*) FROM water_visit_photo_rel WHERE visit_id = {visit}"
    while query(photos) == [["0"]]:
        page.evaluate(BACK)
        page.wait_for_timeout(100)
    page.reload()
    page.locator(".o_water_field_sync").wait_for()
    while page.locator(".o_water_field_sync.text-bg-warning").count():
        page.evaluate(BACK)
        page.wait_for_timeout(100)


def _whole(query, visit, size):
    """Everything is there, once; photos were made smaller than they were taken."""
    rows = query(
        "SELECT v.state, v.meter_reading, v.result, v.latitude IS NOT NULL, count(r)"
        " FROM water_visit v LEFT JOIN water_visit_photo_rel r ON r.visit_id = v.id"
        f" WHERE v.id = {visit} GROUP BY v.id"
    )
    assert rows == [["done", "1234.500", "阀门已换", "t", "3"]]
    sizes = query(
        "SELECT a.file_size FROM ir_attachment a JOIN water_visit_photo_rel r"
        f" ON r.attachment_id = a.id WHERE r.visit_id = {visit}"
    )
    assert all(int(kept) < size for (kept,) in sizes)
    kinds = query(
        "SELECT e.kind, count(*) FROM water_case_event e JOIN water_visit v"
        f" ON e.request_id = v.request_id WHERE v.id = {visit}"
        " AND e.kind IN ('dispatch_accepted', 'arrived', 'visit_finished') GROUP BY e.kind"
        " ORDER BY e.kind"
    )
    assert kinds == [["arrived", "1"], ["dispatch_accepted", "1"], ["visit_finished", "1"]]
