from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY, SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal

from .water_appeal import OPEN_STATES

#: A panel has at least so many members beside its chair.
PANEL_MEMBERS = 2


class WaterAppeal(models.Model):
    """Reviewers of an appeal, votes of the panel, and the effects of the decision (E6, E9).

    People with a part in the case are found in its records (chain, dispatches, visits, notices,
    pauses); nothing is asked.
    """

    _inherit = "water.appeal"

    _in_hand = dict.fromkeys(("reviewer_id", "member_ids"), [("state", "in", OPEN_STATES)])

    # -- who ------------------------------------------------------------------------------------

    @api.depends("complaint_id", "level")
    def _compute_eligible(self):
        for appeal in self:
            appeal.eligible_ids = appeal._eligible_people()

    def _eligible_people(self):
        """Senior people of the company who had no part in the matter."""
        appeal = self.sudo()
        groups = [SUPERVISOR, QUALITY] if appeal.level == "2" else [SUPERVISOR]
        people = appeal.env["res.users"].union(
            *(self.env.ref(group).sudo().all_user_ids for group in groups)
        )
        involved = appeal._involved_people()
        return (people - involved).filtered(
            lambda user: user.active and appeal.company_id in user.company_ids
        )

    def _involved_people(self):
        earlier = self.complaint_id.appeal_ids - self
        return (
            self.complaint_id._involved_people()
            | earlier.reviewer_id
            | earlier.member_ids
            | earlier.decided_by_id
        )

    def _check_panel(self):
        """Refuse reviewers with a part in the case, and a chair who is no manager.

        :raises UserError: with the names of those who had a part
        """
        for appeal in self.sudo():
            appeal._refuse_judges(appeal._panel() - appeal._eligible_people())
            chair = appeal.reviewer_id
            if appeal.level == "2" and chair and not chair.has_group(MANAGER):
                raise UserError(self.env._("The panel of the company is led by a manager."))
            if chair in appeal.member_ids:
                raise UserError(self.env._("The chair is no further member of the panel."))

    def _check_uninvolved(self, people):
        """Refuse reviewers who got a part in the case after they were named.

        :raises UserError: with their names
        """
        self._refuse_judges(people & self.sudo()._involved_people())

    def _refuse_judges(self, barred):
        if barred:
            raise UserError(
                self.env._(
                    "An appeal is reviewed by a senior person who took no part in the case. Choose "
                    "another person instead of: %s",
                    barred.mapped("name"),
                )
            )

    def _check_replaced(self, before):
        """Keep the panel once it votes; only members who may not judge any more are replaced.

        :param before: the panel as it was
        :raises UserError: for any other change
        """
        gone = before - self._panel()
        if self.sudo().vote_ids and (not gone or gone & self.sudo()._eligible_people()):
            raise UserError(self.env._("The panel has begun to vote: it stays as it is."))

    def _need_panel(self):
        appeal = self.sudo()
        if not appeal.reviewer_id:
            words = self.env._("Choose first who reviews the appeal.")
            raise Refusal(appeal.name, self, [Missing(words, "reviewer_id")])
        if appeal.level == "2" and len(appeal.member_ids) < PANEL_MEMBERS:
            words = self.env._("Choose at least %s members of the panel beside its chair.", 2)
            raise Refusal(appeal.name, self, [Missing(words, "member_ids")])
        self._check_panel()

    def _may_review(self):
        """Return whether the user may write findings and decision.

        The reviewer may; a supervisor without a part in the case may declare a new appeal
        inadmissible and record the decision of an outside body.
        """
        if self.env.su:
            return True
        if self.state == "review":
            return self.env.user == self.reviewer_id
        is_head = self.env.user.has_group(SUPERVISOR)
        if self.level == "external":
            return is_head
        return is_head and self.env.user not in self.sudo()._involved_people()

    # -- the panel votes ------------------------------------------------------------------------

    def _panel(self):
        return self.reviewer_id | self.member_ids

    def _may_vote(self):
        voted = self.sudo().vote_ids.user_id
        return self.level == "2" and self.env.user in self.sudo()._panel() - voted

    def _vote(self, decision, note):
        """Record the vote of one panel member.

        :param decision: a value of ``decision``
        :param note: the member's reasons
        :raises AccessError: for anyone else, or a second vote
        """
        self.check_access("read")
        if self.state != "review" or not self._may_vote():
            raise AccessError(self.env._("Members of the panel vote once, during the review."))
        if not decision:
            raise UserError(self.env._("Choose how you vote."))
        self._check_uninvolved(self.env.user)
        vote = {"appeal_id": self.id, "user_id": self.env.uid, "decision": decision, "note": note}
        # sudo: water.appeal.vote - written by this checked service alone
        trusted(self.env["water.appeal.vote"].sudo()).create(vote)
        self._log_events("voted", {"decision": decision})

    def _majority(self):
        appeal = self.sudo()
        panel = appeal._panel()
        given = appeal.vote_ids.filtered(lambda vote: vote.user_id in panel)
        counts = Counter(given.mapped("decision"))
        winner, votes = next(iter(counts.most_common(1)), (None, 0))
        return winner if 2 * votes > len(panel) else None

    # -- the decision ---------------------------------------------------------------------------

    def _check_decision(self):
        """Refuse a decision that is not ready, in words that say what to do."""
        self.check_access("read")
        if self.state not in ("filed", "review"):
            raise UserError(self.env._("%s is settled and not changed any more.", self.name))
        if not self._may_review():
            raise AccessError(self.env._("Only the reviewer decides the appeal."))
        if not self.decision or not strip_invisible(self.decision_text):
            words = self.env._("Choose the decision, and write down its reasons.")
            place = "decision_text" if self.decision else "decision"
            raise Refusal(self.name, self, [Missing(words, place)])
        if self.level == "external":
            return
        if self.state == "filed" and self.decision != "not_admissible":
            raise UserError(self.env._("Acknowledge the appeal first, and have it reviewed."))
        if self.state == "review":
            self._check_uninvolved(self.sudo()._panel())
        if self.state == "review" and self.level == "2" and self._majority() != self.decision:
            words = self.env._(
                "The decision is that for which more than half of the panel has voted."
            )
            raise Refusal(self.name, self, [Missing(words, "vote_ids")])
        if self.reopen and self.decision not in ("upheld", "partly"):
            raise UserError(self.env._("Only an appeal that is upheld has the matter reopened."))
        self._check_correction()

    def _check_correction(self):
        """Check that corrected and unchanged finding and liability fit together.

        :raises UserError: if they do not
        """
        appeal, case = self.sudo(), self.complaint_id.sudo()
        if not (appeal.corrected_finding or appeal.corrected_liability):
            return
        finding = appeal.corrected_finding or case.finding_final
        corrected = appeal.corrected_liability
        liable = {corrected} if corrected else set(case._judged()[1])
        faults = case._finding_faults(finding, liable)
        if faults:
            missing = [Missing(fault, "corrected_liability") for fault in faults]
            raise Refusal(appeal.name, self, missing)

    def _decide(self):
        """The decision is told: clocks are met, the complaint hears of it."""
        self._check_decision()
        now, case = fields.Datetime.now(), self.complaint_id.sudo()
        before = {"former_finding": case.finding_final, "former_liability": case.liability_final}
        values = {"state": "decided", "decided_at": now, "decided_by_id": self.env.uid}
        trusted(self.sudo()).write({**before, **values})
        after = {"finding": case.finding_final or "", "liability": case.liability_final or ""}
        payload = {"decision": self.decision, "level": self.level, **before, **after}
        self._log_events("decided", payload)
        self.sudo().deadline_ids._meet(now)
        case._hear_of_decision(self.sudo())
        case._appeal_decided(self.sudo())
        if self.reopen:
            case._reopen_by_appeal(self.sudo())
        else:
            case._appeal_over()

    def _holds(self):
        """Return whether the corrections are in force: until a later result was sent."""
        told = self.complaint_id.notice_ids.filtered(
            lambda row: row.kind == "result" and row.sent_at and row.round > self.round
        )
        return not told

    def _changes_finding(self):
        corrected = {"finding": self.corrected_finding, "liability": self.corrected_liability}
        return any(value and value != self[f"former_{name}"] for name, value in corrected.items())

    def _speaks_of_figures(self):
        """Return whether the decision changes how the complaint counts in the figures.

        Only as long as it is in force: a later result has not been judged in this respect.
        """
        return self._holds() and (self.leaves_figures or self._changes_finding())

    def _admit(self, reason):
        """Admit a repeated appeal because its evidence is new.

        :param reason: why
        :raises AccessError: unless the user is a supervisor
        """
        self.check_access("read")
        if not self.can_admit:
            raise AccessError(self.env._("Only a supervisor admits an appeal that came again."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self.sudo()).write(
            {
                "admitted_by_id": self.env.uid,
                "admitted_at": fields.Datetime.now(),
                "admit_reason": reason,
            }
        )
        self._log_events("admitted")

    # -- who hears of it ------------------------------------------------------------------------

    def _staff_line(self):
        """Return one line about the appeal for staff, without personal data."""
        case = self.complaint_id
        return f"{self.name} · {case._staff_line()}"

    def _tell_people(self, people, subject):
        tell_staff(self, people - self.sudo().complaint_id._people_concerned(), subject)

    def _tell_filed(self):
        people = self.complaint_id.sudo()._desk_supervisors() - self.sudo()._involved_people()
        self._tell_people(
            people, lambda row: row.env._("%s: an appeal has come in, name a reviewer", row.name)
        )

    def _tell_reviewers(self):
        self._tell_people(
            self.sudo()._panel(), lambda row: row.env._("%s: you review this appeal", row.name)
        )
