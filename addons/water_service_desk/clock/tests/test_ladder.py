from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon, local
from ...base.tests.doors import Sent


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestLadder(WaterCommon):
    """The ladder of a case that no department has, and the people whom a company names."""

    second_company = True

    def _checklist(self, login="manager", **people):
        names = ("water_desk_head_id", "water_vice_president_id", "water_general_manager_id")
        values = {name: people[name].id for name in names if name in people}
        wizard = self.env["water.first.run.wizard"].with_user(self.users[login])
        return Sent(wizard).create(values)

    def _name_people(self):
        self._checklist(
            water_desk_head_id=self.users["agent2"],
            water_vice_president_id=self.users["supervisor"],
            water_general_manager_id=self.users["quality"],
        ).action_save()

    def test_an_undispatched_case_goes_up_to_the_general_manager(self):
        """Five working days late, without a department: head of service, vice president, top."""
        self._name_people()
        case = self._inquiry()
        self.assertFalse(case.department_id)
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        for moment in ("03-16 09:00", "03-17 09:00", "03-19 09:00", "03-23 09:00"):
            with freeze_time(local(f"2026-{moment}")):
                self._sweep()
        notices = self.env["water.escalation.notice"].search([("deadline_id", "=", clock.id)])
        told = {(row.step_id.recipient, row.user_id.login) for row in notices}
        self.assertIn(("department_head", "water_agent2"), told)
        self.assertIn(("vice_president", "water_supervisor"), told)
        self.assertIn(("general_manager", "water_quality"), told)

    def test_an_empty_rung_is_shown_to_the_manager(self):
        self.company.write(
            {"water_desk_head_id": False, "water_vice_president_id": False}
            | {"water_general_manager_id": False}
        )
        steps = self.env["water.escalation.step"]
        empty = steps._empty_rungs(self.company)
        self.assertEqual(
            set(empty.mapped("recipient")), {"department_head", "vice_president", "general_manager"}
        )
        self.assertTrue(all(empty.mapped("is_empty")))
        checklist = self._checklist()
        self.assertIn("No one is named, so managers are notified: ", checklist.missing)
        domain = [("subject", "like", "no one is named")]
        before = self.env["mail.message"].search_count(domain)
        steps._cron_watch_ladder()
        told = self.env["mail.message"].search_count(domain)
        self.assertGreater(told, before)
        steps._cron_watch_ladder()  # it was killed just after its commit, and is run again
        self.assertEqual(self.env["mail.message"].search_count(domain), told)
        with freeze_time(fields.Datetime.now() + timedelta(days=7)):
            steps._cron_watch_ladder()
        self.assertGreater(self.env["mail.message"].search_count(domain), told)
        self._name_people()
        self.assertFalse(steps._empty_rungs(self.company))
        empty.invalidate_recordset(["is_empty"])
        self.assertFalse(any(empty.mapped("is_empty")))

    def test_steps_do_not_notify_actor(self):
        """Managers are told if no one is named; administrators if there are no managers."""
        names = ("water_desk_head_id", "water_vice_president_id", "water_general_manager_id")
        self.company.write(dict.fromkeys(names, False))
        clock = self._clock(self._inquiry(), "close")
        with freeze_time(local("2026-03-23 09:00")):
            self._sweep()
        notices = self.env["water.escalation.notice"].search([("deadline_id", "=", clock.id)])
        top = notices.filtered(lambda row: row.step_id.recipient == "general_manager")
        self.assertIn(self.users["manager"], top.user_id)
        steps = self.env["water.escalation.step"]
        admin = self._new_user("alone", "base.group_system")
        other = self.env["res.company"].create({"name": "新公司"})
        admin.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertEqual(steps._last_resort(other), admin)

    def _notified_of(self, case, moment):
        """People told of a case by then, and the text."""
        with freeze_time(local(moment)):
            self._sweep()
        clocks = case.deadline_ids
        rows = self.env["water.escalation.notice"].search([("deadline_id", "in", clocks.ids)])
        messages = self.env["mail.message"].search(
            [("subject", "like", "Time limits:"), ("body", "ilike", case.name)]
        )
        return rows.user_id, messages

    def test_heard_of_where_all_managers_are_concerned(self):
        """People who are not: the top, quality, finally administrators, with a number."""
        self._name_people()
        admin = self._new_user("system", "base.group_system")
        group = self.env.ref("base.group_system").all_user_ids
        steps = self.env["water.escalation.step"]
        managers, top, quality, system = steps._stand_ins(self.company)
        self.assertIn(self.users["manager"], managers)
        self.assertEqual(top, self.users["quality"] | self.users["supervisor"])
        self.assertIn(admin, system)
        case = self._inquiry()
        concerned = managers | top | quality | self.users["agent"] | self.users["agent2"]
        concerned |= group - admin
        with patch.object(type(case), "_people_concerned", lambda cases: concerned):
            heard, messages = self._notified_of(case, "2026-03-23 09:00")
        self.assertEqual(heard, admin)
        text = "".join(messages.mapped("body"))
        self.assertIn(case.name, text)
        self.assertIn("due 2026-03-13 17:30", text)
        self.assertNotIn(case.category_id.name, text)

    def test_recipient_of_number_only(self):
        """An administrator, unless the cases are their business by role or position."""
        roles = "base.group_system,water_service_desk.group_"
        people = self._new_users(
            {
                "bare": {"groups": "base.group_system"},
                "head": {"groups": "base.group_system"},
                "vice": {"groups": "base.group_system"},
                "both": {"groups": f"{roles}supervisor"},
            }
        )
        self.company.water_general_manager_id = people["head"]
        self.company.water_vice_president_id = people["vice"]
        bare = self.env["water.deadline"]._hears_no_more
        heard = {login for login, user in people.items() if bare(user)}
        self.assertEqual(heard, {"bare"})
        for login in ("agent", "supervisor", "plain"):
            self.assertFalse(bare(self.users[login]))

    def test_heard_of_by_those_at_the_top_who_are_not_concerned(self):
        self._name_people()
        managers = self.env["water.escalation.step"]._stand_ins(self.company)[0]
        case = self._inquiry()
        concerned = (managers | self.users["agent"] | self.users["agent2"]) - self.users["quality"]
        with patch.object(type(case), "_people_concerned", lambda cases: concerned):
            heard, messages = self._notified_of(case, "2026-03-16 09:00")
        self.assertEqual(heard, self.users["quality"] | self.users["supervisor"])
        self.assertIn(case.category_id.name, "".join(messages.mapped("body")))

    def test_the_checklist_is_for_managers(self):
        """Another company's manager cannot name people here."""
        with self.assertRaisesRegex(AccessError, "choose a member of staff"):
            self._checklist("foreign", water_general_manager_id=self.users["quality"])
        dialog = self._checklist("foreign")
        dialog.company_id = self.company
        with self.assertRaisesRegex(AccessError, "Only a manager of the company"):
            dialog.action_save()
        self.assertNotEqual(self.company.water_general_manager_id, self.users["quality"])
