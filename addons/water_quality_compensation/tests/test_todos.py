"""Activities made by the system end when any user has done their work."""

from pathlib import Path

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

import odoo.addons.water_complaints
from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_compensation.compensation_scheme.tests.common import load_examples
from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.trust import trusted

from .todo_cases import DESK, DeskTodos

HOUSE, MONEY = "water_complaints.", "water_compensation."
ADDONS = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
#: Where to-dos are made: what ends each is tried below; of a step of a plan, and of what
#: colleagues ask of each other, only they know when it is done.
MADE_IN = {
    *("water_case_assignment", "water_visit_change", "water_message", "water_matter_merging"),
    *("water_deadline_escalating", "water_article", "res_partner"),
    *("water_resolution_action", "water_incident_news", "water_incident_cases"),
    *("water_compensation_pricing", "water_compensation_late"),
    *("water_case_playbook", "water_matter_mixin"),  # of the playbook
    *("water_incident", "water_batch_wizard"),
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTodos(DeskTodos, AppealCommon, CompensationCommon, IncidentCommon):
    """One table of all to-dos that the system makes: how each comes about, and what ends it."""

    def _table(self):
        """``{type of to-do: (how it comes about, what ends it)}``; the first returns what the
        to-do is about and what the second is given.
        """
        return {
            f"{DESK}mail_activity_type_bounce": (self._disputed, self._rulings()),
            f"{DESK}mail_activity_type_visit": (self._visit_asked, self._visit_ends()),
            f"{DESK}mail_activity_type_message": (self._lost, self._lost_ends()),
            f"{DESK}mail_activity_type_result": (self._untold, self._untold_ends()),
            f"{DESK}mail_activity_type_clock": (self._limit, self._limit_ends()),
            f"{DESK}mail_activity_type_review": (self._article, self._article_ends()),
            f"{DESK}mail_activity_type_vexatious": (self._marked, self._marked_ends()),
            f"{HOUSE}mail_activity_type_plan": (self._overdue, self._overdue_ends()),
            f"{HOUSE}mail_activity_type_news": (self._silent, self._silent_ends()),
            f"{HOUSE}mail_activity_type_repair": (self._digging, self._digging_ends()),
            f"{MONEY}mail_activity_type_bill": (self._capped, self._capped_ends()),
            f"{MONEY}mail_activity_type_recheck": (self._fallen, self._fallen_ends()),
            "mail.mail_activity_data_todo": (self._with_steps, self._step_ends()),
        }

    def test_each_ends_with_what_it_asks(self):
        self.company.water_message_user_id = self.users["supervisor"]
        for kind, (make, ends) in self._table().items():
            for end in ends:
                with self.subTest(kind=kind, end=end.__name__), self._apart():
                    record, subject = make()
                    self.assertTrue(self._todos(record, kind), "it is not asked at all")
                    end(subject)
                    self.env.invalidate_all()
                    self.assertFalse(self._todos(record, kind).mapped("summary"))

    def test_all_of_them_are_in_the_table(self):
        """A type that the addons bring, or a place that makes to-dos, is tried above."""
        known = self.env["ir.model.data"].search(
            [("model", "=", "mail.activity.type"), ("module", "in", ADDONS)]
        )
        table = self._table()
        self.assertEqual({row.complete_name for row in known} - table.keys(), set())
        addons = Path(odoo.addons.water_complaints.__file__).parents[1]
        made = {
            path.stem
            for addon in ADDONS
            for path in addons.joinpath(addon).rglob("*.py")
            if "tests" not in path.parts
            and any(word in path.read_text() for word in (".activity_schedule(", "quiet.create("))
        }
        self.assertEqual(made - {"water_case_display"}, MADE_IN)

    def test_planned_dates_are_left(self):
        """A user's own activity of the same type stays."""
        case, _subject = self._disputed()
        kind = self.env.ref(f"{DESK}mail_activity_type_bounce")
        model = self.env["ir.model"]._get_id(case._name)
        own = self._as("supervisor", self.env["mail.activity"]).create(
            {
                "activity_type_id": kind.id,
                "summary": "再问一次",
                "res_model_id": model,
                "res_id": case.id,
                "user_id": self.users["supervisor"].id,
            }
        )
        self._dispatch(case, self.lab, login="supervisor")
        self.assertEqual(self._todos(case, kind.get_external_id()[kind.id]).ids, own.ids)

    def test_a_dispute_goes_on_when_the_merging_is_undone(self):
        case, _subject = self._disputed()
        lead = self._inquiry()
        merging = {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一件事"}
        self._as("supervisor", case).write(merging)
        kind = f"{DESK}mail_activity_type_bounce"
        self.assertFalse(self._todos(case, kind))
        acts.undo(self._as("supervisor", case), "是两件事")
        self.assertTrue(self._todos(case, kind))

    def test_another_plan_repeats_its_questions(self):
        """The line continues in a new version, and its owner is reminded of that one."""
        case, plan = self._overdue()
        with freeze_time("2026-03-20 02:00:00"):
            action = self._as("department", plan).action_new_version()
            newer = self.env["water.resolution"].browse(action["res_id"])
            self._as("department", newer).action_propose()
            self.assertFalse(self._todos(case, f"{HOUSE}mail_activity_type_plan"))
            self._remind()
            self.assertEqual(len(self._todos(case, f"{HOUSE}mail_activity_type_plan")), 1)

    def test_another_lost_message_is_still_told_otherwise(self):
        self.company.water_message_user_id = self.users["supervisor"]
        case, message = self._lost()
        second = message.copy_data()[0] | {"key": "second"}
        other = trusted(self.env["water.message"].sudo()).create(second)
        other._give_up("lost")
        kind = f"{DESK}mail_activity_type_message"
        self.assertEqual(len(self._todos(case, kind)), 1)
        self._as("supervisor", message).action_retry()
        self.assertEqual(len(self._todos(case, kind)), 1)
        self._as("supervisor", other).action_retry()
        self.assertFalse(self._todos(case, kind))

    def test_steps_that_block_nothing_come_back_as_well(self):
        case, _subject = self._with_steps()
        self._merged(case)
        acts.undo(self._as("supervisor", case), "是两件事")
        todos = self._todos(case, "mail.mail_activity_data_todo")
        blocks = {todo.summary: todo.water_blocks for todo in todos}
        self.assertEqual(blocks, {"核对账单": True, "通知抄表班": False})

    def test_a_reminder_says_the_limit_that_holds(self):
        incident, _subject = self._digging()
        self.company.water_repair_hours = 25
        self.env.flush_all()
        with freeze_time(self._later(hours=20)):
            self._broadcast()
        self.env.invalidate_all()
        todo = self._todos(incident, f"{HOUSE}mail_activity_type_repair")
        self.assertEqual(todo.summary, incident._repair_words(todo.user_id))

    # -- plans ------------------------------------------------------------------------------------

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref(f"{HOUSE}ir_cron_plan_actions").method_direct_trigger()
        self.env.invalidate_all()

    def _overdue(self):
        case = self._complaint_at("handling")
        line = {"name": "换表", "user_id": self.users["department"].id, "due_on": "2026-03-12"}
        plan = self._as("department", self.env["water.resolution"]).create(
            {"complaint_id": case.id, "text": "换表", "action_ids": [Command.create(line)]}
        )
        plan.action_propose()
        with freeze_time("2026-03-16 02:00:00"):
            self._remind()
        return case, plan.with_env(self.env)

    def _overdue_ends(self):
        def done(plan):
            self._as("department", plan.action_ids).action_done("已换")

        def superseded(plan):
            action = self._as("department", plan).action_new_version()
            self._as("department", plan.browse(action["res_id"])).action_propose()

        def over(plan):
            self._withdrawn(plan.complaint_id)

        return done, superseded, over, self._do("agent", "_reject", "不同意")

    # -- incidents --------------------------------------------------------------------------------

    def _silent(self):
        incident = self._open(plan_id=False, expected_at=self._later(hours=1))
        with freeze_time(self._later(hours=5)):
            self._broadcast()
            self._broadcast()
        self.env.invalidate_all()
        self.assertEqual(len(incident.activity_ids), 2)
        return incident, incident

    def _digging(self):
        incident = self._open(plan_id=False, pipe_diameter=300, progress_hours=100)
        with freeze_time(self._later(hours=20)):
            self._broadcast()
        return incident, incident

    def _restored(self, incident):
        with freeze_time(self._later(hours=22)):
            acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复。")

    def _silent_ends(self):
        def told(incident):
            with freeze_time(self._later(hours=5)):
                acts.announce(self._as("agent", incident), "仍在抢修。")

        return told, self._restored

    def _digging_ends(self):
        def no_pipe(incident):
            incident.pipe_diameter = 0
            with freeze_time(self._later(hours=20)):
                self._broadcast()

        def larger(incident):
            incident.pipe_diameter = 800
            with freeze_time(self._later(hours=20)):
                self._broadcast()

        return self._restored, no_pipe, larger

    # -- money ------------------------------------------------------------------------------------

    def _capped(self):
        load_examples(self.env)
        profile = self.env.ref(f"{MONEY}compensation_profile_gss_en_2025")
        scheme = {"water_compensation_profile_id": profile.id, "water_compensation_rate": 1}
        self.company.write(scheme)
        account = self.env["water.account"].create(
            {"code": "B-1", "partner_id": self.customer.id, "address": "东城路"}
        )
        case = self._complaint(account_id=account.id)
        rule = self.env.ref(f"{MONEY}compensation_rule_gss_en_2025_supply_emerg_household")
        trusted(rule).write({"cap_bill": True})
        values = {
            "origin_key": f"test:{case.id}",
            "company_id": self.company.id,
            "account_id": account.id,
            "complaint_id": case.id,
            "partner_id": self.customer.id,
            "failed_at": local("2026-03-02 10:00"),
        }
        facts = {"begin": "2026-03-01T00:00:00", "end": "2026-03-03T00:00:00"}
        rows = self.env["water.compensation"]._work_out(
            [{"values": values, "rule": rule, "facts": facts}]
        )
        return case, rows.with_env(self.env)

    def _capped_ends(self):
        def bill_known(row):
            self._as("agent", row.account_id).annual_water_bill = 10

        return (
            bill_known,
            self._do("su", "_withdraw", "客户不要"),
            self._do("manager", "_refuse", "不成立"),
        )

    def _fallen(self):
        case = self._complaint_at("archived")
        row = self._proposed(case=case, amount=80)
        self._first(case, "upheld", corrected_finding="not_upheld", corrected_liability="customer")
        return case, row

    def _fallen_ends(self):
        return (
            self._do("supervisor", "_confirm_again", "已承诺客户"),
            self._do("supervisor", "_withdraw", "客户责任"),
        )
