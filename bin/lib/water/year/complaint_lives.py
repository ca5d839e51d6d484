"""Lives of complaints."""

from datetime import timedelta

from .lives import called_back, life
from .stage import token

# -- complaints ----------------------------------------------------------------------------


def _opened(s, home, category, channel="phone", code="net", **values):
    case = s.file("water.complaint", "limin", home, category, channel, **values)
    s.at(minutes=6)
    desk = s.as_("limin", case)
    desk._confirm_readback()
    desk._log_contact("已回电客户，告知受理编号和办结时限。")
    s.at(minutes=9)
    return case, s.dispatch(case, "limin", code)


def _concluded(s, case, login="zhaojun"):
    work = s.as_(login, case)
    evidence = work.env["water.evidence"].create(
        {
            "complaint_id": case.id,
            "kind": "record",
            "title": "现场核查记录",
            "reference": "见工作记录",
            "note": "已到现场核查，记录由部门留存。",
        }
    )
    work.demand_ids.write({"verdict": "supported", "basis": "《城市供水条例》第二十条"})
    work.write({"basis_evidence_ids": [(4, evidence.id)], "investigation": token("查明")})
    work.write({"finding": "upheld", "liability": "company", "resolution": token("结果")})


def _decided(s, case):
    """The manager approves the compensation."""
    for money in case.compensation_ids.filtered(lambda row: row.state == "proposed"):
        s.as_("chenguo", money).action_approve()


def _told(s, case):
    """The result is told by phone after the money is approved."""
    _decided(s, case)
    desk = s.as_("limin", case)
    about = {"kind": "result", "mode": "oral", "subject": "投诉处理结果", "told_to": token("客户")}
    desk.env["water.notice"]._send(desk, {**about, "body": f"<p>{token('结果')}</p>"})
    desk._move_to("notified")


def _planned(s, case):
    """A complex matter has a plan that the customer agrees to."""
    work = s.as_("zhaojun", case)
    today = s.env.company._water_today()
    measure = {"name": token("结果"), "user_id": work.env.uid, "due_on": today + timedelta(days=3)}
    values = {"text": token("结果"), "action_ids": [(0, 0, measure)]}
    plan = work.env["water.resolution"].create({"complaint_id": case.id, **values})
    plan.action_propose()
    desk = s.as_("limin", case)
    desk.env["water.negotiation"].create(
        {
            "complaint_id": case.id,
            "offer": token("结果"),
            "answer": "accepted",
            "resolution_id": plan.id,
            "settlement": token("结果"),
        }
    )
    return plan


def _worked(s, case, dispatch, accepted, verified, finished, told):
    """The department accepts, comes where it is waited for, finds out, does it; the desk tells
    the customer.
    """
    s.at(**accepted)
    s.as_("zhaojun", dispatch).action_accept()
    if "on_site" in case.deadline_ids.mapped("kind"):
        s.at(**{**accepted, "minutes": accepted.get("minutes", 0) + 34})
        s.as_("zhaojun", dispatch).action_arrived()
    s.at(**verified)
    _concluded(s, case)
    if case.needs_review:
        s.as_("wangfang", case).action_review()
    s.as_("zhaojun", case).action_verify()
    plan = _planned(s, case) if case.severity == "complex" else None
    s.at(**finished)
    for measure in plan.action_ids if plan else ():
        s.as_("zhaojun", measure).action_done("已完成")
    work = s.as_("zhaojun", dispatch)
    work.write({"result": token("结果")})
    work.action_finish()
    case.invalidate_recordset()
    s.at(**told)
    _told(s, case)


def _ended(s, case, days, result="5", process="4", score="5"):
    s.at(days=days, hours=1)
    s.as_("limin", case)._confirm_result("oral", result, process, token("回访"))
    s.at(days=days + 1, hours=1)
    called_back(s, case, score=score)
    s.at(days=days + 1, hours=2)
    s.as_("sunli", case).action_archive_case()
    _improved(s, case, days)


