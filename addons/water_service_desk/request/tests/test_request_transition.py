from odoo.tests import tagged

from ...base.tests import acts
from ...base.trust import trusted
from ...case.tests.transition_checks import CALLERS, DESK, SUPERVISORS, WORKERS, TransitionChecks
from .common import RequestCommon

OPEN = ("registered", "notified", "accepted", "processing")


@tagged("post_install", "-at_install")
class TestRequestTransition(TransitionChecks, RequestCommon):
    """The transition table of requests, written down a second time."""

    LAWFUL = {
        ("registered", "notified"): DESK,
        ("registered", "accepted"): DESK,
        ("notified", "accepted"): DESK,
        ("accepted", "processing"): DESK,
        ("processing", "feedback"): WORKERS,
        ("feedback", "processing"): DESK,
        ("feedback", "closed"): DESK,
        ("closed", "processing"): CALLERS,
        **{(state, "rejected"): SUPERVISORS for state in OPEN},
        **{(state, "withdrawn"): DESK for state in OPEN},
        **{(state, "merged"): DESK for state in OPEN},
    }

    def _ready_case(self):
        case = self._request()
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_issue_notice()
        reason = self.env.ref("water_service_desk.reason_area")
        decision = acts.ask_decision(self._as("agent", case), "refusal", reason, "转告")
        trusted(decision.sudo()).state = "approved"
        self._as("agent", case).action_accept()
        self._dispatch(case)
        self._finish_lead(case)
        trusted(case).write(
            {
                "result": "已通水",
                "fed_back_at": self._later(),
                "satisfaction": "satisfied",
                "said_goodbye": True,
                "duplicate_of_id": self._request().id,
            }
        )
        return case

    def test_table(self):
        self._check_table()

    def test_refusals_lead_to_what_is_missing(self):
        order = {"external_source": "12345", "external_ref": "QH-11"}
        case = self._request(description=False, **order)
        acts.call_back(case.sudo(), self._later(hours=1))
        self._check_places(self._as("supervisor", case), never={"_need_no_joined"})

    def test_repairs_begin_at_once(self):
        case = self._repair()
        for login, passes in (("agent", True), ("quality", False), ("manager", True)):
            refusal = self._attempt(case, login, {"state": "processing"})
            self.assertEqual(refusal is None, passes, login)
