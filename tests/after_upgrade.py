"""Run in ``odoo shell`` on an upgraded database: does what people do there.

An agent files a complaint and takes it on; every file of mail templates is read again by "Reset
Template"; the chains of events are verified; the scheduled actions run, whose words an upgrade
leaves as they are. Prints one line of JSON.
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


def verify_chains(env):
    """Verify the chains of events of all there are; returns their faults."""
    faults, count = [], 0
    for name, model in env.registry.items():
        if issubclass(model, env.registry["water.chain.mixin"]) and model._auto:
            records = env[name].with_context(active_test=False).search([])
            count += sum(record.event_count for record in records)
            faults += records._verify_events()
    return {"faults": faults, "chained": count}


def run_actions(env):
    """Run the scheduled actions of the addons; returns how many."""
    names = env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "=like", "water_%")])
    actions = env["ir.cron"].browse(names.mapped("res_id")).ir_actions_server_id
    for action in actions:
        action.run()
    env.flush_all()
    return {"actions": len(actions)}


found = verify_chains(environment)
found |= file_complaint(environment) | reset_templates(environment)
found |= run_actions(environment)
environment.cr.rollback()
print("RESULT", json.dumps(found))
