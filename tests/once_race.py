"""Run in ``odoo shell`` after ``race.py``: two people do what only one of them may.

Prints one line of JSON: what each of them came to, by what they did, and what there is then.
"""

import json
import os
from datetime import timedelta

from odoo import fields

ROUNDS = 6 if os.environ.get("WATER_LONG") else 1
alone, both = (globals()[name] for name in ("alone", "both"))


def department(env):
    """One of a single person."""
    return env["water.department"].create({"name": "一人班", "code": "race-one"}).id


def visits(env, where):
    """Two appointments of two customers with that department, one after the other."""
    begin, found = fields.Datetime.now() + timedelta(days=3), []
    for hours in (0, 3):
        case = env["water.inquiry"].create(
            {
                "subject": "水表",
                "description": "水表",
                "contact_name": "王芳",
                "phone": "13712345678",
                "category_id": env.ref("water_service_desk.category_gn").id,
                "channel_id": env.ref("water_service_desk.channel_phone").id,
            }
        )
        slot = begin + timedelta(hours=hours)
        place = env["water.department"].browse(where)
        found.append(case._plan_visit(place, slot, slot + timedelta(hours=1)).id)
    return found


def last_window(env, row):
    return env["water.visit"].browse(row)._windows()[-1][0].isoformat()


def move(env, row, window):
    """Post the customer's page with a chosen window."""
    form = {"visit_id": str(row), "window": window, "reason": "出差"}
    env["water.visit"].browse(row)._case()._portal_visit_move(form)


def taken(env, where, window):
    """How many come in that window."""
    begin = fields.Datetime.to_datetime(window.replace("T", " "))
    place = [("department_id", "=", where), ("slot_from", "=", begin)]
    return env["water.visit"].search_count([*place, ("state", "!=", "cancelled")])


def windows():
    """Two customers choose the last free window of a department with one person."""
    where, found = alone(department), []
    for _round in range(ROUNDS):
        mine, theirs = alone(lambda env: visits(env, where))
        window = alone(lambda env, row=mine: last_window(env, row))
        answers = both(
            lambda env, row=mine, window=window: move(env, row, window),
            lambda env, row=theirs, window=window: move(env, row, window),
        )
        found.append((answers, alone(lambda env, window=window: taken(env, where, window))))
        for row in (mine, theirs):
            alone(lambda env, row=row: env["water.visit"].browse(row)._cancel("测试", "company"))
    return found


def days_ago(days):
    return alone(lambda env: env.company._water_today()) - timedelta(days=days)


#: {model: values of an application, besides account and period}
APPLICATIONS = {
    "water.leak.allowance": {
        "repaired_on": days_ago(40),
        "billed_volume": 96,
        "water_price": 3.45,
        "tier": "2",
        "first_reading": 1820,
        "first_read_on": days_ago(39),
        "second_reading": 1821,
        "second_read_on": days_ago(20),
        "usage_ids": [(0, 0, {"period": "1", "volume": 20})],
    },
    "water.meter.refund": {
        "certificate_number": "JL-1",
        "tested_by": "市计量院",
        "tested_on": days_ago(10),
        "error_percent": 6.4,
        "billed_volume": 186,
        "water_price": 3.1,
    },
}


def applications(env, model, number):
    """Two applications about bills of one account, of which one may be granted."""
    holder = env.ref("water_service_desk.partner_zhangwei").id
    account = {"code": f"race-{model}-{number}", "partner_id": holder, "address": "东城路"}
    known = {**APPLICATIONS[model], "account_id": env["water.account"].create(account).id}
    found = env[model]
    for begin, end in ((100, 60), (80, 45)):
        period = {"period_from": days_ago(begin), "period_to": days_ago(end)}
        found |= env[model].create({**known, **period})
        found[-1].proof_ids = env["ir.attachment"].create({"name": "x.jpg", "raw": b"x"})
    return found.ids


def hand_in(env, model, row):
    env[model].browse(row).action_submit()


def bills(model):
    """Two agents hand in what one account gets once."""
    found = []
    for number in range(ROUNDS):
        mine, theirs = alone(lambda env, number=number: applications(env, model, number))
        answers = both(
            lambda env, row=mine: hand_in(env, model, row),
            lambda env, row=theirs: hand_in(env, model, row),
        )
        rows = [mine, theirs]
        states = alone(lambda env, rows=rows: env[model].browse(rows).mapped("state"))
        found.append((answers, states.count("submitted")))
    return found


def accounts(env, number):
    """Two accounts of a holder who may send one invitation today."""
    env.company.water_delegate_invites = 1
    holder = env.ref("water_service_desk.partner_zhangwei").id
    env["water.attempt"]._forget("delegate", str(holder))
    known = {"partner_id": holder, "address": "东城路"}
    rows = [{**known, "code": f"race-{number}-{side}"} for side in range(2)]
    return env["water.account"].create(rows).ids


def invite(env, account):
    """Post the page of delegates."""
    form = {"account_id": str(account), "name": "李娜", "relation": "other", "sees_cases": "1"}
    form |= {"email": f"x{account}@example.com", "date_from": f"{env.company._water_today()}"}
    env["water.account.delegate"]._portal_invite(form)


def invitations():
    """A holder invites for two accounts, with one invitation left."""
    holder = alone(lambda env: env.ref("water_service_desk.user_zhangwei").id)
    found = []
    for number in range(ROUNDS):
        pair = alone(lambda env, number=number: accounts(env, number))
        answers = both(
            lambda env, row=pair[0]: invite(env, row),
            lambda env, row=pair[1]: invite(env, row),
            users=(holder, holder),
        )
        sent = [("account_id", "in", pair)]
        count = alone(lambda env, sent=sent: env["water.account.delegate"].search_count(sent))
        found.append((answers, count))
    return found


found = {"windows": windows(), "invitations": invitations()}
found |= {model: bills(model) for model in APPLICATIONS}
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
