from odoo import api, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.intake.filing import FilingError, clean_text

from ...appeal.models.water_appeal import OPEN_STATES

#: Whoever waits for the decision on his appeal is asked nothing.
NOT_APPEALED = Domain("appeal_ids", "not any", [("state", "in", OPEN_STATES)])

SCORES = ("1", "2", "3", "4", "5")


class WaterComplaint(models.Model):
    """The customer confirms the result on his page and rates it, or rejects it (S3.2.3d)."""

    _inherit = "water.complaint"

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "contested": self.env._("You did not agree with the result"),
        }

    def _portal_actions(self):
        return super()._portal_actions() | {
            "confirm": "_portal_confirm",
            "contest": "_portal_contest",
        }

    def _portal_can(self, action):
        if action in ("confirm", "contest"):
            return self.state == "notified" and not self.sudo()._open_appeal()
        return super()._portal_can(action)

    def _portal_next_words(self):
        words = self.env._("Read our notice, then confirm the result or reject it")
        return super()._portal_next_words() | {"confirm": (words, "water_notices")}

    @api.model
    def _portal_waiting_domain(self):
        return Domain("state", "=", "notified") & NOT_APPEALED

    def _portal_confirm(self, values, files=()):
        """The customer accepts the result and rates it: both scores are needed."""
        remark = self._optional_text(values, "remark")
        scores = {name: clean_text(values.get(name)) for name in ("result", "process")}
        messages = {
            "result": self.env._("Choose one to five stars for the result."),
            "process": self.env._("Choose one to five stars for the handling."),
        }
        errors = {name: messages[name] for name, score in scores.items() if score not in SCORES}
        if errors:
            raise FilingError(errors)
        self._confirm_result("portal", scores["result"], scores["process"], remark or False)
        if remark:
            self._post_from_customer(remark)

    def _portal_contest(self, values, files=()):
        """The customer does not accept the result: the complaint is handled again."""
        message = self.env._("Tell us what is not right with the result.")
        remark = self._need_text(values, "reason", message)
        self._contest_result(remark)
        self._post_from_customer(remark)

    def _portal_rating(self):
        scores = (self.satisfaction_result, self.satisfaction_process)
        if not self.confirmed_at or not all(scores):
            return ""
        return self.env._(
            "Your rating: %(result)s of 5 for the result, %(process)s of 5 for the handling.",
            result=scores[0],
            process=scores[1],
        )

    def _portal_page(self):
        return super()._portal_page() | {"rating": self._portal_rating()}
