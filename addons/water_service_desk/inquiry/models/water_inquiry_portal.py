from odoo import api, models
from odoo.fields import Domain


class WaterInquiry(models.Model):
    """An inquiry on the customer's pages: the answer, and whether it settled the question."""

    _inherit = "water.inquiry"

    _portal_url = "/my/inquiries"
    _category_flag = "for_inquiry"
    _portal_path = ("registered", "processing", "answered", "closed")
    _portal_told_states = frozenset({"answered", "closed"})

    def _portal_words(self):
        return {
            "kind": "inquiry",
            "one": self.env._("Inquiry"),
            "many": self.env._("My inquiries"),
            "new": self.env._("Ask a question"),
            "intro": self.env._("Ask us. You get the answer by mail and on this page."),
            "about": self.env._("What is your question about?"),
            "what": self.env._("What would you like to know?"),
            "place": self.env._("Which account is it about? (may be left open)"),
            "submit": self.env._("Send the question"),
            "filed": self.env._("We have received your question."),
            "none": self.env._("You have not asked us anything yet."),
            "next": [
                self.env._("A member of our staff reads your question and finds out the answer."),
                self.env._("You get the answer by mail and on this page."),
                self.env._("You tell us whether it answers your question."),
            ],
        }

    def _portal_titles(self):
        return {
            "registered": self.env._("Received"),
            "processing": self.env._("In progress"),
            "answered": self.env._("Answered"),
            "closed": self.env._("Finished"),
            "withdrawn": self.env._("Withdrawn"),
            "converted": self.env._("Taken up as a complaint"),
        }

    def _portal_coming_titles(self):
        return {
            "answered": self.env._("We answer you"),
            "closed": self.env._("The matter ends"),
        }

    def _portal_clock_titles(self):
        return super()._portal_clock_titles() | {"close": self.env._("We answer you")}

    def _portal_actions(self):
        return super()._portal_actions() | {
            "settled": "_portal_settled",
            "unsettled": "_portal_unsettled",
        }

    def _portal_can(self, action):
        if action in ("settled", "unsettled"):
            return self.state == "answered"
        return super()._portal_can(action)

    def _portal_next_words(self):
        words = self.env._("Read our answer and tell us whether it is enough")
        return super()._portal_next_words() | {"settled": (words, "water_answer")}

    @api.model
    def _portal_waiting_domain(self):
        return Domain("state", "=", "answered")

    def _portal_settled(self, values, files=()):
        """The answer is what the customer wanted to know: he has nothing more to ask."""
        self.sudo()._open_calls("requested")._withdraw()
        self._move_to("closed")

    def _portal_unsettled(self, values, files=()):
        """The customer asks on: the inquiry is open again with new clocks."""
        text = self._need_text(values, "reason", self.env._("Tell us what is still open."))
        self._take_message(text)
        self._move_to("processing")

    def _portal_page(self):
        told = self.state in ("answered", "closed")
        return super()._portal_page() | {"answer": self.answer if told else ""}