def _improved(s, case, days):
    """The improvement is carried out, proved and checked within two weeks."""
    rows = s.env["water.improvement"].search([("complaint_id", "=", case.id)])
    s.at(days=days + 4, hours=1)
    for row in rows:
        work = s.as_("sunli", row)
        work.write({"owner_id": s.ref("user_zhaojun").id})
        work = s.as_("zhaojun", row)
        work.action_start()
        proof = {
            "name": "班组学习记录.txt",
            "raw": "已组织学习，签到记录留存。".encode(),
            "res_model": row._name,
        }
        file = work.env["ir.attachment"].create({**proof, "res_id": row.id})
        work.write(
            {
                "cause": "岗位责任不清，检查没有落实。",
                "measures": "重申作业要求，纳入月度考核。",
                "result": "已组织学习并抽查。",
                "proof_ids": [(4, file.id)],
            }
        )
        work.action_done()
    s.at(days=days + 10, hours=1)
    for row in rows:
        check = s.as_("sunli", row)
        check.write({"effect": "抽查同类工单十件，未再出现。"})
        check.action_verify()


def _paid(s, case):
    _decided(s, case)
    finance = s.env.ref("water_complaints.user_zhouhong")
    moves = case.compensation_ids.sudo().move_id.with_user(finance)
    if moves:
        moves._post()
        pays = s.env["account.payment.register"].with_user(finance)
        pays = pays.with_context(active_model="account.move", active_ids=moves.ids)
        pays.create({}).action_create_payments()


SOON = {"minutes": 50}, {"days": 1, "hours": 1}, {"days": 2, "hours": 1}, {"days": 2, "hours": 3}
SLOW = {"hours": 1}, {"days": 2, "hours": 1}, {"days": 4, "hours": 1}, {"days": 4, "hours": 2}
LATE = {"days": 1, "hours": 5}, {"days": 8, "hours": 1}, {"days": 17, "hours": 2}, {"days": 18}
HOURS = {"minutes": 14}, {"hours": 2}, {"hours": 6}, {"hours": 7}


@life("complaint", "bl02", "closed", "quick")
def put_right_soon(s, home):
    case, dispatch = _opened(s, home, "bl02")
    _worked(s, case, dispatch, *SOON)
    _ended(s, case, 3)


@life("complaint", "bl02", "closed")
def put_right_in_a_week(s, home):
    case, dispatch = _opened(s, home, "bl02", "wechat")
    _worked(s, case, dispatch, *SLOW)
    _ended(s, case, 7, "4", "4", "4")


@life("complaint", "bl02", "closed", "bad")
def put_right_late(s, home):
    case = s.file("water.complaint", "limin", home, "bl02")
    s.at(minutes=6)
    desk = s.as_("limin", case)
    desk._confirm_readback()
    desk._log_contact("已回电客户，告知受理编号和办结时限。")
    s.at(minutes=9)
    first = s.dispatch(case, "limin")
    s.at(hours=6)
    s.as_("zhaojun", first)._reject("表已移交，不归我部，请改派。")
    s.at(days=1, hours=1)
    dispatch = s.dispatch(case, "wangfang")
    _worked(s, case, dispatch, *LATE)
    s.at(days=19, hours=1)
    s.as_("limin", case)._confirm_result("oral", "2", "1", "拖了半个多月，催了好几次才有人管。")
    s.at(days=20, hours=1)
    review = case.review_ids.filtered(lambda row: row.state == "open")
    s.as_("wangfang", review)._settle("explained", "已致歉，说明延误原因，纳入部门考核。")
    s.at(days=20, hours=3)
    called_back(s, case, score="3")
    s.at(days=20, hours=4)
    _paid(s, case)
    s.at(days=20, hours=5)
    s.as_("sunli", case).action_archive_case()
    _improved(s, case, 20)


@life("complaint", "wq01", "closed", "quick")
def urgent_put_right(s, home):
    case, dispatch = _opened(s, home, "wq01", code="net")
    _worked(s, case, dispatch, *HOURS)
    _ended(s, case, 1, "4", "5")


