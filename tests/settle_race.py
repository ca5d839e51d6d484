"""Run in ``odoo shell`` after ``race.py``: two users decide what needs four eyes; a file is
sealed during an erasure; one user ends what another adds to.

Prints one line of JSON: for each race and round the results, and whether the data is valid.
"""

import io
import json
import os
import zipfile
from datetime import timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields

from odoo.addons.water_service_desk.base.trust import trusted

ROUNDS = 2 if os.environ.get("WATER_LONG") else 1
alone, both, words = (globals()[name] for name in ("alone", "both", "words"))
AGENT, SUPERVISORS, PRIVACY = "chenchen", ("wangfang", "chenguo"), ("race-1", "race-2")
REQUEST, LIST = "water.request.decision", "water.destruction"
LETTER, INQUIRY = "water.sign.off", "water.inquiry"
SAID = "客户说没有上门抄表，电话是13700001111。"


def set_up(env):
    """Two privacy officers, who keep quality as well."""
    groups = ("group_privacy", "group_quality")
    group = [env.ref(f"water_service_desk.{name}").id for name in groups]
    values = [{"login": name, "name": name, "lang": "zh_CN"} for name in PRIVACY]
    values = [{**one, "group_ids": [(6, 0, group)]} for one in values]
    env["res.users"].with_context(no_reset_password=True).create(values)


def numbers(env):
    logins = (AGENT, *SUPERVISORS, *PRIVACY)
    return {user.login: user.id for user in env["res.users"].search([("login", "in", logins)])}


alone(set_up)
PEOPLE = alone(numbers)


def values(env, category, **more):
    return {
        "subject": "水表估抄",
        "description": SAID,
        "partner_id": env.ref("water_service_desk.partner_zhangwei").id,
        "category_id": env.ref(f"water_service_desk.category_{category}").id,
        "channel_id": env.ref("water_service_desk.channel_phone").id,
        "address": "东城路8号",
        **more,
    }


def asked(env):
    """An application that its agent would refuse; a supervisor decides."""
    facts = {"kind": "refusal", "alternative": "改日再来", "note": "x", "amount": 0, "unit": False}
    facts["reason_id"] = env.ref("water_service_desk.reason_frost").id
    case = env["water.request"].create(values(env, "lk03"))
    rows = env[REQUEST].with_user(PEOPLE[AGENT])
    return rows._ask(case.with_user(PEOPLE[AGENT]), facts).id


def written(env):
    """An answer that waits for a superior's signature."""
    env["water.sign.rule"].create({"name": "咨询答复", "what": "answer"})
    mine = env[INQUIRY].create(values(env, "gn", user_id=PEOPLE[AGENT])).with_user(PEOPLE[AGENT])
    mine.answer = "阶梯一为 220 立方米。"
    mine.action_ask_signature()
    return env[LETTER].search([], limit=1, order="id desc").id


def is_signed_once(env, number):
    """Signed or not, with exactly one event."""
    row = env[LETTER].browse(number)
    told = row._case().event_ids.mapped("kind")
    decided = told.count("signed") + told.count("signature_refused")
    return row.state in ("signed", "refused") and decided == 1


def two_inquiries(env):
    return env[INQUIRY].create([values(env, "gn") for _case in range(2)]).ids


def merge(one, other):
    """Merge one of two cases into the other one."""

    def _merge(env, rows):
        found = {"duplicate_of_id": rows[other], "end_reason": "同一件事", "state": "merged"}
        env[INQUIRY].browse(rows[one]).write(found)

    return _merge


def is_merged_once(env, rows):
    return sorted(env[INQUIRY].browse(rows).mapped("state")) == ["merged", "registered"]


def listed(env):
    """Archived cases that quality would have destroyed."""
    row = {"name": "XH-race", "state": "proposed", "company_id": env.company.id}
    return trusted(env[LIST]).create({**row, "proposed_by_id": SUPERUSER_ID}).id


def appealable(env):
    """A complaint whose result its customer was told."""
    facts = {"demand": "重新计费", "occurred_at": fields.Datetime.now()}
    case = env["water.complaint"].create(values(env, "bl02", **facts))
    stage, now = env["water.stage"]._of_state(case._name, "notified"), fields.Datetime.now()
    trusted(case).write({"state": "notified", "stage_id": stage.id, "notified_at": now})
    letter = {"complaint_id": case.id, "kind": "result", "subject": "x", "sent_at": now}
    until = env.company._water_today() + timedelta(days=9)
    trusted(env["water.notice"]).create({**letter, "mode": "written", "appeal_until": until})
    return case.id


def appeal(env, number):
    env["water.appeal"]._file(env["water.complaint"].browse(number), {"reason": "不认可"})


def contest(env, number):
    env["water.complaint"].browse(number)._contest_result("不认可")


def give_up(env, number):
    """The customer withdraws."""
    env["water.complaint"].browse(number).write({"state": "withdrawn", "end_reason": "客户撤回"})


