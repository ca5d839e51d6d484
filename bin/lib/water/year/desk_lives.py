"""Lives of calls, questions, repairs and orders of 12345."""

from datetime import timedelta

from odoo.tools import file_open

from .lives import called_back, life
from .stage import PHONE, token


@life("call", "bl03", "lost")
def call_lost(s, _home):
    s.called(70, 70)


# -- inquiries -----------------------------------------------------------------------------


@life("inquiry", "bl03", "closed", "quick")
def asked_and_answered(s, home):
    case = s.file("water.inquiry", "limin", home, "bl03")
    s.at(minutes=5)
    s.as_("limin", case).write({"answer": token("结果")})
    s.as_("limin", case).action_answer_and_close()


@life("inquiry", "bl03", "closed")
def answered_next_morning(s, home):
    case = s.file("water.inquiry", "limin", home, "bl03", "wechat")
    s.at(minutes=12)
    s.as_("limin", case).action_process()
    s.at(days=1, minutes=15)
    s.as_("limin", case).write({"answer": token("结果")})
    s.as_("limin", case).action_answer()
    s.at(days=1, hours=3)
    s.as_("limin", case).action_close()


def _asked_department(s, home, accepted, finished, closed):
    case = s.file("water.inquiry", "limin", home, "bl03")
    s.at(minutes=9)
    dispatch = s.dispatch(case, "limin")
    s.at(**accepted)
    work = s.as_("zhaojun", dispatch)
    work.action_accept()
    s.at(**finished)
    work.write({"result": token("结果")})
    work.action_finish()
    s.at(**closed)
    s.as_("limin", case).write({"answer": token("结果")})
    s.as_("limin", case).action_answer()
    s.at(**{**closed, "hours": closed.get("hours", 0) + 2})
    s.as_("limin", case).action_close()


@life("inquiry", "bl03", "closed", "department")
def answered_by_department(s, home):
    _asked_department(s, home, {"minutes": 40}, {"days": 1, "hours": 1}, {"days": 1, "hours": 2})


@life("inquiry", "bl03", "closed", "department", "bad")
def answered_late(s, home):
    later = {"days": 10, "hours": 1}
    _asked_department(s, home, {"days": 1, "hours": 4}, {"days": 9, "hours": 2}, later)


@life("inquiry", "bl03", "closed", "ended")
def taken_back(s, home):
    case = s.file("water.inquiry", "limin", home, "bl03", "wechat")
    s.at(minutes=70)
    s.as_("limin", case).action_withdraw()


# -- repairs -------------------------------------------------------------------------------


def _repaired(s, home, category, accepted, arrived, finished, told, satisfied="satisfied"):
    case = s.file("water.request", "limin", home, category)
    s.at(minutes=4)
    lead = case.dispatch_ids or s.dispatch(case, "limin")
    visit = _appointment(s, case, arrived)
    s.at(**accepted)
    s.as_("zhaojun", lead).action_accept()
    s.as_("limin", case)._log_contact("已联系客户，告知上门人员和时间。")
    s.at(**arrived)
    s.as_("majian", visit)._arrive()
    s.at(**finished)
    visit = s.as_("majian", visit)
    visit.write({"outcome": "done", "result": token("结果"), "signed_by": token("客户")})
    if satisfied != "dissatisfied":  # careless work has no photograph either
        _photographed(visit, "meter" if category == "mt02" else "pipe")
    visit._finish()
    work = s.as_("zhaojun", case)
    work.write({"result": token("结果")})
    lead.invalidate_recordset()
    s.as_("zhaojun", lead).write({"result": token("结果")})
    s.as_("zhaojun", lead).action_finish()
    if case.state == "processing":
        work.action_finish()
    s.at(**told)
    desk = s.as_("limin", case)
    desk._tell_result("phone", "told", token("客户"), "已电话告知")
    why = False if satisfied != "dissatisfied" else "来得太慢，家里停了好几天水"
    desk._ask_satisfaction(satisfied, why)
    desk._close_politely()
    s.at(**{**told, "days": told.get("days", 0) + 1})
    called_back(s, case, score="2" if why else "5")


