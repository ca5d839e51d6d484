from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT, QUALITY
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import said
from ...case.transitions import Missing
from .water_request import ANSWERS, SATISFACTION

#: Tries before a customer counts as unreachable (S2.3.3a).
ATTEMPTS = 3


class WaterRequest(models.Model):
    """Tells the result, asks how satisfied the customer is, and says goodbye (S2.3.3, S2.3.4)."""

    _inherit = "water.request"

    feedback_ids = fields.One2many("water.request.feedback", "request_id")
    fed_back_at = fields.Datetime(
        string="Result Told at", readonly=True, copy=False, index="btree_not_null"
    )
    satisfaction = fields.Selection(
        SATISFACTION,
        readonly=True,
        copy=False,
        help="Unreachable and refused never count as satisfied (S2.3.3b).",
    )
    satisfaction_reason = fields.Char(string="Reason of Dissatisfaction", readonly=True, copy=False)
    satisfaction_asked_by_id = fields.Many2one(
        "res.users", string="Satisfaction Asked by", readonly=True, copy=False
    )

    # -- requirements ---------------------------------------------------------------------------

    def _need_feedback(self):
        """The result was told, or three tries are on record (S2.3.3a)."""
        if self.fed_back_at or self.is_anonymous or self._is_unreachable():
            return []
        words = self.env._(
            "tell the customer the result, or record %(count)s tries to reach them", count=ATTEMPTS
        )
        return [Missing(words, "action_feedback")]

    def _is_unreachable(self):
        """Whether the customer was tried often enough since the work ended."""
        tries = self.sudo().feedback_ids.filtered(
            lambda row: row.outcome != "told" and row.at >= (self.finished_at or row.at)
        )
        return len(tries) >= ATTEMPTS

    def _need_satisfaction(self):
        if self.satisfaction or self.is_anonymous:
            return []
        return [Missing(self.env._("ask how satisfied the customer is"), "action_feedback")]

    def _need_goodbye(self):
        if self.said_goodbye or self.is_anonymous:
            return []
        words = self.env._("ask whether there is anything else, and thank the customer")
        return [Missing(words, "action_close")]

    # -- telling --------------------------------------------------------------------------------

    def _tell_result(self, channel, outcome, told_to=False, note=False):
        """Keep one try to tell the customer the result.

        The mail goes out with the first word; three tries in vain make him unreachable.

        :param channel: value of ``water.request.feedback.channel``
        :param outcome: value of ``water.request.feedback.outcome``
        :param told_to: who was told; the contact by default
        :raises UserError: before there is a result
        """
        self.ensure_one()
        self._check_teller()
        if self.state != "feedback":
            raise UserError(self.env._("There is no result yet that could be told."))
        now = fields.Datetime.now()
        told = outcome == "told"
        words = (note or "", told and self.result or "")
        self.env["water.forbidden.phrase"]._say(self, "\n".join(words), "feedback")
        listener = told and (said(told_to) or self.sudo().contact_name) or False
        # sudo: water.request.feedback - written by this checked service alone
        trusted(self.env["water.request.feedback"].sudo()).create(
            {
                "request_id": self.id,
                "at": now,
                "user_id": self.env.uid,
                "channel": channel,
                "outcome": outcome,
                "told_to": listener,
                "note": note,
            }
        )
        payload = {"channel": channel, "outcome": outcome, "note": note or ""}
        self._log_events("fed_back" if told else "feedback_tried", payload)
        self._after_try(told, channel, now)

    def _after_try(self, told, channel, now):
        if told:
            trusted(self).fed_back_at = self.fed_back_at or now
            if channel == "email":
                self._send_to_customer(self.env.ref("water_service_desk.mail_template_result"))
        elif self._is_unreachable() and not self.fed_back_at and not self.satisfaction:
            self._log_events("unreachable", {"attempts": ATTEMPTS})
            trusted(self).satisfaction = "unreachable"

    def _check_teller(self):
        self.check_access("write")
        groups = (AGENT, QUALITY)
        if not (self.env.su or any(map(self.env.user.has_group, groups))):
            raise AccessError(self.env._("Only the service desk tells customers the result."))

    def _ask_satisfaction(self, satisfaction, reason=False):
        """Keep how satisfied the customer is, or that he did not say.

        :param satisfaction: value of the field
        :param reason: why not, required from a dissatisfied customer
        :raises UserError: by whoever did the work, or before the result was told
        """
        self.ensure_one()
        self._check_teller()
        if self.state != "feedback":
            raise UserError(self.env._("Ask after the result has been told."))
        if satisfaction in ANSWERS and not self.fed_back_at:
            raise UserError(self.env._("Tell the customer the result before you ask."))
        if satisfaction == "unreachable" and not self._is_unreachable():
            raise UserError(
                self.env._("Unreachable only after %(count)s attempts.", count=ATTEMPTS)
            )
        if satisfaction == "dissatisfied" and not said(reason):
            raise UserError(self.env._("Write down why the customer is dissatisfied."))
        if self.env.user in self._field_workers() and not self.env.su:
            raise UserError(self.env._("Whoever did the work does not ask how it was."))
        self._keep_satisfaction(satisfaction, reason)

    def _keep_satisfaction(self, satisfaction, reason):
        trusted(self).write(
            {
                "satisfaction": satisfaction,
                "satisfaction_reason": reason or False,
                "satisfaction_asked_by_id": self.env.uid,
            }
        )
        self._log_events("satisfaction", {"satisfaction": satisfaction, "reason": reason or ""})
        if satisfaction == "dissatisfied":
            self._tell_dissatisfied()

    def _workers(self):
        return super()._workers() | self.sudo().visit_ids.user_id

    def _tell_dissatisfied(self):
        case = self.sudo()
        tell_staff(
            case,
            case.department_id.manager_id | case._acting_responsible(),
            lambda row: row.env._("%(case)s: the customer is dissatisfied", case=row.name),
        )

    # -- the end --------------------------------------------------------------------------------

    def _close_politely(self):
        self._check_teller()
        return super()._close_politely()

    def _closing_payload(self):
        return {"satisfaction": self.satisfaction or "", "told": bool(self.fed_back_at)}
