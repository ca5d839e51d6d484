from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestTables(RequestCommon):
    """Documents on the customer's page, attempts to tell, and answers, case by case."""

    def test_materials_on_the_page(self):
        """Required, still open, and supplied ones."""
        case = self._request()
        self.assertEqual(case._portal_materials(), [])
        needed, optional = (
            case.material_ids.filtered("mandatory")[0],
            case.material_ids.filtered(lambda row: not row.mandatory)[0],
        )
        self.assertFalse(case._portal_open_materials(), "nothing was asked for yet")
        trusted(case).write({"notice_issued_at": self._later(), "state": "notified"})
        for row, state, can, owed, label in (
            (needed, "missing", True, True, "Still missing"),
            (needed, "supplied", True, False, "Received, being checked"),
            (needed, "incorrect", True, True, "Not correct: please upload it again"),
            (needed, "correct", False, False, "Received and correct"),
            (optional, "missing", True, False, "Not handed in"),
            (optional, "supplied", True, False, "Received, being checked"),
            (optional, "incorrect", True, True, "Not correct: please upload it again"),
        ):
            trusted(row).write({"state": state, "reason": "缺页"})
            with self.subTest(name=row.name, state=state):
                (shown,) = [one for one in case._portal_materials() if one["id"] == row.id]
                self.assertEqual((shown["can"], shown["label"]), (can, label))
                self.assertEqual(shown["reason"], "缺页" if state == "incorrect" else "")
                self.assertEqual(row in case._portal_owed_materials(), owed)
        trusted(case).state = "accepted"
        self.assertFalse(case._portal_open_materials(), "past the check")

    def test_how_many_are_there(self):
        """For required ones; refused ones do not count."""
        case = self._request()
        needed = case.material_ids.filtered("mandatory")
        optional = case.material_ids - needed
        trusted(optional).state = "correct"
        for number, state in enumerate(("supplied", "correct", "incorrect")):
            trusted(needed[number]).state = state
        found = case._portal_materials_given()
        self.assertEqual((found["given"], found["wanted"]), (2, len(needed)))
        text = f"2 of {len(needed)} required documents have been uploaded."
        self.assertEqual(found["text"], text)

    def test_checked_materials(self):
        """Supplied ones are marked incorrect with a reason; not after the check."""
        case = self._request()
        row = self._as("agent", case.material_ids[0])
        with self.assertRefused("has not been supplied", row):
            row.write({"state": "incorrect", "reason": "缺页"})
        row.write({"state": "supplied"})
        with self.assertRefused("Say what is incorrect", row):
            row.write({"state": "incorrect", "reason": " "})
        row.write({"state": "incorrect", "reason": "缺页"})
        self.assertEqual((row.checked_by_id, row.checked_at), (self.users["agent"], self._later()))
        event = case.event_ids.sorted("id")[-1]
        payload = {"material": row.name, "state": "incorrect", "reason": "缺页"}
        self.assertEqual((event.kind, event.payload), ("material_checked", payload))
        row.write({"reason": "缺两页"})
        self.assertEqual(case.event_ids.sorted("id")[-1], event, "the state is the same")
        self.assertIn("缺两页", case._incorrect_lines())
        row._hand_in(self.env["ir.attachment"])
        self.assertEqual((row.state, row.reason), ("supplied", False))
        for state, may in (("notified", True), ("accepted", False)):
            trusted(case).state = state
            if may:
                row.write({"state": "correct"})
                continue
            with self.assertRefused("past the check of its materials", row):
                row.write({"state": "supplied"})

    def test_tries_to_tell(self):
        """Three failed attempts since the end of work; told customers were reached."""
        case = self._done()
        tries = trusted(self.env["water.request.feedback"])
        ended = case.finished_at
        about = {"request_id": case.id, "user_id": self.env.uid, "channel": "phone"}
        for outcome, seconds, unreachable in (
            ("busy", 0, False),
            ("told", 5, False),
            ("no_answer", 1, False),
            ("later", -1, False),
            ("wrong_number", 2, True),
        ):
            tries.create({**about, "outcome": outcome, "at": ended + timedelta(seconds=seconds)})
            case.invalidate_recordset()
            self.assertEqual(case._is_unreachable(), unreachable, outcome)
            self.assertEqual(case._need_feedback() == [], unreachable)

    def test_needs_of_the_end(self):
        """Told, asked and thanked; unknown customers are not asked."""
        case = self._done()
        places = [("action_feedback", "fed_back_at", self._later())]
        places += [
            ("action_feedback", "satisfaction", "refused"),
            ("action_close", "said_goodbye", 1),
        ]
        needs = (case._need_feedback, case._need_satisfaction, case._need_goodbye)
        for need, (place, name, value) in zip(needs, places, strict=True):
            self.assertEqual([row.place for row in need()], [place])
            trusted(case)[name] = value
            self.assertEqual(need(), [])
            trusted(case)[name] = False
            trusted(case).is_anonymous = True
            self.assertEqual(need(), [])
            trusted(case).is_anonymous = False
        self.assertEqual(case._closing_payload(), {"satisfaction": "", "told": False})

    def test_told_first(self):
        """The first time is stored; mails only by mail, and no note to customers."""
        case = self._done(email_from="zhang@example.com")
        mine, first = self._as("agent", case), self._later()
        count = len(self._mails(case))
        acts.tell_result(mine, "phone", "told", "王某", "已说明")
        with freeze_time(self._later(hours=1)):
            acts.tell_result(mine, "email", "told")
        self.assertEqual(case.fed_back_at, first)
        self.assertEqual(len(self._mails(case)), count + 1)
        acts.tell_result(mine, "phone", "busy", "王某")
        rows = case.feedback_ids.sorted("id")
        self.assertEqual(rows.mapped("told_to"), ["王某", case.contact_name, False])
        self.assertEqual(rows.mapped("note"), ["已说明", False, False])
        for _number in range(2):
            acts.tell_result(mine, "phone", "busy")
        self.assertFalse(case.satisfaction, "he was reached before")
        for login in ("department", "department2"):
            with self.assertRaises(AccessError):
                self._as(login, case)._check_teller()
        self._as("quality", case)._check_teller()
        case.sudo()._check_teller()

    def test_asked_how_it_was(self):
        """In its state, after the notice, with a reason, by an uninvolved user."""
        case = self._repair()
        with self.assertRefused("Ask after the result"):
            acts.close(self._as("agent", case), satisfaction="satisfied")
        case = self._done(case)
        mine = self._as("agent", case)
        for answer, words in (
            ("satisfied", "before you ask"),
            ("unreachable", "Unreachable only after 3"),
        ):
            with self.assertRefused(words, case):
                acts.close(mine, satisfaction=answer)
        acts.tell_result(mine, "phone", "no_answer", satisfaction="refused")
        told = (mine, "phone", "told")
        acts.tell_result(*told)
        with self.assertRefused("Write down why", case):
            acts.tell_result(*told, satisfaction="dissatisfied", satisfaction_reason=" ")
        self.net.manager_id = self.users["plain"]
        trusted(case).department_id = self.net
        acts.tell_result(*told, satisfaction="basically", satisfaction_reason="慢")
        self.assertFalse([text for text in self._told("plain") if "dissatisfied" in text])
        acts.tell_result(*told, satisfaction="dissatisfied", satisfaction_reason="慢")
        self.assertTrue([text for text in self._told("plain") if "dissatisfied" in text])
        asked = (case.satisfaction_reason, case.satisfaction_asked_by_id)
        self.assertEqual(asked, ("慢", self.users["agent"]))

    def test_assignee_of_step(self):
        """Its department's; without one, of the accepting department; the desk's."""
        case = self._accepted()
        step = case.step_ids[:1]
        acts.dispatch(self._as("agent", case), self.net, self.lab)
        for named, accepted, found in (
            (self.lab, True, [True, False, True]),
            (self.env["water.department"], False, [True, False, False]),
            (self.env["water.department"], True, [True, True, False]),
        ):
            trusted(step.guide_step_id).department_id = named
            trusted(self._lead(case)).state = "accepted" if accepted else "sent"
            self.env.invalidate_all()
            logins = ("agent", "department", "department2")
            workers = [self._as(login, step)._is_worker() for login in logins]
            self.assertEqual(workers, found, (named.code, accepted))
        self.assertEqual([row._is_running() for row in case.step_ids[:2]], [True, False])
        trusted(case).state = "withdrawn"
        self.assertFalse(step._is_running())
        trusted(case).state = "accepted"
        self._as("agent", step).action_done()
        self.assertEqual([row._is_running() for row in case.step_ids[:2]], [False, True])
        with self.assertRefused("is not to be done now"):
            self._as("agent", step).action_done()

    def test_dialogs_of_a_request(self):
        """Filled in when the customer is asked; the answer stays."""
        case = self._done()
        wizard = acts.dialog(self._as("agent", case), "action_feedback", note="已说明")
        self.assertEqual(wizard.told_to, case.contact_name)
        self.assertEqual((wizard.channel, wizard.outcome), ("phone", "told"))
        wizard.satisfaction = "satisfied"
        wizard.action_tell()
        self.assertEqual((case.satisfaction, bool(case.fed_back_at)), ("satisfied", True))
        case = self._request()
        wizard = acts.dialog(self._as("agent", case), "action_acknowledge")
        self.assertEqual(wizard.name, case.contact_name)
        with self.assertRefused("Issue the notice first"):
            wizard.action_acknowledge()
        notice = self._as("agent", case)._issue_notice().sudo()
        wizard.action_acknowledge()
        kept = (notice.acknowledge_mode, notice.acknowledge_user_id, notice.acknowledged_at)
        self.assertEqual(kept, ("counter", self.users["agent"], self._later()))
        self.assertTrue(acts.ask_material(self._as("agent", case), "别的纸", "忘了"))
        self.assertEqual(case.second_request_count, 1)
        self.assertNotIn("别的纸", case.material_ids.mapped("name"))
