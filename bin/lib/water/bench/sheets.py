"""What management asks for: a month's sheet of key figures, the nightly table of days, a dashboard.

The table of complaints is full already. Its last month gets twenty departments and thirty zones,
and yesterday ten thousand cases.
"""

import json
from datetime import timedelta

import timing
from dateutil.relativedelta import relativedelta

from odoo import fields

env = globals()["env"]  # given by odoo shell
DEPARTMENTS, ZONES, CASES_OF_A_DAY = 20, 30, 10_000
#: What a dashboard shows when it opens, before somebody chooses another period.
SHOWN = 90


def places():
    """Ids of twenty departments and thirty zones, made as far as they are missing."""
    found = []
    for model, number in (("water.department", DEPARTMENTS), ("water.zone", ZONES)):
        rows = env[model].search([("active", "=", True)], limit=number)
        missing = range(number - len(rows))
        rows |= rows.create([{"code": f"B{n:03d}", "name": f"压测 {n}"} for n in missing])
        found.append(rows.ids)
    return found


def spread(start, end):
    """Give the cases of a month and their limits departments and zones."""
    departments, zones = places()
    env.flush_all()
    for table, date in (("water_complaint", "received_at"), ("water_deadline", "due_at")):
        env.cr.execute(
            f"UPDATE {table} SET department_id = (%s)[1 + id %% %s], zone_id = (%s)[1 + id %% %s]"
            f" WHERE {date} >= %s AND {date} < %s",
            [departments, len(departments), zones, len(zones), start, end],
        )


def busy_day():
    """Have ten thousand cases come in, and be closed, yesterday."""
    day = fields.Datetime.now() - timedelta(days=1)
    env.cr.execute(
        "UPDATE water_complaint SET received_at = %s, closed_at = %s, write_date = now()"
        " WHERE id IN (SELECT id FROM water_complaint WHERE closed_at IS NOT NULL"
        " ORDER BY received_at DESC LIMIT %s)",
        [day, day, CASES_OF_A_DAY],
    )
    env.invalidate_all()
    return env.cr.rowcount


def days():
    """Seconds of the first count of all days, and of the night after a busy day."""
    facts = env["water.fact"]
    whole = timing.counted(env, facts._cron_count)
    env.cr.commit()
    count = busy_day()
    env.cr.commit()
    night = timing.counted(env, facts._cron_count)
    env.cr.commit()
    rows = facts.search_count([("day", ">=", fields.Date.today() - timedelta(days=SHOWN))])
    return {"all_days_s": whole[0], "night_s": night[0], "cases_of_a_day": count, "rows": rows}


def sheet(start):
    """The sheet of a month: every figure, of the company and of all its parts."""
    values = {"kind": "month", "period_start": start, "company_id": env.company.id}
    month = env["water.kpi.sheet"].create(values)
    seconds, cpu, queries = timing.counted(env, month.action_recount)
    split = {name: len(month.line_ids.mapped(name)) for name in ("department_id", "zone_id")}
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "queries": queries,
        "figures": len(month.line_ids.kpi_id),
        "lines": len(month.line_ids),
        **split,
    }


def asked_by(dashboard):
    """What a dashboard asks the server for: (model, domain, groups, aggregates) of each part."""
    content = json.loads(dashboard.spreadsheet_data)
    figures = [figure["data"] for sheet in content["sheets"] for figure in sheet["figures"]]
    for pivot in content["pivots"].values():
        groups = [_group(row) for row in pivot["rows"] + pivot["columns"]]
        asked = [_aggregate(row["fieldName"], row.get("aggregator")) for row in pivot["measures"]]
        yield pivot["model"], pivot["domain"] + _period(pivot), groups, asked
    for chart in figures:
        if chart["type"].startswith("odoo_"):
            about, domain = chart["metaData"], chart["searchParams"]["domain"] + _period(chart)
            yield about["resModel"], domain, about["groupBy"], [_aggregate(about["measure"], "sum")]


def _group(row):
    return ":".join(filter(None, (row["fieldName"], row.get("granularity"))))


def _aggregate(name, how):
    return name if name == "__count" else f"{name}:{how}"


def _period(part):
    dates = [row["chain"] for row in part["fieldMatching"].values() if row.get("type") == "date"]
    return [[dates[0], ">=", fields.Date.today() - timedelta(days=SHOWN)]] if dates else []


def dashboards():
    """What each dashboard of the addons takes of the server, the slowest of them."""
    user = env.ref("base.user_admin")
    user.group_ids |= env.ref("water_service_desk.group_manager")
    slowest = {}
    for dashboard in env["spreadsheet.dashboard"].search([("name", "!=", False)]):
        if not dashboard.get_external_id()[dashboard.id].startswith("water_quality."):
            continue
        parts = list(asked_by(dashboard))

        def open_all(parts=parts):
            env.invalidate_all()
            for model, domain, groups, aggregates in parts:
                rows = env[model].with_user(user)
                rows.formatted_read_group(domain, groups, aggregates)

        found = timing.typical_ms(env, open_all) | {"parts": len(parts)}
        if found["fastest"] > slowest.get("fastest", 0):
            slowest = found
    return slowest


def main():
    today = fields.Date.today()
    start = today.replace(day=1) - relativedelta(months=1)
    timing.progress("departments and zones of a month ...")
    spread(start, today)
    env.cr.commit()
    timing.vacuum(env, "water_complaint", "water_deadline")
    result = {}
    for name, measured in (("days", days), ("dashboard", dashboards)):
        timing.progress(f"measuring the {name} ...")
        result[name] = measured()
    timing.progress("measuring the sheet of a month ...")
    result["sheet"] = sheet(start)
    timing.report(result)


main()
