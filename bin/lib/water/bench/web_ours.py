"""Gets the addons' database ready to be visited; run in odoo shell."""

import os
from datetime import timedelta

import timing
from fill import Fill
from PIL import Image

from odoo import fields
from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell
ref = env.ref
#: kind of case → code of a category that it may have
CATEGORIES = {"complaint": "BL02", "inquiry": "GN", "repair": "GN"}


def sample(agent):
    """The complaint that the rows of the bulk are copies of."""
    values = {
        "subject": "抄表错误",
        "description": "11 月用水 38 立方米，比平时高一倍。",
        "contact_name": "张伟",
        "phone": "13812345678",
        "address": "东城路 12 号",
        "category_id": ref("water_service_desk.category_bl02").id,
        "channel_id": ref("water_service_desk.channel_phone").id,
        "demand": "核实读数",
        "department_id": ref("water_service_desk.department_net").id,
        "occurred_at": fields.Datetime.now() - timedelta(hours=1),
    }
    case = env["water.complaint"].with_user(agent).create(values)
    case._confirm_readback()
    case.write({"state": "dispatched"})
    return case.sudo()


def categories():
    """{kind: id of a category}: the one named above, or the first that may be chosen."""
    models = {"complaint": "water.complaint", "inquiry": "water.inquiry", "repair": "water.request"}
    found = {}
    for kind, code in CATEGORIES.items():
        offered = env[models[kind]]._filing_categories()
        found[kind] = (offered.filtered(lambda row, code=code: row.code == code) or offered)[0].id
    return found


def main():
    groups = "base.group_user,water_service_desk.group_agent"
    agent = new_test_user(env, "bench_agent", groups=groups)
    env["ir.default"].set("res.partner", "lang", "zh_CN")  # pages in the visitors' language
    ref("water_service_desk.department_net").member_ids = agent
    env.company.write({"water_hotline": "96510"})
    env.company.water_public_open = True
    first = sample(agent)
    env.cr.commit()
    Fill(env, first, agent, every=40).to(timing.sizes()[-1])
    photo = Image.effect_noise((1000, 750), 40).resize((4000, 3000)).convert("RGB")
    photo.save(os.environ["WATER_BENCH_PHOTO"], quality=88)
    env.cr.commit()
    timing.report({"categories": categories()})


main()
