"""The desk's daily actions, counted: a call answered with an article, and a notice issued.

An action is a click or a non-text key: menus, tabs, choices, shortcuts and buttons. Typing is not
counted.
"""

import re

import pytest
from hand import DESK, Hand
from playwright.sync_api import expect

#: Most moves for a telephone inquiry that is answered on the spot.
MOVES = 8
LINA = "13800136035"


@pytest.fixture
def agent(sign_in, errors):
    """The screen of an agent at the desk."""
    page = sign_in("limin", **DESK)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


def test_telephone_inquiry_answered_with_an_article(agent, query):
    """Eight moves from the ring to the closed inquiry, wherever the agent was before."""
    agent.goto("/odoo/water-inquiries")
    agent.locator(".o_kanban_view").wait_for()
    hand = Hand(agent)
    hand.click(".o_main_navbar .o_nav_entry >> text=接听登记")
    agent.locator("div[name=query] input:focus").wait_for()
    hand.write(LINA)
    hand.press("Tab")
    expect(agent.locator("div[name=contact_name] input")).to_have_value("李娜")
    hand.click("div[name=verbatim] textarea")
    hand.write("家里的水发黄，能不能喝？")
    agent.locator(".o_water_article_row", has_text="水质发黄怎么办").wait_for()
    hand.press("Alt+y")
    agent.locator(".o_water_cited", has_text="水质发黄怎么办").wait_for()
    hand.click("div[name=category_id] input")
    hand.write("发白")
    expect(agent.locator(".o-autocomplete--dropdown-item").first).to_contain_text("水发白")
    hand.press("Enter")
    hand.press("Alt+q")
    told = agent.locator("div[name=confirmation]").inner_text()
    assert hand.moves <= MOVES, hand.moves
    number = re.search(r"ZX\d{6}-\d{5}", told)[0]
    row = query(
        "SELECT state, resolved_on_first_contact, answer, article.code, partner.phone"
        "  FROM water_inquiry JOIN water_article article ON article.id = article_id"
        "  JOIN res_partner partner ON partner.id = partner_id"
        f" WHERE water_inquiry.name = '{number}'"
    )[0]
    assert row[:2] == ["closed", "t"]
    assert "放水5至10分钟" in row[2] and row[4] == LINA
    uses = query(
        "SELECT how, code FROM water_article_use JOIN water_article a ON a.id = article_id"
        f" JOIN water_inquiry i ON i.id = inquiry_id WHERE i.name = '{number}'"
    )
    assert uses == [["suggested", row[3]]]


def _fill_application(page):
    """A shop asks for water: everything that the counter is told, with the guide chosen."""
    for field, text in (("account_id", "12000277"), ("category_id", "NC01")):
        page.locator(f"div[name={field}] input").fill(text)
        page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()
    page.locator("div[name=partner_id] input").fill("李娜")
    page.locator(".o-autocomplete--dropdown-item", has_text="李娜").first.click()
    page.locator("div[name=subject] textarea, div[name=subject] input").first.fill(
        "临街小店用水报装"
    )
    page.locator("div[name=description] textarea").fill("临街小店申请接水，门前有管网。")
    page.locator("div[name=channel_id] input").fill("营业厅")
    page.locator(".o-autocomplete--dropdown-item", has_text="营业厅").first.click()


def test_notice_is_handed_out_and_signed(agent, server, query):
    """The customer is told everything at once, on paper and by mail, and signs for it."""
    agent.goto("/odoo/water-requests/new")
    agent.locator(".o_form_view").wait_for()
    _fill_application(agent)
    agent.locator(".o_form_button_save").click()
    agent.locator(".o_form_button_save:visible").wait_for(state="detached")
    assert agent.locator("div[name=guide_id] input").input_value()
    agent.locator("button[name=action_issue_notice]:visible").click()
    agent.locator(".modal .btn-primary").click()
    agent.locator(".o_arrow_button_current", has_text="已告知").wait_for()
    number = agent.locator("div[name=name]").first.inner_text().strip()
    mail = server.wait_for_mail("lina@example.com", f"告知书（{number}）")
    letters = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert letters and letters[0].get_content().startswith(b"%PDF")
    agent.locator("button[name=action_acknowledge]:visible").click()
    agent.locator(".modal button[name=action_acknowledge]").click()
    agent.locator(".modal").wait_for(state="detached")
    row = query(
        "SELECT request.state, notice.acknowledged_by, notice.acknowledged_at IS NOT NULL"
        "  FROM water_request_notice notice JOIN water_request request ON request.id = request_id"
        f" WHERE request.name = '{number}' AND notice.kind = 'instruction'"
    )
    assert row == [["notified", "李娜", "t"]]
