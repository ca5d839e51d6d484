# pylint: disable=prefer-env-translation  # letters speak the customer's language
from odoo import api, models


class WaterNoticeText(models.AbstractModel):
    """The words of letters about appeals."""

    _inherit = "water.notice.text"

    @api.model
    def _appeal_receipt(self, case, appeal):
        _ = case.env._
        reviewer, due = appeal.reviewer_id.name or "", appeal._decision_clock().due_at
        panel = _(
            "It will be decided by a panel of %(count)s people, led by %(name)s; none of them "
            "was involved before.",
            count=len(appeal.member_ids) + 1,
            name=reviewer,
        )
        person = _("It will be reviewed by %s, who was not involved before.", reviewer)
        return [
            _("Why you do not agree: %s", appeal.reason),
            appeal.demand and _("You ask for: %s", appeal.demand),
            panel if appeal.level == "2" else person,
            due and _("We will decide by %s.", case._customer_time(due)),
        ]

    @api.model
    def _appeal_decision(self, case, appeal):
        if not appeal:
            return self._result(case)
        _ = case.env._
        decisions = dict(appeal._fields["decision"]._description_selection(case.env))
        findings = dict(case._fields["finding"]._description_selection(case.env))
        decision = _("Decision: %s.", decisions.get(appeal.decision, ""))
        if appeal.decision == "rejected":
            decision = _("Your appeal is not upheld. The original result stands.")
        again = appeal.reopen and _("Another person handles the case again.")
        return [
            decision,
            _("Reasons: %s", appeal.decision_text or ""),
            appeal.corrected_finding
            and _("The finding is changed to: %s.", findings[appeal.corrected_finding]),
            appeal.remedy and _("What we do now: %s", appeal.remedy),
            again,
            *case._compensation_notice(),
        ]