def is_open_for_appeal(env, number):
    """No review of withdrawn ones, and the chain is valid."""
    case = env["water.complaint"].browse(number)
    return not (case.appeal_ids and case.state == "withdrawn") and not case._verify_events()


def is_heard_once(env, number):
    """Reviewed, or handled again, and not both."""
    case = env["water.complaint"].browse(number)
    return bool(case.appeal_ids) != bool(case.reopen_count) and not case._verify_events()


def department(env):
    """One without work, and a case for it."""
    case = env["water.inquiry"].create(values(env, "gn"))
    code = f"race-{case.id}"
    env["water.department"].create({"name": code, "code": code})
    return case.id


def there(env, number):
    return env["water.department"].search([("code", "=", f"race-{number}")])


def send(env, number):
    place = env["water.department"].with_context(active_test=False)
    place = place.search([("code", "=", f"race-{number}")]).with_env(env)
    env["water.inquiry"].browse(number)._dispatch(place)


def close(env, number):
    there(env, number).active = False


def nothing_lies(env, number):
    """No work of a department that was closed, and none that was lost."""
    return bool(there(env, number)) == bool(env["water.inquiry"].browse(number).dispatch_ids)


def analysed(env):
    """A problem whose cause is known; quality sees that it is none."""
    row = {"subject": "x", "state": "analysed", "dismissal": "偶然"}
    row["category_id"] = env.ref("water_service_desk.category_bl02").id
    return trusted(env["water.problem"]).create(row).id


def measure(env, number):
    env["water.improvement"].create({"subject": "x", "problem_id": number})


def has_no_measure(env, number):
    row = env["water.problem"].browse(number)
    return row.state == "dismissed" and not row.measure_ids


def taught(env):
    """Yesterday's training, with the attendance of all."""
    row = {"subject": "x", "starts_at": fields.Datetime.now() - timedelta(days=1)}
    training = trusted(env["water.training"]).create({**row, "state": "planned"})
    there = {"training_id": training.id, "user_id": PEOPLE[AGENT], "state": "attended"}
    trusted(env["water.training.attendee"]).create(there)
    return training.id


def invite(env, number):
    rows = env["water.training.attendee"]
    rows.create({"training_id": number, "user_id": PEOPLE[SUPERVISORS[1]]})


def is_all_recorded(env, number):
    row = env["water.training"].browse(number)
    return row.state != "held" or "invited" not in row.attendee_ids.mapped("state")


def published(env):
    """An assessment that is open to objections for another hour, with an entry."""
    scheme = env["water.assessment.scheme"].create({"name": "race", "subject": "person"})
    until = fields.Datetime.now() + timedelta(hours=1)
    row = {"scheme_id": scheme.id, "period_start": "2026-01-01", "state": "open"}
    row = trusted(env["water.assessment"]).create({**row, "objection_until": until})
    about = {"assessment_id": row.id, "company_id": row.company_id.id, "user_id": PEOPLE[AGENT]}
    line = trusted(env["water.assessment.line"]).create(about)
    entry = {**about, "line_id": line.id, "kind": "attitude", "points": -1}
    return trusted(env["water.assessment.entry"]).create(entry).id


def object_to(env, number):
    entry = env["water.assessment.entry"].browse(number)
    about = {"line_id": entry.line_id.id, "entry_id": number, "reason": "x"}
    env["water.assessment.objection"].create(about)


def check(env, number):
    with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
        env["water.assessment.entry"].browse(number).assessment_id.action_check()


def nobody_is_passed_over(env, number):
    row = env["water.assessment.entry"].browse(number).assessment_id
    return row.state == "open" and len(row.line_ids.objection_ids) == 1


def with_colleague(env):
    """A case, and a possible new owner."""
    case = env["water.inquiry"].create(values(env, "gn"))
    group = env.ref("water_service_desk.group_agent").ids
    person = {"login": f"race-{case.id}", "name": "race", "group_ids": [(6, 0, group)]}
    env["res.users"].with_context(no_reset_password=True).create(person)
    return case.id


def colleague(env, number):
    people = env["res.users"].with_context(active_test=False)
    return people.search([("login", "=", f"race-{number}")]).with_env(env)


def hand_over(env, number):
    env["water.inquiry"].browse(number)._hand_over(colleague(env, number), "x")


def leave(env, number):
    colleague(env, number).active = False


def is_with_somebody(env, number):
    """It was not handed to a leaver, or supervisors were told."""
    if env["water.inquiry"].browse(number).user_id != colleague(env, number):
        return True
    told = env["mail.message"].search_count([("subject", "=like", "race%1%")])
    return bool(told)


def once(model, state, *others):
    """Whether the record is in one of these states, and one event alone says how it came there."""

    def _once(env, number):
        row = env[model].browse(number)
        rows = row.request_id if model == REQUEST else row.sudo()
        told = rows.event_ids.filtered(lambda event: event.kind in others) if others else None
        return row.state in state and (told is None or len(told) == 1)

    return _once


