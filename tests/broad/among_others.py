"""Run in ``odoo shell`` on any database: does what a company's staff do there.

A complaint is filed, read back, dispatched, investigated, answered by letter, called back and
archived. The event chain is verified, and the scheduled actions run. Prints one line of JSON.
"""

import json
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command, fields

environment = globals()["env"]
OURS = ("water_service_desk", "water_complaints", "water_compensation")
OURS += ("water_quality", "water_quality_compensation")
ROLES = ("agent", "department", "supervisor", "quality")


def person(env, role):
    """A user with one role, in the caller's language."""
    group = env.ref(f"water_service_desk.group_{role}")
    login = f"broad-{role}"
    values = {"name": login, "login": login, "email": f"{login}@example.com"}
    return env["res.users"].create({**values, "group_ids": [Command.set(group.ids)]})


def file(env, people):
    """File a complaint; read it back and dispatch it."""
    department = env.ref("water_service_desk.department_mtr")
    department.member_ids = people["department"]
    partner = {"name": "Erika Kunde", "email": "kunde@example.com", "phone": "030 1234567"}
    values = {
        "subject": "Zähler",
        "description": "Niemand hat den Zähler abgelesen.",
        "partner_id": env["res.partner"].create(partner).id,
        "address": "Hauptstraße 1",
        "category_id": env.ref("water_service_desk.category_bl02").id,
        "channel_id": env.ref("water_service_desk.channel_phone").id,
        "occurred_at": fields.Datetime.now() - timedelta(hours=3),
        "demand": "Bitte ablesen",
    }
    case = env["water.complaint"].with_user(people["agent"]).create(values)
    case._confirm_readback()
    case._log_contact("Zurückgerufen")
    case._dispatch(department, env["water.department"], "Bitte ablesen")
    return case, case.dispatch_ids.with_user(people["department"])


def answer(case, dispatch, people):
    """Find out, put right, tell by letter."""
    dispatch.action_accept()
    work = case.with_user(people["department"])
    proof = {"kind": "record", "title": "Protokoll", "reference": "1", "note": "Abgelesen."}
    evidence = work.env["water.evidence"].create({"complaint_id": case.id, **proof})
    work.demand_ids.write({"verdict": "supported", "basis": "AVBWasserV § 20"})
    work.write({"basis_evidence_ids": [Command.link(evidence.id)], "investigation": "Stimmt."})
    work.write({"finding": "upheld", "liability": "company", "resolution": "Abgelesen."})
    if case.needs_review:
        case.with_user(people["supervisor"]).action_review()
    work.action_verify()
    dispatch.write({"result": "Abgelesen."})
    dispatch.action_finish()
    about = {"kind": "result", "mode": "written", "way": "post", "subject": "Ihre Beschwerde"}
    notice = case.env["water.notice"]._send(case, {**about, "body": "<p>Abgelesen.</p>"})
    case._move_to("notified")
    return notice


def end(case, people):
    """The customer is content and called back; the file is sealed."""
    case._confirm_result("oral", "5", "5", "Zufrieden")
    call = case.callback_ids.filtered(lambda row: row.state == "open")
    call = call.with_user(people["quality"])
    call.write({"outcome": "solved", "score": "5", "remark": "Zufrieden"})
    call.action_done()
    case.with_user(people["quality"]).action_archive_case()


def by_day(env, moment):
    """Eleven o'clock of that day in the company's time zone, because there are no calls at
    night.
    """
    there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(env.company._water_tz()))
    return there.replace(hour=11).astimezone(UTC).replace(tzinfo=None)


def walk(env):
    """The whole way of a complaint."""
    people = {role: person(env, role) for role in ROLES}
    now = fields.Datetime.now()
    case, dispatch = file(env, people)
    states = [case.state]
    with freeze_time(now + timedelta(hours=5), tick=True):
        notice = answer(case, dispatch, people)
    states.append(case.state)
    with freeze_time(by_day(env, now + timedelta(days=2)), tick=True):
        end(case, people)
        actions = run_actions(env)
    case = case.sudo()
    return {
        "actions": actions,
        "sealed": len(case.archive_ids),
        "states": [*states, case.state],
        "letter": [notice.sudo().letter[:5] and True, notice._letter_name()],
        "zone": env.company._water_tz(),
        "currency": env.company.currency_id.name,
        "phone": case.partner_id.phone_sanitized,
        "clocks": len(case.deadline_ids.filtered("due_at")),
        "faults": case._verify_events(),
        "automated": case.activity_ids.mapped("summary").count("Automated"),
    }


def run_actions(env):
    """Run the scheduled actions of the addons; returns how many."""
    names = env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "in", OURS)])
    actions = env["ir.cron"].browse(names.mapped("res_id")).ir_actions_server_id
    for action in actions:
        action.run()
    env.flush_all()
    return len(actions)


def chat(env):
    """Where Live Chat is installed: a visitor's words become an inquiry; returns its words."""
    agent = env["res.users"].search([("login", "=", "broad-agent")])
    operator = {"livechat_operator_id": agent.partner_id.id, "channel_type": "livechat"}
    door = env["im_livechat.channel"].create({"name": "Water", "user_ids": agent.ids})
    values = {"name": "Visitor", "livechat_channel_id": door.id, **operator}
    channel = env["discuss.channel"].create(values)
    guest = env["mail.guest"].create({"name": "Besucher"})
    channel._add_members(users=agent, guests=guest)
    words = {"body": "Kein Wasser", "message_type": "comment", "author_guest_id": guest.id}
    env["mail.message"].create({"model": channel._name, "res_id": channel.id, **words})
    channel.with_user(agent).execute_command_case(body="/case")
    return env["water.inquiry"].search([], order="id desc", limit=1).verbatim


def automate(env):
    """Where Automation Rules are installed: one like those that the manual shows."""
    model = env["ir.model"]._get("water.complaint")
    states = env["ir.model.fields"]._get("water.complaint", "state").selection_ids
    todo = {
        "name": "Somebody looks after it",
        "model_id": model.id,
        "state": "next_activity",
        "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
        "activity_summary": "Automated",
        "activity_user_type": "specific",
        "activity_user_id": env.ref("base.user_admin").id,
    }
    env["base.automation"].create(
        {
            "name": "What is dispatched is looked after",
            "model_id": model.id,
            "trigger": "on_state_set",
            "trg_selection_field_id": states.filtered(lambda row: row.value == "dispatched").id,
            "action_server_ids": [Command.create(todo)],
        }
    )


if "base.automation" in environment:
    automate(environment)
found = walk(environment)
if "im_livechat.channel" in environment:
    found["chat"] = chat(environment)
admin = environment(user=environment.ref("base.user_admin"))
steps = admin["water.setup"].page()["steps"]
found["open"] = sorted(step["key"] for step in steps if step["state"] == "open")
environment.cr.rollback()
print("RESULT", json.dumps(found))
