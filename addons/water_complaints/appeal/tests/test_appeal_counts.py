from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from .common import SUPERVISOR, AppealCommon, at


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppealCounts(AppealCommon):
    """Figures follow the decision; involved people cannot judge; the case stays open meanwhile."""

    # -- the finding in force ---------------------------------------------------------------------

    def test_validity_follows_the_final_finding(self):
        """Not valid any more, in groups and filters too; the first finding stays."""
        case = self._complaint_at("archived")
        self.assertEqual((case.validity, case.finding_final), ("valid", "upheld"))
        appeal = self._first(
            case, "upheld", corrected_finding="not_upheld", corrected_liability="customer"
        )
        self.assertRecordValues(
            case,
            [
                {
                    "finding": "upheld",
                    "liability": "company",
                    "finding_final": "not_upheld",
                    "liability_final": "customer",
                    "validity": "invalid",
                }
            ],
        )
        self.assertEqual((appeal.former_finding, appeal.former_liability), ("upheld", "company"))
        payload = appeal.event_ids.filtered(lambda row: row.kind == "decided").payload
        self.assertEqual((payload["former_finding"], payload["finding"]), ("upheld", "not_upheld"))
        self.assertEqual(
            (payload["former_liability"], payload["liability"]), ("company", "customer")
        )
        rows = case._read_group([("id", "=", case.id)], ["finding_final", "validity"])
        self.assertEqual(rows, [("not_upheld", "invalid")])
        self.assertIn(case, case.search([("validity", "=", "invalid")]))

    def test_second_level_corrects_the_first(self):
        case = self._complaint_at("notified")
        self._first(case, "partly", corrected_finding="partly")
        self.assertEqual(case.validity, "valid")
        self._second(
            case, "upheld", corrected_finding="not_upheld", corrected_liability="third_party"
        )
        self.assertEqual((case.finding_final, case.validity), ("not_upheld", "invalid"))
        former = case.appeal_ids.sorted("id").mapped("former_finding")
        self.assertEqual(former, ["upheld", "partly"])

    def test_shares_hold_until_liability_is_corrected(self):
        case = self._complaint_at("archived")
        shares = {"company": 60, "customer": 40}
        values = {f"share_{party}": share for party, share in shares.items()}
        trusted(case.sudo()).write({"is_shared": True, **values})
        self.assertEqual((case._judged(), case.validity), (("upheld", shares), "valid"))
        self._first(case, "upheld", corrected_finding="partly", corrected_liability="customer")
        self.assertEqual(
            (case._judged(), case.validity), (("partly", {"customer": 100}), "invalid")
        )

    def test_correction_fits_together(self):
        """A liable company with nothing upheld is contradictory, so the decision is refused."""
        case = self._complaint_at("notified")
        appeal = self._accepted(self._appeal(case))
        work = self._as("senior", appeal)
        work.write({"decision": "upheld", "decision_text": "x", "corrected_finding": "not_upheld"})
        with self.assertRaisesRegex(UserError, "so the company is not liable"):
            work.action_decide()
        self.assertEqual((appeal.state, case.finding_final), ("review", "upheld"))

    def test_a_new_result_is_in_force(self):
        """Handled again and told anew: the correction of the round before holds no longer."""
        case = self._complaint_at("confirmed")
        self._first(case, "upheld", corrected_finding="partly", reopen=True)
        self.assertEqual(case.finding_final, "partly")
        self._serve_again(case)
        self.assertEqual(case.finding_final, "partly")
        self._notify(case)
        self.assertEqual((case.finding, case.finding_final), ("upheld", "upheld"))

    # -- who judges -------------------------------------------------------------------------------

    def _plan_by(self, planner, case):
        """A plan of the complaint that ``planner`` has put up."""
        plan = self.env["water.resolution"].create(
            {
                "complaint_id": case.id,
                "text": "更换水表",
                "action_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "换表",
                            "user_id": self.users["department"].id,
                            "due_on": "2026-03-20",
                        },
                    )
                ],
            }
        )
        plan.with_user(self.users["supervisor"]).action_propose()
        trusted(plan).proposed_by_id = planner

    def test_responsible_line_cannot_decide(self):
        """Head and vice-president of the department, and the plan's proposer."""
        people = {
            name: self._new_user(name, f"base.group_user,{SUPERVISOR},water_service_desk.{group}")
            for name, group in (
                ("head", "group_quality"),
                ("vice", "group_manager"),
                ("planner", "group_quality"),
            )
        }
        self.net.write({"manager_id": people["head"].id, "deputy_id": people["vice"].id})
        case = self._complaint_at("handling")
        self._plan_by(people["planner"], case)
        done = {"done_at": fields.Datetime.now(), "done_by_id": self.users["department"].id}
        trusted(case.resolution_ids.action_ids.sudo()).write(done)
        self._step_notified(case, "agent", self.net)
        appeal = self._as("supervisor", self._appeal(case))
        for name, user in people.items():
            with self.subTest(name):
                self.assertNotIn(user, appeal.eligible_ids)
                with (
                    self.assertRaisesRegex(UserError, "took no part"),
                    self.env.cr.savepoint(),
                ):
                    appeal.reviewer_id = user
                appeal.invalidate_recordset()
        self.assertFalse(appeal.reviewer_id)
        appeal.reviewer_id = self.users["senior"]

    # -- while it is open -------------------------------------------------------------------------

    def test_nothing_ends_meanwhile(self):
        """Neither confirmed nor archived before the appeal is decided or taken back."""
        for state, step in (("notified", "confirmed"), ("callback", "archived")):
            case = self._complaint_at(state)
            appeal = self._appeal(case)
            with self.subTest(step):
                act = {
                    "confirmed": lambda c=case: self._step_confirmed(c, "agent", self.net),
                    "archived": lambda c=case: self._step_archived(c, "agent", self.net),
                }[step]
                with self.assertRaisesRegex(UserError, f"{appeal.name} is decided first"):
                    act()
                self.assertEqual(case.state, state)
                acts.withdraw(self._as("agent", appeal), "客户已满意")
                act()
                self.assertEqual(case.state, step)

    def test_call_is_put_off(self):
        """The call-back waits for the decision, then is made in time."""
        case = self._complaint_at("confirmed")
        self.assertTrue(case.waits_for_call)
        appeal = self._accepted(self._appeal(case))
        self.assertFalse(case.waits_for_call)
        self.assertEqual(case.callback_ids.void_reason, "appeal")
        self.assertEqual(self._clock(case, "callback").state, "void")
        with at("2026-03-16 10:00"):
            self._decided(appeal)
            self.assertTrue(case.waits_for_call)
            clock = self._clock(case, "callback")
            self.assertEqual(clock.state, "running")
            self.assertLocal(clock.due_at, "2026-03-19 17:30")
        self._as("quality", case.callback_ids.sorted("id")[-1]).with_env(self.env)
        self.assertEqual(case.callback_ids.sorted("id").mapped("state"), ["void", "open"])

    def test_recaller_is_asked_after_decision(self):
        """Not during the appeal; a call already accepted is planned again."""
        case = self._complaint_at("confirmed")
        call = case.callback_ids
        for hour in (11, 14, 18):
            with at(f"2026-03-12 {hour}:00"):
                self._as("quality", call).action_no_answer()
        self.assertEqual((call.outcome, case.state), ("unreachable", "callback"))
        with at("2026-03-13 10:00"):
            appeal = self._appeal(case)
            call.invalidate_recordset()
            with self.assertRefused("The case has gone on since"):
                self._as("quality", call).action_take_up()
            acts.withdraw(self._as("agent", appeal), "客户再想想")
            self._as("quality", call).action_take_up()
            appeal = self._accepted(self._appeal(case))
            self.assertEqual((call.state, call.void_reason), ("void", "appeal"))
            self._decided(appeal)
        again = case.callback_ids - call
        self.assertEqual((again.state, self._clock(case, "callback").state), ("open", "running"))

    def test_call_is_put_off_by_each_of_two_appeals(self):
        """Taken back, filed again and taken back again: in the end there is one call to make."""
        case = self._complaint_at("confirmed")
        for _time in range(2):
            acts.withdraw(self._as("agent", self._appeal(case)), "客户再想想")
        calls = case.callback_ids.sorted("id")
        self.assertEqual(calls.mapped("state"), ["void", "void", "open"])

    def test_person_writing_new_one(self):
        """The person in charge at the desk and the system, not former handlers."""
        appeal = self._appeal(self._complaint_at("notified"))
        may = {login: self._as(login, appeal)._may_review() for login in ("su", "senior", "agent")}
        self.assertEqual(may, {"su": True, "senior": True, "agent": False})

    def test_archived_has_no_call_to_put_off(self):
        case = self._complaint_at("archived")
        before = (case.event_count, len(case.callback_ids), len(case.deadline_ids))
        self._decided(self._accepted(self._appeal(case)))
        clocks = case.deadline_ids.filtered(lambda clock: not clock.appeal_id)
        self.assertEqual((case.event_count, len(case.callback_ids), len(clocks)), before)

    # -- a certificate ----------------------------------------------------------------------------

    def test_certificate(self):
        """A certificate is named with its number and issuer, and lies there as a file."""
        case = self._complaint_at("notified")
        named = {"certificate_number": "JL-2026-118", "certificate_issuer": "市计量院"}
        with self.assertRaisesRegex(UserError, "Add the certificate itself"):
            self._appeal(case, **named)
        self.assertFalse(case.appeal_ids)
        appeal = self._appeal(case, evidence=(("检定证书.txt", b"+6.4%"),), **named)
        self.assertRecordValues(appeal, [named])
        self.assertEqual(appeal.evidence_ids.name, "检定证书.txt")

    def test_flags_of_figures_follow_the_final_finding(self):
        """Justified, and a justified repeat, until the appeal says otherwise."""
        earlier = self._complaint()
        case = self._complaint_at("archived")
        acts.link(self._as("agent", self._complaint()), earlier)
        trusted(case).repeat_of_id = earlier
        self.assertEqual((case.is_justified, case.is_justified_repeat), (True, True))
        self.assertIn(case, case.search([("is_justified_repeat", "=", True)]))
        self._first(case, "upheld", corrected_finding="not_upheld", corrected_liability="customer")
        self.assertEqual((case.is_justified, case.is_justified_repeat), (False, False))
        self.assertEqual((case.finding, case.repeat_of_id), ("upheld", earlier))
        self.assertNotIn(case, case.search([("is_justified", "=", True)]))

    def test_found_otherwise_on_the_second_level_it_counts_again(self):
        """Left out by the review; the panel finds the company liable after all."""
        case = self._complaint_at("archived")
        wrong = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
        self._first(case, "upheld", leaves_figures=True, **wrong)
        self.assertEqual((case.leaves_figures, case.counts_for_rates), (True, False))
        right = {"corrected_finding": "upheld", "corrected_liability": "company"}
        self._second(case, "upheld", **right)
        self.assertEqual((case.finding_final, case.validity), ("upheld", "valid"))
        self.assertEqual((case.leaves_figures, case.counts_for_rates), (False, True))
        self.assertTrue(case.is_justified)

    def test_left_out_it_stays_so_where_the_panel_changes_nothing(self):
        case = self._complaint_at("archived")
        self._first(case, "upheld", leaves_figures=True)
        self._second(case, "rejected")
        self.assertTrue(case.leaves_figures)

    def test_left_out_until_another_result_is_told(self):
        """Handled again with another finding: the new result was not rejected."""
        case = self._complaint_at("notified")
        self._first(case, "upheld", leaves_figures=True, reopen=True, remedy="重新核实")
        self.assertEqual((case.leaves_figures, case.counts_for_rates), (True, False))
        self._told_again(case)
        self.assertEqual((case.leaves_figures, case.counts_for_rates), (False, True))
        self.assertTrue(case.is_justified)

    def test_left_out_of_the_figures_is_not_justified(self):
        case = self._complaint_at("archived")
        self.assertTrue(case.is_justified)
        self._first(case, "partly", corrected_finding="partly")
        self._second(case, "partly", corrected_finding="partly", leaves_figures=True)
        self.assertTrue(case.leaves_figures)
        self.assertFalse(case.is_justified)

    def test_a_matter_is_justified_once_and_by_what_was_found_last(self):
        """It continues under another number, where it is judged again or withdrawn."""
        case = self._complaint_at("archived")
        appeal = self._first(case, "upheld", reopen=True, remedy="重新核实")
        again = trusted(appeal.follow_up_id)
        self.assertTrue(case.is_justified)
        for values, justified in (
            ({"finding": "upheld", "liability": "company"}, (False, True)),
            ({"finding": "not_upheld", "liability": "customer"}, (False, False)),
            ({"state": "withdrawn"}, (True, False)),
        ):
            again.write(values)
            with self.subTest(values):
                self.assertEqual((case.is_justified, again.is_justified), justified)
