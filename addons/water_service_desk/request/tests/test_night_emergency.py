from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from .common import NIGHT, NightEmergencies


@tagged("post_install", "-at_install")
@freeze_time(NIGHT)
class TestNightEmergency(NightEmergencies):
    """Emergencies are notified at once, at any hour, whether or not they are dispatched."""

    def _poisoned(self, **values):
        return self._inquiry(subject="水有汽油味", **values)

    def test_inquiry_with_emergency_words_has_emergency_limits(self):
        case = self._poisoned(category_id=self._category("wq").id)
        self.assertEqual(case.severity, "emergency")
        limits = {clock.kind: (clock.amount, clock.unit) for clock in case.deadline_ids}
        self.assertEqual(
            limits,
            {
                "accept": (5, "minute"),
                "dispatch": (5, "minute"),
                "contact": (1, "hour"),
                "on_site": (30, "minute"),
                "close": (24, "hour"),
            },
        )

    def test_emergency_repair_in_category_with_own_limits_has_emergency_limits(self):
        case = self._repair(category_id=self._category("mt02").id, subject="水表进水漏电")
        self.assertEqual((self._clock(case, "close").amount), 24)
        self.assertEqual((self._clock(case, "on_site").amount), 30)

    def test_emergency_inquiry_answered_at_once_misses_no_limit(self):
        case = self._poisoned()
        self._as("agent", case).write({"answer": "请立即停用，抢修人员已出发。"})
        self._as("agent", case).action_answer()
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"met", "void"})

    def test_inquiry_with_emergency_words_calls_out_category_department(self):
        self.lab.on_call_user_ids = self.on_call["crew"]
        self._category("wq").department_id = self.lab
        case = self._poisoned(category_id=self._category("wq").id)
        self.assertEqual(self._called_out(case), ["water_crew"])
        self.assertEqual(self._notices(case, 5), {"water_crew": 3})

    def test_undispatched_emergency_without_department_calls_out_the_desk(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._poisoned()
        self.assertEqual(self._called_out(case), ["water_deskcall"])
        self.assertEqual(self._notices(case, 5), {"water_deskcall": 3})

    def test_desk_is_the_department_of_the_head_of_customer_service(self):
        self.company.water_desk_head_id = self.users["agent2"]
        own = {"name": "热线中心", "code": "HOT", "manager_id": self.users["agent2"].id}
        self.env["water.department"].create(
            {**own, "on_call_user_ids": self.on_call["deskcall"].ids}
        )
        self.assertEqual(self._called_out(self._poisoned()), ["water_deskcall"])

    def test_emergency_without_on_call_list_reaches_supervisors_at_once(self):
        case = self._poisoned()
        self.assertIn("water_supervisor", self._called_out(case))
        self.assertEqual(self._notices(case, 5)["water_supervisor"], 3)

    def test_emergency_without_on_call_list_alarms_managers_by_day(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        watch = self.env.ref("water_service_desk.ir_cron_ladder")
        self.env["ir.cron.trigger"].search([("cron_id", "=", watch.id)]).unlink()
        told = [("subject", "like", "no one is on call"), ("partner_ids", "in", self._manager())]
        messages = self.env["mail.message"]
        self._poisoned()
        self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", watch.id)]))
        self.desk.on_call_user_ids = False
        self._poisoned()
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", watch.id)])
        self.assertLocal(trigger.call_at, "2026-03-16 08:30")
        self.assertFalse(messages.search_count(told))
        with freeze_time(local("2026-03-16 08:30")):
            self._trigger("water_service_desk.ir_cron_ladder")
        self.assertIn(self.desk.name, messages.search(told).body)

    def _manager(self):
        return self.users["manager"].partner_id.ids

    def test_emergency_repair_goes_to_its_department_and_no_further(self):
        self.net.on_call_user_ids = self.on_call["crew"]
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._repair(category_id=self._category("lk01").id, subject="爆管")
        self.assertEqual(self._lead(case).state, "sent")
        self.assertIn("water_crew", self._called_out(case))
        self.assertNotIn("water_deskcall", self._called_out(case))
        self.assertEqual(self._notices(case, 5), {"water_crew": 3})

    def test_dispatched_emergency_without_on_call_list_reaches_the_desk(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._repair(category_id=self._category("lk01").id, subject="爆管")
        self.assertEqual(self._lead(case).state, "sent")
        self.assertEqual(self._notices(case, 5), {"water_deskcall": 3})

    def test_emergency_repair_without_department_calls_out_the_desk(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        self._category("lk01").department_id = False
        case = self._repair(category_id=self._category("lk01").id, subject="爆管")
        self.assertFalse(case.dispatch_ids)
        self.assertEqual(self._called_out(case), ["water_deskcall"])

    def test_emergency_returned_at_night_reaches_others(self):
        self.net.on_call_user_ids = self.on_call["crew"]
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._repair(category_id=self._category("lk01").id, subject="爆管")
        with freeze_time(local("2026-03-14 02:10")):
            acts.reject(self._as("department", self._lead(case)), "属二供")
            mine = [("partner_ids", "in", self.on_call["deskcall"].partner_id.ids)]
            now = [("body", "ilike", case.name), ("date", "=", fields.Datetime.now())]
            self.assertTrue(self.env["mail.message"].search_count([*mine, *now]))

    def test_severity_raised_to_emergency_calls_out(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._inquiry()
        self.assertEqual(self._called_out(case), [])
        acts.retriage(self._as("agent", case), {"severity": "emergency"}, "喝了头晕")
        self.assertEqual(self._called_out(case), ["water_deskcall"])

    def test_other_cases_raise_no_night_alarm(self):
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._inquiry()
        self.assertEqual(self._notices(case, 5), {})
        self.assertEqual(self._called_out(case), [])
