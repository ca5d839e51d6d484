from odoo.tests import tagged

from ..base.tests.common import WaterCommon
from ..base.trust import trusted
from .machine import BEGINNINGS, Tally, add_people, drive
from .machine_desk import DeskMachine


@tagged("post_install", "-at_install")
class TestDeskMachine(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_people(cls)

    def test_inquiries_and_requests(self):
        """Every path of inquiries and requests keeps what must always hold."""
        drive(self, DeskMachine)

    def _noticed(self, spoil):
        """Names of what a machine finds broken after ``spoil`` was done to an answered inquiry."""
        tally = Tally()
        machine = type("Noticing", (DeskMachine,), {"test": self, "tally": tally})()
        try:
            machine.begin(BEGINNINGS[0])
            filed = {"login": "agent", "other": False, "hours": 1, "severity": 0}
            machine.take("file_inquiry", machine.file_inquiry, filed)
            machine.take("push", machine.push, {"which": 0})
            self.assertFalse(tally.faults, tally.report())
            machine.take("spoil", spoil, {"case": machine.cases[0]})
            self.assertFalse(tally.refusals)
        finally:
            machine.teardown()
        return {kind for kind, __ in tally.faults}

    def test_the_machine_notices(self):
        """Each rule that the machine keeps is broken once, past all guards, and found."""
        for spoil, rule in (
            (self._closed_unanswered, "always_told"),
            (self._sent_when_over, "always_nobody_waits"),
            (self._runs_when_over, "always_running_is_open"),
            (self._off_the_board, "always_running_is_open"),
            (self._altered, "always_chains_whole"),
            (self._wrong_column, "always_figures"),
            (self._behind, "always_promised_ahead"),
        ):
            with self.subTest(spoil=spoil.__name__):
                self.assertIn(rule, self._noticed(spoil))

    def _closed_unanswered(self, case):
        trusted(case).answer = False

    def _sent_when_over(self, case):
        trusted(case).write({"state": "withdrawn", "stage_id": self._stage(case, "withdrawn")})
        self.env["water.dispatch"]._send([(case, self.net, "support")])

    def _runs_when_over(self, case):
        trusted(self._clock(case, "close")).write({"state": "running", "met_at": False})
        trusted(case).write({"closed_at": self._later(minutes=1)})

    def _off_the_board(self, case):
        clock = case._promise("答应的事", self._later(hours=3))
        clock.flush_recordset()
        self.env.cr.execute(
            "UPDATE water_deadline SET is_pending = FALSE WHERE id = %s", [clock.id]
        )

    def _altered(self, case):
        self.env.cr.execute(
            "UPDATE water_case_event SET payload = '{}' WHERE inquiry_id = %s", [case.id]
        )

    def _wrong_column(self, case):
        trusted(case).write({"stage_id": self._stage(case, "closed")})

    def _behind(self, case):
        row = case._given_clock("promise", self._later(hours=-1), "昨天")
        self.env["water.deadline"]._start([row])

    def _stage(self, case, state):
        return self.env["water.stage"]._of_state(case._name, state).id
