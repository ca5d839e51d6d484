"""Run in ``odoo shell`` after ``race.py``: buttons pressed twice, at once or after a fault.

Each is pressed by two processes at the same moment; then, anew, by one that is killed, whose
connection the database ends, or that loses it when all is kept, and once more by another. Prints
one line of JSON: what each came to, in what words it was refused, and how often it is there.
"""

import base64
import json
import os
import signal
from datetime import timedelta
from uuid import uuid4

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError

alone, both, words, registry, workers, api = (
    globals()[name] for name in ("alone", "both", "words", "registry", "workers", "api")
)
sql_db = globals()["odoo"].sql_db
AGENT = alone(lambda env: env["res.users"].search([("login", "=", "chenchen")]).id)
SUPERVISOR = alone(lambda env: env["res.users"].search([("login", "=", "wangfang")]).id)
CASES = "water.inquiry"


def values(env):
    return {
        "subject": "水表",
        "description": "水表",
        "partner_id": env.ref("water_service_desk.partner_zhangwei").id,
        "category_id": env.ref("water_service_desk.category_gn").id,
        "channel_id": env.ref("water_service_desk.channel_phone").id,
    }


def form(env):
    return uuid4().hex


def save(env, key):
    env[CASES].web_save({**values(env), "form_key": key}, {"name": {}})


def saved(env, key):
    return env[CASES].search_count([("submission_key", "like", key)])


def of_case(model, **more):
    """What opens a dialog about a new case."""

    def begin(env):
        case = env[CASES].with_user(AGENT).create(values(env))
        about = {"active_model": CASES, "active_ids": case.ids}
        return env[model].with_user(AGENT).with_context(**about).create(more).id

    return begin


def told_many(env):
    dialog = of_case("water.batch.wizard", act="tell", note="明天停水")(env)
    env["water.batch.wizard"].browse(dialog).with_user(AGENT).action_preview()
    return dialog


def press(model, act):
    return lambda env, row: getattr(env[model].browse(row), act)()


def events(model, kind):
    """How often it stands in the chain of the case."""

    def count(env, row):
        case = env[CASES].browse(env[model].sudo().browse(row).case_ids)
        return case.event_ids.mapped("kind").count(kind)

    return count


def messages(env, row):
    case = env[CASES].browse(env["water.batch.wizard"].sudo().browse(row).case_ids)
    return sum("明天停水" in str(message.body) for message in case.message_ids)


def news(env):
    known = {"subject": "爆管", "zone_ids": env["water.zone"].search([], limit=1).ids}
    incident = env["water.incident"].with_user(SUPERVISOR).create(known)
    if incident.state == "proposed":
        incident.action_start()
    dialog = {"incident_id": incident.id, "kind": "progress", "text": "抢修中"}
    return env["water.incident.wizard"].with_user(SUPERVISOR).create(dialog).id


def notices(env, row):
    incident = env["water.incident.wizard"].sudo().browse(row).incident_id
    return env["water.incident.notice"].search_count([("incident_id", "=", incident.id)])


def table(env):
    code = f"R{uuid4().hex[:6]}"
    lines = "\n".join(f"{code}{number},片区{number}" for number in range(30))
    file = base64.b64encode(f"Zone Code,Zone Name\n{lines}\n".encode())
    return env["water.table.import.wizard"].create({"kind": "water.zone", "file": file}).id


def zones(env, row):
    last = env["water.zone"].search([("code", "like", "R%")], order="id desc", limit=1).code
    return env["water.zone"].search_count([("code", "=like", f"{last[:7]}%")]) // 30


PROMISE = {"text": "回电", "due_at": fields.Datetime.now() + timedelta(hours=1)}
#: {button: (what prepares it, what it does, how often it is there, by whom)}
BUTTONS = {
    "form": (form, save, saved, AGENT),
    "promise": (
        of_case("water.promise.wizard", **PROMISE),
        press("water.promise.wizard", "action_keep"),
        events("water.promise.wizard", "promised"),
        AGENT,
    ),
    "contact": (
        of_case("water.contact.wizard", note="已联系"),
        press("water.contact.wizard", "action_log"),
        events("water.contact.wizard", "contacted"),
        AGENT,
    ),
    "many": (told_many, press("water.batch.wizard", "action_do"), messages, AGENT),
    "news": (news, press("water.incident.wizard", "action_send"), notices, SUPERVISOR),
    "table": (table, press("water.table.import.wizard", "action_import"), zones, SUPERUSER_ID),
}


def fault(how, work, user):
    """A process that presses, and is cut off."""
    sql_db.close_all()

    def run():
        with registry.cursor() as cr:
            env = api.Environment(cr, user, {"lang": "zh_CN"})
            work(env)
            env.flush_all()
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "ended":
                cr.execute("SELECT pg_backend_pid()")
                own = cr.fetchone()[0]
                with registry.cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s, 1000)", [own])
            cr.commit()  # where it is lost then, the browser reads of a fault as well
        os._exit(0)

    process = workers.Process(target=run)
    process.start()
    process.join()


def again(work, user):
    try:
        with registry.cursor() as cr:
            work(api.Environment(cr, user, {"lang": "zh_CN"}))
            cr.commit()
        return ["done", ""]
    except UserError as error:
        return ["refused", str(error)]


def pressed(begin, act, count, user):
    found = {}
    row = alone(begin)
    answers = both(lambda env: act(env, row), users=(user, user))
    found["at once"] = [answers, words[:], alone(lambda env: count(env, row))]
    for how in ("killed", "ended", "lost"):
        row = alone(begin)
        fault(how, lambda env, row=row: act(env, row), user)
        answer, said = again(lambda env, row=row: act(env, row), user)
        found[how] = [[answer], [said], alone(lambda env, row=row: count(env, row))]
    return found


chosen = BUTTONS if os.environ.get("WATER_LONG") else ("form", "news")
print("RESULT " + json.dumps({name: pressed(*BUTTONS[name]) for name in chosen}), flush=True)
os._exit(0)
