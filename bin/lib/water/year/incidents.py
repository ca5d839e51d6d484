"""The two incidents of the year, played for real with the people who called about them."""

from datetime import datetime, time, timedelta

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.clock.working_time import wall_moment

from .plan import DAY

#: How many of the people around call.
CALLERS = 7
#: days before today, zone, subject, address, cause, duration in hours, final news
STORIES = (
    (
        *(133, "DC", "东城路 DN600 主管爆裂停水", "东城路 200–300 号"),
        "雨季路基下沉，主管承口脱开",
        *(9, "东城路主管已修复，供水恢复正常。恢复初期水可能发黄，请放水几分钟后使用。"),
    ),
    (
        *(311, "BS", "北山加压站冻害停水", "北山路、松林路一带"),
        "极端低温，加压站进水管冻裂",
        *(14, "北山加压站已恢复运行，供水正常。给您带来不便，深表歉意。"),
    ),
)
WORDS = (
    "从早上起一滴水都没有，家里有老人，什么时候来水？",
    "整栋楼都停了，有没有送水车？",
    "做饭都做不成，请尽快修好。",
    "停了好几个小时了，给个准话。",
)


def play_incidents(stage, plan):
    """Play both, at their own times."""
    for story in STORIES:
        _play(stage, plan, *story)


def _play(stage, plan, days, zone, subject, address, cause, hours, told):
    day = plan.today - DAY * days
    start = wall_moment(_at_six(day), plan.company.zone)
    stage.begin(start)
    area = plan.company.zones.filtered(lambda row: row.code == zone)
    incidents = stage.as_("wangfang", stage.env["water.incident"])
    incident = incidents.create(
        {
            "subject": subject,
            "level": "3",
            "family_ids": [(6, 0, stage.ref("category_ot").ids)],
            "zone_ids": [(6, 0, area.ids)],
            "department_id": stage.department("net").id,
            "address": address,
            "cause": cause,
            "aware_at": start,
            "expected_at": start + timedelta(hours=hours - 1),
            "households": 1860,
        }
    )
    incident.action_start()
    _called(stage, plan, area)
    stage.at(hours=hours)
    incident._restore(start + timedelta(hours=hours), told)
    for notice in incident.notice_ids.sudo().sorted("id"):
        while notice._work():
            pass
        trusted(notice).write({"state": "done"})
    stage.at(hours=hours + 1)
    calls = stage.env["water.incident.contact"].sudo().search(incident._calls_domain())
    stage.as_("limin", calls).action_called()
    stage.send()


def _called(stage, plan, area):
    homes = [home for home in plan.homes if home.zone == area][:CALLERS]
    for number, home in enumerate(homes):
        stage.at(minutes=20 + 9 * number)
        words = WORDS[number % len(WORDS)]
        account = stage.env["water.account"].browse(home.account)
        values = {
            "subject": "停水",
            "verbatim": words,
            "description": words,
            "demand": "尽快恢复供水。",
        }
        login = ("limin", "chenchen")[number % 2]
        case = stage.file("water.complaint", login, account, "ot02", "app", **values)
        stage.as_(login, case)._confirm_readback()


def _at_six(day):
    return datetime.combine(day, time(6, 12))
