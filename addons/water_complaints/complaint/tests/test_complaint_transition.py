from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.tests.transition_checks import (
    CALLERS,
    DESK,
    SUPERVISORS,
    WORKERS,
    TransitionChecks,
)
from odoo.addons.water_service_desk.case.transitions import Refusal

from .common import ComplaintCommon

OPEN = ("registered", "dispatched", "investigating", "handling")


@tagged("post_install", "-at_install")
class TestComplaintTransition(TransitionChecks, ComplaintCommon):
    """The steps of a complaint, as a table."""

    LAWFUL = {
        ("registered", "dispatched"): DESK,
        ("registered", "investigating"): DESK,
        ("registered", "rejected"): SUPERVISORS,
        ("dispatched", "investigating"): WORKERS,
        ("dispatched", "registered"): DESK,
        ("investigating", "registered"): DESK,
        ("investigating", "dispatched"): DESK,
        ("investigating", "handling"): WORKERS,
        ("handling", "notified"): DESK,
        ("handling", "dispatched"): DESK,
        ("notified", "confirmed"): DESK,
        ("notified", "handling"): DESK,
        ("confirmed", "callback"): CALLERS,
        ("confirmed", "archived"): CALLERS,
        ("callback", "archived"): CALLERS,
        ("callback", "handling"): CALLERS,
        **{(state, "withdrawn"): DESK for state in OPEN},
        **{(state, "merged"): DESK for state in OPEN},
    }

    def _ready_case(self):
        """A complete anonymous complaint, so that no call-back is needed.

        It is handled again, so that it can go back to a department.
        """
        nameless = {"is_anonymous": True, "phone": self.customer.phone}
        case = self._complaint_at("investigating", **nameless)
        self._conclude(self._as("department", case))
        self._refuse(case)  # before the result, which the checklist of the archive looks at
        notices = self._as("agent", self.env["water.notice"])
        notices._send(self._as("agent", case), self._notice_values())
        finished = {"state": "finished", "result": "已重新抄表", "handling_round": 2}
        trusted(case.dispatch_ids).write(finished)
        trusted(case).write(
            {
                "handling_round": 2,
                "investigation": "抄见数与估数不符",
                "finding": "upheld",
                "resolution": "已更正账单",
                "confirm_mode": "oral",
                "satisfaction_result": "5",
                "end_reason": "客户要求",
                "duplicate_of_id": self._complaint(**nameless).id,
            }
        )
        return case

    def test_table(self):
        """Exactly the lawful steps are open, by state and by column, for each role."""
        self._check_table()

    def test_table_is_the_model_s(self):
        self.assertEqual(self._steps_of_people("water.complaint"), set(self.LAWFUL))

    def test_every_state_is_reached(self):
        model = self.env["water.complaint"]
        states = set(self._states(model))
        self.assertEqual({target for _source, target in self.LAWFUL}, states)
        self.assertEqual(states - {source for source, _target in self.LAWFUL}, model._final_states)

    def test_every_state_has_a_column(self):
        """Both case types have a column for each of their states, and no other."""
        stages = self.env["water.stage"].search([])
        for name in ("water.complaint", "water.inquiry"):
            mine = stages.filtered(lambda stage, name=name: stage.model == name)
            self.assertEqual(set(mine.mapped("state")), set(self._states(self.env[name])))

    def test_requirements(self):
        """Each step names missing facts in words."""
        bare = {"address": False, "occurred_at": False, "demand": False, "description": False}
        case = self._complaint(**bare)
        refusal = self._refusal(case, "dispatched")
        for word in ("Description", "Address", "Happened at", "Demand", "read the matter back"):
            self.assertIn(word, refusal)
        self.assertIn("choose the responsible department", refusal)
        for state, target, message in (
            ("registered", "investigating", "read the matter back"),
            ("dispatched", "investigating", "has not accepted the dispatch"),
            ("investigating", "dispatched", "choose the responsible department"),
            ("investigating", "handling", "write down what the investigation showed"),
            ("investigating", "handling", "choose the finding"),
            ("handling", "notified", "write down the result"),
            ("handling", "notified", "notify the customer of the result"),
            ("notified", "confirmed", "how the customer confirmed"),
            ("registered", "rejected", "give the reason"),
            ("registered", "rejected", "why it is not accepted"),
            ("handling", "withdrawn", "give the reason"),
            ("handling", "merged", "choose the original"),
        ):
            self._place(case, state)
            with self.subTest(state=state, target=target):
                self.assertIn(message, self._refusal(case, target))
        self._place(case, "notified")
        self.assertIn("how satisfied", self._refusal(case, "confirmed", confirm_mode="oral"))
        self.assertEqual("", self._refusal(case, "confirmed", confirm_mode="unanswered"))

    def test_refusals_speak_chinese(self):
        """The message comes in the user's language, with the state's name in it."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.users["agent"].lang = "zh_CN"
        case = self._as("agent", self._complaint()).with_context(lang="zh_CN")
        with self.assertRefused("不能从", case) as caught:
            case.write({"state": "archived"})
        self.assertIn(case.name, str(caught.exception))
        self.assertIn("不能从", str(caught.exception))

    def test_refusals_lead_to_what_is_missing(self):
        """The message knows each place: fields of the form, dialogs, lists."""
        bare = {"address": False, "occurred_at": False, "demand": False, "description": False}
        order = {"external_source": "12345", "external_ref": "12345-7"}
        case = self._complaint(**bare, severity="urgent", major_media=True, **order)
        self.env["water.satisfaction.review"].sudo()._open_for(case, "contested")
        call = {"complaint_id": case.id, "kind": "follow_up", "due_at": self._later(hours=1)}
        trusted(self.env["water.callback"]).create(call)
        appeal = {"complaint_id": case.id, "level": "1", "reason": "不同意"}
        trusted(self.env["water.appeal"]).create(appeal)
        joined = self._complaint(partner_id=self.customer2.id)
        trusted(joined).write({"duplicate_of_id": case.id, "state": "merged"})
        case._log_events("assigned", {case.id: {"to": False, "not": case.user_id.ids}})
        self._check_places(self._as("supervisor", case), never={"_need_refusal_letter"})

    def test_refusal_for_the_web_client(self):
        """The event sends the record with each line and its place."""
        case = self._complaint_at("investigating")
        with self.assertRaises(Refusal) as caught:
            self._as("department", case).action_verify()
        facts = caught.exception.context
        self.assertEqual((facts["model"], facts["id"]), ("water.complaint", case.id))
        places = [line["place"] for line in facts["missing"]]
        self.assertEqual(places[:3], ["investigation", "finding", "basis_evidence_ids"])
        for line in facts["missing"]:
            self.assertIn(line["words"], str(caught.exception))

    def test_received_once(self):
        """A returned dispatch does not send a new receipt to the customer."""
        case = self._complaint_at("dispatched")
        messages = self.env["water.message"].sudo()
        told = messages.search_count([])
        acts.reject(self._worker(self.net, self._lead(case)), "不属于我科")
        self.assertEqual(case.state, "registered")
        self.assertTrue(told)
        self.assertEqual(messages.search_count([]), told)

    def test_callback_before_archive(self):
        """A complaint with an open call-back is not filed."""
        case = self._complaint_at("confirmed")
        self.assertIn("make the call-back first", self._refusal(case, "archived"))

    def test_wrong_targets(self):
        """A column of inquiries, an unknown state, a pair that disagrees."""
        case = self._complaint_at("investigating")
        for values in (
            {"stage_id": self._stage(self.env["water.inquiry"], "closed").id},
            {"state": "answered"},
            {"state": False},
            {"stage_id": False},
            {"state": "handling", "stage_id": self._stage(case, "registered").id},
        ):
            with self.subTest(values=values):
                self.assertIsNotNone(self._attempt(case, "manager", values))

    def test_create_in_later_state(self):
        """A complaint starts as registered, without values of later steps."""
        later = self._stage(self.env["water.complaint"], "archived")
        for values in (
            {"state": "archived"},
            {"stage_id": later.id},
            {"readback_at": "2026-03-11 01:00:00"},
            {"notified_at": "2026-03-11 01:00:00"},
            {"confirmed_at": "2026-03-11 01:00:00"},
            {"archived_at": "2026-03-11 01:00:00"},
            {"first_contact_at": "2026-03-11 01:00:00"},
            {"closed_at": "2026-03-11 01:00:00"},
            {"reopen_count": 1},
            {"rejection_count": 1},
            {"event_head": "beef"},
            {"confirm_mode": "oral"},
            {"satisfaction_result": "5"},
        ):
            with (
                self.subTest(values=values),
                self.assertRefused("kept by the system|A new case (begins|cannot begin) at"),
            ):
                self._complaint(**values)
            if "stage_id" not in values and "state" not in values:
                defaults = {f"default_{name}": value for name, value in values.items()}
                complaints = self._as("agent", self.env["water.complaint"])
                case = complaints.with_context(**defaults).create(self._complaint_values())
                for name, value in values.items():
                    with self.subTest(default=name):
                        self.assertNotEqual(case.sudo()[name], value)
                self.assertWhole(case.with_env(self.env))

    def test_buttons_read_the_table(self):
        """The buttons of each state, as each role sees them."""
        names = [
            name
            for name in self.env["water.complaint"]._fields
            if name.startswith("can_") and name not in ("can_edit", "can_reveal", "can_urge")
        ]
        case = self._ready_case()
        for login, state, expected in (
            ("agent", "handling", {"can_dispatch", "can_notify", "can_withdraw"}),
            ("agent", "notified", {"can_confirm", "can_contest", "can_appeal"}),
            ("quality", "callback", {"can_archive"}),
            ("department", "investigating", {"can_verify"}),
            ("department", "notified", set()),
            ("agent", "archived", {"can_appeal"}),
            ("manager", "archived", {"can_appeal", "can_hold"}),
        ):
            self._place(case, state)
            seen = self._as(login, case)
            with self.subTest(login=login, state=state):
                self.assertEqual({name for name in names if seen[name]}, expected)

    def test_why_it_ended_stays(self):
        """Chain and form agree, and cannot be reworded after the end."""
        for state in ("withdrawn", "rejected", "merged"):
            case = self._complaint_at(state)
            for login in ("agent", "manager"):
                with self.subTest(state=state, login=login):
                    with self.assertRefused("is finished", case):
                        self._as(login, case).end_reason = "另有说法"
                    self._as(login, case).end_reason = case.end_reason  # as a form sends it back
