"""Makes a small year twice and asks whether it is true; run in ``odoo shell`` by ``test_year``."""

import json
import re
from collections import Counter
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

from water.year.plan import BAD, DAY, Plan
from water.year.year import Year

from odoo.addons.water_quality.kpi.tests.plain_count import PlainCount
from odoo.addons.water_service_desk.category_proposal.learning import learn, share

env = globals()["env"]  # given by odoo shell
SIZE = 200
CASES = ("water.complaint", "water.request", "water.inquiry")
CHAINS = (*CASES, "water.appeal")
SAME = ("water_complaint", "water_request", "water_inquiry", "water_case_event", "water_deadline")
SAME += ("res_partner", "water_account", "water_call_record", "water_compensation")
TODAY = env.company._water_today()


def newest():
    env.flush_all()
    found = {}
    for table in SAME:
        env.cr.execute(f"SELECT max(id) FROM {table}")
        found[table] = env.cr.fetchone()[0]
    return found


def made(since):
    """``{table: its rows as texts}`` of records made after ``since``."""
    env.flush_all()
    found = {}
    for table, last in since.items():
        # files are sealed from the moment on at which the year is made
        rows = f"SELECT to_jsonb(t) - 'seal_due_at' FROM {table} t WHERE id > %s ORDER BY id"
        env.cr.execute(rows, [last])
        found[table] = [row for (row,) in env.cr.fetchall()]
    return found


def differences(first, second):
    """``table.column`` that differ between both."""
    found = {
        f"{table}: {len(first[table])}"
        for table in first
        if len(first[table]) != len(second[table])
    }
    for table in first:
        for one, other in zip(first[table], second[table], strict=False):
            found |= {f"{table}.{name}" for name in one if one[name] != other[name]}
    return sorted(found)


def sequences():
    """The state of all sequences: they do not come back with a transaction."""
    env.cr.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences")
    return env.cr.fetchall()


def make_twice():
    """Make the year, take it back, make it again: records made both times."""
    env.cr.commit()
    state, since = sequences(), newest()
    Year(env, TODAY, SIZE).load()
    first = made(since)
    env.cr.rollback()
    env.invalidate_all()
    env.registry.clear_all_caches()
    for name, value in state:
        env.cr.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])
    found = Year(env, TODAY, SIZE).load()
    return since, found, differences(first, made(since))


def clocks(since):
    """Limits of the year that the product works out otherwise, or judges otherwise."""
    rows = env["water.deadline"].sudo().search([("id", ">", since["water_deadline"])])
    wrong = []
    for row in rows.filtered("standard_line_id"):
        due, _open = row.calendar_id._water_due_at(row.started_at, row.amount, row.unit)
        late = bool(row.met_at) and row.met_at > row.due_at
        if due.replace(microsecond=0) != row.planned_due_at or row.due_at != row.planned_due_at:
            wrong.append(f"{row.id} {row.kind} {due}")
        if row.met_at and row.state != "void" and late != (row.state == "breached"):
            wrong.append(f"{row.id} {row.kind} {row.state}")
    return len(rows), wrong


def mostly_late(since):
    """Kinds of limits that were exceeded more often than not, in a company that is in order."""
    rows = env["water.deadline"].sudo().search([("id", ">", since["water_deadline"])])
    counts = Counter((row.kind, row.state) for row in rows)
    kinds = {kind for kind, _state in counts}
    return sorted(kind for kind in kinds if counts[kind, "breached"] > counts[kind, "met"] + 3)


def loose_ends():
    """Links that lead nowhere: rows were written past the foreign keys."""
    env.cr.execute(
        "SELECT conrelid::regclass::text, quote_ident(attname), confrelid::regclass::text"
        " FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
        " WHERE contype = 'f' AND array_length(conkey, 1) = 1"
    )
    ends = []
    for table, column, target in env.cr.fetchall():
        env.cr.execute(
            f"SELECT count(*) FROM {table} x WHERE {column} IS NOT NULL"
            f" AND NOT EXISTS (SELECT FROM {target} y WHERE y.id = x.{column})"
        )
        ends += [f"{table}.{column}"] * bool(env.cr.fetchone()[0])
    return ends


def left_over():
    """Columns in which something of a life is left that a copy must replace."""
    env.cr.execute(
        "SELECT quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_type = 'BASE TABLE' AND table_schema = current_schema()"
        " AND data_type IN ('character varying', 'text', 'jsonb')"
        " AND table_name ~ '^(water|mail_m|res_partner|account_move)'"
    )
    found = []
    for table, column in env.cr.fetchall():
        env.cr.execute(f"SELECT count(*) FROM {table} WHERE {column}::text ~ '⟦|13000009876'")
        found += [f"{table}.{column}"] * bool(env.cr.fetchone()[0])
    return found


