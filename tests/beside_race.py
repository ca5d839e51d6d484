"""Run in ``odoo shell`` after ``race.py``: one ends what the other has looked at and hangs more on.

Either of the two is the first one. Prints one line of JSON: of each race and turn what they came
to, in what words one was refused, and whether what there is then goes together.
"""

import json
import os

from odoo import SUPERUSER_ID, Command, fields

from odoo.addons.water_service_desk.base.trust import trusted

alone, both, words = (globals()[name] for name in ("alone", "both", "words"))
CASES, MONEY, RULES = "water.inquiry", "water.compensation", "water.compensation.rule"
FINDINGS, BUDGETS = "water.supervision.finding", "water.compensation.budget"
AGENT = "chenchen"
PEOPLE = alone(lambda env: {AGENT: env["res.users"].search([("login", "=", AGENT)]).id})
PAID = {"amount": 20, "kind": "goodwill", "reason": "消失"}


def values(env, **more):
    return {
        "subject": "水表",
        "description": "水表",
        "category_id": env.ref("water_service_desk.category_gn").id,
        "channel_id": env.ref("water_service_desk.channel_phone").id,
        **more,
    }


def person(env):
    return env["res.partner"].create({"name": "消失"}).id


def erase(env, number):
    env["res.partner"].browse(number)._anonymise("本人要求")


def enter(model, name="partner_id", **more):
    """Enter a name of the erased person, or a record of ended ones."""

    def _enter(env, number):
        row = {**(values(env) if model == CASES else more), name: number}
        env[model].create({**row, **({"code": f"race-{number}"} if "address" in more else {})})

    return _enter


def act_for(env, number):
    """A delegate for another person."""
    account = env["water.account"].search([], limit=1)
    row = {"account_id": account.id, "holder_id": account.partner_id.id, "partner_id": number}
    row |= {"name": "消失", "state": "active", "date_from": env.company._water_today()}
    trusted(env["water.account.delegate"]).create({**row, "sees_cases": True})


def forgets(model):
    """Return whether no row names the erased person."""

    def _forgets(env, number):
        named = env[model].search_count([("partner_id", "=", number)])
        return not (env["res.partner"].browse(number).erased_at and named)

    return _forgets


def acts_no_more(env, number):
    """A row of the erased person stays, ended and without the name."""
    rows = env["water.account.delegate"].search([("partner_id", "=", number)])
    if not env["res.partner"].browse(number).erased_at:
        return bool(rows)
    return not rows or (
        "消失" not in str(rows.mapped("name")) and "active" not in rows.mapped("state")
    )


def pays_nobody_known(env, number):
    """Books stay, without the erased person's data."""
    rows = env[MONEY].search([("partner_id", "=", number)])
    return not (
        env["res.partner"].browse(number).erased_at and "消失" in str(rows.mapped("reason"))
    )


def closed(env):
    customer = env.ref("water_service_desk.partner_zhangwei").id
    case = env[CASES].create(values(env, partner_id=customer))
    stage = env["water.stage"]._of_state(CASES, "closed")
    trusted(case).write({"state": "closed", "stage_id": stage.id, "answer": "已答复"})
    return case.id


def propose(env, number):
    payee = env.ref("water_service_desk.partner_zhangwei").id
    words = {"reason": "13700001111", "partner_id": payee, "inquiry_id": number}
    env[MONEY].create({**PAID, **words})


def erase_case(env, number):
    env[CASES].browse(number)._anonymise("客户要求")


def says_nothing(env, number):
    rows = env[MONEY].search([("inquiry_id", "=", number)])
    return "13700001111" not in str(rows.mapped("reason"))


def replied(env):
    row = {"subject": "x", "description": "x", "state": "replied", "source": "social"}
    return trusted(env[FINDINGS]).create(row).id


def close(env, number):
    env[FINDINGS].browse(number).action_close()


def leaves_nothing(env, number):
    row = env[FINDINGS].browse(number)
    return not (row.state == "closed" and row.improvement_ids)


def with_agent(env):
    """An unassigned case, and an agent."""
    case = env[CASES].create(values(env))
    group = [Command.set(env.ref("water_service_desk.group_agent").ids)]
    user = {"login": f"race-{case.id}", "name": "race", "lang": "zh_CN", "group_ids": group}
    env["res.users"].with_context(no_reset_password=True).create(user)
    return case.id


def agent(env, number):
    people = env["res.users"].with_context(active_test=False)
    return people.search([("login", "=", f"race-{number}")])


def take(env, number):
    env[CASES].with_user(agent(env, number)).browse(number).action_take()
    env.flush_all()


def leave(env, number):
    agent(env, number).active = False


def is_heard_of(env, number):
    """It is unassigned, or supervisors are told how many the former employee had."""
    with_him = env[CASES].browse(number).first_responsible_id == agent(env, number)
    told = env["mail.message"].search([("subject", "=like", "race%")])
    return not with_him or "1" in str(told.mapped("subject"))


def rule(env):
    return env[RULES].search([("customer_class", "=", False)], limit=1).id


def again(code):
    """The same failure of the same customers, ruled once more from a day on."""

    def _again(env, number):
        begin = fields.Date.add(env.company._water_today(), years=20 + number % 7)
        terms = {"code": code, "customer_class": "household", "valid_from": begin}
        env[RULES].browse(number).copy({**terms, "valid_to": False, "active": True, "tag": "P"})

    return _again


def is_ruled_once(env, _number):
    return env[RULES].search_count([("code", "=like", "race-%")]) == 1


def year(env):
    """One that has no budget yet."""
    return 2040 + env[BUDGETS].search_count([])


def plan(env, number):
    days = {"date_from": f"{number}-01-01", "date_to": f"{number}-12-31"}
    env[BUDGETS].create({"name": "race", "amount": 100, **days})


def is_planned_once(env, number):
    return env[BUDGETS].search_count([("date_from", "=", f"{number}-01-01")]) == 1


#: {what is raced: how it begins, what the two do, whether what there is then goes together}
RACES = {
    "filed, erased": (person, enter(CASES), erase, forgets(CASES)),
    "holds, erased": (
        *(person, enter("water.account", address="东城路"), erase),
        forgets("water.account"),
    ),
    "acts, erased": (person, act_for, erase, acts_no_more),
    "is paid, erased": (person, enter(MONEY, **PAID), erase, pays_nobody_known),
    "proposed, forgotten": (closed, propose, erase_case, says_nothing),
    "improved, closed": (
        *(replied, enter("water.improvement", "finding_id", subject="x"), close),
        leaves_nothing,
    ),
    "taken, left": (with_agent, take, leave, is_heard_of),
    "ruled twice": (rule, again("race-a"), again("race-b"), is_ruled_once),
    "planned twice": (year, plan, plan, is_planned_once),
}


def race(begin, first, second, seen):
    number = alone(begin)
    acts = (lambda env: first(env, number), lambda env: second(env, number))
    # what people may not do, the system may: it closes cases and erases
    users = [PEOPLE[AGENT] if act is propose else SUPERUSER_ID for act in (first, second)]
    answers = both(*acts, users=users, is_overtaken=True)
    return answers, list(words), bool(alone(lambda env: seen(env, number)))


found = {}
for name, (begin, first, second, seen) in RACES.items():
    turns = [(first, second), (second, first)]
    found[name] = [race(begin, *turn, seen) for turn in turns[: 1 if "twice" in name else 2]]
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
