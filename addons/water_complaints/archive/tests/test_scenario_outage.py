from collections import Counter

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .. import sealed_file
from .common import ArchiveCommon

CALLERS = 137
CLAIMS = 8
RESTORED = "2026-03-13 01:35"


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 19:20"))
class TestScenarioOutage(ArchiveCommon):
    """S-3: the DN600 main of Dongcheng Road bursts, 137 call, 30 h 15 min without water."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("water_service_desk.category_dm01").is_claim = True
        cls.zone = cls.env["water.zone"].create({"code": "T-DC", "name": "东城片区"})
        cls.incidents = cls.env["water.incident"]

    def _at(self, text):
        return freeze_time(fields.Datetime.to_string(local(text)))

    def _call_values(self, number, **values):
        return self._complaint_values(
            subject="停水",
            zone_id=self.zone.id,
            category_id=self._category("ot02").id,
            occurred_at=fields.Datetime.now(),
            partner_id=False,
            contact_name=f"来电客户{number}",
            phone=f"1390000{number:04d}",
            email_from=f"caller{number}@example.com",
            **values,
        )

    def _calls(self, numbers, **values):
        complaints = self._as("agent", self.env["water.complaint"])
        rows = [self._call_values(number) | values for number in numbers]
        return complaints.create(rows).with_env(self.env)

    def _broadcast(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_complaints.ir_cron_incidents").method_direct_trigger()
        self.env.invalidate_all()

    def _first_minutes(self):
        """19:20 to 19:46: dispatched once, accepted, proposed at the third call, started."""
        dialysis = self.env.ref("water_service_desk.customer_flag_dialysis")
        holder = self.env["res.partner"].create({"name": "透析户", "email": "d@example.com"})
        self.dialysis = self.env["water.account"].create(
            {
                "code": "T-DIALYSIS",
                "partner_id": holder.id,
                "address": "东城路12号",
                "zone_id": self.zone.id,
                "flag_ids": dialysis.ids,
            }
        )
        first = self._calls([1])
        acts.readback(self._as("agent", first))
        self._dispatch(first, self.net)
        with self._at("2026-03-11 19:22"):
            self._as("department", self._lead(first)).action_accept()
            second = self._calls([2])
        with self._at("2026-03-11 19:23"):
            third = self._calls([3], account_id=self.dialysis.id)
        incident = self.incidents.search([("zone_ids", "in", self.zone.ids)])
        self.assertEqual(
            (incident.state, incident.aware_at), ("proposed", local("2026-03-11 19:20"))
        )
        with self._at("2026-03-11 19:24"):
            plan = self.env.ref("water_complaints.plan_emergency")
            incident.write(
                {
                    "plan_id": plan.id,
                    "level": "2",
                    "subject": "东城路 DN600 主管爆裂停水",
                    "pipe_diameter": 600,
                    "households": 3180,
                    "businesses": 46,
                    "manager_id": self.users["supervisor"].id,
                }
            )
            self._as("supervisor", incident).action_start()
        self.assertEqual(incident.complaint_ids, first | second | third)
        return incident, first, third

    def test_accepted_and_on_site_in_time(self):
        incident, first, third = self._first_minutes()
        self.assertLocal(self._clock(first, "accept").met_at, "2026-03-11 19:22")
        self.assertLocal(self._clock(third, "accept").met_at, "2026-03-11 19:24")
        for case in incident.complaint_ids:
            self.assertEqual(self._clock(case, "accept").state, "met")
        with self._at("2026-03-11 19:46"):
            self._as("department", self._lead(first)).action_arrived()
            self._as("agent", incident).action_arrived()
        self.assertLocal(incident.arrived_at, "2026-03-11 19:46")
        for case in incident.complaint_ids:
            self.assertEqual(self._clock(case, "on_site").state, "met")
        points = incident.activity_ids.filtered(lambda row: "供水点" in row.summary)
        self.assertEqual(str(points.date_deadline), "2026-03-12")

    def test_water_for_the_dialysis_customer(self):
        """Promised by 21:20, brought at 21:05; served before all others with the news."""
        incident, __, third = self._first_minutes()
        with self._at("2026-03-11 19:26"):
            acts.promise(self._as("agent", third), "送水上门", local("2026-03-11 21:20"), "visit")
        before = self.env["water.message"].search([])
        with self._at("2026-03-11 19:30"):
            acts.announce(
                self._as("supervisor", incident),
                "DN600 主管爆裂，正在抢修。",
                local("2026-03-12 19:00"),
            )
            self._broadcast()
        sent = (self.env["water.message"].search([]) - before).sorted("id")
        self.assertEqual(sent[0].incident_contact_id.account_id, self.dialysis)
        with self._at("2026-03-11 21:05"):
            self._as("agent", third).action_arrived()
        promise = self._clock(third, "promise")
        self.assertEqual(promise.state, "met")
        self.assertLocal(promise.met_at, "2026-03-11 21:05")

    def _evening(self, incident):
        """The other 134 callers up to 21:00; eight of them claim flood damage."""
        with self._at("2026-03-11 19:30"):
            acts.announce(
                self._as("supervisor", incident),
                "DN600 主管爆裂，正在抢修。",
                local("2026-03-12 19:00"),
            )
            self._broadcast()
        with self._at("2026-03-11 20:10"):
            self._calls(range(4, 100))
        with self._at("2026-03-11 20:55"):
            self._calls(range(100, CALLERS - CLAIMS + 2))
            claim = self._category("dm01")
            damage = self._calls(
                range(CALLERS - CLAIMS + 2, CALLERS + 1),
                category_id=claim.id,
                subject="地下室被淹索赔",
                demand="赔偿地下室物品损失",
            )
            late = incident.complaint_ids.filtered(lambda case: case.contact_name == "来电客户50")
            self._as("agent", late).write({"category_id": claim.id})
        return damage

    def test_the_whole_night(self):
        """137 hang on it without a second dispatch; news every two hours; 128 closed at the end.

        Eight claim more, and the department that was sent to the first has not concluded it.
        """
        incident, first, __ = self._first_minutes()
        self._evening(incident)
        cases = incident.complaint_ids
        self.assertEqual(len(cases), CALLERS)
        self.assertEqual(cases.dispatch_ids, first.dispatch_ids)
        self.assertEqual(len(first.dispatch_ids), 1)
        claims = cases.filtered("own_claim")
        self.assertEqual(len(claims), CLAIMS)
        self.assertEqual(claims.category_id, self._category("dm01"))
        told = Counter(case.id for case in cases.customer_message_ids.complaint_id)
        self.assertEqual(set(told), set(cases.ids))  # later callers hear at once how it stands
        self._news_of_the_night(incident)
        with self._at("2026-03-13 01:40"):
            supervisor = self._as("supervisor", incident)
            acts.restore(supervisor, local(RESTORED), "东城路已恢复供水。")
            self._broadcast()
        self.assertEqual(first.state, "investigating")
        self._after_the_night(incident, cases - first, claims)

    def _news_of_the_night(self, incident):
        """The incident commander is asked for news every two hours."""
        for hour in ("21:30", "23:30"):
            with self._at(f"2026-03-11 {hour}"):
                self._broadcast()
                asked = incident.activity_ids.filtered(
                    lambda row: "ell all customers" in row.summary
                )
                self.assertTrue(asked)
                asked.action_feedback()
                acts.announce(self._as("supervisor", incident), "抢修中。")
                self._broadcast()
        self.assertLocal(incident.next_progress_at, "2026-03-12 01:30")
        progress = incident.notice_ids.filtered(lambda notice: notice.kind == "progress")
        self.assertEqual([row.state for row in progress], ["done"] * 3)

    def _after_the_night(self, incident, cases, claims):
        self.assertEqual((incident.state, incident.minutes_out), ("restored", 30 * 60 + 15))
        self.assertLocal(incident.repair_due_at, "2026-03-13 19:20")  # above DN500: 48 hours
        self.assertEqual((incident.repair_state, incident.repair_missed_at), ("kept", False))
        closed = cases - claims
        self.assertEqual(len(closed), CALLERS - CLAIMS - 1)
        self.assertEqual(set(closed.mapped("state")), {"archived"})
        self.assertFalse(self._running(closed))
        last = incident.notice_ids[:1]
        self.assertEqual((last.kind, last.state), ("restored", "done"))
        informed = last.contact_ids.complaint_id
        self.assertEqual(closed - informed, cases.browse())
        self.assertEqual(len(set(closed.mapped("archive_number"))), len(closed))
        self.assertEqual(set(claims.mapped("state")), {"registered"})
        for claim in claims:
            self.assertIn(self._clock(claim, "close"), self._running(claim))  # missed by now
        self.assertWhole(cases)
        items = {row["key"]: row for row in closed[-1]._checklist()}
        self.assertEqual(items["notice"]["state"], "absent")
        self.assertIn(incident.name, items["notice"]["note"])
        with self.assertRaisesRegex(UserError, "archived"):
            self._as("agent", closed[-1]).subject = "x"
        archive = self.env["water.archive"].sudo()._seal(closed[-1].sudo())
        sealed_file.check(archive._content(), archive.digest)
        self._as("supervisor", incident).action_close()
        self.assertEqual(incident.state, "closed")
