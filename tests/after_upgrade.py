"""Run in ``odoo shell`` on an upgraded database: does what people do there.

An agent files a complaint and takes it on; every file of mail templates is read again by "Reset
Template". Prints one line of JSON: the state of the complaint, what its events say, how many
templates were reset.
"""

import json
from datetime import timedelta

from odoo import fields

environment = globals()["env"]


def file_complaint(env):
    """File a complaint, read it back, and take it on."""
    agent = env["res.users"].search([("login", "=", "limin")])
    case = (
        env["water.complaint"]
        .with_user(agent)
        .create(
            {
                "subject": "水表估抄",
                "description": "客户说抄表员没有上门, 水量是估的。",
                "partner_id": env.ref("water_service_desk.partner_zhangwei").id,
                "address": "东城路8号2单元301",
                "category_id": env.ref("water_service_desk.category_bl02").id,
                "channel_id": env.ref("water_service_desk.channel_phone").id,
                "occurred_at": fields.Datetime.now() - timedelta(hours=3),
                "demand": "按实际水量重新计费",
            }
        )
    )
    case._confirm_readback()
    before = case.state
    case.action_handle()
    env.flush_all()
    return {"states": [before, case.state], "number": bool(case.name), "events": case.event_count}


def reset_templates(env):
    """Reset one mail template of each file there is; returns how many."""
    ours = env["mail.template"].search([("template_fs", "=like", "water_%")])
    files = {template.template_fs: template for template in ours}
    for template in files.values():
        template.reset_template()
    return {"templates": len(ours), "files": len(files)}


found = file_complaint(environment) | reset_templates(environment)
environment.cr.rollback()
print("RESULT", json.dumps(found))
