"""Run in ``odoo shell`` after ``race.py``: two people decide on the same thing at the same moment.

Prints one line of JSON: of each race and round what each of them came to, in what words the loser
was refused, what there is then, and the faults in the chain of the case.
"""

import json
import os
from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.trust import trusted

ROUNDS = 2 if os.environ.get("WATER_LONG") else 1
alone, both, words = (globals()[name] for name in ("alone", "both", "words"))
LOGINS = ("chenchen", "limin", "wangfang", "chenguo", "sunli", "zhaojun", "majian")
AGENTS, SUPERVISORS = ("chenchen", "limin"), ("wangfang", "chenguo")
NET, CALLERS, SYSTEM = ("zhaojun", "majian"), ("sunli", "wangfang"), ("su", "su")


def numbers(env):
    return {user.login: user.id for user in env["res.users"].search([("login", "in", LOGINS)])}


PEOPLE = alone(numbers)


def set_up(env):
    """Calls are allowed at any hour of the run."""
    env.company.write({"water_call_from": 0, "water_call_until": 24})


def values(env, category, **more):
    return {
        "subject": "水表估抄",
        "description": "客户说没有上门抄表。",
        "partner_id": env.ref("water_service_desk.partner_zhangwei").id,
        "category_id": env.ref(f"water_service_desk.category_{category}").id,
        "channel_id": env.ref("water_service_desk.channel_phone").id,
        **more,
    }


def put(case, state, **more):
    """Where the course of days would have brought it."""
    stage = case.env["water.stage"]._of_state(case._name, state)
    trusted(case).write({"state": state, "stage_id": stage.id, **more})
    return case.id


def complaint(env):
    facts = {"address": "东城路8号", "demand": "重新计费", "occurred_at": fields.Datetime.now()}
    return env["water.complaint"].create(values(env, "bl02", **facts)).id


def told(env):
    case = env["water.complaint"].browse(complaint(env))
    return put(case, "notified", notified_at=fields.Datetime.now(), resolution="已更正")


def inquiry(env, state="registered"):
    case = env["water.inquiry"].create(values(env, "gn"))
    return put(case, state, answer="已答复") if state != "registered" else case.id


def closed(env):
    return inquiry(env, "closed")


def dispatched(env):
    case = env["water.complaint"].browse(complaint(env))
    case._confirm_readback()
    case._dispatch(env.ref("water_service_desk.department_net"))
    return case.dispatch_ids.id


def accepted(env):
    row = dispatched(env)
    env["water.dispatch"].with_user(PEOPLE["zhaojun"]).browse(row).action_accept()
    return row


def callback(env):
    case = env["water.inquiry"].browse(inquiry(env, "closed"))
    kept = {"inquiry_id": case.id, "company_id": case.company_id.id}
    return trusted(env["water.callback"]).create(kept).id


def begun(env):
    row = env["water.callback"].browse(callback(env)).with_user(PEOPLE["sunli"])
    row.action_start()
    row.outcome = "refused"
    return row.id


def clock(env):
    """A clock of a case, as an agent sees it."""
    case = env["water.inquiry"].with_user(PEOPLE["chenchen"]).browse(inquiry(env))
    return case.deadline_ids.filtered(lambda row: not row._pausing_fault())[:1]


def extension(env):
    return clock(env)._request_extension("客户要求", 1, "working_day").id


def pause(env):
    """Long enough to need a supervisor's approval."""
    running = clock(env)
    return running._request_pause("客户要求", running.due_at + timedelta(days=60)).id


def delegated(env):
    """A case of an account with a delegate."""
    partners, tag = env["res.partner"], env["water.account"].search_count([])
    holder, friend = partners.create([{"name": "张伟"}, {"name": "李娜"}])
    login = {"login": f"race-{tag}", "partner_id": friend.id, "lang": "zh_CN"}
    login["group_ids"] = [(6, 0, env.ref("base.group_portal").ids)]
    env["res.users"].with_context(no_reset_password=True).create(login)
    code = {"code": f"race-delegate-{tag}", "partner_id": holder.id, "address": "东城路"}
    account = env["water.account"].create(code)
    mine = values(env, "gn", partner_id=holder.id, account_id=account.id)
    case = env["water.inquiry"].create(mine)
    begun = {"account_id": account.id, "holder_id": holder.id, "partner_id": friend.id}
    begun |= {"name": "李娜", "state": "active", "date_from": env.company._water_today()}
    rights = {"sees_cases": True, "files_cases": True}
    trusted(env["water.account.delegate"]).create({**begun, **rights})
    return case.id


def delegation(env, number):
    account = env["water.inquiry"].browse(number).account_id
    return env["water.account.delegate"].search([("account_id", "=", account.id)])


def revoke(env, number):
    delegation(env, number).action_revoke()


def write_for_holder(env, number):
    """Post the form of the delegate's page; missing actions are refused."""
    friend = delegation(env(user=SUPERUSER_ID), number).partner_id.user_ids
    case = env["water.inquiry"].with_user(friend)._portal_find(number)
    if not case:
        raise UserError("404")
    case._portal_do("message", {"body": "迟"})


