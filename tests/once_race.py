"""Run in ``odoo shell`` after ``race.py``: two people do what only one of them may.

Prints one line of JSON: what each of them came to, by what they did, and what there is then.
"""

import json
import os
from datetime import timedelta

from odoo import fields

ROUNDS = 6
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
    """What a customer's page does with the window that he has chosen."""
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


print("RESULT " + json.dumps({"windows": windows()}), flush=True)
os._exit(0)
