from odoo.tests import tagged

from odoo.addons.water_compensation.compensation.tests.bill_common import BillCommon
from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.tests.machine import (
    BEGINNINGS,
    Tally,
    add_people,
    drive,
    noticed,
    rules,
)
from odoo.addons.water_service_desk.tests.machine_desk import DeskMachine

from .machine_house import HouseMachine


@tagged("post_install", "-at_install")
class TestHouseMachine(AppealCommon, BillCommon, CompensationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_people(cls)

    def test_complaints(self):
        """Every path of a complaint keeps what must always hold."""
        drive(self, HouseMachine)

    def test_the_machine_notices(self):
        """Each rule of this house that the machine keeps is broken, past all guards, and found."""
        spoils = (
            (self._told_nothing, "always_told_complaints"),
            (self._confirmed_while_reviewed, "always_appeal_is_waited_for"),
            (self._own_appeal, "always_no_own_appeal"),
            (self._own_money, "always_no_own_money"),
            (self._approved_twice, "always_no_own_money"),
            (self._never_booked, "always_money_adds_up"),
            (self._counted_otherwise, "always_rates_add_up"),
            (self._other_finding, "always_finding_in_force"),
            (self._review_without_clock, "always_appeals_whole"),
            (self._grown_when_sealed, "always_sealed_stays"),
            (self._ended_while_at_work, "always_incident_cases"),
            (self._read_by_the_accused, "always_accused_read_nothing"),
            (self._thanked_for_silence, "always_silence_is_named"),
        )
        own = rules(HouseMachine) - rules(DeskMachine)
        self.assertEqual({rule for __, rule in spoils}, own)
        machine = type("Noticing", (HouseMachine,), {"test": self, "tally": Tally()})()
        try:
            machine.begin(BEGINNINGS[0])
            self._make_story()
            for spoil, rule in spoils:
                with self.subTest(spoil=spoil.__name__):
                    self.assertIn(rule, noticed(machine, spoil, self.told))
        finally:
            machine.teardown()

    def _make_story(self):
        """A complaint under review with an unpaid compensation, and an archived one."""
        self.filed = self._complaint_at("archived")
        self.told = self._complaint_at("notified", department=self.lab)
        self.appeal = self._accepted(self._appeal(self.told))
        self.owed = self._proposed(case=self._complaint())

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def _told_nothing(self, case):
        self._sql("UPDATE water_notice SET sent_at = NULL WHERE complaint_id = %s", self.filed.id)

    def _come_to(self, case, state):
        stage = self.env["water.stage"]._of_state(case._name, state).id
        query = "UPDATE water_complaint SET state = %s, stage_id = %s WHERE id = %s"
        self._sql(query, state, stage, case.id)

    def _confirmed_while_reviewed(self, case):
        self._come_to(case, "confirmed")

    def _own_appeal(self, case):
        query = "UPDATE water_appeal SET state = 'decided', decided_by_id = %s WHERE id = %s"
        self._sql(query, case.first_responsible_id.id, self.appeal.id)

    def _decide(self, login):
        entry = {"decision": "approved", "user_id": self.users[login].id, "amount": 100}
        entry |= {"compensation_id": self.owed.id, "round": self.owed.round}
        trusted(self.env["water.compensation.approval"].sudo()).create(entry)

    def _own_money(self, case):
        self._decide("agent")
        self._never_booked(case)

    def _approved_twice(self, case):
        self._sql("DROP INDEX water_compensation_approval_once")
        self._decide("manager")
        self._decide("manager")

    def _never_booked(self, case):
        query = "UPDATE water_compensation SET state = 'approved' WHERE id = %s"
        self._sql(query, self.owed.id)

    def _counted_otherwise(self, case):
        query = "UPDATE water_complaint SET counts_for_rates = NOT counts_for_rates WHERE id = %s"
        self._sql(query, case.id)

    def _other_finding(self, case):
        query = "UPDATE water_complaint SET finding_final = 'not_upheld' WHERE id = %s"
        self._sql(query, case.id)

    def _review_without_clock(self, case):
        query = "UPDATE water_deadline SET state = 'void' WHERE appeal_id = %s"
        self._sql(query, self.appeal.id)

    def _grown_when_sealed(self, case):
        self.filed._log_events("answered", {})

    def _ended_while_at_work(self, case):
        case._log_events("incident_over", {})
        self._sql("UPDATE water_dispatch SET state = 'sent' WHERE complaint_id = %s", case.id)
        self._come_to(case, "archived")

    def _read_by_the_accused(self, case):
        self.env.ref("water_complaints.complaint_rule_conflict").active = False
        case._log_events("contacted", {})
        query = "UPDATE water_complaint SET person_complained_id = %s WHERE id = %s"
        self._sql(query, self.users["agent"].id, case.id)

    def _thanked_for_silence(self, case):
        template = self.env.ref("water_complaints.mail_template_unanswered")
        values = {"subject": "结案", "medium": "sms", "address": "13900000000", "body": "好"}
        links = {"complaint_id": case.id, "template_id": template.id}
        trusted(self.env["water.message"].sudo()).create({**values, **links})