def two_inquiries(env):
    return [inquiry(env), inquiry(env)]


def merge(env, rows):
    values = {"duplicate_of_id": rows[1], "end_reason": "同一件事", "state": "merged"}
    env["water.inquiry"].browse(rows[0]).write(values)


def close_lead(env, rows):
    CLOSE(env, rows[1])


def nobody_waits(env, rows):
    """Customers merged into a closed case were told."""
    case, lead = (env["water.inquiry"].browse(row) for row in rows)
    left = case.state == "merged" and lead.state == "closed"
    return not left or "duplicate_told" in case.event_ids.mapped("kind")


def archive(env, number):
    now = fields.Datetime.now()
    facts = {"archived_at": now, "archive_number": f"R-{number}", "seal_due_at": now}
    put(env["water.complaint"].browse(number), "archived", **facts)


def archived(env):
    number = complaint(env)
    archive(env, number)
    return number


def four_in_two_pairs(env):
    rows = [inquiry(env) for _number in range(4)]
    link(0, 1)(env, rows)
    link(2, 3)(env, rows)
    return rows


def link(above, below):
    """Put one of several cases below another one."""

    def _link(env, rows):
        cases = [env["water.inquiry"].browse(rows[place]) for place in (above, below)]
        env["water.case.relation"]._link(*cases)

    return _link


def on(model, act, **given):
    """One of the two acts on the record."""

    def _act(env, number):
        record = env[model].browse(number)
        if given:
            record.write(given)
        act(record)

    return _act


def kept(model, *kinds):
    """How many events of these kinds the chain of the case has."""

    def _kept(env, number):
        return sum(case_of(env[model].browse(number)).event_ids.mapped(lambda e: e.kind in kinds))

    return _kept


def case_of(record):
    """The case whose chain tells of it."""
    if "event_ids" in record._fields:
        return record
    clock = record if "_case" in dir(record) else record.deadline_id
    return clock._case()


def not_both(model, first, second):
    """1 unless what both of them did is there."""

    def _not_both(env, number):
        record = env[model].browse(number)
        return int(not (first(record) and second(record)))

    return _not_both


def no_circle(env, rows):
    """1 unless all of them are below each other."""
    below = env["water.case.relation"]._below
    return int({len(below(env["water.inquiry"].browse(row))) for row in rows} != {len(rows)})


def is_named(case):
    return "13700001111" in str(case.message_ids.mapped("body"))


def file_it(case):
    here = {"res_model": case._name, "res_id": case.id}
    case.env["ir.attachment"].create({"name": "13700001111.txt", "raw": b"x", **here})


def has_file(case):
    here = [("res_model", "=", case._name), ("res_id", "=", case.id)]
    return case.env["ir.attachment"].search_count(here)


def has_to_do(case):
    return "13700001111" in case.activity_ids.mapped("summary")


def late_words(call):
    call.answer_ids.filtered(lambda row: row.kind == "text")[:1].text = "迟"


def rate(score):
    return on(C, lambda row: row._confirm_result("oral", score, score, "x"))


def answer(text):
    return on(Q, lambda row: row.action_answer(), answer=text)


