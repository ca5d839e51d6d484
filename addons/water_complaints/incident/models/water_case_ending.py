from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """Whether a case may end with the incident it hangs on (S3.2.1f)."""

    _inherit = "water.case.mixin"

    #: states in which somebody finds out what was the matter with this case
    _incident_busy_states = ()

    def _why_not_ended(self):
        """What keeps the case from ending with its incident, in words; none when it may.

        Called with ``sudo``. Rooms add what waits in them.
        """
        self.ensure_one()
        words = []
        if self.own_claim:
            words.append(self.env._("handle its own claim first"))
        if self.state in self._incident_busy_states:
            words.append(self.env._("it is under investigation"))
        if self.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted")):
            words.append(self.env._("a department is still at work"))
        if self.visit_ids.filtered(lambda row: row._is_open()):
            words.append(self.env._("a visit is still to come"))
        if self._open_calls("requested"):
            words.append(self.env._("the customer has asked to be called"))
        if self.external_state == "open":
            words.append(self.env._("the order of another body is not answered yet"))
        if self.category_id.is_medical or self._tells_of_harm():
            words.append(self.env._("it reports injury or illness"))
        if self.category_id not in self.incident_id.category_ids:
            words.append(self.env._("it is about another matter"))
        if self._is_elsewhere():
            words.append(self.env._("it is about another place"))
        if self._unsigned_end():
            words.append(self.env._("what its customer is told has to be signed first"))
        return words

    def _unsigned_end(self):
        """Whether a rule of signing (签发) holds what the customer would be told at the end: the
        news of an incident is nobody's signature.

        :return: what is missing, as the rule says it
        """
        name = self._signed_field
        return self._need_signature("answer", self[name] or "") if name else []

    def _tells_of_harm(self):
        """Whether its texts say that somebody was hurt or fell ill, or may."""
        words = self.env["water.emergency.word"]
        texts = [text for text in self._texts_said() if text]
        return words._tells_of_harm("\n".join(texts), self.company_id.id)

    def _end_words(self):
        """What becomes of the case at the end of its incident: closed, or archived (归档)."""
        return self._state_label(self._incident_end)

    def _why_stays_open(self):
        """Return, in words, the matter of its own that keeps the case open."""
        return self._why_not_ended() or self._who_waits()

    def _can_be_called(self):
        """Whether a number is known of a customer who has not asked to be left alone."""
        return bool(self.phone) and self._addressee().water_message_medium != "none"
