from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ..models.water_notice import APPEALED_KINDS
from .common import AppealCommon

STATES = ("filed", "review", "decided", "withdrawn")
LEVELS = ("1", "2", "external")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealStates(AppealCommon):
    """Rights and meaning of an appeal in each state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["other"] = cls._new_user("other", "water_service_desk.group_supervisor")

    def _standing(self, case=None, **values):
        """An appeal with these values, however it came about."""
        case = case or self._complaint()
        values = {"complaint_id": case.id, "reason": "不认可", "level": "1", **values}
        self.env.flush_all()  # one alone is open, by an index
        return trusted(self.env["water.appeal"].sudo()).create(values).with_env(self.env)

    # -- who --------------------------------------------------------------------------------

    def test_buttons(self):
        """The desk takes back, supervisors name, admit and acknowledge, the panel votes."""
        case = self._complaint()
        chair, member = self.users["chair"], self.users["member1"]
        for state in STATES:
            for level in LEVELS:
                appeal = self._standing(
                    case, state=state, level=level, reviewer_id=chair.id, member_ids=member.ids
                )
                is_open, fresh, inside = state in STATES[:2], state == "filed", level != "external"
                with self.subTest(state=state, level=level):
                    head, desk = self._as("senior", appeal), self._as("agent2", appeal)
                    self.assertEqual((head.can_withdraw, desk.can_withdraw), (is_open, is_open))
                    self.assertIs(head.can_assign, is_open and inside)
                    self.assertIs(head.can_accept, fresh and inside)
                    self.assertIs(head.can_admit, False)
                    self.assertIs(head.can_state, is_open and not inside)
                    for name in ("can_assign", "can_accept", "can_admit", "can_state", "can_vote"):
                        self.assertIs(desk[name], False, name)
                    votes = state == "review" and level == "2"
                    voters = [self._as(who, appeal).can_vote for who in ("chair", "member1")]
                    self.assertEqual(voters, [votes, votes])
                    self.assertIs(self._as("member2", appeal).can_vote, False)
                trusted(appeal.sudo()).state = "withdrawn"

    def test_buttons_of_what_waits_to_be_admitted(self):
        """Admitted first, then acknowledged; not twice."""
        appeal = self._standing(needs_admission=True)
        head = self._as("senior", appeal)
        self.assertEqual((head.can_admit, head.can_accept), (True, False))
        self.assertIs(self._as("agent2", appeal).can_admit, False)
        acts.admit(head, "照片为新证据")
        self.assertEqual((head.can_admit, head.can_accept), (False, True))
        self.assertEqual(
            (appeal.admitted_by_id, appeal.admitted_at, appeal.admit_reason),
            (self.users["senior"], fields.Datetime.now(), "照片为新证据"),
        )

    def test_reviewers(self):
        """A fresh one a supervisor without a part; in review its reviewer; outside a supervisor."""
        case = self._complaint()
        trusted(case.sudo()).user_id = self.users["other"]
        names = ("agent2", "chair", "other", "senior")
        for state, level, logins in (
            *(("filed", "1", ["chair", "senior"]), ("review", "1", ["chair"])),
            *(
                ("review", "external", ["chair"]),
                ("filed", "external", ["chair", "other", "senior"]),
            ),
        ):
            appeal = self._standing(
                case, state=state, level=level, reviewer_id=self.users["chair"].id
            )
            found = [login for login in names if appeal.with_user(self.users[login])._may_review()]
            self.assertEqual(found, logins, (state, level))
            trusted(appeal.sudo()).state = "withdrawn"

    def test_when_it_can_be_decided(self):
        """In review; before it only with a decision, such as that it is not admissible."""
        for state, decision, can_decide in (
            *(("filed", False, False), ("filed", "not_admissible", True)),
            *(("review", False, True), ("decided", "rejected", False)),
        ):
            appeal = self._standing(
                state=state, decision=decision, reviewer_id=self.users["senior"].id
            )
            self.assertIs(self._as("senior", appeal).can_decide, can_decide, (state, decision))

    def test_eligible_people(self):
        """Supervisors; on the panel also quality; without participants and former employees."""
        case = self._complaint()
        earlier = self._standing(
            case,
            state="decided",
            reviewer_id=self.users["senior"].id,
            decided_by_id=self.users["other"].id,
        )
        for level, is_quality in (("1", False), ("2", True)):
            appeal = self._standing(case, level=level)
            people = appeal.eligible_ids
            self.assertEqual(self.users["member2"] in people, is_quality)
            self.assertIn(self.users["member1"], people)
            self.assertFalse((self.users["senior"] | self.users["other"]) & people)
            trusted(earlier.sudo()).member_ids = self.users["member1"]
            self.assertNotIn(self.users["member1"], appeal._eligible_people())
            trusted(earlier.sudo()).member_ids = False
            self.users["member1"].active = False
            self.assertNotIn(self.users["member1"], appeal._eligible_people())
            self.users["member1"].active = True
            trusted(appeal.sudo()).state = "withdrawn"

    def test_panel(self):
        """Two beside the chair, who is a manager on the second level, and no further member."""
        chair, one, two = (self.users[name] for name in ("chair", "member1", "member2"))
        senior = self.users["senior"]
        for level, reviewer, members, words in (
            *(("1", senior, one.browse(), False), ("1", one.browse(), one, "Choose first who")),
            *(("2", chair, one | two, False), ("2", chair, one, "at least 2 members")),
            ("2", one.browse(), one | two, "Choose first who"),
        ):
            appeal = self._standing(level=level, reviewer_id=reviewer.id, member_ids=members.ids)
            with self.subTest(level=level, chair=reviewer, members=members):
                if words:
                    with self.assertRaisesRegex(UserError, words):
                        appeal._need_panel()
                else:
                    self.assertIsNone(appeal._need_panel())
        appeal = self._standing(level="2")
        for values, words in (
            ({"reviewer_id": senior.id}, "led by a manager"),
            ({"reviewer_id": chair.id, "member_ids": chair.ids}, "no further member"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                with self.env.cr.savepoint():
                    self._as("supervisor", appeal).write(values)
            appeal.invalidate_recordset()

    def test_majority(self):
        """More than half of the present panel members."""
        people = [self.users[name] for name in ("chair", "member1", "member2", "senior")]
        chair, one, two, three = people
        case = self._complaint()
        for members, votes, winner in (
            *((one | two, {}, None), (one | two, {chair: "upheld"}, None)),
            *((one | two, {chair: "upheld", one: "upheld"}, "upheld"),),
            *((one | two, {chair: "upheld", one: "rejected", two: "rejected"}, "rejected"),),
            *((one | two, {chair: "upheld", one: "rejected", two: "partly"}, None),),
            *((one | two | three, {chair: "upheld", one: "upheld"}, None),),
            *((one | two | three, {chair: "upheld", one: "upheld", three: "upheld"}, "upheld"),),
            (one, {chair: "upheld", two: "upheld"}, None),
        ):
            appeal = self._standing(
                case, level="2", state="review", reviewer_id=chair.id, member_ids=members.ids
            )
            rows = [
                {"appeal_id": appeal.id, "user_id": user.id, "decision": decision}
                for user, decision in votes.items()
            ]
            trusted(self.env["water.appeal.vote"].sudo()).create(rows)
            self.assertEqual(appeal._majority(), winner, votes)
            for user in people:
                may = user in chair | members and user not in votes
                self.assertIs(appeal.with_user(user)._may_vote(), may)
            trusted(appeal.sudo()).state = "withdrawn"

    # -- where it is placed -----------------------------------------------------------------

    def test_level_of_the_next(self):
        """Only decisions against the present answer count."""
        for values, level, is_exhausted in (
            *(({}, "2", False), ({"level": "2"}, "2", True), ({"state": "withdrawn"}, "1", False)),
            *(({"level": "external"}, "1", False), ({"round": 1}, "1", False)),
            ({"level": "2", "state": "withdrawn"}, "1", False),
        ):
            case = self._complaint()
            self._standing(case, **{"state": "decided", **values})
            with self.subTest(values):
                self.assertEqual(case._appeal_level(), level)
                self.assertIs(case._appeals_exhausted(), is_exhausted)

    def test_last_day(self):
        """The last day included; not while one is open, nor after the final answer."""
        case = self._complaint_at("notified")
        until = date(2026, 3, 26)  # fifteen days from the eleventh
        for moment, day in (
            *(("2026-03-26 15:59:59", until), ("2026-03-26 16:00:00", False)),  # midnight there
        ):
            with freeze_time(moment):
                self.assertEqual(acts.appeal_until(case), day)
        appeal = self._standing(case)
        self.assertIs(acts.appeal_until(case), False)
        trusted(appeal.sudo()).state = "decided"
        self.assertEqual(acts.appeal_until(case), until)
        trusted(appeal.sudo()).level = "2"
        self.assertIs(acts.appeal_until(case), False)
        trusted(appeal.sudo()).state = "withdrawn"
        trusted(case.sudo()).state = "handling"
        self.assertIs(acts.appeal_until(case), False)

    def test_dialog_text(self):
        """Last day, late or not, repeated or not; none without a complaint."""
        dialogs = self._as("agent", self.env["water.appeal.wizard"])
        case = self._complaint_at("notified")
        for moment, level, found in (
            *((NOW, False, (False, False)), ("2026-03-27 02:00:00", False, (True, False))),
            *((NOW, "2", (False, True)), ("2026-03-27 02:00:00", "2", (False, True))),
        ):
            with freeze_time(moment):
                case.appeal_ids.sudo().with_context(active_test=False)
                if level and not case.appeal_ids:
                    self._standing(case, state="decided", level=level)
                dialog = dialogs.create({"complaint_id": case.id})
                self.assertEqual((dialog.is_late, dialog.is_again), found, (moment, level))
                self.assertEqual(dialog.until, date(2026, 3, 26))
        nothing = dialogs.create({})
        self.assertEqual((nothing.until, nothing.is_late, nothing.is_again), (False, False, False))
        for step, words in (("file", "from a complaint"), ("vote", "from an appeal")):
            with self.subTest(step), self.assertRaisesRegex(UserError, words):
                dialogs.create({"step": step}).action_save()

    def test_which_letters_can_be_appealed_against(self):
        """For result, refusal and first decision; others have no last day."""
        case = self._complaint_at("notified")
        notices = self.env["water.notice"]
        for kind, _label in notices._fields["kind"]._description_selection(self.env):
            found = notices._sent_values(case, self._notice_values(kind=kind))["appeal_until"]
            expected = date(2026, 3, 26) if kind in APPEALED_KINDS else False
            self.assertEqual(found, expected, kind)
        self.assertEqual(APPEALED_KINDS, {"result", "refusal", "appeal_decision"})

    def test_limit_of_the_other_body(self):
        """This moment is over; a second later is still to come; none is none."""
        check = self.env["water.appeal"]._check_external
        now, second = fields.Datetime.now(), timedelta(seconds=1)
        check({"external_number": "X1", "external_due_at": now + second})
        check({"external_number": "X1", "external_due_at": False})
        with self.assertRaises(ValidationError):
            check({"external_number": "X1", "external_due_at": now})
        with self.assertRaisesRegex(UserError, "Give the number"):
            check({"external_number": " ", "external_due_at": now + second})

    def test_taken_up_again(self):
        """New evidence in words and as files; either alone is not enough."""
        placed = self.env["water.appeal"]._placed_again
        self.assertEqual(placed({"new_evidence": "照片"}, True), {"needs_admission": True})
        for text, has_files in (("照片", False), (" ", True), (False, True)):
            with self.assertRaisesRegex(UserError, "only with new evidence"):
                placed({"new_evidence": text}, has_files)

    # -- decisions in force -------------------------------------------------------------------

    def test_effects_of_decision(self):
        """Another finding, or another party; the same as before is no change."""
        former = {"former_finding": "upheld", "former_liability": "company"}
        for values, changes in (
            *(({}, False), ({"corrected_finding": "upheld"}, False)),
            *(({"corrected_finding": "partly"}, True), ({"corrected_liability": "company"}, False)),
            *(({"corrected_liability": "customer"}, True),),
            ({"corrected_finding": "upheld", "corrected_liability": "customer"}, True),
        ):
            appeal = self.env["water.appeal"].new({**former, **values})
            with self.subTest(values):
                self.assertIs(appeal._changes_finding(), changes)
                self.assertIs(bool(appeal._speaks_of_figures()), changes)
                appeal.leaves_figures = True
                self.assertIs(bool(appeal._speaks_of_figures()), True)

    def test_until_when_a_decision_holds(self):
        """Until another result is told in a later round; not by another letter, nor by a draft."""
        case = self._complaint_at("notified")
        appeal = self._standing(case, state="decided", round=0)
        notice = case.notice_ids.filtered(lambda row: row.kind == "result")
        now = fields.Datetime.now()
        for values, holds in (
            *(({}, True), ({"round": 1}, False), ({"round": 1, "sent_at": False}, True)),
            ({"round": 1, "kind": "acceptance"}, True),
        ):
            trusted(notice.sudo()).write({"round": 0, "kind": "result", "sent_at": now, **values})
            self.assertIs(appeal._holds(), holds, values)

    def test_the_newest_decision_is_in_force(self):
        """For the finding and for liability; a withdrawn one does not count."""
        case = self._complaint_at("archived")
        second, now = timedelta(seconds=1), fields.Datetime.now()
        for values, found in (
            ({}, ("upheld", "company")),
            ({"corrected_finding": "partly"}, ("partly", "company")),
            ({"corrected_liability": "property"}, ("partly", "property")),
            ({"corrected_finding": "not_upheld"}, ("not_upheld", "property")),
            ({"corrected_finding": "upheld", "state": "withdrawn"}, ("not_upheld", "property")),
        ):
            now += second
            self._standing(case, **{"state": "decided", "decided_at": now, **values})
            self.assertEqual((case.finding_final, case.liability_final), found, values)
        self.assertEqual(case._judged(), ("not_upheld", {"property": 100}))

    # -- who had a part ---------------------------------------------------------------------

    def test_former_owner_of_work(self):
        """Heads and deputies of the departments that led and took it, not of those that helped."""
        case = self._complaint_at("dispatched")
        head, deputy = self.users["member1"], self.users["other"]
        self.lab.write({"manager_id": head.id, "deputy_id": deputy.id})
        dispatch = self._lead(case)
        for role, state, is_theirs in (
            *(("lead", "accepted", True), ("lead", "finished", True), ("lead", "sent", False)),
            *(("lead", "rejected", False), ("support", "accepted", False)),
        ):
            trusted(dispatch.sudo()).write(
                {"role": role, "state": state, "department_id": self.lab.id}
            )
            found = case._responsible_line()
            self.assertEqual(
                (head in found, deputy in found), (is_theirs, is_theirs), (role, state)
            )

    def test_the_call_is_made_after_all(self):
        """If it was postponed for the appeal and the case is not handled again."""
        for state, reason, is_made in (
            *(("confirmed", "appeal", True), ("confirmed", "reopened", False)),
            ("handling", "appeal", False),
        ):
            case = self._complaint_at("confirmed")
            calls = case.callback_ids
            trusted(calls.sudo()).write({"state": "void", "void_reason": "appeal"})
            if reason != "appeal":
                reasons = calls._fields["void_reason"].get_values(self.env)
                other = next(name for name in reasons if name != "appeal")
                trusted(calls.sudo()).void_reason = other
            trusted(case.sudo()).state = state
            case._take_up_calls()
            self.assertEqual(len(case.callback_ids - calls), int(is_made), (state, reason))