def _photographed(visit, what):
    """Attach a photo, as crews are told to."""
    with file_open(f"water_complaints/demo/images/{what}.jpg", "rb") as file:
        values = {"name": "现场照片.jpg", "raw": file.read()}
    photo = visit.env["ir.attachment"].create(
        {**values, "res_model": visit._name, "res_id": visit.id}
    )
    visit.write({"photo_ids": [(4, photo.id)]})


def _appointment(s, case, arrived):
    begins = s.start + timedelta(**arrived) - timedelta(minutes=20)
    ends = begins + timedelta(hours=2)
    desk = s.as_("limin", case)
    visit = desk._plan_visit(s.department("net"), begins, ends, s.ref("user_majian"), "上门维修")
    return visit.with_env(s.env)


@life("request", "lk03", "repair", "closed", "quick")
def repaired_quickly(s, home):
    _repaired(s, home, "lk03", {"minutes": 7}, {"minutes": 45}, {"hours": 3}, {"hours": 4})


@life("request", "lk03", "repair", "closed")
def repaired_next_day(s, home):
    end = {"days": 1, "hours": 2}
    _repaired(s, home, "lk03", {"minutes": 9}, {"minutes": 55}, {"hours": 7}, end, "basically")


@life("request", "lk03", "repair", "closed", "bad")
def repaired_late(s, home):
    told = {"days": 4, "hours": 5}
    times = {"hours": 5}, {"days": 2, "hours": 1}, {"days": 4, "hours": 2}, told
    _repaired(s, home, "lk03", *times, "dissatisfied")


@life("request", "lk01", "repair", "closed", "quick")
def burst_repaired(s, home):
    times = {"minutes": 4}, {"minutes": 27}, {"hours": 6}, {"hours": 7}
    _repaired(s, home, "lk01", *times)


@life("request", "mt02", "repair", "closed")
def frozen_meter_changed(s, home):
    times = {"minutes": 40}, {"hours": 5}, {"hours": 6}, {"days": 1, "hours": 1}
    _repaired(s, home, "mt02", *times)


# -- orders of 12345 -----------------------------------------------------------------------


def _order(s, model, home, category):
    values = {
        "external_ref": "QH12345-20200101-00001",
        "external_issuer": "清河市12345政务服务便民热线中心",
        "subject": token("事由"),
        "description": token("情况"),
        "contact_name": token("客户"),
        "phone": PHONE,
        "category": category,
        "received_at": s.start.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "external_due_at": (s.start + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    }
    found = s.as_("limin", s.env[model]).import_orders([values])
    case = s.env[model].search([("name", "=", found[0]["case"])])
    s.as_("limin", case).write({"partner_id": home.partner_id.id, "account_id": home.id})
    return case


@life("inquiry", "bl03", "order", "closed")
def order_answered(s, home):
    case = _order(s, "water.inquiry", home, "BL03")
    s.at(hours=2)
    desk = s.as_("limin", case)
    desk.write({"answer": token("结果")})
    desk.action_answer()
    s.at(hours=3)
    desk._answer_order(token("结果"))
    s.at(hours=4)
    desk.action_close()
    s.at(days=1, hours=1)
    called_back(s, case)


# -- cases that are still open ---------------------------------------------------------------


@life("inquiry", "bl03", "open")
def inquiry_waits(s, home):
    s.file("water.inquiry", "limin", home, "bl03", "wechat")
    s.at(minutes=10)


@life("inquiry", "bl03", "open")
def inquiry_at_department(s, home):
    case = s.file("water.inquiry", "limin", home, "bl03")
    s.at(minutes=9)
    dispatch = s.dispatch(case, "limin")
    s.at(minutes=40)
    s.as_("zhaojun", dispatch).action_accept()
    s.at(minutes=45)


@life("request", "lk03", "open", "repair")
def repair_under_way(s, home):
    case = s.file("water.request", "limin", home, "lk03")
    s.at(minutes=4)
    lead = case.dispatch_ids or s.dispatch(case, "limin")
    visit = _appointment(s, case, {"minutes": 58})
    s.at(minutes=8)
    s.as_("zhaojun", lead).action_accept()
    s.at(minutes=58)
    s.as_("majian", visit)._arrive()
