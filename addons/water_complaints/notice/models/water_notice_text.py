# pylint: disable=prefer-env-translation  # letters speak the customer's language
from markupsafe import Markup

from odoo import api, models
from odoo.tools import plaintext2html


class WaterNoticeText(models.AbstractModel):
    """The words of a letter, composed from the case; whoever sends it may change them (S3.2.3c).

    What must never be left out (the right to appeal with its last day, where else the customer
    can turn, the basis) is no part of these words: the letter itself adds it.
    """

    _name = "water.notice.text"
    _description = "Words of Letters"

    @api.model
    def _compose(self, kind, case, appeal=None, pause=None, reason="", elsewhere=""):
        """Subject and body of a letter, in the customer's language.

        :param kind: value of ``water.notice.kind``
        :param case: water.complaint
        :param appeal: water.appeal that the letter is about, or nothing
        :param pause: water.deadline.pause, the extension that a letter of delay tells of
        :param reason: why the matter is refused
        :param elsewhere: who is there for it instead
        :return: ``(subject, body)``, the body as Markup
        """
        case = case.sudo().with_context(lang=case._customer_lang())
        appeal = (appeal or self.env["water.appeal"]).sudo().with_env(case.env)
        pause = (pause or self.env["water.deadline.pause"]).sudo().with_env(case.env)
        words = {
            "acceptance": lambda: self._acceptance(case),
            "refusal": lambda: self._refusal(case, reason, elsewhere),
            "delay": lambda: self._delay(case, pause),
            "result": lambda: self._result(case),
            "appeal_receipt": lambda: self._appeal_receipt(case, appeal),
            "appeal_decision": lambda: self._appeal_decision(case, appeal),
            "final": lambda: self._appeal_decision(case, appeal),
        }[kind]()
        body = Markup("").join(plaintext2html(part) for part in words if part)
        return self._subject(kind, case), body

    @api.model
    def _subject(self, kind, case):
        _ = case.env._
        number = case.name
        return {
            "acceptance": lambda: _("We have accepted your complaint %s", number),
            "refusal": lambda: _("Your complaint %s cannot be accepted", number),
            "delay": lambda: _("Your complaint %s takes longer than promised", number),
            "result": lambda: _("Result of your complaint %s", number),
            "appeal_receipt": lambda: _("We review your complaint %s again", number),
            "appeal_decision": lambda: _("Decision on your appeal about %s", number),
            "final": lambda: _("Final answer to your complaint %s", number),
        }[kind]()

    @api.model
    def _acceptance(self, case):
        _ = case.env._
        category = case.category_id
        due = case.promised_at and case._customer_time(case.promised_at)
        return [
            _("Matter: %s", category.public_name or category.name or case.subject),
            case.demand and _("You ask for: %s", case.demand),
            due and _("We promise you the result by %s.", due),
            _(
                "You can follow each step on your customer page, or ask for it by telephone under"
                " the number of your complaint."
            ),
        ]

    @api.model
    def _refusal(self, case, reason, elsewhere):
        _ = case.env._
        return [
            _("Reason: %s", reason or case.end_reason or ""),
            elsewhere and _("You can turn to: %s", elsewhere),
        ]

    @api.model
    def _delay(self, case, pause):
        _ = case.env._
        due = pause.new_due_at or case.promised_at
        return [
            _("Reason for the delay: %s", pause.reason or ""),
            pause.old_due_at and _("First promised by: %s", case._customer_time(pause.old_due_at)),
            due and _("We now promise you the result by %s.", case._customer_time(due)),
            _("We apologise for the delay and keep working on your matter."),
        ]

    @api.model
    def _result(self, case):
        _ = case.env._
        findings = dict(case._fields["finding"]._description_selection(case.env))
        return [
            case.finding and _("Finding: %s.", findings[case.finding]),
            _("What we have done: %s", case.resolution or ""),
            *case._compensation_told(),
        ]

    # -- appeals ----------------------------------------------------------------------------

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