@life("complaint", "wq01", "closed", "bad")
def urgent_put_right_late(s, home):
    case, dispatch = _opened(s, home, "wq01", code="net")
    times = {"hours": 3}, {"days": 3, "hours": 1}, {"days": 6, "hours": 2}, {"days": 7}
    _worked(s, case, dispatch, *times)
    s.at(days=7, hours=2)
    _paid(s, case)
    _ended(s, case, 8, "3", "3", "3")


@life("complaint", "mt01", "closed")
def meter_tested(s, home):
    case, dispatch = _opened(s, home, "mt01")
    times = {"hours": 2}, {"days": 3, "hours": 1}, {"days": 7, "hours": 1}, {"days": 7, "hours": 3}
    _worked(s, case, dispatch, *times)
    _ended(s, case, 8, "4", "4", "4")


@life("complaint", "bl02", "closed", "ended")
def complaint_taken_back(s, home):
    case = s.file("water.complaint", "limin", home, "bl02")
    s.at(minutes=6)
    s.as_("limin", case)._confirm_readback()
    s.at(hours=3)
    reason = "客户来电说已弄清楚，撤回投诉。"
    s.as_("limin", case).write({"state": "withdrawn", "end_reason": reason})


@life("complaint", "bl02", "closed", "appeal")
def appealed(s, home):
    case, dispatch = _opened(s, home, "bl02")
    _worked(s, case, dispatch, *SLOW)
    _ended(s, case, 7, "3", "3", "4")
    s.at(days=9)
    values = {"reason": "水量的依据没有给我看，希望复核。", "demand": "请重新核算。"}
    channel = s.ref("channel_phone").id
    desk = s.as_("limin", case)
    appeal = desk.env["water.appeal"]._file(desk, {**values, "channel_id": channel})
    appeal = appeal.with_env(s.env)
    s.at(days=9, hours=4)
    head = s.as_("chenguo", appeal)
    head.write({"reviewer_id": s.ref("user_wangfang").id})
    _letter(s, "chenguo", head.action_accept())
    s.at(days=14, hours=1)
    work = s.as_("wangfang", appeal)
    work.write({"decision": "rejected", "decision_text": "抄表影像与账单一致，维持原结论。"})
    _letter(s, "wangfang", work.action_decide())


def _letter(s, login, action):
    dialogs = s.as_(login, s.env["water.notice.wizard"]).with_context(**action["context"])
    dialogs.create({"mode": "oral", "told_to": token("客户")}).action_send()


@life("complaint", "bl02", "closed", "money")
def compensated(s, home):
    case, dispatch = _opened(s, home, "bl02")
    _worked(s, case, dispatch, *SLOW)
    s.at(days=5)
    desk = s.as_("limin", case)
    money = desk.env["water.compensation"].create(
        {
            "complaint_id": case.id,
            "kind": "goodwill",
            "amount": 60,
            "reason": "往返多次，补偿交通费用。",
        }
    )
    money.action_propose()
    s.at(days=5, hours=2)
    _paid(s, case)
    _ended(s, case, 7)


@life("complaint", "bl02", "open")
def complaint_dispatched(s, home):
    _opened(s, home, "bl02")
    s.at(minutes=15)


@life("complaint", "bl02", "open")
def complaint_investigated(s, home):
    _case, dispatch = _opened(s, home, "bl02")
    s.at(minutes=50)
    s.as_("zhaojun", dispatch).action_accept()


@life("complaint", "bl02", "open")
def complaint_told(s, home):
    case, dispatch = _opened(s, home, "bl02")
    _worked(s, case, dispatch, *SOON)


@life("complaint", "bl02", "open")
def complaint_to_call(s, home):
    case, dispatch = _opened(s, home, "bl02")
    _worked(s, case, dispatch, *SOON)
    s.at(days=3, hours=1)
    s.as_("limin", case)._confirm_result("oral", "4", "4", token("回访"))