def figures():
    """Key figures of last month that a slow count finds otherwise."""
    end = TODAY.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    plain, wrong = PlainCount(env, env.company, start, end), []
    for kpi in env["water.kpi"].search([("code", "in", ("K04", "K21"))]):
        quick = kpi._count(env.company, start, end)["company", False]
        slow = plain.figure(kpi.code)
        if [float(part) for part in quick] != [float(part) for part in slow]:
            wrong.append(f"{kpi.code}: {quick} {slow}")
    return wrong


def money():
    """Entries of compensations that do not balance or differ from the decision."""
    rows = env["water.compensation"].sudo().search([]).filtered("move_id")
    wrong = []
    for row in rows:
        lines = row.move_id.line_ids
        if round(sum(lines.mapped("balance")), 2) or row.move_id.amount_total != row.amount:
            wrong.append(row.name)
    return len(rows), wrong


def places(since):
    """Notable results by scenario."""
    months, late, callers = Counter(), Counter(), Counter()
    for model in CASES:
        rows = env[model].sudo().search([("id", ">", since[model.replace(".", "_")])])
        for case in rows:
            months[case.category_id.code, case.received_at.month in (12, 1, 2)] += 1
            callers[case.partner_id.id] += 1
            clocks = case.deadline_ids.filtered(lambda clock: clock.kind == "close")[:1]
            late[case.department_id.code == BAD.upper(), clocks.state == "breached"] += 1
    return months, late, callers


def after_the_new_price():
    """Complaints about meters a day, ``[in the ten weeks after a new price, otherwise]``.

    By plan, for a whole year, because a small one has too few.
    """
    town = SimpleNamespace(zones=[SimpleNamespace(code="LC", id=1)])
    plan = Plan(town, TODAY, 6000, "probe")
    days = {plan.price_from + DAY * number for number in range(70)}
    counts = Counter(
        day in days
        for day, matter in plan.happenings()
        if matter.model == "water.complaint" and matter.category.startswith("mt")
    )
    return [counts[True] / len(days), counts[False] / (len(plan.days) - len(days))]


def held_out():
    """Per cent of cases whose category is among the first three, by what other months teach.

    Each month of the year is tried by itself; learned and by key words alone.
    """
    rows = env["water.category.learning"]._cases()
    leaves = env["water.category"]._leaves()
    own = env["water.category.learning"]._own_words()
    learned = words = 0
    for month in {when.strftime("%Y%m") for when, _text, _code in rows}:
        tried = [row for row in rows if row[0].strftime("%Y%m") == month]
        others = [row[1:] for row in rows if row not in tried]
        best = partial(learn(others, own).best, count=3)
        learned += share(tried, best) * len(tried)
        words += share(tried, lambda text: leaves._public_best(text)[:3].mapped("code")) * len(
            tried
        )
    return [round(learned / len(rows), 1), round(words / len(rows), 1), len(rows)]


def bare_visits():
    """``[visits that are done, of them without a photograph]``: those are looked at again."""
    done = env["water.visit"].search([("state", "=", "done")])
    shown = done.filtered(lambda visit: any(file.raw for file in visit.photo_ids))
    return [len(done), len(done - shown)]


def alarms():
    return {row.code: row.value for row in env["water.alarm"]._update()}


def risen(before):
    """Alarms of what waits longer than before: history is no queue."""
    return sorted(code for code, value in alarms().items() if value > before[code] + 3600)


def main():
    before = alarms()
    since, found, other = make_twice()
    chains = {name: env[name].sudo().search([])._verify_events() for name in CHAINS}
    count, wrong = clocks(since)
    months, late, callers = places(since)
    states = {name: env[name].sudo().search([]).mapped("state") for name in CASES}
    people, money_wrong = env["res.users"].search([]).mapped("name"), money()
    result = {
        "found": found,
        "other": other,
        "chains": sum(chains.values(), []),
        "clocks": [count, wrong],
        "mostly late": mostly_late(since),
        "loose": loose_ends(),
        "left": left_over(),
        "waiting": risen(before),
        "held out": held_out(),
        "figures": figures(),
        "money": money_wrong,
        "visits": bare_visits(),
        "frozen": [months["MT02", True], months["MT02", False]],
        "meters": after_the_new_price(),
        "late": {f"{bad} {breached}": number for (bad, breached), number in late.items()},
        "most": callers.most_common(1)[0][1],
        "lawful": all(
            set(rows) <= set(dict(env[name]._fields["state"]._description_selection(env)))
            for name, rows in states.items()
        ),
        "bots": [name for name in people if re.search("Bot|Mitchell|Marc |Joel", name)],
    }
    print("RESULT " + json.dumps(result, default=str), flush=True)


main()
