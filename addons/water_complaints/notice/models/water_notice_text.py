# pylint: disable=prefer-env-translation  # letters speak the customer's language
from markupsafe import Markup

from odoo import api, models
from odoo.tools import plaintext2html


class WaterNoticeText(models.AbstractModel):
    """The text of a letter, composed from the case and editable by the sender (S3.2.3c).

    Mandatory parts (the right to appeal with its last day, other bodies, the basis) are added by
    the letter itself.
    """

    _name = "water.notice.text"
    _description = "Words of Letters"

    @api.model
    def _compose(self, kind, case, **about):
        case = case.sudo().with_context(lang=case._customer_lang())
        words = self._words(kind, case, **about)
        body = Markup("").join(plaintext2html(part) for part in words if part)
        return self._subject(kind, case), body

    @api.model
    def _words(self, kind, case, pause=None, reason="", elsewhere="", appeal=None):
        """Return the parts of a letter.

        :param case: water.complaint, with sudo and in the customer's language
        :param pause: water.deadline.pause, the extension that a letter of delay tells of
        :param reason: why the matter is refused
        :param elsewhere: who is there for it instead
        :param appeal: water.appeal that the letter is about
        """
        pause = (pause or self.env["water.deadline.pause"]).sudo().with_env(case.env)
        appeal = (appeal or self.env["water.appeal"]).sudo().with_env(case.env)
        return {
            "acceptance": lambda: self._acceptance(case),
            "refusal": lambda: self._refusal(case, reason, elsewhere),
            "delay": lambda: self._delay(case, pause),
            "result": lambda: self._result(case),
            "appeal_receipt": lambda: self._appeal_receipt(case, appeal),
            "appeal_decision": lambda: self._appeal_decision(case, appeal),
            "final": lambda: self._appeal_decision(case, appeal),
        }[kind]()

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
        due = case._customer_time(case._counted_on())
        return [
            _("Matter: %s", category.public_name or category.name or case.subject),
            case.demand and _("You ask for: %s", case.demand),
            due and _("We promise you the result by %s.", due),
            self._followed(case),
        ]

    @api.model
    def _followed(self, case):
        # sudo: res.company - the hotline is public
        if not case.company_id.sudo().water_hotline:
            return case.env._("You can follow each step on your customer page.")
        return case.env._(
            "You can follow each step on your customer page, or ask for it by telephone under"
            " the number of your complaint."
        )

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
        due = case._counted_on() or pause.new_due_at  # as it stands now, and the earlier of two
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
            *case._compensation_notice(),
        ]
