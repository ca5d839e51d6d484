from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.trust import trusted

from .common import QualityCommon


@tagged("post_install", "-at_install")
class TestImprovement(QualityCommon):
    def _action(self, **values):
        values = {"subject": "夜间抢修到场慢", "owner_id": self.users["department"].id, **values}
        rows = self._as("quality", self.env["water.improvement"])
        return rows.create(values).with_env(self.env)

    def _reported(self):
        row = self._action()
        mine = self._as("department", row)
        mine.action_start()
        mine.write(self._proof(row))
        mine.action_done()
        return row

    def test_upheld_complaint_opens_one(self):
        self.net.manager_id = self.users["department2"]
        case = self._complaint_at("confirmed")
        row = case.improvement_ids
        self.assertEqual(len(row), 1)
        self.assertEqual((row.origin, row.state, row.is_automatic), ("complaint", "open", True))
        self.assertEqual(row.owner_id, self.users["department2"])
        self.assertEqual(row.department_id, self.net)
        self.assertEqual(row.cause, case.investigation)
        self.env["water.improvement"]._open_for(case)
        self.assertEqual(case.improvement_ids, row)
        self.assertEqual(self._as("agent", case).improvement_count, 0)  # invisible to this user
        self.assertEqual(self._as("quality", case).improvement_count, 1)

    def test_reopened_and_closed_again_opens_no_second_one(self):
        case = self._complaint_at("callback")
        row = case.improvement_ids
        trusted(case).write({"state": "confirmed"})
        case._after_confirmed({case.id: "notified"})
        self.assertEqual(case.improvement_ids, row)

    def test_database_refuses_a_second_one(self):
        case = self._complaint_at("confirmed")
        values = {"subject": "x", "complaint_id": case.id, "is_automatic": True}
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(Exception, "complaint_uniq"):
            with self.env.cr.savepoint():
                trusted(self.env["water.improvement"]).create(values)

    def test_not_upheld_opens_none(self):
        case = self._complaint_at("notified")
        trusted(case).finding = "not_upheld"
        self._step_confirmed(case, "agent", self.net)
        self.assertFalse(case.improvement_ids)
        trusted(case).finding = "partly"
        case._after_confirmed({case.id: "notified"})
        self.assertTrue(case.improvement_ids)

    def test_person_concerned_cannot_own_problem(self):
        self.net.manager_id = self.users["department2"]
        case = self._complaint_at("confirmed", person_complained_id=self.users["department2"].id)
        row = case.improvement_ids
        self.assertNotEqual(row.owner_id, self.users["department2"])
        self.assertFalse(self._as("department2", row).search([("id", "=", row.id)]))
        with self.assertRaisesRegex(ValidationError, "about this owner"):
            self._as("quality", row).owner_id = self.users["department2"]

    def test_failed_inspection_opens_one(self):
        self.assertFalse(self._done().improvement_ids)
        inspection = self._done("full", "none", "full")
        row = inspection.improvement_ids
        self.assertEqual((row.origin, row.owner_id), ("inspection", self.users["agent"]))
        self.assertIn("语气: 看见了", row.cause)
        self.env["water.improvement"]._open_for(inspection)
        self.assertEqual(inspection.improvement_ids, row)

    def test_proof_before_done(self):
        row = self._action()
        mine = self._as("department", row)
        mine.action_start()
        self.assertEqual(row.state, "in_work")
        with self.assertRaisesRegex(UserError, "Cause\n· Measures\n· Done so Far\n· Proof"):
            mine.action_done()
        mine.write(self._proof(row))
        mine.action_done()
        self.assertEqual((row.state, row.done_by_id), ("done", self.users["department"]))
        with self.assertRaisesRegex(UserError, "its effect is checked now"):
            mine.measures = "别的"

    def test_effect_is_checked_by_another_person(self):
        row = self._reported()
        with self.assertRaises(AccessError):
            self._as("department", row).write({"effect": "有效"})
        with self.assertRaises(AccessError):
            self._as("department", row).action_verify()
        checker = self._as("quality", row)
        with self.assertRaisesRegex(UserError, "how the effect was checked"):
            checker.action_verify()
        checker.effect = "抽查 10 通录音, 合格"
        checker.action_verify()
        self.assertEqual((row.state, row.verified_by_id), ("verified", self.users["quality"]))
        for login in ("department", "quality", "manager"):
            with self.subTest(login=login), self.assertRefused("is settled", row):
                self._as(login, row).write({"result": "x"})
        with self.assertRefused("past this step", checker):
            checker.action_cancel()

    def test_owner_of_the_quality_group_does_not_check_himself(self):
        row = self._reported()
        trusted(row).owner_id = self.users["quality"]
        mine = self._as("quality", row)
        self.assertFalse(mine.can_verify)
        with self.assertRaises(AccessError):
            mine.effect = "有效"

    def test_giving_case_away_does_not_make_neutral(self):
        """People who worked on it, owned it or reported it cannot check it later."""
        row = self._action(owner_id=self.users["quality"].id)
        mine = self._as("quality", row)
        mine.action_start()
        mine.owner_id = self.users["department"]
        self._as("supervisor", row).write(self._proof(row))
        self._as("department", row).action_done()
        for login in ("quality", "supervisor"):
            one = self._as(login, row)
            with self.subTest(login):
                self.assertFalse(one.can_verify)
                with self.assertRaises(AccessError):
                    one.effect = "有效"
        manager = self._as("manager", row)
        manager.effect = "有效"
        manager.action_verify()
        self.assertEqual(row.state, "verified")

    def test_not_effective_goes_back_and_is_counted(self):
        row = self._reported()
        checker = self._as("supervisor", row)
        checker.effect = "仍有两通不合格"
        checker.action_reopen()
        self.assertEqual((row.state, row.reopen_count, row.effect), ("reopened", 1, False))
        self.assertIn("仍有两通不合格", row.message_ids.mapped("preview"))
        self._as("department", row).action_start()
        self.assertEqual(row.state, "in_work")

    def test_owner_writes_his_part_alone(self):
        row = self._action()
        mine = self._as("department", row)
        for values in (
            {"due_on": "2030-01-01"},
            {"owner_id": self.users["agent"].id},
            {"subject": "x"},
            {"state": "verified"},
            {"is_automatic": True},
            {"escalation": 2},
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("You write down cause|kept by the system", mine),
            ):
                mine.write(values)
        with self.assertRaises(AccessError):
            mine.action_cancel()
        with self.assertRaises(AccessError):
            self._as("agent", row).read(["subject"])

    def _mails(self, login):
        partner = self.users[login].partner_id
        return self.env["mail.message"].search_count([("partner_ids", "=", partner.id)])

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_quality.ir_cron_improvements").method_direct_trigger()

    def test_reminded_and_escalated_once_each(self):
        self.net.write(
            {"manager_id": self.users["department2"].id, "deputy_id": self.users["manager"].id}
        )
        self._action(department_id=self.net.id, due_on="2026-03-20")
        people = ("department", "department2", "manager")
        heard = [self._mails(login) for login in people]
        for day, told in (
            ("2026-03-16", (0, 0, 0)),
            ("2026-03-17", (1, 0, 0)),
            ("2026-03-18", (1, 0, 0)),
            ("2026-03-21", (1, 1, 0)),
            ("2026-03-22", (1, 1, 0)),
            ("2026-03-28", (1, 1, 1)),
            ("2026-03-30", (1, 1, 1)),
        ):
            with freeze_time(f"{day} 02:00:00"), self.subTest(day=day):
                self._cron()
                now = [self._mails(login) for login in people]
                self.assertEqual([n - h for n, h in zip(now, heard, strict=True)], list(told))

    def test_the_customer_hears_of_none(self):
        """Confirming on the page opens it; overdue ones are reported internally."""
        self.net.manager_id = self.users["department2"]
        case = self._complaint_at("notified")
        self._as("portal1", case).sudo()._confirm_result("portal", "5", "5")
        row = case.improvement_ids
        self.assertEqual(row.create_uid, self.users["portal1"])
        people = ("department2", "portal1")
        heard = [self._mails(login) for login in people]
        with freeze_time("2026-06-01 02:00:00"):
            self._cron()
        now = [self._mails(login) for login in people]
        told = [after - before for after, before in zip(now, heard, strict=True)]
        self.assertGreater(told[0], 0)
        self.assertEqual(told[1], 0)

    def test_another_date_is_reminded_of_anew(self):
        row = self._action(due_on="2026-03-20")
        heard = self._mails("department")
        with freeze_time("2026-03-18 02:00:00"):
            self._cron()
            later = {"due_on": "2026-04-01", "date_reason": "等设备到货"}
            self._as("quality", row).write(later)
        for day, told in (("2026-03-20", 1), ("2026-03-30", 2)):
            with freeze_time(f"{day} 02:00:00"), self.subTest(day=day):
                self._cron()
                self.assertEqual(self._mails("department"), heard + told)

    def test_its_date_moves_with_a_reason_on_record(self):
        row = self._action(due_on="2026-03-20")
        checker = self._as("quality", row)
        for reason in (False, "　", None):
            with self.subTest(reason), self.assertRefused("Say why the date moves", row):
                checker.write({"due_on": "2026-03-27", "date_reason": reason})
        checker.write({"due_on": "2026-03-20", "subject": "夜间抢修到场慢 (两次)"})  # the same
        self.assertFalse(row.date_moves)
        checker.write({"due_on": "2026-03-27", "date_reason": "等设备到货"})
        self._as("supervisor", row).write({"due_on": "2026-03-25", "date_reason": "已到货"})
        first, second = row.date_moves.splitlines()
        for text in ("2026-03-20 → 2026-03-27", checker.env.user.name, "03-11 10:00", "等设备到货"):
            self.assertIn(text, first)
        self.assertIn("2026-03-27 → 2026-03-25", second)
        with self.assertRefused("kept by the system", row):
            checker.date_moves = False

    def test_users_cannot_move_date_of_own_work(self):
        """Neither owner, workers nor head of the department, but another person."""
        later = {"due_on": "2026-03-27", "date_reason": "太忙"}
        row = self._action(due_on="2026-03-20", owner_id=self.users["quality"].id)
        with self.assertRefused("cannot change the due date", row):
            self._as("quality", row).write(later)
        self._as("quality", row).action_start()
        self._as("supervisor", row).owner_id = self.users["department"]
        with self.assertRefused("cannot change the due date", row):
            self._as("quality", row).write(later)
        self.net.manager_id = self.users["supervisor"]
        self._as("manager", row).department_id = self.net
        with self.assertRefused("cannot change the due date", row):
            self._as("supervisor", row).write(later)
        self._as("manager", row).write(later)
        self.assertIn("太忙", row.date_moves)

    def test_former_handler_cannot_move_date(self):
        """Before the work began, through any user; never by people who did not have it."""
        later = {"due_on": "2026-03-27", "date_reason": "太忙"}
        for giver in ("quality", "manager"):
            row = self._action(due_on="2026-03-20", owner_id=self.users["quality"].id)
            self._as(giver, row).owner_id = self.users["department"]
            with self.assertRefused("cannot change the due date", row):
                self._as("quality", row).write(later)
            self._as("supervisor", row).write(later)
            self.assertIn("太忙", row.date_moves)

    def test_a_date_that_has_passed_stays(self):
        """It was missed; an ineffective one that is corrected again gets a new limit."""
        row = self._action(due_on="2026-03-20")
        later = {"due_on": "2026-04-10", "date_reason": "太忙"}
        mine = self._as("department", row)
        with freeze_time("2026-03-21 02:00:00"):
            with self.assertRefused("has passed", row):
                self._as("quality", row).write(later)
            mine.action_start()
            mine.write(self._proof(row))
            mine.action_done()
            checker = self._as("quality", row)
            checker.effect = "无效"
            checker.action_reopen()
            checker.write(later)
        self.assertIn("2026-03-20 → 2026-04-10", row.date_moves)

    def test_overdue_filter(self):
        late = self._action(due_on="2026-03-10")
        self._action(due_on="2026-03-11")
        found = self.env["water.improvement"].search([("is_overdue", "=", True)])
        self.assertIn(late, found)
        self.assertTrue(all(found.mapped("is_overdue")))
        self._as("quality", late).action_cancel()
        self.assertNotIn(late, self.env["water.improvement"].search([("is_overdue", "=", True)]))

    def test_opening_costs_the_same_for_one_and_many(self):
        inspections = self.env["water.inspection"].union(
            *(self._rated("full", "none", "full") for __ in range(6))
        )
        counts = []
        for some in (inspections[:1], inspections[1:]):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["water.improvement"]._open_for(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], 3 * counts[0])
