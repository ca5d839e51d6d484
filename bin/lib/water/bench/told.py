"""An incident of thousands: everybody is told and their cases are closed in one go (S-3)."""

import os
from datetime import timedelta

import timing

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

env = globals()["env"]  # given by odoo shell
CASES = int(os.environ["WATER_BENCH_ACCOUNTS"])
BATCH = 500


def setup():
    """An outage that is over, with a complaint of everybody who called."""
    zone = env["water.zone"].create({"code": "TOLD", "name": "压测片区"})
    incident = env["water.incident"].create(
        {
            "subject": "压测主管爆裂停水",
            "zone_ids": zone.ids,
            "family_ids": env.ref("water_service_desk.category_ot").ids,
            "aware_at": fields.Datetime.now() - timedelta(hours=4),
        }
    )
    incident.action_start()
    category = env.ref("water_service_desk.category_ot03")
    for start in range(0, CASES, BATCH):
        timing.progress(f"{start:,} of {CASES:,} cases filed")
        # as the intake does, which finds the incident of each caller
        trusted(env["water.complaint"]).create(
            [
                {
                    "subject": "停水",
                    "description": "家里没水了。",
                    "zone_id": zone.id,
                    "category_id": category.id,
                    "incident_id": incident.id,
                    "contact_name": f"用户{number}",
                    "phone": f"139{number:08d}",
                    "email_from": f"caller{number}@example.com",
                }
                for number in range(start, min(start + BATCH, CASES))
            ]
        )
        env.cr.commit()
    incident._restore(fields.Datetime.now(), "已恢复供水。")
    return incident


def main():
    env.cr.execute("UPDATE ir_cron SET active = false")
    incident = setup()
    timing.progress("telling and closing ...")
    # as the scheduled action does, on the connection that is watched
    notices = env["water.incident.notice"]
    seconds, cpu, queries = timing.counted(env, notices._cron_broadcast)
    env.cr.commit()
    incident.invalidate_recordset()
    archived = incident.complaint_ids.filtered(lambda case: case.state == "archived")
    timing.report(
        {
            "cases": len(incident.complaint_ids),
            "archived": len(archived),
            "seconds": seconds,
            "cpu_seconds": cpu,
            "queries": queries,
        }
    )


main()
