"""What the company made of its year: a month's figures closed, departments assessed."""

#: code of the key figure: weight, and the steps (from, to, per cent of the weight)
ITEMS = {
    "k10": (60, ((0, 60, 0), (60, 80, 50), (80, 90, 80), (90, None, 100))),
    "k05": (40, ((0, 70, 0), (70, 90, 60), (90, None, 100))),
}
TARGET = 95
POINTS = {
    "overdue": 0.1,
    "false_completion": 5,
    "buck_passing": 2,
    "attitude": 3,
    "wrong_dispatch": 0.1,
    "missed_callback": 1,
    "praise": 2,
}


def judge(env, sheet, quality, manager):
    """Have the figures of a month closed by two people and the departments assessed by them.

    :param sheet: water.kpi.sheet that is drawn up, of a month that is over
    :param quality: res.users who checks, and assesses
    :param manager: res.users who closes
    """
    sheet.with_user(quality).action_check()
    sheet.with_user(manager).action_close()
    scheme = env["water.assessment.scheme"].create(_scheme(env, sheet))
    values = {"scheme_id": scheme.id, "period_start": sheet.period_start}
    assessment = env["water.assessment"].with_user(quality).create(values)
    assessment.action_draw_up()
    assessment.action_publish()


def _scheme(env, sheet):
    """Values of the scheme by which departments that are sent cases are assessed each month."""
    ours = sheet.line_ids.filtered(lambda line: line.dimension == "department" and line.denominator)
    items = [
        {
            "kpi_id": env.ref(f"water_quality.kpi_{code}").id,
            "weight": weight,
            "target": TARGET,
            "step_ids": [
                (0, 0, {"begins": low, "ends": high or 0, "is_open": not high, "share": share})
                for low, high, share in steps
            ],
        }
        for code, (weight, steps) in ITEMS.items()
    ]
    rules = [{"kind": kind, "points": points} for kind, points in POINTS.items()]
    return {
        "name": "部门月度考核办法",
        "company_id": sheet.company_id.id,
        "department_ids": [(6, 0, ours.department_id.filtered("manager_id").ids)],
        "item_ids": [(0, 0, item) for item in items],
        "rule_ids": [(0, 0, rule) for rule in rules],
    }
