# pylint: disable=missing-return  # hooks return nothing
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.water_service_desk.intake.filing import FilingError, clean_text

SCORES = ("1", "2", "3", "4", "5")


class WaterComplaint(models.Model):
    """A complaint on the customer's pages: notices, confirmation and rating (S3.2.3d)."""

    _inherit = "water.complaint"

    _portal_url = "/my/complaints"
    _category_flag = "for_complaint"
    _anonymous_filing = True
    _filing_texts = ("description", "demand")
    _portal_path = (
        "registered",
        "dispatched",
        "investigating",
        "handling",
        "notified",
        "confirmed",
        "archived",
    )
    _portal_told_states = frozenset({"notified", "confirmed", "callback", "archived"})

    def _portal_words(self):
        return {
            "kind": "complaint",
            "one": self.env._("Complaint"),
            "many": self.env._("My complaints"),
            "new": self.env._("File a complaint"),
            "intro": self.env._(
                "Tell us what went wrong. You get a number and a promised date at once."
            ),
            "about": self.env._("What is it about?"),
            "what": self.env._("What happened?"),
            "place": self.env._("Where is it?"),
            "submit": self.env._("Continue"),
            "filed": self.env._("We have received your complaint."),
            "none": self.env._("You have not filed a complaint."),
            "next": [
                self.env._("We look at what you wrote, and call you when something is not clear."),
                self.env._("The responsible department looks into it and settles the matter."),
                self.env._("We tell you the result in writing; you confirm it and rate us."),
            ],
            "next_alone": [
                self.env._("You have read it back yourself: it goes on at once."),
                self.env._("The responsible department looks into it and settles the matter."),
                self.env._("You read the result with number and code, confirm it and rate us."),
            ],
        }

    def _portal_titles(self):
        return {
            "registered": self.env._("Received"),
            "dispatched": self.env._("With the responsible department"),
            "investigating": self.env._("Looking into it"),
            "handling": self.env._("Settling the matter"),
            "notified": self.env._("Result told"),
            "confirmed": self.env._("Confirmed by you"),
            "callback": self.env._("Call-back"),
            "archived": self.env._("Finished"),
            "withdrawn": self.env._("Withdrawn"),
            "rejected": self.env._("Not accepted"),
            "merged": self.env._("Handled together with another complaint"),
        }

    def _portal_coming_titles(self):
        return {
            "dispatched": self.env._("To the responsible department"),
            "notified": self.env._("We tell you the result"),
            "confirmed": self.env._("You confirm the result"),
            "archived": self.env._("The matter ends"),
        }

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "contested": self.env._("You did not agree with the result"),
        }

    def _confirm_filing(self):
        """He has read his complaint back himself; it is no talk with us (S3.2.1d)."""
        super()._confirm_filing()
        for case in self.filtered(lambda case: not case.readback_at):
            case._confirm_readback(by_customer=True)

    # -- what the customer does -----------------------------------------------------------

    def _portal_actions(self):
        return super()._portal_actions() | {
            "confirm": "_portal_confirm",
            "contest": "_portal_contest",
        }

    def _portal_can(self, action):
        if action in ("confirm", "contest"):
            return self.state == "notified"
        return super()._portal_can(action)

    def _portal_next_words(self):
        words = self.env._("Read our notice, then confirm the result or reject it")
        return super()._portal_next_words() | {"confirm": (words, "water_notices")}

    @api.model
    def _portal_waiting_domain(self):
        return Domain("state", "=", "notified")

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

    def _optional_text(self, values, field):
        text = clean_text(values.get(field))
        return self._need_text(values, field, "") if text else ""

    # -- what he reads --------------------------------------------------------------------

    def _portal_facts(self):
        return [
            *super()._portal_facts(),
            (self.env._("Happened at"), self._portal_time(self.occurred_at)),
            (self.env._("What you ask for"), self.demand or ""),
        ]

    def _portal_notices(self):
        """The notices sent to the customer, newest first."""
        kinds = dict(self.env["water.notice"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "number": notice.name,
                "kind": kinds[notice.kind],
                "subject": notice.subject,
                "body": notice.body,
                "at": self._portal_time(notice.sent_at),
                "appeal": self._portal_appeal(notice),
            }
            for notice in self.sudo().notice_ids.filtered("sent_at")
        ]

    def _portal_appeal(self, notice):
        if not notice.appeal_until or notice.kind in ("acceptance", "delay"):
            return ""
        day = format_date(self.env, notice.appeal_until, date_format="yyyy-MM-dd")
        return self.env._("If you do not agree, you can ask for a review until %s.", day)

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
        return super()._portal_page() | {
            "notices": self._portal_notices(),
            "rating": self._portal_rating(),
        }

    def _portal_opened(self):
        super()._portal_opened()
        self.notice_ids.filtered("sent_at")._mark_delivered()
