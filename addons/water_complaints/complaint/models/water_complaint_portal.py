from odoo import models

from odoo.addons.water_service_desk.intake.filing import clean_text


class WaterComplaint(models.Model):
    """A complaint on the customer's pages: notices, confirmation and rating (S3.2.3d)."""

    _inherit = "water.complaint"

    _portal_url = "/my/complaints"
    _category_flag = "for_complaint"
    _anonymous_filing = True
    _link_template = "water_complaints.mail_template_link_complaint"
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
                self.env._("You have checked the details yourself, so we start at once."),
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
            "notified": self.env._("Result given"),
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

    # -- what the customer does -----------------------------------------------------------

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