def on(model, act):
    return lambda env, number: act(env[model].browse(number))


DECIDE, DECLINE = (
    on(REQUEST, lambda row: row.action_approve()),
    on(REQUEST, lambda r: r._refuse("x")),
)
SIGN, LEAVE = on(LETTER, lambda row: row.action_approve()), on(LETTER, lambda r: r._refuse("x"))
SHRED, SPARE = on(LIST, lambda row: row.action_approve()), on(LIST, lambda row: row._refuse("x"))
RECORD = on("water.training", lambda row: row.action_hold())
DISMISS = on("water.problem", lambda row: row.action_dismiss())
DECIDED = once(REQUEST, ("approved", "refused"), "decision_approved", "decision_declined")
ENDED = once(LIST, ("approved", "refused"))
#: {what is raced: how it begins, what the two do, who they are, whether what came of it is whole}
RACES = {
    "application decided twice": (asked, DECIDE, DECIDE, SUPERVISORS, DECIDED),
    "application refused, kept": (asked, DECIDE, DECLINE, SUPERVISORS, DECIDED),
    "letter signed twice": (written, SIGN, SIGN, SUPERVISORS, is_signed_once),
    "letter signed, refused": (written, SIGN, LEAVE, SUPERVISORS, is_signed_once),
    "merged crosswise": (two_inquiries, merge(0, 1), merge(1, 0), SUPERVISORS, is_merged_once),
    "list approved twice": (listed, SHRED, SHRED, PRIVACY, ENDED),
    "list approved, refused": (listed, SHRED, SPARE, PRIVACY, ENDED),
}
BOTH, DESK = (AGENT, SUPERVISORS[0]), (AGENT, "su")
#: the same, where the second one has looked before the first one does it
LATE = {
    "appealed, rejected": (appealable, appeal, contest, BOTH, is_heard_once),
    "rejected, appealed": (appealable, contest, appeal, BOTH, is_heard_once),
    "appealed, given up": (appealable, appeal, give_up, BOTH, is_open_for_appeal),
    "given up, appealed": (appealable, give_up, appeal, BOTH, is_open_for_appeal),
    "sent, closed": (department, send, close, DESK, nothing_lies),
    "closed, sent": (department, close, send, DESK[::-1], nothing_lies),
    "dismissed, measured": (analysed, DISMISS, measure, ("su", "su"), has_no_measure),
    "invited, recorded": (taught, invite, RECORD, SUPERVISORS, is_all_recorded),
    "objected, checked": (published, object_to, check, (AGENT, "race-1"), nobody_is_passed_over),
    "left, handed over": (with_colleague, leave, hand_over, ("su", "su"), is_with_somebody),
}


def race(begin, first, second, logins, seen, is_overtaken=False):
    number = alone(begin)
    acts = (lambda env: first(env, number), lambda env: second(env, number))
    users = [PEOPLE.get(login, SUPERUSER_ID) for login in logins]
    answers = both(*acts, users=users, is_overtaken=is_overtaken)
    return answers, list(words), alone(lambda env: seen(env, number))


def archived(env):
    facts = {"demand": "重新计费", "occurred_at": fields.Datetime.now()}
    case = env["water.complaint"].create(values(env, "bl02", **facts))
    stage, now = env["water.stage"]._of_state(case._name, "archived"), fields.Datetime.now()
    kept = {"archived_at": now, "archive_number": f"R-{case.id}", "seal_due_at": now}
    trusted(case).write({"state": "archived", "stage_id": stage.id, **kept})
    return case.id


def sealed_while_erased(is_overtaken):
    """Both results, and whether a file contains words of a person erased meanwhile."""
    number = alone(archived)
    case = lambda env: env["water.complaint"].browse(number)  # noqa: E731
    acts = (
        lambda env: trusted(case(env).sudo())._erase("客户要求"),
        lambda env: env["water.archive"]._seal(case(env)),
    )
    users = (SUPERUSER_ID, SUPERUSER_ID)
    answers = both(*(acts if is_overtaken else acts[::-1]), users=users, is_overtaken=True)
    return answers, alone(lambda env: said_in(case(env)))


def said_in(case):
    """Whether one of the sealed files of the case says what the customer has said."""
    for row in case.archive_ids:
        with zipfile.ZipFile(io.BytesIO(row.sudo()._content() or empty())) as file:
            if any(b"13700001111" in file.read(name) for name in file.namelist()):
                return True
    return False


def empty():
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    return stream.getvalue()


found = {name: [race(*row) for _round in range(ROUNDS)] for name, row in RACES.items()}
found |= {name: [race(*row, True) for _round in range(ROUNDS)] for name, row in LATE.items()}
# handed over first: listed with the leaver's cases
found["left"] = race(with_colleague, hand_over, leave, ("su", "su"), is_with_somebody, True)
found["sealed"] = [sealed_while_erased(is_late) for is_late in (True, False)]
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