C, Q, D, B = "water.complaint", "water.inquiry", "water.dispatch", "water.callback"
P = "water.deadline.pause"
CONTEST = on(C, lambda row: row._contest_result("不对"))
SEAL = on(C, lambda row: row.env["water.archive"]._seal(row))
CLOSE = on(Q, lambda row: row.action_answer_and_close(), answer="已答复")
WITHDRAW = on(Q, lambda row: row.action_withdraw())
TAKE = on(Q, lambda row: row.action_take())
ACCEPT = on(D, lambda row: row.action_accept())
RETURN = on(D, lambda row: row._reject("不归我们"))
ARCHIVE = on(D, lambda row: archive(row.env, row.complaint_id.id))
LATE_RESULT = on(D, lambda row: None, result="迟")
START = on(B, lambda row: row.action_start())
FINISH = on(B, lambda row: row.action_done())
SOLVED = on(B, lambda row: row.action_done(), outcome="solved", score="5")
UNSAID = on(B, lambda row: row.action_done(), outcome="refused")
LATE_WORDS = on(B, late_words)
IN_VAIN = on(B, lambda row: row.action_no_answer())
AGREE = on(P, lambda row: row.action_approve())
REFUSE = on(P, lambda row: row._refuse("不同意"))
ERASE = on(Q, lambda row: row._anonymise("客户要求"))
NOTE = on(Q, lambda row: row.message_post(body="13700001111"))
FILE = on(Q, file_it)
TO_DO = on(Q, lambda row: row.activity_schedule(summary="13700001111", user_id=row.env.uid))
MOVED, DENIED = ("clock_extended", "clock_paused"), ("clock_pause_refused",)
#: what is raced: how it begins, what each of the two does, who they are, what is there once then
RACES = {
    "rated twice": (told, rate("5"), rate("1"), AGENTS, kept(C, "confirmed")),
    "rated, rejected": (told, CONTEST, rate("5"), AGENTS, kept(C, "confirmed", "contested")),
    "rejected twice": (told, CONTEST, CONTEST, AGENTS, kept(C, "contested")),
    "sealed twice": (archived, SEAL, SEAL, SYSTEM, kept(C, "sealed")),
    "closed, withdrawn": (inquiry, CLOSE, WITHDRAW, AGENTS, kept(Q, "closed", "withdrawn")),
    "answered twice": (inquiry, answer("甲"), answer("乙"), AGENTS, kept(Q, "answered")),
    "taken twice": (inquiry, TAKE, TAKE, AGENTS, kept(Q, "taken")),
    "linked in a circle": (four_in_two_pairs, link(1, 2), link(3, 0), AGENTS, no_circle),
    "accepted twice": (dispatched, ACCEPT, ACCEPT, NET, kept(D, "dispatch_accepted")),
    "returned twice": (dispatched, RETURN, RETURN, NET, kept(D, "dispatch_rejected")),
    "archived, written": (
        *(accepted, ARCHIVE, LATE_RESULT, ("su", "zhaojun")),
        not_both(D, lambda row: row.complaint_id.state == "archived", lambda row: row.result),
    ),
    "erased, noted later": (
        *(closed, ERASE, NOTE, ("su", "chenchen")),
        not_both(Q, lambda row: row.erased_at, is_named),
    ),
    "erased, filed later": (
        *(closed, ERASE, FILE, ("su", "chenchen")),
        not_both(Q, lambda row: row.erased_at, has_file),
    ),
    "erased, to do later": (
        *(closed, ERASE, TO_DO, ("su", "chenchen")),
        not_both(Q, lambda row: row.erased_at, has_to_do),
    ),
    "called twice": (callback, START, START, CALLERS, kept(B, "created")),
    "call told twice": (callback, SOLVED, UNSAID, CALLERS, kept(B, "callback_done")),
    "call told, altered": (
        *(begun, FINISH, LATE_WORDS, CALLERS),
        not_both(B, lambda row: row.done_at, lambda row: "迟" in row.answer_ids.mapped("text")),
    ),
    "in vain twice": (callback, IN_VAIN, IN_VAIN, CALLERS, kept(B, "callback_attempt")),
    "limit moved twice": (extension, AGREE, AGREE, SUPERVISORS, kept(P, *MOVED)),
    "limit moved, kept": (extension, AGREE, REFUSE, SUPERVISORS, kept(P, *MOVED, *DENIED)),
    "clock stopped twice": (pause, AGREE, AGREE, SUPERVISORS, kept(P, *MOVED)),
    "clock stopped, kept": (pause, AGREE, REFUSE, SUPERVISORS, kept(P, *MOVED, *DENIED)),
}
#: where the second one has looked before the first one ends it, and writes after that
LATE = (
    *("archived, written", "call told, altered", "in vain twice"),
    *("erased, noted later", "erased, filed later", "erased, to do later"),
)


def whole(env):
    """Return the faults in the chains of all cases."""
    models = ("water.complaint", "water.inquiry")
    return [fault for model in models for fault in env[model].search([])._verify_events()]


def race(name, begin, first, second, logins, seen):
    """One round: what they came to, in what words one was refused, and what is there then."""
    number = alone(begin)
    acts = (lambda env: first(env, number), lambda env: second(env, number))
    answers = both(*acts, users=people(logins), is_overtaken=name in LATE)
    return answers, list(words), alone(lambda env: seen(env, number))


def noted_then_erased():
    """Whether a note stays that was written during an erasure."""
    number = alone(closed)
    acts = (lambda env: NOTE(env, number), lambda env: ERASE(env, number))
    answers = both(*acts, users=(PEOPLE["chenchen"], SUPERUSER_ID), is_overtaken=True)
    return answers, alone(lambda env: is_named(env["water.inquiry"].browse(number)))


def merged_and_closed(is_overtaken):
    """The result for a customer merged into a case being closed."""
    rows = alone(two_inquiries)
    acts = (lambda env: merge(env, rows), lambda env: close_lead(env, rows))
    both(*(acts[::-1] if is_overtaken else acts), users=people(AGENTS), is_overtaken=is_overtaken)
    return alone(lambda env: nobody_waits(env, rows))


def written_after_revoking():
    """Whether a message is accepted from a delegate revoked after opening the form."""
    number = alone(delegated)
    acts = (lambda env: revoke(env, number), lambda env: write_for_holder(env, number))
    answers = both(*acts, users=people(AGENTS), is_overtaken=True)
    return answers, alone(lambda env: kept(Q, "customer_message")(env, number))


def people(logins):
    return [PEOPLE.get(login, SUPERUSER_ID) for login in logins]


alone(set_up)
found = {name: [race(name, *row) for _round in range(ROUNDS)] for name, row in RACES.items()}
found["faults"] = alone(whole)
found["told"] = [merged_and_closed(is_late) for is_late in (False, True)]
found["revoked"] = [written_after_revoking() for _round in range(ROUNDS)]
found["kept"] = [noted_then_erased() for _round in range(ROUNDS)]
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
