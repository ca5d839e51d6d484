import cProfile
import os
import pstats
import time

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.tests.common import local

from .common import ComplaintCommon

FIRST = "2026-03-11 19:20"


@tagged("post_install", "-at_install")
@freeze_time(local(FIRST))
class TestIncidentBulk(ComplaintCommon):
    def test_measure(self):
        size = int(os.environ.get("WATER_BULK", 200))
        zone = self.env["water.zone"].create({"code": "T-DC", "name": "东城片区"})
        incident = self._as("supervisor", self.env["water.incident"]).create(
            {
                "subject": "东城路主管爆裂停水",
                "zone_ids": zone.ids,
                "family_ids": self._category("ot").ids,
                "manager_id": self.users["supervisor"].id,
            }
        )
        incident.action_start()
        values = [
            self._complaint_values(
                subject="停水",
                zone_id=zone.id,
                category_id=self._category("ot03").id,
                partner_id=False,
                contact_name=f"客户{n}",
                phone=f"139{n:08d}",
                email_from=f"c{n}@example.com",
            )
            for n in range(size)
        ]
        t0 = time.process_time()
        for start in range(0, size, 500):
            self._as("agent", self.env["water.complaint"]).create(values[start : start + 500])
            self.env.flush_all()
            self.env.invalidate_all()
        print("CREATE", time.process_time() - t0)
        incident._restore(fields.Datetime.now(), "已恢复供水。")
        self.env.flush_all()
        cron = self.env.ref("water_complaints.ir_cron_incidents").sudo()
        profile = cProfile.Profile() if os.environ.get("WATER_PROFILE") else None
        t0, w0, q0 = time.process_time(), time.perf_counter(), self.env.cr.sql_log_count
        if profile:
            profile.enable()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        print("CLOSE cpu", time.process_time() - t0, "wall", time.perf_counter() - w0)
        self.env.invalidate_all()
        print(
            "states",
            self.env["water.complaint"]._read_group(
                [("incident_id", "=", incident.id)], ["state"], ["__count"]
            ),
        )
