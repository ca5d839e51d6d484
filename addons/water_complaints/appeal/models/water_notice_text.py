# pylint: disable=prefer-env-translation  # letters speak the customer's language
from odoo import api, models


class WaterNoticeText(models.AbstractModel):
    """The words of letters about appeals."""

    _inherit = "water.notice.text"

    @api.model
    def _words(self, kind, case, appeal=None, **about):
        """Those of letters about an appeal as well.

        :param appeal: water.appeal that the letter is about, or nothing
        """
        appeal = (appeal or self.env["water.appeal"]).sudo().with_env(case.env)
        if kind == "appeal_receipt":
            return self._appeal_receipt(case, appeal)
        if kind in ("appeal_decision", "final"):
            return self._appeal_decision(case, appeal)
        return super()._words(kind, case, **about)

    @api.model
    def _subject(self, kind, case):
        _ = case.env._
        number = case.name
        subjects = {
            "appeal_receipt": lambda: _("We review your complaint %s again", number),
            "appeal_decision": lambda: _("Decision on your appeal about %s", number),
            "final": lambda: _("Final answer to your complaint %s", number),
        }
        return subjects[kind]() if kind in subjects else super()._subject(kind, case)

    @api.model
    def _appeal_receipt(self, case, appeal):
        _ = case.env._
        reviewer, due = appeal.reviewer_id.name or "", appeal._decision_clock().due_at
        panel = _(
            "It will be decided by a panel of the company of %(count)s people, led by %(name)s;"
            " none of them had a part in the matter before.",
            count=len(appeal.member_ids) + 1,
            name=reviewer,
        )
        person = _("It will be reviewed by %s, who had no part in the matter before.", reviewer)
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
        again = appeal.reopen and _("The matter is handled again, by somebody else than before.")
        return [
            _("Decision: %s.", decisions.get(appeal.decision, "")),
            _("Reasons: %s", appeal.decision_text or ""),
            appeal.corrected_finding
            and _("The finding is changed to: %s.", findings[appeal.corrected_finding]),
            appeal.remedy and _("What we do now: %s", appeal.remedy),
            again,
            *case._compensation_told(),
        ]
