from datetime import timedelta

from odoo.tests import tagged

from ...complaint.tests import acts
from .common import NOON, IncidentCommon


@tagged("post_install", "-at_install")
class TestIncidentChanges(IncidentCommon):
    """Settings change, people leave, and two do the same, while incidents go on or are over."""

    def test_finished_repair_keeps_its_limit(self):
        """Judged by the hours of its time; what goes on follows those that hold now (S1.1)."""
        with self._at("2026-03-11 12:00"):
            over = self._open(pipe_diameter=300, plan_id=False, aware_at=NOON)
            running = self._open(pipe_diameter=300, plan_id=False, aware_at=NOON)
            self.env.flush_all()
        with self._at("2026-03-12 13:00"):
            acts.restore(self._as("supervisor", over), NOON + timedelta(hours=25), "已恢复供水。")
            self.company.water_repair_hours = 30
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(over.repair_due_at, NOON + timedelta(hours=24))
        self.assertEqual(over.repair_state, "missed")
        self.assertEqual(running.repair_due_at, NOON + timedelta(hours=30))
        self.assertEqual(
            len(self.incidents.search([("repair_due_at", "=", over.repair_due_at)])), 1
        )

    def test_announced_date_keeps_lead(self):
        begin = NOON + timedelta(hours=30)
        values = {"kind_id": self._kind("planned").id, "plan_id": False, "aware_at": begin}
        values |= {"announced_end_at": begin + timedelta(hours=4)}
        with self._at("2026-03-11 12:00"):
            told = self._open(**values, notice_given_at=NOON)
            untold = self._open(**values)
            self.assertTrue(told.is_told_in_time)
            self.env.flush_all()
            self.company.write({"water_planned_hours": 40, "water_planned_long_hours": 48})
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((told.lead_needed, untold.lead_needed), (24, 40))
            self.assertTrue(told.is_told_in_time)
            self.assertFalse(told.lead_alert)
            self.assertIn("40 hours", untold.lead_alert)

    def test_a_larger_pipe_than_was_thought(self):
        """Overdue by a day that does not hold any more, it is told once it is overdue by two."""
        with self._at("2026-03-11 12:00"):
            incident = self._open(
                pipe_diameter=300, plan_id=False, aware_at=NOON, progress_hours=100
            )
        with self._at("2026-03-12 12:01"):
            self._broadcast()
            self.env.invalidate_all()
            self.assertTrue(incident.repair_missed_at)
            incident.pipe_diameter = 600
            self._broadcast()
            self.env.invalidate_all()
            self.assertFalse(incident.repair_missed_at or incident.repair_warned_at)
        with self._at("2026-03-13 03:00"):
            self._broadcast()
            self.env.invalidate_all()
            self.assertEqual(len(incident.activity_ids), 1)
        with self._at("2026-03-13 12:01"):
            self._broadcast()
            self.env.invalidate_all()
            self.assertEqual(incident.repair_missed_at, NOON + timedelta(hours=48))
        mails = self.env["mail.mail"].search([("subject", "ilike", "Repair overdue since")])
        self.assertEqual(len(set(mails.mapped("subject"))), 2)

    def test_commander_leaves(self):
        """Its starter is asked; if that person has left, another one."""
        commander = self.users["agent2"]
        with self._at("2026-03-11 12:00"):
            incident = self._open(
                manager_id=commander.id, pipe_diameter=300, plan_id=False, aware_at=NOON
            )
            commander.action_archive()
        with self._at("2026-03-12 08:00"):
            self._broadcast()
            self.env.invalidate_all()
        self.assertEqual(len(incident.activity_ids), 2)  # the next news, and the repair
        self.assertEqual(incident.activity_ids.user_id, self.users["supervisor"])
        incident.activity_ids.unlink()
        self.users["supervisor"].action_archive()
        heir = self.users["manager"]
        heir.group_ids += self.env.ref("water_service_desk.group_supervisor")
        self.company.water_message_user_id = heir
        with self._at("2026-03-12 10:30"):
            self._broadcast()
            self.env.invalidate_all()
        self.assertEqual(incident.activity_ids.user_id, heir)

    def test_plan_step_names_former_employee(self):
        plan = self.env.ref("water_complaints.plan_emergency")
        plan.template_ids.write(
            {"responsible_type": "other", "responsible_id": self.users["agent2"].id}
        )
        self.users["agent2"].active = False
        incident = self._open(plan_id=plan.id)
        self.assertEqual(incident.activity_ids.user_id, self.users["supervisor"])

    def test_a_customer_who_filed_as_a_stranger_is_told_once(self):
        """The customer has an account in the area, but filed without it."""
        holder = self._account(1).partner_id
        holder.phone = "13900008888"
        web = {"channel_id": self._channel("web").id}
        by_mail = self._caller(number=1, email_from="Holder1@example.com", **web)
        by_phone = self._caller(number=2, email_from=False, phone="13900008888", **web)
        incident = self._open(plan_id=False)
        cases = by_mail | by_phone
        self.assertEqual((cases.incident_id, cases.partner_id.ids), (incident, []))
        before = self._messages()
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self._broadcast()
        self.env.invalidate_all()
        told = self._messages() - before
        self.assertEqual(told.partner_id, holder)
        self.assertEqual(len(told), 1)
        for case in cases:
            self.assertEqual(self._clock(case, "contact").state, "met")

    def test_the_same_news_of_two(self):
        """Two people tell the same before it is sent: it is sent once; other words are others."""
        self._account(1)
        incident, before = self._open(plan_id=False), self._messages()
        for login in ("supervisor", "agent"):
            acts.announce(self._as(login, incident), "正在抢修。")
        self.assertEqual(len(incident.notice_ids), 1)
        acts.announce(self._as("agent", incident), "送水车已到。")
        self._broadcast()
        self.assertEqual(len(self._messages() - before), 2)
        acts.announce(self._as("agent", incident), "正在抢修。")
        self.assertEqual(len(incident.notice_ids), 3)

    def test_a_stranger_files_from_the_area(self):
        """Without an account, the zone comes from the address, as on the phone (S2.1.0)."""
        self._account(1, address="槐荫里 9 号")
        cases = self.env["water.complaint"].sudo()
        incident = self._open(plan_id=False)
        offered = cases._filing_categories() & incident.category_ids
        typed = {
            "category_id": str(offered[:1].id),
            "description": "整栋楼停水了",
            "contact_name": "路人",
            "phone": "13900001234",
            "email": "stranger@example.com",
            "occurred_at": "2026-03-11T09:30",
            "demand": "恢复供水",
        }
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self._broadcast()
        nobody, web = self.env["res.partner"], self._channel("web")
        for place, zone in (("槐荫里12号", self.zone), ("无人街 1 号", self.zone[:0])):
            with self.subTest(place):
                key = f"key-{place}"
                typed |= {"address": place, "submission_key": key}
                case = cases._file_case(typed, (), nobody, web)
                self.assertEqual(case.zone_id, zone)
                self.assertEqual(case.incident_id, incident if zone else incident[:0])
                self.assertEqual(bool(case.customer_message_ids), True)
